"""The tree that hierarchical clustering grows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, check_whole, quoted
from embed_core.space.neighbors.distances import Matrix, as_matrix, check_metric, directions

# A tree needs all pairs of distances: 10,000 categories are 400 MB of them.
MOST_IN_A_TREE = 10_000
# The best order of the leaves takes time with n² to n³: 0.2 s for 500 categories.
MOST_ORDERED = 500

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Dendrogram:
    """The tree of merges.

    Attributes:
        order: rows of the categories as the leaves stand side by side, int64 (n,).
        links: merges from the closest to the farthest, float64 (n - 1, 4), in the form of
            `scipy.cluster.hierarchy.linkage`: the two that merge (below n a category, else the merge n less),
            height, number of categories below.
        x: where each merge's bracket stands, float64 (n - 1, 4): left, left, right, right; the i-th leaf of
            ``order`` stands at i.
        y: its heights, float64 (n - 1, 4): foot, top, top, foot.
    """

    order: Labels
    links: npt.NDArray[np.float64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]


def dendrogram(vectors: npt.ArrayLike, *, metric: str = "cosine") -> Dendrogram:
    """Return the tree of Ward's clustering.

    Each merge is the one that adds least to the sum of squares within clusters, and its height is the square
    root of twice that. Ward rather than average linkage, because average linkage sets single far categories
    (those with few rows) apart before it divides the rest, and because the sum of squares is also what PCA
    shows. Under the cosine the vectors are first given length 1: their squared distance is then twice the
    cosine distance. Source: J. H. Ward, "Hierarchical grouping to optimize an objective function", Journal of
    the American Statistical Association 58 (1963), 236-244; F. Murtagh and P. Legendre, Journal of
    Classification 31 (2014), 274-295 (their ward.D2).

    Up to 500 categories, the leaves are ordered so that neighbors are as near as the tree allows (Z.
    Bar-Joseph, D. K. Gifford and T. S. Jaakkola, "Fast optimal leaf ordering for hierarchical clustering",
    Bioinformatics 17 (2001), S22-S29).

    Args:
        vectors: (n, d); n at most 10,000.
        metric: ``cosine`` (default) or ``euclidean``.

    Raises:
        AtlasError: when there are too many categories.

    >>> tree = dendrogram([[0.0], [5.0], [1.0]], metric="euclidean")
    >>> tree.order.tolist(), tree.x.tolist()
    ([1, 2, 0], [[1.0, 1.0, 2.0, 2.0], [0.0, 0.0, 1.5, 1.5]])
    """
    points = as_matrix(vectors)
    if check_metric(metric) == "cosine":
        points = directions(points)
    n = len(points)
    links = ward_links(points, ordered=n <= MOST_ORDERED)
    order = branch_members(links, n - 2) if n > 1 else np.zeros(1, dtype=np.int64)
    where, height = np.zeros(2 * n - 1), np.zeros(2 * n - 1)
    where[order] = np.arange(n)
    x, y = np.zeros((n - 1, 4)), np.zeros((n - 1, 4))
    for merge, (left, right) in enumerate(links[:, :2].astype(np.int64)):
        where[n + merge], height[n + merge] = (where[left] + where[right]) / 2, links[merge, 2]
        x[merge] = where[[left, left, right, right]]
        y[merge] = height[left], height[n + merge], height[n + merge], height[right]
    return Dendrogram(order, links, x, y)


def branch_members(links: npt.ArrayLike, merge: int) -> Labels:
    """Return the rows of the categories below a merge, from left to right.

    Args:
        links: of a `Dendrogram`, (n - 1, 4).
        merge: which of its rows, from 0; the last, n - 2, is the whole tree.

    Raises:
        AtlasError: when there is no such merge.

    >>> branch_members([[0, 2, 1, 2], [1, 3, 4, 3]], 0).tolist()
    [0, 2]
    """
    pairs = np.asarray(links, dtype=np.float64)[:, :2].astype(np.int64)
    n = len(pairs) + 1
    if check_whole(merge, "number of the merge", least=0) >= len(pairs):
        raise AtlasError(f"There are {n - 1} merges, from 0 to {n - 2}. Got {quoted(merge)}.")
    leaves, below = [], [n + int(merge)]
    while below:
        node = below.pop()
        if node < n:
            leaves.append(node)
        else:
            left, right = pairs[node - n]
            below += [int(right), int(left)]
    return np.array(leaves, dtype=np.int64)


def ward_links(points: Matrix, *, ordered: bool = False) -> npt.NDArray[np.float64]:
    """Return the merges of Ward's clustering of points (n, d), by euclidean distance, (n - 1, 4)."""
    from scipy.cluster.hierarchy import optimal_leaf_ordering, ward
    from scipy.spatial.distance import pdist

    n = len(points)
    if n == 1:
        return np.empty((0, 4))
    if n > MOST_IN_A_TREE:
        raise AtlasError(
            f"A tree can be grown of at most {MOST_IN_A_TREE:,} categories; there are {n:,}. "
            "Take the ones with the most rows, or choose hdbscan."
        )
    # Ratios of distances decide; so small or large ones neither vanish nor overflow.
    size = float(np.abs(points - points[0]).max()) or 1.0
    away = pdist((points - points[0]) / size)
    links: npt.NDArray[np.float64] = ward(away)
    if ordered and n > 2:
        links = optimal_leaf_ordering(links, away)
    links[:, 2] *= size
    return links
