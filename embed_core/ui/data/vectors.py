"""The uploader for vectors that a person has already."""

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from embed_core.runs.brought import bring
from embed_core.space.embedding import Embedding
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place


def own_vectors() -> None:
    """Take a file of vectors and show their map."""
    with st.expander("I already have vectors", icon=":material/scatter_plot:", key="own_vectors"):
        file = st.file_uploader(
            "word2vec or GloVe text (.txt, .vec), Parquet, CSV or TSV: a row for each category, name and numbers",
            key="vectors_upload",
            help="A column called support or rows sets the size of the points. A Keras model is not taken here, as it "
            "could run code. In Python: Embedding.from_keras.",
        )
        if file is not None:
            with errors_in_place(), st.spinner("Reading the vectors…", show_time=True):
                state.open_run(bring(state.jobs().store, _read(file), source=file.name))
                st.switch_page("pages/map.py")


def _read(file: Any) -> Embedding:
    # By the file's own name, which names the column; nothing else of it is believed.
    name = Path(file.name.replace("\\", "/")).name or "vectors"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{Path(name).suffix.lower()}"
        path.write_bytes(file.getvalue())
        return Embedding.from_file(path, name=Path(name).stem[:80])
