"""``distance``: the distance of two vectors equals a number."""

import dataclasses
from typing import TYPE_CHECKING

from embed_core.learning.fields import TrainingFields
from embed_core.learning.layer_list import Layer, embedding_layers
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.base import Objective, RowsToCount
from embed_core.learning.unfolding import LEAST_EPOCHS, SURPLUS
from embed_core.types import Target, TrainingData

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
    limit = (
        "Pairs that never meet in the table are placed only through others, and what has one or two partners on the "
        "outer side of them; the map can be turned or mirrored."
    )
    needs = ("partner", "target")
    # No category dropout: a stranger has no place.
    uses = ("partner", "target", "measure")
    target_kinds = ("number",)
    target_title = "Number to keep"
    # Few large steps over all rows that die away; with batches the error of what was learned is several times as high.
    # What lies in a plane is drawn as it is in two dimensions, and more of them fit the pairs and not the places.
    start = {  # noqa: RUF012
        **{"epochs": 1_500, "batch_size": 4_096, "learning_rate": 0.1, "schedule": "cosine"},
        **{"prior_strength": 0.0, "dimension": 2},
    }
    keras_lines = """\
first, second = (keras.Input((1,), dtype="int32", name=name) for name in ("first", "second"))
vectors = [keras.layers.Flatten()(look_up(codes, 0)) for codes in (first, second)]
squares = keras.ops.sum(keras.ops.square(vectors[0] - vectors[1]), axis=-1, keepdims=True)
apart = keras.ops.sqrt(squares + 1e-12)  # the root has no gradient at 0
if MEASURE != "distance":  # a time is a start plus a scale times the distance; a similarity falls by it
    scale = keras.layers.Dense(1, kernel_initializer="ones", kernel_constraint="non_neg")
    apart = scale(-apart if MEASURE == "similarity" else apart)
model = keras.Model([first, second], apart)
"""

    def counting(self, config: TrainingFields) -> RowsToCount:
        """Count the rows of the two columns and the number, which is measured from 0."""
        return RowsToCount(
            self.inputs(config),
            str(config.target),
            centered=False,
            paired=True,
            allow_negative=config.measure == "similarity",
        )

    def spec(self, data: TrainingData, config: TrainingFields) -> ModelSpec:
        """Return the shape of the model, with axes to spare while there are epochs to press them out again."""
        surplus = SURPLUS if config.planned_epochs >= LEAST_EPOCHS else 0
        return dataclasses.replace(super().spec(data, config), surplus=surplus)

    def layers(self, spec: ModelSpec) -> list[Layer]:
        """Return ``Embedding → Distance``, and for a time or a similarity what makes one of it."""
        shown = [*embedding_layers(spec), Layer("Distance", "euclidean", 0)]
        return shown if spec.measure == "distance" else [*shown, Layer("Dense", "1 linear", 2)]

    def is_placed_by_distances(self) -> bool:
        """Say that they do."""
        return True

    def metric(self, dimension: int, target: Target | None = None) -> str:
        """Return the distance by which categories are neighbors: the one that was learned."""
        return "euclidean"

    def has_unit(self, config: TrainingFields) -> bool:
        """Say that they are, where it is a distance that was measured."""
        return config.measure == "distance"

    def network(self) -> "Network":
        """Return its network."""
        from embed_core.learning.networks.distance import (
            DistanceNetwork,  # here, because it imports TensorFlow
        )

        return DistanceNetwork()
