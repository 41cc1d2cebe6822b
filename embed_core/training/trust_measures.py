"""Train a run again on halves of the rows, and compare the halves: on who is near whom, and on groups.

Two halves of one table have no row in common, so an accident of the rows is in one of them only, and where categories
say nothing the halves agree on nothing. Training on shuffled rows draws the map of chance, to be looked at.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, check_whole, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.progress import KeepGoing
from embed_core.space.groups.repeated import RepeatedGroups, mean_of, repeated_groups
from embed_core.space.neighbors.distances import check_metric
from embed_core.space.neighbors.nearest import usable_k
from embed_core.space.neighbors.overlap import Shares, chance_overlap
from embed_core.space.neighbors.scales import Scales, shared_neighbors, sizes_of
from embed_core.space.neighbors.stability import neighbor_stability
from embed_core.tables.counting.resampling import on_all_rows, shuffled
from embed_core.training.replicates import Replicate, Replicates, split_as_the_run
from embed_core.types import Floats, TrainingData

LEAST_CATEGORIES = 4
SPLITS = 3
"""Of noise, the highest agreement on groups varies by .42 with one split, .22 with two, .18 with three."""

# A dimension from which on lengths count only where they were learned.
_NOT_DRAWN_AS_IT_IS = 3

Progress = Callable[[int, int], object]
_Numbers = npt.NDArray[np.float64]


def _none() -> _Numbers:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class TrustMeasures:
    """What training again says of a run's vectors; kept with a run on disk.

    Versions up to 0.1 compared bootstraps with those of a shuffled control, which halves do not need: what they kept
    has ``structure`` and ``control``, and no halves.

    Attributes:
        k: neighbours compared.
        metric: ``cosine`` or ``euclidean``: of the stability.
        replicates: retrainings, each on half of the rows.
        stability: for each category the mean share of its neighbours that the replicates find again, see
            `neighbor_stability`; float64 (n,). A replicate counts for the categories that are in its half, and for who
            is near whom among them; NaN where a category is in none.
        chance: the mean stability of unrelated vectors.
        control_vectors: of a training on shuffled rows, float32 (n, d): the map that chance draws.
        compared: how many categories are in both halves, in the mean.
        sizes: numbers of nearest at which halves were compared, rising.
        shares: of those that the halves have in common.
        agreement: the same above chance, R_NX.
        group_counts: numbers of groups at which halves were compared, rising.
        group_shares: of the categories that are in the same group in both halves.
        group_chance: the same of chance.
        copies: how many times over every row of the table is there.
        structure: of an earlier version; else NaN.
        control: of an earlier version; else NaN.
    """

    k: int
    metric: str
    replicates: int
    stability: Shares = field(repr=False)
    chance: float
    control_vectors: Floats = field(repr=False)
    compared: float = 0.0
    sizes: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    shares: _Numbers = field(default_factory=_none, repr=False)
    agreement: _Numbers = field(default_factory=_none, repr=False)
    group_counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    group_shares: _Numbers = field(default_factory=_none, repr=False)
    group_chance: _Numbers = field(default_factory=_none, repr=False)
    copies: int = 1
    structure: float = math.nan
    control: float = math.nan

    @property
    def has_halves(self) -> bool:
        """Whether halves of the rows were compared: not where they share fewer than 4 categories."""
        return bool(len(self.sizes))

    @property
    def is_old(self) -> bool:
        """Whether an earlier version measured it."""
        return not (math.isnan(self.structure) and math.isnan(self.control))

    @property
    def groups(self) -> RepeatedGroups:
        """How the halves agree on groups."""
        return RepeatedGroups(self.group_counts, self.group_shares, self.group_chance)


def trainings(splits: int) -> int:
    """Return how many trainings a measurement takes: on the halves, and the control.

    >>> trainings(3)
    7
    """
    return 2 * splits + 1


def epochs_behind(config: TrainingConfig, *, best_epoch: int, epochs_done: int) -> int:
    """Return after how many epochs a run's vectors are: the best one's with patience, else all that were done."""
    return max(1, best_epoch if config.patience is not None else epochs_done)


def measure(
    data: TrainingData,
    config: TrainingConfig,
    vectors: npt.ArrayLike,
    *,
    k: int = 10,
    splits: int = SPLITS,
    metric: str = "cosine",
    epochs: int | None = None,
    on_progress: Progress = lambda done, total: None,
    keep_going: KeepGoing = lambda: True,
) -> TrustMeasures | None:
    """Train a run's data again on halves of its rows, and compare them; needs TensorFlow.

    Every retraining has a random start of its own, and the same settings, data and seed give the same numbers.

    Args:
        data: from `prepare`, with the run's configuration and as many ``splits``.
        config: the run's settings.
        vectors: the run's, of the configuration's column, (n, d).
        k: neighbours compared (default 10), at most half of the others.
        splits: how often the rows are halved (default 3).
        metric: of the stability, ``cosine`` (default) or ``euclidean``. The halves are compared by their directions
            whatever it is, unless distances were learned: lengths tell how many rows a category has, which is the
            same in both halves, of noise as well.
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
    known = checked_vectors(data, config, vectors, k=k, splits=splits, metric=metric)
    total = trainings(splits)
    trained = Replicates(config, epochs or config.epochs, lambda done: on_progress(done, total), keep_going)
    copies = list(trained.of(data, 2 * splits))
    mixed = shuffled(on_all_rows(data), config.column, seed=config.seed)
    control = trained.one(split_as_the_run(mixed, config), config.seed)
    if control is None or trained.is_stopped:
        return None
    return TrustMeasures(
        k=usable_k(len(known), k),
        metric=metric,
        replicates=len(copies),
        stability=stability_where_drawn(known, copies, k=k, metric=metric),
        chance=chance_overlap(len(known), k),
        control_vectors=control,
        copies=data.copies,
        **compared_halves(copies, metric=OBJECTIVES[config.objective].metric(_NOT_DRAWN_AS_IT_IS)),
    )


def compared_halves(copies: Sequence[Replicate], *, metric: str) -> dict[str, Any]:
    """Return what `TrustMeasures` says of halves: copies one after the other are the two halves of a split."""
    pairs = []
    for one, other in zip(copies[::2], copies[1::2], strict=True):
        both = one.is_drawn & other.is_drawn
        if both.sum() >= LEAST_CATEGORIES:
            pairs.append((one.vectors[both], other.vectors[both]))
    if not pairs:
        return {}
    sizes = sizes_of(min(len(one) for one, _ in pairs))
    near: list[Scales] = [shared_neighbors(*pair, metric=metric, sizes=sizes) for pair in pairs]
    groups = mean_of([repeated_groups(*pair, metric=metric) for pair in pairs])
    return {
        "compared": float(np.mean([len(one) for one, _ in pairs])),
        "sizes": sizes,
        "shares": np.mean([each.shares for each in near], axis=0),
        "agreement": np.mean([each.above_chance for each in near], axis=0),
        "group_counts": groups.counts,
        "group_shares": groups.shares,
        "group_chance": groups.by_chance,
    }


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
    splits: int,
    metric: str,
) -> Floats:
    """Return the vectors as they are compared.

    Raises:
        AtlasError: an option is out of range, the vectors are not of these categories, or these are fewer than 4.
    """
    check_metric(metric)
    check_whole(k, "number of neighbours k", least=1)
    check_whole(splits, "number of splits", least=1)
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
