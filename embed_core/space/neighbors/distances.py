"""Distances between vectors, and the nearest of them, without a matrix of all pairs."""

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, listed, quoted

METRICS = ("cosine", "euclidean")

Matrix = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

# Multiples of one float32 vector differ in direction by up to about 1e-7.
_SAME_DIRECTION = 1e-6

# About 1.6 MB of float64: a block and its buffer stay in the processor's cache.
_CELLS_PER_BLOCK = 200_000

# With so many rows or fewer, looking at all pairs is quick.
_FEW = 1_000

# Candidates beyond the k nearest. Where more than these are equally near, all rows are looked at.
_SPARE = 16


def check_metric(metric: str) -> str:
    """Return ``metric`` when it is one of `METRICS`, else raise an `AtlasError` that lists them."""
    if metric not in METRICS:
        raise AtlasError(f"There is no metric {quoted(metric)}. Choose one of: {listed(METRICS)}.")
    return metric


def check_whole(value: object, what: str, *, least: int) -> int:
    """Return ``value`` as an int when it is a whole number from ``least`` on, else raise an `AtlasError`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise AtlasError(f"The {what} must be a whole number from {least}. Got {quoted(value)}.")
    return int(value)


def as_matrix(vectors: npt.ArrayLike, *, what: str = "vectors") -> Matrix:
    """Return ``vectors`` as float64 (n, d), both at least 1, all finite, else raise an `AtlasError`."""
    try:
        matrix = np.asarray(vectors, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise AtlasError(f"The {what} must be numbers, one row per category: {error}.") from error
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise AtlasError(
            f"The {what} must be a table of at least one row and one column, one row per category. "
            f"Their shape is {matrix.shape}."
        )
    if not np.isfinite(matrix).all():
        rows = int((~np.isfinite(matrix)).any(axis=1).sum())
        raise AtlasError(
            f"The {what} must be finite numbers; {rows} of {len(matrix)} rows hold NaN or infinity. "
            "If they come from a training that diverged, train again with a lower learning rate."
        )
    return matrix


def directions(vectors: npt.ArrayLike) -> Matrix:
    """Return the vectors with length 1, float64 (n, d); a zero vector has no direction and stays zero.

    >>> directions([[3, 4], [0, 0]]).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    matrix = np.asarray(vectors, dtype=np.float64)
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.divide(matrix, length, out=np.zeros_like(matrix), where=length > 0)


def between(rows: npt.ArrayLike, columns: npt.ArrayLike, *, metric: str = "euclidean") -> Matrix:
    """Return the distance from each row of one matrix to each row of another, float64 (m, n).

    ``euclidean`` is the length of the difference. ``cosine`` is 1 - a·b / (|a| |b|), from 0 (same
    direction) over 1 (right angle) to 2 (opposite), computed as half the squared difference of the
    unit vectors, which is the same number but stays exact for vectors that nearly agree. A zero vector
    has no direction: by definition its cosine distance to everything is 1.

    Equal vectors have exactly equal distances, so that ties can be seen.

    >>> between([[1, 0]], [[2, 0], [0, 5], [-1, 0], [0, 0]], metric="cosine").tolist()
    [[0.0, 1.0, 2.0, 1.0]]
    """
    if check_metric(metric) == "euclidean":
        return np.sqrt(_squared(np.asarray(rows, np.float64), np.asarray(columns, np.float64)))
    left, right = directions(rows), directions(columns)
    distances = np.minimum(_squared(left, right) / 2, 2.0)
    distances[_blank(left)] = 1.0
    distances[:, _blank(right)] = 1.0
    return distances


def are_alike(vectors: npt.ArrayLike, *, metric: str = "euclidean") -> bool:
    """Return whether all vectors are the same; under the cosine, whether they have the same direction.

    >>> are_alike([[1, 2], [2, 4]]), are_alike([[1, 2], [2, 4]], metric="cosine")
    (False, True)
    """
    points = directions(vectors) if check_metric(metric) == "cosine" else np.asarray(vectors, np.float64)
    most = _SAME_DIRECTION if metric == "cosine" else 0.0
    return float(np.ptp(points, axis=0).max()) <= most


