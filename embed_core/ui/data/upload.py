"""The uploader for a table of one's own."""

import streamlit as st

from embed_core.tables.reading.formats import suffixes, titles
from embed_core.tables.reading.packed import PACKED
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place


def upload() -> None:
    """Take a file; what cannot be read is said in place."""
    st.header("Your own table")
    # Of any type: an uploader that is given a list refuses others without saying why, and the library says it.
    file = st.file_uploader(
        f"{titles()}. It stays on this server, and is forgotten when the server ends.",
        help=f"Files that end in {', '.join(suffixes())}; text may be packed as {', '.join(PACKED)}.",
        key="upload",
    )
    if file is not None:
        with errors_in_place(), st.spinner("Reading the table…", show_time=True):
            state.open_upload(file)
            st.rerun()
