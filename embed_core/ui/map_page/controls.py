"""The row of controls above the map."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from embed_core.runs.measurement import TrustState
from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.projections.registry import METHODS
from embed_core.ui.app import state
from embed_core.ui.app.embeddings import columns_of, embedding_of
from embed_core.ui.app.first_map import projections_for
from embed_core.ui.app.state import keys
from embed_core.ui.app.words import METRICS
from embed_core.ui.component.category_map import category_finder, map_chooser
from embed_core.ui.map_page.colors.colorings import color_choices
from embed_core.ui.map_page.finding import begin_with_most, note_how_it_stands, show_when_found
from embed_core.ui.map_page.map_state import MapState, begin
from embed_core.ui.map_page.projection_settings import begin_settings, settings_of
from embed_core.ui.map_page.trust_strip import trust_of

_FEWEST_COLORED, _MOST_COLORED = 10, 2_000


def controls(record: RunRecord) -> MapState:
    """Show the controls and return what they say is to be shown."""
    if begin(record):
        _start(record)
    else:
        show_when_found(record)
    column = _column(record)
    embedding = embedding_of(record, column)
    with st.container(width=230, key="map_find"):
        category_finder(keys.MAP, key="find", label="Category", placeholder="Find a category")
    with st.container(width=230, key="map_color"):
        map_chooser(keys.MAP, key="color_by", label="Colour", of="coloring")
    method, dimensions = _projection(embedding)
    _keep_valid(keys.METRIC, list(METRICS))
    metric = str(st.session_state[keys.METRIC])
    settings = settings_of(method, len(embedding))
    map_state = MapState(record, column, embedding, method, dimensions, metric, "none", settings)
    color = _color(map_state, trust_of(map_state))
    note_how_it_stands()
    return MapState(record, column, embedding, method, dimensions, metric, color, settings)


def _start(record: RunRecord) -> None:
    """Begin another run with what suits it, or as it was left."""
    embedding = embedding_of(record, record.config.column)
    st.session_state[keys.METRIC] = embedding.metric
    st.session_state[keys.METHOD] = st.session_state[keys.FINDING] = None
    st.session_state[keys.FOUND_LATE] = False
    st.session_state[keys.COLOR] = _first_color(embedding)
    st.session_state[keys.DIMENSIONS] = 2
    st.session_state.pop(keys.EMBEDDING_OF, None)
    st.session_state[keys.SIZE] = "rows"
    begin_settings({})
    state.bring_choices(record.id)
    if st.session_state[keys.METHOD] is None:
        begin_with_most(record, embedding.metric)


def _first_color(embedding: Embedding) -> str:
    """Return what colours the points at first: rows tell nothing where all categories have as many."""
    if embedding.target_mean is not None:
        return "target"
    if embedding.support.min() < embedding.support.max():
        return "support"
    return "cluster" if _FEWEST_COLORED <= len(embedding) <= _MOST_COLORED else "none"


def _column(record: RunRecord) -> str:
    columns = columns_of(record)
    if len(columns) < 2:
        return record.config.column
    _keep_valid(keys.EMBEDDING_OF, columns)
    return str(
        st.selectbox(
            "Embedding of",
            columns,
            key=keys.EMBEDDING_OF,
            persist_state="session",
            on_change=_forget_category,
            label_visibility="collapsed",
            width=160,
        )
    )


def _forget_category() -> None:
    st.session_state[keys.CATEGORY] = None


def _projection(embedding: Embedding) -> tuple[str, int]:
    _keep_valid(keys.DIMENSIONS, [2, 3])
    dimensions = int(st.session_state[keys.DIMENSIONS])
    titles = {name: method.title for name, method in METHODS.items()}
    method = _segments("Projection", projections_for(embedding, dimensions), titles, keys.METHOD)
    _segments("Map", [2, 3], {2: "2-D", 3: "3-D"}, keys.DIMENSIONS)
    return method, dimensions


def _color(map_state: MapState, trust: TrustState) -> str:
    """Return what colours the points."""
    _keep_valid(keys.COLOR, list(color_choices(map_state, trust)))
    return str(st.session_state[keys.COLOR])


def _segments(label: str, options: Sequence[Any], words: dict[Any, str], key: str) -> Any:
    _keep_valid(key, options)
    return st.segmented_control(
        label,
        options,
        format_func=words.__getitem__,
        required=True,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )


def _keep_valid(key: str, options: Sequence[Any]) -> None:
    """Put the first option in the place of a choice that another run, or another choice, has taken away."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
