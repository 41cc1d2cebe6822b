"""What is done with one batch: learning from it, and judging it."""

from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.rows import EpochConstants, OrderedRows
from embed_core.types import Floats


class Before(NamedTuple):
    """What an embedding was in the run that a training goes on from.

    Attributes:
        vectors: variable, (rows, dimension), to which each vector is drawn.
        moves: variable, (rows, 1): 1, or 0 for a row that is held there.
    """

    vectors: Any
    moves: Any

    @classmethod
    def of(cls, table: Any) -> "Before":
        """Return nothing, of the size of an embedding."""
        shapes = (table.shape, (table.shape[0], 1))
        return cls(*(tf.Variable(np.zeros(shape, np.float32), trainable=False) for shape in shapes))

    def put(self, values: Floats, *, is_held: npt.NDArray[np.bool_]) -> None:
        """Set it to vectors, NaN where there was none, of which some are held."""
        vectors, moves = np.zeros(self.vectors.shape, np.float32), np.ones(self.moves.shape, np.float32)
        vectors[: len(values)] = np.nan_to_num(values)
        moves[: len(values)] -= is_held[:, None]
        self.vectors.assign(vectors)
        self.moves.assign(moves)

    def held(self, gradient: Any) -> Any:
        """Return the gradient of the embedding without that of the rows that are held."""
        if isinstance(gradient, tf.IndexedSlices):
            values = gradient.values * tf.gather(self.moves, gradient.indices)
            return tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)
        return gradient * self.moves


class Arithmetic:
    """The operations on a batch, to be traced into a compiled loop.

    Args:
        spec: the model's shape.
        network: what the model was built by.
        model: the model.
        optimizer: Keras' own.
        tables: the variables of its embeddings.
        before: of each what it was in the run that this one goes on from; none where there is no such run.
        batch_size: rows that are learned from at a time.
        prior: whether vectors are held near 0.
    """

    def __init__(
        self,
        spec: ModelSpec,
        network: Network,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        tables: list[Any],
        before: list[Before],
        *,
        batch_size: int,
        prior: bool,
    ) -> None:
        self.spec = spec
        self.network = network
        self.model = model
        self.optimizer = optimizer
        self.tables = tables
        self.before = before
        self.batch_size = batch_size
        self.prior = prior

    def learn(self, step: Any, first: Any, rows: OrderedRows, constants: EpochConstants, press: Any) -> Any:
        """Learn from a batch, whose rows begin at ``first``; return the sums of loss, metric and weight.

        The surplus axes of an embedding have a penalty of ``press``.
        """
        variables = self.model.trainable_variables
        inputs, truth, weights, counts = _batch(rows, constants, first, self.batch_size)
        judged = self.network.loss_and_metric(self.spec, weights=constants.heads, unit=constants.unit)
        with tf.GradientTape() as tape:
            predicted, surplus = self._predict(inputs, training=True)
            losses = judged.loss(truth, predicted)
            objective = tf.reduce_sum(weights * losses)
            if self.prior or self.before:
                strengths = _cut(rows.prior, first, self.batch_size)
                objective += tf.reduce_sum(weights * self._penalties(inputs, strengths))
            if surplus is not None:
                objective += press * tf.reduce_sum(weights * surplus)
            objective /= tf.cast(tf.minimum(self.batch_size, rows.rows - step * self.batch_size), tf.float32)
        gradients = tape.gradient(objective, variables)
        # The embeddings are the first of the variables.
        held = [before.held(gradient) for before, gradient in zip(self.before, gradients, strict=False)]
        gradients = [*held, *gradients[len(held) :]]
        self.optimizer.apply(gradients, variables)
        return _sums(losses, judged.metric(truth, predicted), counts)

    def judge(self, first: Any, batch: int, rows: OrderedRows, constants: EpochConstants) -> Any:
        """Return the sums of loss, metric and weight of a batch."""
        inputs, truth, _, counts = _batch(rows, constants, first, batch)
        predicted, _ = self._predict(inputs, training=False)
        judged = self.network.loss_and_metric(self.spec, weights=constants.heads, unit=constants.unit)
        return _sums(judged.loss(truth, predicted), judged.metric(truth, predicted), counts)

    def _predict(self, inputs: list[Any], *, training: bool) -> tuple[Any, Any]:
        """Return what is predicted, and how long each row is on surplus axes; None where there are none."""
        found = self.model(inputs if len(inputs) > 1 else inputs[0], training=training)
        return (found[:, :-1], found[:, -1]) if self.spec.surplus else (found, None)

    def _penalties(self, inputs: list[Any], strengths: Any) -> Any:
        """Return what the prior, and what there was before, adds to the loss of each row."""
        looked_up = [
            (place, codes[:, 0])
            for place, codes in zip(self.spec.inputs, inputs, strict=False)  # numbers come last
        ]
        vectors, squares = [tf.gather(self.tables[place], codes) for place, codes in looked_up], []
        if self.prior:
            squares += [tf.reduce_sum(tf.square(each), axis=-1) for each in vectors]
            if OBJECTIVES[self.spec.objective].weighs_vectors:
                # Its first rows: the others weigh the numbers.
                kernel = self.model.trainable_variables[len(self.tables)]
                width = sum(self.spec.tables[place][1] for place in self.spec.inputs)
                squares.append(tf.reduce_sum(tf.square(kernel[:width])))
        if self.before:
            # Of a logarithm, not of the square: who truly moved is let go, and stands where the rows say.
            then = [tf.gather(self.before[place].vectors, codes) for place, codes in looked_up]
            squares += [
                tf.math.log1p(tf.reduce_sum(tf.square(now - before), axis=-1))
                for now, before in zip(vectors, then, strict=True)
            ]
        return sum(strengths[:, i] * square for i, square in enumerate(squares))


def _sums(losses: Any, metric: Any, counts: Any) -> Any:
    totals = tf.reduce_sum(tf.stack([counts * losses, counts * metric, counts]), axis=1)
    return tf.cast(totals, tf.float64)


def _batch(
    rows: OrderedRows, constants: EpochConstants, start: Any, size: int
) -> tuple[list[Any], Any, Any, Any]:
    inputs = [_column(_cut(part, start, size)) for part in rows.inputs]
    truth = _column(_cut(rows.truth, start, size))
    if constants.shares.shape[0]:
        truth = tf.gather(constants.shares, truth[:, 0])
    return inputs, truth, _cut(rows.weights, start, size), _cut(rows.counts, start, size)


def _column(values: Any) -> Any:
    return values[:, None] if len(values.shape) == 1 else values


def _cut(values: Any, start: Any, size: int) -> Any:
    rest = values.shape[1:]
    return tf.slice(values, [start, *(0 for _ in rest)], [size, *rest])
