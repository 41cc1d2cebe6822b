"""What the categories of a run go with in the other columns of its table: counts, never rows."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.comparing.categories import count_levels, counts_by_level
from embed_core.space.groups.enrichment import LevelCounts, distinguishing, name_of
from embed_core.tables.table import Table
from embed_core.types import TrainingData
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted
from embed_core.ui.component.category_map import Level, LevelsOfColumn
from embed_core.ui.map_page.map_state import MapState

# Larger tables are counted when a person asks for it.
_ROWS_COUNTED_UNASKED = 2_000_000


def level_counts(map_state: MapState, *, purpose: str) -> list[LevelCounts] | None:
    """Return the counts, or say why there are none yet, with the button that counts them.

    Args:
        map_state: what the page shows.
        purpose: what the counts are for, as in "To tell …".

    Raises:
        AtlasError: the table has no other column to count by.
    """
    table = state.table_of(map_state.record)
    if table is None:
        st.caption(
            f"To {purpose}, open the table of this run again on the Data page: the run itself keeps no rows."
        )
        return None
    if table.n_rows > _ROWS_COUNTED_UNASKED and st.session_state.get(keys.LEVELS_ASKED) != map_state.key:
        st.caption(f"To {purpose}, {counted(table.n_rows, 'row')} have to be counted.")
        if not st.button("Count them", icon=":material/functions:", key=f"count_levels_{purpose[:4]}"):
            return None
        st.session_state[keys.LEVELS_ASKED] = map_state.key
    return _counts(map_state, table)


def counts_without_asking(map_state: MapState) -> list[LevelCounts] | None:
    """Return the counts where they can be had without asking, else None.

    Raises:
        AtlasError: the table has no other column to count by.
    """
    table = state.table_of(map_state.record)
    asked = st.session_state.get(keys.LEVELS_ASKED) == map_state.key
    if table is None or (table.n_rows > _ROWS_COUNTED_UNASKED and not asked):
        return None
    return _counts(map_state, table)


def levels_apart(map_state: MapState, counts: list[LevelCounts], rows: np.ndarray[Any, Any]) -> pd.DataFrame:
    """Return the levels that are more frequent among some categories than among the others."""
    return _apart((*map_state.key, rows.tobytes()), counts, rows)


def names_of(counts: list[LevelCounts], members: list[np.ndarray[Any, Any]]) -> list[str]:
    """Return a name for each of some clusters from what sets it apart; empty where nothing does."""
    return [name_of(distinguishing(counts, rows)) if len(rows) else "" for rows in members]


def by_column(part: pd.DataFrame, names: tuple[str, str]) -> list[LevelsOfColumn]:
    """Return levels under their columns, in the order in which the columns come first.

    Args:
        part: with ``column``, ``level``, and for each of the names ``share_NAME`` and ``count_NAME``.
        names: of the two parts of the rows.
    """
    found: dict[str, list[Level]] = {}
    for _, line in part.iterrows():
        shares = [float(line[f"share_{name}"]) for name in names]
        counts = [int(line[f"count_{name}"]) for name in names]
        found.setdefault(str(line["column"]), []).append(
            {"level": str(line["level"]), "shares": shares, "counts": counts}
        )
    return [{"column": column, "levels": levels} for column, levels in found.items()]


def _counts(map_state: MapState, table: Table) -> list[LevelCounts]:
    return _aligned(*map_state.key, map_state.embedding.labels, _counted(*_counting(map_state), table))


def _counting(map_state: MapState) -> tuple[str, str, int, str | None]:
    config = map_state.record.config
    return map_state.record.fingerprint, map_state.column, config.min_frequency, config.weight


@st.cache_resource(max_entries=4, show_spinner="Counting what the categories go with…", show_time=True)
def _counted(
    fingerprint: str, column: str, min_frequency: int, weight: str | None, _table: Table
) -> TrainingData:
    return count_levels(_table, column, min_frequency=min_frequency, weight=weight)


@st.cache_resource(max_entries=4, show_spinner=False)
def _aligned(run_id: str, column: str, _labels: list[str], _data: TrainingData) -> list[LevelCounts]:
    return counts_by_level(_data, column, _labels)


@st.cache_resource(max_entries=64, show_spinner=False)
def _apart(key: tuple[Any, ...], _counts: list[LevelCounts], _rows: np.ndarray[Any, Any]) -> pd.DataFrame:
    return distinguishing(_counts, _rows)
