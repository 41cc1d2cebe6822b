"""Colours from a table of one's own about the categories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.formats import suffixes
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted
from embed_core.ui.map_page.map_state import MapState

_MOST_ROWS = 100_000
_MEGABYTES = 20


@dataclass(frozen=True)
class OwnColumn:
    """A column of a person's own table, one value for each category.

    Attributes:
        name: of the column; text of the table.
        numbers: float64 (n,), NaN where there is none; None for texts.
        texts: one for each category, None where there is none; None for numbers.
        matched: how many categories have a value.
    """

    name: str
    numbers: np.ndarray[Any, Any] | None
    texts: list[str | None] | None
    matched: int


def own_table(map_state: MapState) -> None:
    """Ask for a table about the categories, and for the two columns of it that count."""
    with st.expander("A table about the categories", icon=":material/table_view:", key="own_table"):
        st.caption(
            f"A file with a row for each of the {counted(len(map_state.embedding), 'category', 'categories')}: "
            "one column names it, another says what colours it."
        )
        file = st.file_uploader(
            "Table about the categories",
            type=suffixes(),
            max_upload_size=_MEGABYTES,
            label_visibility="collapsed",
            key="own_file",
        )
        if file is not None:
            with errors_in_place():
                _take(file, map_state.embedding.labels)
        table: Table | None = st.session_state.get(keys.OWN_TABLE, (None, None))[1]
        if table is None:
            return
        st.selectbox(
            "Column that names the category", table.columns, key=keys.OWN_TABLE_KEY, persist_state="session"
        )
        values = [column for column in table.columns if column != st.session_state[keys.OWN_TABLE_KEY]]
        if st.session_state.get(keys.OWN_TABLE_VALUE) not in values:
            st.session_state[keys.OWN_TABLE_VALUE] = values[0]
        st.selectbox("Column that colours it", values, key=keys.OWN_TABLE_VALUE, persist_state="session")
        with errors_in_place():
            found = own_column(map_state.embedding.labels)
            if found is not None:
                st.caption(
                    f":material/check: {found.matched:,} of "
                    f"{counted(len(map_state.embedding), 'category', 'categories')} matched. "
                    f'It is among the choices of "Colour by".'
                )
                st.button("Colour by it", type="primary", on_click=_color, key="own_colour")


def own_name() -> str | None:
    """Return the name of the column that colours, when there is one."""
    if st.session_state.get(keys.OWN_TABLE) is None:
        return None
    name: str | None = st.session_state.get(keys.OWN_TABLE_VALUE)
    return name


def own_column(labels: Sequence[str]) -> OwnColumn | None:
    """Return the chosen column, matched to the categories; None without a table.

    Raises:
        AtlasError: no category is in the column that is to name them.
    """
    held = st.session_state.get(keys.OWN_TABLE)
    if held is None:
        return None
    key, value = st.session_state[keys.OWN_TABLE_KEY], st.session_state[keys.OWN_TABLE_VALUE]
    return matched(_read(held[0], key, value, held[1]), key, value, labels)


def matched(frame: pd.DataFrame, key: str, value: str, labels: Sequence[str]) -> OwnColumn:
    """Match values to categories by name; of a name that occurs twice, the first row counts.

    Arguments:
        frame: with the columns ``key`` (texts) and ``value``.
        key: what to call the column of names.
        value: what to call the column of values.
        labels: the categories.

    Raises:
        AtlasError: no category is among the keys.
    """
    values = frame.drop_duplicates("key").set_index("key")["value"].reindex(list(labels))
    known = frame["key"].isin(set(labels))
    if not known.any():
        raise AtlasError(
            f"No category is named in the column {quoted(key)}: it holds {quoted(frame['key'].iloc[0])}, and the "
            f"categories are {quoted(labels[0])} and so on. Choose the column that names them, letter by letter."
        )
    there = int(values.notna().sum())
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(frame["value"].dtype):
        return OwnColumn(value, values.to_numpy(np.float64, na_value=np.nan), None, there)
    texts = [None if pd.isna(each) else str(each) for each in values]
    return OwnColumn(value, None, texts, there)


def _take(file: Any, labels: Sequence[str]) -> None:
    """Keep an uploaded table, with the column chosen that names most categories."""
    if st.session_state.get(keys.OWN_TABLE, (None, None))[0] == file.file_id:
        return
    st.session_state.pop(keys.OWN_TABLE, None)
    table = state.read_upload(file)
    if table.n_rows > _MOST_ROWS:
        raise AtlasError(
            f"The table has {table.n_rows:,} rows, and one about categories may have {_MOST_ROWS:,}: a row for each. "
            "Leave out what is about something else."
        )
    if len(table.columns) < 2:
        raise AtlasError(
            "The table has one column, and two are needed: one names the category, another colours it."
        )
    known = set(labels)
    best, most = table.columns[0], -1
    for column in table.columns:
        names = table.execute(table.expression.select(key=table.texts(column)).distinct())["key"]
        if (count := int(names.isin(known).sum())) > most:
            best, most = column, count
    if most == 0:
        raise AtlasError(
            f"No column of the table names a category: none holds {quoted(labels[0])} or any of the other "
            f"{len(labels) - 1:,}. One column must hold the categories' names, letter by letter."
        )
    st.session_state[keys.OWN_TABLE] = (file.file_id, table)
    st.session_state[keys.OWN_TABLE_KEY] = best
    st.session_state.pop(keys.OWN_TABLE_VALUE, None)


def _color() -> None:
    st.session_state[keys.COLOR] = "table"


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(file_id: str, key: str, value: str, _table: Table) -> pd.DataFrame:
    chosen = _table.expression.select(key=_table.texts(key), value=_table.expression[value])
    return _table.execute(chosen).dropna(subset=["key"])
