"""What can be learned, from which settings; imports no TensorFlow, so that pages can show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from embed_core.errors import listed, quoted
from embed_core.settings import Settings

TargetKind = Literal["binary", "multiclass", "number"]
Optimizer = Literal["sgd", "adam", "adamw", "rmsprop"]
Schedule = Literal["constant", "cosine"]


@dataclass(frozen=True)
class Objective:
    """What an embedding learns from, in the words that people see.

    The model of an objective is the function of the same name in ``learning/models.py``.

    Attributes:
        name: the value of ``objective=``.
        title: its name on screen.
        sentence: what it does.
        limit: what it cannot show.
        needs: which settings must be given, of ``target`` and ``partner``.
        takes: which settings of other columns may be given: ``partner``, ``features``, ``context``.
        target_kinds: the kinds of target that it can learn from.
        start: settings that suit it better than the defaults, and are its defaults.
    """

    name: str
    title: str
    sentence: str
    limit: str
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    target_kinds: tuple[TargetKind, ...]
    start: Mapping[str, Any]

    def inputs(self, config: "TrainingConfig") -> tuple[str, ...]:
        """Return the categorical columns that share the embedding that is looked at."""
        return tuple(filter(None, (config.column, config.partner if "partner" in self.takes else None)))


OBJECTIVES: dict[str, Objective] = {
    objective.name: objective
    for objective in (
        Objective(
            name="target",
            title="Predict a target",
            sentence="Each category gets the vector that best predicts the target on its own.",
            limit="With one output the vectors move along one line only: a map of target means. "
            "More classes open more directions.",
            needs=("target",),
            takes=(),
            target_kinds=("binary", "multiclass", "number"),
            start={},
        ),
        Objective(
            name="context",
            title="Relate by the other columns",
            sentence="Categories come close when they keep the same company: every other column is predicted from "
            "the category. Needs no target.",
            limit="It shows whatever the other columns tell, a column that repeats the category included: "
            "leave such columns out.",
            needs=(),
            takes=("context",),
            target_kinds=(),
            # Few steps an epoch, as there is one row a category: they must be large, and die away.
            start={"epochs": 600, "learning_rate": 0.05, "schedule": "cosine", "prior_strength": 0.15},
        ),
        Objective(
            name="entity",
            title="Predict a target with the other columns",
            sentence="Every categorical column gets an embedding, and together with the numbers they predict the "
            "target through hidden layers.",
            limit="A category gets what the other columns do not already tell; the map can bend, so near is "
            "surer than far.",
            needs=("target",),
            takes=("partner", "features"),
            target_kinds=("binary", "multiclass", "number"),
            start={"epochs": 100, "learning_rate": 0.01, "schedule": "cosine"},
        ),
        Objective(
            name="distance",
            title="Keep a measured distance",
            sentence="Two columns that name the same kind of thing share one embedding, and the distance between "
            "two vectors learns to equal a number in the table.",
            limit="Pairs that never meet in the table are placed only through others; "
            "the map can be turned or mirrored.",
            needs=("partner", "target"),
            takes=("partner",),
            target_kinds=("number",),
            # Large steps that die away: small ones leave the map folded in two of three starts.
            start={"learning_rate": 0.2, "schedule": "cosine"},
        ),
    )
}

BLOG_RECIPE: dict[str, Any] = {
    "objective": "target",
    "optimizer": "sgd",
    "momentum": 0.0,
    "learning_rate": 0.01,
    "schedule": "constant",
    "batch_size": 32,
    "epochs": 5,
    "validation_share": 0.0,
    "patience": None,
    "prior_strength": 0.0,
    "category_dropout": 0.0,
    "aggregate": False,
}
"""The settings of the lesson that the project began with."""


class TrainingConfig(Settings):
    """Every setting of a training.

    What is not given is the objective's ``start``, or the default shown here.

    >>> TrainingConfig.checked(column="cut", target="price", dimension=0)
    Traceback (most recent call last):
    embed_core.errors.AtlasError: The setting "dimension" must be greater than or equal to 1; got "0". Leave it out \
