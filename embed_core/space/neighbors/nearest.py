"""The nearest of vectors, without a matrix of all pairs."""

import numpy as np
import numpy.typing as npt

from embed_core.errors import check_whole
from embed_core.space.neighbors.distances import (
    Matrix,
    Positions,
    as_matrix,
    between,
    blank,
    blocks,
    check_metric,
    directions,
)

# With so many rows or fewer, looking at all pairs is quick.
_FEW = 1_000

# Candidates beyond the k nearest. Where more than these are equally near, all rows are looked at.
_MORE = 16


def usable_k(n: int, k: int) -> int:
    """Return how many neighbors can be looked at among ``n`` categories: ``k``, at most (n - 1) // 2, or 0.

    With k at half of the others, chance alone finds half of the neighbors; beyond it, the formulas of
    `embed_core.space.projections.quality` no longer hold. With fewer than 4 categories it is 0: there is nothing to
    measure.

    Raises:
        AtlasError: when k is not a whole number from 1.

    >>> [usable_k(n, 10) for n in (3, 4, 12, 1000)]
    [0, 1, 5, 10]
    """
    k = check_whole(k, "number of neighbours k", least=1)
    return min(k, (n - 1) // 2) if n >= 4 else 0


def nearest_rows(
    vectors: npt.ArrayLike, k: int, *, metric: str = "euclidean", order: Positions | None = None
) -> tuple[Positions, Matrix]:
    """Return the ``k`` nearest other rows of every row, nearest first, and how far they are.

    Exact: scikit-learn finds the rows that can be among the nearest, `between`'s arithmetic decides.
    In blocks: memory grows with n, time with n²·d.

    Args:
        vectors: (n, d).
        k: how many, at most n - 1.
        metric: ``euclidean`` (default) or ``cosine``, see `between`.
        order: all n positions; of rows equally near, the one that comes first here wins (default: as given).

    Returns:
        positions, int64 (n, k), and distances, float64 (n, k).

    >>> nearest_rows([[0.0], [1.0], [3.0]], 1)[0].tolist()
    [[1], [0], [1]]
    """
    matrix = as_matrix(vectors)
    n = len(matrix)
    order = np.arange(n) if order is None else order
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    columns = matrix[order]
    positions, distances = np.empty((n, k), dtype=np.int64), np.empty((n, k))
    rough = _Rough(columns, metric) if check_metric(metric) and k > 0 and n > _FEW else None
    candidates, certain = rough.candidates(k) if rough else (positions, np.zeros(n, dtype=bool))
    for block in blocks(n):
        own = place[block]
        if rough and certain[own].all():
            near = candidates[own]
            table = rough.exact(own, near)
            table[near == own[:, None]] = np.inf
            chosen = smallest(table, k)
            found = np.take_along_axis(near, chosen, axis=1)
        else:
            table = between(matrix[block], columns, metric=metric)
            table[np.arange(len(table)), own] = np.inf
            chosen = found = smallest(table, k)
        distances[block] = np.take_along_axis(table, chosen, axis=1)
        positions[block] = order[found]
    return positions, distances


class _Rough:
    """Squared distances by scikit-learn, off by at most ``error``, to tell which can be the smallest.

    One call, in which other Python threads go on: a loop of matrix products took ten times as long beside a
    busy page.
    """

    def __init__(self, points: Matrix, metric: str) -> None:
        self.cosine = metric == "cosine"
        self.points = directions(points) if self.cosine else points
        self.blank = blank(self.points) if self.cosine else np.zeros(len(points), dtype=bool)
        middle = self.points.mean(axis=0)
        self.centered = self.points - middle
        # Rounding of the sums of d products, of the centering, and of the exact arithmetic, with room.
        spread = np.sqrt(np.einsum("ij,ij->i", self.centered, self.centered).max())
        size = spread + np.linalg.norm(middle)
        unit = 16 * (self.points.shape[1] + 8) * np.finfo(float).eps
        self.error = unit * spread * size + (unit * size) ** 2

    def candidates(self, k: int) -> tuple[Positions, npt.NDArray[np.bool_]]:
        """Columns among which each row's ``k`` nearest are, rising (n, c), and of which rows (n,) that is certain."""
        from sklearn.neighbors import NearestNeighbors  # takes a second, and few rows do without

        n = len(self.points)
        count = min(n, k + 1 + _MORE)
        search = NearestNeighbors(algorithm="brute", metric="sqeuclidean").fit(self.centered)
        squares, found = search.kneighbors(self.centered, count)
        certain = squares[:, k] + 2 * self.error < squares[:, -1]  # the row itself is the nearest
        return np.sort(found, axis=1), (certain | (count == n)) & (not self.blank.any())

    def exact(self, own: Positions, candidates: Positions) -> Matrix:
        """Distances of rows to their candidates, (m, c), to the last bit those of `between`."""
        total = np.zeros(candidates.shape)
        for values in np.ascontiguousarray(self.points.T):
            difference = values[own, None] - values[candidates]
            total += difference * difference
        if not self.cosine:
            return np.sqrt(total)
        return np.minimum(total / 2, 2.0)


def smallest(table: Matrix, k: int, *, ties: Matrix | None = None) -> Positions:
    """Return the columns of each row's ``k`` smallest values, smallest first, int64 (m, k).

    Of equal values, those that are smaller in ``ties`` are taken, and the leftmost of those (default: the
    leftmost).

    >>> smallest(np.array([[3.0, 1.0, 2.0, 1.0, 2.0]]), 3).tolist()
    [[1, 3, 2]]
    >>> smallest(np.array([[3.0, 1.0, 2.0, 1.0, 2.0]]), 3, ties=np.array([[0.0, 0.0, 9.0, 0.0, 5.0]])).tolist()
    [[1, 3, 4]]
    """
    if k == 0:
        return np.empty((len(table), 0), dtype=np.int64)
    limit = np.partition(table, k - 1, axis=1)[:, k - 1 : k]
    chosen = table <= limit
    surplus = np.flatnonzero(chosen.sum(axis=1) > k)
    if len(surplus) and ties is None:
        closer, tied = table[surplus] < limit[surplus], table[surplus] == limit[surplus]
        room = k - closer.sum(axis=1, keepdims=True)
        chosen[surplus] = closer | (tied & (tied.cumsum(axis=1) <= room))
    elif ties is not None:
        for row in surplus:
            chosen[row] = False
            chosen[row, np.lexsort((ties[row], table[row]))[:k]] = True
    columns = np.nonzero(chosen)[1].reshape(-1, k)
    ranked = np.argsort(np.take_along_axis(table, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, ranked, axis=1)
