"""How much work a call into a compiled program gets, so that it lasts about 50 ms."""

from dataclasses import dataclass

CALL_SECONDS = 0.05
MOST_EPOCHS = 100
_FIRST_STEPS = 64
_FASTER = 8


@dataclass(frozen=True)
class CallSize:
    """What one call does at most.

    Attributes:
        epochs: epochs that are done from their start to their end; 0 for a part of one.
        steps: batches of an epoch that are learned from.
        evaluations: batches of an epoch that are judged.
    """

    epochs: int
    steps: int
    evaluations: int


class Pace:
    """Learns from call to call how much fits into one: a part of an epoch, or many epochs."""

    def __init__(self) -> None:
        # The very first call is one step long, and pays for the compilation.
        self._steps, self._evaluations, self._epochs = 0, 1, 0
        self._epoch_seconds: float | None = None

    def next(self, steps: int, evaluations: int, *, at_start: bool, most: int) -> CallSize:
        """Return the size of the next call.

        Args:
            steps: left in the epoch.
            evaluations: left in the epoch, after the steps.
            at_start: whether the epoch is about to begin.
            most: epochs that a call may do.
        """
        if at_start and self._epochs:
            return CallSize(min(most, self._epochs), steps, evaluations)
        if at_start:
            self._epoch_seconds = 0.0
        if steps:
            return CallSize(0, min(steps, max(1, self._steps)), 0)
        return CallSize(0, 0, min(evaluations, self._evaluations))

    def learn(self, size: CallSize, seconds: float, *, ended: int) -> None:
        """Note how long a call took, and how many epochs it ended."""
        seconds = max(seconds, 1e-6)
        if size.epochs:
            if ended == size.epochs:
                fitting = size.epochs * CALL_SECONDS / seconds
                self._epochs = int(min(fitting, _FASTER * max(size.epochs, self._epochs)))
            return
        if size.steps and not self._steps:
            self._steps, self._epoch_seconds = _FIRST_STEPS, None
            return
        if size.steps and size.steps == self._steps:
            self._steps = _fitting(size.steps, seconds)
        elif size.evaluations and size.evaluations == self._evaluations:
            self._evaluations = _fitting(size.evaluations, seconds)
        if self._epoch_seconds is not None:
            self._epoch_seconds += seconds
            if ended and self._epoch_seconds < CALL_SECONDS:
                self._epochs = 1


def _fitting(size: int, seconds: float) -> int:
    return max(1, int(size * min(float(_FASTER), CALL_SECONDS / seconds)))
