"""What one epoch gave."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from embed_core.types import Floats


@dataclass
class Epoch:
    """What one epoch gave: losses and metrics as means per row of the table.

    Attributes:
        number: from 1.
        metrics: ``loss``, ``accuracy`` or ``mae``, and their ``val_`` twins.
        seconds: that it took.
    """

    number: int
    metrics: dict[str, float]
    _shown: Callable[[], tuple[Floats, ...]] = field(repr=False, compare=False)
    seconds: float = field(default=0.0, compare=False)

    @cached_property
    def vectors(self) -> tuple[Floats, ...]:
        """The vectors of each embedding after it, float32 (rows, dimension); views of the call's."""
        return self._shown()
