"""A training that was left between two chunks; imports no TensorFlow."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Sums = npt.NDArray[np.float64]
Arrays = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class TrainingState:
    """All that a training needs to go on elsewhere to the same numbers, bit for bit.

    Attributes:
        epoch: in which it was left, from 1.
        steps: batches of that epoch that were learned from.
        sums: loss, metric and weight of those; None before the first.
        model: the variables of the model, the states of its random generators included.
        optimizer: the variables of the optimizer.
        first_loss: of the first epoch, once it has ended.
        best_loss: the lowest watched loss so far.
        best_epoch: of that loss.
        best_weights: of that epoch, with patience.
    """

    epoch: int
    steps: int
    sums: Sums | None
    model: Arrays
    optimizer: Arrays
    first_loss: float | None
    best_loss: float
    best_epoch: int | None
    best_weights: Arrays | None
