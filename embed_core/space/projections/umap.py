"""UMAP by umap-learn, which is installed only when somebody wants it."""

from importlib import import_module

import numpy as np

from embed_core.extras import missing
from embed_core.space.neighbors.distances import Matrix
from embed_core.space.projections.base import Projection, ProjectionMethod, Request, Setting
from embed_core.space.projections.pca import pca_layout
from embed_core.types import Floats

# The size that umap-learn gives to its own starts: UMAP works on the scale of a few units.
_START_SIZE = 10.0


class Umap(ProjectionMethod):
    """The aim and the limits of t-SNE."""

    name, title = "umap", "UMAP"
    uses_metric = True
    fewest = 4
    # It imports TensorFlow, which the server must not, and cannot be stopped.
    pace = "apart"
    settings = (
        Setting(
            "n_neighbors",
            "Number of neighbours",
            default=15,  # umap-learn's own
            least=2,
            is_whole=True,
            limit=lambda n: n - 1,
        ),
    )

    def missing(self) -> str:
        """Return how to install umap-learn where it is not."""
        sentence = missing("umap", extra="umap", what="UMAP", title="umap-learn")
        return sentence and f"{sentence} Or choose pca or tsne."

    def draw(self, vectors: Matrix, request: Request) -> Projection:
        """Return the map where UMAP ends."""
        first = pca_layout(vectors, request.n_components, request.metric)
        coordinates = lay_out(
            vectors,
            first if request.start is None else request.start,
            n_neighbors=int(request.settings["n_neighbors"]),
            metric=request.metric,
            seed=request.seed,
        )
        return self.drawn(coordinates)


def lay_out(
    vectors: Matrix, start: Floats, *, n_neighbors: int, metric: str = "euclidean", seed: int = 0
) -> Floats:
    """Run UMAP from ``start`` and return where it ends, float32 of the start's shape.

    Source: L. McInnes, J. Healy and J. Melville, "UMAP: Uniform manifold approximation and projection for
    dimension reduction", arXiv:1802.03426 (2018). It starts from given coordinates because a random
    start loses the arrangement at large (D. Kobak and G. C. Linderman, "Initialization is critical for
    preserving global data structure in both t-SNE and UMAP", Nature Biotechnology 39 (2021), 156-157).

    Args:
        vectors: float64 (n, d), n at least 4, not all equal.
        start: (n, 2) or (n, 3), of any size; it is scaled and, where points coincide, shaken a little.
        n_neighbors: from 2 to n - 1.
        metric: ``euclidean`` (default) or ``cosine``.
        seed: one thread only, so that the same seed gives the same map (default 0).
    """
    layout = start.astype(np.float64)
    layout -= layout.mean(axis=0)
    layout *= _START_SIZE / (np.abs(layout).max() or 1.0)
    layout += np.random.default_rng(seed).normal(0, 1e-4 * _START_SIZE, layout.shape)
    model = import_module("umap").UMAP(
        n_neighbors=n_neighbors,
        n_components=start.shape[1],
        metric=metric,
        init=layout.astype(np.float32),
        random_state=seed,
        n_jobs=1,
    )
    return np.asarray(model.fit_transform(vectors), dtype=np.float32)
