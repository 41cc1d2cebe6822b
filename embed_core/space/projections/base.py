"""Maps: the vectors drawn in two or three dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, listed, quoted
from embed_core.space.neighbors import distances as space
from embed_core.space.projections import tsne, umap
from embed_core.space.projections.aligning import align
from embed_core.space.projections.pca import PcaBasis
from embed_core.space.projections.quality import projection_quality
from embed_core.types import Floats

__all__ = ["METHODS", "PcaBasis", "Projection", "align", "project"]

METHODS = ("identity", "pca", "tsne", "umap")

# Late exaggeration is of use from tens of thousands of points on; D. Kobak and P. Berens go up to 4. Few points
# without clear groups it draws into one heap, of a size that no map has by itself.
_STRONGEST, _HEAP = 4, 0.01

# Multiples of one float32 vector differ in direction by up to about 1e-7.
_SAME_DIRECTION = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A map of the categories, and what it is worth.

    Attributes:
        method: what was drawn, one of `METHODS`. It differs from what was asked for when that was not
            possible; ``notes`` say why.
        coordinates: float32 (n, n_components).
        quality: numbers about the map: those of `projection_quality`, and of the method: ``variance`` (share
            shown) with ``variance_1`` ... per axis; ``perplexity``, ``exaggeration``, ``iterations`` and
            ``kl_divergence``; ``n_neighbors``.
        axes: a title per axis.
        notes: plain sentences that belong under the map.
    """

    method: str
    coordinates: Floats
    quality: dict[str, float]
    axes: tuple[str, ...]
    notes: tuple[str, ...] = ()


def project(
    vectors: npt.ArrayLike,
    *,
    method: str,
    n_components: int = 2,
    seed: int = 0,
    perplexity: float | None = None,
    exaggeration: float = 1.0,
    n_neighbors: int = umap.N_NEIGHBORS,
    metric: str = "euclidean",
    start: npt.ArrayLike | None = None,
    on_frame: tsne.OnFrame | None = None,
    measure: bool = True,
) -> Projection:
    """Draw vectors in two or three dimensions.

    ``identity`` shows vectors of two or three dimensions as they are. ``pca`` shows the directions of
    greatest variance: distances are never longer than the true ones. ``tsne`` keeps near neighbours
    near, and its distances and sizes mean little beyond that; it starts from the PCA, as D. Kobak and
    P. Berens advise ("The art of using t-SNE for single-cell transcriptomics", Nature Communications 10,
    5416 (2019)). ``umap`` has the same aim and the same limits; it is an extra to install. Where t-SNE or
    UMAP is not possible, PCA is shown and a note says why.

    Args:
        vectors: (n, d), finite.
        method: ``identity``, ``pca``, ``tsne`` or ``umap``.
        n_components: 2 (default) or 3.
        seed: same seed, same vectors, same machine: same map (default 0). Only t-SNE and UMAP draw numbers.
        perplexity: t-SNE's effective number of neighbours, from 1 to (n - 1) / 3; a larger one is lowered.
            Default: 30, or (n - 1) / 3 when that is less.
        exaggeration: how much stronger t-SNE's points attract each other, from 1 (default: as they are) to 4;
            larger ones draw tighter groups, and small tables into one heap. The early phase always has 12.
        n_neighbors: UMAP's number of neighbours, from 2 (default 15), at most n - 1; a larger one is lowered.
        metric: of the original space, ``euclidean`` (default) or ``cosine``. It decides what t-SNE, UMAP and
            the quality take for near; PCA and identity do not use it.
        start: coordinates of the same categories, (n, n_components), from which t-SNE or UMAP moves on: an
            earlier map, so that the new one continues it. t-SNE then leaves its early phase out.
        on_frame: called every 5 iterations while t-SNE moves, with the iteration, the number of
            iterations and coordinates float32 (n, n_components); first at iteration 0 with the start, which
            is very small (an earlier map as it is). When it returns something true, the map stays as it is.
        measure: False leaves the neighbour measures out of ``quality``, which is faster (default True).

    Raises:
        AtlasError: for an unknown method or metric, options out of range, and UMAP when it is not installed.

    >>> square = [[0, 0], [0, 1], [1, 0], [1, 1], [5, 5]]
    >>> project(square, method="identity").axes
    ('Dimension 1', 'Dimension 2')
    >>> project(square, method="tsne", n_components=4)
    Traceback (most recent call last):
    embed_core.errors.AtlasError: A map has 2 or 3 dimensions. Got "4".
    """
    matrix = space.as_matrix(vectors)
    _check(method, n_components, seed, metric)
    _check_movement(perplexity, exaggeration, n_neighbors)
    begin = None if start is None else _started(start, (len(matrix), n_components))
    if method == "identity":
        result = _identity(matrix, n_components)
    elif method == "tsne":
        result = _impossible(matrix, n_components, metric, "t-SNE") or _tsne(
            matrix,
            n_components,
            seed=seed,
            perplexity=perplexity,
            exaggeration=exaggeration,
            metric=metric,
            start=begin,
            on_frame=on_frame,
        )
    elif method == "umap":
        umap.require()
        result = _impossible(matrix, n_components, metric, "UMAP") or _umap(
            matrix, n_components, seed=seed, n_neighbors=n_neighbors, metric=metric, start=begin
        )
    else:
        result = _pca(matrix, n_components)
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


