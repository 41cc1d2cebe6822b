"""``context``: the category predicts every other column."""

from typing import TYPE_CHECKING

from embed_core.learning.fields import TrainingFields
from embed_core.learning.layer_list import Layer, embedding_layers, output_layer, width_of
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.base import ContextToCount, Objective, Shown

if TYPE_CHECKING:
    from embed_core.learning.networks.base import Network


class Context(Objective):
    """Relate categories by the other columns."""

    name = "context"
    question = "Which are alike?"
    title = "Relate by the other columns"
    sentence = (
        "Categories come close when they keep the same company: every other column is predicted from "
        "the category. Needs no target."
    )
    limit = (
        "It shows whatever the other columns tell, a column that repeats the category included: "
        "leave such columns out."
    )
    uses = ("context", "category_dropout")
    # Few steps an epoch, as there is one row a category: they must be large, and die away.
    start = {"epochs": "auto", "learning_rate": 0.05, "schedule": "cosine"}  # noqa: RUF012
    reads_directly = True
    keras_lines = """\
category = keras.Input((1,), dtype="int32", name="category")
vector = keras.layers.Flatten()(look_up(category, 0))
model = keras.Model(category, [output(vector, head) for head in range(len(outputs))])
"""

    def source(self, config: TrainingFields) -> str:
        """Return what the vectors are learned by, for the name of a run."""
        return "by its context"

    def placed(self, config: TrainingFields) -> str:
        """Return what places the categories on their map, for its heading."""
        return "by the company they keep"

    def summary(self, shown: Shown) -> str:
        """Return what the vectors are learned from, as the end of a sentence."""
        return f"by the company they keep in {shown.others}"

    def loss_unit(self, config: TrainingFields) -> str:
        """Return what its loss is measured in: it is weighted so that knowing nothing loses 1."""
        return "1 = knowing nothing"

    def counting(self, config: TrainingFields) -> ContextToCount:
        """Count how often the category goes with the levels of the other columns."""
        return ContextToCount(config.column, config.context)

    def layers(self, spec: ModelSpec) -> list[Layer]:
        """Return ``Embedding → Flatten →`` a head for every other column."""
        width = width_of(spec)
        return [*embedding_layers(spec), Layer("Flatten", f"{width:,}", 0), output_layer(spec, width)]

    def network(self) -> "Network":
        """Return its network."""
        from embed_core.learning.networks.context import ContextNetwork  # here, because it imports TensorFlow

        return ContextNetwork()
