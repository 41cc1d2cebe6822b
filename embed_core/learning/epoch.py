"""What one epoch gave."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
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


def learning_rates(config: TrainingConfig, first: int, count: int) -> Floats:
    """Return the learning rates of so many epochs, from the first on."""
    if config.schedule == "cosine":
        done = (np.arange(first, first + count) - 1) / config.planned_epochs
        return (config.learning_rate * 0.5 * (1 + np.cos(np.pi * done))).astype(np.float32)
    return np.full(count, config.learning_rate, np.float32)


def no_sense(number: int, config: TrainingConfig, *, is_finite: bool) -> AtlasError:
    """Return what is said of an epoch whose loss makes no sense."""
    what = "has grown ten thousandfold" if is_finite else "stopped being a number"
    return AtlasError(
        f"The loss {what} in epoch {number} with the learning rate {config.learning_rate:g}. "
        f"Choose a smaller learning rate, such as {config.learning_rate / 10:g}."
    )
