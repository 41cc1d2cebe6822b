"""Categories whose place their distances do not determine, and what is said of them."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from embed_core.errors import listed, quoted

Undetermined = Mapping[str, tuple[str, ...]]
"""By category whose place is not determined, the partners that it has distances to."""

_AROUND = {1: "on the other side of", 2: "anywhere on a circle around", 3: "anywhere on a sphere around"}


def undetermined(
    labels: Sequence[str], first: npt.ArrayLike, second: npt.ArrayLike, *, dimension: int
) -> dict[str, tuple[str, ...]]:
    """Return the categories whose place their distances leave open, with the partners that they have distances to.

    In d dimensions d + 1 distances determine a place, to others whose own places are: in the plane one leaves a circle,
    two leave two places. So categories with fewer partners are taken away, then those that have too few left, until all
    have enough: the (d + 1)-core of the graph of distances. Enough is necessary, and not sufficient: partners on one
    line leave two places, too, and parts of the map may be joined by too few distances.

    Args:
        labels: the categories.
        first: rows of the one category of each pair whose distance is known, int (pairs,); a category's distance to
            itself, and the same pair again, count for nothing.
        second: those of the other.
        dimension: of the places.

    >>> undetermined(list("abcde"), [0, 0, 0, 1, 1, 2, 4], [1, 2, 3, 2, 3, 3, 0], dimension=2)
    {'e': ('a',)}
    """
    pairs = _pairs(first, second)
    stands = _core(len(labels), pairs, dimension)
    partners: dict[int, list[int]] = {int(row): [] for row in np.flatnonzero(~stands)}
    for one, other in pairs[~stands[pairs].all(axis=1)].tolist():
        for row, partner in ((one, other), (other, one)):
            if row in partners:
                partners[row].append(partner)
    return {labels[row]: tuple(labels[each] for each in sorted(of)) for row, of in partners.items()}


def determined(
    n: int, first: npt.ArrayLike, second: npt.ArrayLike, *, dimension: int
) -> npt.NDArray[np.bool_]:
    """Return which of n categories have a place that their distances determine, bool (n,): see `undetermined`.

    >>> determined(5, [0, 0, 0, 1, 1, 2, 4], [1, 2, 3, 2, 3, 3, 0], dimension=2).tolist()
    [True, True, True, True, False]
    """
    return _core(n, _pairs(first, second), dimension)


def _pairs(first: npt.ArrayLike, second: npt.ArrayLike) -> npt.NDArray[np.int64]:
    ends = np.stack([np.asarray(first, np.int64), np.asarray(second, np.int64)], axis=1)
    return np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)


def _core(n: int, pairs: npt.NDArray[np.int64], dimension: int) -> npt.NDArray[np.bool_]:
    stands, left = np.ones(n, bool), pairs
    while True:
        falls = stands & (np.bincount(left.ravel(), minlength=n) <= dimension)
        if not falls.any():
            return stands
        stands &= ~falls
        left = left[stands[left].all(axis=1)]


def why_undetermined(found: Undetermined, category: str, dimension: int) -> str:
    """Return why a category's place is not determined, as a part of a sentence; "" where it is.

    >>> found = {"LGB": ("SFO",), "MTJ": ("DEN", "SLC")}
    >>> why_undetermined(found, "LGB", 2)
    'one distance only: could lie anywhere on a circle around SFO'
    >>> why_undetermined(found, "MTJ", 2)
    'two distances only: could lie on the other side of the line from DEN to SLC'
    """
    partners = found.get(category)
    if partners is None:
        return ""
    count, names = len(partners), [quoted(partner, limit=40)[1:-1] for partner in partners[:2]]
    if count == 0:
        return "no distance was learned from: could lie anywhere"
    if count == 1:
        return f"one distance only: could lie {_AROUND.get(dimension, 'anywhere as far from')} {names[0]}"
    if count == 2 == dimension:
        return f"two distances only: could lie on the other side of the line from {names[0]} to {names[1]}"
    needs = f"{dimension} dimensions need {dimension + 1}"
    if count <= dimension:
        return f"{count} distances only, {needs}: could lie elsewhere"
    sure = sum(partner not in found for partner in partners)
    lead = {0: "none", 1: "only one"}.get(sure, f"only {sure}")
    return f"{lead} of its {count} distances to places that are determined, {needs}: could lie elsewhere"


def undetermined_words(categories: Collection[str], n: int | None) -> str:
    """Return a sentence on the categories, some of n, whose place is not determined.

    >>> undetermined_words(["LGB", "MTJ"], 90)
    '2 categories have too few distances to determine where they lie: "LGB", "MTJ".'
    """
    if len(categories) == n:
        return "The distances are too few to determine where any category lies."
    have, they = ("y has", "it lies") if len(categories) == 1 else ("ies have", "they lie")
    return (
        f"{len(categories):,} categor{have} too few distances to determine where {they}: "
        f"{listed(categories, limit=5)}."
    )
