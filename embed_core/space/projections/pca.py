"""Principal components: the directions in which vectors differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space.neighbors import distances as space
from embed_core.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class PcaBasis:
    """Principal components, kept so that other vectors can be drawn in the same frame.

    Attributes:
        mean: of the vectors, float64 (d,).
        components: unit directions of falling variance, float64 (n_components, d). The largest loading of
            each is positive. Where the vectors have no further direction, zeros.
        share: of the variance along each, float64 (n_components,).

    >>> basis = PcaBasis.fit([[0, 0], [2, 0], [4, 0]])
    >>> basis.apply([[3, 7]]).tolist()
    [[1.0, 0.0]]
    """

    mean: npt.NDArray[np.float64]
    components: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, vectors: npt.ArrayLike, n_components: int = 2) -> PcaBasis:
        """Return the basis of ``vectors``, (n, d).

        The vectors are centred, and their singular value decomposition is taken in full and in double
        precision: what scikit-learn's ``PCA(svd_solver="full")`` does, without its import time.
        """
        matrix = space.as_matrix(vectors)
        mean = matrix.mean(axis=0)
        components = np.zeros((n_components, matrix.shape[1]))
        share = np.zeros(n_components)
        # The mean of equal numbers can differ from them in the last bit, which would count as variance.
        if (matrix != matrix[0]).any():
            _, strength, directions = np.linalg.svd(matrix - mean, full_matrices=False)
            strength[strength <= strength[0] * max(matrix.shape) * np.finfo(float).eps] = 0
            found = min(n_components, int(np.count_nonzero(strength)))
            components[:found] = _turned(directions[:found])
            share[:found] = (strength**2 / (strength**2).sum())[:found]
        return cls(mean, components, share)

    @property
    def axes(self) -> tuple[str, ...]:
        """A title per axis, such as ``PC 1 (63 % of variance)``."""
        return tuple(f"PC {j + 1} ({_percent(share)} of variance)" for j, share in enumerate(self.share))

    def apply(self, vectors: npt.ArrayLike) -> Floats:
        """Return coordinates of ``vectors`` (m, d) in this basis, float32 (m, n_components)."""
        matrix = space.as_matrix(vectors)
        if matrix.shape[1] != len(self.mean):
            raise AtlasError(
                f"This frame is for vectors of {len(self.mean)} dimensions; these have {matrix.shape[1]}."
            )
        return ((matrix - self.mean) @ self.components.T).astype(np.float32)


def _turned(directions: space.Matrix) -> space.Matrix:
    """Make the largest loading of each direction positive; of equally large ones, the first."""
    size = np.abs(directions)
    largest = np.argmax(size >= size.max(axis=1, keepdims=True) * (1 - 1e-6), axis=1)
    return directions * np.sign(directions[np.arange(len(directions)), largest])[:, None]


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
