"""The sheet of a workbook that has several."""

from typing import Any

import streamlit as st

from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.reading import reading
from embed_core.ui.app.state import keys


def sheet(table: Table) -> None:
    """Let the person choose another sheet; nothing is shown of a table that has none."""
    sheets = table.report.sheets
    if len(sheets) < 2:
        return
    chosen = st.selectbox(
        "Sheet",
        sheets,
        index=sheets.index(table.report.sheet) if table.report.sheet in sheets else 0,
        key=_key(),
        width=320,
    )
    if chosen != table.report.sheet:
        with errors_in_place(), reading(lambda: _back(table), key="stop_sheet"):
            state.read_again(table, **_options(table), sheet=chosen)
            st.rerun()


def _key() -> str:
    return f"sheet_{st.session_state[keys.TABLE]}"


def _back(table: Table) -> None:
    st.session_state[_key()] = table.report.sheet


def _options(table: Table) -> dict[str, Any]:
    """Return how the sheet in hand was read, but for what is of its own columns."""
    given = table.rereading.given if table.rereading else {}
    return {option: value for option, value in given.items() if option not in ("sheet", "types")}
