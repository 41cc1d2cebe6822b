"""What the Map page computes once of a run, and keeps."""

from typing import Any

import numpy as np
import streamlit as st

from embed_core.map.view import Frames
from embed_core.space.groups.clusters import Clusters
from embed_core.space.projections.base import Projection
from embed_core.space.projections.project import project
from embed_core.space.projections.quality import category_quality
from embed_core.training.trust import Trust
from embed_core.ui.app import state
from embed_core.ui.app.embeddings import Hashes
from embed_core.ui.app.text import number
from embed_core.ui.map_page.map_state import NEIGHBORS, MapState

Array = np.ndarray[Any, Any]
# Finding the nearest of each category takes time with n²: 0.5 s for so many.
_MOST_FOUND = 10_000

# What is kept depends on the run alone, on the vectors, on their distances, or on the map.
OF_VECTORS: Hashes = {MapState: lambda map_state: map_state.key}
OF_DISTANCES: Hashes = {MapState: lambda map_state: (*map_state.key, map_state.metric)}
OF_MAP: Hashes = {MapState: lambda map_state: (*map_state.map_key, map_state.metric)}


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_MAP)
def projection(map_state: MapState, _vectors: Array, *, name: str = "") -> Projection:
    """Return the map of vectors, which ``name`` tells apart, by a method that draws at once."""
    return project(_vectors, **map_state.options)


@st.cache_resource(
    max_entries=32,
    show_spinner="Comparing the neighbourhoods of all categories…",
    show_time=True,
    hash_funcs=OF_MAP,
)
def neighbors_kept(map_state: MapState, _coordinates: Array, *, frame: int) -> Array:
    """Return for each category the share of its nearest neighbors that are still near on the map."""
    return category_quality(
        map_state.embedding.vectors, _coordinates, k=NEIGHBORS, metric=map_state.metric
    ).neighbors_kept


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_DISTANCES)
def nearest(map_state: MapState) -> tuple[Array, Array] | None:
    """Return the nearest of each category, as rows and distances in the run's unit; None where there are too many."""
    if not map_state.k or len(map_state.embedding) > _MOST_FOUND:
        return None
    rows, distances = map_state.embedding.nearest(map_state.k, map_state.metric)
    return rows, map_state.unit * distances


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_VECTORS)
def evidence(map_state: MapState) -> Trust:
    """Return how far the vectors can be trusted, as far as is known without a map and without training again."""
    return Trust.of(map_state.embedding, map_state.record.config, map_state.record.target)


@st.cache_resource(max_entries=64, show_spinner="Finding clusters…", show_time=True, hash_funcs=OF_DISTANCES)
def clusters(map_state: MapState, method: str, count: int | None) -> Clusters:
    """Return the clusters of the categories.

    Raises:
        AtlasError: there are too many categories for a tree.
    """
    return map_state.embedding.clusters(method, n_clusters=count, metric=map_state.metric)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_MAP)
def replay(map_state: MapState) -> Frames | None:
    """Return the training as frames in the last one's basis; None when there is nothing to replay."""
    record, vectors, store = map_state.record, map_state.embedding.vectors, state.jobs().store
    can_be_replayed = map_state.is_first and map_state.dimensions == 2
    draw = map_state.projection.basis(vectors) if can_be_replayed else None
    if draw is None:
        return None
    # Where the best weights are kept, later snapshots are of what was given up.
    last = record.best_epoch if record.config.keeps_best else record.epochs_done
    kept = [epoch for epoch in store.snapshot_epochs(record.id) if epoch < last]
    snapshots = [store.snapshot(record.id, epoch) for epoch in kept]
    if not snapshots or any(each.shape != vectors.shape for each in snapshots):
        return None
    epochs = [*kept, last]
    history = store.history(record.id)
    losses = dict(zip(history["epoch"].astype(int), history["loss"], strict=True)) if len(history) else {}
    values = [f"loss {number(losses[epoch])}" if epoch in losses else "start" for epoch in epochs]
    coordinates = np.stack([draw(each) for each in (*snapshots, vectors)])
    return Frames(numbers=epochs, coordinates=coordinates, values=values)
