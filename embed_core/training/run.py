"""A training in memory, and all that it left behind."""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from embed_core.errors import quoted
from embed_core.learning.config import TrainingConfig
from embed_core.space.embedding import Embedding
from embed_core.types import Floats, Target


class RunStatus(StrEnum):
    """Where a run is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_live(self) -> bool:
        """Whether more is to come."""
        return self in (RunStatus.WAITING, RunStatus.RUNNING, RunStatus.PAUSED)

    @property
    def has_result(self) -> bool:
        """Whether there is an embedding to look at."""
        return self in (RunStatus.FINISHED, RunStatus.STOPPED)


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A training in memory. Two runs are equal only when they are the same object.

    Attributes:
        config: its settings.
        status: how it ended.
        history: a row per epoch: ``epoch``, ``loss``, ``accuracy`` or ``mae`` (in the target's unit) and
            their ``val_`` twins. The loss of a number is in units of its variance.
        embeddings: per embedded column.
        baseline: loss and metric of knowing nothing, judged on the validation part when there is one.
        best_epoch: the epoch with the lowest (validation) loss.
        model: the content of a ``.keras`` file that predicts in the target's unit.
        prior_strength: that was given, or chosen.
        notes: sentences about what was left out, pooled or sampled.
        replicates: the vectors of copies trained with it, each per embedded column.
        seconds: from the call to the end, counting included.
        target: what is predicted; None with ``context``.
    """

    config: TrainingConfig
    status: RunStatus
    history: pd.DataFrame
    embeddings: dict[str, Embedding]
    baseline: dict[str, float]
    best_epoch: int
    model: bytes
    prior_strength: float = 0.0
    notes: tuple[str, ...] = ()
    replicates: tuple[dict[str, Floats], ...] = ()
    seconds: float = 0.0
    target: Target | None = None

    @property
    def embedding(self) -> Embedding:
        """The embedding of the configuration's column."""
        return self.embeddings[self.config.column]

    @property
    def trained_by(self) -> TrainingConfig:
        """The settings, with the prior that was chosen where none was given."""
        return self.config.with_prior(self.prior_strength)

    def __repr__(self) -> str:
        config, epochs = self.config, len(self.history)
        learned = f"{quoted(config.column)} by {config.objective}"
        size = f"{len(self.embedding):,} categories in {config.dimension} dimensions"
        return f"Run({learned}: {size}, {self.status} after {epochs:,} epoch{'s' if epochs != 1 else ''})"
