"""Arrows on demand: which way the levels of other columns, the target and what is known of the categories grow."""

from typing import Any

import numpy as np
import streamlit as st

from embed_core.errors import AtlasError, quoted
from embed_core.map.view import Arrow
from embed_core.space.gradients import Gradient, gradients
from embed_core.space.groups.enrichment import LevelCounts
from embed_core.ui.app.orientation import about_table
from embed_core.ui.app.state import keys
from embed_core.ui.app.words import color_title
from embed_core.ui.map_page.level_counts import counts_without_asking
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.shown import Shown

Array = np.ndarray[Any, Any]


def arrows_field(map_state: MapState) -> None:
    """Offer the arrows where a direction on the map means something."""
    is_linear = map_state.projection.has_axes and map_state.dimensions == 2
    st.toggle(
        "Arrows: what grows which way",
        key=keys.ARROWS,
        persist_state="session",
        disabled=not is_linear,
        help="The columns and levels that the place on the map tells best"
        if is_linear
        else "Only in two dimensions, on PCA or on the vectors themselves: elsewhere a direction means nothing",
    )


def arrows(map_state: MapState, shown: Shown) -> list[Arrow]:
    """Return the arrows that are wanted, the longest first."""
    return [
        Arrow(
            f"{each.column}: {each.level}" if each.level else each.column, each.direction, each.explained**0.5
        )
        for each in _found(map_state, shown) or []
    ]


def arrows_words(map_state: MapState, shown: Shown) -> str:
    """Return what the arrows say, in a sentence; empty without them."""
    found = _found(map_state, shown)
    if found is None:
        return ""
    if not found:
        return "No arrows: nothing that is known of the categories grows along this map by more than chance."
    best = found[0]
    name = quoted(f"{best.column}: {best.level}" if best.level else best.column, limit=80)
    return (
        f"Arrows point where a level's share, or a number, grows. The longer, the more of it the map tells: "
        f"{100 * best.explained:.0f} % for {name}."
    )


def _found(map_state: MapState, shown: Shown) -> list[Gradient] | None:
    is_linear = map_state.projection.has_axes and map_state.dimensions == 2
    if not st.session_state.get(keys.ARROWS) or not is_linear or shown.result is None:
        return None
    try:
        levels = counts_without_asking(map_state) or []
    except AtlasError:  # no other column: what else is known remains
        levels = []
    whole = [table for table in levels if not table.column.endswith(" in bins")]
    return _gradients(
        map_state.key, shown.coordinates, map_state.embedding.support, whole, _numbers(map_state)
    )


def _numbers(map_state: MapState) -> dict[str, Array]:
    embedding, found = map_state.embedding, {}
    if embedding.target_mean is not None:
        found[color_title(map_state.record)] = np.asarray(embedding.target_mean, float)
    about = about_table(map_state.record) if map_state.is_first else None
    if about is not None:
        numbers = about.select_dtypes("number").reindex(embedding.labels)
        found |= {str(name): values.to_numpy(float, na_value=np.nan) for name, values in numbers.items()}
    return found


@st.cache_resource(max_entries=64, show_spinner="Asking what grows which way…")
def _gradients(
    key: tuple[str, str],
    coordinates: Array,
    _support: Array,
    _levels: list[LevelCounts],
    numbers: dict[str, Array],
) -> list[Gradient]:
    return gradients(coordinates, _support, levels=_levels, numbers=numbers)
