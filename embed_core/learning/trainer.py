"""Training in whole compiled epochs: what ``keras.Model.fit`` computes, in one XLA program.

``fit`` spends its time between the steps. Here a loop over the steps is compiled together with
the model's and the optimizer's own arithmetic, so a step costs what its arithmetic costs. The
embedding's gradient stays sparse (``IndexedSlices``), as in ``fit``: the optimizers then touch
the same rows, and losses and weights agree.
"""

import functools
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from embed_core.errors import AtlasError
from embed_core.learning import models
from embed_core.learning.config import Optimizer, TrainingConfig
from embed_core.learning.examples import Examples, epoch_order, resolve_batch_size
from embed_core.learning.models import ModelSpec

EVALUATION_BATCH = 65_536
CHUNK_SECONDS = 0.05


@dataclass
class Epoch:
    """What one epoch gave: losses and metrics as means per row of the table."""

    number: int
    metrics: dict[str, float]
    seconds: float = field(default=0.0, compare=False)


Checkpoint = Callable[[], bool]


class Trainer:
    """Trains one model; ``epochs()`` does the work and can be left at any epoch.

    Args:
        spec: the model's shape.
        training: rows to learn from.
        validation: rows to judge on; none when empty.
        config: the settings.
        checkpoint: called between chunks of at most about 50 ms; returning False stops.

    Raises:
        AtlasError: (from ``epochs``) the loss is no longer a number.
    """

    def __init__(
        self,
        spec: ModelSpec,
        training: Examples,
        validation: Examples,
        config: TrainingConfig,
        *,
        checkpoint: Checkpoint = lambda: True,
    ) -> None:
        self.spec = spec
        self.config = config
        self.checkpoint = checkpoint
        self.best_epoch: int | None = None
        self.stopped = False
        self.batch_size = resolve_batch_size(config.batch_size, len(training))
        self._rows = len(training)
        self._program = _program(
            spec,
            self.batch_size,
            config.optimizer,
            weighted=bool((training.weights != training.weights[0]).any()),
            prior=config.prior_strength > 0,
        )
        self._program.start(config.seed, config.learning_rate)
        self._training = _Resident(training, prior_strength=config.prior_strength)
        self._validation = _Resident(validation) if len(validation) else None

    @property
    def model(self) -> keras.Model:
        """The model as it stands; shared with later trainings of the same shape, so copy what is kept."""
        return self._program.model

    def vectors(self) -> npt.NDArray[np.float32]:
        """Return the embedding as it stands, float32 (categories, dimension)."""
        return models.vectors(self.model)

    def epochs(self) -> Generator[Epoch, None, None]:
        """Train, yielding after every epoch; ends early when ``checkpoint`` says so or patience runs out.

        With patience the best weights are put back at the end, also when the generator is closed before.
        """
        best_loss, best_weights = np.inf, None
        try:
            for number, order in enumerate(self._orders(), start=1):
                started = time.perf_counter()
                self._set_learning_rate(number)
                sums = self._train_epoch(order)
                if sums is None:
                    break
                metrics = self._metrics(sums)
                if self._validation is not None:
                    twins = self._metrics(self._program.evaluate(self._validation))
                    metrics |= {f"val_{name}": value for name, value in twins.items()}
                self._require_finite(number, metrics)
                watched = metrics.get("val_loss", metrics["loss"])
                if watched < best_loss:
                    best_loss, self.best_epoch = watched, number
                    if self.config.patience is not None:
                        best_weights = self.model.get_weights()
                yield Epoch(number, metrics, time.perf_counter() - started)
                if (
                    self.config.patience is not None
                    and number - (self.best_epoch or 0) >= self.config.patience
                ):
                    break
        finally:
            if best_weights is not None:
                self.model.set_weights(best_weights)

    def _orders(self) -> Iterator[npt.NDArray[np.int32]]:
        """Draw the order of the next epoch while this one trains."""
        with ThreadPoolExecutor(max_workers=1) as beside:
            upcoming = beside.submit(epoch_order, self.config.seed, 1, self._rows)
            for number in range(1, self.config.epochs + 1):
                order = upcoming.result()
                if number < self.config.epochs:
                    upcoming = beside.submit(epoch_order, self.config.seed, number + 1, self._rows)
                yield order

    def _train_epoch(self, order: npt.NDArray[np.int32]) -> npt.NDArray[np.float64] | None:
        sums = None
        for sums in self._program.train(self._training, order):  # noqa: B007
            if not self.checkpoint():
                self.stopped = True
                return None
        return sums

    def _set_learning_rate(self, number: int) -> None:
        if self.config.schedule == "cosine":
            done = (number - 1) / self.config.epochs
            self._program.optimizer.learning_rate.assign(
                self.config.learning_rate * 0.5 * (1 + np.cos(np.pi * done))
            )

    def _metrics(self, sums: npt.NDArray[np.float64]) -> dict[str, float]:
        name = "mae" if self.spec.kind == "number" else "accuracy"
        return {"loss": float(sums[0] / sums[2]), name: float(sums[1] / sums[2])}

    def _require_finite(self, number: int, metrics: dict[str, float]) -> None:
        if not all(np.isfinite(value) for value in metrics.values()):
            raise AtlasError(
                f"The loss stopped being a number in epoch {number} with the learning rate "
                f"{self.config.learning_rate:g}. Choose a smaller learning rate, such as "
                f"{self.config.learning_rate / 10:g}."
            )


