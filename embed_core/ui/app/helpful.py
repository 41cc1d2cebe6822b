"""Which columns help to relate categories by, for the pages."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.tables.counting.choosing import cannot_help
from embed_core.tables.counting.weights import weighted
from embed_core.tables.table import Table

# Of more rows a training says it, once they are counted anyway.
_MOST_ROWS = 2_000_000


def left_out(table: Table, column: str | None, weight: str | None = None) -> list[str]:
    """Name the suitable columns that are left out by default, as they cannot help; none of a very large table.

    Args:
        table: the table.
        column: of the categories.
        weight: the column that says how many rows each row stands for, if one does.
    """
    if column is None or table.n_rows > _MOST_ROWS:
        return []
    return _left_out(table.fingerprint(), column, weight, table)


@st.cache_data(max_entries=100, show_spinner="Looking which columns can help…")
def _left_out(fingerprint: str, column: str, weight: str | None, _table: Table) -> list[str]:
    try:
        counted = weighted(_table, weight)[0] if weight else _table
        return cannot_help(counted, column)
    except AtlasError:  # of a column that cannot be embedded; it is said where it is chosen
        return []
