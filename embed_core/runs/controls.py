"""How a job is to proceed, and the loop in it that obeys."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from embed_core.progress import Part

REPORT_SECONDS = 0.1


@dataclass(frozen=True)
class Controls:
    """How a job is to proceed.

    Attributes:
        paused: wait, unless steps are left.
        steps: epochs to train although paused; ``serial`` tells one press from the next.
        stop: end now, keeping what there is.
        abandon: end now; nobody wants what there is.
        give_back: end between two chunks, to go on later, on any worker.
        pace: epochs per second at most; 0 is full speed.
        begun: parts of its work that were begun elsewhere.
        done: those of them that have been done.
    """

    paused: bool = False
    steps: int = 0
    serial: int = 0
    stop: bool = False
    abandon: bool = False
    give_back: bool = False
    pace: float = 0.0
    begun: tuple[Part, ...] = ()
    done: tuple[Part, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it in the form in which it travels."""
        return dict(vars(self))


@dataclass(frozen=True)
class GivenBack:
    """What work returns that gave its worker back before its end.

    Attributes:
        state: what it goes on from: given to it as ``state=``.
        steps: that it was asked for and has not done.
        serial: of the last controls that it heard.
    """

    state: Any
    steps: int = 0
    serial: int = 0


class ControlledLoop:
    """Pause, step, stop and pace, as a job asks between its chunks; called, it says whether to go on."""

    def __init__(self, controls: Controls) -> None:
        self._changed = threading.Condition()
        self._controls = controls
        self._steps_left = controls.steps
        self._next_epoch_at = 0.0
        self.answered = threading.Event()

    @property
    def controls(self) -> Controls:
        """How the job is to proceed, as last heard."""
        return self._controls

    def obey(self, controls: Controls) -> None:
        """Take other controls; called from another thread."""
        with self._changed:
            if controls.serial != self._controls.serial:
                self._steps_left += controls.steps
            self._controls = controls
            self._changed.notify_all()
        self.answered.set()

    @property
    def is_slow(self) -> bool:
        """Whether every epoch is looked at: more than ten a second are not."""
        return self._controls.paused or 0 < self._controls.pace <= 1 / REPORT_SECONDS

    def __call__(self) -> bool:
        """Wait while paused; return whether to go on."""
        with self._changed:
            while self._controls.paused and not self._steps_left and not self._ends:
                self._changed.wait(1.0)
            return not self._ends

    def wait(self, seconds: float) -> None:
        """Return when it need not wait any more, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._controls.paused or self._ends, seconds)

    def given_back(self, state: Any) -> GivenBack:
        """Return what work returns that gives its worker back."""
        with self._changed:
            return GivenBack(state, self._steps_left, self._controls.serial)

    def gives_back(self) -> bool:
        """Whether the worker is wanted back, and the work shall go on later."""
        return self._controls.give_back and not self._controls.stop and not self._controls.abandon

    def after_epoch(self, epoch: int) -> bool:
        """Count steps and keep the pace; return whether to stop."""
        with self._changed:
            if epoch and self._steps_left:
                self._steps_left -= 1
            while self._controls.pace and not self._ends:
                now = time.monotonic()
                if now >= self._next_epoch_at:
                    break
                self._changed.wait(self._next_epoch_at - now)
            if self._controls.pace:
                self._next_epoch_at = max(time.monotonic(), self._next_epoch_at) + 1 / self._controls.pace
        return not self()

    @property
    def _ends(self) -> bool:
        return self._controls.stop or self._controls.abandon or self._controls.give_back
