"""Errors that a person can mend, shown where they happened."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.ui.app.text import plain


@contextmanager
def errors_in_place() -> Iterator[None]:
    """Show what a person can mend as a sentence, where it happened."""
    try:
        yield
    except AtlasError as error:
        st.error(plain(error, limit=2_000), icon=":material/error:")
