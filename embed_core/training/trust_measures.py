"""Train a run again on resampled rows, beside a control in which nothing can be learned, and compare the neighbours.

Bootstraps of one table repeat its accidents, so even noise agrees with itself to some degree. The control shows
how much: the categories are shuffled once, so that what they go with is chance, and that table is treated
exactly as the real one was: trained on a part of the same size, then on bootstraps of the whole.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, check_whole, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.progress import KeepGoing
from embed_core.space.neighbors.agreement import agreement
from embed_core.space.neighbors.distances import check_metric
from embed_core.space.neighbors.nearest import usable_k
from embed_core.space.neighbors.overlap import Shares
from embed_core.space.neighbors.stability import neighbor_stability, overall
from embed_core.tables.counting.resampling import on_all_rows, shuffled
from embed_core.training.replicates import Replicate, Replicates, split_as_the_run
from embed_core.types import Floats, TrainingData

LEAST_CATEGORIES = 4

Progress = Callable[[int, int], object]


@dataclass(frozen=True, eq=False)
class TrustMeasures:
    """What training again says of a run's vectors; kept with a run on disk.

    The number of rows that a category has is not in these numbers: a bootstrap of a single row is that row again,
    so a category can be stable and still be an accident. Read the stability beside the support.

    Attributes:
        k: neighbours compared.
        metric: ``cosine`` or ``euclidean``.
        replicates: bootstrapped retrainings, and as many of the control.
        stability: for each category the mean share of its neighbours that the replicates find again, see
            `neighbor_stability`; float64 (n,). A replicate counts for the categories that were drawn in it,
            and for who is near whom among them; NaN where a category was drawn in none.
        chance: the mean stability of the control.
        structure: how far the replicates agree with each other above chance, see `agreement`; each pair is
            compared on the categories that were drawn in both.
        control: the same of the control's replicates.
        control_vectors: of the control's own training, float32 (n, d): the map that chance draws.
    """

    k: int
    metric: str
    replicates: int
    stability: Shares = field(repr=False)
    chance: float
    structure: float
    control: float
    control_vectors: Floats = field(repr=False)


def trainings(replicates: int) -> int:
    """Return how many trainings a measurement takes: the replicates, the control and its replicates.

    >>> trainings(5)
    11
    """
    return 2 * replicates + 1


def epochs_behind(config: TrainingConfig, *, best_epoch: int, epochs_done: int) -> int:
    """Return after how many epochs a run's vectors are: the best one's with patience, else all that were done."""
    return max(1, best_epoch if config.patience is not None else epochs_done)


def measure(
    data: TrainingData,
    config: TrainingConfig,
    vectors: npt.ArrayLike,
    *,
    k: int = 10,
    replicates: int = 5,
    metric: str = "cosine",
    epochs: int | None = None,
    on_progress: Progress = lambda done, total: None,
    keep_going: KeepGoing = lambda: True,
) -> TrustMeasures | None:
    """Train a run's data again, bootstrapped and shuffled, and compare who is near whom; needs TensorFlow.

    Every retraining has a random start of its own, and the same settings, data and seed give the same numbers.

    Args:
        data: from `prepare`, with the run's configuration.
        config: the run's settings.
        vectors: the run's, of the configuration's column, (n, d).
        k: neighbours compared (default 10), at most half of the others.
        replicates: how many bootstraps, and how many of the control (default 5, at least 2).
        metric: ``cosine`` (default) or ``euclidean``.
        epochs: after how many of the configuration's epochs to end, as the run did when it was stopped or ran
            out of patience, see `epochs_behind`; default all. The learning rate falls as it did in the run.
        on_progress: called with the trainings done and all that there are, at the start and after each.
        keep_going: called every 50 ms or so; returning False stops.

    Returns:
        The measurement; None when stopped.

    Raises:
        AtlasError: there are fewer than 4 categories, the vectors are not of this data, or a retraining's loss
            explodes.
    """
    known = checked_vectors(data, config, vectors, k=k, replicates=replicates, metric=metric)
    total = trainings(replicates)
    trained = Replicates(config, epochs or config.epochs, lambda done: on_progress(done, total), keep_going)
    whole = on_all_rows(data)
    real = list(trained.of(whole, replicates))
    mixed = shuffled(whole, config.column, seed=config.seed)
    chance = trained.one(split_as_the_run(mixed, config), config.seed)
    control = list(trained.of(mixed, replicates))
    if chance is None or trained.is_stopped:
        return None
    return TrustMeasures(
        k=usable_k(len(known), k),
        metric=metric,
        replicates=replicates,
        stability=stability_where_drawn(known, real, k=k, metric=metric),
        chance=overall(stability_where_drawn(chance, control, k=k, metric=metric)),
        structure=agreement_where_drawn(real, k=k, metric=metric),
        control=agreement_where_drawn(control, k=k, metric=metric),
        control_vectors=chance,
    )


def require_same_categories(data: TrainingData, config: TrainingConfig, labels: Sequence[str]) -> None:
    """Raise an `AtlasError` when the data are not of the categories that a run learned."""
    if list(data.vocabularies[config.column].labels) != list(labels):
        raise AtlasError(
            f"The table's column {quoted(config.column)} does not hold the categories that the run learned, in the "
            "same order by frequency: the table has changed, or is another one. Train again on this table."
        )


def checked_vectors(
    data: TrainingData,
    config: TrainingConfig,
    vectors: npt.ArrayLike,
    *,
    k: int,
    replicates: int,
    metric: str,
) -> Floats:
    """Return the vectors as they are compared.

    Raises:
        AtlasError: an option is out of range, the vectors are not of these categories, or these are fewer than 4.
    """
    check_metric(metric)
    check_whole(k, "number of neighbours k", least=1)
    check_whole(replicates, "number of replicates", least=2)
    known, n = np.asarray(vectors, np.float32), len(data.vocabularies[config.column])
    if len(known) != n:
        raise AtlasError(
            f"The vectors must be of the column's categories: there are {n}, and {len(known)} vectors. "
            "Give the vectors of a run on this table."
        )
    if n < LEAST_CATEGORIES:
        raise AtlasError(
            f"The column {quoted(config.column)} has {n} categories, and neighbours can be compared from "
            f"{LEAST_CATEGORIES} on. Choose a column with more categories, or a smaller min_frequency."
        )
    return known


def stability_where_drawn(vectors: Floats, replicates: Sequence[Replicate], *, k: int, metric: str) -> Shares:
    """The mean of `neighbor_stability` over the replicates in which a category was drawn, float64 (n,)."""
    shares = np.full((len(replicates), len(vectors)), np.nan)
    for found, replicate in zip(shares, replicates, strict=True):
        here = replicate.is_drawn
        found[here] = neighbor_stability(vectors[here], [replicate.vectors[here]], k=k, metric=metric)
    times = np.isfinite(shares).sum(axis=0)
    return np.divide(np.nansum(shares, axis=0), times, out=np.full(len(vectors), np.nan), where=times > 0)


def agreement_where_drawn(replicates: Sequence[Replicate], *, k: int, metric: str) -> float:
    """The mean of `agreement` over the pairs of replicates, each on the categories drawn in both."""
    if all(replicate.is_drawn.all() for replicate in replicates):
        return agreement([replicate.vectors for replicate in replicates], k=k, metric=metric)
    found = []
    for one, other in combinations(replicates, 2):
        both = one.is_drawn & other.is_drawn
        if both.sum() >= LEAST_CATEGORIES:
            found.append(agreement([one.vectors[both], other.vectors[both]], k=k, metric=metric))
    return float(np.mean(found)) if found else math.nan
