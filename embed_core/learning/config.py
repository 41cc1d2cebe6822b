"""The configuration of a training, held against its objective."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from pydantic import model_validator

from embed_core.errors import listed, quoted
from embed_core.learning.fields import Measure, Optimizer, Reading, Schedule, TrainingFields
from embed_core.learning.objectives.base import SPECIFIC
from embed_core.learning.objectives.registry import OBJECTIVES, register

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
    "restore_best": False,
    "prior_strength": 0.0,
    "category_dropout": 0.0,
    "aggregate": False,
}
"""The settings of the lesson that the project began with."""

LEAST_PATIENCE = 10


class TrainingSettings(TypedDict, total=False):
    """The settings of a `TrainingConfig` but for its column, as keywords that editors and type checkers know."""

    objective: str
    target: str | None
    target_kind: Reading
    exposure: str | None
    partner: str | None
    features: Sequence[str] | None
    context: Sequence[str] | None
    weight: str | None
    measure: Measure
    dimension: int
    epochs: int | Literal["auto"]
    batch_size: int | Literal["auto"]
    optimizer: Optimizer
    momentum: float
    learning_rate: float
    schedule: Schedule
    hidden: Sequence[int]
    dropout: float
    category_dropout: float
    min_frequency: int
    validation_share: float
    patience: int | Literal["auto"] | None
    restore_best: bool
    prior_strength: float | Literal["auto"]
    seed: int
    aggregate: bool
    max_rows: int


class TrainingConfig(TrainingFields):
    """Every setting of a training.

    What is not given is the objective's ``start``, or the default. A setting that asks for something which the
    objective does not do is refused.

    >>> TrainingConfig.checked(column="cut", target="price", dimension=0)
    Traceback (most recent call last):
    embed_core.errors.AtlasError: The setting "dimension" must be greater than or equal to 1; got "0". Leave it out \
