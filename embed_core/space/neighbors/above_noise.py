"""Categories that are distinct from noise: their neighbors return in the other half more often than those of decoys."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embed_core.space.neighbors.distances import Matrix, between, blocks

FALSE_DISCOVERIES = 0.1
"""Of the categories that are distinct from noise, so many are noise at most, in expectation."""

# As many nearest as make four fifths of a group.
_OF_A_GROUP = 0.8

Shares = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def nearest_of_a_group(n: int, groups: int) -> int:
    """Return how many nearest are compared, of n categories in so many groups.

    >>> nearest_of_a_group(3_000, 12), nearest_of_a_group(5, 2)
    (200, 2)
    """
    return int(np.clip(round(_OF_A_GROUP * n / groups), 1, max(1, (n - 1) // 2)))


def shared_with_other_half(
    one: npt.ArrayLike, other: npt.ArrayLike, is_drawn: Flags, *, n: int, k: int, metric: str
) -> Shares:
    """Return which share of each one's k nearest is the same in two embeddings, float64 (rows,).

    Args:
        one: (rows, d): n categories, and decoys, which are nobody's neighbors.
        other: the same of the other half.
        is_drawn: which rows are in both, bool (rows,); the others get NaN, and are nobody's neighbors.
        n: how many are categories.
        k: how many nearest.
        metric: ``cosine`` or ``euclidean``.
    """
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    near = np.flatnonzero(is_drawn[:n])
    rows = np.flatnonzero(is_drawn)
    found = np.full(len(first), np.nan)
    k = min(k, len(near) - 1)
    if k < 1:
        return found
    for block in blocks(len(near), rows=len(rows)):
        here = rows[block]
        sets = [_nearest(points, here, near, k, metric) for points in (first, second)]
        found[here] = (sets[0] & sets[1]).sum(axis=1) / k
    return found


def _nearest(
    points: Matrix, rows: npt.NDArray[np.int64], near: npt.NDArray[np.int64], k: int, metric: str
) -> Flags:
    table = between(points[rows], points[near], metric=metric)
    table[rows[:, None] == near] = np.inf
    chosen = np.argpartition(table, k - 1, axis=1)[:, :k]
    found = np.zeros(table.shape, bool)
    np.put_along_axis(found, chosen, True, axis=1)
    return found


def above_noise(shares: Sequence[Shares], n: int) -> Flags:
    """Return which categories are distinct from noise, bool (n,): where false discoveries are controlled.

    A category's p-value is its place among the decoys, by the mean over the splits; all of them are adjusted by Y.
    Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57
    (1995), 289-300. Decoys are noise of as many rows, so a category that is noise is as often above them as they are.

    Args:
        shares: of `shared_with_other_half`, one for each split.
        n: how many are categories; the rest are decoys.

    >>> above_noise([np.array([0.9, 0.1, *np.linspace(0, 0.5, 40)])], 2).tolist()
    [True, False]
    """
    known = np.isfinite(shares).sum(axis=0)
    total = np.nansum(shares, axis=0)
    mean = np.divide(total, known, out=np.full(len(total), -np.inf), where=known > 0)
    decoys = np.sort(mean[n:][known[n:] > 0])
    if not len(decoys):
        return np.zeros(n, bool)
    above = len(decoys) - np.searchsorted(decoys, mean[:n], side="left")
    p = (1 + above) / (1 + len(decoys))
    order = np.argsort(p, kind="stable")
    passes = np.flatnonzero(p[order] <= FALSE_DISCOVERIES * np.arange(1, n + 1) / n)
    found = np.zeros(n, bool)
    found[order[: passes[-1] + 1 if len(passes) else 0]] = True
    return found
