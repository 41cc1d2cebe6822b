"""Replicates of a run: the same training from other starts, on halves of the rows or with shuffled categories."""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from embed_core.learning.batches import resolve_batch_size
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.unfolding import LEAST_EPOCHS
from embed_core.progress import KeepGoing, OnProgress
from embed_core.tables.counting.resampling import (
    halves,
    on_all_rows,
    shuffled,
    split_rows,
)
from embed_core.training.fit import fit
from embed_core.training.placed import are_too_few_to_halve, placed, told_of_held_out, without_a_sixth
from embed_core.training.prepare import number_of_examples
from embed_core.types import CATEGORY, Floats, TrainingData

Resampling = Literal["halves", "reseed", "shuffled"]


@dataclass(frozen=True)
class Replicate:
    """What a replicate learned.

    Attributes:
        vectors: of the configuration's column, (n, d).
        is_drawn: which categories it saw, bool (n,); the others are at their random start.
        held_out: share of the variance of distances not learned from that it tells; NaN where none are learned.
        is_placed: of distances, which have enough of them for one place, bool (n,); None where none are learned.
        columns: the vectors of every embedded column.
    """

    vectors: Floats
    is_drawn: npt.NDArray[np.bool_]
    held_out: float = math.nan
    is_placed: npt.NDArray[np.bool_] | None = None
    columns: Mapping[str, Floats] = field(default_factory=dict, repr=False)

    @property
    def is_sure(self) -> npt.NDArray[np.bool_]:
        """Which categories have a vector that its rows determine, bool (n,)."""
        return self.is_drawn if self.is_placed is None else self.is_placed


class Replicates:
    """Trains replicates of a run until it is stopped; they share one compiled program, so each costs its arithmetic.

    Args:
        config: the run's settings; patience is not used.
        epochs: after how many of the configuration's epochs each training ends; the learning rate falls as it
            does when all are trained.
        on_progress: called with the trainings done, at the start and after each.
        keep_going: called every 50 ms or so; returning False stops.
    """

    def __init__(
        self,
        config: TrainingConfig,
        epochs: int,
        on_progress: OnProgress = lambda done: None,
        keep_going: KeepGoing = lambda: True,
    ) -> None:
        self.config = config
        self.epochs = epochs
        self.is_stopped = False
        self._done = 0
        self._on_progress = on_progress
        self._keep_going = keep_going
        on_progress(0)

    def of(self, data: TrainingData, count: int, how: Resampling = "halves") -> Iterator[Replicate]:
        """Yield replicates, each from a start of its own; ends early when stopped.

        Args:
            data: from `prepare`; for halves, with at least half as many ``splits``.
            count: how many.
            how: ``"halves"`` learns from half of the rows, one replicate after the other from the two halves of a
                split, and then from those of the next one, or where distances are too few to halve from all but a
                sixth of them; ``"reseed"`` from all rows; ``"shuffled"`` from all rows of
                a table in which the categories were shuffled: the control.
        """
        for number in range(count):
            found = self.one(*drawn_for(data, self.config, number, how))
            if found is None:
                return
            yield found

    def one(self, data: TrainingData, seed: int, share: float = 1.0) -> Replicate | None:
        """Return one training with this seed on the data as they are, of a share of the epochs; None when stopped."""
        vectors, column = self._trained(data, seed, share) if self._go_on() else None, self.config.column
        if vectors is None:
            return None
        drawn = drawn_categories(data, column)
        if not OBJECTIVES[self.config.objective].is_placed_by_distances():
            return Replicate(vectors[column], drawn, columns=vectors)
        told = told_of_held_out(data, self.config, vectors[column])
        return Replicate(vectors[column], drawn, told, placed(data, self.config), vectors)

    def _trained(self, data: TrainingData, seed: int, share: float) -> dict[str, Floats] | None:
        settings: dict[str, Any] = {"seed": seed, "patience": None, "restore_best": False}
        last = self.epochs
        if share < 1:
            planned = self.config.planned_epochs
            settings["epochs"] = min(planned, max(LEAST_EPOCHS, round(share * planned)))
            last = max(1, round(self.epochs * settings["epochs"] / planned))
        fitted = fit(
            data,
            self.config.model_copy(update=settings),
            on_update=lambda update: update.epoch == last,
            keep_going=self._go_on,
        )
        if self.is_stopped:
            return None
        self._done += 1
        self._on_progress(self._done)
        return fitted.vectors

    def _go_on(self) -> bool:
        self.is_stopped = self.is_stopped or not self._keep_going()
        return not self.is_stopped


def drawn_for(
    data: TrainingData, config: TrainingConfig, number: int, how: Resampling
) -> tuple[TrainingData, int]:
    """Return what a replicate of this number learns from, and its seed."""
    seed = int(np.random.SeedSequence((config.seed, 6, number)).generate_state(1)[0] % 2**31)
    whole = on_all_rows(data)
    if how == "shuffled":
        return shuffled(whole, config.column, seed=seed), seed
    if how == "halves" and are_too_few_to_halve(whole, config):
        return without_a_sixth(whole, seed), seed
    if how == "halves":
        return halves(whole, number // 2, seed=config.seed)[number % 2], seed
    return whole, seed


def control_for(data: TrainingData, config: TrainingConfig) -> tuple[TrainingData, int, float]:
    """Return shuffled rows, as many as the run learned from, the run's own seed, and the share of its epochs.

    Shuffling makes more rows distinct (40,000 flights on 2,500 routes: 31,000), and an epoch has more steps: of so
    many epochs it takes as many steps as the run.
    """
    mixed = split_as_the_run(shuffled(on_all_rows(data), config.column, seed=config.seed), config)
    return mixed, config.seed, min(1.0, _steps(data, config) / _steps(mixed, config))


def _steps(data: TrainingData, config: TrainingConfig) -> int:
    """Return how many steps an epoch has."""
    examples = number_of_examples(config, data)
    return -(-examples // resolve_batch_size(config.batch_size, examples))


def split_as_the_run(data: TrainingData, config: TrainingConfig) -> TrainingData:
    """Return the data with as large a part for training as the run had."""
    found = split_rows(data, share=config.validation_share, seed=config.seed)
    return dataclasses.replace(found, validation=np.zeros_like(found.validation))


def drawn_categories(data: TrainingData, column: str) -> npt.NDArray[np.bool_]:
    """Which categories are learned from, bool (n,)."""
    vocabulary = data.vocabularies[column]
    shared = [name for name, known in data.vocabularies.items() if known is vocabulary]
    found = np.zeros(len(vocabulary), bool)
    for name in [CATEGORY] if data.stacked else shared:
        found[data.rows.codes[name][data.training > 0]] = True
    return found