for the default.

    Attributes:
        column: the categorical column to embed.
        objective: what to learn from, a key of ``OBJECTIVES``.
        target: the column to predict, or to keep as a distance.
        target_kind: ``"auto"`` tells two classes, several classes and a number apart; ``"log number"`` learns
            log(1 + number).
        partner: a second column of the same kind of things: the pair of ``distance``; for ``entity``, one
            that shares the embedding.
        features: for ``entity``, the other columns; None takes all that are suitable.
        context: for ``context``, the columns to relate by; None takes all that are suitable.
        measure: for ``distance``, what the number is: ``"distance"`` (equals it), ``"time"`` (a start
            plus a scale times it, both learned) or ``"similarity"`` (falls by it).
        dimension: numbers per category, 1 to 1,024.
        epochs: passes over the training part, 1 to 100,000.
        batch_size: rows per step, or ``"auto"``: all of them when they are few.
        optimizer: ``"sgd"``, ``"adam"``, ``"adamw"`` or ``"rmsprop"``, each with Keras' defaults.
        momentum: of SGD, 0 up to below 1.
        learning_rate: above 0, at most 10 with SGD and 1 with the others.
        schedule: ``"constant"``, or ``"cosine"``: falling to 0 over the epochs.
        hidden: for ``entity``, units of each hidden layer, up to 5 of up to 4,096.
        dropout: for ``entity``, share of activations dropped in training, 0 to 0.9.
        category_dropout: share of what is learned in which the category is *(unknown)*, 0 to 0.5; with more than
            5 categorical inputs, 5 of these shares are spread over them. 0 leaves that row out. Not used by
            ``distance``.
        min_frequency: categories with fewer rows are pooled into *(rare)*.
        validation_share: share of the rows kept for validation, 0 to 0.9.
        patience: stop after so many epochs without a better validation loss, and restore the best
            weights; None trains all epochs.
        prior_strength: a Gaussian prior on the vectors: the loss summed over the rows plus this times their
            squared lengths is what is made small. It weighs as much as so many rows, however many there are. With
            ``target`` and ``context`` the output weights have the same prior, or either could grow in the other's
            place and the map would depend on its random start.
        seed: the same seed on the same machine gives the same numbers.
        aggregate: train on distinct rows with their counts; False keeps every row as it is.
        max_rows: more (distinct) rows than this are sampled, which the run says.
    """

    rules: ClassVar[dict[str, str]] = {"batch_size": '"auto" or a whole number from 1 to 10,000,000'}

    column: str
    objective: str = "target"
    target: str | None = None
    target_kind: Literal["auto", "binary", "multiclass", "number", "log number"] = "auto"
    partner: str | None = None
    features: tuple[str, ...] | None = None
    context: tuple[str, ...] | None = None
    measure: Literal["distance", "time", "similarity"] = "distance"
    dimension: int = Field(8, ge=1, le=1024)
    epochs: int = Field(100, ge=1, le=100_000)
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
    patience: int | None = Field(None, ge=1)
    prior_strength: float = Field(0.0, ge=0)
    seed: int = Field(0, ge=0, lt=2**31)
    aggregate: bool = True
    max_rows: int = Field(2_000_000, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _started(cls, settings: Any) -> Any:
        if isinstance(settings, Mapping) and settings.get("objective") in OBJECTIVES:
            return dict(OBJECTIVES[settings["objective"]].start) | dict(settings)
        return settings

    @model_validator(mode="after")
    def _consistent(self) -> "TrainingConfig":
        objective = OBJECTIVES.get(self.objective)
        if objective is None:
            raise ValueError(
                f"There is no objective {quoted(self.objective)}. Choose one of {listed(OBJECTIVES)}."
            )
        for need in objective.needs:
            if getattr(self, need) is None:
                raise ValueError(
                    f"The objective {quoted(self.objective)} needs a {need} column and none was chosen. "
                    f"Choose one, or another objective."
                )
        columns = [*objective.inputs(self), *([self.target] if "target" in objective.needs else [])]
        if len(set(columns)) < len(columns):
            raise ValueError(
                f"The columns of a training must differ, and these do not: {listed(columns)}. "
                "Choose another target or partner."
            )
        if self.learning_rate > 1 and self.optimizer != "sgd":
            raise ValueError(
                f'The setting "learning_rate" must be at most 1 with {self.optimizer}, which moves every number by '
                f"about that much in a step; got {self.learning_rate:g}. Choose 0.2 or less."
            )
        if self.patience is not None and self.validation_share == 0:
            raise ValueError(
                "Early stopping watches the validation loss, and the validation share is 0. "
                "Keep some rows for validation, or train all epochs."
            )
        return self
