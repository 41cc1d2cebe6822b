"""What can size the points: the rows, and every number that can colour them."""

from collections.abc import Sequence

from embed_core.ui.component.category_map import Coloring, Sizing


def sizings(colors: Sequence[Coloring]) -> list[Sizing]:
    """Return what can size the points, of what can colour them."""
    numbers = [each for each in colors if each.numbers is not None and each.name != "support"]
    return [
        Sizing(name="rows", label="Rows"),
        *(Sizing(each.title, each.numbers, each.name, each.label) for each in numbers),
    ]
