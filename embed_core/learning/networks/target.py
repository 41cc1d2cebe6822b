"""The network of the objective ``target``."""

from typing import Any

import keras

from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network, embedding, output, output_start, table_start


class TargetNetwork(Network):
    """``Embedding → Flatten → Dense``: the lesson's model.

    Loss: binary or categorical cross-entropy, squared error of the standardised number, or the Poisson
    loss of a count, in units of the overall rate.
    With K outputs every gradient of a vector is a combination of the K columns of the output
    weights, so learning moves the vectors in at most K directions (K - 1 for softmax).
    """

    def build(self, spec: ModelSpec, *, seed: int, to_train: bool = False) -> keras.Model:
        """Return a new model; the one that is trained is the one that is exported."""
        return keras.Sequential(
            [
                keras.Input((1,), dtype="int32"),
                embedding(spec, 0, seed),
                keras.layers.Flatten(),
                output(spec, 0, seed),
            ]
        )

    def start(self, spec: ModelSpec, *, seed: int) -> list[Any]:
        """Return the start of the vectors and of the output."""
        return [table_start(spec, 0, seed), *output_start(spec, 0, seed)]
