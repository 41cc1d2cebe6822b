"""The gallery: a card for every table that comes with the product."""

import streamlit as st

from embed_core.tables.gallery import SAMPLES, Sample
from embed_core.ui.app import state
from embed_core.ui.app.text import counted, plain


def gallery() -> None:
    """Show a card for every table of the gallery."""
    st.header("Gallery")
    with st.grid(3, min_column_width=240):
        for sample in SAMPLES.values():
            with st.container(border=True, height="stretch"):
                _card(sample)


def _card(sample: Sample) -> None:
    st.subheader(sample.title, anchor=False)
    st.markdown(sample.sentence)
    st.caption(
        f"{sample.row[0].upper()}{sample.row[1:]} · {counted(sample.rows, 'row')} × {sample.columns} columns · "
        f"{_size(sample)}  \n{plain(sample.source)}  \n{plain(sample.licence)}"
    )
    st.space("stretch")
    st.button(
        "Open", key=f"open_{sample.name}", on_click=state.open_sample, args=(sample.name,), width="stretch"
    )


def _size(sample: Sample) -> str:
    return f"{sample.bytes / 1024:,.0f} kB"
