"""The Keras model of a run."""

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content


def _make(content: Content) -> bytes:
    assert content.model is not None
    return content.model()


KERAS = Exporter(
    "keras",
    "Keras model",
    "The trained model in plain Keras, as keras.models.load_model opens it.",
    ".keras",
    _make,
    needs=("run", "model"),
    section="The run",
)
