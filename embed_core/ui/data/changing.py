"""Which rows of the table count, and which spellings stand for the same."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.tables.bags import LIST, SEPARATORS, apart_by, separator_name
from embed_core.tables.changing.similar import same_but_for_case, similar_spellings
from embed_core.tables.changing.steps import OPERATORS, Bag, Change, Kept, Merged
from embed_core.tables.counting.by_category import values_of
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, one_line, plain

_MOST_VALUES = 2_000
_SUGGESTED = 6


def changing(table: Table) -> None:
    """Show what was changed, with a way to undo it, and ask for more."""
    refused = st.session_state.pop(keys.CHANGE_REFUSED, "")
    if refused:
        st.error(plain(refused, limit=2_000), icon=":material/error:")
    for at, change in enumerate(table.changes):
        others = [*table.changes[:at], *table.changes[at + 1 :]]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(change.note, limit=300), width="content")
            st.button(
                "Undo",
                key=f"undo_{at}",
                type="tertiary",
                on_click=_change,
                args=(table, others),
                icon=":material/undo:",
            )
    _rows(table)
    _spellings(table)
    _several(table)


def _change(table: Table, changes: Sequence[Change]) -> None:
    try:
        state.change_table(table, changes)
    except AtlasError as error:
        st.session_state[keys.CHANGE_REFUSED] = str(error)


def _split(table: Table, column: str, separator: str) -> None:
    """Read the cells of a column as several values, and take these as the categories: that is what one splits for."""
    _change(table, (*table.changes, Bag(column, separator)))
    chosen = state.settings()
    is_used = any(state.applies(role) and chosen[role] == column for role in ("target", "partner"))
    if keys.CHANGE_REFUSED not in st.session_state and not is_used:
        state.set_setting("column", column)


def _rows(table: Table) -> None:
    st.markdown("**Keep only some rows**")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = _column(table, keys.CHANGE_COLUMN, table.columns)
        operator = st.selectbox("how it is", OPERATORS, key=keys.CHANGE_OPERATOR, width=150)
        value: Any = None
        if operator in ("is", "is not"):
            key = f"{keys.CHANGE_VALUES}_{column}"
            chosen = st.multiselect(
                "values",
                _values(table, column),
                key=key,
                accept_new_options=True,
                format_func=_shown,
                width=320,
            )
            value = tuple(chosen) or None
        elif operator in ("contains", "at least", "at most"):
            value = st.text_input("value", key=keys.CHANGE_VALUES, width=220) or None
        ready = value is not None or operator in ("is missing", "is not missing")
        wanted = Kept(column, operator, value)
        st.button(
            "Keep these rows",
            key="keep_rows",
            icon=":material/filter_alt:",
            disabled=not ready or wanted in table.changes,
            on_click=_change,
            args=(table, (*table.changes, wanted)),
        )


def _spellings(table: Table) -> None:
    st.markdown("**Read spellings as one**")
    texts = [name for name in table.columns if table.expression[name].type().is_string()]
    if not texts:
        st.caption("No column holds text.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = _column(table, keys.MERGE_COLUMN, texts)
        values = _values(table, column)
        found = st.multiselect(
            "spellings",
            values,
            key=f"{keys.MERGE_FROM}_{column}",
            accept_new_options=True,
            format_func=_shown,
            width=320,
        )
        into = st.selectbox(
            "read as",
            values,
            index=None,
            key=f"{keys.MERGE_TO}_{column}",
            accept_new_options=True,
            format_func=_shown,
            width=220,
        )
        pairs = tuple((each, into) for each in found if each != into) if into else ()
        wanted = Merged(column, pairs)
        st.button(
            "Merge",
            key="merge_spellings",
            icon=":material/merge:",
            disabled=not pairs or wanted in table.changes,
            on_click=_change,
            args=(table, (*table.changes, wanted)),
        )
    _suggestions(table, column)


def _several(table: Table) -> None:
    st.markdown("**Read cells as several values**")
    kinds = table.expression.schema()
    columns = [
        name
        for name in table.columns
        if (kinds[name].is_string() or kinds[name].is_array()) and name not in table.report.bags
    ]
    if not columns:
        st.caption("No other column holds text or lists.")
        return
    likely = {name: each for name, each in likely_bags(table).items() if name in columns}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = _column(table, keys.BAG_COLUMN, columns, first=next(iter(likely), None))
        offered = [LIST] if kinds[column].is_array() else [*SEPARATORS, LIST]
        key = f"{keys.BAG_SEPARATOR}_{column}"
        if key not in st.session_state:
            st.session_state[key] = likely.get(column, offered[0])
        separator = st.selectbox(
            "between two values",
            offered,
            key=key,
            accept_new_options=True,
            format_func=lambda each: one_line(separator_name(each), limit=30),
            width=200,
        )
        st.button(
            "Split cells",
            key="split_cells",
            icon=":material/call_split:",
            disabled=not separator,
            on_click=_split,
            args=(table, column, separator),
        )
    st.caption(
        "A row then counts for each value in its cell, and stays on one side when rows are held out or halved."
    )


def likely_bags(table: Table) -> dict[str, str]:
    """Return the columns whose cells seem to hold several values, with what stands between these."""
    found = table.profile().set_index("name")["several"]
    return {str(name): str(each) for name, each in found[found != ""].items()}


def several_hint(table: Table) -> None:
    """Say which other columns seem to hold several values a cell, with the buttons that read them so."""
    chosen = state.settings()["column"]
    likely = {name: separator for name, separator in likely_bags(table).items() if name != chosen}
    if not likely:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Cells seem to hold several values each:", width="content")
        for name, separator in list(likely.items())[:_SUGGESTED]:
            _split_button(table, name, separator, f"{name}, {apart_by(separator)}")


def chosen_several_hint(table: Table) -> None:
    """Say it where the column of categories seems to hold several values a cell, with the button that reads it so."""
    column = state.settings()["column"]
    separator = likely_bags(table).get(column)
    if separator is None:
        return
    with st.container(gap="xsmall"):
        st.caption(
            f":material/call_split: Cells of {plain(column, limit=40)} seem to hold several values each, "
            f"{plain(apart_by(separator))}. As it is, each combination counts as a category of its own."
        )
        _split_button(table, column, separator, "Take each value")


def _split_button(table: Table, column: str, separator: str, label: str) -> None:
    st.button(
        plain(label, limit=60),
        key=f"split_{column}",
        icon=":material/call_split:",
        help="Take each value as a category: a row counts for all of them. It is undone under “Rows and spellings”.",
        on_click=_split,
        args=(table, column, separator),
    )


def spellings_hint(table: Table) -> None:
    """Say how many names of the chosen column are written in more ways than one, with the button that reads them so."""
    column = state.settings()["column"]
    if column not in table.columns or not table.expression[column].type().is_string():
        return
    if not (same := _same(table, (table.fingerprint(), column), column)):
        return
    spelling, other = (plain(_shown(text), limit=40) for text in same[0])
    with st.container(gap="xsmall"):
        st.caption(
            f":material/spellcheck: {counted(len(same), 'spelling')} of {plain(column, limit=40)} "
            f"{'differs' if len(same) == 1 else 'differ'} from another in case, accents or blanks only, such as "
            f"{spelling} from {other}. Each counts as a category of its own.",
        )
        st.button(
            "Read as one",
            key="merge_same",
            icon=":material/merge:",
            help="Each is read as the spelling with the most rows. It is undone under “Rows and spellings”.",
            on_click=_change,
            args=(table, (*table.changes, Merged(column, tuple(same)))),
        )


def _suggestions(table: Table, column: str) -> None:
    # Not unasked: of many values it takes a second.
    if not st.toggle("Suggest similar ones", key="suggest_spellings"):
        return
    similar = _similar(table, (table.fingerprint(), column), column)
    if not similar:
        st.caption("No two differ by a letter, an accent, a blank or the case only.")
        return
    st.caption("These differ by a letter, an accent, a blank or the case only:")
    with st.container(horizontal=True):
        for one, rows, other, others in similar:
            st.button(
                f"{plain(_shown(one))} → {plain(_shown(other))}",
                key=f"merge_{one}",
                help=f"{counted(rows, 'row')} and {counted(others, 'row')}",
                on_click=_change,
                args=(table, (*table.changes, Merged(column, ((one, other),)))),
            )


def _column(table: Table, key: str, columns: Sequence[str], *, first: str | None = None) -> str:
    """Ask for a column; the first, or the one to embed, where it is among them, unless another was chosen."""
    if st.session_state.get(key) not in columns:
        wanted = first or state.settings()["column"]
        st.session_state[key] = wanted if wanted in columns else columns[0]
    chosen: str = st.selectbox(
        "column", columns, key=key, format_func=lambda name: one_line(name, limit=60), width=220
    )
    return chosen


def _shown(text: str) -> str:
    """Return a value for display: blanks at its ends are seen."""
    shown = one_line(text, limit=60)
    return shown if text == text.strip() else f"“{shown}”"


def _values(table: Table, column: str) -> list[str]:
    return _most_common(table, (table.fingerprint(), column), column)


@st.cache_data(max_entries=32, show_spinner=False)
def _most_common(_table: Table, key: tuple[str, str], column: str) -> list[str]:
    """Return the values of a column as text, the most common first; ``key`` is what the cache knows them by."""
    return [str(text) for text in values_of(_table, column, most=_MOST_VALUES)["text"]]


@st.cache_data(max_entries=32, show_spinner=False)
def _similar(_table: Table, key: tuple[str, str], column: str) -> list[tuple[str, int, str, int]]:
    return similar_spellings(_table, column, most=_SUGGESTED)


@st.cache_data(max_entries=32, show_spinner=False)
def _same(_table: Table, key: tuple[str, str], column: str) -> list[tuple[str, str]]:
    return same_but_for_case(_table, column)
