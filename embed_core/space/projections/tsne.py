"""t-SNE by openTSNE, watched while it moves."""

import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from embed_core.space.neighbors.distances import Matrix
from embed_core.space.neighbors.nearest import nearest_rows
from embed_core.space.projections.base import OnFrame, Projection, ProjectionMethod, Request, Setting
from embed_core.space.projections.pca import pca_layout
from embed_core.types import Floats

# openTSNE's own defaults: iterations of the two phases, strength of the first.
_EARLY, _LATE, _EXAGGERATION = 250, 500, 12
_ITERATIONS_PER_FRAME = 5
# The result does not depend on it. On cores that a training uses too, waiting threads made 1,000 points
# take 20 s instead of 3 s, so half of the cores are left alone.
_THREADS = min(4, max(1, (os.cpu_count() or 1) // 2))
# The spread that openTSNE gives to a start, and the share of it that keeps equal points apart.
_START_SPREAD, _START_JITTER = 1e-4, 0.01
# Finished maps of 300, 1,000 and 5,000 points have standard deviations of 0.3 to 0.4 times the root of that. From
# much farther out, little would move.
_USUAL_SPREAD, _WIDEST = 0.4, 2.0
# Late exaggeration is of use from tens of thousands of points on; D. Kobak and P. Berens go up to 4. Few points
# without clear groups it draws into one point, of a size that no map has by itself.
_STRONGEST, _ONE_POINT = 4, 0.01


@dataclass(frozen=True, slots=True, eq=False)
class TsneRun:
    """Where t-SNE ended: coordinates float32 (n, m), iterations done and planned, KL divergence in nats."""

    coordinates: Floats
    iterations: int
    planned: int
    kl_divergence: float


class Tsne(ProjectionMethod):
    """Near neighbors near; distances and sizes mean little beyond that."""

    name, title = "tsne", "t-SNE"
    uses_metric = True
    fewest = 4
    pace = "in frames"
    settings = (
        Setting(
            "perplexity",
            "Perplexity",
            default=30,
            least=1,
            limit=lambda n: (n - 1) / 3,
            tried=(30, 10, 100),
            slider=(2, 100, 1),
            help="About how many neighbours each category keeps near: few show small groups, many the whole",
        ),
        Setting(
            "exaggeration",
            "Exaggeration",
            default=1,
            least=1,
            most=_STRONGEST,
            slider=(1, _STRONGEST, 0.5),
            help="Above 1, groups are drawn tighter than they are: of use from thousands of categories on",
        ),
    )

    def draw(self, vectors: Matrix, request: Request) -> Projection:
        """Return the map where t-SNE ends or is stopped."""
        exaggeration = request.settings["exaggeration"]
        first = pca_layout(vectors, request.n_components, request.metric)
        run = optimize(
            vectors,
            first if request.start is None else request.start,
            perplexity=request.settings["perplexity"],
            metric=request.metric,
            exaggeration=exaggeration,
            seed=request.seed,
            resume=request.start is not None,
            on_frame=request.on_frame,
        )
        notes = []
        if run.iterations < run.planned:
            notes.append(f"t-SNE was stopped after {run.iterations} of {run.planned} iterations.")
        elif exaggeration > 1 and run.coordinates.std() < _ONE_POINT:
            notes.append(
                f"Exaggeration {exaggeration:g} has drawn all categories into one point: choose a lower one."
            )
        quality = {"iterations": float(run.iterations), "kl_divergence": run.kl_divergence}
        return self.drawn(run.coordinates, quality=quality, notes=tuple(notes))


def optimize(
    vectors: Matrix,
    start: Floats,
    *,
    perplexity: float,
    metric: str = "euclidean",
    exaggeration: float = 1.0,
    seed: int = 0,
    resume: bool = False,
    on_frame: OnFrame | None = None,
) -> TsneRun:
    """Run t-SNE from ``start`` and return where it ends.

    The neighbors are exact (`nearest_rows`), which also holds for zero vectors under
    the cosine. Two phases as in openTSNE: early exaggeration, then the real thing, with the learning
    rate n / exaggeration of A. C. Belkina et al. (Nature Communications 10, 5415 (2019)).

    Args:
        vectors: float64 (n, d), n at least 4, not all equal.
        start: (n, 2) or (n, 3), of any size; it is scaled down and shaken a little, unless ``resume``.
        perplexity: from 1 to (n - 1) / 3.
        metric: ``euclidean`` (default) or ``cosine``.
        exaggeration: how much stronger points attract each other in the second phase (default 1).
        seed: of the shaking (default 0).
        resume: go on from ``start`` as another t-SNE left it, without the first phase (default False).
        on_frame: see `embed_core.space.projections.project.project`.
    """
    phases = [(_LATE, exaggeration)] if resume else [(_EARLY, _EXAGGERATION), (_LATE, exaggeration)]
    planned = sum(iterations for iterations, _ in phases)
    layout = _resumed(start, seed) if resume else _scaled(start, seed)
    # Before openTSNE is imported, which takes seconds the first time: the start is on the screen meanwhile.
    if on_frame is not None and on_frame(0, planned, layout.astype(np.float32)):
        return TsneRun(layout.astype(np.float32), 0, planned, float("nan"))

    from openTSNE import TSNEEmbedding
    from openTSNE.tsne import OptimizationInterrupt

    watcher = _Watcher(on_frame, planned)
    embedding = TSNEEmbedding(
        layout,
        _affinities(vectors, perplexity, metric),
        negative_gradient_method="bh" if layout.shape[1] == 3 else "auto",
        n_jobs=_THREADS,
        callbacks=None if on_frame is None else watcher,
        callbacks_every_iters=_ITERATIONS_PER_FRAME,
    )
    try:
        for iterations, strength in phases:
            embedding.optimize(
                iterations, exaggeration=strength, momentum=0.8, inplace=True, propagate_exception=True
            )
            watcher.finished += iterations
    except OptimizationInterrupt as stop:
        return TsneRun(watcher.shown, watcher.iteration, planned, float(stop.error))
    return TsneRun(np.array(embedding, dtype=np.float32), planned, planned, float(embedding.kl_divergence))


class _Watcher:
    """Hands frames on, counting iterations over both phases; openTSNE counts each from 0."""

    def __init__(self, on_frame: OnFrame | None, planned: int) -> None:
        self.on_frame, self.planned = on_frame, planned
        self.finished = self.iteration = 0
        self.shown: Floats = np.empty((0, 0), dtype=np.float32)

    def __call__(self, iteration: int, _error: float, coordinates: Floats) -> bool:
        self.iteration = self.finished + iteration
        self.shown = np.array(coordinates, dtype=np.float32)
        return self.on_frame is not None and bool(self.on_frame(self.iteration, self.planned, self.shown))


def _scaled(start: Floats, seed: int) -> Matrix:
    layout = start.astype(np.float64)
    layout *= _START_SPREAD / layout[:, 0].std()
    return layout + _shake(layout, _START_SPREAD * _START_JITTER, seed)


def _resumed(start: Floats, seed: int) -> Matrix:
    layout = start - start.mean(axis=0, dtype=np.float64)
    spread = float(layout.std(axis=0).max())
    usual = _USUAL_SPREAD * math.sqrt(len(layout))
    if spread > _WIDEST * usual:
        layout *= usual / spread
    # A start in which points coincide must not keep them together.
    return layout + _shake(layout, _START_SPREAD * _START_JITTER, seed)


def _shake(layout: Matrix, size: float, seed: int) -> Matrix:
    return np.random.default_rng(seed).normal(0, size, layout.shape)


def _affinities(vectors: Matrix, perplexity: float, metric: str) -> Any:
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    # Less a little, since 3 · (n - 1) / 3 can come out above n - 1.
    count = min(len(vectors) - 1, math.ceil(3 * perplexity - 1e-6))
    neighbors, distances = nearest_rows(vectors, count, metric=metric)
    # Only ratios of distances matter to t-SNE; its search for the bandwidth starts at 1.
    distances /= distances[distances > 0].mean() if distances.any() else 1.0
    index = PrecomputedNeighbors(neighbors, distances)
    return PerplexityBasedNN(knn_index=index, perplexity=perplexity, n_jobs=_THREADS)
