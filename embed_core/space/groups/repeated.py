"""Whether groups that one embedding has are found again in another of the same categories."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.space.groups.dendrogram import ward_links
from embed_core.space.neighbors.distances import Matrix, directions

_COUNTS = (*range(2, 17), 18, 20, 22, 24, 28, 32, 40, 48, 56, 64)
# A tree takes all pairs of distances; passes over all categories refine what a sample of them says.
_SAMPLED = 500
_PASSES = 3
# A group has this many categories in the mean at least, or chance alone keeps too many in it.
_LEAST_MEMBERS = 4

Labels = npt.NDArray[np.int64]
Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedGroups:
    """How many categories are in the same group again, for rising numbers of groups.

    Attributes:
        counts: numbers of groups, rising, int64 (g,).
        shares: of the categories that are nearest to their own group in the other embedding, too, float64 (g,).
        by_chance: the same of chance, float64 (g,).
    """

    counts: Labels
    shares: Curve
    by_chance: Curve

    @property
    def above_chance(self) -> Curve:
        """Cohen's kappa: 0 at chance, 1 when all are in their group again, float64 (g,)."""
        room = 1 - self.by_chance
        return np.divide(self.shares - self.by_chance, room, out=np.zeros(len(room)), where=room > 1e-9)


def group_counts(n: int) -> Labels:
    """Return the numbers of groups at which n categories are compared.

    >>> group_counts(20).tolist(), group_counts(5).tolist()
    ([2, 3, 4, 5], [2])
    """
    return np.array([count for count in _COUNTS if count <= max(2, n // _LEAST_MEMBERS)], np.int64)


def repeated_groups(
    one: npt.ArrayLike, other: npt.ArrayLike, *, metric: str, seed: int = 0
) -> RepeatedGroups:
    """Cut one embedding into groups and see whether every category is near its own group in the other, both ways round.

    A category is left out of its group's middle, so that it does not attract itself. Source: the prediction strength
    of R. Tibshirani and G. Walther, "Cluster validation by prediction strength", Journal of Computational and Graphical
    Statistics 14 (2005), 511-528, for every category, above chance.

    Args:
        one: (n, d), n at least 4.
        other: (n, d'), the same categories in the same order.
        metric: ``cosine`` or ``euclidean``.
        seed: of the 500 categories whose tree is cut when there are more.

    >>> pairs = [[1, 0], [1, 0.1], [0, 1], [0.1, 1]]
    >>> found = repeated_groups(pairs, pairs, metric="cosine")
    >>> found.counts.tolist(), found.shares.tolist(), found.by_chance.tolist()
    ([2], [1.0], [0.5])
    """
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if metric == "cosine":
        first, second = directions(first), directions(second)
    counts = group_counts(len(first))
    found = np.array([_stayed(first, second, counts, seed), _stayed(second, first, counts, seed)])
    shares, by_chance = found.mean(axis=0)
    return RepeatedGroups(counts, shares, by_chance)


def mean_of(found: Sequence[RepeatedGroups]) -> RepeatedGroups:
    """Return the mean of several, which may be of different numbers of categories."""
    size = min(len(each.counts) for each in found)
    return RepeatedGroups(
        found[0].counts[:size],
        np.mean([each.shares[:size] for each in found], axis=0),
        np.mean([each.by_chance[:size] for each in found], axis=0),
    )


def _stayed(here: Matrix, there: Matrix, counts: Labels, seed: int) -> tuple[Curve, Curve]:
    """Return which share of the categories stays in its group, and which would by chance, for all numbers of groups."""
    from scipy.cluster.hierarchy import fcluster  # takes half a second

    n = len(here)
    sample = np.random.default_rng((seed, 12)).choice(n, min(n, _SAMPLED), replace=False)
    links = ward_links(here[sample], ordered=False)
    shares, by_chance = np.empty(len(counts)), np.empty(len(counts))
    for place, count in enumerate(counts):
        labels = np.full(n, -1)
        labels[sample] = fcluster(links, count, "maxclust") - 1
        for _ in range(_PASSES):
            labels = np.argmin(_squares(here, *_middles(here, labels)), axis=1)
        labels = np.unique(labels, return_inverse=True)[1]
        again = _nearest_group(there, labels)
        sizes = np.bincount(labels) / n
        shares[place] = np.mean(again == labels)
        by_chance[place] = sizes @ np.bincount(again, minlength=len(sizes)) / n
    return shares, by_chance


def _middles(points: Matrix, labels: Labels) -> tuple[Matrix, Labels]:
    """Return the middle of each group (g, d) and its size (g,); -1 is none."""
    known = labels >= 0
    sizes = np.bincount(labels[known])
    sums = np.stack([np.bincount(labels[known], axis, len(sizes)) for axis in points[known].T], axis=1)
    with np.errstate(invalid="ignore"):
        return sums / sizes[:, None], sizes


def _squares(points: Matrix, middles: Matrix, sizes: Labels) -> Matrix:
    """Squared distances to the middles (n, g); to those of no category infinite."""
    found = (points**2).sum(axis=1)[:, None] - 2 * points @ middles.T + (middles**2).sum(axis=1)
    return np.where(sizes > 0, np.maximum(found, 0), np.inf)


def _nearest_group(points: Matrix, labels: Labels) -> Labels:
    """Return the group whose middle is nearest to each category, which is itself left out of its own (n,)."""
    middles, sizes = _middles(points, labels)
    squares = _squares(points, middles, sizes)
    own = sizes[labels]
    rows = np.arange(len(points))
    # Without x, the middle c of m is (m c - x) / (m - 1), which is m / (m - 1) times as far from x.
    with np.errstate(divide="ignore", invalid="ignore"):
        squares[rows, labels] = np.where(own > 1, squares[rows, labels] * (own / (own - 1)) ** 2, np.inf)
    return np.argmin(squares, axis=1)
