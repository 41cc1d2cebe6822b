"""What the networks of all objectives share: their embeddings, outputs, losses and metrics."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np
import numpy.typing as npt

from embed_core.learning.batches import padded_octave
from embed_core.learning.model_spec import ModelSpec

# Of an embedding: what fills these up is not felt.
FEW_ROWS = 1_024


class LossAndMetric:
    """Losses and metrics of the rows of a batch, as Keras computes them.

    Args:
        spec: the model's shape.
        weights: of the outputs in the loss, (outputs,).
        unit: offset and scale of a number, (2,).
    """

    def __init__(self, spec: ModelSpec, *, weights: Any, unit: Any) -> None:
        self.spec = spec
        self.weights = weights
        self.unit = unit

    def loss(self, truth: Any, predicted: Any) -> Any:
        """Return the loss of each row, (batch,).

        Args:
            truth: classes or numbers, (batch, outputs).
            predicted: (batch, units).
        """
        if self.spec.kind == "binary":
            return keras.losses.binary_crossentropy(truth, predicted)
        if self.spec.kind == "multiclass":
            return keras.losses.sparse_categorical_crossentropy(truth, predicted)
        if self.spec.count:
            return keras.losses.poisson(truth, predicted)
        return keras.losses.mean_squared_error(truth, predicted)

    def metric(self, truth: Any, predicted: Any) -> Any:
        """Return whether it is right, or the absolute error in the target's unit, (batch,)."""
        if self.spec.kind == "binary":
            return keras.ops.reshape(keras.metrics.binary_accuracy(truth, predicted), (-1,))
        if self.spec.kind == "multiclass":
            return keras.metrics.sparse_categorical_accuracy(truth, predicted)
        if not self.spec.log:
            return self.unit[1] * keras.losses.mean_absolute_error(truth, predicted)
        back = (keras.ops.expm1(self.unit[0] + self.unit[1] * value) for value in (truth, predicted))
        return keras.losses.mean_absolute_error(*back)


class Network(ABC):
    """The half of an objective that needs TensorFlow.

    Attributes:
        loss_and_metric: what is made small, and what is reported beside it.
    """

    loss_and_metric: ClassVar[type[LossAndMetric]] = LossAndMetric

    @abstractmethod
    def build(self, spec: ModelSpec, *, seed: int, to_train: bool = False) -> keras.Model:
        """Return a new Keras model of this shape with its seeded start.

        Its embeddings are made by `embedding`, and are the first of its variables.

        Args:
            spec: the shape.
            seed: of the start.
            to_train: a twin that compiles well in place of the model that is exported.
        """

    def start(self, spec: ModelSpec, *, seed: int) -> list[Any]:
        """Return the seeded start of the variables of the twin that is trained, in their order.

        The same as those of a new model, which takes tens of milliseconds to build: a network whose variables are
        few says them by itself.
        """
        return [variable.value for variable in self.build(spec, seed=seed, to_train=True).variables]

    def exported_weights(self, spec: ModelSpec, trained: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Return the weights of the twin that was trained in the order of the model that is exported."""
        return trained

    def padded(self, spec: ModelSpec) -> ModelSpec:
        """Return the shape that is compiled, one of few: tables of about the same size then share a program.

        Rows of an embedding that no example looks up change nothing for the others.
        """
        tables = tuple((padded_octave(rows, felt=FEW_ROWS), dimension) for rows, dimension in spec.tables)
        return dataclasses.replace(spec, tables=tables)

    def filled(self, spec: ModelSpec, start: Sequence[Any]) -> list[Any]:
        """Return the variables of a twin of the padded shape: those of the shape itself, filled up."""
        rows = [rows for rows, _ in self.padded(spec).tables]
        own = [keras.ops.convert_to_numpy(table) for table in start[: len(rows)]]
        tables = [np.pad(table, ((0, n - len(table)), (0, 0))) for n, table in zip(rows, own, strict=True)]
        return [*tables, *start[len(rows) :]]

    def cut(self, spec: ModelSpec, trained: Sequence[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Return the weights of a twin of the padded shape without what fills them up."""
        tables = [table[:rows] for (rows, _), table in zip(spec.tables, trained, strict=False)]
        return [*tables, *trained[len(tables) :]]


def vectors(model: keras.Model, place: int = 0) -> npt.NDArray[np.float32]:
    """Return the weights of one of the embeddings, float32 (rows, dimension)."""
    return np.array(model.get_layer(embedding_name(place)).get_weights()[0])


def embedding_name(place: int) -> str:
    """Return the name of the layer of an embedding."""
    return f"embedding_{place}" if place else "embedding"


def embedding(spec: ModelSpec, place: int, seed: int) -> keras.layers.Embedding:
    """Return one of the model's embeddings, with its seeded start."""
    rows, dimension = spec.tables[place]
    return keras.layers.Embedding(
        rows,
        dimension,
        embeddings_initializer=_table_initializer(place, seed),
        name=embedding_name(place),
    )


def output(spec: ModelSpec, place: int, seed: int) -> keras.layers.Dense:
    """Return one of the model's output layers, with its seeded start."""
    return keras.layers.Dense(
        spec.outputs[place],
        activation=spec.activation,
        kernel_initializer=_kernel_initializer(place, seed),
        name=f"head_{place}" if len(spec.outputs) > 1 else None,
    )


def table_start(spec: ModelSpec, place: int, seed: int) -> Any:
    """Return the seeded start of one of the embeddings."""
    return _table_initializer(place, seed)(spec.tables[place])


def output_start(spec: ModelSpec, place: int, seed: int, *, width: int | None = None) -> tuple[Any, Any]:
    """Return the seeded start of kernel and bias of an output layer that reads so many numbers: else a vector."""
    units, width = spec.outputs[place], width or spec.tables[0][1]
    return _kernel_initializer(place, seed)((width, units)), np.zeros(units, np.float32)


def _table_initializer(place: int, seed: int) -> keras.initializers.Initializer:
    # Keras' own start, seeded.
    return keras.initializers.RandomUniform(-0.05, 0.05, seed=seed + 10_000 * place)


def _kernel_initializer(place: int, seed: int) -> keras.initializers.Initializer:
    return keras.initializers.GlorotUniform(seed=seed + 1 + place)
