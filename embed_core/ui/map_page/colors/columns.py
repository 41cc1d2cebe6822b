"""Colours from any column: of the run's table, by mean or most common level, and of what is known of the categories."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.map.view import Coloring
from embed_core.tables.counting.by_category import levels_of, means_of
from embed_core.tables.counting.features import suitable
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.orientation import about_table
from embed_core.ui.map_page.map_state import MapState

_ABOUT, _MEAN, _LEVEL, _PURE = "about", "mean", "level", "pure"


@dataclass(frozen=True)
class ColumnColor:
    """A column that can colour the points.

    Attributes:
        name: what code calls it: its kind and the column.
        label: the words for it.
        kind: where it is from, and what is taken of it.
        column: of the table.
    """

    name: str
    label: str
    kind: str
    column: str


def column_colors(map_state: MapState) -> list[ColumnColor]:
    """Return the columns that can colour the points: first those about the categories."""
    about, table = about_table(map_state.record), state.table_of(map_state.record)
    found = [(_ABOUT, str(column), str(column)) for column in ([] if about is None else about.columns)]
    if table is not None:
        without = tuple(map_state.record.columns or [map_state.column])
        found += _of_table(table.fingerprint(), without, table)
    return [ColumnColor(f"{kind}:{column}", label, kind, column) for kind, label, column in found]


@st.cache_resource(max_entries=64, show_spinner=False)
def _of_table(fingerprint: str, without: tuple[str, ...], _table: Table) -> list[tuple[str, str, str]]:
    """Return kind, words and column of all that a run's table offers; asked for several times in each drawing."""
    kinds = _table.profile().set_index("name")["kind"]
    found = []
    for column in suitable(_table, without=list(without)):
        if _table.expression[column].type().is_numeric():
            found.append((_MEAN, f"mean {column}", column))
        if kinds[column] == "category":
            found += [(_LEVEL, f"most common {column}", column), (_PURE, f"how pure: {column}", column)]
    return found


def column_coloring(map_state: MapState, wanted: ColumnColor) -> Coloring:
    """Return the colours by a column; without values where its table is not open any more."""
    labels = map_state.embedding.labels
    about, table = about_table(map_state.record), state.table_of(map_state.record)
    if wanted.kind == _ABOUT and about is not None:
        return _of_values(about[wanted.column].reindex(labels), wanted.label)
    if table is None or wanted.kind == _ABOUT:
        return Coloring(wanted.label)
    of = (map_state.record.fingerprint, map_state.column, wanted.column)
    if wanted.kind == _MEAN:
        return _of_values(_means(*of, table).reindex(labels), wanted.label)
    commonest = _commonest(*of, table).reindex(labels)
    return _of_values(commonest["level" if wanted.kind == _LEVEL else "share"], wanted.label)


def _of_values(values: "pd.Series[Any]", title: str) -> Coloring:
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return Coloring(title, values.to_numpy(np.float64, na_value=np.nan))
    return Coloring(title, groups=[None if pd.isna(each) else str(each) for each in values])


@st.cache_resource(max_entries=32, show_spinner="Averaging…")
def _means(fingerprint: str, column: str, other: str, _table: Table) -> "pd.Series[float]":
    return means_of(_table, column, other)


@st.cache_resource(max_entries=32, show_spinner="Counting…")
def _commonest(fingerprint: str, column: str, other: str, _table: Table) -> pd.DataFrame:
    """Return the most common level of each category, and its share of the category's rows."""
    rows = levels_of(_table, column, other)
    share = rows["rows"] / rows.groupby("category")["rows"].transform("sum")
    return rows.assign(share=share).drop_duplicates("category").set_index("category")[["level", "share"]]
