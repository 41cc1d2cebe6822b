"""``distance``: the distance of two vectors equals a number."""

from typing import TYPE_CHECKING

from embed_core.learning.fields import TrainingFields
from embed_core.learning.layer_list import Layer, embedding_layers
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.base import Objective, RowsToCount

if TYPE_CHECKING:
    from embed_core.learning.networks.base import Network


class Distance(Objective):
    """Keep a measured distance between the categories of two columns."""

    name = "distance"
    question = "How far apart are they?"
    title = "Keep a measured distance"
    sentence = (
        "Two columns that name the same kind of thing share one embedding, and the distance between "
        "two vectors learns to equal a number in the table."
    )
    limit = "Pairs that never meet in the table are placed only through others; the map can be turned or mirrored."
    needs = ("partner", "target")
    # No category dropout: a stranger has no place.
    uses = ("partner", "target", "measure")
    target_kinds = ("number",)
    target_title = "Number to keep"
    # Large steps that die away: small ones leave the map folded in two of three starts.
    start = {"learning_rate": 0.2, "schedule": "cosine"}  # noqa: RUF012

    def counting(self, config: TrainingFields) -> RowsToCount:
        """Count the rows of the two columns and the number, which is measured from 0."""
        return RowsToCount(
            self.inputs(config),
            str(config.target),
            centered=False,
            allow_negative=config.measure == "similarity",
        )

    def layers(self, spec: ModelSpec) -> list[Layer]:
        """Return ``Embedding → Distance``, and for a time or a similarity what makes one of it."""
        shown = [*embedding_layers(spec), Layer("Distance", "euclidean", 0)]
        return shown if spec.measure == "distance" else [*shown, Layer("Dense", "1 linear", 2)]

    def metric(self, dimension: int) -> str:
        """Return the distance by which categories are neighbors: the one that was learned."""
        return "euclidean"

    def network(self) -> "Network":
        """Return its network."""
        from embed_core.learning.networks.distance import (
            DistanceNetwork,  # here, because it imports TensorFlow
        )

        return DistanceNetwork()
