"""The arrays that a compiled program visits: rows in the order of their epochs, several epochs at a time."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from embed_core.learning.batches import level_places
from embed_core.learning.examples import Examples
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.registry import OBJECTIVES

Order = npt.NDArray[np.integer[Any]]
DRAWN_BACK = 1.0
"""How strongly the vectors of a training that goes on from a run are drawn to those of the run, in rows of data: each
category v adds this times log(1 + ‖v - w‖²) to the loss, w being its vector of before."""

_TAKEN_AT_ONCE = 1_000_000


class OrderedRows(NamedTuple):
    """The rows of one epoch or of several, in the order in which they are visited, filled up to whole batches.

    Rows that fill up repeat the last one at weight 0: no other row of an embedding is touched. All epochs are one
    array: the second begins where the first ends, fill included. What comes after the last is never visited.
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
    """Examples, ready to be put into the order of epochs.

    Args:
        examples: the rows.
        batch: rows in a batch.
        spec: the model's shape.
        prior: its strength.
        goes_on: whether vectors are drawn to those of a run of before.

    Attributes:
        rows: how many there are.
        batch: rows in a batch.
        steps: batches in an epoch.
        filled: rows of an epoch with those that fill up its last batch.
    """

    def __init__(
        self, examples: Examples, batch: int, *, spec: ModelSpec, prior: float = 0.0, goes_on: bool = False
    ) -> None:
        self.rows = len(examples)
        self.batch = batch
        self.steps = -(-self.rows // batch)
        self.filled = self.steps * batch
        numbers = () if examples.numbers is None else (examples.numbers,)
        self._inputs = (*examples.inputs, *numbers)
        self._truth = examples.truth[0] if len(examples.truth) == 1 else np.stack(examples.truth, axis=1)
        # Batches are drawn from distinct rows, so weights are scaled to a mean of 1: the gradient
        # of a batch is then an unbiased estimate of the gradient over all rows of the table.
        self._weights, self._counts = (
            (values / max(values.mean(), 1e-30)).astype(np.float32)
            for values in (examples.weights, examples.reported)
        )
        self._prior = _prior_per_row(examples, spec, prior, DRAWN_BACK * goes_on)

    def ordered(self, orders: Sequence[Order], capacity: int) -> OrderedRows:
        """Return the rows in the orders of epochs, as tensors of so many rows, which are part of what is compiled."""
        full = np.concatenate(
            [part for order in orders for part in (order, np.repeat(order[-1:], self.filled - self.rows))]
        )
        is_row = np.zeros(capacity, bool)
        is_row[: len(full)] = np.tile(np.arange(self.filled) < self.rows, len(orders))

        def weigh(values: npt.NDArray[np.float32]) -> Any:
            taken = np.float32(1) if (values == 1).all() else _taken(values, full, capacity)
            return tf.constant(np.where(is_row, taken, np.float32(0)))

        return OrderedRows(
            tf.constant(self.rows),
            tuple(tf.constant(_taken(values, full, capacity)) for values in self._inputs),
            tf.constant(_taken(self._truth, full, capacity)),
            weigh(self._weights),
            weigh(self._counts),
            tf.constant(_taken(self._prior, full, capacity)),
        )


def _taken(values: npt.NDArray[Any], order: Order, capacity: int) -> npt.NDArray[Any]:
    """Return ``values[order]``, filled up with 0; a million at a time, as the interpreter stands still meanwhile."""
    found = np.zeros((capacity, *values.shape[1:]), values.dtype)
    for first in range(0, len(order), _TAKEN_AT_ONCE):
        part = slice(first, min(first + _TAKEN_AT_ONCE, len(order)))
        np.take(values, order[part], axis=0, out=found[part], mode="clip")
    return found


def stacked_shares(examples: Examples, padded: ModelSpec) -> Any:
    """Return the shares of the levels of all heads side by side, (rows, levels) as padded; empty without them."""
    if not examples.shares:
        return tf.zeros((0, 0))
    shares = np.zeros((padded.tables[0][0], sum(padded.outputs)), np.float32)
    together = np.concatenate(examples.shares, axis=1)
    shares[: len(together), level_places([table.shape[1] for table in examples.shares])] = together
    return tf.constant(shares)


def _prior_per_row(
    examples: Examples, spec: ModelSpec, strength: float, before: float
) -> npt.NDArray[np.float32]:
    """Spread ``strength`` · ‖v‖² of each category over its own rows, so that the gradient stays sparse.

    After those of the inputs a column spreads that of the weights that vectors meet first over all rows: either could
    grow in the other's place. Then come the columns of what draws the vectors to those of before.
    """
    if not strength and not before:
        return np.zeros((len(examples), 0), np.float32)
    seen = [np.zeros(rows) for rows, _ in spec.tables]
    for place, codes in zip(spec.inputs, examples.inputs, strict=True):
        seen[place] += np.bincount(codes, examples.weights, minlength=len(seen[place]))

    def of_inputs(strength: float) -> list[npt.NDArray[Any]]:
        inputs = zip(spec.inputs, examples.inputs, strict=True)
        return [strength / np.maximum(seen[place][codes], 1e-30) for place, codes in inputs if strength]

    columns = of_inputs(strength)
    if strength and OBJECTIVES[spec.objective].weighs_vectors:
        columns.append(np.full(len(examples), strength / max(examples.weights.sum(), 1e-30)))
    return np.stack([*columns, *of_inputs(before)], axis=1).astype(np.float32)
