"""The network of the objective ``entity``."""

from typing import Any

import keras
import numpy as np

from embed_core.learning.dropout import HashedDropout, first_call
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network, embedding, output, output_start, table_start


class EntityNetwork(Network):
    """An ``Embedding`` per categorical column, joined with the numbers, through hidden layers to one target.

    Loss: as of ``target``. Through the hidden layers a vector's gradient depends on the rest of the row, so no
    number of directions is given beforehand. Source: C. Guo and F. Berkhahn, "Entity embeddings of categorical
    variables", arXiv:1604.06737 (2016); columns that name the same things share one embedding.
    """

    def build(self, spec: ModelSpec, *, seed: int, to_train: bool = False) -> keras.Model:
        """Return a new model; the dropout of the one that is trained has noise that is cheap."""
        dropout = HashedDropout if to_train else keras.layers.Dropout
        tables = [embedding(spec, place, seed) for place in range(len(spec.tables))]
        inputs = [keras.Input((1,), dtype="int32", name=f"category_{i}") for i in range(len(spec.inputs))]
        joined = [
            keras.layers.Flatten()(tables[place](codes))
            for place, codes in zip(spec.inputs, inputs, strict=True)
        ]
        if spec.dropout:
            joined = [dropout(spec.dropout, seed=seed + i)(part) for i, part in enumerate(joined)]
        if spec.numbers:
            inputs.append(keras.Input((spec.numbers,), name="numbers"))
            joined.append(inputs[-1])
        layer = keras.layers.Concatenate()(joined) if len(joined) > 1 else joined[0]
        for place, units in enumerate(spec.hidden):
            start = _hidden(place, seed)
            layer = keras.layers.Dense(units, activation="relu", kernel_initializer=start)(layer)
            if spec.dropout:
                layer = dropout(spec.dropout, seed=seed + 100 + place)(layer)
        return keras.Model(inputs, output(spec, 0, seed)(layer))

    def start(self, spec: ModelSpec, *, seed: int) -> list[Any]:
        """Return the start of the vectors, of the noise of the dropout, and of all layers."""

        def noise(number: int) -> list[Any]:
            return [first_call(number), np.array([number, 0])] if spec.dropout else []

        found = [table_start(spec, place, seed) for place in range(len(spec.tables))]
        for place in range(len(spec.inputs)):
            found += noise(seed + place)
        width = sum(spec.tables[place][1] for place in spec.inputs) + spec.numbers
        for place, units in enumerate(spec.hidden):
            kernel = _hidden(place, seed)((width, units))
            found += [kernel, np.zeros(units, np.float32), *noise(seed + 100 + place)]
            width = units
        return [*found, *output_start(spec, 0, seed, width=width)]


def _hidden(place: int, seed: int) -> keras.initializers.Initializer:
    return keras.initializers.GlorotUniform(seed=seed + 100 + place)
