"""What is lit up with the chosen category: its true neighbours, and those that the map alone puts near it."""

from typing import Any

import numpy as np

from embed_core.errors import AtlasError
from embed_core.space.projections.quality import map_neighbors
from embed_core.ui.map_page.map_state import NEIGHBORS, MapState


def true_neighbors(map_state: MapState, category: str | None) -> list[tuple[str, float]]:
    """Return the nearest in the original space, with their distances."""
    if category is None or not map_state.k:
        return []
    found = map_state.embedding.neighbors(category, k=map_state.k, metric=map_state.metric)
    return list(zip(found["category"], map_state.unit * found["distance"], strict=True))


def false_neighbors(
    map_state: MapState, coordinates: np.ndarray[Any, Any], category: str | None
) -> list[str]:
    """Return the categories that the map shows near the chosen one, and that are not."""
    if category is None:
        return []
    embedding = map_state.embedding
    try:
        found = map_neighbors(
            embedding.vectors,
            coordinates,
            embedding.positions[category],
            k=NEIGHBORS,
            metric=map_state.metric,
        )
    except AtlasError:
        return []
    return [embedding.labels[row] for row in found.false]
