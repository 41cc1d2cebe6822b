"""The shape of a model."""

from dataclasses import dataclass

import numpy as np

from embed_core.learning.fields import TargetKind
from embed_core.types import TrainingData, Vocabulary

_ACTIVATIONS = {"binary": "sigmoid", "multiclass": "softmax", "number": "linear"}


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
        count: whether the number is the rate of a count: its logarithm is what the output layer adds up.
        hidden: units of each hidden layer.
        dropout: share of the embeddings' and hidden units' activations dropped in training.
        surplus: axes that the first embedding has beyond its dimension while it is trained, see
            `embed_core.learning.unfolding`.
        measure: what a ``distance`` is trained to equal: itself, a time or a similarity.
    """

    objective: str
    tables: tuple[tuple[int, int], ...]
    inputs: tuple[int, ...] = (0,)
    kind: TargetKind = "binary"
    outputs: tuple[int, ...] = (1,)
    numbers: int = 0
    log: bool = False
    count: bool = False
    hidden: tuple[int, ...] = ()
    dropout: float = 0.0
    measure: str = "distance"
    surplus: int = 0

    @property
    def activation(self) -> str:
        """The activation of the output layers, as Keras calls it."""
        return "exponential" if self.count else _ACTIVATIONS[self.kind]


def embedded(data: TrainingData) -> list[Vocabulary]:
    """Return the vocabularies in the order of the model's embeddings, each once."""
    return list({id(vocabulary): vocabulary for vocabulary in data.vocabularies.values()}.values())


def with_missing(data: TrainingData) -> list[str]:
    """Name the numeric inputs of which some rows have no value: an input of the model says which."""
    return [name for name in data.features if np.isnan(data.rows.numbers[name]).any()]
