"""The half with TensorFlow."""

import keras

from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network, embedding


class SumNetwork(Network):
    def build(self, spec: ModelSpec, *, seed: int, to_train: bool = False) -> keras.Model:
        category = keras.Input((1,), dtype="int32")
        vector = keras.layers.Flatten()(embedding(spec, 0, seed)(category))
        return keras.Model(category, keras.ops.sum(vector, axis=-1, keepdims=True))
