"""What the reading of one file may take."""

import contextlib
import time
from typing import Any

import psutil

from embed_core.errors import AtlasError, quoted

try:  # not on Windows, where the watch from outside is all there is
    import resource
except ImportError:  # pragma: no cover
    resource = None  # type: ignore[assignment]

MEMORY = 1 << 30
"""Bytes beyond what the process has when it is ready."""
_LARGEST_FILE = 8 << 30
# Delimited text takes .05 s a megabyte, and at most .3 where quotes are damaged in every line.
_SECONDS, _SECONDS_A_MEGABYTE = 8.0, 0.3
MOST_CELLS = 2_000_000_000
"""Of an upload: it is written again, as Parquet. A few megabytes can say that they hold thousands of times as many."""
# A process that waits for the machine is not at fault.
_LONGEST = 12
ENGINE: dict[str, Any] = {"memory_limit": "512MB", "threads": 2, "max_temp_directory_size": "4GB"}
"""Settings of DuckDB."""


def seconds_for(size: int) -> float:
    """Return how many seconds of work a file of so many bytes may take.

    >>> seconds_for(20 * 1024**2)
    14.0
    """
    return _SECONDS + _SECONDS_A_MEGABYTE * size / 1024**2


def check_cells(rows: int, columns: int, name: str) -> None:
    """Refuse a table that takes minutes to write again.

    Raises:
        AtlasError: it has more than `MOST_CELLS`.
    """
    if rows * columns > MOST_CELLS:
        raise AtlasError(
            f"The file {quoted(name)} has {rows:,} rows of {columns:,} columns, and an upload may have {MOST_CELLS:,} "
            "cells. Save the columns that matter; read_table of the library reads larger files where they lie."
        )


def limit_memory() -> None:
    """Have this process fail, and not the machine, when it asks for more memory than a reading may take."""
    if resource is None:
        return
    data = getattr(psutil.Process().memory_info(), "data", 0)
    with contextlib.suppress(ValueError, OSError):
        if data:
            _lower(resource.RLIMIT_DATA, data + MEMORY)
        _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE)


def limit_seconds(seconds: float) -> None:
    """End this process after that much work, even where nobody watches it any more."""
    if resource is not None:
        used = time.process_time()
        with contextlib.suppress(ValueError, OSError):
            _lower(resource.RLIMIT_CPU, int(used + 4 * seconds) + 1)


def _lower(which: int, limit: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


class Watch:
    """Sees from outside what a process takes, from now on.

    Args:
        pid: the process.
        seconds: of work that it may do.
    """

    def __init__(self, pid: int, seconds: float) -> None:
        self._process = psutil.Process(pid)
        self._seconds = seconds
        self._began, self._work = time.monotonic(), self._worked()
        self._memory = self._process.memory_info().rss

    def _worked(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    @property
    def elapsed(self) -> float:
        """Seconds on the clock."""
        return time.monotonic() - self._began

    def exceeded(self) -> str:
        """Return "time" or "memory" when it has taken too much of that, else ""."""
        try:
            rss = self._process.memory_info().rss
            # On an idle machine the clock counts, on a busy one the work that was done.
            spent = min(self.elapsed, self._worked() - self._work)
        except psutil.Error:  # it has ended
            return ""
        if rss > self._memory + MEMORY:
            return "memory"
        return "time" if spent > self._seconds or self.elapsed > _LONGEST * self._seconds else ""
