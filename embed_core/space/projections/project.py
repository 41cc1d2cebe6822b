"""Draw vectors in two or three dimensions, by any method of the registry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, check_whole, did_you_mean, listed, quoted
from embed_core.space.neighbors.distances import Matrix, are_alike, as_matrix, check_metric
from embed_core.space.neighbors.scales import shared_neighbors
from embed_core.space.projections.base import OnFrame, Projection, ProjectionMethod, Request
from embed_core.space.projections.better import Kept
from embed_core.space.projections.centres import centre_distances, stress
from embed_core.space.projections.pca import Pca
from embed_core.space.projections.quality import projection_quality
from embed_core.space.projections.registry import projection_method
from embed_core.types import Floats

_FEWEST_COMPARED, _MOST_COMPARED = 4, 500
# Maps that differ by less are as good as each other.
_DIGITS = 2


def project(
    vectors: npt.ArrayLike,
    *,
    method: str,
    n_components: int = 2,
    seed: int = 0,
    metric: str = "euclidean",
    start: npt.ArrayLike | None = None,
    on_frame: OnFrame | None = None,
    measure: bool = True,
    **settings: float | None,
) -> Projection:
    """Draw vectors in two or three dimensions.

    ``identity`` shows vectors of two or three dimensions as they are. ``pca`` shows the directions of
    greatest variance: distances are never longer than the true ones. ``tsne`` keeps near neighbors
    near, and its distances and sizes mean little beyond that; it starts from the PCA, as D. Kobak and
    P. Berens advise ("The art of using t-SNE for single-cell transcriptomics", Nature Communications 10,
    5416 (2019)). ``umap`` has the same aim and the same limits; it is an extra to install. Where t-SNE or
    UMAP is not possible, PCA is shown and a note says why.

    Args:
        vectors: (n, d), finite.
        method: ``identity``, ``pca``, ``tsne`` or ``umap``, or another of the registry.
        n_components: 2 (default) or 3.
        seed: same seed, same vectors, same machine: same map (default 0). Only t-SNE and UMAP draw numbers.
        metric: of the original space, ``euclidean`` (default) or ``cosine``. It decides what t-SNE, UMAP and
            the quality take for near; PCA and identity do not use it.
        start: coordinates of the same categories, (n, n_components), from which t-SNE or UMAP moves on: an
            earlier map, so that the new one continues it. t-SNE then leaves its early phase out.
        on_frame: called every 5 iterations while t-SNE moves, with the iteration, the number of
            iterations and coordinates float32 (n, n_components); first at iteration 0 with the start, which
            is very small (an earlier map as it is). When it returns something true, the map stays as it is.
        measure: False leaves the neighbor measures out of ``quality``, which is faster (default True).
        **settings: of the method; None stands for the default.

            - ``perplexity`` of t-SNE: its effective number of neighbors, from 1 to (n - 1) / 3; a larger one
              is lowered. Default: 30, or (n - 1) / 3 when that is less.
            - ``exaggeration`` of t-SNE: how much stronger points attract each other, from 1 (default: as they
              are) to 4; larger ones draw tighter groups, and collapse small tables into a point. The early
              phase always has 12.
            - ``n_neighbors`` of UMAP: its number of neighbors, from 2 (default 15), at most n - 1; a larger
              one is lowered.

    Raises:
        AtlasError: for an unknown method or metric, a setting that the method does not take, settings out of
            range, and a method that is not installed.

    >>> square = [[0, 0], [0, 1], [1, 0], [1, 1], [5, 5]]
    >>> project(square, method="identity").axes
    ('Dimension 1', 'Dimension 2')
    >>> project(square, method="tsne", n_components=4)
    Traceback (most recent call last):
    embed_core.errors.AtlasError: A map has 2 or 3 dimensions. Got "4".
    """
    matrix = as_matrix(vectors)
    drawing = projection_method(method)
    if not isinstance(n_components, int) or n_components not in (2, 3):
        raise AtlasError(f"A map has 2 or 3 dimensions. Got {quoted(n_components)}.")
    check_whole(seed, "seed", least=0)
    check_metric(metric)
    used, notes = _settled(drawing, settings, len(matrix))
    begin = None if start is None else _started(start, (len(matrix), n_components))
    if missing := drawing.missing():
        raise AtlasError(missing)
    request = Request(n_components, seed, metric, used, begin, on_frame)
    result = _fallback(drawing, matrix, request)
    if result is None:
        result = drawing.draw(matrix, request)
        result = replace(result, quality={**used, **result.quality}, notes=(*notes, *result.notes))
    if not measure:
        return result
    return _measured(result, matrix, metric)


@dataclass(frozen=True, slots=True)
class KeepsMost:
    """Which map of some vectors keeps most of near and far.

    Attributes:
        method: the name of the projection.
        settings: for each projection the settings with which it keeps most, of those that were tried.
        kept: for each projection what it keeps with them; empty where nothing was compared.
    """

    method: str
    settings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)


def keeps_most(vectors: npt.ArrayLike, methods: Sequence[str], *, metric: str) -> KeepsMost:
    """Return which of some methods draws the map that keeps most of near and far, by the area of its scales.

    Of more than 500 vectors, maps of so many drawn at random are compared, with settings that look at the same share
    of them; of equal ones, the first is taken.

    Args:
        vectors: (n, d).
        methods: names of projections, at least one.
        metric: ``euclidean`` or ``cosine``.

    >>> keeps_most([[0, 0], [0, 1], [1, 0], [1, 1], [5, 5]], ["identity", "pca"], metric="euclidean").method
    'identity'
    """
    matrix = as_matrix(vectors)
    n = len(matrix)
    tried = {method: _tried(projection_method(method), n) for method in methods}
    if n < _FEWEST_COMPARED or sum(map(len, tried.values())) == 1:
        return KeepsMost(methods[0])
    m = min(n, _MOST_COMPARED)
    rows = np.random.default_rng(0).choice(n, m, replace=False) if m < n else np.arange(n)

    def kept(method: str, settings: Mapping[str, float]) -> Kept:
        limits = {
            setting.name: (setting.least, setting.highest(m))
            for setting in projection_method(method).settings
        }
        here: dict[str, Any] = {
            name: float(np.clip(value * m / n, *limits[name])) for name, value in settings.items()
        }
        drawn = project(matrix[rows], method=method, metric=metric, measure=False, **here).coordinates
        return Kept(
            shared_neighbors(matrix[rows], drawn, metric=metric, other_metric="euclidean"),
            stress(*centre_distances(matrix[rows], drawn, metric=metric)),
        )

    found = {method: [kept(method, settings) for settings in each] for method, each in tried.items()}
    best = {method: int(np.argmax([_area(each) for each in found[method]])) for method in methods}
    most = {method: found[method][place] for method, place in best.items()}
    return KeepsMost(
        max(methods, key=lambda method: _area(most[method])),
        {method: tried[method][place] for method, place in best.items()},
        most,
    )


def _area(kept: Kept) -> float:
    return round(float(np.nan_to_num(kept.scales.area)), _DIGITS)


def _tried(drawing: ProjectionMethod, n: int) -> list[dict[str, float]]:
    """Return the settings to compare, the defaults first."""
    found: list[dict[str, float]] = [{}]
    for setting in drawing.settings:
        values = dict.fromkeys(min(value, setting.highest(n)) for value in setting.tried)
        if len(values) > 1:
            found = [{**each, setting.name: value} for each in found for value in values]
    return found


def _measured(result: Projection, matrix: Matrix, metric: str) -> Projection:
    """Return the map with what it keeps of near and far."""
    shown = result.coordinates
    quality = {**result.quality, **projection_quality(matrix, shown, metric=metric)}
    scales = None
    if quality["k"]:
        scales = shared_neighbors(matrix, shown, metric=metric, other_metric="euclidean")
        quality |= {"area": scales.area, "stress": stress(*centre_distances(matrix, shown, metric=metric))}
    return replace(result, quality=quality, scales=scales)


def _settled(
    drawing: ProjectionMethod, given: Mapping[str, float | None], n: int
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return every setting as it is used, and a note for each that was lowered."""
    known = [setting.name for setting in drawing.settings]
    if others := [name for name in given if name not in known]:
        taken = f"It takes: {listed(known)}." if known else "It takes none."
        hint = did_you_mean(others[0], known) or taken
        raise AtlasError(f"{drawing.title} has no setting {quoted(others[0])}. {hint}")
    used: dict[str, float] = {}
    notes = []
    for setting in drawing.settings:
        value = given.get(setting.name)
        wanted = setting.check(setting.default if value is None else value)
        used[setting.name] = min(wanted, setting.highest(n))
        if value is not None and used[setting.name] < wanted:
            notes.append(
                f"{setting.title} {wanted:g} is too large for {n} categories: "
                f"{used[setting.name]:.3g}, the most, was used."
            )
    return used, tuple(notes)


def _fallback(drawing: ProjectionMethod, matrix: Matrix, request: Request) -> Projection | None:
    """PCA with the reason when a method that lays out neighbors has nothing to lay out."""
    if drawing.fewest <= 1:
        return None
    if len(matrix) < drawing.fewest:
        reason = f"{drawing.title} needs at least {drawing.fewest} categories; this map is PCA."
    elif are_alike(matrix, metric=request.metric):
        alike = "direction" if request.metric == "cosine" else "vector"
        reason = (
            f"All categories have the same {alike}: {drawing.title} cannot tell them apart; this map is PCA."
        )
    else:
        return None
    result = Pca().draw(matrix, request)
    return replace(result, notes=(reason, *result.notes))


def _started(start: npt.ArrayLike, shape: tuple[int, int]) -> Floats:
    layout = as_matrix(start, what="start coordinates")
    if layout.shape != shape:
        raise AtlasError(
            f"The start must have a row per category and a column per axis, {shape}. Got {layout.shape}."
        )
    return layout.astype(np.float32)
