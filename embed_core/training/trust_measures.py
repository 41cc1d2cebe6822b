"""Train a run again on halves of the rows, and compare the halves: on who is near whom, and on groups.

Two halves of one table have no row in common, so an accident of the rows is in one of them only, and where categories
say nothing the halves agree on nothing. Training on shuffled rows draws the map of chance, to be looked at.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, check_whole, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.progress import KeepGoing
from embed_core.space.groups.repeated import RepeatedGroups
from embed_core.space.neighbors.above_noise import (
    above_noise,
    nearest_of_a_group,
    shared_with_other_half,
)
from embed_core.space.neighbors.distances import check_metric
from embed_core.space.neighbors.nearest import usable_k
from embed_core.space.neighbors.overlap import Shares, chance_overlap
from embed_core.space.neighbors.scales import Scales
from embed_core.space.projections.places import aligned_places
from embed_core.space.scale import Scale, scale_of
from embed_core.tables.counting.decoys import decoys_of, with_decoys
from embed_core.training.all_rows import AllRows
from embed_core.training.compared import LEAST_CATEGORIES, compared_halves, pairs_of, stability_where_drawn
from embed_core.training.replicates import Replicate, Replicates, control_for
from embed_core.types import Floats, TrainingData

SPLITS = 3
"""Of noise, the highest agreement on groups varies by .42 with one split, .22 with two, .18 with three."""

# A dimension from which on lengths count only where they were learned.
_NOT_DRAWN_AS_IT_IS = 3
# Finding a tenth of all categories near each takes time and memory with their square: a minute from here on.
_MOST_TOLD = 20_000

Progress = Callable[[int, int], object]
_Numbers = npt.NDArray[np.float64]


def _none() -> _Numbers:
    return np.empty(0)


def _no_vectors() -> Floats:
    return np.empty((0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class TrustMeasures:
    """What training again says of a run's vectors; kept with a run on disk.

    Versions up to 0.1 compared bootstraps with those of a shuffled control, which halves do not need: what they kept
    has ``structure`` and ``control``, and no halves.

    Attributes:
        k: neighbours compared.
        metric: ``cosine`` or ``euclidean``: of the stability.
        replicates: retrainings, each on half of the rows, or on all but a sixth of distances that are too few to halve.
        stability: for each category the mean share of its neighbours that the replicates find again, see
            `neighbor_stability`; float64 (n,). A replicate counts for the categories that are in its half, and for who
            is near whom among them; NaN where a category is in none.
        chance: the mean stability of unrelated vectors.
        control_vectors: of a training on shuffled rows, float32 (n, d): the map that chance draws; empty before.
        compared: how many categories are in both halves, in the mean: of distances, have a place in both.
        sizes: numbers of nearest at which halves were compared, rising.
        shares: of those that the halves have in common.
        agreement: the same above chance, R_NX.
        group_counts: numbers of groups at which halves were compared, rising.
        group_shares: of the categories that are in the same group in both halves.
        group_chance: the same of chance.
        z: how surely halves have anything in common, see `mantel_z`, the least of the splits; NaN when not compared.
        all_rows: how surely most categories differ, by all rows of a small table, see `differ_z`; else NaN.
        copies: how many times over every row of the table is there.
        is_told: which categories are distinct from noise, see `above_noise`; bool (n,), empty where decoys could not be
            made.
        held_out: of distances, the share of the variance of those not learned from that the replicates tell; else NaN.
        places: of the replicates, turned onto the run's vectors, see `aligned_places`; float32 (replicates, n, d).
        structure: of an earlier version; else NaN.
        control: of an earlier version; else NaN.
    """

    k: int
    metric: str
    replicates: int
    stability: Shares = field(repr=False)
    chance: float
    control_vectors: Floats = field(default_factory=_no_vectors, repr=False)
    compared: float = 0.0
    sizes: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    shares: _Numbers = field(default_factory=_none, repr=False)
    agreement: _Numbers = field(default_factory=_none, repr=False)
    group_counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    group_shares: _Numbers = field(default_factory=_none, repr=False)
    group_chance: _Numbers = field(default_factory=_none, repr=False)
    z: float = math.nan
    all_rows: float = math.nan
    copies: int = 1
    is_told: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool), repr=False)
    places: Floats = field(default_factory=lambda: np.empty((0, 0, 0), np.float32), repr=False)
    held_out: float = math.nan
    structure: float = math.nan
    control: float = math.nan

    @property
    def has_halves(self) -> bool:
        """Whether halves of the rows were compared: not where they share fewer than 4 categories."""
        return bool(len(self.sizes))

    @property
    def has_control(self) -> bool:
        """Whether the training on shuffled rows has ended."""
        return bool(len(self.control_vectors))

    @property
    def is_old(self) -> bool:
        """Whether an earlier version measured it."""
        return not (math.isnan(self.structure) and math.isnan(self.control))

    @property
    def scale(self) -> Scale | None:
        """At which scale halves of the rows agree; None when they were not compared."""
        if not self.has_halves:
            return None
        near = Scales(self.sizes, self.shares, round(self.compared))
        return scale_of(near, self.groups, self.z, self.all_rows)

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
    """Return after how many epochs a run's vectors are: the best one's where its weights are kept, else all."""
    return max(1, best_epoch if config.keeps_best else epochs_done)


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
        metric: ``cosine`` (default) or ``euclidean``: of the stability.
        epochs: after how many epochs each training ends; None takes the configuration's.
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
    trained = Replicates(
        config, epochs or config.planned_epochs, lambda done: on_progress(done, total), keep_going
    )
    replicates = list(trained.of(to_retrain(data, config), 2 * splits))
    control = trained.one(*control_for(data, config))
    if control is None or trained.is_stopped:
        return None
    found = compare(known, replicates, config, AllRows.of(data, config), k=k, metric=metric)
    return dataclasses.replace(found, control_vectors=control.vectors)


def to_retrain(data: TrainingData, config: TrainingConfig) -> TrainingData:
    """Return the data with decoys, as the halves learn from them, where decoys can be made."""
    return with_decoys(data, config.column, decoys_of(data, config.column), seed=config.seed)


def compare(
    vectors: Floats,
    replicates: Sequence[Replicate],
    config: TrainingConfig,
    rows: AllRows,
    *,
    k: int,
    metric: str,
) -> TrustMeasures:
    """Return what replicates say of a run's vectors: those one after the other are the two halves of a split.

    Args:
        vectors: the run's, (n, d).
        replicates: on halves of the rows; what they have past the n categories are decoys.
        config: the run's settings.
        rows: what is known of them. Where they cannot be halved each replicate has all but a sixth of them: what these
            share makes them alike, and they are not compared with one another.
        k: neighbours compared, at most half of the others.
        metric: ``cosine`` or ``euclidean``: of the stability.
    """
    n, by = len(vectors), OBJECTIVES[config.objective].metric(_NOT_DRAWN_AS_IT_IS)
    # Where distances place the categories there are no decoys.
    own = [Replicate(each.vectors[:n], each.is_drawn[:n], is_placed=each.is_placed) for each in replicates]
    found = TrustMeasures(
        k=usable_k(n, k),
        metric=metric,
        replicates=len(replicates),
        stability=stability_where_drawn(vectors, own, k=k, metric=metric),
        chance=chance_overlap(n, k),
        all_rows=rows.z,
        copies=rows.copies,
        places=aligned_places(vectors, own),
        held_out=_mean([each.held_out for each in replicates]),
        **(compared_halves(own, metric=by) if rows.can_be_halved else {}),
    )
    if found.scale is None or len(replicates[0].vectors) == n or n > _MOST_TOLD:
        return found
    size = nearest_of_a_group(n, found.scale.groups)
    shares = [
        shared_with_other_half(
            one.vectors, other.vectors, one.is_drawn & other.is_drawn, n=n, k=size, metric=by
        )
        for one, other in pairs_of(replicates)
    ]
    return dataclasses.replace(found, is_told=above_noise(shares, n))


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


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
