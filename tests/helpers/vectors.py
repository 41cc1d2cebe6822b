"""Vectors with a known structure, or with none."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def points(n: int, d: int = 8, seed: int = 0) -> Array:
    """Return vectors without any structure: normal, (n, d)."""
    return np.random.default_rng(seed).normal(size=(n, d))


def planted(per_cluster: int = 14, clusters: int = 6, d: int = 10, seed: int = 0) -> tuple[Array, Array]:
    """Return vectors in well separated groups, and the group of each."""
    rng = np.random.default_rng(seed)
    group = np.arange(per_cluster * clusters) % clusters
    return (rng.normal(size=(clusters, d)) * 4)[group] + rng.normal(size=(len(group), d)), group
