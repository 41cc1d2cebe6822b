"""Whether two embeddings of the same categories have distances in common, by more than chance: the Mantel test."""

import math

import numpy as np
import numpy.typing as npt

from embed_core.space.neighbors.distances import Matrix, between, directions

# All pairs are compared of so many categories, drawn at random where there are more.
_MOST = 1_000
_LEAST = 4


def mantel_z(one: npt.ArrayLike, other: npt.ArrayLike, *, metric: str, seed: int = 0) -> float:
    """Return how many standard deviations the correlation of two tables of distances is above that of chance.

    Chance is that the categories of one are shuffled, over all orders of which mean and variance are known. Source:
    N. Mantel, "The detection of disease clustering and a generalized regression approach", Cancer Research 27 (1967),
    209-220.

    Args:
        one: (n, d).
        other: (n, d'), the same categories in the same order.
        metric: ``cosine`` or ``euclidean``.
        seed: of the 1,000 categories that are compared when there are more.

    Returns:
        0 in the mean of unrelated embeddings, where 1 in 700 is above 3 if it is normal, and where all distances of
        one are the same, which say nothing; NaN for fewer than 4 categories.

    >>> line = np.arange(20.0)[:, None]
    >>> mantel_z(line, 3 * line, metric="euclidean") > 10
    True
    """
    rows = [np.asarray(each, np.float64) for each in (one, other)]
    n = len(rows[0])
    if n > _MOST:
        sample = np.random.default_rng((seed, 15)).choice(n, _MOST, replace=False)
        rows, n = [each[sample] for each in rows], _MOST
    if n < _LEAST:
        return math.nan
    first, second = (_distances(each, metric) for each in rows)
    variance = _variance(first, second, n)
    return float((first * second).sum() / math.sqrt(variance)) if variance > 0 else 0.0


def _distances(vectors: Matrix, metric: str) -> Matrix:
    """Return all distances (n, n), less their mean, and 0 where a category meets itself."""
    vectors = directions(vectors) if metric == "cosine" else vectors
    found = between(vectors, vectors)
    n = len(found)
    np.fill_diagonal(found, 0)
    found -= found.sum() / (n * (n - 1))
    np.fill_diagonal(found, 0)
    return found


def _variance(first: Matrix, second: Matrix, n: int) -> float:
    """Return the variance of the sum of products of two such tables over all orders of one: its mean is 0."""
    (same, one_shared), (other_same, other_shared) = (_sums(each) for each in (first, second))
    pairs = n * (n - 1)
    found = 2 * same * other_same / pairs
    found += 4 * one_shared * other_shared / (pairs * (n - 2))
    none_shared = (2 * same + 4 * one_shared) * (2 * other_same + 4 * other_shared)
    return float(found + none_shared / (pairs * (n - 2) * (n - 3)))


def _sums(table: Matrix) -> tuple[float, float]:
    """Return the sums of products of a table's cells: with themselves, and with others of their row."""
    same = float((table**2).sum())
    return same, float((table.sum(axis=1) ** 2).sum()) - same
