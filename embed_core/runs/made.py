"""What a person made of a run: ``made.json`` in its folder."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Made(BaseModel):
    """What a person made of a run, kept with it.

    Attributes:
        groups: members by name, by embedded column.
        choices: what the map was left with, by name: colour, projection, metric, dimensions, category.
        orientation: how its maps lie: ``turned`` by hand, and whether they are laid ``on_places``.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    format: int = 1
    groups: dict[str, dict[str, list[str]]] = Field(default_factory=dict)
    choices: dict[str, Any] = Field(default_factory=dict)
    orientation: dict[str, Any] = Field(default_factory=dict)
