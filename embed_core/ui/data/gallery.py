"""The gallery: a card for every table that comes with the product, with the map that it will draw."""

from functools import cache
from pathlib import Path

import streamlit as st

from embed_core.tables.gallery import SAMPLES, Sample
from embed_core.ui.app import state
from embed_core.ui.app.text import counted, plain

_PICTURES = Path(__file__).with_name("pictures")


def gallery() -> None:
    """Show a card for every table of the gallery; pressing it anywhere opens the table."""
    st.header("Or begin with one of these")
    with st.grid(3, min_column_width=260):
        for sample in SAMPLES.values():
            with st.container(border=True, height="stretch", gap="xsmall", key=f"card_{sample.name}"):
                _card(sample)


def _card(sample: Sample) -> None:
    st.image(_picture(sample.name), width="stretch", alt=f"Finished map: {sample.title}")
    # The stylesheet lays this button over the whole card.
    st.button(
        f"**{sample.title}**",
        key=f"open_{sample.name}",
        type="tertiary",
        icon=":material/arrow_forward:",
        icon_position="right",
        on_click=state.open_sample,
        args=(sample.name,),
    )
    st.markdown(sample.sentence)
    st.space("stretch")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"{counted(sample.rows, 'row')} × {sample.columns} columns", width="content")
        with st.popover("Source", type="tertiary", key=f"source_{sample.name}"):
            st.markdown(f"{sample.row[0].upper()}{sample.row[1:]}; {sample.bytes / 1024:,.0f} kB.")
            st.markdown(f"{plain(sample.source)}.")
            st.markdown(f"Licence: {plain(sample.licence)}.")


@cache
def _picture(name: str) -> str:
    return (_PICTURES / f"{name}.svg").read_text("utf-8")
