"""Whether a map keeps the distances between groups, which measures of neighbors do not see."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from embed_core.space.groups.dendrogram import ward_links
from embed_core.space.neighbors.distances import Matrix, directions

# A map can keep the distances of a few large groups and lose those of smaller ones, or the other way round: the worse
# of the two is what is said.
_GROUPS = (4, 12)
_SAMPLED = 500
_SEED = 0

# On 106 maps, with the groups that were planted: 90 % of their pairs are drawn within a factor 1.5 up to the first, in
# 87 of 100 maps, and within a factor 2 up to the second, in 97. The cut into 4 and 12 was not calibrated by itself.
STRESS_GOOD, STRESS_MOST = 0.18, 0.33
DISTANCES_LOST = (
    "Do not read distances between groups: this map draws many of them wrong by a factor of two or more"
)

Distances = npt.NDArray[np.float64]


def centre_distances(
    vectors: npt.ArrayLike, coordinates: npt.ArrayLike, *, metric: str
) -> tuple[Distances, Distances]:
    """Return the true and the drawn distances between the centres of groups, a pair of groups each, (p,) and (p,).

    The groups are those of Ward's tree of the vectors, of 500 of them when there are more: 4 of them or 12, whichever
    is drawn worse. The drawn distances are scaled to fit the true ones best.

    Args:
        vectors: (n, d).
        coordinates: of the map, (n, m).
        metric: of the vectors, ``cosine`` or ``euclidean``.

    >>> true, drawn = centre_distances([[0], [1], [9]], [[0], [2], [18]], metric="euclidean")
    >>> true.tolist(), drawn.tolist()
    ([1.0, 9.0, 8.0], [1.0, 9.0, 8.0])
    """
    from scipy.cluster.hierarchy import fcluster  # takes half a second

    points, shown = np.asarray(vectors, np.float64), np.asarray(coordinates, np.float64)
    if metric == "cosine":
        points = directions(points)
    n = len(points)
    rows = np.random.default_rng(_SEED).choice(n, _SAMPLED, replace=False) if n > _SAMPLED else np.arange(n)
    points, shown = points[rows], shown[rows]
    found = [(np.empty(0), np.empty(0))]
    links = ward_links(points, ordered=False) if n > 2 else np.empty((0, 4))
    for count in _GROUPS if n > 2 else ():
        labels = fcluster(links, min(count, len(points)), "maxclust") - 1
        true, drawn = _between_centres(points, labels), _between_centres(shown, labels)
        found.append((true, drawn * (true @ drawn / (drawn @ drawn) if drawn.any() else 1.0)))
    return max(found, key=lambda pair: np.nan_to_num(stress(*pair), nan=-1.0))


def stress(true: Distances, drawn: Distances) -> float:
    """Return how far drawn distances are from the true ones: 0 where they are proportional; NaN without any.

    Kruskal's first stress, √(Σ(a - b)² / Σa²), of distances b that are scaled to fit a: J. B. Kruskal,
    "Multidimensional scaling by optimizing goodness of fit to a nonmetric hypothesis", Psychometrika 29 (1964), 1-27.

    >>> stress(np.array([3.0, 4.0]), np.array([3.0, 4.0])), stress(np.array([3.0, 4.0]), np.array([0.0, 0.0]))
    (0.0, 1.0)
    """
    size = true @ true
    return float(np.sqrt(((true - drawn) ** 2).sum() / size)) if size > 0 else float("nan")


def lost_distances(quality: Mapping[str, float]) -> str:
    """Return the warning that belongs on a map whose distances between groups are lost; else nothing.

    >>> lost_distances({"stress": 0.1})
    ''
    """
    return f"{DISTANCES_LOST}." if quality.get("stress", 0.0) > STRESS_MOST else ""


def _between_centres(points: Matrix, labels: npt.NDArray[np.int64]) -> Distances:
    centres = np.stack([points[labels == label].mean(axis=0) for label in np.unique(labels)])
    left, right = np.triu_indices(len(centres), 1)
    found: Distances = np.linalg.norm(centres[left] - centres[right], axis=1)
    return found
