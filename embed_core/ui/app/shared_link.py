"""Links that open a copy of somebody's run: how they are written, and what happens to who follows one."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.exporting.run_file import open_run_file
from embed_core.ui.app import server, state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain
from embed_core.ui.app.visitors import own_address

COPY = "copy"
"""The parameter of the address that holds the word."""
_GONE = "This link opens nothing: whoever gave it has taken it back, or a part of it is missing."


def link_to(token: str) -> str:
    """Return the address that opens a copy."""
    return own_address(f"?{COPY}={token}")


def take_copy() -> None:
    """Put the run of a link into the visitor's workspace, and show its map; once for each time it is followed."""
    token = st.query_params.get(COPY)
    if token is None:
        return
    del st.query_params[COPY]
    content = server.current().copies.content(token)
    try:
        if content is None:
            raise AtlasError(_GONE)
        record = open_run_file(content, state.jobs().store)
    except AtlasError as problem:
        st.session_state[keys.NOTICE] = plain(problem, limit=500)
        return
    state.open_run(record)
    st.session_state[keys.NOTICE] = (
        "This is a copy of your own: whoever gave you the link sees nothing of it."
    )
    st.switch_page("pages/map.py")
