"""What became of the neighbors from one embedding to another of the same categories."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from embed_core.errors import AtlasError
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.nearest import usable_k
from embed_core.space.neighbors.stability import neighbor_changes
from embed_core.space.projections.aligning import procrustes
from embed_core.types import Floats

if TYPE_CHECKING:
    import pandas as pd

LEAST_IN_COMMON = 3


def in_common(one: Embedding, other: Embedding) -> tuple[Embedding, Embedding]:
    """Return both embeddings with the categories that they share, in the order of the first.

    Raises:
        AtlasError: they share fewer than 3.

    >>> one = Embedding(list("abcd"), [[0], [1], [2], [3]], [1] * 4)
    >>> other = Embedding(list("dbxa"), [[7], [8], [9], [6]], [1] * 4)
    >>> [(each.labels, each.vectors.ravel().tolist()) for each in in_common(one, other)]
    [(['a', 'b', 'd'], [0.0, 1.0, 3.0]), (['a', 'b', 'd'], [6.0, 8.0, 7.0])]
    """
    there = set(other.labels)
    shared = [label for label in one.labels if label in there]
    if len(shared) < LEAST_IN_COMMON:
        raise AtlasError(
            f"Two embeddings are compared in the categories that they share, at least {LEAST_IN_COMMON}; "
            f"these share {len(shared)}. Choose two that name the same things."
        )
    return _of(one, shared), _of(other, shared)


def changed_neighbors(
    one: Embedding, other: Embedding, *, k: int = 10, metric: str = "cosine"
) -> "pd.DataFrame":
    """Tell for each category which of its nearest neighbors came and which went.

    Args:
        one: the first embedding.
        other: the second one, of the same categories in the same order, see `in_common`; in any dimension.
        k: neighbors looked at (default 10), at most (n - 1) // 2.
        metric: ``cosine`` (default) or ``euclidean``, of the vectors themselves and not of a map.

    Returns:
        ``category``, ``kept`` (the share of its neighbors in both, see `neighbor_changes`), ``came`` (lists of those
        among the nearest in the second only, nearest first), ``went`` (likewise, in the first only) and ``support``
        (rows seen in the first); those whose neighbors changed most come first, of equals those with more rows.

    Raises:
        AtlasError: the categories differ, or are fewer than 4.

    >>> before = Embedding(list("abcd"), [[0], [1], [5], [6]], [1, 1, 1, 1])
    >>> after = Embedding(list("abcd"), [[0], [1], [9], [2]], [1, 1, 1, 1])
    >>> found = changed_neighbors(before, after, k=1, metric="euclidean")
    >>> found[["category", "kept", "came", "went"]].values.tolist()[0]
    ['d', 0.0, ['b'], ['c']]
    """
    import pandas as pd

    if one.labels != other.labels:
        raise AtlasError(
            "Neighbours are compared between embeddings of the same categories. Use in_common first."
        )
    k = usable_k(len(one), k)
    if not k:
        raise AtlasError(
            f"With {len(one)} categories there are no nearest neighbours that could change. It takes at least 4."
        )
    before, after = one.nearest(k, metric)[0], other.nearest(k, metric)[0]

    def only(rows: Sequence[int], others: Sequence[int]) -> list[str]:
        return [one.labels[row] for row in rows if row not in others]

    frame = pd.DataFrame(
        {
            "category": pd.Series(one.labels, dtype="str"),
            "kept": neighbor_changes(one.vectors, other.vectors, k=k, metric=metric),
            "came": [only(new, old) for old, new in zip(before, after, strict=True)],
            "went": [only(old, new) for old, new in zip(before, after, strict=True)],
            "support": one.support,
        }
    )
    return frame.sort_values(["kept", "support"], ascending=[True, False], kind="stable", ignore_index=True)


def chance_disparity(reference: Floats, other: Floats, *, repeats: int = 10, seed: int = 0) -> float:
    """Return the disparity that chance alone reaches: the mean over shuffles of the second one's categories.

    The more dimensions for the number of categories, the lower it is, since any can be turned towards each other. See
    `procrustes` for the disparity; the test by permutation is that of D. A. Jackson, "PROTEST: a Procrustean
    randomization test of community environment concordance", Écoscience 2 (1995), 297-303.

    Args:
        reference: (n, d).
        other: (n, d').
        repeats: how many shuffles (default 10).
        seed: same seed, same shuffles (default 0).

    >>> rng = np.random.default_rng(0)
    >>> many, few = rng.normal(size=(500, 2)), rng.normal(size=(6, 4))
    >>> chance_disparity(many, many) > 0.95, chance_disparity(few, few) < 0.6
    (True, True)
    """
    rng = np.random.default_rng(seed)
    shuffled = (np.asarray(other)[rng.permutation(len(other))] for _ in range(repeats))
    return float(np.mean([procrustes(reference, each).disparity for each in shuffled]))


def _of(embedding: Embedding, labels: Sequence[str]) -> Embedding:
    rows = [embedding.index(label) for label in labels]
    return Embedding(list(labels), embedding.vectors[rows], embedding.support[rows], name=embedding.name)
