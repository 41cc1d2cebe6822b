"""The columns of the table, with what they hold and what they are good for, and its first rows."""

import pandas as pd
import streamlit as st

from embed_core.errors import listed, quoted
from embed_core.tables.counting.deciding import what_decides
from embed_core.tables.profile.suggestions import BADGES, embeddable
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, plain
from embed_core.ui.data.changing import changing, several_hint
from embed_core.ui.data.first_rows import FIRST_ROWS, first_rows
from embed_core.ui.data.reading_report import reading_report

_ROW, _HEAD = 35, 37
_MOST_ROWS = 12
# Of more rows it takes seconds.
_MOST_TABLE_ROWS = 2_000_000
_NAMED = 6
_COLORS = (
    *("primary", "orange", "orange", "orange"),
    *("green", "blue", "blue", "violet", "gray", "gray", "gray", "gray"),
)
_ROLES = {"column": "categories", "partner": "second column", "target": "target"}


def table_tabs(table: Table) -> None:
    """Show the columns, the first rows, how the table was read, and what can be changed of it."""
    # A tab whose label changes is not open any more: what is changed by hand counts in none.
    notes = len((table.base or table).report.notes)
    how = "How it was read" + (f" · {counted(notes, 'note')}" if notes else "")
    by_column, by_row, by_note, by_change = st.tabs(
        [
            f"{len(table.columns):,} columns",
            f"First {min(FIRST_ROWS, table.n_rows)} rows",
            how,
            "Rows and spellings",
        ],
        key="table_tabs",
    )
    with by_column:
        _columns(table)
    with by_row:
        first_rows(table, alt="The first rows")
    with by_note:
        reading_report(table)
    with by_change:
        changing(table)


def as_handed_out(table: Table) -> None:
    """Show the first rows of a table, of which nothing can be changed."""
    st.caption(":material/school: What to learn, and how, is set by the link that you were given.")
    first_rows(table, alt="The first rows")


def _columns(table: Table) -> None:
    """Show a row per column, those that can be embedded first; choosing one makes it the category column."""
    profile = table.profile().set_index("name", drop=False)
    good = embeddable(profile)
    profile = profile.loc[[*good, *(name for name in profile["name"] if name not in good)]]
    shown = pd.DataFrame(
        {
            "role": [_role(name) for name in profile["name"]],
            "name": profile["name"],
            "badge": [[badge] for badge in profile["badge"]],
            **{column: profile[column] for column in ("distinct", "missing", "top", "distribution")},
        }
    )
    st.dataframe(
        shown,
        key=keys.COLUMNS_TABLE,
        hide_index=True,
        height=_HEAD + _ROW * min(_MOST_ROWS, len(shown)),
        on_select=_take_column,
        selection_mode="single-row",
        alt="The columns of the table, with what they hold",
        column_config={
            "role": st.column_config.TextColumn("used as", width=100),
            "name": st.column_config.TextColumn("column", pinned=True, width=150),
            "badge": st.column_config.MultiselectColumn("good for", options=BADGES, color=_COLORS, width=130),
            "distinct": st.column_config.NumberColumn("different values", format="localized", width=120),
            "missing": st.column_config.NumberColumn("missing", format="localized", width=80),
            "top": st.column_config.TextColumn("most common", width=150),
            "distribution": st.column_config.BarChartColumn("distribution", y_min=0),
        },
    )
    st.caption("Select a row to take its column as the categories.")
    several_hint(table)
    _deciding_hint(table)
    st.session_state[keys.COLUMN_NAMES] = profile["name"].tolist()


def _deciding_hint(table: Table) -> None:
    """Say which columns the chosen one decides, and which decide it."""
    column = state.settings()["column"]
    if column not in table.columns or table.n_rows > _MOST_TABLE_ROWS:
        return
    found = _relations(table.fingerprint(), column, table)
    target = state.settings()["target"] if state.applies("target") else None
    lines = []
    if decided := [name for name, relation in found if relation == "decided"]:
        lines.append(f"Each {quoted(column)} has one value of {listed(decided, limit=_NAMED)}.")
    if decides := [name for name, relation in found if relation == "decides"]:
        lines.append(f"{quoted(column)} follows from {listed(decides, limit=_NAMED)}.")
    if same := [name for name, relation in found if relation == "same"]:
        lines.append(f"{listed(same, limit=_NAMED)}: {quoted(column)} in other words.")
    if target in [*decided, *same]:
        lines.append(
            f"So rows held out tell no more of {quoted(target)} than the rows that were learned from: each category is "
            "known by then."
        )
    if lines:
        st.caption(plain(" ".join(lines), limit=1_000))


@st.cache_data(max_entries=100, show_spinner="Looking which columns repeat each other…")
def _relations(fingerprint: str, column: str, _table: Table) -> list[tuple[str, str]]:
    return [(str(name), str(relation)) for name, relation in what_decides(_table, column).to_numpy()]


def _role(name: str) -> str:
    chosen = state.settings()
    return next(
        (f"✓ {word}" for role, word in _ROLES.items() if state.applies(role) and chosen[role] == name), ""
    )


def _take_column() -> None:
    rows = st.session_state[keys.COLUMNS_TABLE]["selection"]["rows"]
    if rows:
        state.set_setting("column", st.session_state[keys.COLUMN_NAMES][rows[0]])
