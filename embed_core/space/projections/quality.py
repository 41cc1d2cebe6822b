"""How far a map can be trusted: which neighbors it invents, and which it loses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, check_whole, percent, quoted
from embed_core.space.neighbors.distances import Matrix, as_matrix, between, blocks, check_metric
from embed_core.space.neighbors.nearest import smallest, usable_k

# A map is measured on all its categories up to about 2,450 of them, and on a sample of rows beyond: with
# 64 dimensions this takes half a second. The sample is the same each time.
SAMPLED_CELLS = 6_000_000
_FEWEST_SAMPLED = 200
_SAMPLE_SEED = 0

Rows = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CategoryQuality:
    """How well a map keeps the neighborhood of each category; the means are those of `projection_quality`.

    Attributes:
        trustworthiness: 1 where no category appears near without being near, 0 where the farthest ones
            do, float64 (n,).
        continuity: 1 where no category that is near appears far, float64 (n,).
        neighbors_kept: share of the k nearest that are still among the k nearest on the map, float64 (n,).
        k: neighbors looked at; 0 when there are too few categories, and the measures are NaN.
    """

    trustworthiness: Shares
    continuity: Shares
    neighbors_kept: Shares
    k: int


@dataclass(frozen=True, slots=True, eq=False)
class MapNeighbors:
    """What a map does to the neighbors of one category; all are row positions, int64.

    Attributes:
        true: near in the original space and on the map, nearest in the original space first.
        false: near on the map only, nearest on the map first: the map invents them.
        missing: near in the original space only, nearest there first: the map has moved them away.
    """

    true: Rows
    false: Rows
    missing: Rows


def projection_quality(
    vectors: npt.ArrayLike, coordinates: npt.ArrayLike, *, k: int = 10, metric: str = "euclidean"
) -> dict[str, float]:
    """Measure how well the neighbors in ``coordinates`` are the neighbors in ``vectors``.

    With r(i, j) the rank of j among the neighbors of i in the original space (the nearest has rank 1),
    r'(i, j) the same on the map, N(i) and N'(i) the k nearest there, and n categories:

    - trustworthiness = 1 - 2 / (n k (2n - 3k - 1)) · Σ_i Σ_{j ∈ N'(i)} max(0, r(i, j) - k):
      1 when no category appears near without being near;
    - continuity = 1 - 2 / (n k (2n - 3k - 1)) · Σ_i Σ_{j ∈ N(i)} max(0, r'(i, j) - k):
      1 when no category that is near appears far;
    - neighbors_kept = mean over i of |N(i) ∩ N'(i)| / k; a random map keeps k / (n - 1).

    Source: J. Venna and S. Kaski, "Local multidimensional scaling", Neural Networks 19 (2006), 889-899,
    for the first two; J. A. Lee and M. Verleysen, "Quality assessment of dimensionality reduction:
    rank-based criteria", Neurocomputing 72 (2009), 1431-1443, for the third (their Q_NX(k)).

    Distances can tie, where vectors repeat. Points equally far share the better rank. A set of k that
    must leave out tied points is chosen for the map in the original space (all of them are equally
    near, keeping any is right) and against it on the map (points on top of each other do not show who is near).

    Args:
        vectors: the original vectors, (n, d).
        coordinates: the map, (n, m).
        k: neighbors looked at (default 10), at most (n - 1) // 2, where the formulas hold.
        metric: of the original space, ``euclidean`` (default) or ``cosine``. The map is always euclidean:
            that is how it is looked at.

    Returns:
        The three measures and ``k``, the number used. They are NaN with fewer than 4 categories (k is 0)
        and where all distances are the same. With more than about 2,450 categories, the neighbors of
        some drawn at random (always the same ones) are measured among all, and ``sampled`` tells how many.

    Raises:
        AtlasError: when the shapes disagree or k is less than 1.

    >>> line = [[0.0], [1.0], [2.1], [3.3], [4.6], [6.0]]
    >>> projection_quality(line, line)
    {'trustworthiness': 1.0, 'continuity': 1.0, 'neighbors_kept': 1.0, 'k': 2.0}
    """
    original, shown = _pair(vectors, coordinates, metric)
    n = len(original)
    rows, sampled = np.arange(n), {}
    if n * n > SAMPLED_CELLS:
        size = min(n, max(_FEWEST_SAMPLED, SAMPLED_CELLS // n))
        rows = np.sort(np.random.default_rng(_SAMPLE_SEED).choice(n, size, replace=False))
        sampled = {"sampled": float(size)}
    found = _measures(original, shown, rows, usable_k(n, k), metric)
    names = ("trustworthiness", "continuity", "neighbors_kept")
    # fsum: the order of the categories does not change the last digit.
    means = {name: math.fsum(getattr(found, name)) / len(rows) for name in names}
    return {**means, "k": float(found.k), **sampled}


def category_quality(
    vectors: npt.ArrayLike, coordinates: npt.ArrayLike, *, k: int = 10, metric: str = "euclidean"
) -> CategoryQuality:
    """Measure how well a map keeps the neighborhood of every single category.

    The measures and the arguments are those of `projection_quality`, before its mean over i: for one
    category, trustworthiness is 1 - 2 / (k (2n - 3k - 1)) · Σ_{j ∈ N'(i)} max(0, r(i, j) - k). All categories
    are measured, never a sample: time grows with n²·d.

    Raises:
        AtlasError: when the shapes disagree or k is less than 1.

    >>> square = [[0, 0], [0, 1], [1, 0], [1, 1], [9, 9], [9, 8]]
    >>> found = category_quality(square, [[0, 0], [0, 1], [1, 0], [9, 8], [9, 9], [1, 1]])
    >>> found.k, found.neighbors_kept.tolist()
    (2, [1.0, 0.5, 0.5, 0.0, 1.0, 0.0])
    """
    original, shown = _pair(vectors, coordinates, metric)
    n = len(original)
    return _measures(original, shown, np.arange(n), usable_k(n, k), metric)


def map_neighbors(
    vectors: npt.ArrayLike, coordinates: npt.ArrayLike, i: int, *, k: int = 10, metric: str = "euclidean"
) -> MapNeighbors:
    """Tell which neighbors of one category a map keeps, invents and loses.

    The sets are those that `projection_quality` counts, ties included; its arguments are the same.

    Args:
        vectors: the original vectors, (n, d).
        coordinates: the map, (n, m).
        i: row of the category.
        k: neighbors looked at (default 10), at most (n - 1) // 2; none with fewer than 4 categories.
        metric: of the original space, ``euclidean`` (default) or ``cosine``.

    Raises:
        AtlasError: when there is no such row, the shapes disagree, or k is less than 1.

    >>> found = map_neighbors([[0], [1], [2], [8], [9]], [[0], [1], [8], [2], [9]], 0)
    >>> found.true.tolist(), found.false.tolist(), found.missing.tolist()
    ([1], [3], [2])
    """
    original, shown = _pair(vectors, coordinates, metric)
    n = len(original)
    if check_whole(i, "row of the category", least=0) >= n:
        raise AtlasError(f"There are {n} categories, in rows 0 to {n - 1}. Got row {quoted(i)}.")
    k = usable_k(n, k)
    if k == 0:
        nothing = np.empty(0, dtype=np.int64)
        return MapNeighbors(nothing, nothing, nothing)
    row = np.array([i])
    here, there = _distances(original, row, metric)[0], _distances(shown, row, "euclidean")[0]
    of_map, of_data = np.lexsort((-here, there))[:k], np.lexsort((there, here))[:k]
    is_near = _ranks(here[None], here[None, of_map])[0] <= k
    is_lost = _ranks(there[None], there[None, of_data])[0] > k
    kept = of_map[is_near]
    return MapNeighbors(kept[np.argsort(here[kept], kind="stable")], of_map[~is_near], of_data[is_lost])


def _pair(vectors: npt.ArrayLike, coordinates: npt.ArrayLike, metric: str) -> tuple[Matrix, Matrix]:
    original, shown = as_matrix(vectors), as_matrix(coordinates, what="coordinates")
    check_metric(metric)
    if len(original) != len(shown):
        raise AtlasError(
            f"There must be one point per vector; got {len(original)} vectors and {len(shown)} points."
        )
    return original, shown


def _measures(original: Matrix, shown: Matrix, rows: Rows, k: int, metric: str) -> CategoryQuality:
    """The three measures of some rows, each among all the others."""
    n = len(original)
    invented, lost, kept = (np.full(len(rows), np.nan) for _ in range(3))
    varied_here = varied_there = False
    for block in blocks(n, rows=len(rows)) if k else []:
        part = rows[block]
        here, there = _distances(original, part, metric), _distances(shown, part, "euclidean")
        varied_here |= _varies(here)
        varied_there |= _varies(there)
        of_map = _ranks(here, np.take_along_axis(here, smallest(there, k, ties=-here), axis=1))
        of_data = _ranks(there, np.take_along_axis(there, smallest(here, k, ties=there), axis=1))
        invented[block] = np.maximum(of_map - k, 0).sum(axis=1)
        lost[block] = np.maximum(of_data - k, 0).sum(axis=1)
        kept[block] = (of_map <= k).sum(axis=1)
    if not (varied_here and varied_there):
        unknown = np.full(len(rows), np.nan)
        return CategoryQuality(unknown, unknown, unknown, k)
    worst = k * (2 * n - 3 * k - 1) / 2
    return CategoryQuality(1 - invented / worst, 1 - lost / worst, kept / k, k)


def _distances(points: Matrix, rows: Rows, metric: str) -> Matrix:
    """Distances of some rows to all, (m, n); to itself infinite."""
    table = between(points[rows], points, metric=metric)
    table[np.arange(len(rows)), rows] = np.inf
    return table


def _varies(table: Matrix) -> bool:
    return bool((table.min(axis=1) < np.where(np.isinf(table), -1.0, table).max(axis=1)).any())


def _ranks(table: Matrix, values: Matrix) -> Rows:
    """Rank of each of the values (m, k) in its row of the table, from 1; equal ones share the better."""
    return np.stack([(table < column[:, None]).sum(axis=1) for column in values.T], axis=1) + 1


def describe(quality: Mapping[str, float]) -> str:
    """Say in one plain sentence what `projection_quality` measured.

    >>> describe({"trustworthiness": 0.973, "continuity": 0.9, "neighbors_kept": 0.74, "k": 10.0})
    "Of each category's 10 nearest neighbours, 74 % are still near on this map (trustworthiness 0.97)."
    >>> describe({"trustworthiness": float("nan"), "neighbors_kept": float("nan"), "k": 0.0})
    'There are too few categories to tell how well this map keeps their neighbours: that takes at least 4.'
    """
    if "k" not in quality:
        return "The neighbours on this map were not measured."
    k, kept = int(quality["k"]), quality["neighbors_kept"]
    if k == 0:
        return (
            "There are too few categories to tell how well this map keeps their neighbours: "
            "that takes at least 4."
        )
    if np.isnan(kept):
        return "All categories are equally far from one another, so none has nearest neighbours to keep."
    share = percent(kept)
    detail = f"trustworthiness {quality['trustworthiness']:.2f}"
    if "sampled" in quality:
        detail += f", measured on {int(quality['sampled']):,} categories drawn at random"
    if k == 1:
        return (
            f"For {share} of the categories, the nearest neighbour is still nearest on this map ({detail})."
        )
    return f"Of each category's {k} nearest neighbours, {share} are still near on this map ({detail})."
