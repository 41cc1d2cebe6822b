"""The network of the objective ``context``."""

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np
import numpy.typing as npt

from embed_core.learning.batches import level_places, padded_levels
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import (
    LossAndMetric,
    Network,
    embedding,
    output,
    output_start,
    table_start,
)

# Of a level that is none: its share is 0 beside any other.
_NEVER = -1e9


class ContextLossAndMetric(LossAndMetric):
    """The cross-entropy and the accuracy of several heads, weighted."""

    # All heads at once: one operation after the other for each of them would take XLA minutes to compile.

    def loss(self, truth: Any, predicted: Any) -> Any:
        """Return the weighted loss of each row, (batch,).

        Args:
            truth: classes, (batch, heads), or the shares of all levels, (batch, levels).
            predicted: the logits of all heads, (batch, levels).
        """
        sizes = self.spec.outputs
        heads = np.repeat(np.arange(len(sizes)), sizes)
        of_head = np.eye(len(sizes), dtype=np.float32)[heads]
        logits = predicted - keras.ops.stop_gradient(keras.ops.max(predicted, axis=1, keepdims=True))
        total = keras.ops.log(keras.ops.matmul(keras.ops.exp(logits), of_head) + 1e-30)
        if truth.shape[-1] == len(heads):
            weights = keras.ops.take(self.weights, heads)
            rest = keras.ops.sum(weights * truth * logits, axis=1)
        else:
            chosen = keras.ops.take_along_axis(logits, truth + self._starts(), axis=1)
            rest = keras.ops.sum(self.weights * chosen, axis=1)
        return keras.ops.sum(self.weights * total, axis=1) - rest

    def metric(self, truth: Any, predicted: Any) -> Any:
        """Return the mean accuracy over the heads, (batch,)."""
        sizes, starts = self.spec.outputs, self._starts()
        best = keras.ops.stack(
            [keras.ops.max(predicted[:, a : a + n], axis=1) for a, n in zip(starts, sizes, strict=True)],
            axis=1,
        )
        heads = np.repeat(np.arange(len(sizes)), sizes)
        if truth.shape[-1] == len(heads):
            right = truth * keras.ops.cast(predicted >= keras.ops.take(best, heads, axis=1), "float32")
        else:
            right = keras.ops.cast(
                keras.ops.take_along_axis(predicted, truth + starts, axis=1) >= best, "float32"
            )
        return keras.ops.sum(right, axis=1) / len(sizes)

    def _starts(self) -> npt.NDArray[np.int32]:
        return np.cumsum([0, *self.spec.outputs[:-1]], dtype=np.int32)


class ContextNetwork(Network):
    """``Embedding → Flatten →`` one softmax for every other column: a category predicts the company that it keeps.

    Loss: the cross-entropy of each head divided by its entropy, averaged over the heads, so that no column with
    many levels drowns the others and 1 is knowing nothing. On counts it is a log-linear model of the
    contingency tables with a common row space: the RC association model of L. A. Goodman (The Annals of
    Statistics 13, 1985) fitted by likelihood, where correspondence analysis uses least squares. The heads have
    as many levels as there are, less one each: the vectors can move in all their directions.
    """

    loss_and_metric: ClassVar[type[LossAndMetric]] = ContextLossAndMetric

    def build(self, spec: ModelSpec, *, seed: int, to_train: bool = False) -> keras.Model:
        """Return a new model; the one that is trained has all heads in one layer of logits."""
        return self._to_train(spec, seed) if to_train else self._exported(spec, seed)

    def exported_weights(self, spec: ModelSpec, trained: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Return the weights with those of each head by themselves."""
        cuts = np.cumsum(spec.outputs)[:-1]
        heads = zip(np.split(trained[1], cuts, axis=1), np.split(trained[2], cuts), strict=True)
        return [trained[0], *(part for head in heads for part in head)]

    def padded(self, spec: ModelSpec) -> ModelSpec:
        """Return the shape that is compiled, in which levels are filled up as well."""
        return dataclasses.replace(super().padded(spec), outputs=tuple(map(padded_levels, spec.outputs)))

    def filled(self, spec: ModelSpec, start: Sequence[Any]) -> list[Any]:
        """Return the variables of the padded twin, in which a level that is none has no share."""
        table, kernel, bias = super().filled(spec, start)
        places, levels = level_places(spec.outputs), sum(self.padded(spec).outputs)
        wide, biases = np.zeros((len(kernel), levels), np.float32), np.full(levels, _NEVER, np.float32)
        wide[:, places], biases[places] = kernel, bias
        return [table, wide, biases]

    def cut(self, spec: ModelSpec, trained: Sequence[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Return the weights of the levels that there are."""
        table, kernel, bias = super().cut(spec, trained)
        places = level_places(spec.outputs)
        return [table, kernel[:, places], bias[places]]

    def _exported(self, spec: ModelSpec, seed: int) -> keras.Model:
        category = keras.Input((1,), dtype="int32", name="category")
        vector = keras.layers.Flatten()(embedding(spec, 0, seed)(category))
        return keras.Model(category, [output(spec, head, seed)(vector) for head in range(len(spec.outputs))])

    def _to_train(self, spec: ModelSpec, seed: int) -> keras.Model:
        twin = keras.Sequential(
            [
                keras.Input((1,), dtype="int32"),
                embedding(spec, 0, seed),
                keras.layers.Flatten(),
                keras.layers.Dense(sum(spec.outputs)),
            ]
        )
        for variable, start in zip(twin.variables, self.start(spec, seed=seed), strict=True):
            variable.assign(start)
        return twin

    def start(self, spec: ModelSpec, *, seed: int) -> list[Any]:
        """Return the start of the vectors and of all heads side by side."""
        kernels, biases = zip(
            *(output_start(spec, head, seed) for head in range(len(spec.outputs))), strict=True
        )
        return [table_start(spec, 0, seed), np.hstack(kernels), np.hstack(biases)]
