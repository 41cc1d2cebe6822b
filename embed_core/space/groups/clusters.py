"""Groups of categories that belong together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, check_whole, listed, quoted
from embed_core.space.dimension import LINE_SHARE
from embed_core.space.groups.dendrogram import ward_links
from embed_core.space.neighbors.distances import (
    Matrix,
    are_alike,
    as_matrix,
    between,
    blocks,
    check_metric,
    directions,
)

METHODS = ("hierarchical", "hdbscan")

# "No substantial structure": L. Kaufman and P. J. Rousseeuw, "Finding groups in data" (1990), 88.
WEAK_SILHOUETTE = 0.25
_MOST_CLUSTERS = 12
# Rows on which the silhouette is measured, against all the others.
_SILHOUETTE_ROWS = 2_000

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Which categories belong together.

    Attributes:
        labels: number of the cluster per category, int64 (n,), from 0 for the largest; -1 for none.
        silhouette: how well the clusters are apart, from -1 to 1; NaN for a single one. Up to .25 there is no
            substantial structure, and a note says so.
        method: ``hierarchical`` or ``hdbscan``.
        metric: ``cosine`` or ``euclidean``.
        notes: plain sentences that belong beside the clusters.
    """

    labels: Labels
    silhouette: float
    method: str
    metric: str
    notes: tuple[str, ...] = ()

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return int(self.labels.max()) + 1

    def members(self, cluster: int) -> Labels:
        """Return the rows of a cluster's categories, rising; of -1, those that are in none."""
        return np.flatnonzero(self.labels == cluster)


def cluster(
    vectors: npt.ArrayLike,
    *,
    method: str = "hierarchical",
    n_clusters: int | None = None,
    min_cluster_size: int | None = None,
    metric: str = "cosine",
) -> Clusters:
    """Put categories into clusters.

    ``hierarchical`` merges, step by step, those whose merging adds least to the variance within clusters, see
    `dendrogram`, and puts every category somewhere. ``hdbscan`` finds dense regions, however many there
    are, and leaves what lies between them in none (R. J. G. B. Campello, D. Moulavi and J. Sander,
    "Density-based clustering based on hierarchical density estimates", PAKDD (2013), 160-172;
    scikit-learn's).

    Args:
        vectors: (n, d).
        method: ``hierarchical`` (default) or ``hdbscan``.
        n_clusters: how many, from 1 to n; for ``hierarchical`` only. Default: of 2 to 12 (at most n - 1), the
            number with the greatest mean silhouette, see `silhouette`.
        min_cluster_size: the least that is a cluster, from 2; for ``hdbscan`` only. Default: 5, fewer below
            25 categories.
        metric: ``cosine`` (default; lengths are ignored) or ``euclidean``.

    Raises:
        AtlasError: for an unknown method or metric, or a number that does not fit.

    >>> found = cluster([[1, 0], [2, 0.1], [0, 1], [0.1, 3], [0, 5]])
    >>> found.labels.tolist(), found.n_clusters
    ([1, 1, 0, 0, 0], 2)
    """
    matrix = as_matrix(vectors)
    check_metric(metric)
    if method not in METHODS:
        raise AtlasError(f"There is no clustering {quoted(method)}. Choose one of: {listed(METHODS)}.")
    if method == "hierarchical" and min_cluster_size is not None:
        raise AtlasError("min_cluster_size is for hdbscan only: hierarchical clusters take n_clusters.")
    if method == "hdbscan" and n_clusters is not None:
        raise AtlasError("HDBSCAN finds the number of clusters itself: leave n_clusters out.")
    points = directions(matrix) if metric == "cosine" else matrix
    n = len(points)
    if n_clusters is not None and check_whole(n_clusters, "number of clusters", least=1) > n:
        raise AtlasError(f"{n} categories cannot be put into {n_clusters} clusters. Choose at most {n}.")
    if min_cluster_size is not None:
        check_whole(min_cluster_size, "least size of a cluster", least=2)
    if n_clusters is None and (n < 4 or are_alike(matrix, metric=metric)):
        note = "There are too few different categories to find groups among them: all are in one."
        return Clusters(np.zeros(n, dtype=np.int64), float("nan"), method, metric, (note,))
    if method == "hdbscan":
        labels, notes = _dense(points, min_cluster_size)
    else:
        labels, notes = _cut(points, n_clusters)
    apart = silhouette(points, labels)
    if apart <= WEAK_SILHOUETTE:
        notes = (
            *notes,
            "The clusters are hardly apart: they cut a whole into pieces rather than find groups.",
        )
    elif metric == "cosine" and labels.max() > 0 and _are_opposite(points):
        notes = (
            *notes,
            "The vectors are on a line through zero, and by cosine only the side counts: two clusters are its two "
            "sides, however near zero their categories are.",
        )
    return Clusters(labels, apart, method, metric, notes)


