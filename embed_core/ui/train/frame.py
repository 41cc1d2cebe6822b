"""What the maps show of a run."""

from typing import Any

import numpy as np
import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.orientation import applied
from embed_core.space.projections.aligning import align
from embed_core.space.projections.identity import padded
from embed_core.space.projections.pca import PcaBasis
from embed_core.ui.app.orientation import places, turn_of
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted
from embed_core.ui.app.words import color_title
from embed_core.ui.component.category_map import Coloring, MapView

NEIGHBORS = 5


def training_view(
    record: RunRecord, vectors: np.ndarray[Any, Any], epoch: int, *, moving: bool, selected: str | None
) -> MapView:
    """Return the map of a training at an epoch: two dimensions as they are, more by PCA.

    Each frame is turned onto the frame before, so that nothing spins while it moves; at the end, as all
    maps of the run.
    """
    means = record.target_mean
    if means is None:
        colorings = []
    else:
        numbers = np.array([np.nan if mean is None else mean for mean in means])
        colorings = [Coloring(color_title(record), numbers)]
    return MapView(
        labels=record.labels,
        coordinates=_frame(record, vectors, moving=moving),
        support=np.array(record.support),
        colorings=colorings,
        revision=f"{record.id}:training",
        frame=epoch,
        selected=selected,
        neighbors=_neighbors(record, vectors, selected),
        description=f"Map of {counted(len(record.labels), 'category', 'categories')} of {record.config.column} "
        f"after epoch {epoch}",
        moving=moving,
    )


def _frame(record: RunRecord, vectors: np.ndarray[Any, Any], *, moving: bool) -> np.ndarray[Any, Any]:
    drawn = padded(vectors) if vectors.shape[1] <= 2 else PcaBasis.fit(vectors).apply(vectors)
    before = st.session_state.get(keys.TRAINING_FRAME)
    follows = before is not None and before[0] == record.id and before[1].shape == drawn.shape
    if moving and follows and before is not None and places(record, record.labels) is None:
        # Turned by itself in each frame, a map that is still without shape would spin.
        coordinates = align(before[1], drawn)
    else:
        coordinates = applied(drawn, turn_of(record, record.labels, drawn))
    st.session_state[keys.TRAINING_FRAME] = (record.id, coordinates)
    return coordinates


def _neighbors(
    record: RunRecord, vectors: np.ndarray[Any, Any], selected: str | None
) -> list[tuple[str, float]]:
    if selected is None or selected not in record.labels:
        return []
    embedding = Embedding(record.labels, vectors, np.array(record.support))
    found = embedding.neighbors(selected, k=NEIGHBORS, metric="euclidean")
    distances = record.distance_unit("euclidean") * found["distance"]
    return list(zip(found["category"], distances, strict=True))