def _blank(points: Matrix) -> npt.NDArray[np.bool_]:
    """Which rows are zero throughout."""
    return np.logical_not(np.any(points != 0, axis=1))


def _squared(rows: Matrix, columns: Matrix) -> Matrix:
    # One dimension at a time: a matrix product would be faster and give equal vectors unequal distances.
    total = np.zeros((len(rows), len(columns)))
    difference = np.empty_like(total)
    for left, right in zip(rows.T, np.ascontiguousarray(columns.T), strict=True):
        np.subtract(left[:, None], right, out=difference)
        np.multiply(difference, difference, out=difference)
        total += difference
    return total


def blocks(n: int, *, rows: int | None = None) -> list[slice]:
    """Return slices over ``rows`` (default: n), few enough in each for a (rows, n) matrix to be small."""
    step, rows = max(1, _CELLS_PER_BLOCK // n), n if rows is None else rows
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def usable_k(n: int, k: int) -> int:
    """Return how many neighbours can be looked at among ``n`` categories: ``k``, at most (n - 1) // 2, or 0.

    With k at half of the others, chance alone finds half of the neighbours; beyond it, the formulas of
    `embed_core.space.projections.quality` no longer hold. With fewer than 4 categories it is 0: there is nothing to
    measure.

    Raises:
        AtlasError: when k is not a whole number from 1.

    >>> [usable_k(n, 10) for n in (3, 4, 12, 1000)]
    [0, 1, 5, 10]
    """
    k = check_whole(k, "number of neighbours k", least=1)
    return min(k, (n - 1) // 2) if n >= 4 else 0


def nearest(
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

    >>> nearest([[0.0], [1.0], [3.0]], 1)[0].tolist()
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
            chosen = _smallest(table, k)
            found = np.take_along_axis(near, chosen, axis=1)
        else:
            table = between(matrix[block], columns, metric=metric)
            table[np.arange(len(table)), own] = np.inf
            chosen = found = _smallest(table, k)
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
        self.blank = _blank(self.points) if self.cosine else np.zeros(len(points), dtype=bool)
        middle = self.points.mean(axis=0)
        self.centered = self.points - middle
        # Rounding of the sums of d products, of the centring, and of the exact arithmetic, with room.
        spread = np.sqrt(np.einsum("ij,ij->i", self.centered, self.centered).max())
        size = spread + np.linalg.norm(middle)
        unit = 16 * (self.points.shape[1] + 8) * np.finfo(float).eps
        self.error = unit * spread * size + (unit * size) ** 2

    def candidates(self, k: int) -> tuple[Positions, npt.NDArray[np.bool_]]:
        """Columns among which each row's ``k`` nearest are, rising (n, c), and of which rows (n,) that is certain."""
        from sklearn.neighbors import NearestNeighbors  # takes a second, and few rows do without

        n = len(self.points)
        count = min(n, k + 1 + _SPARE)
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


def _smallest(table: Matrix, k: int) -> Positions:
    """Columns of each row's ``k`` smallest values, smallest first, the leftmost of equal ones first."""
    if k == 0:
        return np.empty((len(table), 0), dtype=np.int64)
    limit = np.partition(table, k - 1, axis=1)[:, k - 1 : k]
    chosen = table <= limit
    surplus = np.flatnonzero(chosen.sum(axis=1) > k)
    if len(surplus):
        closer, tied = table[surplus] < limit[surplus], table[surplus] == limit[surplus]
        room = k - closer.sum(axis=1, keepdims=True)
        chosen[surplus] = closer | (tied & (tied.cumsum(axis=1) <= room))
    columns = np.nonzero(chosen)[1].reshape(-1, k)
    ranked = np.argsort(np.take_along_axis(table, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, ranked, axis=1)
