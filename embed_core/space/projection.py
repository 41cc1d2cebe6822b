"""Maps: the vectors drawn in two or three dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, listed, quoted
from embed_core.space import distances as space
from embed_core.space.quality import projection_quality
from embed_core.space.tsne import OnFrame, optimise
from embed_core.types import Floats

METHODS = ("identity", "pca", "tsne")

# Multiples of one float32 vector differ in direction by up to about 1e-7.
_SAME_DIRECTION = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A map of the categories, and what it is worth.

    Attributes:
        method: what was drawn: ``identity``, ``pca`` or ``tsne``. It differs from what was asked for when
            that was not possible; ``notes`` say why.
        coordinates: float32 (n, n_components).
        quality: numbers about the map: those of `projection_quality`, and of the method: ``variance`` (share
            shown) with ``variance_1`` ... per axis; ``perplexity``, ``iterations`` and ``kl_divergence``.
        axes: a title per axis.
        notes: plain sentences that belong under the map.
    """

    method: str
    coordinates: Floats
    quality: dict[str, float]
    axes: tuple[str, ...]
    notes: tuple[str, ...] = ()


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


def project(
    vectors: npt.ArrayLike,
    *,
    method: str,
    n_components: int = 2,
    seed: int = 0,
    perplexity: float | None = None,
    metric: str = "euclidean",
    on_frame: OnFrame | None = None,
    measure: bool = True,
) -> Projection:
    """Draw vectors in two or three dimensions.

    ``identity`` shows vectors of two or three dimensions as they are. ``pca`` shows the directions of
    greatest variance: distances are never longer than the true ones. ``tsne`` keeps near neighbours
    near, and its distances and sizes mean little beyond that; it starts from the PCA, as D. Kobak and
    P. Berens advise ("The art of using t-SNE for single-cell transcriptomics", Nature Communications 10,
    5416 (2019)). Where t-SNE is not possible, PCA is shown and a note says why.

    Args:
        vectors: (n, d), finite.
        method: ``identity``, ``pca`` or ``tsne``.
        n_components: 2 (default) or 3.
        seed: same seed, same vectors, same machine: same map (default 0). Only t-SNE draws numbers.
        perplexity: t-SNE's effective number of neighbours, from 1 to (n - 1) / 3; a larger one is lowered.
            Default: 30, or (n - 1) / 3 when that is less.
        metric: of the original space, ``euclidean`` (default) or ``cosine``. It decides what t-SNE and
            the quality take for near; PCA and identity do not use it.
        on_frame: called every 10 iterations while t-SNE moves, with the iteration, the number of
            iterations and coordinates float32 (n, n_components); first at iteration 0 with the start, which
            is very small. When it returns something true, the map stays as it is.
        measure: False leaves the neighbour measures out of ``quality``, which is faster (default True).

    Raises:
        AtlasError: for an unknown method or metric and options out of range.

    >>> square = [[0, 0], [0, 1], [1, 0], [1, 1], [5, 5]]
    >>> project(square, method="identity").axes
    ('Dimension 1', 'Dimension 2')
    >>> project(square, method="tsne", n_components=4)
    Traceback (most recent call last):
    embed_core.errors.AtlasError: A map has 2 or 3 dimensions. Got "4".
    """
    matrix = space.as_matrix(vectors)
    _check(method, n_components, seed, perplexity, metric)
    if method == "identity":
        result = _identity(matrix, n_components)
    elif method == "pca":
        result = _pca(matrix, n_components)
    else:
        result = _tsne(
            matrix, n_components, seed=seed, perplexity=perplexity, metric=metric, on_frame=on_frame
        )
    if not measure:
        return result
    quality = projection_quality(matrix, result.coordinates, metric=metric)
    return replace(result, quality={**result.quality, **quality})


def _identity(matrix: space.Matrix, n_components: int) -> Projection:
    n, d = matrix.shape
    if d > n_components:
        raise AtlasError(
            f"Vectors of {d} dimensions cannot be shown as they are in {n_components}. "
            "Choose pca or tsne, or train with fewer dimensions."
        )
    coordinates = np.zeros((n, n_components), dtype=np.float32)
    coordinates[:, :d] = matrix
    axes = tuple(f"Dimension {j + 1}" if j < d else "" for j in range(n_components))
    return Projection("identity", coordinates, {}, axes, _short_of_axes(d, n_components))


