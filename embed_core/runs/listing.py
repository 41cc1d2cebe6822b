"""The list of the runs in a folder, of which a page asks several times, and which may have thousands."""

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from embed_core.errors import AtlasError
from embed_core.runs.reading import is_registered
from embed_core.runs.record import RunRecord

ID = re.compile(r"[0-9a-f]{24}")
"""Ids of runs, which are the names of their folders."""
HELD_SECONDS = 2.0
Version = tuple[int, ...]


@dataclass(frozen=True)
class _Listed:
    """All runs, as they were found.

    Attributes:
        folder: when a run was last added or removed.
        until: when it is time to look again.
        records: of those that can be read.
        problems: of the others, in a sentence, by id.
    """

    folder: int
    until: float
    records: list[RunRecord]
    problems: dict[str, str]


class Listing:
    """Lists runs: at once when one is added or removed, and what another process changes within one soon after.

    Args:
        folder: of the runs.
        known: the records that were read before, by id, with what their file was then.
        record: reads one.
    """

    def __init__(
        self, folder: Path, known: Mapping[str, tuple[Version, RunRecord]], record: Callable[[str], RunRecord]
    ) -> None:
        self._folder = folder
        self._known = known
        self._record = record
        self._listed: _Listed | None = None

    def ids(self) -> list[str]:
        """Return the ids of all runs, those that cannot be read included."""
        try:
            return [name for name in os.listdir(self._folder) if ID.fullmatch(name)]
        except OSError:
            return []

    def records(self) -> list[RunRecord]:
        """Return all readable runs, newest first."""
        return list(self._now().records)

    def problems(self) -> dict[str, str]:
        """Return why runs cannot be read, by id."""
        return dict(self._now().problems)

    def forget(self) -> None:
        """Look again the next time."""
        self._listed = None

    def _now(self) -> _Listed:
        listed = self._listed
        if listed is None or listed.folder != self._folder_version() or time.monotonic() > listed.until:
            self._listed = listed = self._look()
        return listed

    def _look(self) -> _Listed:
        folder, found, problems = self._folder_version(), [], {}
        for run_id in self.ids():
            known = self._known.get(run_id)
            if known is not None and _is_settled(known, f"{self._folder}/{run_id}/run.json"):
                found.append(known[1])
                continue
            try:
                found.append(self._record(run_id))
            except AtlasError as error:
                problems[run_id] = str(error)
        found.sort(key=lambda record: record.created, reverse=True)
        return _Listed(folder, time.monotonic() + HELD_SECONDS, found, problems)

    def _folder_version(self) -> int:
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return 0


def version_of(stat: os.stat_result) -> Version:
    """Return what is another when a file was written again."""
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _is_settled(known: tuple[Version, RunRecord], path: str) -> bool:
    """Whether a run that was read before has ended, and its file has not changed; asked of thousands at a time."""
    version, record = known
    try:
        return version_of(os.stat(path)) == version and not record.status.is_live and is_registered(record)
    except OSError:
        return False
