"""The half without TensorFlow: a number is predicted by the sum of a category's vector."""

from typing import Any

from embed_core.learning.fields import TrainingFields
from embed_core.learning.layer_list import Layer, embedding_layers
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.base import Objective, RowsToCount


class Sum(Objective):
    name = "sum"
    title = "Sum up to a number"
    sentence = "The numbers of a vector sum up to the mean of the target."
    limit = "Only the sum is learned."
    needs = ("target",)
    uses = ("target",)
    target_kinds = ("number",)
    target_title = "Number to sum up to"
    start = {"learning_rate": 0.1, "epochs": 50}  # noqa: RUF012

    def counting(self, config: TrainingFields) -> RowsToCount:
        return RowsToCount(self.inputs(config), str(config.target))

    def layers(self, spec: ModelSpec) -> list[Layer]:
        return [*embedding_layers(spec), Layer("Sum", "1", 0)]

    def network(self) -> Any:
        from tests.helpers.toy.network import SumNetwork

        return SumNetwork()

    def directions(self, kind: str, classes: int, dimension: int) -> int | None:
        return 1