def _pca(matrix: space.Matrix, n_components: int) -> Projection:
    n, d = matrix.shape
    basis = PcaBasis.fit(matrix, n_components)
    notes = _short_of_axes(d, n_components)
    if n == 1:
        notes = ("There is one category, so there is nothing to compare: it is drawn in the middle.",)
    elif not basis.components.any():
        notes = ("All categories have the same vector: they share one point.",)
    quality = {f"variance_{j + 1}": float(share) for j, share in enumerate(basis.share)}
    quality = {"variance": float(basis.share.sum()), **quality}
    return Projection("pca", basis.apply(matrix), quality, basis.axes, notes)


def _tsne(
    matrix: space.Matrix,
    n_components: int,
    *,
    seed: int,
    perplexity: float | None,
    metric: str,
    on_frame: OnFrame | None,
) -> Projection:
    n = len(matrix)
    points = space.directions(matrix) if metric == "cosine" else matrix
    reason = ""
    if n < 4:
        reason = "t-SNE needs at least 4 categories; this map is PCA."
    elif np.ptp(points, axis=0).max() <= (_SAME_DIRECTION if metric == "cosine" else 0.0):
        alike = "direction" if metric == "cosine" else "vector"
        reason = f"All categories have the same {alike}: t-SNE cannot tell them apart; this map is PCA."
    if reason:
        result = _pca(matrix, n_components)
        return replace(result, notes=(reason, *result.notes))
    most = (n - 1) / 3
    used = min(30.0 if perplexity is None else float(perplexity), most)
    notes = []
    if perplexity is not None and perplexity > most:
        notes.append(
            f"Perplexity {perplexity:g} is too large for {n} categories: {used:.3g}, the most, was used."
        )
    start = PcaBasis.fit(points, n_components).apply(points)
    run = optimise(matrix, start, perplexity=used, metric=metric, seed=seed, on_frame=on_frame)
    if run.iterations < run.planned:
        notes.append(f"t-SNE was stopped after {run.iterations} of {run.planned} iterations.")
    quality = {"perplexity": used, "iterations": float(run.iterations), "kl_divergence": run.kl_divergence}
    axes = tuple(f"t-SNE {j + 1}" for j in range(n_components))
    return Projection("tsne", run.coordinates, quality, axes, tuple(notes))


def align(previous: npt.ArrayLike, coordinates: npt.ArrayLike) -> Floats:
    """Turn, mirror and shift a map onto the previous one, so that a live map does not spin.

    The orthogonal Procrustes solution without scaling: of all rotations and reflections R, the one that
    minimises ‖(Y - mean Y) R - (X - mean X)‖, X being ``previous`` and Y ``coordinates``; the result is
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
    target, moving = space.as_matrix(previous), space.as_matrix(coordinates)
    if target.shape != moving.shape:
        raise AtlasError(f"Maps of different shapes cannot be aligned: {target.shape} and {moving.shape}.")
    middle = target.mean(axis=0)
    moving = moving - moving.mean(axis=0)
    left, _, right = np.linalg.svd(moving.T @ (target - middle))
    return (moving @ (left @ right) + middle).astype(np.float32)


def _check(method: str, n_components: int, seed: int, perplexity: float | None, metric: str) -> None:
    if method not in METHODS:
        raise AtlasError(f"There is no projection {quoted(method)}. Choose one of: {listed(METHODS)}.")
    space.check_metric(metric)
    if not isinstance(n_components, int) or n_components not in (2, 3):
        raise AtlasError(f"A map has 2 or 3 dimensions. Got {quoted(n_components)}.")
    space.check_whole(seed, "seed", least=0)
    number = isinstance(perplexity, int | float | np.number)
    if perplexity is not None and not (number and math.isfinite(perplexity) and perplexity >= 1):
        raise AtlasError(f"The perplexity must be a number from 1. Got {quoted(perplexity)}.")


def _short_of_axes(d: int, n_components: int) -> tuple[str, ...]:
    if d >= n_components:
        return ()
    if d == 1:
        return ("The vectors have one dimension: a line.",)
    return (f"The vectors have {d} dimensions, so the remaining axis is 0 throughout.",)


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
