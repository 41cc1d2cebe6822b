"""Training in compiled calls of many epochs: what ``keras.Model.fit`` computes, in one XLA program."""

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from embed_core.learning import batches
from embed_core.learning.baseline import head_weights
from embed_core.learning.calls import Done, Judged
from embed_core.learning.config import TrainingConfig
from embed_core.learning.epoch import Epoch, learning_rates, no_sense
from embed_core.learning.examples import Examples
from embed_core.learning.mirroring import Pairs, put_right
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network, vectors
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.orders import Blocks
from embed_core.learning.pace import MOST_EPOCHS, CallSize
from embed_core.learning.program import program
from embed_core.learning.rows import EpochConstants, Rows, stacked_shares
from embed_core.learning.training_state import KeptStart, Progress, TrainingState
from embed_core.learning.unfolding import Unfolding, principal_axes
from embed_core.progress import KeepGoing
from embed_core.types import Floats

EVALUATION_BATCH = 65_536
EVALUATION_CELLS = 16_000_000
# Rows to judge on for which there is room at least: how many there is room for is part of what is compiled.
ROOM = 1_024
# Of the vectors of a call's epochs, which come back with it: 4 MB.
KEPT_CELLS = 1_000_000
# So many times the loss of the first epoch, or of knowing nothing, is no learning.
EXPLODED = 1e4


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
        kept: vectors of before, from which it begins and to which each is drawn.
        start: values of the model's variables in place of these, fitted to them; None holds them while that is done.

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
        kept: KeptStart | None = None,
        start: Sequence[Any] | None = None,
    ) -> None:
        self.spec = spec
        self.config = config
        self.keep_going = keep_going
        self.goes_on_later = goes_on_later
        self.stopped = False
        self.was_cut = False
        self.state: TrainingState | None = None
        rows_reported = int(np.count_nonzero(training.reported))
        self.batch_size = batches.resolve_batch_size(config.batch_size, rows_reported)
        # A category with the shares of all levels costs a hundred times what a row does.
        is_costly = bool(training.shares)
        if self.batch_size >= rows_reported:
            self.batch_size = batches.whole_batch(len(training), is_costly=is_costly)
        assert config.prior_strength != "auto", "it is chosen before a training begins"
        prior = config.prior_strength
        momentum = config.momentum if config.optimizer == "sgd" else 0.0
        padded = OBJECTIVES[spec.objective].network().padded(spec)
        self._program = program(
            padded,
            self.batch_size,
            config.optimizer,
            momentum=momentum,
            prior=prior > 0,
            goes_on=kept is not None,
        )
        self._program.start(spec, config.seed, config.learning_rate)
        for variable, value in zip(self.model.variables, start or (), strict=False):
            variable.assign(value)
        if kept is not None:
            self._program.begin_from(kept, holds=start is None)
        self._progress = Progress()
        self._first_loss: float | None = None
        if state is not None:
            self._progress, self._first_loss = state.progress, state.first_loss
            self._program.put_back(state.variables)
        heads = tf.constant(head_weights(training, spec.outputs), tf.float32)
        self._constants = EpochConstants(
            stacked_shares(training, padded), heads, tf.constant(unit, tf.float32)
        )
        rows = Rows(training, self.batch_size, prior=prior, goes_on=kept is not None, spec=spec)
        shown = KEPT_CELLS // sum(size * dimension for size, dimension in padded.tables)
        self._blocks = Blocks(rows, config.seed, config.planned_epochs, most=max(1, min(MOST_EPOCHS, shown)))
        self._unfolding = Unfolding.of(spec.surplus, config.planned_epochs)
        self._training = training
        self._judged: Judged | None = None
        # Without rows to judge on there is nothing to be patient about.
        self._patience = config.stops_after if len(validation) else None
        self._evaluations = 0
        if len(validation):
            constants = self._constants._replace(shares=stacked_shares(validation, padded))
            cells = EVALUATION_CELLS // sum(padded.outputs)
            fitting = batches.judged_at_once(len(validation), is_costly=is_costly)
            batch = min(fitting, EVALUATION_BATCH, max(1, cells))
            judged = Rows(validation, batch, spec=spec)
            room = batches.padded_octave(max(ROOM, judged.filled), felt=EVALUATION_BATCH)
            everything = judged.ordered([np.arange(judged.rows)], room)
            self._judged, self._evaluations = Judged(everything, constants, batch), judged.steps

    @property
    def network(self) -> Network:
        """What the model was built by."""
        return self._program.network

    @property
    def model(self) -> keras.Model:
        """The model of the padded shape; shared with later trainings, so copy what is to last."""
        return self._program.model

    def weights(self) -> list[npt.NDArray[Any]]:
        """Return the trainable weights as they stand, of the shape itself."""
        trained = [keras.ops.convert_to_numpy(value) for value in self.model.trainable_variables]
        return self.network.cut(self.spec, trained)

    def vectors(self, place: int = 0) -> npt.NDArray[np.float32]:
        """Return one of the embeddings as it stands, float32 (rows, dimension)."""
        rows, dimension = self.spec.tables[place]
        return vectors(self.model, place)[:rows, :dimension]

    def tables(self) -> list[Floats]:
        """Return all embeddings as they stand."""
        return [self.vectors(place) for place in range(len(self.spec.tables))]

    def output(self) -> Floats:
        """Return the weights of the outputs, float32 (d, outputs); of none where they do not read the vectors."""
        if not OBJECTIVES[self.spec.objective].reads_directly:
            return np.zeros((self.spec.tables[0][1], 0), np.float32)
        return self.weights()[-2]

    @property
    def best_epoch(self) -> int | None:
        """The epoch with the lowest watched loss so far."""
        return self._progress.best_epoch

    def epochs(self) -> Generator[Epoch, None, None]:
        """Train, yielding epoch after epoch; ends early when ``keep_going`` says so or patience runs out.

        A call into the program does many epochs, which are then yielded one by one. Whoever leaves between two of
        them has the model as it was after the last one that was yielded: what was done beyond is done again.
        Where the settings say so, the best weights are put back at the end, also when the generator is closed before.
        """
        yielded = self._progress.epoch - 1
        before, start = self._progress, None
        try:
            while self._progress.epoch <= self.config.planned_epochs and not self._is_out_of_patience():
                if not (self._blocks.wait_for(self._progress.epoch, self.keep_going) and self.keep_going()):
                    self.stopped = True
                    return
                before, start = self._progress, None
                size = self._next_size()
                if size.epochs > 1:
                    start = self._program.variables()
                self._begin_stage()
                done = self._call(size)
                for epoch in self._ended(before.epoch, done):
                    yielded = epoch.number
                    yield epoch
        finally:
            self._blocks.close()
            if start is not None and yielded < self._progress.epoch - 1:
                self._program.put_back(start)
                self._progress = before
                if yielded >= before.epoch:
                    self._begin_stage()
                    size = CallSize(yielded - before.epoch + 1, self._blocks.steps, self._evaluations)
                    self._call(size)
            if self.goes_on_later():
                variables = [np.array(value) for value in self._program.variables()]
                self.state = TrainingState(self._progress, variables, self._first_loss)
            if self.config.keeps_best and self._judged is not None and self.best_epoch:
                self._program.put_back_best()
            self._cut()

    def _begin_stage(self) -> None:
        """Turn the vectors, or cut their surplus axes, where the next epoch is the first that has them so."""
        last = self._progress.epoch - 1
        if not self.spec.surplus or self._progress.steps:
            return
        if last == self._unfolding.turn:
            self._put_table(principal_axes(self._table()))
            self._program.forget_steps()
        elif last == self._unfolding.cut:
            flat = self._without_surplus(self._table())
            kept = slice(self.spec.tables[0][1])
            flat[:, kept] = put_right(flat[:, kept], self._distances())
            self._put_table(flat)
            self._program.forget_steps()

    def _table(self) -> Floats:
        """Return the first embedding with its surplus axes."""
        return self._program.first_table.numpy()[: self.spec.tables[0][0]]

    def _put_table(self, values: Floats) -> None:
        table = self._program.first_table
        table.assign(np.pad(values, ((0, table.shape[0] - len(values)), (0, 0))))

    def _distances(self) -> Pairs:
        """Return the pairs that are learned from, with the distances that their vectors should have."""
        first, second = self._training.inputs[:2]
        pairs = Pairs(first, second, self._training.truth[0], self._training.weights)
        scale = [] if self.spec.measure == "distance" else self.model.get_layer("scale").get_weights()
        return pairs.measured(self.spec.measure, *(float(value.squeeze()) for value in scale))

    def _cut(self) -> None:
        """Cut what is left before its time to the first principal axes."""
        last = self._progress.epoch - 1
        if not self.spec.surplus or last > self._unfolding.cut:
            return
        self.was_cut = last < self._unfolding.cut
        turned = self._table() if last > self._unfolding.turn else principal_axes(self._table())
        self._put_table(self._without_surplus(turned))

    def _without_surplus(self, table: Floats) -> Floats:
        return np.where(np.arange(table.shape[1]) < self.spec.tables[0][1], table, 0).astype(table.dtype)

    def _shown(self, epoch: int, tables: Sequence[Floats]) -> tuple[Floats, ...]:
        """Return the vectors of an epoch: while there is a surplus, along their first principal axes."""
        if not self.spec.surplus:
            return tuple(tables)
        first = principal_axes(tables[0]) if epoch <= self._unfolding.turn else tables[0]
        return (first[:, : self.spec.tables[0][1]], *tables[1:])

    def _next_size(self) -> CallSize:
        """Return how much the next call does."""
        epoch, done = self._progress.epoch, self._progress.steps
        steps = max(0, self._blocks.steps - done)
        evaluations = min(self._evaluations, self._blocks.steps + self._evaluations - done)
        return self._program.pace.next(
            steps,
            evaluations,
            at_start=not done,
            most=self._unfolding.left_from(epoch, self._blocks.left_from(epoch)),
        )

    def _call(self, size: CallSize) -> Done:
        """Go on training by one call."""
        epoch = self._progress.epoch
        rows, first_row, stride = self._blocks.rows_of(epoch)
        done = self._program.run(
            size,
            rows,
            first_row,
            self._constants,
            self._judged,
            stride=stride,
            rates=learning_rates(self.config, epoch, self._blocks.capacity),
            presses=self._unfolding.presses(epoch, self._blocks.capacity),
            is_open=self._unfolding.is_open(epoch),
            patience=self._patience or 0,
            progress=self._progress,
        )
        self._progress = done.progress
        return done

    def _is_out_of_patience(self) -> bool:
        patience, is_open = self._patience, self._unfolding.is_open(self._progress.epoch - 1)
        return (
            patience is not None
            and not is_open
            and self._progress.epoch - 1 - (self.best_epoch or 0) >= patience
        )

    def _ended(self, first: int, done: Done) -> Iterator[Epoch]:
        """Yield the epochs that a call ended.

        Raises:
            AtlasError: at the first of which the loss makes no sense.
        """
        names = ["loss", "mae" if self.spec.kind == "number" else "accuracy"]
        means = done.history[:, 0:2] / done.history[:, 2:3]
        if self._judged is not None:
            means = np.concatenate([means, done.history[:, 3:5] / done.history[:, 5:6]], axis=1)
            names += [f"val_{name}" for name in names]
        for place, values in enumerate(means.tolist()):
            is_finite = all(map(math.isfinite, values))
            self._first_loss = self._first_loss or values[0]
            if not is_finite or values[0] > EXPLODED * max(1.0, self._first_loss):
                raise no_sense(first + place, self.config, is_finite=is_finite)
            tables = [
                table[place, :rows] for table, (rows, _) in zip(done.vectors, self.spec.tables, strict=True)
            ]
            yield Epoch(
                first + place,
                dict(zip(names, values, strict=True)),
                partial(self._shown, first + place, tables),  # along their axes only where somebody looks
                done.seconds / done.epochs,
            )
