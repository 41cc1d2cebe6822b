"""The settings of a comparison of encoders."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypedDict

from pydantic import Field, model_validator

from embed_core.comparing.encoders.downstream_models import MODELS
from embed_core.comparing.encoders.registry import ENCODERS
from embed_core.errors import listed, quoted
from embed_core.settings import Settings

Split = Literal["random", "grouped", "ordered"]
_ADDED = ("encoders", "models", "repeats")


class ComparisonSettings(TypedDict, total=False):
    """The settings of a `ComparisonConfig` but for its columns and target, as keywords for editors and checkers."""

    target_kind: Literal["auto", "binary", "multiclass", "number"]
    features: Sequence[str] | None
    encoders: Sequence[str]
    models: Sequence[str]
    folds: int
    repeats: int
    split: Split
    group: str | None
    order: str | None
    dimension: int
    epochs: int | None
    min_frequency: int
    max_rows: int
    seed: int


class ComparisonConfig(Settings):
    """Every setting of a comparison of encoders.

    Attributes:
        columns: the categorical columns whose encoding is compared; they are encoded alike.
        target: the column to predict. Rows in which it is missing are left out.
        target_kind: ``"auto"`` tells two classes, several classes and a number apart.
        features: the other columns that the models get; None takes all that are suitable, an empty tuple none.
        encoders: keys of ``ENCODERS``; all of them by default. Those that cannot be used say why.
        models: keys of ``MODELS``; all of them by default.
        folds: parts of a cross-validation, 2 to 50.
        repeats: how often it is repeated with other parts, 1 to 100.
        split: ``"random"`` (stratified for classes), ``"grouped"`` (all rows of a group fall into one part) or
            ``"ordered"`` (what is tested on comes after what is learned from; not repeated).
        group: for ``grouped``, the column that names the group. It is no feature unless it is asked for.
        order: for ``ordered``, the column of numbers or times. It is no feature unless it is asked for.
        dimension: numbers per category of the embeddings, and components of one-hot + PCA, 1 to 1,024.
        epochs: passes of the embeddings that learn from the target; None (default) as `CategoryEmbedder` has it.
        min_frequency: categories with fewer rows in the training part are pooled, where the encoder can.
        max_rows: of more rows than this so many are drawn at random.
        seed: the same seed on the same machine gives the same scores.
    """

    columns: tuple[str, ...] = Field(min_length=1)
    target: str
    target_kind: Literal["auto", "binary", "multiclass", "number"] = "auto"
    features: tuple[str, ...] | None = None
    encoders: tuple[str, ...] = Field(tuple(ENCODERS), min_length=1)
    models: tuple[str, ...] = Field(tuple(MODELS), min_length=1)
    folds: int = Field(5, ge=2, le=50)
    repeats: int = Field(2, ge=1, le=100)
    split: Split = "random"
    group: str | None = None
    order: str | None = None
    dimension: int = Field(8, ge=1, le=1024)
    epochs: Annotated[int, Field(ge=1, le=100_000)] | None = None
    min_frequency: int = Field(1, ge=1)
    max_rows: int = Field(20_000, ge=10)
    seed: int = Field(0, ge=0, lt=2**31)

    @property
    def reusable(self) -> dict[str, Any]:
        """The settings that a score depends on: more encoders, models or repeats leave those that are there."""
        return self.model_dump(mode="json", exclude=set(_ADDED))

    @model_validator(mode="after")
    def _consistent(self) -> "ComparisonConfig":
        for what, chosen, known in (("encoder", self.encoders, ENCODERS), ("model", self.models, MODELS)):
            strange = [name for name in chosen if name not in known]
            if strange:
                raise ValueError(f"There is no {what} {quoted(strange[0])}. Choose among {listed(known)}.")
            if len(set(chosen)) < len(chosen):
                raise ValueError(
                    f"Each {what} can be compared once; got {listed(chosen)}. Leave out the second."
                )
        for split, column, name in (("grouped", self.group, "group"), ("ordered", self.order, "order")):
            if (self.split == split) != (column is not None):
                raise ValueError(
                    f'A split that is "{split}" and the setting "{name}", a column, go together; got the split '
                    f'"{self.split}" and {quoted(column)}. Give both or neither.'
                )
        if len(set(self.columns)) < len(self.columns) or self.target in self.columns:
            columns = (*self.columns, self.target)
            raise ValueError(
                f"The columns and the target must differ, and these do not: {listed(columns)}. Choose others."
            )
        if self.target in (self.group, self.order):
            raise ValueError(
                f"The target {quoted(self.target)} cannot split the rows as well. Choose another column for that."
            )
        return self
