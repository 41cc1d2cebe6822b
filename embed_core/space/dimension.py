"""In how many directions vectors really differ."""

import numpy as np
import numpy.typing as npt

from embed_core.space.neighbors.distances import as_matrix

# Where one direction has this share of the variance, the others together move a category by less than a
# quarter (the square root of .05 / .95) of what it does: to the eye, a line. Trainings with one output reach
# .98.
LINE_SHARE = 0.95


def effective_dimension(vectors: npt.ArrayLike) -> float:
    """Return in how many directions vectors differ: the participation ratio of their variances.

    (Σ λ)² / Σ λ² over the eigenvalues λ of the covariance of the centered vectors: d when all directions have
    the same variance, 1 when all vectors lie on a line. Noise counts as well: for normally distributed noise
    in d dimensions it is near d n / (n + d). Source: P. Gao, E. Trautmann, B. Yu, G. Santhanam, S. Ryu, K.
    Shenoy and S. Ganguli, "A theory of multineuronal dimensionality, dynamics and measurement", bioRxiv
    214262 (2017).

    Args:
        vectors: (n, d).

    Returns:
        From 1 to min(d, n - 1); 0 when all vectors are the same.

    >>> effective_dimension([[0, 0], [0, 1], [1, 0], [1, 1]])
    2.0
    >>> effective_dimension([[0, 0], [1, 2], [2, 4]]), effective_dimension([[1, 2], [1, 2]])
    (1.0, 0.0)
    """
    variances = _variances(vectors)
    total = float(variances.sum())
    return total**2 / float((variances**2).sum()) if total > 0 else 0.0


def is_line(vectors: npt.ArrayLike) -> bool:
    """Return whether one direction has at least 95 % of the variance of the centered vectors.

    Two different vectors always lie on a line; vectors that are all the same are a point and not a line.

    >>> is_line([[0, 0], [1, 2], [2, 4.1], [3, 6]]), is_line([[0, 0], [0, 1], [1, 0]])
    (True, False)
    """
    variances = _variances(vectors)
    total = float(variances.sum())
    return total > 0 and float(variances[0]) >= LINE_SHARE * total


def _variances(vectors: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Variances along the principal directions, falling, up to a common factor."""
    matrix = as_matrix(vectors)
    centered = matrix - matrix.mean(axis=0)
    largest = float(np.abs(centered).max())
    # The mean of equal numbers can differ from them in the last bit.
    if largest == 0 or not (matrix != matrix[0]).any():
        return np.zeros(1)
    variances: npt.NDArray[np.float64] = np.linalg.svd(centered / largest, compute_uv=False) ** 2
    return variances
