"""What is seen while a table is read: what the reading is at, for how long, and a button that stops it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.tables.reading.step import heard_by

STOPPED = "Reading was stopped."


@contextmanager
def reading(stop: Callable[[], None], *, key: str) -> Iterator[None]:
    """Show what the reading within is at.

    Args:
        stop: called when the person has pressed Stop, before the page is drawn again: the reading has ended then.
        key: of the button.
    """
    began = time.monotonic()
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        line = st.empty()
        st.button("Stop", key=key, icon=":material/stop:", on_click=stop)
    shown = ""

    def show(words: str) -> None:
        nonlocal shown
        seconds = int(time.monotonic() - began)
        if (text := f"{words}…" + (f" {seconds} s" if seconds else "")) != shown:
            shown = text
            # Where the person has pressed something, this ends the script, and so the reading.
            line.markdown(f":material/hourglass_top: {text}", width="content")

    show("Reading the file")
    try:
        with heard_by(show):
            yield
    except AtlasError:
        place.empty()
        raise
    place.empty()
