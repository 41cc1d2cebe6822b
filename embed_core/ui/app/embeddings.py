"""The vectors of a run, read once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.ui.app import state

Hashes = dict[str | type[Any], Callable[[Any], Any]]
OF_RUN: Hashes = {RunRecord: lambda record: record.id}
"""What is kept of a run is another for another run only."""


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_RUN)
def embedding_of(record: RunRecord, column: str) -> Embedding:
    """Return the embedding of one of the run's columns."""
    return state.jobs().store.embedding(record.id, column)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_RUN)
def columns_of(record: RunRecord) -> list[str]:
    """Return the embedded columns, of those that share their vectors the first."""
    if len(record.columns) < 2:
        return [record.config.column]
    found: list[str] = []
    for column in record.columns:
        here = embedding_of(record, column)
        shared = (embedding_of(record, other) for other in found)
        if not any(here.labels == one.labels and np.array_equal(here.vectors, one.vectors) for one in shared):
            found.append(column)
    return found
