"""``elsewhere``: vectors that were not trained here; nothing is learned by it."""

from typing import TYPE_CHECKING, NoReturn

from embed_core.errors import AtlasError
from embed_core.learning.fields import TrainingFields
from embed_core.learning.layer_list import Layer
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.base import Objective

if TYPE_CHECKING:
    from embed_core.learning.networks.base import Network


class Elsewhere(Objective):
    """What vectors are said to be learned by that came from somewhere else: it cannot be trained by."""

    name = "elsewhere"
    title = "Vectors from elsewhere"
    sentence = "The vectors were brought as they are: they were not learned here."
    limit = (
        "What they were learned from is not known here, so they cannot be trained again to see what stays."
    )
    is_offered = False

    def source(self, config: TrainingFields) -> str:
        """Return where the vectors are from, for the name of a run."""
        return "from elsewhere"

    def placed(self, config: TrainingFields) -> str:
        """Return what places the categories."""
        return "by vectors from elsewhere"

    def counting(self, config: TrainingFields) -> NoReturn:
        """Say that there is nothing to train by."""
        raise AtlasError("Vectors from elsewhere are not trained here. Choose another objective.")

    def layers(self, spec: ModelSpec) -> list[Layer]:
        """Return no layers: there is no model."""
        return []

    def network(self) -> "Network":
        """Say that there is nothing to train by."""
        raise AtlasError("Vectors from elsewhere are not trained here. Choose another objective.")
