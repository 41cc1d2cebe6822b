"""How alike two categories are."""

from dataclasses import dataclass

from embed_core.space.embedding import Embedding


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two categories are.

    Attributes:
        cosine: similarity, from -1 to 1.
        distance: euclidean.
        rank: 1 when the second is the nearest of all others to the first, by the metric asked for.
    """

    cosine: float
    distance: float
    rank: int


def likeness(embedding: Embedding, category: str, other: str, *, metric: str = "cosine") -> Likeness:
    """Return how alike two categories are, and how many others are nearer to the first.

    Args:
        embedding: of both.
        category: the first.
        other: the second; of others equally near, none counts as nearer.
        metric: of the rank, ``cosine`` (default) or ``euclidean``.

    Raises:
        AtlasError: there is no such category or metric.

    >>> likeness(Embedding(["a", "b", "c"], [[1, 0], [3, 0], [0, 1]], [1, 1, 1]), "a", "b", metric="euclidean")
    Likeness(cosine=1.0, distance=2.0, rank=2)
    """
    row = embedding.index(other)
    away = embedding.distances(category, metric)
    nearer = int((away < away[row]).sum())  # the category itself, at 0, among them
    return Likeness(
        cosine=1 - float(embedding.distances(category, "cosine")[row]),
        distance=float(embedding.distances(category, "euclidean")[row]),
        rank=max(nearer, 1),
    )
