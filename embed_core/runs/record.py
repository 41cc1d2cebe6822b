"""What is known of a run on disk: ``run.json``."""

import dataclasses
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from embed_core.learning.config import TrainingConfig, as_stored
from embed_core.learning.layer_list import Layer
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.space.embedding import Embedding
from embed_core.tables.changing.steps import Bag, Kept, Merged
from embed_core.training.run import RunStatus
from embed_core.types import Target

FORMAT = 1
"""Of what this version writes; it reads every one up to it."""


class RunRecord(BaseModel):
    """``run.json``: what is known of a run without opening its arrays.

    Attributes:
        id: cannot be guessed; names the folder.
        name: what people call it.
        source: how the table can be opened again: ``gallery:NAME`` or ``upload``.
        changes: what was changed of the table by hand before.
        labels: the categories, in the order of the vectors' rows.
        columns: all that are embedded, the configuration's column first.
        numbers: those that the model takes as numbers.
        heads: what is predicted of the other columns, for ``context``.
        layers: of the model.
        prior_strength: that was given, or chosen; of versions up to 0.1 the configuration says it.
        started_from: the id of the run that it went on from, or of one that was not kept what it says of itself.
        owner: the server process that writes it, as "pid:start", while it is live.
        error: why it failed, in a sentence.
    """

    model_config = ConfigDict(extra="ignore")

    format: int = FORMAT
    id: str
    name: str
    config: Annotated[TrainingConfig, BeforeValidator(as_stored)]
    status: RunStatus = RunStatus.WAITING
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    seconds: float = 0.0
    table: str = ""
    source: str = "upload"
    fingerprint: str = ""
    changes: list[Kept | Merged | Bag] = Field(default_factory=list)
    table_rows: int = 0
    rows: int = 0
    distinct_rows: int = 0
    batch_size: int = 0
    target: Target | None = None
    labels: list[str] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)
    numbers: list[str] = Field(default_factory=list)
    heads: list[str] = Field(default_factory=list)
    layers: list[Layer] = Field(default_factory=list)
    support: list[int] = Field(default_factory=list)
    target_mean: list[float | None] | None = None
    baseline: dict[str, float] = Field(default_factory=dict)
    best_epoch: int = 0
    prior_strength: float = 0.0
    epochs_done: int = 0
    last: dict[str, float] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)
    versions: dict[str, str] = Field(default_factory=dict)
    started_from: str = ""
    owner: str = ""
    error: str = ""

    @property
    def trained_by(self) -> TrainingConfig:
        """The settings, with the prior that was chosen where none was given."""
        return self.config.with_prior(self.prior_strength)

    def with_metric(self, embedding: Embedding) -> Embedding:
        """Return an embedding of the run with its metric, of which files of earlier versions say nothing or another."""
        own = OBJECTIVES[self.config.objective].metric(embedding.dimension, self.target)
        return dataclasses.replace(embedding, metric=own)

    def distance_unit(self, metric: str) -> float:
        """Return how much of the target lies between vectors that are 1 apart; 1 where distances mean nothing of it.

        Args:
            metric: by which distances are taken, ``cosine`` or ``euclidean``.
        """
        is_learned = metric == "euclidean" and OBJECTIVES[self.config.objective].has_unit(self.config)
        return self.target.scale if is_learned and self.target is not None else 1.0

    def unit_of(self, metric: str) -> str:
        """Return the column whose unit `distance_unit` is; "" where it is none's."""
        return self.target.column if self.target is not None and self.distance_unit(metric) != 1 else ""

    def changed(self, **changes: Any) -> "RunRecord":
        """Return a copy with some fields changed."""
        return self.model_copy(update=changes)
