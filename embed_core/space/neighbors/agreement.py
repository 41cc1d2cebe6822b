"""How far trainings agree with each other about who is near whom: their structure."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space.neighbors.overlap import above_chance, chance_overlap, neighborhoods, overlap_of
from embed_core.types import Floats


def agreement(replicates: Sequence[npt.ArrayLike] | Floats, *, k: int = 10, metric: str = "cosine") -> float:
    """Return how far replicates agree with each other about who is near whom, above chance: their structure.

    The mean overlap of neighborhoods over all pairs of replicates and all categories, see
    `neighbor_stability`, through `above_chance` with k / (n - 1): 1 when all agree, about 0 when they have
    nothing in common. It depends on neither the scale nor the direction nor the dimension of the vectors.
    Computed for the real table and for a shuffled control in the same way, the difference is the structure
    that is not chance, not a shared sample and not the lengths that follow from the support alone.

    Args:
        replicates: (r, n, d) or r arrays (n, d), r at least 2, each with its own random start.
        k: neighbors looked at (default 10), at most (n - 1) // 2.
        metric: ``cosine`` (default) or ``euclidean``.

    Returns:
        A number up to 1; NaN with fewer than 4 categories.

    Raises:
        AtlasError: when there are fewer than 2 replicates, or they are of different categories.

    >>> line = [[0.0], [1.0], [2.1], [3.3], [4.6]]
    >>> agreement([line, [[-3.0 * x] for [x] in line]], metric="euclidean")
    1.0
    """
    around = neighborhoods(list(replicates), k, metric)
    if len(around) < 2:
        raise AtlasError(f"The agreement takes at least 2 replicates. Got {len(around)}: train once more.")
    shares = np.mean([overlap_of(one, other) for one, other in combinations(around, 2)])
    n = len(around[0].points)
    return float(above_chance(shares, chance_overlap(n, k)))
