"""A training and all that it left behind."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from embed_core.learning.config import TrainingConfig
from embed_core.space.embedding import Embedding
from embed_core.types import Floats


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


@dataclass(frozen=True)
class Run:
    """A training in memory.

    Attributes:
        config: its settings.
        status: how it ended.
        history: a row per epoch: ``epoch``, ``loss``, ``accuracy`` or ``mae`` (in the target's unit) and
            their ``val_`` twins. The loss of a number is in units of its variance.
        embeddings: per embedded column.
        baseline: loss and metric of knowing nothing, judged on the validation part when there is one.
        best_epoch: the epoch with the lowest (validation) loss.
        model: the content of a ``.keras`` file that predicts in the target's unit.
        notes: sentences about what was left out, pooled or sampled.
        replicates: the vectors of copies trained with it, each per embedded column.
        seconds: from the call to the end, counting included.
    """

    config: TrainingConfig
    status: RunStatus
    history: pd.DataFrame
    embeddings: dict[str, Embedding] = field(repr=False)
    baseline: dict[str, float]
    best_epoch: int
    model: bytes = field(repr=False)
    notes: tuple[str, ...] = ()
    replicates: tuple[dict[str, Floats], ...] = field(default=(), repr=False)
    seconds: float = 0.0

    @property
    def embedding(self) -> Embedding:
        """The embedding of the configuration's column."""
        return self.embeddings[self.config.column]


class TargetRecord(BaseModel):
    """The target as it was read: see `embed_core.types.Target`."""

    column: str
    kind: str
    classes: list[str] = Field(default_factory=list)
    scale: float = 1.0
    log: bool = False


class LayerRecord(BaseModel):
    """A layer of the model as people see it: see `embed_core.learning.shape.Layer`."""

    name: str
    size: str
    parameters: int


class RunRecord(BaseModel):
    """``run.json``: what is known of a run without opening its arrays.

    Attributes:
        id: cannot be guessed; names the folder.
        name: what people call it.
        source: how the table can be opened again: ``gallery:NAME`` or ``upload``.
        labels: the categories, in the order of the vectors' rows.
        columns: all that are embedded, the configuration's column first.
        heads: what is predicted of the other columns, for ``context``.
        layers: of the model.
        owner: the server process that writes it, as "pid:start", while it is live.
        error: why it failed, in a sentence.
    """

    model_config = ConfigDict(extra="ignore")

    format: int = 1
    id: str
    name: str
    config: TrainingConfig
    status: RunStatus = RunStatus.WAITING
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    seconds: float = 0.0
    table: str = ""
    source: str = "upload"
    fingerprint: str = ""
    table_rows: int = 0
    rows: int = 0
    distinct_rows: int = 0
    batch_size: int = 0
    target: TargetRecord | None = None
    labels: list[str] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)
    heads: list[str] = Field(default_factory=list)
    layers: list[LayerRecord] = Field(default_factory=list)
    support: list[int] = Field(default_factory=list)
    target_mean: list[float | None] | None = None
    baseline: dict[str, float] = Field(default_factory=dict)
    best_epoch: int = 0
    epochs_done: int = 0
    last: dict[str, float] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)
    versions: dict[str, str] = Field(default_factory=dict)
    owner: str = ""
    error: str = ""

    def changed(self, **changes: Any) -> "RunRecord":
        """Return a copy with some fields changed."""
        return self.model_copy(update=changes)
