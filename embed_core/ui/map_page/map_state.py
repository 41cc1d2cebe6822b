"""The run that the Map page shows, and what a person is doing with it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.nearest import usable_k
from embed_core.space.projections.base import ProjectionMethod
from embed_core.space.projections.registry import projection_method
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.kept import Group

NEIGHBORS = 10
"""How many neighbours are looked at, everywhere on the page."""


@dataclass(frozen=True)
class MapState:
    """What the page shows.

    Attributes:
        record: of the run.
        column: the embedded column that is looked at.
        embedding: its vectors.
        method: how they are drawn, the name of a projection.
        dimensions: of the map, 2 or 3.
        metric: of the original space.
        color: what colours the points.
        settings: of the projection, those that the page offers.
    """

    record: RunRecord
    column: str
    embedding: Embedding
    method: str
    dimensions: int
    metric: str
    color: str
    settings: tuple[tuple[str, float], ...] = ()

    @property
    def is_first(self) -> bool:
        """Whether this is the run's own column, of which snapshots and trust are known."""
        return self.column == self.record.config.column

    @property
    def k(self) -> int:
        """How many neighbours each category has here."""
        return neighbors_of(self.embedding)

    @property
    def unit(self) -> float:
        """How much of the target lies between vectors that are 1 apart; 1 where distances mean nothing of it."""
        return self.record.distance_unit(self.metric)

    @property
    def key(self) -> tuple[str, str]:
        """Names the vectors."""
        return (self.record.id, self.column)

    @property
    def projection(self) -> ProjectionMethod:
        """How the vectors are drawn."""
        return projection_method(self.method)

    @property
    def map_key(self) -> tuple[Any, ...]:
        """Names the map."""
        metric = (self.metric,) if self.projection.uses_metric else ()
        return (*self.key, self.method, self.dimensions, *metric, *self.settings)

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of `project`."""
        return {
            "method": self.method,
            "metric": self.metric,
            "n_components": self.dimensions,
            "seed": 0,
            **dict(self.settings),
        }


def neighbors_of(embedding: Embedding) -> int:
    """Return how many neighbours are looked at: 10, fewer of few categories."""
    n = len(embedding)
    return usable_k(n, NEIGHBORS) or n - 1


def begin(record: RunRecord) -> bool:
    """Take a run up; return whether it is another than before."""
    if st.session_state.get(keys.MAP_RUN) == record.id:
        return False
    st.session_state[keys.MAP_RUN] = record.id
    st.session_state[keys.GROUP] = st.session_state[keys.SECOND] = st.session_state[keys.FRONT] = None
    st.session_state[keys.ISOLATED] = False
    if st.session_state.get(keys.FADE) in ("none", "places"):  # another run's own begins
        st.session_state[keys.FADE] = None
    return True


def chosen(embedding: Embedding) -> str | None:
    """Return the category looked at, None when there is none among these."""
    category: str | None = st.session_state.get(keys.CATEGORY)
    return category if category in embedding else None


def choose(category: str | None) -> None:
    """Look at a category."""
    st.session_state[keys.CATEGORY] = category
    if category is not None:
        st.session_state[keys.FRONT] = "category"


def group() -> Group | None:
    """Return the group looked at."""
    found: Group | None = st.session_state.get(keys.GROUP)
    return found


def choose_group(title: str, members: list[str]) -> None:
    """Look at some categories; none of them ends looking at a group."""
    st.session_state[keys.GROUP] = Group(title, tuple(members)) if members else None
    st.session_state[keys.FRONT] = "group" if members else "category"
    if not members:
        st.session_state[keys.ISOLATED] = False


def rows_of(embedding: Embedding, members: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """Return the rows of those members that are categories here."""
    known = embedding.positions
    return np.array([known[member] for member in members if member in known], np.int64)
