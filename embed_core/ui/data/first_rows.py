"""The first rows of a table."""

import pandas as pd
import streamlit as st

from embed_core.tables.table import Table

FIRST_ROWS = 10
# More cannot be looked through, and a browser takes long to draw them.
_MOST_COLUMNS = 200
_ROW, _HEAD = 35, 37


def first_rows(table: Table, *, alt: str) -> None:
    """Show the first rows, of a very wide table in its first columns."""
    rows = table.head(FIRST_ROWS, columns=_MOST_COLUMNS)
    st.dataframe(
        rows,
        hide_index=True,
        column_config={name: st.column_config.DateColumn() for name in _days(rows)},
        height=_HEAD + _ROW * min(FIRST_ROWS, table.n_rows),
        alt=alt,
    )
    if len(table.columns) > _MOST_COLUMNS:
        st.caption(f"The first {_MOST_COLUMNS} of {len(table.columns):,} columns.")


def _days(rows: pd.DataFrame) -> list[str]:
    """Return the columns of times that are all at midnight: such as the days of a workbook, which has no others."""
    times = rows.select_dtypes(["datetime", "datetimetz"])
    return [
        str(name) for name in times if (times[name].dropna() == times[name].dropna().dt.normalize()).all()
    ]
