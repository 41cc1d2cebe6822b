"""The compiled program of a model: whole epochs in one XLA call, and the arrays that it visits.

``fit`` spends its time between the steps. Here a loop over the steps is compiled together with
the model's and the optimizer's own arithmetic, so a step costs what its arithmetic costs. The
embedding's gradient stays sparse (``IndexedSlices``), as in ``fit``: the optimizers then touch
the same rows, and losses and weights agree.
"""

import functools
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from embed_core.learning.batches import padded_size
from embed_core.learning.examples import Examples
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import embedding_name
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.training_state import Arrays, Sums

CHUNK_SECONDS = 0.05


class BatchOrder(NamedTuple):
    """The rows of an epoch in the order in which they are visited, filled up to whole batches.

    Rows that fill up repeat the last one at weight 0: no other row of an embedding is touched.
    """

    rows: Any
    inputs: tuple[Any, ...]
    truth: Any
    weights: Any
    counts: Any
    prior: Any


class EpochConstants(NamedTuple):
    """What stays the same over the epochs: shares of the levels, weights of the heads, the target's unit."""

    shares: Any
    heads: Any
    unit: Any


class Rows:
    """Examples, ready to be put into the order of an epoch."""

    def __init__(self, examples: Examples, batch: int, *, spec: ModelSpec, prior: float = 0.0) -> None:
        self.rows = len(examples)
        self._filled = max(batch, -(-padded_size(self.rows) // batch) * batch)
        numbers = () if examples.numbers is None else (examples.numbers,)
        self._inputs = (*(codes[:, None] for codes in examples.inputs), *numbers)
        self._truth = np.stack(examples.truth, axis=1)
        # Batches are drawn from distinct rows, so weights are scaled to a mean of 1: the gradient
        # of a batch is then an unbiased estimate of the gradient over all rows of the table.
        self._weights, self._counts = (
            (values / max(values.mean(), 1e-30)).astype(np.float32)
            for values in (examples.weights, examples.reported)
        )
        self._prior = _prior_per_row(examples, spec, prior)
        self._one_each = self._filled_up(np.ones(self.rows, np.float32))

    def ordered(self, order: npt.NDArray[np.int32]) -> BatchOrder:
        """Return the rows in this order, as tensors."""
        full = np.concatenate([order, np.full(self._filled - self.rows, order[-1], np.int32)])

        def take(values: npt.NDArray[Any]) -> Any:
            return tf.constant(_taken(values, full))

        def weigh(values: npt.NDArray[np.float32]) -> Any:
            return self._one_each if (values == 1).all() else self._filled_up(_taken(values, order))

        return BatchOrder(
            tf.constant(self.rows),
            tuple(map(take, self._inputs)),
            take(self._truth),
            weigh(self._weights),
            weigh(self._counts),
            take(self._prior),
        )

    def _filled_up(self, weights: npt.NDArray[np.float32]) -> Any:
        return tf.constant(np.concatenate([weights, np.zeros(self._filled - self.rows, np.float32)]))


def _taken(values: npt.NDArray[Any], order: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
    """Return ``values[order]``; a million at a time, as the interpreter stands still meanwhile."""
    found = np.empty((len(order), *values.shape[1:]), values.dtype)
    for first in range(0, len(order), 1_000_000):
        part = slice(first, first + 1_000_000)
        found[part] = values[order[part]]
    return found


def stacked_shares(examples: Examples) -> Any:
    """Return the shares of the levels of all heads side by side, (n, levels); empty without them."""
    return tf.constant(
        np.concatenate(examples.shares, axis=1) if examples.shares else np.zeros((0, 0), np.float32)
    )


def _prior_per_row(examples: Examples, spec: ModelSpec, strength: float) -> npt.NDArray[np.float32]:
    """Spread ``strength`` · ‖v‖² of each category over its own rows, so that the gradient stays sparse.

    The last column spreads that of the output weights over all rows, where vectors meet them without anything
    between: there either could grow in the other's place.
    """
    if not strength:
        return np.zeros((len(examples), 0), np.float32)
    seen = [np.zeros(rows) for rows, _ in spec.tables]
    for place, codes in zip(spec.inputs, examples.inputs, strict=True):
        seen[place] += np.bincount(codes, examples.weights, minlength=len(seen[place]))
    columns = [
        strength / np.maximum(seen[place][codes], 1e-30)
        for place, codes in zip(spec.inputs, examples.inputs, strict=True)
    ]
    if OBJECTIVES[spec.objective].reads_directly:
        columns.append(np.full(len(examples), strength / max(examples.weights.sum(), 1e-30)))
    return np.stack(columns, axis=1).astype(np.float32)


@functools.lru_cache(maxsize=16)
def program(spec: ModelSpec, batch_size: int, optimizer: str, *, momentum: float, prior: bool) -> "Program":
    """Return the program of this shape, a new one or the one that is there already."""
    return Program(spec, batch_size, optimizer, momentum=momentum, prior=prior)


class Program:
    """A model, its optimizer and their compiled loops; kept for later trainings of the same shape."""

    def __init__(
        self, spec: ModelSpec, batch_size: int, optimizer: str, *, momentum: float, prior: bool
    ) -> None:
        self.spec = spec
        self.batch_size = batch_size
        self.prior = prior
        self.network = OBJECTIVES[spec.objective].network()
        self.model = self.network.build(spec, seed=0, to_train=True)
        settings = {"momentum": momentum} if momentum else {}
        self.optimizer = keras.optimizers.get({"class_name": optimizer, "config": settings})
        self.optimizer.build(self.model.trainable_variables)
        self._training_pace, self._evaluation_pace = _Pace(), _Pace()
        # Autograph would rewrite all of Keras' optimizer, which takes longer than the compilation.
        self._run_steps = tf.function(self._steps, jit_compile=True, autograph=False)
        self._run_evaluation = tf.function(self._evaluation, jit_compile=True, autograph=False)

    def start(self, seed: int, learning_rate: float) -> None:
        """Put model and optimizer back to their seeded start."""
        fresh = self.network.build(self.spec, seed=seed, to_train=True)
        for variable, start in zip(self.model.variables, fresh.variables, strict=True):
            variable.assign(start)
        for variable in self.optimizer.variables:
            variable.assign(keras.ops.zeros_like(variable))
        self.optimizer.learning_rate.assign(learning_rate)

    def variables(self) -> tuple[Arrays, Arrays]:
        """Return copies of the variables of the model and of the optimizer."""
        model = [np.array(keras.ops.convert_to_numpy(variable)) for variable in self.model.variables]
        return model, [
            np.array(keras.ops.convert_to_numpy(variable)) for variable in self.optimizer.variables
        ]

    def put_back(self, model: Arrays, optimizer: Arrays) -> None:
        """Set the variables of the model and of the optimizer, as `variables` returned them."""
        for variable, value in zip(self.model.variables, model, strict=True):
            variable.assign(value)
        for variable, value in zip(self.optimizer.variables, optimizer, strict=True):
            variable.assign(value)

    def train(
        self, order: BatchOrder, constants: EpochConstants, *, steps: int = 0, sums: Sums | None = None
    ) -> Iterator[tuple[int, Sums]]:
        """Run one epoch, or the rest of one.

        Args:
            order: of the rows.
            constants: of all epochs.
            steps: how many of the epoch's were done before.
            sums: of those steps.

        Yields:
            after each chunk: the steps done, and their (loss, metric, weight) sums.
        """
        total = tf.zeros(3, tf.float64) if sums is None else tf.constant(sums)
        for first, last, done in self._training_pace.chunks(-(-int(order.rows) // self.batch_size), steps):
            total = self._run_steps(tf.constant(first), tf.constant(last), order, constants, total)
            found = total.numpy()
            done()
            yield last, found

    def evaluate(self, order: BatchOrder, constants: EpochConstants, batch: int) -> Iterator[Sums]:
        """Yield the (loss, metric, weight) sums so far after each chunk of batches."""
        sums = tf.zeros(3, tf.float64)
        for first, last, done in self._evaluation_pace.chunks(-(-int(order.rows) // batch)):
            sums = self._run_evaluation(batch, tf.constant(first), tf.constant(last), order, constants, sums)
            found = sums.numpy()
            done()
            yield found

    def _predict(self, inputs: list[Any], *, training: bool) -> Any:
        return self.model(inputs if len(inputs) > 1 else inputs[0], training=training)

    def _steps(self, first: Any, last: Any, order: BatchOrder, constants: EpochConstants, sums: Any) -> Any:
        variables = self.model.trainable_variables
        judged = self.network.loss_and_metric(self.spec, weights=constants.heads, unit=constants.unit)

        def body(step: Any, sums: Any) -> tuple[Any, Any]:
            start = step * self.batch_size
            inputs, truth, weights, counts = _batch(order, constants, start, self.batch_size)
            with tf.GradientTape() as tape:
                predicted = self._predict(inputs, training=True)
                losses = judged.loss(truth, predicted)
                objective = tf.reduce_sum(weights * losses)
                if self.prior:
                    strengths = _cut(order.prior, start, self.batch_size)
                    objective += tf.reduce_sum(weights * self._penalties(inputs, strengths))
                objective /= tf.cast(tf.minimum(self.batch_size, order.rows - start), tf.float32)
            self.optimizer.apply(tape.gradient(objective, variables), variables)
            return step + 1, sums + _sums(losses, judged.metric(truth, predicted), counts)

        # Not over tf.range: XLA would compile again for every pair of bounds.
        return tf.while_loop(lambda step, _: step < last, body, (first, sums))[1]

    def _penalties(self, inputs: list[Any], strengths: Any) -> Any:
        tables = [self.model.get_layer(embedding_name(i)) for i in range(len(self.spec.tables))]
        squares = [
            tf.reduce_sum(tf.square(tf.gather(tables[place].trainable_variables[0], codes[:, 0])), axis=-1)
            for place, codes in zip(self.spec.inputs, inputs, strict=False)  # numbers come last
        ]
        if OBJECTIVES[self.spec.objective].reads_directly:
            squares.append(tf.reduce_sum(tf.square(self.model.layers[-1].kernel)))
        return sum(strengths[:, i] * square for i, square in enumerate(squares))

    def _evaluation(
        self, batch: int, first: Any, last: Any, order: BatchOrder, constants: EpochConstants, sums: Any
    ) -> Any:
        judged = self.network.loss_and_metric(self.spec, weights=constants.heads, unit=constants.unit)

        def body(step: Any, sums: Any) -> tuple[Any, Any]:
            inputs, truth, _, counts = _batch(order, constants, step * batch, batch)
            predicted = self._predict(inputs, training=False)
            return step + 1, sums + _sums(
                judged.loss(truth, predicted), judged.metric(truth, predicted), counts
            )

        return tf.while_loop(lambda step, _: step < last, body, (first, sums))[1]


def _sums(losses: Any, metric: Any, counts: Any) -> Any:
    totals = tf.reduce_sum(tf.stack([counts * losses, counts * metric, counts]), axis=1)
    return tf.cast(totals, tf.float64)


class _Pace:
    """How many steps fit into a chunk of about 50 ms."""

    def __init__(self) -> None:
        self._steps, self._warm = 1, False

    def chunks(self, steps: int, first: int = 0) -> Iterator[tuple[int, int, Callable[[], None]]]:
        """Yield (first, last) of chunk after chunk, and what to call when its work is done."""
        while first < steps:
            last = min(steps, first + self._steps)
            yield first, last, functools.partial(self._learn, last - first, time.perf_counter())
            first = last

    def _learn(self, steps: int, started: float) -> None:
        seconds = time.perf_counter() - started
        # The very first chunk is one step long and pays for the compilation.
        if not self._warm:
            self._warm, self._steps = True, 64
        elif steps == self._steps:
            self._steps = max(1, int(steps * min(8.0, CHUNK_SECONDS / max(seconds, 1e-6))))


def _batch(
    order: BatchOrder, constants: EpochConstants, start: Any, size: int
) -> tuple[list[Any], Any, Any, Any]:
    inputs = [_cut(values, start, size) for values in order.inputs]
    truth = _cut(order.truth, start, size)
    if constants.shares.shape[0]:
        truth = tf.gather(constants.shares, truth[:, 0])
    return inputs, truth, _cut(order.weights, start, size), _cut(order.counts, start, size)


def _cut(values: Any, start: Any, size: int) -> Any:
    rest = values.shape[1:]
    return tf.slice(values, [start, *(0 for _ in rest)], [size, *rest])
