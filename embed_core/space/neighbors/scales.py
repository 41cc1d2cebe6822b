"""How far two embeddings of the same categories agree on who is near whom, from the nearest on to half of all."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.space.neighbors.distances import Matrix, Positions, between, blocks
from embed_core.space.neighbors.nearest import usable_k

# So many categories' surroundings are compared: with 400 the mean over them varies by .002 at K = 10, by .008 at 250.
_FEWEST_ANCHORS, _MOST_ANCHORS, _CELLS = 100, 400, 4_000_000
_MOST_SIZES = 60

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scales:
    """Which share of the K nearest two embeddings have in common, for rising K.

    Attributes:
        sizes: the K, rising from 1 to n - 2, closer together where they are small; int64 (s,).
        shares: of the K nearest that are the same, mean over the categories, float64 (s,).
        n: how many categories were compared.
    """

    sizes: Positions
    shares: Curve
    n: int

    @property
    def by_chance(self) -> Curve:
        """The shares that chance gives, float64 (s,)."""
        return self.sizes / (self.n - 1)

    @property
    def above_chance(self) -> Curve:
        """R_NX(K): 0 where chance would agree as much, 1 where both agree entirely, float64 (s,).

        R_NX(K) = ((n - 1) Q_NX(K) - K) / (n - 1 - K). Source: J. A. Lee, E. Renard, G. Bernard, P. Dupont and M.
        Verleysen, "Type 1 and 2 mixtures of Kullback-Leibler divergences as cost functions in dimensionality
        reduction based on similarity preservation", Neurocomputing 112 (2013), 92-108.
        """
        return (self.shares - self.by_chance) / (1 - self.by_chance)

    @property
    def area(self) -> float:
        """The mean of `above_chance` over the logarithm of K: one number for all scales; NaN without any.

        Source: J. A. Lee, D. H. Peluffo-Ordóñez and M. Verleysen, "Multi-scale similarities in stochastic neighbour
        embedding", Neurocomputing 169 (2015), 246-261.
        """
        if len(self.sizes) < 2:
            return float("nan")
        scale = np.log(self.sizes)
        return float(np.trapezoid(self.above_chance, scale) / (scale[-1] - scale[0]))

    def at(self, size: float) -> tuple[int, float, float]:
        """Return the number of nearest that is closest to this one, the share in common, and that above chance."""
        place = int(np.argmin(np.abs(self.sizes - size)))
        return int(self.sizes[place]), float(self.shares[place]), float(self.above_chance[place])


def sizes_of(n: int) -> Positions:
    """Return the sizes of surroundings at which n categories are compared.

    >>> sizes_of(8).tolist(), len(sizes_of(10_000))
    ([1, 2, 3, 4, 5, 6], 54)
    """
    if n < 3:
        return np.empty(0, np.int64)
    rising = np.geomspace(1, n - 2, _MOST_SIZES).round().astype(np.int64)
    return np.unique(np.append(rising, max(1, usable_k(n, 10))))


def shared_neighbors(
    one: npt.ArrayLike,
    other: npt.ArrayLike,
    *,
    metric: str,
    other_metric: str | None = None,
    sizes: Positions | None = None,
    seed: int = 0,
) -> Scales:
    """Compare who is near whom in two embeddings of the same categories, at all scales.

    Of categories that are equally near, chance decides, for each embedding by itself: equal vectors agree on nothing.
    Of more than 400 categories, the surroundings of so many drawn at random are compared, among all; of 100 to 400 of
    more than 10,000.

    Args:
        one: (n, d).
        other: (n, d'), the same categories in the same order.
        metric: ``cosine`` or ``euclidean``.
        other_metric: the second's; default the same.
        sizes: how many nearest, each from 1 to n - 2; default those of `sizes_of`.
        seed: of the categories that are drawn, and of ties.

    >>> line = [[0.0], [1.0], [2.1], [3.3], [4.6]]
    >>> shared_neighbors(line, line, metric="euclidean").shares.tolist()
    [1.0, 1.0, 1.0]
    """
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    n = len(first)
    sizes = sizes_of(n) if sizes is None else sizes
    rng = np.random.default_rng((seed, 11))
    most = max(_FEWEST_ANCHORS, min(_MOST_ANCHORS, _CELLS // n))
    anchors = np.sort(rng.choice(n, min(n, most), replace=False))
    found = np.zeros(n + 1)
    for block in blocks(n, rows=len(anchors)):
        rows = anchors[block]
        nearer = _places(first, rows, metric, rng)
        later = np.maximum(nearer, _places(second, rows, other_metric or metric, rng))
        found += np.bincount(later.ravel(), minlength=n + 1)
    # The rows themselves came last in both.
    within = np.cumsum(found)[sizes] / (len(anchors) * sizes)
    return Scales(sizes, within, n)


def _places(points: Matrix, rows: Positions, metric: str, rng: np.random.Generator) -> Positions:
    """Return each category's place among the nearest of some rows, from 1; the row itself comes last, (m, n)."""
    order = rng.permutation(len(points))
    table = between(points[rows], points[order], metric=metric)
    table[rows[:, None] == order] = np.inf
    nearest = order[np.argsort(table, axis=1, kind="stable")]
    places = np.empty(nearest.shape, np.int64)
    np.put_along_axis(places, nearest, np.arange(1, len(points) + 1)[None], axis=1)
    return places
