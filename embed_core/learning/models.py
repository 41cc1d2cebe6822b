"""The Keras models: one function an objective, of the objective's name."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from embed_core.learning.config import TargetKind

EMBEDDING_LAYER = "embedding"
_ACTIVATIONS = {"binary": "sigmoid", "multiclass": "softmax", "number": "linear"}


@dataclass(frozen=True)
class ModelSpec:
    """The shape of a model; models of one shape share one compiled program.

    Attributes:
        objective: a key of ``OBJECTIVES``.
        categories: rows of the embedding.
        dimension: columns of the embedding.
        kind: what the output is: two classes, several, or a (standardised) number.
        outputs: units of the output layer, 1 unless ``kind`` is multi-class.
    """

    objective: str
    categories: int
    dimension: int
    kind: TargetKind
    outputs: int = 1


def build(spec: ModelSpec, *, seed: int) -> keras.Model:
    """Return a new Keras model of this shape with its seeded start."""
    builders = {"target": target, "distance": distance}
    return builders[spec.objective](spec, seed=seed)


def target(spec: ModelSpec, *, seed: int) -> keras.Model:
    """``Embedding → Flatten → Dense``: the lesson's model.

    Loss: binary or categorical cross-entropy, or squared error of the standardised number.
    With K outputs every gradient of a vector is a combination of the K columns of the output
    weights, so learning moves the vectors in at most K directions (K - 1 for softmax).
    """
    return keras.Sequential(
        [
            keras.Input((1,), dtype="int32"),
            _embedding(spec, seed),
            keras.layers.Flatten(),
            keras.layers.Dense(
                spec.outputs,
                activation=_ACTIVATIONS[spec.kind],
                kernel_initializer=keras.initializers.GlorotUniform(seed=seed + 1),
            ),
        ]
    )


def distance(spec: ModelSpec, *, seed: int) -> keras.Model:
    """Two look-ups in one ``Embedding`` and the euclidean distance between them.

    Loss: squared error of the distance in units of the target's standard deviation: stress in
    the sense of metric multidimensional scaling (Kruskal 1964), on the pairs in the table alone.
    """
    first, second = (keras.Input((1,), dtype="int32", name=name) for name in ("first", "second"))
    embedding = _embedding(spec, seed)
    flatten = keras.layers.Flatten()
    difference = keras.layers.Subtract()([flatten(embedding(first)), flatten(embedding(second))])
    squares = keras.ops.sum(keras.ops.square(difference), axis=-1, keepdims=True)
    # The square root has no gradient at 0, where a category meets itself.
    return keras.Model([first, second], keras.ops.sqrt(squares + 1e-12))


def loss_per_row(spec: ModelSpec, truth: object, predicted: object) -> object:
    """Return Keras' own loss for each row of a batch, shape (batch,)."""
    if spec.kind == "binary":
        return keras.losses.binary_crossentropy(truth, predicted)
    if spec.kind == "multiclass":
        return keras.losses.sparse_categorical_crossentropy(truth, predicted)
    return keras.losses.mean_squared_error(truth, predicted)


def metric_per_row(spec: ModelSpec, truth: object, predicted: object) -> object:
    """Return accuracy, or the absolute error in standard deviations, for each row of a batch."""
    if spec.kind == "binary":
        return keras.ops.reshape(keras.metrics.binary_accuracy(truth, predicted), (-1,))
    if spec.kind == "multiclass":
        return keras.metrics.sparse_categorical_accuracy(truth, predicted)
    return keras.losses.mean_absolute_error(truth, predicted)


def in_target_unit(model: keras.Model, *, offset: float, scale: float) -> keras.Model:
    """Return the model with its standardised output turned back into the target's unit."""
    if offset == 0 and scale == 1:
        return model
    return keras.Model(model.inputs, keras.layers.Rescaling(scale, offset=offset)(model.outputs[0]))


def to_bytes(model: keras.Model) -> bytes:
    """Return the model as the content of a ``.keras`` file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def vectors(model: keras.Model) -> npt.NDArray[np.float32]:
    """Return the embedding's weights, float32 (categories, dimension)."""
    return np.array(model.get_layer(EMBEDDING_LAYER).get_weights()[0])


def _embedding(spec: ModelSpec, seed: int) -> keras.layers.Embedding:
    return keras.layers.Embedding(
        spec.categories,
        spec.dimension,
        embeddings_initializer=keras.initializers.RandomUniform(-0.05, 0.05, seed=seed),  # Keras' own
        name=EMBEDDING_LAYER,
    )
