"""Pages are only ever shown inside the app."""

import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from embed_core.ui.app.state import keys


@contextmanager
def inside_app() -> Iterator[None]:
    """Mark what runs here as run by ``app.py``."""
    st.session_state[keys.INSIDE_APP] = True
    try:
        yield
    finally:
        st.session_state[keys.INSIDE_APP] = False


def through_app(page_file: str) -> None:
    """Run ``app.py`` in place of a page that was run without it.

    Until ``st.navigation`` has been called once in a server's life, Streamlit takes the folder ``pages`` for
    an app of its old kind: a first request for a page runs the page's file alone. An address that is not a
    file's name avoids that, but then the first visitor reads that the page was not found.
    """
    if not st.session_state.get(keys.INSIDE_APP):
        runpy.run_path(str(Path(page_file).parents[1] / "app.py"), run_name="__main__")
        st.stop()
