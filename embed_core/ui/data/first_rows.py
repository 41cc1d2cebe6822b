"""The first rows of a table."""

import streamlit as st

from embed_core.tables.table import Table

FIRST_ROWS = 10
# More cannot be looked through, and a browser takes long to draw them.
_MOST_COLUMNS = 200
_ROW, _HEAD = 35, 37


def first_rows(table: Table, *, alt: str) -> None:
    """Show the first rows, of a very wide table in its first columns."""
    st.dataframe(
        table.head(FIRST_ROWS, columns=_MOST_COLUMNS),
        hide_index=True,
        height=_HEAD + _ROW * min(FIRST_ROWS, table.n_rows),
        alt=alt,
    )
    if len(table.columns) > _MOST_COLUMNS:
        st.caption(f"The first {_MOST_COLUMNS} of {len(table.columns):,} columns.")
