"""The network of the objective ``distance``."""

import dataclasses
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network, embedding, table_start


class DistanceNetwork(Network):
    """Two look-ups in one ``Embedding`` and the euclidean distance between them.

    Loss: squared error of the number in units of its standard deviation. For ``measure="distance"`` the
    distance is the number itself: stress in the sense of metric multidimensional scaling (J. B. Kruskal,
    Psychometrika 29, 1964) on the pairs in the table alone. A time is a learned start plus a learned scale, not
    below 0, times the distance; a similarity falls by it. The vectors can move in all their directions.
    """

    def build(self, spec: ModelSpec, *, seed: int, to_train: bool = False) -> keras.Model:
        """Return a new model; the one that is trained has the surplus axes as well, and their penalty as an output."""
        dimension, has_surplus = spec.tables[0][1], to_train and spec.surplus > 0
        spec = _wide(spec) if to_train else spec
        first, second = (keras.Input((1,), dtype="int32", name=name) for name in ("first", "second"))
        table = embedding(spec, 0, seed)
        if to_train:
            # One look-up: the gradients of several are joined value by value, which takes longer than the rest.
            both = table(keras.layers.Concatenate()([first, second]))
            difference = keras.ops.sum(both * np.array([[1], [-1]], np.float32), axis=1)
        else:
            flatten = keras.layers.Flatten()
            difference = keras.layers.Subtract()([flatten(table(first)), flatten(table(second))])
        squares = keras.ops.sum(keras.ops.square(difference), axis=-1, keepdims=True)
        # The square root has no gradient at 0, where a category meets itself.
        apart = keras.ops.sqrt(squares + 1e-12)
        if spec.measure != "distance":
            sign = -1.0 if spec.measure == "similarity" else 1.0
            scale = keras.layers.Dense(
                1, kernel_initializer="ones", kernel_constraint="non_neg", name="scale"
            )
            apart = scale(sign * apart)
        if has_surplus:
            on_them = both * (np.arange(spec.tables[0][1]) >= dimension).astype(np.float32)
            surplus = keras.ops.sum(keras.ops.square(on_them), axis=(1, 2))[:, None]
            return keras.Model([first, second], keras.layers.Concatenate()([apart, surplus]))
        return keras.Model([first, second], apart)

    def start(self, spec: ModelSpec, *, seed: int) -> list[Any]:
        """Return the start of the vectors, and of the scale of what is no distance."""
        table = table_start(_wide(spec), 0, seed)
        if spec.measure == "distance":
            return [table]
        return [table, np.ones((1, 1), np.float32), np.zeros(1, np.float32)]

    def exported_weights(self, spec: ModelSpec, trained: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Return the weights without the surplus axes, on which nothing is left."""
        return [trained[0][:, : spec.tables[0][1]], *trained[1:]]


def _wide(spec: ModelSpec) -> ModelSpec:
    rows, dimension = spec.tables[0]
    return dataclasses.replace(spec, tables=((rows, dimension + spec.surplus),))
