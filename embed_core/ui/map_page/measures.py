"""What the Map page computes once of a run, and keeps."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import streamlit as st

from embed_core.map.view import Frames
from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.groups.clusters import Clusters, cluster
from embed_core.space.projections.base import Projection, ProjectionMethod
from embed_core.space.projections.project import project
from embed_core.space.projections.quality import category_quality
from embed_core.training.trust import Trust
from embed_core.ui.app import state
from embed_core.ui.app.text import number
from embed_core.ui.map_page.map_state import NEIGHBORS, MapState

Key = tuple[Hashable, ...]
Array = np.ndarray[Any, Any]
# Finding the nearest of each category takes time with n²: 0.5 s for so many.
_MOST_FOUND = 10_000


def embedding_of(record: RunRecord, column: str) -> Embedding:
    """Return the embedding of one of the run's columns."""
    return _embedding(record.id, column, state.jobs().store)


def columns_of(record: RunRecord) -> list[str]:
    """Return the embedded columns, of those that share their vectors the first."""
    if len(record.columns) < 2:
        return [record.config.column]
    return _columns(record.id, tuple(record.columns), state.jobs().store)


def projection(map_state: MapState, vectors: Array, *, name: str = "") -> Projection:
    """Return the map of vectors by a method that draws at once."""
    return _projection((*map_state.key, name), vectors, **map_state.options)


def neighbors_kept(map_state: MapState, coordinates: Array, *, frame: int) -> Array:
    """Return for each category the share of its nearest neighbours that are still near on the map."""
    return _kept(
        (*map_state.map_key, map_state.metric, frame),
        map_state.embedding.vectors,
        coordinates,
        map_state.metric,
    )


def nearest(map_state: MapState) -> tuple[Array, Array] | None:
    """Return the nearest of each category, as rows and distances; None when there are too many categories."""
    if not map_state.k or len(map_state.embedding) > _MOST_FOUND:
        return None
    return _nearest((*map_state.key, map_state.metric), map_state.embedding, map_state.k, map_state.metric)


def evidence(map_state: MapState) -> Trust:
    """Return how far the vectors can be trusted, as far as is known without a map and without training again."""
    return _evidence(map_state.key, map_state.embedding, map_state.record)


def clusters(map_state: MapState, method: str, count: int | None) -> Clusters:
    """Return the clusters of the categories.

    Raises:
        AtlasError: there are too many categories for a tree.
    """
    return _clusters(
        (*map_state.key, map_state.metric, method, count), map_state.embedding.vectors, map_state.metric
    )


def replay(map_state: MapState) -> Frames | None:
    """Return the training as frames in the last one's basis; None when there is nothing to replay."""
    if not map_state.is_first or map_state.dimensions != 2:
        return None
    return _frames(
        map_state.record.id,
        map_state.method,
        map_state.projection,
        map_state.record,
        map_state.embedding.vectors,
        state.jobs().store,
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _embedding(run_id: str, column: str, _store: Any) -> Embedding:
    return _store.embedding(run_id, column)


@st.cache_resource(max_entries=64, show_spinner=False)
def _columns(run_id: str, columns: tuple[str, ...], _store: Any) -> list[str]:
    found: list[str] = []
    for column in columns:
        here = _embedding(run_id, column, _store)
        shared = (_embedding(run_id, other, _store) for other in found)
        if not any(here.labels == one.labels and np.array_equal(here.vectors, one.vectors) for one in shared):
            found.append(column)
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _projection(key: Key, _vectors: Array, **options: Any) -> Projection:
    return project(_vectors, **options)


@st.cache_resource(
    max_entries=32, show_spinner="Comparing the neighbourhoods of all categories…", show_time=True
)
def _kept(key: Key, _vectors: Array, _coordinates: Array, metric: str) -> Array:
    return category_quality(_vectors, _coordinates, k=NEIGHBORS, metric=metric).neighbors_kept


@st.cache_resource(max_entries=16, show_spinner=False)
def _nearest(key: Key, _embedding: Embedding, k: int, metric: str) -> tuple[Array, Array]:
    return _embedding.nearest(k, metric)


@st.cache_resource(max_entries=64, show_spinner=False)
def _evidence(key: Key, _embedding: Embedding, _record: RunRecord) -> Trust:
    return Trust.of(_embedding, _record.config, _record.target)


@st.cache_resource(max_entries=32, show_spinner="Finding clusters…", show_time=True)
def _clusters(key: Key, _vectors: Array, metric: str) -> Clusters:
    method, count = key[-2:]
    return cluster(_vectors, method=method, n_clusters=count, metric=metric)  # type: ignore[arg-type]


@st.cache_resource(max_entries=16, show_spinner=False)
def _frames(
    run_id: str, method: str, _method: ProjectionMethod, _record: RunRecord, _vectors: Array, _store: Any
) -> Frames | None:
    draw = _method.basis(_vectors)
    if draw is None:
        return None
    config = _record.config
    # With patience the weights of the best epoch are restored; later snapshots are of what was given up.
    last = _record.best_epoch if config.patience is not None else _record.epochs_done
    kept = [epoch for epoch in _store.snapshot_epochs(run_id) if epoch < last]
    snapshots = [_store.snapshot(run_id, epoch) for epoch in kept]
    if not snapshots or any(each.shape != _vectors.shape for each in snapshots):
        return None
    epochs = [*kept, last]
    history = _store.history(run_id)
    losses = dict(zip(history["epoch"].astype(int), history["loss"], strict=True)) if len(history) else {}
    values = [f"loss {number(losses[epoch])}" if epoch in losses else "start" for epoch in epochs]
    coordinates = np.stack([draw(each) for each in (*snapshots, _vectors)])
    return Frames(numbers=epochs, coordinates=coordinates, values=values)
