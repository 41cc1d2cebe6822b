"""How large a model is and might be; imports no TensorFlow."""

from dataclasses import dataclass

import numpy as np

from embed_core.learning.config import TargetKind, TrainingConfig
from embed_core.types import Target, TrainingData, Vocabulary


@dataclass(frozen=True)
class ModelSpec:
    """The shape of a model; models of one shape share one compiled program.

    Attributes:
        objective: a key of ``OBJECTIVES``.
        tables: rows and dimension of each ``Embedding``; the first is the one that is looked at.
        inputs: for each categorical input, which of the tables it looks up.
        kind: what an output is: two classes, several, or a (standardised) number.
        outputs: units of each output layer: 1 unless ``kind`` is multi-class; several with ``context``.
        numbers: numeric inputs, indicators of missing ones included.
        log: whether the number learned is the logarithm of 1 + the target.
        hidden: units of each hidden layer.
        dropout: share of the embeddings' and hidden units' activations dropped in training.
        measure: what a ``distance`` is trained to equal: itself, a time or a similarity.
    """

    objective: str
    tables: tuple[tuple[int, int], ...]
    inputs: tuple[int, ...] = (0,)
    kind: TargetKind = "binary"
    outputs: tuple[int, ...] = (1,)
    numbers: int = 0
    log: bool = False
    hidden: tuple[int, ...] = ()
    dropout: float = 0.0
    measure: str = "distance"

    @property
    def reads_directly(self) -> bool:
        """Whether the output layer reads the vectors themselves, with nothing between."""
        return self.objective in ("target", "context")

    @property
    def parameters(self) -> int:
        """How many numbers the model learns."""
        return sum(layer.parameters for layer in layers(self))


def embedded(data: TrainingData) -> list[Vocabulary]:
    """Return the vocabularies in the order of the model's embeddings, each once."""
    return list({id(vocabulary): vocabulary for vocabulary in data.vocabularies.values()}.values())


