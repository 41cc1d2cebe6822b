"""The compiled program of a model: up to a hundred epochs in one XLA call.

``fit`` spends its time between the steps, and a call into a compiled program costs more than a small epoch. Here a
loop over the epochs, each a loop over its steps and one over what it is judged on, is compiled together with the
model's and the optimizer's own arithmetic, so a step costs what its arithmetic costs. The embedding's gradient stays
sparse (``IndexedSlices``), as in ``fit``: the optimizers then touch the same rows, and losses and weights agree.
"""

import functools
import time
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from embed_core.learning.arithmetic import Arithmetic, Before
from embed_core.learning.calls import Done, Judged
from embed_core.learning.machine_cache import forget_programs, names_set_back
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import embedding_name
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.own_keras import float32
from embed_core.learning.pace import CallSize, Pace
from embed_core.learning.rows import EpochConstants, OrderedRows
from embed_core.learning.training_state import KeptStart, Progress

_SHAPES = 8  # of the rows of one program that are kept


@functools.lru_cache(maxsize=16)
def program(
    spec: ModelSpec, batch_size: int, optimizer: str, *, momentum: float, prior: bool, goes_on: bool = False
) -> "Program":
    """Return the program of this padded shape, a new one or the one that is there already."""
    return Program(spec, batch_size, optimizer, momentum=momentum, prior=prior, goes_on=goes_on)


