"""The Keras models: one function an objective, of the objective's name."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from embed_core.learning.dropout import HashedDropout
from embed_core.learning.model_spec import ModelSpec

_ACTIVATIONS = {"binary": "sigmoid", "multiclass": "softmax", "number": "linear"}


def build(spec: ModelSpec, *, seed: int, to_train: bool = False) -> keras.Model:
    """Return a new Keras model of this shape with its seeded start.

    Args:
        spec: the shape.
        seed: of the start.
        to_train: a twin that compiles well in place of the model that is kept (see `kept`): dropout whose
            noise is cheap, and all heads of ``context`` in one layer of logits.
    """
    if spec.objective == "entity":
        return entity(spec, seed=seed, dropout=HashedDropout if to_train else keras.layers.Dropout)
    if spec.objective == "context" and to_train:
        return _context_to_train(spec, seed)
    return {"target": target, "context": context, "distance": distance}[spec.objective](spec, seed=seed)


def target(spec: ModelSpec, *, seed: int) -> keras.Model:
    """``Embedding → Flatten → Dense``: the lesson's model.

    Loss: binary or categorical cross-entropy, or squared error of the standardised number.
    With K outputs every gradient of a vector is a combination of the K columns of the output
    weights, so learning moves the vectors in at most K directions (K - 1 for softmax).
    """
    return keras.Sequential(
        [
            keras.Input((1,), dtype="int32"),
            _embedding(spec, 0, seed),
            keras.layers.Flatten(),
            _output(spec, 0, seed),
        ]
    )


def context(spec: ModelSpec, *, seed: int) -> keras.Model:
    """``Embedding → Flatten →`` one softmax for every other column: a category predicts the company that it keeps.

    Loss: the cross-entropy of each head divided by its entropy, averaged over the heads, so that no column with
    many levels drowns the others and 1 is knowing nothing. On counts it is a log-linear model of the
    contingency tables with a common row space: the RC association model of L. A. Goodman (The Annals of
    Statistics 13, 1985) fitted by likelihood, where correspondence analysis uses least squares. The heads have
    as many levels as there are, less one each: the vectors can move in all their directions.
    """
    category = keras.Input((1,), dtype="int32", name="category")
    vector = keras.layers.Flatten()(_embedding(spec, 0, seed)(category))
    return keras.Model(category, [_output(spec, head, seed)(vector) for head in range(len(spec.outputs))])


def _context_to_train(spec: ModelSpec, seed: int) -> keras.Model:
    twin = keras.Sequential(
        [
            keras.Input((1,), dtype="int32"),
            _embedding(spec, 0, seed),
            keras.layers.Flatten(),
            keras.layers.Dense(sum(spec.outputs)),
        ]
    )
    table, *heads = (
        keras.ops.convert_to_numpy(variable) for variable in context(spec, seed=seed).trainable_variables
    )
    for variable, start in zip(
        twin.trainable_variables, (table, np.hstack(heads[::2]), np.hstack(heads[1::2])), strict=True
    ):
        variable.assign(start)
    return twin


def entity(
    spec: ModelSpec, *, seed: int, dropout: type[keras.layers.Dropout] = keras.layers.Dropout
) -> keras.Model:
    """An ``Embedding`` per categorical column, joined with the numbers, through hidden layers to one target.

    Loss: as of ``target``. Through the hidden layers a vector's gradient depends on the rest of the row, so no
    number of directions is given beforehand. Source: C. Guo and F. Berkhahn, "Entity embeddings of categorical
    variables", arXiv:1604.06737 (2016); columns that name the same things share one embedding.
    """
    tables = [_embedding(spec, place, seed) for place in range(len(spec.tables))]
    inputs = [keras.Input((1,), dtype="int32", name=f"category_{i}") for i in range(len(spec.inputs))]
    joined = [
        keras.layers.Flatten()(tables[place](codes)) for place, codes in zip(spec.inputs, inputs, strict=True)
    ]
    if spec.dropout:
        joined = [dropout(spec.dropout, seed=seed + i)(part) for i, part in enumerate(joined)]
    if spec.numbers:
        inputs.append(keras.Input((spec.numbers,), name="numbers"))
        joined.append(inputs[-1])
    layer = keras.layers.Concatenate()(joined) if len(joined) > 1 else joined[0]
    for place, units in enumerate(spec.hidden):
        start = keras.initializers.GlorotUniform(seed=seed + 100 + place)
        layer = keras.layers.Dense(units, activation="relu", kernel_initializer=start)(layer)
        if spec.dropout:
            layer = dropout(spec.dropout, seed=seed + 100 + place)(layer)
    return keras.Model(inputs, _output(spec, 0, seed)(layer))


def distance(spec: ModelSpec, *, seed: int) -> keras.Model:
    """Two look-ups in one ``Embedding`` and the euclidean distance between them.

    Loss: squared error of the number in units of its standard deviation. For ``measure="distance"`` the
    distance is the number itself: stress in the sense of metric multidimensional scaling (J. B. Kruskal,
    Psychometrika 29, 1964) on the pairs in the table alone. A time is a learned start plus a learned scale, not
    below 0, times the distance; a similarity falls by it. The vectors can move in all their directions.
    """
    first, second = (keras.Input((1,), dtype="int32", name=name) for name in ("first", "second"))
    embedding = _embedding(spec, 0, seed)
    flatten = keras.layers.Flatten()
    difference = keras.layers.Subtract()([flatten(embedding(first)), flatten(embedding(second))])
    squares = keras.ops.sum(keras.ops.square(difference), axis=-1, keepdims=True)
    # The square root has no gradient at 0, where a category meets itself.
    apart = keras.ops.sqrt(squares + 1e-12)
    if spec.measure != "distance":
        sign = -1.0 if spec.measure == "similarity" else 1.0
        scale = keras.layers.Dense(1, kernel_initializer="ones", kernel_constraint="non_neg", name="scale")
        apart = scale(sign * apart)
    return keras.Model([first, second], apart)


class Judge:
    """Losses and metrics of the rows of a batch, as Keras computes them.

    Args:
        spec: the model's shape.
        weights: of the outputs in the loss, (outputs,).
        unit: offset and scale of a number, (2,).
    """

    def __init__(self, spec: ModelSpec, *, weights: Any, unit: Any) -> None:
        self._spec = spec
        self._weights = weights
        self._unit = unit

    def loss(self, truth: Any, predicted: Any) -> Any:
        """Return the loss of each row, (batch,).

        Args:
            truth: classes or numbers, (batch, outputs), or the shares of all levels, (batch, levels).
            predicted: (batch, units); with several outputs the logits of all.
        """
        if self._spec.objective == "context":
            return self._context_loss(truth, predicted)
        if self._spec.kind == "binary":
            return keras.losses.binary_crossentropy(truth, predicted)
        if self._spec.kind == "multiclass":
            return keras.losses.sparse_categorical_crossentropy(truth, predicted)
        return keras.losses.mean_squared_error(truth, predicted)

    def metric(self, truth: Any, predicted: Any) -> Any:
        """Return accuracy (its mean over the outputs), or the absolute error in the target's unit, (batch,)."""
        if self._spec.objective == "context":
            return self._context_accuracy(truth, predicted)
        if self._spec.kind == "binary":
            return keras.ops.reshape(keras.metrics.binary_accuracy(truth, predicted), (-1,))
        if self._spec.kind == "multiclass":
            return keras.metrics.sparse_categorical_accuracy(truth, predicted)
        if not self._spec.log:
            return self._unit[1] * keras.losses.mean_absolute_error(truth, predicted)
        back = (keras.ops.expm1(self._unit[0] + self._unit[1] * value) for value in (truth, predicted))
        return keras.losses.mean_absolute_error(*back)

    # All heads at once: one operation after the other for each of them would take XLA minutes to compile.

    def _context_loss(self, truth: Any, logits: Any) -> Any:
        sizes = self._spec.outputs
        heads = np.repeat(np.arange(len(sizes)), sizes)
        of_head = np.eye(len(sizes), dtype=np.float32)[heads]
        logits = logits - keras.ops.stop_gradient(keras.ops.max(logits, axis=1, keepdims=True))
        total = keras.ops.log(keras.ops.matmul(keras.ops.exp(logits), of_head) + 1e-30)
        if truth.shape[-1] == len(heads):
            weights = keras.ops.take(self._weights, heads)
            rest = keras.ops.sum(weights * truth * logits, axis=1)
        else:
            chosen = keras.ops.take_along_axis(logits, truth + self._starts(), axis=1)
            rest = keras.ops.sum(self._weights * chosen, axis=1)
        return keras.ops.sum(self._weights * total, axis=1) - rest

    def _context_accuracy(self, truth: Any, logits: Any) -> Any:
        sizes, starts = self._spec.outputs, self._starts()
        best = keras.ops.stack(
            [keras.ops.max(logits[:, a : a + n], axis=1) for a, n in zip(starts, sizes, strict=True)], axis=1
        )
        heads = np.repeat(np.arange(len(sizes)), sizes)
        if truth.shape[-1] == len(heads):
            right = truth * keras.ops.cast(logits >= keras.ops.take(best, heads, axis=1), "float32")
        else:
            right = keras.ops.cast(
                keras.ops.take_along_axis(logits, truth + starts, axis=1) >= best, "float32"
            )
        return keras.ops.sum(right, axis=1) / len(sizes)

    def _starts(self) -> npt.NDArray[np.int32]:
        return np.cumsum([0, *self._spec.outputs[:-1]], dtype=np.int32)


