"""UMAP by umap-learn, which is installed only when somebody wants it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np

from embed_core.errors import AtlasError
from embed_core.space.neighbors import distances as space
from embed_core.types import Floats

# umap-learn's own default.
N_NEIGHBORS = 15

# The size that umap-learn gives to its own starts: UMAP works on the scale of a few units.
_START_SIZE = 10.0


def is_installed() -> bool:
    """Whether umap-learn is there. It is not imported: that takes 25 s where TensorFlow is installed too."""
    found = find_spec("umap")
    # Not a mere folder of caches, which is left behind when it is uninstalled.
    return found is not None and found.origin is not None


def require() -> None:
    """Raise an `AtlasError` that says how to install umap-learn when it is not there."""
    if not is_installed():
        raise AtlasError(
            "UMAP needs the package umap-learn, which is not installed. "
            'Install it with pip install "category-atlas[umap]", or choose pca or tsne.'
        )


def lay_out(
    vectors: space.Matrix, start: Floats, *, n_neighbors: int, metric: str = "euclidean", seed: int = 0
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
