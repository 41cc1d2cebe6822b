"""A run's training, again: on rows drawn anew, or with the categories dealt out anew."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.learning.config import TrainingConfig
from embed_core.progress import KeepGoing, OnProgress
from embed_core.tables.counting.resampling import split_context, split_counts
from embed_core.training.train import relearn, replicate
from embed_core.types import CATEGORY, Floats, TrainingData


@dataclass(frozen=True)
class Replicate:
    """Vectors of a retraining, (n, d), and which categories it saw; the others are at their random start."""

    vectors: Floats
    is_drawn: npt.NDArray[np.bool_]


class Retraining:
    """Trains again and again, until it is stopped.

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

    def replicates(self, data: TrainingData, count: int) -> Iterator[Replicate]:
        """Yield retrainings on bootstraps of the data, each from a start of its own; ends early when stopped."""
        copies = replicate(data, self.config, count=count, epochs=self.epochs, keep_going=self._go_on)
        for drawn, vectors in copies:
            if self.is_stopped:
                return
            self._count()
            column = self.config.column
            yield Replicate(vectors[column], drawn_categories(drawn, column))

    def vectors(self, data: TrainingData, seed: int) -> Floats | None:
        """Return what one training learns; None when stopped."""
        if not self._go_on():
            return None
        vectors = relearn(data, self.config, seed=seed, epochs=self.epochs, keep_going=self._go_on)
        if self.is_stopped:
            return None
        self._count()
        return vectors[self.config.column]

    def _count(self) -> None:
        self._done += 1
        self._on_progress(self._done)

    def _go_on(self) -> bool:
        self.is_stopped = self.is_stopped or not self._keep_going()
        return not self.is_stopped


def split_as_the_run(data: TrainingData, config: TrainingConfig) -> TrainingData:
    """Return the data with as large a part for training as the run had."""
    if data.stacked:
        training, rest = split_context(data.rows, share=config.validation_share, seed=config.seed)
    else:
        training, rest = split_counts(data.rows.counts, share=config.validation_share, seed=config.seed)
    return dataclasses.replace(data, training=training, validation=np.zeros_like(rest))


def drawn_categories(data: TrainingData, column: str) -> npt.NDArray[np.bool_]:
    """Which categories are learned from, bool (n,)."""
    vocabulary = data.vocabularies[column]
    shared = [name for name, known in data.vocabularies.items() if known is vocabulary]
    found = np.zeros(len(vocabulary), bool)
    for name in [CATEGORY] if data.stacked else shared:
        found[data.rows.codes[name][data.training > 0]] = True
    return found
