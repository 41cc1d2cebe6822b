"""How many neighbors two embeddings of the same categories have in common, and how many chance would give."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space.neighbors.distances import Matrix, Positions, as_matrix, between, blocks, check_metric
from embed_core.space.neighbors.nearest import nearest_rows, usable_k

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Neighborhood:
    """Who is near whom: the k nearest, rising (n, k), and the rows in which the k-th place is tied."""

    points: Matrix
    metric: str
    k: int
    sets: Positions
    is_tied: npt.NDArray[np.bool_]

    def parts(self, rows: Positions) -> tuple[Shares, npt.NDArray[np.bool_]]:
        """How much of each category counts as a neighbor of some rows (m, n), and which rows are flat."""
        table = between(self.points[rows], self.points, metric=self.metric)
        table[np.arange(len(rows)), rows] = np.inf
        limit = np.partition(table, self.k - 1, axis=1)[:, self.k - 1 : self.k]
        is_closer, is_at_limit = table < limit, table == limit
        room = self.k - is_closer.sum(axis=1, keepdims=True)
        many = is_at_limit.sum(axis=1, keepdims=True)
        return is_closer + is_at_limit * (room / many), many[:, 0] == len(self.points) - 1


def neighborhoods(matrices: Sequence[npt.ArrayLike], k: int, metric: str) -> list[Neighborhood]:
    """Return who is near whom in each of some embeddings of the same categories.

    Raises:
        AtlasError: when they are of different categories.
    """
    check_metric(metric)
    around: list[Neighborhood] = []
    for place, vectors in enumerate(matrices):
        points = as_matrix(vectors, what="vectors" if place == 0 else f"vectors of replicate {place}")
        if around and len(points) != len(around[0].points):
            raise AtlasError(
                "All replicates must be of the same categories; "
                f"got {len(around[0].points)} and {len(points)} vectors."
            )
        n = len(points)
        used = usable_k(n, k)
        found, away = nearest_rows(points, used + 1 if used else 0, metric=metric)
        is_tied = away[:, -2] == away[:, -1] if used else np.zeros(n, dtype=bool)
        around.append(Neighborhood(points, metric, used, found[:, :used], is_tied))
    return around


def overlap_of(one: Neighborhood, other: Neighborhood) -> Shares:
    """Return the share of neighbors in common per category, float64 (n,)."""
    n, k = one.sets.shape
    if k == 0:
        return np.full(n, np.nan)
    both = np.sort(np.concatenate([one.sets, other.sets], axis=1), axis=1)
    shares: Shares = (both[:, 1:] == both[:, :-1]).sum(axis=1) / k
    tied = np.flatnonzero(one.is_tied | other.is_tied)
    for block in blocks(n, rows=len(tied)):
        rows = tied[block]
        (left, is_flat), (right, is_flat_too) = one.parts(rows), other.parts(rows)
        shares[rows] = np.minimum(left, right).sum(axis=1) / k
        shares[rows[is_flat & is_flat_too]] = k / (n - 1)
    # Parts of tied categories can add up to a last bit more than 1.
    return np.minimum(shares, 1.0)


def chance_overlap(n: int, k: int) -> float:
    """Return the share of k neighbors that two unrelated embeddings of n categories have in common.

    k / (n - 1), the mean of the hypergeometric distribution, with the k that `neighbor_stability` uses; NaN
    with fewer than 4 categories.

    >>> chance_overlap(101, 10), chance_overlap(5, 10)
    (0.1, 0.5)
    """
    k = usable_k(n, k)
    return k / (n - 1) if k else float("nan")


def above_chance(shares: npt.ArrayLike, chance: float) -> Shares:
    """Return overlaps corrected for chance: 0 at chance, 1 at full overlap, below 0 when worse than chance.

    (share - chance) / (1 - chance). Source: with k / (n - 1) as chance this is R_NX(k) of J. A. Lee, E.
    Renard, G. Bernard, P. Dupont and M. Verleysen, "Type 1 and 2 mixtures of Kullback-Leibler divergences as
    cost functions in dimensionality reduction based on similarity preservation", Neurocomputing 112 (2013),
    92-108.

    >>> above_chance([0.1, 0.55, 1.0], 0.1).round(6).tolist()
    [0.0, 0.5, 1.0]
    """
    values = np.asarray(shares, dtype=np.float64)
    if chance >= 1:
        return np.full_like(values, np.nan)
    return (values - chance) / (1 - chance)
