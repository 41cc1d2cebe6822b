"""The settings with which tables and runs were left."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

MOST_LEFT = 32


class LeftSettings:
    """The settings with which tables and runs were left, the last few of them, until the server ends."""

    def __init__(self) -> None:
        self._left: OrderedDict[tuple[str, str | None], dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, table: str, run: str | None, settings: Mapping[str, Any]) -> None:
        """Keep how a table was left, with a run in hand or none, in place of what was kept of both before."""
        with self._lock:
            self._left[table, run] = deepcopy(dict(settings))
            self._left.move_to_end((table, run))
            while len(self._left) > MOST_LEFT:
                self._left.popitem(last=False)

    def of(self, table: str, run: str | None) -> dict[str, Any] | None:
        """Return how a table was left with a run in hand or none; None where that was never so, or too long ago."""
        with self._lock:
            return deepcopy(self._left.get((table, run)))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._left.clear()
