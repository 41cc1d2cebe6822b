"""The model that a run leaves behind, fed with the words and numbers of a table by the names of its columns."""

from typing import Any

import keras

from embed_core.learning.input_names import input_names
from embed_core.learning.own_keras import float32
from embed_core.types import TrainingData, Vocabulary

CODES = "codes"
"""Name of the layer that is the model which takes codes."""
# No text that a label can be: labels come from tables, whose texts hold no such character there.
_NO_LABEL = "\ufdd0"


@float32()
def fed_model(model: keras.Model, data: TrainingData, *, has_unknown: bool) -> keras.Model:
    """Return a model around one that takes codes. Its inputs are named after columns, each (rows, 1).

    A text that is none of the categories is *(rare)* where rare ones were pooled, else *(unknown)*; without such a row
    it is refused. A missing one is given as the label of *(missing)*.

    Args:
        model: takes a code for each of the embedded columns and, where there are features, their numbers.
        data: what it was trained on.
        has_unknown: whether the embeddings have an *(unknown)* row.
    """
    names = input_names([*data.vocabularies, *data.features])
    texts = [keras.Input((1,), dtype="string", name=names[column]) for column in data.vocabularies]
    taken = [
        _codes(text, vocabulary, place, has_unknown=has_unknown)
        for place, (text, vocabulary) in enumerate(zip(texts, data.vocabularies.values(), strict=True))
    ]
    numbers = [keras.Input((1,), name=names[column]) for column in data.features]
    if numbers:
        taken.append(keras.ops.concatenate(numbers, axis=1) if len(numbers) > 1 else numbers[0])
    inputs = dict(zip(names.values(), [*texts, *numbers], strict=True))
    inner = keras.Model(model.inputs, model.outputs, name=CODES)
    answer = inner(taken)
    return keras.Model(inputs, answer[0] if isinstance(answer, list) and len(answer) == 1 else answer)


def _codes(text: Any, vocabulary: Vocabulary, place: int, *, has_unknown: bool) -> Any:
    stranger = vocabulary.rare if vocabulary.rare is not None else len(vocabulary) if has_unknown else None
    lookup = keras.layers.StringLookup(
        vocabulary=list(vocabulary.labels),
        num_oov_indices=0 if stranger is None else 1,
        oov_token=_NO_LABEL,
        mask_token=None,
        name=f"lookup_{place}",
    )
    found = lookup(text)
    if stranger is not None:
        found = keras.ops.where(keras.ops.equal(found, 0), stranger, found - 1)
    return keras.ops.cast(found, "int32")