def spec_of(data: TrainingData, config: TrainingConfig) -> ModelSpec:
    """Return the shape of the model that a configuration makes for counted data.

    The column's own embedding has ``dimension`` numbers; those of further columns at most half as many as
    they have categories, rounded up. With category dropout each has one more row: *(unknown)*, the last.
    """
    vocabularies = embedded(data)
    places = {id(vocabulary): place for place, vocabulary in enumerate(vocabularies)}
    unknown = int(has_unknown(config))
    tables = tuple(
        (
            len(known) + unknown,
            config.dimension if place == 0 else min(config.dimension, (len(known) + 1) // 2),
        )
        for place, known in enumerate(vocabularies)
    )
    inputs = tuple(places[id(vocabulary)] for vocabulary in data.vocabularies.values())
    if data.target is None:
        outputs = tuple(len(head.levels) for head in data.heads)
        return ModelSpec(config.objective, tables, inputs, "multiclass", outputs)
    units = len(data.target.classes) if data.target.kind == "multiclass" else 1
    deep = config.objective == "entity"
    return ModelSpec(
        config.objective,
        tables,
        inputs,
        data.target.kind,  # type: ignore[arg-type]
        (units,),
        numbers=len(data.features) + len(with_missing(data)),
        log=data.target.log,
        hidden=config.hidden if deep else (),
        dropout=config.dropout if deep else 0.0,
        measure=config.measure if config.objective == "distance" else "distance",
    )


def has_unknown(config: TrainingConfig) -> bool:
    """Whether there is an *(unknown)* row: not with ``distance``, where a stranger has no place."""
    return config.category_dropout > 0 and config.objective != "distance"


def with_missing(data: TrainingData) -> list[str]:
    """Name the numeric inputs of which some rows have no value; the model is told which."""
    return [name for name in data.features if np.isnan(data.rows.numbers[name]).any()]


@dataclass(frozen=True)
class Layer:
    """A layer as people see it: its name, its size in words, and how many numbers it learns."""

    name: str
    size: str
    parameters: int


def layers(spec: ModelSpec) -> list[Layer]:
    """Return the layers of a model as people see them, from the input on.

    >>> [(layer.name, layer.size, layer.parameters) for layer in layers(ModelSpec("target", ((5, 4),)))]
    [('Embedding', '5 × 4', 20), ('Flatten', '4', 0), ('Dense', '1 sigmoid', 5)]
    """
    shown = [Layer("Embedding", f"{rows:,} × {width}", rows * width) for rows, width in spec.tables]
    if len(shown) > 3:
        rest = shown[2:]
        shown = [
            *shown[:2],
            Layer("Embeddings", f"{len(rest)} more", sum(layer.parameters for layer in rest)),
        ]
    if spec.objective == "distance":
        shown.append(Layer("Distance", "euclidean", 0))
        return shown if spec.measure == "distance" else [*shown, Layer("Dense", "1 linear", 2)]
    width = sum(spec.tables[place][1] for place in spec.inputs)
    if spec.objective == "entity":
        if spec.numbers:
            shown.append(Layer("Numbers", f"{spec.numbers:,}", 0))
            width += spec.numbers
        shown.append(Layer("Concatenate", f"{width:,}", 0))
        for units in spec.hidden:
            shown.append(Layer("Dense", f"{units:,} relu", units * (width + 1)))
            width = units
    else:
        shown.append(Layer("Flatten", f"{width:,}", 0))
    activation = {"binary": "sigmoid", "multiclass": "softmax", "number": "linear"}[spec.kind]
    units = sum(spec.outputs)
    if len(spec.outputs) > 1:
        return [
            *shown,
            Layer("Dense", f"{len(spec.outputs)} heads, {units:,} {activation}", units * (width + 1)),
        ]
    return [*shown, Layer("Dense", f"{units:,} {activation}", units * (width + 1))]


@dataclass(frozen=True)
class Rule:
    """A rule of thumb for the dimension, and who says so."""

    dimension: int
    name: str
    source: str


def dimension_rules(categories: int) -> list[Rule]:
    """Return the rules of thumb for the dimension that the field uses, smallest first.

    >>> [(rule.name, rule.dimension) for rule in dimension_rules(229)]
    [('Fourth root', 4), ('fastai', 34), ('Half', 50)]
    """
    rules = [
        Rule(max(1, round(categories**0.25)), "Fourth root", "n^0.25, the TensorFlow team's blog (2017)"),
        Rule(min(600, round(1.6 * categories**0.56)), "fastai", "min(600, 1.6·n^0.56), fastai v1 and later"),
        Rule(min(50, (categories + 1) // 2), "Half", "min(50, n/2), fastai's first course (2018)"),
    ]
    return sorted(rules, key=lambda rule: rule.dimension)


def has_one_output(config: TrainingConfig, target: Target | None) -> bool:
    """Whether one number is predicted from the category alone: then all that is learned lies in one direction.

    >>> has_one_output(TrainingConfig(column="shop", target="late"), Target("late", "binary"))
    True
    """
    if config.objective != "target" or target is None:
        return False
    return directions(target.kind, len(target.classes), config.dimension) == 1


def usual_metric(objective: str, dimension: int) -> str:
    """Return by which distance neighbours are found unless another is asked for: ``cosine`` or ``euclidean``.

    Lengths count where distances themselves were learned, and where the vectors are drawn as they are.

    >>> usual_metric("target", 8), usual_metric("target", 2), usual_metric("distance", 8)
    ('cosine', 'euclidean', 'euclidean')
    """
    return "euclidean" if dimension <= 2 or objective == "distance" else "cosine"


def directions(kind: str, classes: int, dimension: int) -> int:
    """Return in how many directions the objective ``target`` can move the vectors.

    The gradient of a vector is a combination of the columns of the output weights: one for a single
    output, and one less than the classes for softmax, whose residuals sum to 0.

    >>> directions("binary", 2, 8), directions("multiclass", 4, 8), directions("multiclass", 30, 8)
    (1, 3, 8)
    """
    return min(dimension, classes - 1 if kind == "multiclass" else 1)
