"""Ctrl-C that keeps what was reached."""

import signal
import sys
from types import FrameType
from typing import Any, Self


class Interrupting:
    """Takes the first Ctrl-C for a wish to stop after the epoch, once there is something to keep; ends at the second.

    Attributes:
        was_asked: whether it was wished.
    """

    def __init__(self) -> None:
        self.was_asked = False
        self._is_something = False
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def after_epoch(self, _: object) -> bool:
        """Note that there is something to keep; returns whether to stop."""
        self._is_something = True
        return self.was_asked

    def _interrupt(self, _: int, __: FrameType | None) -> None:
        if self.was_asked or not self._is_something:
            raise KeyboardInterrupt
        self.was_asked = True
        print("Stopping; what was reached is kept. Ctrl-C again ends at once.", file=sys.stderr)
