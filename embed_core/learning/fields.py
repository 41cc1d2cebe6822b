"""The settings of a training, each with its range."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from embed_core.settings import Settings

TargetKind = Literal["binary", "multiclass", "number"]
Reading = Literal["auto", "binary", "multiclass", "number", "log number", "count"]
Measure = Literal["distance", "time", "similarity"]
Optimizer = Literal["sgd", "adam", "adamw", "rmsprop"]
Schedule = Literal["constant", "cosine"]


class TrainingFields(Settings):
    """What `embed_core.learning.config.TrainingConfig` describes, not yet held against the objective."""

    rules: ClassVar[dict[str, str]] = {
        "epochs": '"auto" or a whole number from 1 to 100,000',
        "batch_size": '"auto" or a whole number from 1 to 10,000,000',
        "patience": '"auto", a whole number from 1 on, or None',
        "prior_strength": '"auto" or a number from 0 on',
    }

    column: str
    objective: str = "target"
    target: str | None = None
    target_kind: Reading = "auto"
    exposure: str | None = None
    partner: str | None = None
    features: tuple[str, ...] | None = None
    context: tuple[str, ...] | None = None
    weight: str | None = None
    measure: Measure = "distance"
    dimension: int = Field(8, ge=1, le=1024)
    epochs: Annotated[int, Field(ge=1, le=100_000)] | Literal["auto"] = 100
    batch_size: Annotated[int, Field(ge=1, le=10_000_000)] | Literal["auto"] = "auto"
    optimizer: Optimizer = "adam"
    momentum: float = Field(0.0, ge=0, lt=1)
    learning_rate: float = Field(0.01, gt=0, le=10)
    schedule: Schedule = "constant"
    hidden: tuple[Annotated[int, Field(ge=1, le=4096)], ...] = Field((128, 64), max_length=5)
    dropout: float = Field(0.02, ge=0, le=0.9)
    category_dropout: float = Field(0.02, ge=0, le=0.5)
    min_frequency: int = Field(1, ge=1)
    validation_share: float = Field(0.2, ge=0, le=0.9)
    patience: Annotated[int, Field(ge=1)] | Literal["auto"] | None = "auto"
    restore_best: bool = True
    prior_strength: Annotated[float, Field(ge=0)] | Literal["auto"] = "auto"
    seed: int = Field(0, ge=0, lt=2**31)
    aggregate: bool = True
    max_rows: int = Field(2_000_000, ge=1)

    @property
    def planned_epochs(self) -> int:
        """The epochs, once it is known how many there are: see `embed_core.training.prepare.settled`."""
        assert self.epochs != "auto", "they are settled when the rows have been counted"
        return self.epochs
