"""What the maps show of a run."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.projections.aligning import align
from embed_core.space.projections.identity import padded
from embed_core.space.projections.pca import PcaBasis
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted
from embed_core.ui.app.words import color_title
from embed_core.ui.component.category_map import Coloring, MapView

NEIGHBORS = 5


def training_view(
    record: RunRecord, vectors: np.ndarray[Any, Any], epoch: int, *, moving: bool, selected: str | None
) -> MapView:
    """Return the map of a training at an epoch: two dimensions as they are, more by PCA.

    Each frame's principal axes are turned onto the frame before, so that nothing spins while it moves.
    """
    coordinates, axes = _frame(record.id, vectors)
    means = record.target_mean
    if means is None:
        colorings = []
    else:
        numbers = np.array([np.nan if mean is None else mean for mean in means])
        colorings = [Coloring(color_title(record), numbers)]
    return MapView(
        labels=record.labels,
        coordinates=coordinates,
        support=np.array(record.support),
        colorings=colorings,
        axes=axes,
        revision=f"{record.id}:training",
        frame=epoch,
        selected=selected,
        neighbors=_neighbors(record.labels, record.support, vectors, selected),
        description=f"Map of {counted(len(record.labels), 'category', 'categories')} of {record.config.column} "
        f"after epoch {epoch}",
        moving=moving,
    )


def _frame(run_id: str, vectors: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], tuple[str, str]]:
    if vectors.shape[1] <= 2:
        return padded(vectors), ("Dimension 1", "Dimension 2" if vectors.shape[1] == 2 else "")
    coordinates = PcaBasis.fit(vectors).apply(vectors)
    before = st.session_state.get(keys.TRAINING_FRAME)
    if before is not None and before[0] == run_id and before[1].shape == coordinates.shape:
        coordinates = align(before[1], coordinates)
    st.session_state[keys.TRAINING_FRAME] = (run_id, coordinates)
    return coordinates, ("Principal axis 1", "Principal axis 2")


def _neighbors(
    labels: Sequence[str], support: Sequence[int], vectors: np.ndarray[Any, Any], selected: str | None
) -> list[tuple[str, float]]:
    if selected is None or selected not in labels:
        return []
    found = Embedding(list(labels), vectors, np.array(support)).neighbors(
        selected, k=NEIGHBORS, metric="euclidean"
    )
    return list(zip(found["category"], found["distance"], strict=True))
