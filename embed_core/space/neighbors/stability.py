"""Whether the neighbours would be the same if the embedding were trained again.

A replicate is the same training with another random start, on rows drawn again. Vectors of two trainings
cannot be subtracted from one another, since every training may turn the space as it likes; who is near whom
can be compared. Two things make replicates agree without any structure in the data, and must be kept out or
measured:

- a shared random start: give every replicate its own seed;
- a shared sample: rows drawn again from the same table (a bootstrap) repeat what is accidental in it. Only
  replicates from separate halves of the rows agree by chance at k / (n - 1). With bootstraps the level of
  chance is what a control reaches, a table with shuffled values treated in the same way: compare `agreement`
  of both, or give the control's mean stability as ``chance`` to `above_chance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space.neighbors import distances as space
from embed_core.types import Floats

Shares = npt.NDArray[np.float64]


def neighbor_stability(
    vectors: npt.ArrayLike,
    replicates: Sequence[npt.ArrayLike] | Floats,
    *,
    k: int = 10,
    metric: str = "cosine",
) -> Shares:
    """Return for each category the mean share of its nearest neighbours that replicates find again.

    With N(i) the k nearest neighbours of i in ``vectors`` and N_b(i) those in replicate b of r:
    stability(i) = mean over b of |N(i) ∩ N_b(i)| / k. Source: the overlap of neighbourhoods as L. Wendlandt,
    J. K. Kummerfeld and R. Mihalcea use it for word embeddings, "Factors influencing the surprising
    instability of word embeddings", NAACL (2018), 2092-2102.

    Of categories tied at the k-th place each counts in part (room divided by tied ones), and the overlap is
    the sum of the smaller of the two parts, so that the order of categories does not matter and repeated
    vectors that stay together are stable. A category that is equally far from all others has no nearest
    neighbours: it is at chance.

    Args:
        vectors: (n, d).
        replicates: (r, n, d') or r arrays (n, d') of the same categories in the same order; d' may differ
            from d.
        k: neighbours looked at (default 10), at most (n - 1) // 2; see `chance_overlap` for what chance
            gives.
        metric: ``cosine`` (default) or ``euclidean``.

    Returns:
        float64 (n,), from 0 to 1; NaN with fewer than 4 categories.

    Raises:
        AtlasError: when there is no replicate, or one is of other categories.

    >>> line = [[0.0], [1.0], [2.1], [3.3], [4.6]]
    >>> neighbor_stability(line, [line, [[0.0], [1.0], [2.1], [9.0], [3.3]]], k=2, metric="euclidean").tolist()
    [1.0, 1.0, 0.75, 1.0, 0.75]
    """
    around = _neighborhoods([vectors, *replicates], k, metric)
    if len(around) < 2:
        raise AtlasError(
            "The stability takes at least one replicate. Got none: train again with another seed."
        )
    return np.mean([_overlap(around[0], replicate) for replicate in around[1:]], axis=0)


def neighbor_changes(
    one: npt.ArrayLike, other: npt.ArrayLike, *, k: int = 10, metric: str = "cosine"
) -> Shares:
    """Return for each category the share of its nearest neighbours that two embeddings have in common.

    The measure of `neighbor_stability` with one replicate, float64 (n,); it is the same both ways round. What
    has changed is 1 minus it.

    >>> neighbor_changes([[0], [1], [5], [6]], [[0], [1], [9], [2]], k=1, metric="euclidean").tolist()
    [1.0, 0.5, 1.0, 0.0]
    """
    return neighbor_stability(one, [other], k=k, metric=metric)


def agreement(replicates: Sequence[npt.ArrayLike] | Floats, *, k: int = 10, metric: str = "cosine") -> float:
    """Return how far replicates agree with each other about who is near whom, above chance: their structure.

    The mean overlap of neighbourhoods over all pairs of replicates and all categories, see
    `neighbor_stability`, through `above_chance` with k / (n - 1): 1 when all agree, about 0 when they have
    nothing in common. It depends on neither the scale nor the direction nor the dimension of the vectors.
    Computed for the real table and for a shuffled control in the same way, the difference is the structure
    that is not chance, not a shared sample and not the lengths that follow from the support alone.

    Args:
        replicates: (r, n, d) or r arrays (n, d), r at least 2, each with its own random start.
        k: neighbours looked at (default 10), at most (n - 1) // 2.
        metric: ``cosine`` (default) or ``euclidean``.

    Returns:
        A number up to 1; NaN with fewer than 4 categories.

    Raises:
        AtlasError: when there are fewer than 2 replicates, or they are of different categories.

    >>> line = [[0.0], [1.0], [2.1], [3.3], [4.6]]
    >>> agreement([line, [[-3.0 * x] for [x] in line]], metric="euclidean")
    1.0
    """
    around = _neighborhoods(list(replicates), k, metric)
    if len(around) < 2:
        raise AtlasError(f"The agreement takes at least 2 replicates. Got {len(around)}: train once more.")
    shares = np.mean([_overlap(one, other) for one, other in combinations(around, 2)])
    n = len(around[0].points)
    return float(above_chance(shares, chance_overlap(n, k)))


def chance_overlap(n: int, k: int) -> float:
    """Return the share of k neighbours that two unrelated embeddings of n categories have in common.

    k / (n - 1), the mean of the hypergeometric distribution, with the k that `neighbor_stability` uses; NaN
    with fewer than 4 categories.

    >>> chance_overlap(101, 10), chance_overlap(5, 10)
    (0.1, 0.5)
    """
    k = space.usable_k(n, k)
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


def overall(shares: npt.ArrayLike, *, support: npt.ArrayLike | None = None) -> float:
    """Return one number for all categories: the mean, or the mean over rows when their support is given.

    >>> overall([1.0, 0.0]), overall([1.0, 0.0], support=[9, 1])
    (0.5, 0.9)
    """
    values = np.asarray(shares, dtype=np.float64)
    weights = np.ones_like(values) if support is None else np.asarray(support, dtype=np.float64)
    if weights.shape != values.shape:
        raise AtlasError(f"There must be one support per category; got {len(weights)} for {len(values)}.")
    known = np.isfinite(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class _Neighborhood:
    """Who is near whom: the k nearest, rising (n, k), and the rows in which the k-th place is tied."""

    points: space.Matrix
    metric: str
    k: int
    sets: space.Positions
    is_tied: npt.NDArray[np.bool_]

    def parts(self, rows: space.Positions) -> tuple[Shares, npt.NDArray[np.bool_]]:
        """How much of each category counts as a neighbour of some rows (m, n), and which rows are flat."""
        table = space.between(self.points[rows], self.points, metric=self.metric)
        table[np.arange(len(rows)), rows] = np.inf
        limit = np.partition(table, self.k - 1, axis=1)[:, self.k - 1 : self.k]
        is_closer, is_at_limit = table < limit, table == limit
        room = self.k - is_closer.sum(axis=1, keepdims=True)
        many = is_at_limit.sum(axis=1, keepdims=True)
        return is_closer + is_at_limit * (room / many), many[:, 0] == len(self.points) - 1


def _neighborhoods(matrices: Sequence[npt.ArrayLike], k: int, metric: str) -> list[_Neighborhood]:
    space.check_metric(metric)
    around: list[_Neighborhood] = []
    for place, vectors in enumerate(matrices):
        points = space.as_matrix(vectors, what="vectors" if place == 0 else f"vectors of replicate {place}")
        if around and len(points) != len(around[0].points):
            raise AtlasError(
                "All replicates must be of the same categories; "
                f"got {len(around[0].points)} and {len(points)} vectors."
            )
        n = len(points)
        used = space.usable_k(n, k)
        found, away = space.nearest(points, used + 1 if used else 0, metric=metric)
        is_tied = away[:, -2] == away[:, -1] if used else np.zeros(n, dtype=bool)
        around.append(_Neighborhood(points, metric, used, found[:, :used], is_tied))
    return around


def _overlap(one: _Neighborhood, other: _Neighborhood) -> Shares:
    """Share of neighbours in common per category, float64 (n,)."""
    n, k = one.sets.shape
    if k == 0:
        return np.full(n, np.nan)
    both = np.sort(np.concatenate([one.sets, other.sets], axis=1), axis=1)
    shares: Shares = (both[:, 1:] == both[:, :-1]).sum(axis=1) / k
    tied = np.flatnonzero(one.is_tied | other.is_tied)
    for block in space.blocks(n, rows=len(tied)):
        rows = tied[block]
        (left, is_flat), (right, is_flat_too) = one.parts(rows), other.parts(rows)
        shares[rows] = np.minimum(left, right).sum(axis=1) / k
        shares[rows[is_flat & is_flat_too]] = k / (n - 1)
    # Parts of tied categories can add up to a last bit more than 1.
    return np.minimum(shares, 1.0)
