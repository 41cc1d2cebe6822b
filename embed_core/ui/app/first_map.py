"""The map that a run opens with: the one that keeps most, looked for while the end of the training is looked at."""

import threading
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.projections.project import KeepsMost, keeps_most
from embed_core.space.projections.registry import METHODS, projection_method
from embed_core.ui.app.embeddings import OF_RUN, embedding_of

_KEPT = 64


@st.cache_resource(
    max_entries=_KEPT, show_spinner="Finding the map that keeps most…", show_time=True, hash_funcs=OF_RUN
)
def first_map(record: RunRecord, metric: str) -> KeepsMost:
    """Return the projection that the map of a run opens with: the one that keeps most.

    Vectors that can be shown as they are keep all. What needs a process of its own is not tried.
    """
    embedding = embedding_of(record, record.config.column)
    return _found(record.id, metric, _compared(embedding), embedding.vectors)


def find_ahead(record: RunRecord) -> None:
    """Look for it beside the page, which takes seconds: of hundreds of categories several maps are drawn."""
    with suppress(AtlasError):  # what cannot be read is said where it is shown
        embedding = embedding_of(record, record.config.column)
        _begun(record.id, own_metric(record, embedding), embedding)


def own_metric(record: RunRecord, embedding: Embedding) -> str:
    """Return the metric that goes with what a run learned."""
    return OBJECTIVES[record.config.objective].metric(embedding.dimension)


def projections_for(embedding: Embedding, dimensions: int) -> list[str]:
    """Return the names of the projections that can draw an embedding here."""
    return [
        name
        for name, method in METHODS.items()
        if _is_there(name) and method.suits(embedding.dimension, dimensions)
    ]


@cache
def _is_there(name: str) -> bool:
    return not projection_method(name).missing()


def _compared(embedding: Embedding) -> list[str]:
    here = [name for name in projections_for(embedding, 2) if projection_method(name).pace != "apart"]
    return ["identity"] if "identity" in here else here


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _begun(run_id: str, metric: str, _embedding: Embedding) -> threading.Thread:
    thread = threading.Thread(
        target=_found,
        args=(run_id, metric, _compared(_embedding), _embedding.vectors),
        name="atlas-first-map",
        daemon=True,
    )
    thread.start()
    return thread


# Who asks while it is looked for waits for that.
@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _found(run_id: str, metric: str, methods: list[str], _vectors: np.ndarray[Any, Any]) -> KeepsMost:
    return keeps_most(_vectors, methods, metric=metric)
