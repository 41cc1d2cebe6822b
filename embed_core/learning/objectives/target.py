"""``target``: the category by itself predicts a column."""

from typing import TYPE_CHECKING

from embed_core.learning.fields import TrainingFields
from embed_core.learning.layer_list import Layer, embedding_layers, output_layer, width_of
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.base import Objective, RowsToCount

if TYPE_CHECKING:
    from embed_core.learning.networks.base import Network


class Target(Objective):
    """Predict a target from the category alone."""

    name = "target"
    question = "What goes with …?"
    title = "Predict a target"
    sentence = "Each category gets the vector that best predicts the target on its own."
    limit = (
        "With one output the vectors move along one line only: a map of target means. "
        "More classes open more directions."
    )
    needs = ("target",)
    uses = ("target", "target_kind", "exposure", "category_dropout")
    target_kinds = ("binary", "multiclass", "number")
    reads_directly = True
    keras_lines = """\
category = keras.Input((1,), dtype="int32", name="category")
vector = keras.layers.Flatten()(look_up(category, 0))
model = keras.Model(category, output(vector))
"""

    def counting(self, config: TrainingFields) -> RowsToCount:
        """Count the rows of the category and the target."""
        return RowsToCount(self.inputs(config), str(config.target))

    def layers(self, spec: ModelSpec) -> list[Layer]:
        """Return ``Embedding → Flatten → Dense``.

        >>> [(layer.name, layer.size, layer.parameters) for layer in Target().layers(ModelSpec("target", ((5, 4),)))]
        [('Embedding', '5 × 4', 20), ('Flatten', '4', 0), ('Dense', '1 sigmoid', 5)]
        """
        width = width_of(spec)
        return [*embedding_layers(spec), Layer("Flatten", f"{width:,}", 0), output_layer(spec, width)]

    def directions(self, kind: str, classes: int, dimension: int) -> int | None:
        """Return in how many directions the vectors can move.

        The gradient of a vector is a combination of the columns of the output weights: one for a single
        output, and one less than the classes for softmax, whose residuals sum to 0.

        >>> [Target().directions(kind, n, 8) for kind, n in (("binary", 2), ("multiclass", 4), ("multiclass", 30))]
        [1, 3, 8]
        """
        return min(dimension, classes - 1 if kind == "multiclass" else 1)

    def network(self) -> "Network":
        """Return its network."""
        from embed_core.learning.networks.target import TargetNetwork  # here, because it imports TensorFlow

        return TargetNetwork()