def _impossible(matrix: space.Matrix, n_components: int, metric: str, name: str) -> Projection | None:
    """PCA with the reason when a method that lays out neighbours has nothing to lay out."""
    reason = ""
    if len(matrix) < 4:
        reason = f"{name} needs at least 4 categories; this map is PCA."
    elif np.ptp(_points(matrix, metric), axis=0).max() <= (_SAME_DIRECTION if metric == "cosine" else 0.0):
        alike = "direction" if metric == "cosine" else "vector"
        reason = f"All categories have the same {alike}: {name} cannot tell them apart; this map is PCA."
    if not reason:
        return None
    result = _pca(matrix, n_components)
    return replace(result, notes=(reason, *result.notes))


def _points(matrix: space.Matrix, metric: str) -> space.Matrix:
    return space.directions(matrix) if metric == "cosine" else matrix


def _first_layout(matrix: space.Matrix, n_components: int, metric: str) -> Floats:
    points = _points(matrix, metric)
    return PcaBasis.fit(points, n_components).apply(points)


def _tsne(
    matrix: space.Matrix,
    n_components: int,
    *,
    seed: int,
    perplexity: float | None,
    exaggeration: float,
    metric: str,
    start: Floats | None,
    on_frame: tsne.OnFrame | None,
) -> Projection:
    n = len(matrix)
    most = (n - 1) / 3
    used = min(30.0 if perplexity is None else float(perplexity), most)
    notes = []
    if perplexity is not None and perplexity > most:
        notes.append(
            f"Perplexity {perplexity:g} is too large for {n} categories: {used:.3g}, the most, was used."
        )
    run = tsne.optimize(
        matrix,
        _first_layout(matrix, n_components, metric) if start is None else start,
        perplexity=used,
        metric=metric,
        exaggeration=float(exaggeration),
        seed=seed,
        resume=start is not None,
        on_frame=on_frame,
    )
    if run.iterations < run.planned:
        notes.append(f"t-SNE was stopped after {run.iterations} of {run.planned} iterations.")
    if exaggeration > 1 and run.iterations == run.planned and run.coordinates.std() < _HEAP:
        notes.append(
            f"Exaggeration {exaggeration:g} has drawn all categories into one heap: choose a lower one."
        )
    quality = {
        "perplexity": used,
        "exaggeration": float(exaggeration),
        "iterations": float(run.iterations),
        "kl_divergence": run.kl_divergence,
    }
    axes = tuple(f"t-SNE {j + 1}" for j in range(n_components))
    return Projection("tsne", run.coordinates, quality, axes, tuple(notes))


def _umap(
    matrix: space.Matrix,
    n_components: int,
    *,
    seed: int,
    n_neighbors: int,
    metric: str,
    start: Floats | None,
) -> Projection:
    n = len(matrix)
    used = min(n_neighbors, n - 1)
    lowered = n_neighbors > used and n_neighbors != umap.N_NEIGHBORS
    notes = (f"{n_neighbors} neighbours are too many for {n} categories: {used} were used.",)
    layout = _first_layout(matrix, n_components, metric) if start is None else start
    coordinates = umap.lay_out(matrix, layout, n_neighbors=used, metric=metric, seed=seed)
    axes = tuple(f"UMAP {j + 1}" for j in range(n_components))
    return Projection("umap", coordinates, {"n_neighbors": float(used)}, axes, notes if lowered else ())


def _started(start: npt.ArrayLike, shape: tuple[int, int]) -> Floats:
    layout = space.as_matrix(start, what="start coordinates")
    if layout.shape != shape:
        raise AtlasError(
            f"The start must have a row per category and a column per axis, {shape}. Got {layout.shape}."
        )
    return layout.astype(np.float32)


def _check(method: str, n_components: int, seed: int, metric: str) -> None:
    if method not in METHODS:
        raise AtlasError(f"There is no projection {quoted(method)}. Choose one of: {listed(METHODS)}.")
    space.check_metric(metric)
    if not isinstance(n_components, int) or n_components not in (2, 3):
        raise AtlasError(f"A map has 2 or 3 dimensions. Got {quoted(n_components)}.")
    space.check_whole(seed, "seed", least=0)


def _check_movement(perplexity: float | None, exaggeration: float, n_neighbors: int) -> None:
    if perplexity is not None and not (_is_number(perplexity) and perplexity >= 1):
        raise AtlasError(f"The perplexity must be a number from 1. Got {quoted(perplexity)}.")
    if not (_is_number(exaggeration) and 1 <= exaggeration <= _STRONGEST):
        raise AtlasError(
            f"The exaggeration must be a number from 1 to {_STRONGEST}. Got {quoted(exaggeration)}."
        )
    space.check_whole(n_neighbors, "number of neighbours n_neighbors", least=2)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and math.isfinite(value)


def _short_of_axes(d: int, n_components: int) -> tuple[str, ...]:
    if d >= n_components:
        return ()
    if d == 1:
        return ("The vectors have one dimension: a line.",)
    return (f"The vectors have {d} dimensions, so the remaining axis is 0 throughout.",)