for the default.

    Attributes:
        column: the categorical column to embed.
        objective: what to learn from, a key of ``OBJECTIVES``.
        target: the column to predict, or to keep as a distance.
        target_kind: ``"auto"`` tells two classes, several classes and a number apart; ``"log number"`` learns
            log(1 + number), ``"count"`` how many there are, such as claims or visits, by Poisson regression.
        exposure: of a count, the column that says over how much was counted, such as years or visitors: what is learned
            is how many there are per unit of it. None (default) takes each row as one.
        partner: a second column of the same kind of things: the pair of ``distance``; for ``entity``, one
            that shares the embedding.
        features: for ``entity``, the other columns; None takes all that are suitable.
        context: for ``context``, the columns to relate by; None takes all that are suitable.
        weight: a column that says how many rows each row stands for, or how much it weighs. Whole numbers are counts:
            all is as if each row were there so often. Others scale the loss of a row, in units of their mean, and
            what is split, resampled and counted is rows. None (default) counts each row once.
        measure: for ``distance``, what the number is: ``"distance"`` (equals it), ``"time"`` (a start
            plus a scale times it, both learned) or ``"similarity"`` (falls by it).
        dimension: numbers per category, 1 to 1,024.
        epochs: passes over the training part, 1 to 100,000. ``"auto"``, the start of ``context``: as many as make
            about nine thousand steps, between 100 and 600.
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
        patience: stop after so many epochs without a better validation loss; None trains all epochs. ``"auto"``
            (default) is a fifth of the epochs, at least 10, where the best weights are restored, and else None.
        restore_best: keep the weights of the best epoch (default), and not those of the last one. It takes rows for
            validation. A prior that is chosen does the work of stopping early: then the last ones are kept, unless
            ``patience`` is given as a number.
        prior_strength: a Gaussian prior on the vectors: the loss summed over the rows plus this times their
            squared lengths is what is made small. It weighs as much as so many rows, however many there are. The
            weights that the vectors meet first have the same prior, but for ``distance``, which has none: else either
            could grow in the other's place, and the map would depend on its random start; with ``entity``, directions
            that help little die. ``"auto"``, the default of ``target`` and ``context``, takes the one with the lowest
            loss on rows that are held out for that, and then learns from all rows to the end.
        seed: the same seed on the same machine gives the same numbers.
        aggregate: train on distinct rows with their counts; False keeps every row as it is.
        max_rows: more (distinct) rows than this are sampled, which the run says.
    """

    @model_validator(mode="before")
    @classmethod
    def _started(cls, settings: Any) -> Any:
        if isinstance(settings, Mapping) and str(settings.get("objective")) in OBJECTIVES:
            return dict(OBJECTIVES[str(settings["objective"])].start) | dict(settings)
        return settings

    @model_validator(mode="after")
    def _consistent(self) -> "TrainingConfig":
        objective = OBJECTIVES.get(self.objective)
        if objective is None:
            offered = (name for name, each in OBJECTIVES.items() if each.is_offered)
            raise ValueError(
                f"There is no objective {quoted(self.objective)}. Choose one of {listed(offered)}."
            )
        for need in objective.needs:
            if getattr(self, need) is None:
                raise ValueError(
                    f"The objective {quoted(self.objective)} needs a {need} column and none was chosen. "
                    f"Choose one, or another objective."
                )
        for name in _unused(vars(self)):
            others = [other.name for other in OBJECTIVES.values() if other.takes(name)]
            value = getattr(self, name)
            given = listed(value) if isinstance(value, tuple) else quoted(value)
            raise ValueError(
                f"The objective {quoted(self.objective)} does not use the setting {quoted(name)}; got {given}. "
                f"Leave it out, or choose an objective that does: {listed(others)}."
            )
        if self.exposure is not None and self.target_kind != "count":
            raise ValueError(
                f'The setting "exposure" goes with a count alone; got {quoted(self.exposure)} and target_kind '
                f'{quoted(self.target_kind)}. Leave it out, or set target_kind to "count".'
            )
        columns = objective.columns(self)
        used = (*(self.features or ()), *(self.context or ()))
        if taken := [each for each in (self.weight, self.exposure) if each in used]:
            raise ValueError(
                f"The column {quoted(taken[0])} says what each row weighs, so it cannot be learned from as well. "
                "Leave it out of the other columns, or choose another weight or exposure."
            )
        if len(set(columns)) < len(columns):
            raise ValueError(
                f"The columns of a training must differ, and these do not: {listed(columns)}. "
                "Choose another target, partner, weight or exposure."
            )
        if self.learning_rate > 1 and self.optimizer != "sgd":
            raise ValueError(
                f'The setting "learning_rate" must be at most 1 with {self.optimizer}, which moves every number by '
                f"about that much in a step; got {self.learning_rate:g}. Choose 0.2 or less."
            )
        if isinstance(self.patience, int) and self.validation_share == 0:
            raise ValueError(
                "Early stopping watches the validation loss, and the validation share is 0. "
                "Keep some rows for validation, or train all epochs."
            )
        return self

    @property
    def keeps_best(self) -> bool:
        """Whether the weights of the best epoch are the result, and not those of the last one."""
        can_learn_by_heart = self.prior_strength != "auto" or isinstance(self.patience, int)
        return self.restore_best and self.validation_share > 0 and can_learn_by_heart

    @property
    def stops_after(self) -> int | None:
        """After how many epochs without a better validation loss a training ends; None: never before its time."""
        if self.patience == "auto":
            return max(LEAST_PATIENCE, self.planned_epochs // 5) if self.keeps_best else None
        return self.patience

    def with_prior(self, strength: float) -> "TrainingConfig":
        """Return the settings with a prior that was chosen in place of ``"auto"``; others as they are."""
        if self.prior_strength != "auto":
            return self
        settled = {"patience": self.stops_after, "restore_best": self.keeps_best, "prior_strength": strength}
        return self.model_copy(update=settled)

    # An objective that a plug-in or a script has registered goes with its configurations to worker processes.

    def __getstate__(self) -> dict[Any, Any]:
        return {"fields": super().__getstate__(), "objective": OBJECTIVES[self.objective]}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        if state["objective"].name not in OBJECTIVES:
            register(state["objective"])
        super().__setstate__(state["fields"])


def as_stored(settings: Any) -> Any:
    """Return settings that were written to disk without those that their objective does not use.

    Earlier versions accepted them, and did nothing with them. What a setting that is newer did is what they did.
    """
    if not isinstance(settings, Mapping) or settings.get("objective") not in OBJECTIVES:
        return settings
    ignored = _unused(settings)
    # Until there was a setting of its own, the best weights were kept with patience, and only then.
    best = {"restore_best": settings.get("patience") is not None}
    return best | {name: value for name, value in settings.items() if name not in ignored}


def _unused(settings: Mapping[str, Any]) -> list[str]:
    """Name the settings that ask for what the objective does not do; a default, None, 0 or nothing asks for nothing."""
    objective, fields = OBJECTIVES[settings["objective"]], TrainingFields.model_fields
    return [
        name
        for name in SPECIFIC
        if not objective.takes(name) and settings.get(name) and settings[name] != fields[name].default
    ]