def silhouette(vectors: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Return how much nearer categories are to their own cluster than to the next, from -1 to 1.

    The mean of (b - a) / max(a, b), a the mean distance to the others of the own cluster, b the least mean
    distance to another; 0 for a cluster of one. Categories in no cluster (-1) are left out. Above 2,000
    categories it is measured on 2,000 drawn at random, always the same. Source: P. J. Rousseeuw,
    "Silhouettes", Journal of Computational and Applied Mathematics 20 (1987), 53-65. Distances are euclidean:
    under the cosine, give vectors of length 1.

    >>> round(silhouette([[0], [1], [9], [10]], [0, 0, 1, 1]), 3)
    0.889
    """
    points, numbers = as_matrix(vectors), np.asarray(labels, dtype=np.int64)
    points, numbers = points[numbers >= 0], np.unique(numbers[numbers >= 0], return_inverse=True)[1]
    if not len(numbers) or numbers.max() < 1:
        return float("nan")
    rows = _measured_rows(len(points))
    return float(_silhouettes(_all_distances(points, rows), rows, numbers).mean())


def _are_opposite(points: Matrix) -> bool:
    """Return whether unit vectors are nearly all ±u: those are far apart, and their silhouette near 1, whatever u."""
    return bool(np.linalg.svd(points, compute_uv=False)[0] ** 2 >= LINE_SHARE * len(points))


def _cut(points: Matrix, n_clusters: int | None) -> tuple[Labels, tuple[str, ...]]:
    """Labels of a tree cut at a number of clusters, or at the number with the greatest silhouette."""
    from scipy.cluster.hierarchy import fcluster

    n = len(points)
    if n == 1:
        return np.zeros(1, dtype=np.int64), ()
    links = ward_links(points)
    if n_clusters is not None:
        labels = _by_size(fcluster(links, n_clusters, "maxclust"))
        found = int(labels.max()) + 1
        note = f"Only {found} clusters can be distinguished: the other categories have equal vectors or distances."
        return labels, (note,) if found < n_clusters else ()
    rows = _measured_rows(n)
    table = _all_distances(points, rows)
    best, labels = -np.inf, np.zeros(n, dtype=np.int64)
    for count in range(2, min(_MOST_CLUSTERS, n - 1) + 1):
        cut = _by_size(fcluster(links, count, "maxclust"))
        if cut.max() > 0 and (score := float(_silhouettes(table, rows, cut).mean())) > best + 1e-9:
            best, labels = score, cut
    return labels, ()


def _dense(points: Matrix, min_cluster_size: int | None) -> tuple[Labels, tuple[str, ...]]:
    from sklearn.cluster import HDBSCAN

    n = len(points)
    least = max(2, min(5, n // 5)) if min_cluster_size is None else min_cluster_size
    labels = np.full(n, -1, dtype=np.int64)
    if least <= n:
        labels = _by_size(HDBSCAN(min_cluster_size=least, copy=True).fit(points).labels_)
    if labels.max() < 0:
        return labels, (f"No {least} categories are close enough together to stand out from the rest.",)
    return labels, ()


def _by_size(labels: npt.NDArray[np.integer]) -> Labels:
    """Number clusters by falling size, those of one size by their first member; below 0 becomes -1."""
    numbers, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    rank = sorted(
        np.flatnonzero(numbers >= 0) if labels.min() < 0 else range(len(numbers)),
        key=lambda place: (-sizes[place], first[place]),
    )
    result = np.full(len(labels), -1, dtype=np.int64)
    for number, place in enumerate(rank):
        result[labels == numbers[place]] = number
    return result


def _measured_rows(n: int) -> Labels:
    if n <= _SILHOUETTE_ROWS:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, _SILHOUETTE_ROWS, replace=False))


def _all_distances(points: Matrix, rows: Labels) -> Matrix:
    return np.concatenate(
        [between(points[rows[block]], points) for block in blocks(len(points), rows=len(rows))]
    )


def _silhouettes(table: Matrix, rows: Labels, labels: Labels) -> npt.NDArray[np.float64]:
    """Silhouette of some rows (m,) from their distances to all (m, n)."""
    belongs = np.eye(int(labels.max()) + 1)[labels]
    sizes, own = belongs.sum(axis=0), labels[rows]
    sums = table @ belongs
    place = np.arange(len(rows)), own
    inside = sums[place] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[place] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    scores = np.divide(outside - inside, larger, out=np.zeros_like(larger), where=larger > 0)
    scores[sizes[own] == 1] = 0
    return scores
