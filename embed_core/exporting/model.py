"""The Keras models of a run."""

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content


def _fed(content: Content) -> bytes:
    assert content.fed_model is not None
    return content.fed_model()


def _of_codes(content: Content) -> bytes:
    assert content.model is not None
    return content.model()


KERAS = Exporter(
    "keras",
    "Keras model",
    "The trained model in plain Keras. It takes the words and numbers of your table by the names of its columns, as "
    "tensors: run.model_inputs makes them.",
    ".keras",
    _fed,
    needs=("run", "fed model"),
    section="The run",
)
CODES = Exporter(
    "keras-codes",
    "Keras model of codes",
    "The same without the words: it takes the position of each category among the vectors, for code of your own.",
    ".keras",
    _of_codes,
    needs=("run", "model"),
    section="The run",
)
