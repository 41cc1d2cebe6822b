"""The uploader for a table of one's own, and the tables that were brought before."""

from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.exporting.run_file import is_run_file, open_run_file
from embed_core.tables.reading.formats import suffixes, titles
from embed_core.tables.reading.packed import PACKED
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.reading import STOPPED, reading
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, plain


def upload() -> None:
    """Take a file; what cannot be read is said in place."""
    st.header("Bring your own table")
    # Of any type: an uploader that is given a list refuses others without saying why, and the library says it.
    file = st.file_uploader(
        f"Drop a file here: {titles()}, or a run that the Export page wrote. It stays on this server; a table is "
        "forgotten when the server ends.",
        help=f"Files that end in {', '.join(suffixes())}; text may be packed as {', '.join(PACKED)}.",
        key="upload",
    )
    if file is not None:
        _open(file)
    held = state.held_tables()
    if held:
        _yours(held)


def _open(file: Any) -> None:
    """Read a file and go on with its table; what was refused, or stopped, is not read again at every click."""
    # Both tables and runs may be ZIP files.
    is_packed = file.read(2) == b"PK"
    file.seek(0)
    if is_packed and is_run_file(content := file.getvalue()):
        with errors_in_place(), st.spinner("Opening the run…", show_time=True):
            state.open_run(open_run_file(content, state.jobs().store))
            st.switch_page("pages/map.py")
        return
    refused, sentence = st.session_state.get(keys.UPLOAD_REFUSED) or ("", "")
    if refused != file.file_id:
        try:
            with reading(
                lambda: _refuse(file, f"{STOPPED} Drop the file again to have it read."), key="stop"
            ):
                state.open_upload(file)
        except AtlasError as error:
            sentence = str(error)
            _refuse(file, sentence)
        else:
            st.rerun()
    st.error(plain(sentence, limit=2_000), icon=":material/error:")


def _refuse(file: Any, sentence: str) -> None:
    st.session_state[keys.UPLOAD_REFUSED] = file.file_id, sentence


def _yours(held: dict[str, Table]) -> None:
    runs = [record.fingerprint for record in state.jobs().records()]
    st.subheader("Your tables")
    with st.container(horizontal=True, gap="small"):
        for token, table in held.items():
            trained = runs.count(table.fingerprint())
            st.button(
                f"**{plain(table.name, limit=50)}** · {counted(table.n_rows, 'row')}"
                + (f" · {counted(trained, 'run')}" if trained else ""),
                key=f"held_{token}",
                icon=":material/draft:",
                on_click=state.open_held,
                args=(token,),
            )
    st.caption(f"The last {state.MOST_HELD} are held until the server ends; runs and maps stay for good.")