class Program:
    """A model, its optimizer and their compiled loop; kept for later trainings of the same shape.

    Attributes:
        pace: how much a call gets.
        before: of each embedding what `begin_from` puts there; none of a program that begins from seeded starts alone.
    """

    @float32()
    def __init__(
        self, spec: ModelSpec, batch_size: int, optimizer: str, *, momentum: float, prior: bool, goes_on: bool
    ) -> None:
        self.spec = spec
        self.batch_size = batch_size
        self.network = OBJECTIVES[spec.objective].network()
        self._name = repr((spec, batch_size, optimizer, momentum, prior)) + " goes on" * goes_on
        with names_set_back(self._name):
            self.model = self.network.build(spec, seed=0, to_train=True)
            settings = {"momentum": momentum} if momentum else {}
            self.optimizer = keras.optimizers.get({"class_name": optimizer, "config": settings})
            self.optimizer.build(self.model.trainable_variables)
        self.pace = Pace()
        self._best = [tf.Variable(variable.value, trainable=False) for variable in self.model.variables]
        self._tables = [
            self.model.get_layer(embedding_name(place)).trainable_variables[0]
            for place in range(len(spec.tables))
        ]
        self.before = [Before.of(table) for table in self._tables if goes_on]
        self._arithmetic = Arithmetic(
            spec,
            self.network,
            self.model,
            self.optimizer,
            self._tables,
            self.before,
            batch_size=batch_size,
            prior=prior,
        )
        self._trace()
        # One call for all of them: reading a variable by itself costs a tenth of a millisecond.
        self._read = tf.function(
            lambda: [tf.identity(tf.convert_to_tensor(variable)) for variable in self._all_variables()],
            autograph=False,
        )

    def _trace(self) -> None:
        # Autograph would rewrite all of Keras' optimizer, which takes longer than the compilation.
        self._run = tf.function(self._epochs, jit_compile=True, autograph=False)
        self._traced: dict[Any, Any] = {}

    @float32()
    def start(self, spec: ModelSpec, seed: int, learning_rate: float) -> None:
        """Put model and optimizer back to the seeded start of a shape that is padded to this one."""
        start = self.network.filled(spec, self.network.start(spec, seed=seed))
        for variable, value in zip(self.model.variables, start, strict=True):
            variable.assign(value)
        self.forget_steps()
        self.optimizer.learning_rate.assign(learning_rate)

    def forget_steps(self) -> None:
        """Put what the optimizer remembers of its steps, and its learning rate, back to 0."""
        for variable in self.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def begin_from(self, kept: KeptStart, *, holds: bool) -> None:
        """Put vectors of before where they belong, and draw them there.

        Args:
            kept: the vectors.
            holds: hold those of the same categories, and begin the others at theirs; else the others stay as they are.
        """
        for table, before, values, is_kept in zip(self._tables, self.before, *kept, strict=True):
            own = table.numpy()
            chosen = ~np.isnan(values) if holds else is_kept[:, None]
            own[: len(values)] = np.where(chosen, values, own[: len(values)])
            table.assign(own)
            before.put(values, is_held=is_kept & holds)

    @property
    def first_table(self) -> Any:
        """The variable of the first embedding, with its surplus axes."""
        return self._tables[0]

    def variables(self) -> list[Any]:
        """Return the variables of the model, of the optimizer, and of the model at its best, as tensors."""
        return list(self._read())

    def put_back(self, values: Sequence[Any]) -> None:
        """Set the variables as `variables` returned them."""
        for variable, value in zip(self._all_variables(), values, strict=True):
            variable.assign(value)

    def _all_variables(self) -> list[Any]:
        return [*self.model.variables, *self.optimizer.variables, *self._best]

    def put_back_best(self) -> None:
        """Set the model's variables to those of the best epoch."""
        for variable, best in zip(self.model.variables, self._best, strict=True):
            variable.assign(best)

    def run(
        self,
        size: CallSize,
        rows: OrderedRows,
        first_row: int,
        constants: EpochConstants,
        judged: Judged | None,
        *,
        stride: int,
        rates: npt.NDArray[np.float32],
        presses: npt.NDArray[np.float32],
        is_open: bool,
        patience: int,
        progress: Progress,
    ) -> Done:
        """Go on training, from wherever ``progress`` is.

        Args:
            size: how far at most.
            rows: of one epoch or several.
            first_row: where those of the current epoch begin.
            constants: of all epochs.
            judged: what each epoch is judged on.
            stride: from where an epoch's rows begin to where the next one's do; 0 when all visit the same.
            rates: the learning rates of the epochs from the current one on, (capacity,); the capacity is part of
                what is compiled.
            presses: the penalties on the surplus axes in these epochs, (capacity,).
            is_open: whether there still are surplus axes: no such epoch is the best one.
            patience: after so many epochs that are not better it ends; 0 never.
            progress: as far as it is.
        """
        began = time.perf_counter()
        numbers = np.array(
            [
                max(1, size.epochs), size.steps, size.evaluations, first_row, stride, patience, is_open,
                progress.epoch, progress.steps, progress.best_epoch or 0,
            ],
            np.int32,
        )  # fmt: skip
        sums = np.zeros(6) if progress.sums is None else progress.sums
        arguments = (
            tf.constant(numbers),
            tf.constant(np.stack([rates, presses], axis=1)),
            rows,
            constants,
            None if judged is None else judged._replace(batch=tf.zeros(judged.batch, tf.bool)),
            tf.constant(sums),
            tf.constant(progress.best_loss, tf.float64),
        )
        compiled = self._compiled(arguments)
        try:
            found = compiled(*arguments)
        except (tf.errors.DataLossError, tf.errors.OutOfRangeError):  # a file of a kept program is damaged
            forget_programs()
            self._name += " again"  # what failed under a name fails again
            self._trace()
            found = self._compiled(arguments)(*arguments)
        ended, history, vectors, steps, sums, best_loss, best_epoch = found
        epochs = int(ended)
        after = Progress(
            progress.epoch + epochs,
            int(steps),
            sums.numpy() if int(steps) else None,
            float(best_loss),
            int(best_epoch) or None,
        )
        copies = tuple(table.numpy() for table in vectors) if epochs else ()
        done = Done(epochs, history.numpy()[:epochs], copies, after, time.perf_counter() - began)
        self.pace.learn(size, done.seconds, ended=epochs)
        return done

    @float32()
    def _compiled(self, arguments: tuple[Any, ...]) -> Any:
        """Return the traced function of arguments of these shapes."""
        shapes = tuple(
            (value.dtype, *value.shape) for value in tf.nest.flatten(arguments) if value is not None
        )
        if shapes not in self._traced:
            while len(self._traced) >= _SHAPES:
                del self._traced[next(iter(self._traced))]
            try:
                with names_set_back(f"{self._name} {shapes}"):
                    self._traced[shapes] = self._run.get_concrete_function(*arguments)
            except (
                tf.errors.InvalidArgumentError
            ):  # another function has the name: without, it is not found again
                self._traced[shapes] = self._run.get_concrete_function(*arguments)
        return self._traced[shapes]

    def _epochs(
        self,
        numbers: Any,
        rates: Any,
        rows: OrderedRows,
        constants: EpochConstants,
        judged: Any,
        sums: Any,
        best_loss: Any,
    ) -> tuple[Any, ...]:
        """Train epochs, or a part of one, as `run` says; compiled."""
        most, steps_more, evaluations_more, first_row, stride, patience, is_open, number, done, best_epoch = (
            numbers[place] for place in range(10)
        )
        steps = -(-rows.rows // self.batch_size)
        evaluations = tf.constant(0)
        if judged is not None:
            batch = judged.batch.shape[0]
            evaluations = -(-judged.rows.rows // batch)
        capacity = rates.shape[0]
        history = tf.TensorArray(tf.float64, capacity, element_shape=(6,), clear_after_read=False)
        kept = [
            tf.TensorArray(tf.float32, capacity, element_shape=table.shape, clear_after_read=False)
            for table in self._tables
        ]

        none = tf.zeros(3, tf.float64)

        def learn(step: Any, first: Any, press: Any, sums: Any) -> tuple[Any, Any, Any, Any]:
            found = self._arithmetic.learn(step, first, rows, constants, press)
            return step + 1, first + self.batch_size, press, sums + tf.concat([found, none], 0)

        def judge(step: Any, first: Any, sums: Any) -> tuple[Any, Any, Any]:
            found = self._arithmetic.judge(first, batch, judged.rows, judged.constants)
            return step + 1, first + batch, sums + tf.concat([none, found], 0)

        def epoch(ended: Any, _: Any, done: Any, sums: Any, best: Any, best_epoch: Any, *arrays: Any) -> Any:
            rate, press = tf.unstack(tf.gather(rates, ended))
            self.optimizer.learning_rate.assign(rate)
            # Where the batch begins goes round in the loop: XLA would take what does not change for a constant, and
            # compile again for every other.
            last = tf.minimum(steps, done + steps_more)
            first = first_row + ended * stride + done * self.batch_size
            done, _, _, sums = tf.while_loop(lambda step, *_: step < last, learn, (done, first, press, sums))
            if judged is not None:
                last = tf.minimum(steps + evaluations, done + evaluations_more)
                done, _, sums = tf.while_loop(
                    lambda step, *_: tf.logical_and(step >= steps, step < last),
                    judge,
                    (done, (done - steps) * batch, sums),
                )
            is_whole = done >= steps + evaluations
            watched = sums[0] / sums[2] if judged is None else sums[3] / sums[5]
            is_better = tf.logical_and(tf.logical_and(is_whole, is_open == 0), watched < best)
            for variable, value in zip(self._best, self.model.variables, strict=True):
                variable.assign(tf.where(is_better, value.value, variable))
            best, best_epoch = (
                tf.where(is_better, watched, best),
                tf.where(is_better, number + ended, best_epoch),
            )
            is_patient = tf.logical_and(patience > 0, is_open == 0)
            out_of_patience = tf.logical_and(is_patient, number + ended - best_epoch >= patience)
            values = (sums, *(table.value for table in self._tables))
            arrays = tuple(array.write(ended, value) for array, value in zip(arrays, values, strict=True))
            goes_on = tf.logical_and(is_whole, tf.logical_not(out_of_patience))
            return (
                ended + tf.cast(is_whole, tf.int32),
                goes_on,
                tf.where(is_whole, 0, done),
                tf.where(is_whole, tf.zeros_like(sums), sums),
                best,
                best_epoch,
                *arrays,
            )

        # Not over tf.range: XLA would compile again for every pair of bounds.
        ended, _, done, sums, best_loss, best_epoch, history, *kept = tf.while_loop(
            lambda ended, goes_on, *_: tf.logical_and(goes_on, ended < most),
            epoch,
            (tf.constant(0), tf.constant(True), done, sums, best_loss, best_epoch, history, *kept),
        )
        return (
            ended, history.stack(), [array.stack() for array in kept], done, sums, best_loss, best_epoch
        )  # fmt: skip
