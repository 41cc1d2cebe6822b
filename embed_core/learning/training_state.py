"""A training that was left between two calls; imports no TensorFlow."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embed_core.types import Floats

Sums = npt.NDArray[np.float64]
Arrays = list[npt.NDArray[Any]]


class Progress(NamedTuple):
    """How far a training is.

    Attributes:
        epoch: the one that is next, or that was left, from 1.
        steps: batches of that epoch that are done: those that it learns from, then those that it is judged on.
        sums: loss, metric and weight of those: of training, then of what it is judged on; None before the first.
        best_loss: the lowest watched loss so far.
        best_epoch: of that loss.
    """

    epoch: int = 1
    steps: int = 0
    sums: Sums | None = None
    best_loss: float = np.inf
    best_epoch: int | None = None


@dataclass(frozen=True)
class TrainingState:
    """All that a training needs to go on elsewhere to the same numbers, bit for bit.

    Attributes:
        progress: how far it is.
        variables: of the model, the states of its random generators included, of the optimizer, and of the model
            after the best epoch.
        first_loss: of the first epoch, once it has ended.
        prior_strength: that was chosen, or given; None before it is chosen.
        search: for the strength of the prior, when the training was left in it.
        around: while all else is fitted to vectors of before, when the training was left in that.
    """

    progress: Progress
    variables: Arrays
    first_loss: float | None
    prior_strength: float | None = None
    search: "PriorSearch | None" = None
    around: "TrainingState | None" = None


@dataclass(frozen=True)
class PriorSearch:
    """How far a search for the strength of the prior is.

    Attributes:
        losses: of the trials that have ended, by their place among the strengths, in their order.
        trial: the one that was left; None between two.
        last: its loss after the last epoch.
    """

    losses: dict[int, float]
    trial: TrainingState | None
    last: float


class KeptStart(NamedTuple):
    """Where the rows of each embedding begin.

    Attributes:
        tables: float32 (rows, dimension) each; NaN where the seeded start stays.
        is_kept: which rows have their own vector of before, bool (rows,) each: they are held while the rest of the
            model, and the vectors of what is new, are fitted to them.
    """

    tables: tuple[Floats, ...]
    is_kept: tuple[npt.NDArray[np.bool_], ...]
