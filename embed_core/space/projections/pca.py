"""Principal components: the directions in which vectors differ most."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, percent
from embed_core.space.neighbors.distances import Matrix, as_matrix, directions
from embed_core.space.projections.base import Projection, ProjectionMethod, Request, short_of_axes
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
    def fit(cls, vectors: npt.ArrayLike, n_components: int = 2) -> Self:
        """Return the basis of ``vectors``, (n, d).

        The vectors are centered, and their singular value decomposition is taken in full and in double
        precision: what scikit-learn's ``PCA(svd_solver="full")`` does, without its import time.
        """
        matrix = as_matrix(vectors)
        mean = matrix.mean(axis=0)
        components = np.zeros((n_components, matrix.shape[1]))
        share = np.zeros(n_components)
        # The mean of equal numbers can differ from them in the last bit, which would count as variance.
        if (matrix != matrix[0]).any():
            _, strength, axes = np.linalg.svd(matrix - mean, full_matrices=False)
            strength[strength <= strength[0] * max(matrix.shape) * np.finfo(float).eps] = 0
            found = min(n_components, int(np.count_nonzero(strength)))
            components[:found] = _turned(axes[:found])
            share[:found] = (strength**2 / (strength**2).sum())[:found]
        return cls(mean, components, share)

    @property
    def axes(self) -> tuple[str, ...]:
        """A title per axis, such as ``PC 1 (63 % of variance)``."""
        return tuple(f"PC {j + 1} ({percent(share)} of variance)" for j, share in enumerate(self.share))

    def apply(self, vectors: npt.ArrayLike) -> Floats:
        """Return coordinates of ``vectors`` (m, d) in this basis, float32 (m, n_components)."""
        matrix = as_matrix(vectors)
        if matrix.shape[1] != len(self.mean):
            raise AtlasError(
                f"This frame is for vectors of {len(self.mean)} dimensions; these have {matrix.shape[1]}."
            )
        return ((matrix - self.mean) @ self.components.T).astype(np.float32)


class Pca(ProjectionMethod):
    """The directions of greatest variance."""

    name, title = "pca", "PCA"
    has_axes = True

    def draw(self, vectors: Matrix, request: Request) -> Projection:
        """Return the map, with the share of the variance that it shows."""
        n, d = vectors.shape
        basis = PcaBasis.fit(vectors, request.n_components)
        notes = short_of_axes(d, request.n_components)
        if n == 1:
            notes = ("There is one category, so there is nothing to compare: it is drawn in the middle.",)
        elif not basis.components.any():
            notes = ("All categories have the same vector: they share one point.",)
        quality = {"variance": float(basis.share.sum())}
        quality |= {f"variance_{j + 1}": float(share) for j, share in enumerate(basis.share)}
        return self.drawn(basis.apply(vectors), quality=quality, axes=basis.axes, notes=notes)

    def basis(self, vectors: npt.ArrayLike, n_components: int = 2) -> Callable[[npt.ArrayLike], Floats]:
        """Return what draws other vectors along the same directions."""
        return PcaBasis.fit(vectors, n_components).apply


def pca_layout(vectors: Matrix, n_components: int, metric: str) -> Floats:
    """Return where a method that moves points begins: the PCA, under the cosine of vectors of length 1."""
    points = directions(vectors) if metric == "cosine" else vectors
    return PcaBasis.fit(points, n_components).apply(points)


def _turned(axes: Matrix) -> Matrix:
    """Make the largest loading of each direction positive; of equally large ones, the first."""
    size = np.abs(axes)
    largest = np.argmax(size >= size.max(axis=1, keepdims=True) * (1 - 1e-6), axis=1)
    return axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
