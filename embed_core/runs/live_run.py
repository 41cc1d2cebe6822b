"""A run that is still going on."""

from dataclasses import dataclass, field

import numpy as np

from embed_core.extras import versions_of_a_run
from embed_core.learning.batches import resolve_batch_size
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.job import Job
from embed_core.runs.record import RunRecord
from embed_core.tables.counting.target import target_summary
from embed_core.training.prepare import number_of_examples
from embed_core.training.run import RunStatus
from embed_core.types import Floats, TrainingData


@dataclass
class LiveRun:
    """What a page sees of a run that is still going on.

    Attributes:
        record: the run, with its present status.
        rows: the epochs so far.
        epoch: of ``vectors``.
        vectors: the newest, float32 (n, d), None before the first.
        job: the work on a worker; its controls say how it is to proceed.
        trial: which trial, from 1, while the strength of the prior is chosen; 0 when that is over.
        is_unwritten: whether something of it could not be written while it trained.
        started_at: monotonic seconds when the first epoch was about to begin.
    """

    record: RunRecord
    data: TrainingData = field(repr=False)
    job: Job = field(repr=False)
    rows: list[dict[str, float]] = field(default_factory=list)
    epoch: int = 0
    vectors: Floats | None = None
    trial: int = 0
    started_at: float | None = None
    is_unwritten: bool = False

    @property
    def status(self) -> RunStatus:
        """Whether it is running or paused, once it has begun."""
        return RunStatus.PAUSED if self.job.controls.paused else RunStatus.RUNNING


def describe_run(data: TrainingData, config: TrainingConfig) -> RunRecord:
    """Return what is known of a run before it has begun; it has no id yet."""
    summary, objective = target_summary(data, config.column), OBJECTIVES[config.objective]
    vocabulary = data.vocabularies[config.column]
    distinct = int((data.training > 0).sum())
    return RunRecord(
        id="",
        name="",
        config=config,
        table_rows=data.table_rows,
        rows=data.total,
        distinct_rows=distinct,
        batch_size=resolve_batch_size(config.batch_size, number_of_examples(config, data)),
        target=data.target,
        columns=list(data.vocabularies),
        numbers=list(data.features),
        heads=[head.name for head in data.heads],
        layers=objective.layers(objective.spec(data, config)),
        labels=list(vocabulary.labels),
        support=vocabulary.support.tolist(),
        target_mean=None if summary is None else [None if np.isnan(m) else float(m) for m in summary[0]],
        notes=list(data.notes),
        versions=versions_of_a_run(),
    )
