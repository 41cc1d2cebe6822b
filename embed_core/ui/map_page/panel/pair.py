"""Two categories side by side: how alike they are, and why."""

from typing import Any

import pandas as pd
import streamlit as st

from embed_core.space.groups.enrichment import agreements, compare_pair, differences
from embed_core.space.neighbors.likeness import likeness
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import number, plain
from embed_core.ui.app.words import METRICS, color_title
from embed_core.ui.component.category_map import category_finder, level_bars, picked
from embed_core.ui.map_page.level_counts import by_column, level_counts
from embed_core.ui.map_page.map_state import MapState

_SHOWN_LEVELS = 8
REASONS = "reasons"
"""The anchor of what is said below the map."""


def second_category(map_state: MapState, category: str) -> None:
    """Ask for a second category; how alike the two are, and in what, is said below the map."""
    second = _second(map_state, category)
    category_finder(
        keys.MAP,
        key=keys.FIND_SECOND,
        label="Why close? Compare with",
        placeholder="Another category",
        help="How alike the two are, and in which levels of the other columns they agree and differ most",
        value=second,
        on_pick=_take_second,
    )
    if second is not None:
        st.markdown(f":material/arrow_downward: [In what they agree and differ](#{REASONS})")


def pair(map_state: MapState, category: str) -> None:
    """Say how alike a category and the second one are, and in what."""
    second = _second(map_state, category)
    if second is None:
        return
    st.header(
        f"Why is {plain(category, limit=120)} close to {plain(second, limit=120)}?",
        anchor=REASONS,
    )
    st.caption(_likeness(map_state, category, second))
    st.dataframe(
        _side_by_side(map_state, category, second), key="pair_table", alt="Both categories in numbers"
    )
    with errors_in_place():
        _levels(map_state, category, second)


def _second(map_state: MapState, category: str) -> str | None:
    second: str | None = st.session_state.get(keys.SECOND)
    if second == category or second not in map_state.embedding:
        second = st.session_state[keys.SECOND] = None
    return second


def _take_second() -> None:
    st.session_state[keys.SECOND] = picked(keys.FIND_SECOND)


def _likeness(map_state: MapState, category: str, second: str) -> str:
    found = likeness(map_state.embedding, category, second, metric=map_state.metric)
    others = len(map_state.embedding) - 1
    record, euclidean = map_state.record, "euclidean"
    unit = record.unit_of(euclidean)
    apart = number(record.distance_unit(euclidean) * found.distance) + (f" ({plain(unit)})" if unit else "")
    return (
        f"Cosine similarity {found.cosine:.3f}, euclidean distance {apart}: "
        f"the {_ordinal(found.rank)} of {others:,} by {METRICS[map_state.metric].lower()} distance."
    )


def _ordinal(rank: int) -> str:
    if rank == 1:
        return "nearest"
    ending = "th" if 10 < rank % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending} nearest"


def _side_by_side(map_state: MapState, category: str, second: str) -> pd.DataFrame:
    embedding, record = map_state.embedding, map_state.record
    place = embedding.positions
    columns: dict[str, list[str]] = {}
    lines = ["rows"]
    if embedding.target_mean is not None:
        lines += [color_title(record), "95 % interval"]
    for label in (category, second):
        row = place[label]
        cells = [f"{embedding.support[row]:,}"]
        if embedding.target_mean is not None:
            cells.append(number(embedding.target_mean[row]))
            interval = embedding.target_interval
            known = interval is not None and bool((interval[row] == interval[row]).all())
            cells.append(
                f"{number(interval[row][0])} to {number(interval[row][1])}"
                if known and interval is not None
                else "–"
            )
        columns[label] = cells
    return pd.DataFrame(columns, index=lines)


def _levels(map_state: MapState, category: str, second: str) -> None:
    counts = level_counts(map_state, purpose="tell in what they agree")
    if counts is None:
        return
    place = map_state.embedding.positions
    found = compare_pair(counts, place[category], place[second])
    if found.empty:
        st.caption("One of the two has no rows in which the other columns could be counted.")
        return
    agree, differ = agreements(found), differences(found)
    sides = st.columns(2, gap="large")
    for side, key, title, part, none in (
        (
            sides[0],
            "agree",
            "They agree most in",
            agree,
            "They share nothing that sets them apart from all rows.",
        ),
        (
            sides[1],
            "differ",
            "They differ most in",
            differ,
            "No difference is greater than few rows make by themselves.",
        ),
    ):
        with side:
            st.subheader(title, anchor=False)
            part = part.head(_SHOWN_LEVELS)
            if part.empty:
                st.caption(none)
                continue
            level_bars((category, second), by_column(part, ("1", "2")), key=f"pair_{key}")
    st.caption("Shares of each one's rows, and how many rows that is.")
    with st.expander("As a table", icon=":material/table:", key="pair_as_table"):
        shown = pd.concat([agree.head(_SHOWN_LEVELS), differ.head(_SHOWN_LEVELS)]).drop_duplicates(
            ["column", "level"]
        )
        st.dataframe(
            _readable(shown, category, second),
            hide_index=True,
            key="pair_levels",
            alt="Levels of the other columns with the shares and counts of both categories",
            column_config={"all rows": st.column_config.NumberColumn(format="%.0f %%")},
        )


def _titles(part: pd.DataFrame) -> list[str]:
    return [f"{column}: {level}" for column, level in zip(part["column"], part["level"], strict=True)]


def _readable(part: pd.DataFrame, category: str, second: str) -> pd.DataFrame:
    def cells(number: int) -> list[str]:
        shares, counts = part[f"share_{number}"], part[f"count_{number}"]
        return [f"{100 * share:.0f} % ({count:,})" for share, count in zip(shares, counts, strict=True)]

    first_name, second_name = _headers(category, second)
    columns: dict[str, Any] = {
        "level": _titles(part),
        first_name: cells(1),
        second_name: cells(2),
        "all rows": 100 * part["share_all"],
    }
    return pd.DataFrame(columns)


def _headers(category: str, second: str) -> tuple[str, str]:
    """Return two different names for two columns, neither of them "level" or "all rows"."""
    first_name, second_name = category[:24], second[:24]
    taken = {"level", "all rows"}
    if first_name == second_name or {first_name, second_name} & taken:
        return "first", "second"
    return first_name, second_name