class _Resident:
    """Examples as tensors."""

    def __init__(self, examples: Examples, *, prior_strength: float = 0.0) -> None:
        self.rows = len(examples)
        self.inputs = tuple(tf.constant(codes[:, None]) for codes in examples.inputs)
        self.truth = tf.constant(examples.truth[:, None])
        # Batches are drawn from distinct rows, so weights are scaled to a mean of 1: the gradient
        # of a batch is then an unbiased estimate of the gradient over all rows of the table.
        self.weights = tf.constant(examples.weights / examples.weights.mean(), tf.float32)
        self.prior = tf.constant(_prior_per_row(examples, prior_strength), tf.float32)

    @property
    def arrays(self) -> tuple[object, ...]:
        return self.inputs, self.truth, self.weights


def _prior_per_row(examples: Examples, strength: float) -> npt.NDArray[np.float64]:
    """Spread ``strength`` · ‖v‖² of each category over its own rows, so that the gradient stays sparse."""
    if not strength:
        return np.zeros((len(examples.inputs), 0))
    top = 1 + max(int(codes.max()) for codes in examples.inputs)
    seen = sum(np.bincount(codes, examples.weights, minlength=top) for codes in examples.inputs)
    return np.stack([strength / np.asarray(seen)[codes] for codes in examples.inputs])


@functools.lru_cache(maxsize=16)
def _program(
    spec: ModelSpec, batch_size: int, optimizer: Optimizer, *, weighted: bool, prior: bool
) -> "_Program":
    return _Program(spec, batch_size, optimizer, weighted=weighted, prior=prior)


