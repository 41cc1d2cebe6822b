"""Distances between vectors, and the checks that they pass."""

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


def check_metric(metric: str) -> str:
    """Return ``metric`` when it is one of `METRICS`, else raise an `AtlasError` that lists them."""
    if metric not in METRICS:
        raise AtlasError(f"There is no metric {quoted(metric)}. Choose one of: {listed(METRICS)}.")
    return metric


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
    distances[blank(left)] = 1.0
    distances[:, blank(right)] = 1.0
    return distances


def are_alike(vectors: npt.ArrayLike, *, metric: str = "euclidean") -> bool:
    """Return whether all vectors are the same; under the cosine, whether they have the same direction.

    >>> are_alike([[1, 2], [2, 4]]), are_alike([[1, 2], [2, 4]], metric="cosine")
    (False, True)
    """
    points = directions(vectors) if check_metric(metric) == "cosine" else np.asarray(vectors, np.float64)
    most = _SAME_DIRECTION if metric == "cosine" else 0.0
    return float(np.ptp(points, axis=0).max()) <= most


def blank(points: Matrix) -> npt.NDArray[np.bool_]:
    """Return which rows are zero throughout (n,)."""
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
