"""What is drawn: finished projections, or the newest frames of those that move."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from embed_core.runs.measurement import TrustState
from embed_core.runs.projections import LiveProjection
from embed_core.space.orientation import applied, is_plain
from embed_core.space.projections.base import Projection
from embed_core.space.projections.registry import METHODS
from embed_core.ui.app import state
from embed_core.ui.app.orientation import turn_of
from embed_core.ui.app.state import keys
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import projection
from embed_core.ui.map_page.projection_settings import settings_of

MOST_EXPECTED = 10_000  # finding the neighbours of so many takes some seconds of a core
NEWS_SECONDS = 0.3  # to draw the same frame once more takes as long

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Shown:
    """What is drawn: a finished projection, or the newest frame of one that moves, and more frames will come.

    Attributes:
        turn: what the projection's own coordinates were multiplied by, (2, 2); None of three dimensions.
    """

    coordinates: Array
    result: Projection | None
    live: LiveProjection | None = None
    is_moving: bool = False
    turn: Array | None = None

    @property
    def as_drawn(self) -> Array:
        """The coordinates as the projection has drawn them, (n, 2 or 3)."""
        return self.coordinates if self.turn is None else applied(self.coordinates, self.turn.T)

    @property
    def frame(self) -> int:
        """Number of the frame."""
        return self.live.iteration if self.live else 0


def all_shown(map_state: MapState, trust: TrustState) -> list[Shown]:
    """Return the map, and the control's where it is wanted, the right way up."""
    found = [_upright(map_state, _shown(map_state, map_state.embedding.vectors))]
    if trust.result is not None and trust.result.has_control and st.session_state.get(keys.CHANCE):
        found.append(_shown(map_state, trust.result.control_vectors, name=f"control {map_state.metric}"))
    return found


def _upright(map_state: MapState, shown: Shown) -> Shown:
    """Return the map turned and mirrored as all maps of the run are."""
    if map_state.dimensions != 2:
        return shown
    matrix = turn_of(map_state.record, map_state.embedding.labels, shown.coordinates)
    coordinates, result = applied(shown.coordinates, matrix), shown.result
    if result is not None:
        has_axes = result.has_axes and is_plain(matrix)
        result = replace(result, coordinates=coordinates, has_axes=has_axes)
    return replace(shown, coordinates=coordinates, result=result, turn=matrix)


def _shown(map_state: MapState, vectors: Array, name: str = "") -> Shown:
    if map_state.projection.pace == "at once":
        result = projection(map_state, vectors, name=name)
        return Shown(result.coordinates, result)
    live = state.jobs().projections.begin(
        (*map_state.map_key, *([name] if name else [])), vectors, **map_state.options
    )
    is_moving = live.is_moving  # as drawn: it may come to rest meanwhile, and be drawn once more for that
    if not name and is_moving:
        known, iteration = st.session_state.get(keys.MAP_SEEN, (None, None))
        live.wait_for_news(iteration if known is live else None, NEWS_SECONDS)
        st.session_state[keys.MAP_SEEN] = (live, live.iteration)
    if live.result is not None:
        return Shown(live.result.coordinates, live.result, live, is_moving)
    empty = np.zeros((len(vectors), map_state.dimensions), np.float32)
    return Shown(empty if live.coordinates is None else live.coordinates, None, live, is_moving)


def expect_next(map_state: MapState) -> None:
    """Prepare what a person is likely to look at next: the first projection that moves."""
    n = len(map_state.embedding)
    moving = next((name for name, method in METHODS.items() if method.pace == "in frames"), None)
    if map_state.projection.pace == "at once" and moving is not None and n <= MOST_EXPECTED:
        expected = replace(map_state, method=moving, settings=settings_of(moving, n))
        state.jobs().projections.expect(expected.map_key, map_state.embedding.vectors, **expected.options)
