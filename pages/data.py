"""Open a table, look at its columns, choose what to embed and what to learn from."""

import streamlit as st

from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.page_entry import through_app
from embed_core.ui.app.text import plain
from embed_core.ui.data.choices import choose
from embed_core.ui.data.columns import columns
from embed_core.ui.data.gallery import gallery
from embed_core.ui.data.reading_report import reading_report
from embed_core.ui.data.sheet import sheet
from embed_core.ui.data.train_button import train_button
from embed_core.ui.data.upload import upload

through_app(__file__)

table = state.current_table()
if table is None:
    st.title("See how categories relate")
    st.markdown(
        "Open a table, choose a column of categories, and watch a Keras embedding of them being learned. "
        "The result is a map in which categories lie close when they behave alike."
    )
    gallery()
    upload()
else:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.title(plain(table.name, limit=80))
        st.button("Open another table", icon=":material/arrow_back:", on_click=state.close_table)
    sheet(table)
    reading_report(table)
    with errors_in_place():
        columns(table)
        choose(table)
        train_button(table)
