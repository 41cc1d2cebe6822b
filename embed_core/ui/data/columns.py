"""The columns of the table, with what they hold and what they are good for."""

import streamlit as st

from embed_core.tables.profile.suggestions import first_embeddable
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.state import keys


def columns(table: Table) -> None:
    """Show a row per column; choosing one makes it the category column."""
    with st.spinner("Looking at the columns…", show_time=True):
        profile = table.profile()
    st.header("Columns")
    shown = profile[["name", "kind", "distinct", "missing", "top", "distribution", "suggestion"]]
    st.dataframe(
        shown,
        key=keys.COLUMNS_TABLE,
        hide_index=True,
        height=min(400, 37 + 35 * len(shown)),
        on_select=_take_column,
        selection_mode="single-row",
        alt="The columns of the table, with what they hold",
        column_config={
            "name": st.column_config.TextColumn("column", pinned=True),
            "kind": st.column_config.TextColumn("kind"),
            "distinct": st.column_config.NumberColumn("different values", format="localized"),
            "missing": st.column_config.NumberColumn("missing", format="localized"),
            "top": st.column_config.TextColumn("most common"),
            "distribution": st.column_config.BarChartColumn("distribution", y_min=0),
            "suggestion": st.column_config.TextColumn("hint", width="large"),
        },
    )
    st.session_state[keys.COLUMN_NAMES] = profile["name"].tolist()
    first_embeddable(profile)


def _take_column() -> None:
    rows = st.session_state[keys.COLUMNS_TABLE]["selection"]["rows"]
    if rows:
        state.set_setting("column", st.session_state[keys.COLUMN_NAMES][rows[0]])
