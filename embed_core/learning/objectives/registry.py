"""The objectives that there are: a line for each."""

from embed_core.learning.objectives.base import Objective
from embed_core.learning.objectives.context import Context
from embed_core.learning.objectives.distance import Distance
from embed_core.learning.objectives.elsewhere import Elsewhere
from embed_core.learning.objectives.entity import Entity
from embed_core.learning.objectives.target import Target

OBJECTIVES: dict[str, Objective] = {}


def register(objective: Objective) -> None:
    """Add an objective, or put it in the place of the one of that name.

    A configuration brings its objective along to worker processes: its class must be one that can be imported
    there, or be defined in the main script.
    """
    OBJECTIVES[objective.name] = objective


register(Target())
register(Context())
register(Entity())
register(Distance())
register(Elsewhere())
