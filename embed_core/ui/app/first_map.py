"""The map that keeps most of a run, looked for beside the page from the end of the training on."""

import threading
from concurrent.futures import Future
from contextlib import suppress
from functools import cache

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.projections.project import KeepsMost, keeps_most
from embed_core.space.projections.registry import METHODS, projection_method
from embed_core.ui.app.embeddings import embedding_of

_KEPT = 64
# It takes a core for seconds: pages come first.
_TURNS = threading.Semaphore(2)


def first_map(record: RunRecord, metric: str, *, seconds: float = 0) -> KeepsMost | None:
    """Return the projection that keeps most of a run; None while it is looked for, which begins now or has begun.

    Vectors that can be shown as they are keep all. What needs a process of its own is not tried.

    Args:
        record: of the run.
        metric: of the original space.
        seconds: how long to wait for it.
    """
    with suppress(TimeoutError):
        return _begun(record.id, metric, embedding_of(record, record.config.column)).result(seconds)
    return None


def find_ahead(record: RunRecord) -> None:
    """Look for it beside the page, which takes seconds: of hundreds of categories several maps are drawn."""
    with suppress(AtlasError):  # what cannot be read is said where it is shown
        embedding = embedding_of(record, record.config.column)
        _begun(record.id, embedding.metric, embedding)


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
def _begun(run_id: str, metric: str, _embedding: Embedding) -> Future[KeepsMost]:
    found: Future[KeepsMost] = Future()

    def look() -> None:
        try:
            with _TURNS:
                found.set_result(keeps_most(_embedding.vectors, _compared(_embedding), metric=metric))
        except Exception as problem:  # raised where it is asked for
            found.set_exception(problem)

    threading.Thread(target=look, name="atlas-first-map", daemon=True).start()
    return found
