"""How alike categories are, for a heatmap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.errors import check_whole
from embed_core.space.neighbors.distances import as_matrix, between, blocks


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """How alike every two categories are.

    Attributes:
        values: symmetric, 1 on the diagonal, float64 (n, n).
        name: the measure.
        lowest: the least value there can be: -1 or 0.
    """

    values: npt.NDArray[np.float64]
    name: str
    lowest: float


def similarity(vectors: npt.ArrayLike, *, metric: str = "cosine") -> Similarity:
    """Return how alike every two categories are.

    ``cosine`` is the cosine similarity a·b / (|a| |b|), from -1 to 1; a zero vector is at 0 to all others.
    ``euclidean`` is the Gaussian kernel exp(-|a - b|² / (2 s²)), from 0 to 1, s the median distance between
    different vectors (the median heuristic: A. Gretton et al., "A kernel two-sample test", Journal of Machine
    Learning Research 13 (2012), 723-773), so that it does not depend on the scale.

    Args:
        vectors: (n, d). All pairs are returned; see `most_supported` when there are many.
        metric: ``cosine`` (default) or ``euclidean``.

    >>> similarity([[1, 0], [5, 0], [0, 2]]).values.tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    >>> similarity([[0], [1], [1]], metric="euclidean").values.round(3).tolist()
    [[1.0, 0.607, 0.607], [0.607, 1.0, 1.0], [0.607, 1.0, 1.0]]
    """
    points = as_matrix(vectors)
    n = len(points)
    away = np.concatenate([between(points[block], points, metric=metric) for block in blocks(n)])
    np.fill_diagonal(away, 0)
    if metric == "cosine":
        return Similarity(1 - away, "cosine similarity", -1.0)
    apart = away[away > 0]
    width = float(np.median(apart)) if len(apart) else 1.0
    return Similarity(np.exp(-((away / width) ** 2) / 2), f"Gaussian kernel of width {width:.3g}", 0.0)


def most_supported(support: npt.ArrayLike, *, most: int = 300) -> npt.NDArray[np.int64]:
    """Return the rows of the categories with the most rows of the table, rising, int64 (at most ``most``,).

    Of categories with the same support, those that come first. A heatmap or a tree of more than about 300
    cannot be read.

    >>> most_supported([5, 9, 1, 9, 5], most=3).tolist()
    [0, 1, 3]
    """
    counts = np.asarray(support)
    check_whole(most, "number of categories", least=1)
    return np.sort(np.argsort(-counts, kind="stable")[:most])