class _Program:
    """A model, its optimizer and their compiled loops; kept for later trainings of the same shape."""

    def __init__(
        self, spec: ModelSpec, batch_size: int, optimizer: Optimizer, *, weighted: bool, prior: bool
    ) -> None:
        self.spec = spec
        self.batch_size = batch_size
        self.weighted = weighted
        self.prior = prior
        self.model = models.build(spec, seed=0)
        self.optimizer = keras.optimizers.get(optimizer)
        self.optimizer.build(self.model.trainable_variables)
        self._steps_per_chunk = 1
        self._warm = False
        self._run_steps = tf.function(self._steps, jit_compile=True)
        self._run_evaluation = tf.function(self._evaluation, jit_compile=True)

    def start(self, seed: int, learning_rate: float) -> None:
        """Put model and optimizer back to their seeded start."""
        self.model.set_weights(models.build(self.spec, seed=seed).get_weights())
        for variable in self.optimizer.variables:
            variable.assign(keras.ops.zeros_like(variable))
        self.optimizer.learning_rate.assign(learning_rate)

    def train(self, data: _Resident, order: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.float64]]:
        """Run one epoch; yield the (loss, metric, weight) sums so far after each chunk of steps."""
        steps = -(-data.rows // self.batch_size)
        # The last batch is filled up with a row that it has, at weight 0: no other row is touched.
        filling = np.full(steps * self.batch_size - data.rows, order[-1], np.int32)
        visited = tf.constant(np.concatenate([order, filling]))
        rows = tf.constant(data.rows)
        sums = tf.zeros(3, tf.float64)
        first = 0
        while first < steps:
            last = min(steps, first + self._steps_per_chunk)
            started = time.perf_counter()
            span = tf.constant(first), tf.constant(last)
            sums = self._run_steps(visited, *span, rows, *data.arrays, data.prior, sums)
            yield sums.numpy()
            self._pace(last - first, time.perf_counter() - started)
            first = last

    def evaluate(self, data: _Resident) -> npt.NDArray[np.float64]:
        """Return the (loss, metric, weight) sums over all rows."""
        batch = min(data.rows, EVALUATION_BATCH)
        sums: npt.NDArray[np.float64] = self._run_evaluation(batch, *data.arrays).numpy()
        return sums

    def _pace(self, steps: int, seconds: float) -> None:
        # The very first chunk is one step long and pays for the compilation.
        if not self._warm:
            self._warm, self._steps_per_chunk = True, 64
        elif steps == self._steps_per_chunk:
            self._steps_per_chunk = max(1, int(steps * min(8.0, CHUNK_SECONDS / max(seconds, 1e-6))))

    def _predict(self, batch: list[Any], *, training: bool) -> Any:
        return self.model(batch if len(batch) > 1 else batch[0], training=training)

    def _steps(  # type: ignore[no-untyped-def]
        self, visited, first, last, rows, inputs, truth, weights, prior, sums
    ):
        variables = self.model.trainable_variables
        step = first
        while step < last:  # not tf.range: XLA would compile anew for every pair of bounds
            start = step * self.batch_size
            chosen = tf.slice(visited, [start], [self.batch_size])
            batch = [tf.gather(codes, chosen) for codes in inputs]
            labels = tf.gather(truth, chosen)
            weight = _is_real(start, self.batch_size, rows)
            if self.weighted:
                weight *= tf.gather(weights, chosen)
            with tf.GradientTape() as tape:
                predicted = self._predict(batch, training=True)
                losses = models.loss_per_row(self.spec, labels, predicted)
                objective = tf.reduce_sum(weight * losses)
                if self.prior:
                    penalties = self._penalties(batch, tf.gather(prior, chosen, axis=1))
                    objective += tf.reduce_sum(weight * penalties)
                objective /= tf.cast(tf.minimum(self.batch_size, rows - start), tf.float32)
            self.optimizer.apply(tape.gradient(objective, variables), variables)
            sums += self._sums(labels, predicted, losses, weight)
            step += 1
        return sums

    def _penalties(self, batch: list[Any], strengths: Any) -> Any:
        table = self.model.get_layer(models.EMBEDDING_LAYER).trainable_variables[0]
        squares = [tf.reduce_sum(tf.square(tf.gather(table, codes[:, 0])), axis=-1) for codes in batch]
        return sum(strengths[i] * square for i, square in enumerate(squares))

    def _evaluation(self, batch_size, inputs, truth, weights):  # type: ignore[no-untyped-def]
        rows = weights.shape[0]
        sums = tf.zeros(3, tf.float64)
        for start in tf.range(0, rows, batch_size):
            chosen = tf.minimum(start + tf.range(batch_size), rows - 1)
            labels = tf.gather(truth, chosen)
            predicted = self._predict([tf.gather(codes, chosen) for codes in inputs], training=False)
            losses = models.loss_per_row(self.spec, labels, predicted)
            weight = tf.gather(weights, chosen) * _is_real(start, batch_size, rows)
            sums += self._sums(labels, predicted, losses, weight)
        return sums

    def _sums(self, labels: Any, predicted: Any, losses: Any, weight: Any) -> Any:
        metric = models.metric_per_row(self.spec, labels, predicted)
        totals = tf.reduce_sum(tf.stack([weight * losses, weight * metric, weight]), axis=1)
        return tf.cast(totals, tf.float64)


def _is_real(start: Any, batch_size: int, rows: Any) -> Any:
    """Return 1 for the rows of a batch that exist and 0 for those that fill it up."""
    return tf.cast(start + tf.range(batch_size) < rows, tf.float32)
