"""Training in whole compiled epochs: what ``keras.Model.fit`` computes, in one XLA program."""

import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from embed_core.errors import AtlasError
from embed_core.learning.baseline import head_weights
from embed_core.learning.batches import epoch_order, padded_size, resolve_batch_size
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network, vectors
from embed_core.learning.program import (
    CHUNK_SECONDS,
    BatchOrder,
    EpochConstants,
    Rows,
    program,
    stacked_shares,
)
from embed_core.learning.training_state import Arrays, Sums, TrainingState
from embed_core.progress import KeepGoing

EVALUATION_BATCH = 65_536
EVALUATION_CELLS = 16_000_000
# So many times the loss of the first epoch, or of knowing nothing, is no learning.
EXPLODED = 1e4


@dataclass
class Epoch:
    """What one epoch gave: losses and metrics as means per row of the table."""

    number: int
    metrics: dict[str, float]
    seconds: float = field(default=0.0, compare=False)


class Trainer:
    """Trains one model; ``epochs()`` does the work and can be left at any epoch.

    Args:
        spec: the model's shape.
        training: rows to learn from.
        validation: rows to judge on; none when empty.
        config: the settings.
        unit: offset and scale of a number, for errors in the target's unit.
        keep_going: called between chunks of at most about 50 ms; returning False stops.
        state: of a training that was left, to go on from.
        goes_on_later: asked when it is left before its end: whether ``state`` is wanted.

    Raises:
        AtlasError: (from ``epochs``) the loss explodes, or is no longer a number.
    """

    def __init__(
        self,
        spec: ModelSpec,
        training: Examples,
        validation: Examples,
        config: TrainingConfig,
        *,
        unit: tuple[float, float] = (0.0, 1.0),
        keep_going: KeepGoing = lambda: True,
        state: TrainingState | None = None,
        goes_on_later: Callable[[], bool] = lambda: False,
    ) -> None:
        self.spec = spec
        self.config = config
        self.keep_going = keep_going
        self.goes_on_later = goes_on_later
        self.stopped = False
        self.state: TrainingState | None = None
        rows_reported = int(np.count_nonzero(training.reported))
        self.batch_size = resolve_batch_size(config.batch_size, rows_reported)
        if self.batch_size >= rows_reported:
            self.batch_size = padded_size(len(training))
        self._rows = len(training)
        momentum = config.momentum if config.optimizer == "sgd" else 0.0
        self._program = program(
            spec, self.batch_size, config.optimizer, momentum=momentum, prior=config.prior_strength > 0
        )
        self._program.start(config.seed, config.learning_rate)
        self._number, self._steps = 1, 0
        self._sums: Sums | None = None
        self._first_loss: float | None = None
        self._best_loss: float = np.inf
        self._best_weights: Arrays | None = None
        self.best_epoch: int | None = None
        if state is not None:
            self._take_up(state)
        heads = tf.constant(head_weights(training, spec.outputs), tf.float32)
        self._constants = EpochConstants(stacked_shares(training), heads, tf.constant(unit, tf.float32))
        self._training = Rows(training, self.batch_size, prior=config.prior_strength, spec=spec)
        self._validation = None
        if len(validation):
            constants = self._constants._replace(shares=stacked_shares(validation))
            cells = EVALUATION_CELLS // sum(spec.outputs)
            batch = min(padded_size(len(validation)), EVALUATION_BATCH, max(1, cells))
            rows = Rows(validation, batch, spec=spec)
            self._validation = rows.ordered(np.arange(rows.rows, dtype=np.int32)), constants, batch

    @property
    def network(self) -> Network:
        """What the model was built by."""
        return self._program.network

    @property
    def model(self) -> keras.Model:
        """The model as it stands; shared with later trainings of the same shape, so copy what is to last."""
        return self._program.model

    def vectors(self, place: int = 0) -> npt.NDArray[np.float32]:
        """Return one of the embeddings as it stands, float32 (rows, dimension)."""
        return vectors(self.model, place)

    def epochs(self) -> Generator[Epoch, None, None]:
        """Train, yielding after every epoch; ends early when ``keep_going`` says so or patience runs out.

        With patience the best weights are put back at the end, also when the generator is closed before.
        """
        try:
            if self._is_out_of_patience():
                return
            for number, order in enumerate(self._orders(), start=self._number):
                started = time.perf_counter()
                self._set_learning_rate(number)
                metrics = self._epoch(order)
                if metrics is None:
                    break
                self._first_loss = self._first_loss or metrics["loss"]
                self._require_sense(number, metrics, self._first_loss)
                watched = metrics.get("val_loss", metrics["loss"])
                if watched < self._best_loss:
                    self._best_loss, self.best_epoch = watched, number
                    if self.config.patience is not None:
                        self._best_weights = self.model.get_weights()
                self._number, self._steps, self._sums = number + 1, 0, None
                yield Epoch(number, metrics, time.perf_counter() - started)
                if self._is_out_of_patience():
                    break
        finally:
            if self.goes_on_later():
                self.state = self._state()
            if self._best_weights is not None:
                self.model.set_weights(self._best_weights)

    def _take_up(self, state: TrainingState) -> None:
        """Go on from a state."""
        self._number, self._steps, self._sums = state.epoch, state.steps, state.sums
        self._first_loss, self._best_loss = state.first_loss, state.best_loss
        self.best_epoch, self._best_weights = state.best_epoch, state.best_weights
        self._program.put_back(state.model, state.optimizer)

    def _state(self) -> TrainingState:
        model, optimizer = self._program.variables()
        return TrainingState(
            self._number,
            self._steps,
            self._sums,
            model,
            optimizer,
            self._first_loss,
            self._best_loss,
            self.best_epoch,
            self._best_weights,
        )

    def _is_out_of_patience(self) -> bool:
        patience = self.config.patience
        return patience is not None and self._number - 1 - (self.best_epoch or 0) >= patience

    def _orders(self) -> Iterator[BatchOrder]:
        """Draw what the next epoch visits while this one trains; a full batch is always the same."""

        def in_order(epoch: int) -> BatchOrder:
            return self._training.ordered(epoch_order(self.config.seed, epoch, self._rows))

        if self._rows <= self.batch_size:
            everything = in_order(1)
            for _ in range(self._number, self.config.epochs + 1):
                yield everything
            return
        beside = ThreadPoolExecutor(max_workers=1)
        try:
            upcoming = beside.submit(in_order, self._number)
            for number in range(self._number, self.config.epochs + 1):
                if not self._is_ready(upcoming):
                    return
                order = upcoming.result()
                if number < self.config.epochs:
                    upcoming = beside.submit(in_order, number + 1)
                yield order
        finally:
            beside.shutdown(wait=False, cancel_futures=True)

    def _is_ready(self, upcoming: Future[BatchOrder]) -> bool:
        """Wait for the order of an epoch; whoever wants to stop need not wait for it."""
        while not wait([upcoming], timeout=CHUNK_SECONDS).done:
            if not self.keep_going():
                self.stopped = True
                return False
        return True

    def _epoch(self, order: BatchOrder) -> dict[str, float] | None:
        """Train an epoch and judge it; None when stopped in the middle."""
        chunks = self._program.train(order, self._constants, steps=self._steps, sums=self._sums)
        for self._steps, self._sums in chunks:
            if not self.keep_going():
                self.stopped = True
                return None
        assert self._sums is not None  # an epoch has a step at least
        metrics = self._means(self._sums)
        if self._validation is not None:
            sums = self._all_of(self._program.evaluate(*self._validation))
            if sums is None:
                return None
            metrics |= {f"val_{name}": value for name, value in self._means(sums).items()}
        return metrics

    def _all_of(self, chunks: Iterator[Sums]) -> Sums | None:
        sums = None
        for sums in chunks:  # noqa: B007
            if not self.keep_going():
                self.stopped = True
                return None
        return sums

    def _set_learning_rate(self, number: int) -> None:
        if self.config.schedule == "cosine":
            done = (number - 1) / self.config.epochs
            self._program.optimizer.learning_rate.assign(
                self.config.learning_rate * 0.5 * (1 + np.cos(np.pi * done))
            )

    def _means(self, sums: Sums) -> dict[str, float]:
        name = "mae" if self.spec.kind == "number" else "accuracy"
        return {"loss": float(sums[0] / sums[2]), name: float(sums[1] / sums[2])}

    def _require_sense(self, number: int, metrics: dict[str, float], first_loss: float) -> None:
        finite = all(np.isfinite(value) for value in metrics.values())
        if finite and metrics["loss"] <= EXPLODED * max(1.0, first_loss):
            return
        what = "has grown ten thousandfold" if finite else "stopped being a number"
        raise AtlasError(
            f"The loss {what} in epoch {number} with the learning rate {self.config.learning_rate:g}. "
            f"Choose a smaller learning rate, such as {self.config.learning_rate / 10:g}."
        )
