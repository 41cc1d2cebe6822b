"""What goes into a call of a compiled program beside its settings, and what comes out of it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embed_core.learning.rows import EpochConstants, OrderedRows
from embed_core.learning.training_state import Progress, Sums


class Judged(NamedTuple):
    """What epochs are judged on.

    Attributes:
        rows: in their order.
        constants: of these rows.
        batch: rows that are judged at a time.
    """

    rows: OrderedRows
    constants: EpochConstants
    batch: int


class Done(NamedTuple):
    """What a call did.

    Attributes:
        epochs: how many it ended.
        history: of each, the sums of loss, metric and weight in training and in what it was judged on.
        vectors: of each embedding after each of them, (capacity, rows, dimension).
        progress: to go on from.
        seconds: that the call took.
    """

    epochs: int
    history: Sums
    vectors: tuple[npt.NDArray[np.float32], ...]
    progress: Progress
    seconds: float
