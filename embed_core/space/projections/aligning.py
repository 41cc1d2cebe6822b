"""Two maps or two embeddings of the same categories laid over one another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.distances import as_matrix
from embed_core.types import Floats


def align(previous: npt.ArrayLike, coordinates: npt.ArrayLike) -> Floats:
    """Turn, mirror and shift a map onto the previous one, so that a live map does not spin.

    The orthogonal Procrustes solution without scaling: of all rotations and reflections R, the one that
    minimizes ‖(Y - mean Y) R - (X - mean X)‖, X being ``previous`` and Y ``coordinates``; the result is
    placed on the mean of X. Distances within the map stay as they are. Source: P. H. Schönemann, "A
    generalized solution of the orthogonal Procrustes problem", Psychometrika 31 (1966), 1-10.

    Args:
        previous: the map to follow, (n, m), the same categories in the same order.
        coordinates: the new map, (n, m).

    Returns:
        The new map in the previous frame, float32 (n, m).

    Raises:
        AtlasError: when the two maps differ in shape.

    >>> align([[1, 0], [-1, 0]], [[0, 3], [0, -3]]).round(6).tolist()
    [[3.0, 0.0], [-3.0, 0.0]]
    """
    target, moving = as_matrix(previous), as_matrix(coordinates)
    if target.shape != moving.shape:
        raise AtlasError(f"Maps of different shapes cannot be aligned: {target.shape} and {moving.shape}.")
    return procrustes(target, moving).vectors


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """One embedding in the frame of another.

    Attributes:
        vectors: the other one, turned, mirrored and shifted, float32 (n, d).
        disparity: share of its variance that no turning explains, from 0 (the same up to turning, mirroring,
            shifting and scaling) to 1.
    """

    vectors: Floats
    disparity: float


def procrustes(reference: npt.ArrayLike, other: npt.ArrayLike) -> Alignment:
    """Lay one embedding over another of the same categories, to compare two trainings.

    With A and B the centered matrices and A'B = U S V', the aligned vectors are B V U' + mean of the
    reference: the orthogonal Procrustes solution, see `align`. The disparity is that of scaled matrices, 1 -
    (tr S)² / (‖A‖² ‖B‖²); it does not depend on the size of either (`scipy.spatial.procrustes`; J. C. Gower,
    "Generalized procrustes analysis", Psychometrika 40 (1975), 33-51). Chance alone reaches low disparities
    when d is not small against n, since d directions can always be turned towards each other: compare it with
    a control's.

    Args:
        reference: (n, d).
        other: (n, d'), the same categories in the same order. The narrower one is widened with zeros.

    Raises:
        AtlasError: when the numbers of categories differ.

    >>> found = procrustes([[1, 1], [3, 1], [1, 5]], [[9, 5], [9, 7], [5, 5]])
    >>> round(found.disparity, 6), found.vectors.round(6).tolist()
    (0.0, [[1.0, 1.0], [3.0, 1.0], [1.0, 5.0]])
    """
    target, moving = as_matrix(reference), as_matrix(other)
    if len(target) != len(moving):
        raise AtlasError(
            "Only embeddings of the same categories can be laid over one another; "
            f"these have {len(target)} and {len(moving)}."
        )
    width = max(target.shape[1], moving.shape[1])
    target, moving = (np.pad(each, ((0, 0), (0, width - each.shape[1]))) for each in (target, moving))
    middle = target.mean(axis=0)
    target, moving = target - middle, moving - moving.mean(axis=0)
    left, strength, right = np.linalg.svd(moving.T @ target)
    size = float((target**2).sum() * (moving**2).sum())
    disparity = max(0.0, 1 - float(strength.sum()) ** 2 / size) if size > 0 else float("nan")
    return Alignment((moving @ (left @ right) + middle).astype(np.float32), disparity)


def laid_over(reference: Embedding, other: Embedding) -> tuple[Floats, Floats]:
    """Return the vectors and the *(unknown)* vector of an embedding in the frame of another of some of its categories.

    Turned and mirrored as in `align`, by the categories that both have and their *(unknown)* vectors, each weighing
    as much as it has rows in the other one. What either has alone goes along.

    Args:
        reference: with an *(unknown)* vector.
        other: with an *(unknown)* vector; what it has too many dimensions, or too few, is cut, or is 0.

    >>> one = Embedding(["a", "b"], [[1, 0], [-1, 0]], [1, 1], unknown=np.zeros(2))
    >>> turned = Embedding(["b", "a", "c"], [[0, 3], [0, -3], [0, 4]], [1, 1, 1], unknown=np.zeros(2))
    >>> laid_over(one, turned)[0].round(6).tolist()
    [[-3.0, 0.0], [3.0, 0.0], [-4.0, 0.0]]
    """
    assert reference.unknown is not None and other.unknown is not None
    shared = [label for label in other if label in reference]
    rows, places = ([e.index(label) for label in shared] for e in (other, reference))
    weights = np.append(other.support[rows], max(1, other.support.sum() // len(other))).astype(float)
    width = max(reference.dimension, other.dimension)

    def widened(vectors: Floats) -> Floats:
        return np.pad(vectors, ((0, 0), (0, width - vectors.shape[1])))

    moving = widened(np.vstack([other.vectors[rows], other.unknown])).astype(np.float64)
    target = widened(np.vstack([reference.vectors[places], reference.unknown])).astype(np.float64)
    from_middle, to_middle = (np.average(each, axis=0, weights=weights) for each in (moving, target))
    left, _, right = np.linalg.svd(((moving - from_middle) * weights[:, None]).T @ (target - to_middle))
    turn = left @ right

    def moved(vectors: Floats) -> Floats:
        found = (widened(vectors) - from_middle) @ turn + to_middle
        return found[:, : reference.dimension].astype(np.float32)

    return moved(other.vectors), moved(other.unknown[None])[0]
