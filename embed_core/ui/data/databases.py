"""The tables of databases that the operator has written into ``.streamlit/secrets.toml``."""

import streamlit as st

from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import one_line


def databases() -> None:
    """Offer the tables of databases, where there are any: one is chosen from a list, and nothing is typed."""
    names = state.databases()
    if not names:
        return
    st.header("Or a table of a database")
    with errors_in_place(), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Database", names, key=keys.DATABASE, format_func=one_line)
        table = st.selectbox(
            "Table",
            state.tables_of(name),
            key=keys.DATABASE_TABLE,
            index=None,
            placeholder="Choose a table",
            format_func=one_line,
        )
        if (
            st.button("Open", key="open_database", icon=":material/database:", disabled=table is None)
            and table
        ):
            with st.spinner("Counting its columns…", show_time=True):
                state.open_from_database(name, table)
            st.rerun()
    st.caption("It stays in its database, which counts it; nothing is written there.")
