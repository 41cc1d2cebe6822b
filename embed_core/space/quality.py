"""How far a map can be trusted: which neighbours it invents, and which it loses."""

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space import distances as space

SAMPLE_SIZE = 3_000
_SAMPLE_SEED = 0

Ranks = npt.NDArray[np.int64]


def projection_quality(
    vectors: npt.ArrayLike, coordinates: npt.ArrayLike, *, k: int = 10, metric: str = "euclidean"
) -> dict[str, float]:
    """Measure how well the neighbours in ``coordinates`` are the neighbours in ``vectors``.

    With r(i, j) the rank of j among the neighbours of i in the original space (the nearest has rank 1),
    r'(i, j) the same on the map, N(i) and N'(i) the k nearest there, and n categories:

    - trustworthiness = 1 - 2 / (n k (2n - 3k - 1)) · Σ_i Σ_{j ∈ N'(i)} max(0, r(i, j) - k):
      1 when no category appears near without being near;
    - continuity = 1 - 2 / (n k (2n - 3k - 1)) · Σ_i Σ_{j ∈ N(i)} max(0, r'(i, j) - k):
      1 when no category that is near appears far;
    - neighbours_kept = mean over i of |N(i) ∩ N'(i)| / k; a random map keeps k / (n - 1).

    Source: J. Venna and S. Kaski, "Local multidimensional scaling", Neural Networks 19 (2006), 889-899,
    for the first two; J. A. Lee and M. Verleysen, "Quality assessment of dimensionality reduction:
    rank-based criteria", Neurocomputing 72 (2009), 1431-1443, for the third (their Q_NX(k)).

    Distances can tie, where vectors repeat. Points equally far share the better rank. A set of k that
    must leave out tied points is chosen for the map in the original space (all of them are equally
    near, keeping any is right) and against it on the map (a heap of points does not show who is near).

    Args:
        vectors: the original vectors, (n, d).
        coordinates: the map, (n, m).
        k: neighbours looked at (default 10), at most (n - 1) // 2, where the formulas hold.
        metric: of the original space, ``euclidean`` (default) or ``cosine``. The map is always euclidean:
            that is how it is looked at.

    Returns:
        The three measures and ``k``, the number used. They are NaN with fewer than 4 categories (k is 0)
        and where all distances are the same. With more than 3,000 categories, 3,000 drawn at random
        (always the same ones) are measured among themselves, and ``sampled`` tells how many.

    Raises:
        AtlasError: when the shapes disagree or k is less than 1.

    >>> line = [[0.0], [1.0], [2.1], [3.3], [4.6], [6.0]]
    >>> projection_quality(line, line)
    {'trustworthiness': 1.0, 'continuity': 1.0, 'neighbours_kept': 1.0, 'k': 2.0}
    """
    original, shown = space.as_matrix(vectors), space.as_matrix(coordinates, what="coordinates")
    space.check_metric(metric)
    if len(original) != len(shown):
        raise AtlasError(
            f"There must be one point per vector; got {len(original)} vectors and {len(shown)} points."
        )
    k = space.check_whole(k, "number of neighbours k", least=1)
    sampled = {}
    if len(original) > SAMPLE_SIZE:
        rows = np.random.default_rng(_SAMPLE_SEED).choice(len(original), SAMPLE_SIZE, replace=False)
        original, shown = original[rows], shown[rows]
        sampled = {"sampled": float(SAMPLE_SIZE)}
    k = min(k, (len(original) - 1) // 2) if len(original) >= 4 else 0
    names = ("trustworthiness", "continuity", "neighbours_kept")
    return {**dict(zip(names, _measures(original, shown, k, metric), strict=True)), "k": float(k), **sampled}


def _measures(original: space.Matrix, shown: space.Matrix, k: int, metric: str) -> tuple[float, float, float]:
    n, nan = len(original), float("nan")
    if k == 0:
        return nan, nan, nan
    if metric == "cosine":
        original = space.directions(original)
    invented = lost = kept = 0
    distinct_original = distinct_shown = False
    for block in space.blocks(n):
        here, varied_here = _ranks(original, block, metric)
        there, varied_there = _ranks(shown, block, "euclidean")
        distinct_original |= varied_here
        distinct_shown |= varied_there
        of_map = np.take_along_axis(here, _first(there * (n + 1) - here, k), axis=1)
        of_data = np.take_along_axis(there, _first(here * (n + 1) + there, k), axis=1)
        invented += int(np.maximum(of_map - k, 0).sum())
        lost += int(np.maximum(of_data - k, 0).sum())
        kept += int((of_map <= k).sum())
    if not (distinct_original and distinct_shown):
        return nan, nan, nan
    worst = n * k * (2 * n - 3 * k - 1) / 2
    return 1 - invented / worst, 1 - lost / worst, kept / (n * k)


def _ranks(points: space.Matrix, block: slice, metric: str) -> tuple[Ranks, bool]:
    """Ranks of all points as neighbours of a block's points (itself: n), and whether distances differ."""
    table = space.between(points[block], points, metric=metric)
    own = (np.arange(len(table)), np.arange(block.start, block.stop))
    table[own] = np.inf
    order = np.argsort(table, axis=1)
    ascending = np.take_along_axis(table, order, axis=1)
    n = len(points)
    rank = np.broadcast_to(np.arange(1, n + 1), table.shape).copy()
    rank[:, 1:][ascending[:, 1:] == ascending[:, :-1]] = 0
    np.maximum.accumulate(rank, axis=1, out=rank)
    ranks = np.empty_like(rank)
    np.put_along_axis(ranks, order, rank, axis=1)
    varied = bool((ascending[:, 0] < ascending[:, -2]).any())
    return ranks, varied


def _first(keys: Ranks, k: int) -> Ranks:
    return np.argpartition(keys, k - 1, axis=1)[:, :k]


def describe(quality: dict[str, float]) -> str:
    """Say in one plain sentence what `projection_quality` measured.

    >>> describe({"trustworthiness": 0.973, "continuity": 0.9, "neighbours_kept": 0.74, "k": 10.0})
    "Of each category's 10 nearest neighbours, 74 % are still near on this map (trustworthiness 0.97)."
    >>> describe({"trustworthiness": float("nan"), "neighbours_kept": float("nan"), "k": 0.0})
    'There are too few categories to tell how well this map keeps their neighbours: that takes at least 4.'
    """
    if "k" not in quality:
        return "The neighbours on this map were not measured."
    k, kept = int(quality["k"]), quality["neighbours_kept"]
    if k == 0:
        return (
            "There are too few categories to tell how well this map keeps their neighbours: "
            "that takes at least 4."
        )
    if np.isnan(kept):
        return "All categories are equally far from one another, so none has nearest neighbours to keep."
    share = f"{100 * kept:.0f} %"
    detail = f"trustworthiness {quality['trustworthiness']:.2f}"
    if "sampled" in quality:
        detail += f", measured on {int(quality['sampled']):,} categories drawn at random"
    if k == 1:
        return (
            f"For {share} of the categories, the nearest neighbour is still nearest on this map ({detail})."
        )
    return f"Of each category's {k} nearest neighbours, {share} are still near on this map ({detail})."
