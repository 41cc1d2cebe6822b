"""Open a table, ask a question of it, look at its columns."""

import streamlit as st

from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.page_entry import through_app
from embed_core.ui.app.text import counted, plain
from embed_core.ui.data.choices import choose
from embed_core.ui.data.columns import as_handed_out, table_tabs
from embed_core.ui.data.databases import databases
from embed_core.ui.data.gallery import gallery
from embed_core.ui.data.sheet import sheet
from embed_core.ui.data.train_bar import train_bar
from embed_core.ui.data.upload import upload
from embed_core.ui.data.vectors import own_vectors

through_app(__file__)

table = state.current_table()
if table is None:
    st.title("Category Atlas")
    st.markdown(
        "See which of your categories are alike: choose a column, watch a Keras embedding of it being learned, and "
        "read the map."
    )
    upload()
    databases()
    own_vectors()
    gallery()
else:
    st.title(plain(table.name, limit=80))
    st.caption(f"{counted(table.n_rows, 'row')} × {counted(len(table.columns), 'column')}")
    sheet(table)
    # Each by itself: who cannot go on with a table must still see how it was read, and mend that.
    for part in (as_handed_out, train_bar) if state.is_handed_out() else (choose, table_tabs, train_bar):
        with errors_in_place():
            part(table)
