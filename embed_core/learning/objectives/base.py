"""What every objective answers for itself."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from embed_core.learning.baseline import baseline
from embed_core.learning.examples import Examples
from embed_core.learning.fields import TargetKind, TrainingFields
from embed_core.learning.layer_list import Layer
from embed_core.learning.model_spec import ModelSpec, embedded, with_missing
from embed_core.types import Target, TrainingData

if TYPE_CHECKING:
    from embed_core.learning.networks.base import Network

SPECIFIC = (
    *("target", "target_kind", "exposure", "partner", "features", "context", "measure"),
    *("hidden", "dropout", "category_dropout"),
)
"""The settings that not every objective uses; all use the others."""

_DRAWN_AS_THEY_ARE = 2


@dataclass(frozen=True)
class RowsToCount:
    """Distinct rows of some columns and a target, see `embed_core.tables.counting.rows.count_training_data`.

    Attributes:
        inputs: categorical columns that share one vocabulary.
        target: the column to predict.
        others: more inputs; None takes all that are suitable.
        centered: whether a number is measured from its mean (otherwise from 0).
        allow_negative: whether a number may be below 0.
        paired: whether all rows of a pair of categories are learned from, or all are judged on.
    """

    inputs: tuple[str, ...]
    target: str
    others: tuple[str, ...] | None = ()
    centered: bool = True
    allow_negative: bool = True
    paired: bool = False


@dataclass(frozen=True)
class ContextToCount:
    """How often categories go with the levels of other columns, see `embed_core.tables.counting.context`.

    Attributes:
        column: the categorical column.
        columns: the other columns; None takes all that are suitable.
    """

    column: str
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Shown:
    """What a summary is made of, as it is shown to people: columns and phrases, or "" where there is none.

    Attributes:
        target: the column to predict.
        meaning: how the target is read, such as "a number".
        partner: the second column.
        others: the other columns, such as "3 other columns".
    """

    target: str = ""
    meaning: str = ""
    partner: str = ""
    others: str = ""


class Objective(ABC):
    """What an embedding learns from: its words, what it takes, counts and builds.

    Its half that needs TensorFlow is a file of the same name in ``learning/networks``.

    Attributes:
        name: the value of ``objective=``.
        question: what a person asks who chooses it; its title where it has none.
        title: its name on screen.
        sentence: what it does.
        limit: what it cannot show.
        needs: which settings must be given, of ``target`` and ``partner``.
        uses: which of the settings in `SPECIFIC` have a meaning with it.
        target_kinds: the kinds of target that it can learn from.
        target_title: what its target is called on screen.
        start: settings that suit it better than the defaults, and are its defaults.
        is_offered: whether a training can be begun with it.
        reads_directly: whether the output layer reads the vectors themselves, with nothing between.
        keras_lines: its model in plain Keras, for `embed_core.exporting.keras_code`, which says what stands above these
            lines; "" where there are none.
    """

    name: ClassVar[str]
    question: ClassVar[str] = ""
    title: ClassVar[str]
    sentence: ClassVar[str]
    limit: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    uses: ClassVar[tuple[str, ...]] = ()
    target_kinds: ClassVar[tuple[TargetKind, ...]] = ()
    target_title: ClassVar[str] = "Target to predict"
    start: ClassVar[Mapping[str, Any]] = {}
    is_offered: ClassVar[bool] = True
    reads_directly: ClassVar[bool] = False
    keras_lines: ClassVar[str] = ""

    # What it takes, and what it calls it

    @property
    def weighs_vectors(self) -> bool:
        """Whether vectors meet weights, of the output or of a hidden layer: a prior then holds these, too."""
        return self.reads_directly or self.takes("hidden")

    def takes(self, setting: str) -> bool:
        """Whether a setting has a meaning with it."""
        return setting not in SPECIFIC or setting in self.uses

    def inputs(self, config: TrainingFields) -> tuple[str, ...]:
        """Return the categorical columns that share the embedding that is looked at."""
        return tuple(filter(None, (config.column, config.partner if self.takes("partner") else None)))

    def columns(self, config: TrainingFields) -> tuple[str, ...]:
        """Return the columns that must differ from one another."""
        target = config.target if "target" in self.needs else None
        return (*self.inputs(config), *filter(None, (target, config.weight, config.exposure)))

    def source(self, config: TrainingFields) -> str:
        """Return what the vectors are learned by, for the name of a run."""
        return f"by {config.target}"

    def placed(self, config: TrainingFields) -> str:
        """Return what places the categories on their map, for its heading."""
        return self.source(config)

    def summary(self, shown: Shown) -> str:
        """Return what the vectors are learned from, as the end of a sentence."""
        meaning = f" ({shown.meaning})" if shown.meaning else ""
        others = " and ".join(filter(None, (shown.partner, shown.others)))
        return f"learned from {shown.target}{meaning}" + (f" with {others}" if others else "")

    def loss_unit(self, config: TrainingFields) -> str:
        """Return what its loss is measured in, in words; "" where there is nothing to say."""
        if config.target_kind == "count":
            return "Poisson loss, scaled"
        is_number = self.target_kinds == ("number",) or config.target_kind in ("number", "log number")
        return "mean squared error, scaled" if is_number else ""

    # What is counted, and what the model is

    @abstractmethod
    def counting(self, config: TrainingFields) -> RowsToCount | ContextToCount:
        """Say what is counted of the table; ``training/prepare`` counts it."""

    def learns_categories(self, config: TrainingFields) -> bool:
        """Whether an example is a category with all its counts, and not a row."""
        return config.aggregate and isinstance(self.counting(config), ContextToCount)

    def has_unknown(self, config: TrainingFields) -> bool:
        """Whether there is an *(unknown)* row, the last of each embedding."""
        return self.takes("category_dropout") and config.category_dropout > 0

    def spec(self, data: TrainingData, config: TrainingFields) -> ModelSpec:
        """Return the shape of the model that a configuration makes for counted data.

        The column's own embedding has ``dimension`` numbers; those of further columns at most half as many as
        they have categories, rounded up. With category dropout each has one more row: *(unknown)*, the last.
        """
        vocabularies = embedded(data)
        places = {id(vocabulary): place for place, vocabulary in enumerate(vocabularies)}
        unknown = int(self.has_unknown(config))
        tables = tuple(
            (
                len(vocabulary) + unknown,
                config.dimension if place == 0 else min(config.dimension, (len(vocabulary) + 1) // 2),
            )
            for place, vocabulary in enumerate(vocabularies)
        )
        inputs = tuple(places[id(vocabulary)] for vocabulary in data.vocabularies.values())
        if data.target is None:
            outputs = tuple(len(head.levels) for head in data.heads)
            return ModelSpec(self.name, tables, inputs, "multiclass", outputs)
        units = len(data.target.classes) if data.target.kind == "multiclass" else 1
        return ModelSpec(
            self.name,
            tables,
            inputs,
            data.target.kind,  # type: ignore[arg-type]
            (units,),
            numbers=len(data.features) + len(with_missing(data)),
            log=data.target.log,
            count=data.target.count,
            hidden=config.hidden if self.takes("hidden") else (),
            dropout=config.dropout if self.takes("dropout") else 0.0,
            measure=config.measure if self.takes("measure") else "distance",
        )

    @abstractmethod
    def layers(self, spec: ModelSpec) -> list[Layer]:
        """Return the layers of a model as people see them, from the input on."""

    @abstractmethod
    def network(self) -> "Network":
        """Return the half that needs TensorFlow; imports it only now."""

    # What it can be held against

    def baseline(
        self,
        training: Examples,
        judged: Examples,
        spec: ModelSpec,
        unit: tuple[float, float] = (0.0, 1.0),
    ) -> dict[str, float]:
        """Return the loss and the metric of knowing nothing, see `embed_core.learning.baseline.baseline`."""
        return baseline(training, judged, spec, unit)

    def directions(self, kind: str, classes: int, dimension: int) -> int | None:
        """Return in how many directions the vectors can move; None when nothing but the dimension limits it."""
        return None

    def has_one_output(self, target: Target | None, dimension: int) -> bool:
        """Whether one number is predicted from the category alone: then all that is learned lies in one direction."""
        return target is not None and self.directions(target.kind, len(target.classes), dimension) == 1

    def is_placed_by_distances(self) -> bool:
        """Whether distances to others place a category, so that too few of them leave its place open."""
        return False

    def metric(self, dimension: int, target: Target | None = None) -> str:
        """Return by which distance neighbors are found unless another is asked for: ``cosine`` or ``euclidean``.

        Lengths count where the vectors are drawn as they are, where they lie along a line or in a plane (of one
        direction an angle tells the side alone), and where distances themselves were learned.
        """
        moves = None if target is None else self.directions(target.kind, len(target.classes), dimension)
        return "euclidean" if min(dimension, moves or dimension) <= _DRAWN_AS_THEY_ARE else "cosine"

    def has_unit(self, config: TrainingFields) -> bool:
        """Whether euclidean distances between vectors are those of the target, but for its scale."""
        return False
