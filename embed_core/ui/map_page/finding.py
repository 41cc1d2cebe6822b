"""The map opens at once: where the one that keeps most is still looked for, with another until it is found.

It takes the place by itself only while nobody has touched the map; afterwards it is offered.
"""

from typing import Any

import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.space.projections.project import KeepsMost
from embed_core.ui.app.embeddings import embedding_of
from embed_core.ui.app.first_map import first_map, projections_for
from embed_core.ui.app.state import keys
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.projection_settings import begin_settings

_SECONDS = 0.2
"""So long it is waited for; of some dozen categories it is there by then."""
_JUST_BEGUN: tuple[Any, ...] = ()
_LOOKED_AT = (
    keys.METHOD,
    keys.DIMENSIONS,
    keys.METRIC,
    keys.EMBEDDING_OF,
    keys.COLOR,
    keys.CATEGORY,
    keys.GROUP,
    keys.ARROWS,
    keys.MISLEADS,
)


def begin_with_most(record: RunRecord, metric: str) -> None:
    """Begin a run with the projection that keeps most, or with one that is there at once until it is found."""
    found = first_map(record, metric, seconds=_SECONDS)
    if found is not None:
        _show(found)
        return
    st.session_state[keys.METHOD] = projections_for(embedding_of(record, record.config.column), 2)[0]
    st.session_state[keys.FINDING] = _JUST_BEGUN


def show_when_found(record: RunRecord) -> None:
    """Show the projection that keeps most as soon as it is found, unless the map has been touched meanwhile."""
    stood = st.session_state.get(keys.FINDING)
    if stood is None:
        return
    if stood not in (_JUST_BEGUN, _as_it_stands()):
        st.session_state[keys.FINDING], st.session_state[keys.FOUND_LATE] = None, True
    elif (found := _found(record)) is not None:
        st.session_state[keys.FINDING] = None
        _show(found)


def note_how_it_stands() -> None:
    """Remember how the map stands when it is shown for the first time."""
    if st.session_state.get(keys.FINDING) == _JUST_BEGUN:
        st.session_state[keys.FINDING] = _as_it_stands()


def take_move() -> None:
    """Note that a person has moved the map."""
    if is_finding():
        st.session_state[keys.FINDING] = ("moved",)


def is_finding() -> bool:
    """Whether another map than this one may take its place by itself."""
    return st.session_state.get(keys.FINDING) is not None


def found_late(map_state: MapState) -> str | None:
    """Return the projection that keeps most, where it was found too late to be shown, and is not on screen."""
    if not st.session_state.get(keys.FOUND_LATE) or map_state.dimensions != 2:
        return None
    found = _found(map_state.record)
    return None if found is None or found.method == map_state.method else found.method


def show_late(record: RunRecord) -> None:
    """Show the projection that keeps most, as a person has asked for."""
    found = _found(record)
    if found is not None:
        _show(found)


def is_awaited(record: RunRecord) -> bool:
    """Whether it will be shown, also where it was found while the page was drawn, or offered when it is found."""
    return is_finding() or (bool(st.session_state.get(keys.FOUND_LATE)) and _found(record) is None)


def _found(record: RunRecord) -> KeepsMost | None:
    return first_map(record, embedding_of(record, record.config.column).metric)


def _show(found: KeepsMost) -> None:
    st.session_state[keys.METHOD] = found.method
    begin_settings(found.settings)
    st.session_state[keys.FOUND_LATE] = False


def _as_it_stands() -> tuple[Any, ...]:
    return tuple(st.session_state.get(name) or None for name in _LOOKED_AT)
