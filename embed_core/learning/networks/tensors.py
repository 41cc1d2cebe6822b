"""Texts and numbers as Keras' models take them."""

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
import tensorflow as tf


def tensors(columns: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    """Return each column as a tensor: texts, which ``predict`` refuses otherwise, or float32."""
    return {
        name: tf.constant(values.tolist() if values.dtype == object else values)
        for name, values in columns.items()
    }
