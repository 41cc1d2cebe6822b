"""Where replicates put the categories, on the map of the run: how uncertain a place is."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from embed_core.space.neighbors.distances import Matrix, between, directions
from embed_core.types import Floats

_LEAST = 3
_MOST_CELLS = 20_000_000
# A map that is no turning of the vectors has no place for new ones: that of the nearest categories stands for it.
_NEAREST = 5


class Learned(Protocol):
    """What a replicate learned: ``vectors`` (n, d); which categories it saw, and is sure of, bool (n,)."""

    @property
    def vectors(self) -> Floats:
        """The vectors."""

    @property
    def is_drawn(self) -> npt.NDArray[np.bool_]:
        """Which it saw."""

    @property
    def is_sure(self) -> npt.NDArray[np.bool_]:
        """Which of these have a vector that its rows determine."""


def aligned_places(vectors: npt.ArrayLike, replicates: Sequence[Learned]) -> Floats:
    """Return replicates turned, mirrored, shifted and scaled onto the run's vectors, float32 (replicates, n, d).

    They are laid on by the categories that a replicate is sure of. One that it did not see is NaN. Of very many
    categories none are kept: (0, n, d).
    """
    from scipy.linalg import orthogonal_procrustes  # takes a fifth of a second

    reference = np.asarray(vectors, np.float64)
    if len(replicates) * reference.size > _MOST_CELLS:
        replicates = ()
    found = np.full((len(replicates), *reference.shape), np.nan, np.float32)
    for place, replicate in zip(found, replicates, strict=True):
        seen, sure = replicate.is_drawn, replicate.is_sure
        if sure.sum() < _LEAST:
            continue
        middle, own = reference[sure].mean(axis=0), replicate.vectors[sure].mean(axis=0)
        moving = replicate.vectors.astype(np.float64) - own
        turn, strength = orthogonal_procrustes(moving[sure], reference[sure] - middle)
        size = float((moving[sure] ** 2).sum())
        place[seen] = (strength / size if size > 0 else 1.0) * moving[seen] @ turn + middle
    return found


def places_on_map(
    places: npt.ArrayLike, vectors: npt.ArrayLike, coordinates: npt.ArrayLike, *, metric: str
) -> Floats:
    """Return where other vectors of categories are on a map of the run's, float32 (rows, m).

    Each is put at the middle of the categories whose vectors are nearest to it, the nearer ones weighing more. So it
    serves any map, and says where the other vectors would be looked for on this one.

    Args:
        places: (rows, d), none NaN.
        vectors: the run's, (n, d).
        coordinates: of the map, (n, m).
        metric: ``cosine`` or ``euclidean``.
    """
    known, shown = np.asarray(vectors, np.float64), np.asarray(coordinates, np.float64)
    points: Matrix = np.asarray(places, np.float64)
    if metric == "cosine":
        known, points = directions(known), directions(points)
    table = between(points, known)
    near = np.argsort(table, axis=1, kind="stable")[:, :_NEAREST]
    distances = np.take_along_axis(table, near, axis=1)
    weights = 1 / (distances + 1e-3 * (distances.mean(axis=1, keepdims=True) + 1e-12))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray((weights[:, :, None] * shown[near]).sum(axis=1), np.float32)