def kept(
    trained: keras.Model,
    spec: ModelSpec,
    *,
    offset: float,
    scale: float,
    features: Mapping[str, tuple[float, float]],
    missing: Sequence[str],
) -> keras.Model:
    """Return a copy in plain Keras, with numbers as they are in the table at its inputs and its output.

    Args:
        trained: on standardised numbers.
        spec: its shape.
        offset: of the target.
        scale: of the target.
        features: mean and standard deviation of each numeric input; NaN stands for a missing one.
        missing: names of those that may be missing.
    """
    model = build(spec, seed=0)
    values = [keras.ops.convert_to_numpy(variable) for variable in trained.trainable_variables]
    if spec.objective == "context":
        cuts = np.cumsum(spec.outputs)[:-1]
        pairs = zip(np.split(values[1], cuts, axis=1), np.split(values[2], cuts), strict=True)
        values = [values[0], *(part for pair in pairs for part in pair)]
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


def vectors(model: keras.Model, place: int = 0) -> npt.NDArray[np.float32]:
    """Return the weights of one of the embeddings, float32 (rows, dimension)."""
    return np.array(model.get_layer(embedding_name(place)).get_weights()[0])


def embedding_name(place: int) -> str:
    """Return the name of the layer of an embedding."""
    return f"embedding_{place}" if place else "embedding"


def _embedding(spec: ModelSpec, place: int, seed: int) -> keras.layers.Embedding:
    rows, dimension = spec.tables[place]
    return keras.layers.Embedding(
        rows,
        dimension,
        # Keras' own start, seeded.
        embeddings_initializer=keras.initializers.RandomUniform(-0.05, 0.05, seed=seed + 10_000 * place),
        name=embedding_name(place),
    )


def _output(spec: ModelSpec, place: int, seed: int) -> keras.layers.Dense:
    return keras.layers.Dense(
        spec.outputs[place],
        activation=_ACTIVATIONS[spec.kind],
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed + 1 + place),
        name=f"head_{place}" if len(spec.outputs) > 1 else None,
    )
