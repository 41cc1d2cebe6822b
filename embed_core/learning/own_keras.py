"""The Keras of whoever calls: its backend, its global settings and its forked processes, which trainings must bear."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from embed_core.errors import AtlasError, quoted

_BACKEND = "tensorflow"
_was_forked = False


def check_keras() -> None:
    """Refuse to train where Keras is not that of TensorFlow, or where TensorFlow would wait for ever.

    Raises:
        AtlasError: Keras runs on another backend, this is within a graph of TensorFlow, or this process was
            forked from one that had TensorFlow.
    """
    # While another thread imports them, both are there, and not yet whole.
    config = getattr(sys.modules.get("keras"), "config", None)
    is_eager = getattr(sys.modules.get("tensorflow"), "executing_eagerly", None)
    backend = os.environ.get("KERAS_BACKEND", _BACKEND) if config is None else config.backend()
    if backend not in (_BACKEND, ""):
        raise AtlasError(
            f"Training needs Keras on TensorFlow, and here it runs on {quoted(backend)}. Set KERAS_BACKEND to "
            f"{_BACKEND}, or leave it out, before Keras is imported; the models that are exported run on either."
        )
    if is_eager is not None and not is_eager():
        raise AtlasError(
            "Training runs outside of graphs, and this is called within a tf.Graph or tf.function. Call it outside."
        )
    if _was_forked:
        raise AtlasError(
            "This process was forked from one that had imported TensorFlow, in which TensorFlow waits for ever. Start "
            'it with multiprocessing.get_context("spawn"), or train in the first process.'
        )


@contextmanager
def float32() -> Iterator[None]:
    """Have what is made meanwhile compute in float32, whatever policy or floatx was set; also a decorator."""
    import keras

    policy, floatx = keras.config.dtype_policy(), keras.config.floatx()
    if policy.name == floatx == "float32":
        yield
        return
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


def _after_fork() -> None:
    global _was_forked
    _was_forked = "tensorflow" in sys.modules


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_after_fork)
