"""The model that a run leaves behind: plain Keras, which takes and gives the numbers of the table."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network
from embed_core.learning.own_keras import float32


@float32()
def exported_model(
    network: Network,
    trained: Sequence[npt.NDArray[Any]],
    spec: ModelSpec,
    *,
    offset: float,
    scale: float,
    features: Mapping[str, tuple[float, float]],
    missing: Sequence[str],
) -> keras.Model:
    """Return a copy in plain Keras, with numbers as they are in the table at its inputs and its output.

    Args:
        network: what the model was built by.
        trained: weights of the twin that was trained, on standardised numbers.
        spec: its shape.
        offset: of the target.
        scale: of the target.
        features: mean and standard deviation of each numeric input; NaN stands for a missing one.
        missing: names of those that may be missing.
    """
    model = network.build(spec, seed=0)
    values = network.exported_weights(spec, list(trained))
    for variable, value in zip(model.trainable_variables, values, strict=True):
        variable.assign(value)
    inputs, answer = list(model.inputs), model.outputs
    if features:
        raw = keras.Input((len(features),), name="numbers")
        mean, deviation = (np.array(values, np.float32) for values in zip(*features.values(), strict=True))
        absent = keras.ops.isnan(raw)
        columns = [keras.ops.where(absent, 0.0, (raw - mean) / deviation)]
        places = [place for place, name in enumerate(features) if name in missing]
        if places:
            columns.append(keras.ops.cast(keras.ops.take(absent, places, axis=1), "float32"))
        inputs = [*inputs[:-1], raw]
        answer = [model([*inputs[:-1], keras.ops.concatenate(columns, axis=1)])]
    if spec.kind == "number" and (offset, scale) != (0, 1):
        answer = [keras.layers.Rescaling(scale, offset=offset)(answer[0])]
    if spec.log:
        answer = [keras.ops.expm1(answer[0])]
    if not features and answer is model.outputs:
        return model
    return keras.Model(inputs, answer[0] if len(answer) == 1 else answer)


def to_bytes(model: keras.Model) -> bytes:
    """Return the model as the content of a ``.keras`` file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
