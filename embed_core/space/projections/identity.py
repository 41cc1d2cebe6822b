"""Vectors of two or three dimensions, drawn as they are."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space.projections.base import Projection, ProjectionMethod, Request, short_of_axes
from embed_core.types import Floats


def padded(vectors: npt.ArrayLike, n_components: int = 2) -> Floats:
    """Return vectors (n, d) as float32 (n, n_components), with zeros where they have no further number.

    >>> padded([[1], [2]]).tolist()
    [[1.0, 0.0], [2.0, 0.0]]
    """
    matrix = np.asarray(vectors)
    coordinates = np.zeros((len(matrix), n_components), dtype=np.float32)
    coordinates[:, : matrix.shape[1]] = matrix
    return coordinates


class Identity(ProjectionMethod):
    """The vectors themselves."""

    name, title = "identity", "Vectors"
    has_axes = True

    def suits(self, dimension: int, n_components: int) -> bool:
        """Return whether there is an axis for each dimension."""
        return dimension <= n_components

    def draw(self, vectors: npt.NDArray[np.float64], request: Request) -> Projection:
        """Return the vectors, with zeros where they are too short."""
        d, n_components = vectors.shape[1], request.n_components
        if not self.suits(d, n_components):
            raise AtlasError(
                f"Vectors of {d} dimensions cannot be shown as they are in {n_components}. "
                "Choose pca or tsne, or train with fewer dimensions."
            )
        axes = tuple(f"Dimension {j + 1}" if j < d else "" for j in range(n_components))
        return self.drawn(padded(vectors, n_components), axes=axes, notes=short_of_axes(d, n_components))

    def basis(
        self, vectors: npt.ArrayLike, n_components: int = 2
    ) -> Callable[[npt.ArrayLike], Floats] | None:
        """Return what draws other vectors as they are."""
        return lambda others: padded(others, n_components)
