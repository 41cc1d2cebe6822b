"""Threads that compute by turns, so that few of them compute at the same time and all get on."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class ByTurns:
    """Lets few threads compute at a time; who has been away for a moment comes after those who wait.

    Args:
        places: how many compute at the same time.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def present(self) -> Iterator[None]:
        """Compute within this block, as soon as it is this thread's turn."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Within `present`: let others compute for the time of this block."""
        self._leave()
        try:
            yield
        finally:
            self._enter()

    def _enter(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()  # the place is handed on, so that nobody comes between
            else:
                self._free += 1
