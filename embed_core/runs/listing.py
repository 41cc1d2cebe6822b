"""The list of the runs in a folder, of which a page asks several times, and which may have thousands."""

import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from embed_core.errors import AtlasError
from embed_core.runs.reading import is_registered
from embed_core.runs.record import RunRecord

ID = re.compile(r"[0-9a-f]{24}")
"""Ids of runs, which are the names of their folders."""
HELD_SECONDS = 2.0
CHECKED_AT_ONCE = 50
"""Of runs that have ended, so many are looked at again each time, in turn: asking the disk of thousands takes longer
than the rest of a page."""
Version = tuple[int, ...]


@dataclass(frozen=True)
class _Listed:
    """All runs, as they were found.

    Attributes:
        folder: when a run was last added or removed.
        records: of those that can be read.
        problems: of the others, in a sentence, by id.
        is_final: whether nothing more is expected of any of them.
    """

    folder: int
    records: list[RunRecord]
    problems: dict[str, str]
    is_final: bool


class Listing:
    """Lists runs: at once when one is added or removed, and what another process changes within one soon after.

    Soon is the next look for runs that go on or could not be read, and a look in which it is their turn for others.

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
        self._until = 0.0
        self._turn: deque[RunRecord] = deque()
        self._changed: set[str] = set()
        self._lock = threading.Lock()

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

    def forget(self, run_id: str | None = None) -> None:
        """Look again the next time, and read what has changed of a run."""
        with self._lock:
            if run_id is not None:
                self._changed.add(run_id)
            self._listed = None

    def _now(self) -> _Listed:
        with self._lock:
            listed, folder = self._listed, self._folder_version()
            is_due = time.monotonic() > self._until
            if listed is None or listed.folder != folder or (is_due and self._may_have_changed(listed)):
                self._listed = listed = self._look(folder)
            if is_due:
                self._until = time.monotonic() + HELD_SECONDS
            return listed

    def _may_have_changed(self, listed: _Listed) -> bool:
        """Whether any run has ended or been mended since, or is another of those whose turn it is to be looked at."""
        turn = self._turn
        if not turn:
            turn.extend(listed.records)
        looked_at = [turn.popleft() for _ in range(min(CHECKED_AT_ONCE, len(turn)))]
        self._changed.update(record.id for record in looked_at if not self._is_as_listed(record))
        return bool(self._changed) or not listed.is_final

    def _look(self, folder: int) -> _Listed:
        ended, others, problems = [], [], {}
        changed, self._changed = self._changed, set()
        for run_id in self.ids():
            known = self._known.get(run_id)
            if known is not None and _has_ended(known[1]) and run_id not in changed:
                ended.append(known[1])
                continue
            try:
                others.append(self._record(run_id))
            except AtlasError as error:
                problems[run_id] = str(error)
        is_final = not problems and all(map(_has_ended, others))
        records = sorted(ended + others, key=lambda record: record.created, reverse=True)
        return _Listed(folder, records, problems, is_final)

    def _is_as_listed(self, record: RunRecord) -> bool:
        """Whether a run is on disk as it is in the list, and nobody has read another state of it since."""
        version, known = self._known.get(record.id, (None, None))
        try:
            return known is record and version_of(os.stat(f"{self._folder}/{record.id}/run.json")) == version
        except OSError:
            return False

    def _folder_version(self) -> int:
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return 0


def version_of(stat: os.stat_result) -> Version:
    """Return what is another when a file was written again."""
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _has_ended(record: RunRecord) -> bool:
    """Whether nothing more is expected of a run; one whose objective is not registered any more is asked for again."""
    return not record.status.is_live and is_registered(record)
