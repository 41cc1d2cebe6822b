"""``entity``: the category and the other columns together predict a column."""

from typing import TYPE_CHECKING

from embed_core.learning.fields import TrainingFields
from embed_core.learning.layer_list import Layer, embedding_layers, output_layer, width_of
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.base import Objective, RowsToCount

if TYPE_CHECKING:
    from embed_core.learning.networks.base import Network


class Entity(Objective):
    """Predict a target with the other columns, through hidden layers."""

    name = "entity"
    question = "What goes with …, all else being equal?"
    title = "Predict a target with the other columns"
    sentence = (
        "Every categorical column gets an embedding, and together with the numbers they predict the "
        "target through hidden layers."
    )
    limit = (
        "A category gets what the other columns do not already tell; the map can bend, so near is "
        "surer than far."
    )
    needs = ("target",)
    uses = (
        *("target", "target_kind", "exposure", "partner", "features"),
        *("hidden", "dropout", "category_dropout"),
    )
    target_kinds = ("binary", "multiclass", "number")
    start = {"epochs": 100, "learning_rate": 0.01, "schedule": "cosine", "prior_strength": 0.0}  # noqa: RUF012
    keras_lines = """\
inputs = [keras.Input((1,), dtype="int32") for _ in places]
joined = [keras.layers.Flatten()(look_up(codes, place)) for codes, place in zip(inputs, places)]
joined = [keras.layers.Dropout(DROPOUT, seed=SEED + i)(vector) for i, vector in enumerate(joined)]
if numbers:
    inputs.append(keras.Input((training[0][-1].shape[1],), name="numbers"))
    joined.append(inputs[-1])
layer = keras.layers.Concatenate()(joined) if len(joined) > 1 else joined[0]
for i, units in enumerate(HIDDEN):
    start = keras.initializers.GlorotUniform(seed=SEED + 100 + i)
    held = on_kernel if i == 0 else None
    layer = keras.layers.Dense(units, activation="relu", kernel_initializer=start, kernel_regularizer=held)(layer)
    layer = keras.layers.Dropout(DROPOUT, seed=SEED + 100 + i)(layer)
model = keras.Model(inputs, output(layer))
"""

    def source(self, config: TrainingFields) -> str:
        """Return what the vectors are learned by, for the name of a run."""
        return f"by {config.target} and others"

    def counting(self, config: TrainingFields) -> RowsToCount:
        """Count the rows of all inputs and the target."""
        return RowsToCount(self.inputs(config), str(config.target), others=config.features)

    def layers(self, spec: ModelSpec) -> list[Layer]:
        """Return the embeddings and numbers, joined, and the hidden layers up to the output."""
        shown, width = embedding_layers(spec), width_of(spec) + spec.numbers
        if spec.numbers:
            shown.append(Layer("Numbers", f"{spec.numbers:,}", 0))
        shown.append(Layer("Concatenate", f"{width:,}", 0))
        for units in spec.hidden:
            shown.append(Layer("Dense", f"{units:,} relu", units * (width + 1)))
            width = units
        return [*shown, output_layer(spec, width)]

    def network(self) -> "Network":
        """Return its network."""
        from embed_core.learning.networks.entity import EntityNetwork  # here, because it imports TensorFlow

        return EntityNetwork()
