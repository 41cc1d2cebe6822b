"""The processes that read, as the server has them: one is warm, and one that fails is replaced."""

import contextlib
import json
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reader_process.limits import MEMORY, Watch, seconds_for
from embed_core.tables.reader_process.written import Column, opened
from embed_core.tables.reading.options import check_types, given_options
from embed_core.tables.reading.read import StoredFile, as_given
from embed_core.tables.reading.step import step
from embed_core.tables.report import ReadingReport
from embed_core.tables.table import Rereading, Table

_MODULE = "embed_core.tables.reader_process.child"
_ROOT = Path(__file__).parents[3]
_LOOK_SECONDS = 0.1
_START_SECONDS = 180
# How a process ends that has done more work than `limit_seconds` let it.
_TOO_LONG = -getattr(signal, "SIGXCPU", 0) or None
# A process that has grown by more is not used again.
_GROWN = 256 << 20
# What is known of an end by its signal; Windows has none of them.
_BY_SIGNAL = {
    "SIGKILL": " (it was ended from outside, as the system does when memory runs out)",
    "SIGABRT": " (it gave up, as when a damaged file makes it ask for more memory than there is)",
    "SIGSEGV": " (the library that reads such files crashed)",
    "SIGBUS": " (the library that reads such files crashed)",
}
_WHY = {getattr(signal, name): words for name, words in _BY_SIGNAL.items() if hasattr(signal, name)}
_log = logging.getLogger(__name__)


class Readers:
    """Reads files in processes of their own, each within limits; whatever happens there happens to one file.

    Args:
        most: how many files are read at a time; others wait.
    """

    def __init__(self, *, most: int = 2) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._idle: list[_Process] = []
        self._busy: list[_Process] = []
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Have a process ready, so that the first file need not wait for imports."""
        with self._lock:
            if not self._idle and not self._busy and not self._closed:
                self._idle.append(_Process())

    def read(self, file: StoredFile, **options: Any) -> Table:
        """Read a file, and return it as a table on a Parquet file of our own.

        What it is at is said to `step` several times a second; an exception from there ends the reading.

        Args:
            file: on disk.
            options: of `read_table`.

        Raises:
            AtlasError: it cannot be read, or takes more time or memory than it may.
        """
        types = check_types(options.pop("types", None))
        return self._read(file, given_options(**options), types)

    def close(self) -> None:
        """End the processes, and with them what they read."""
        with self._lock:
            self._closed = True
            ending, self._idle = [*self._idle, *self._busy], []
        for process in ending:
            process.kill()

    def _read(self, file: StoredFile, options: dict[str, Any], types: dict[str, str]) -> Table:
        while not self._free.acquire(timeout=_LOOK_SECONDS):
            step("Waiting until other files are read")
        try:
            folder = Path(tempfile.mkdtemp(prefix="read-", dir=file.path.parent))
            try:
                return self._asked(file, options, types, folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        finally:
            self._free.release()

    def _asked(self, file: StoredFile, options: dict[str, Any], types: dict[str, str], folder: Path) -> Table:
        scratch, target = folder / "scratch", folder / "table.parquet"
        scratch.mkdir()
        seconds = seconds_for(file.path.stat().st_size)
        request = {
            **{"path": str(file.path), "called": file.called, "name": file.name},
            **{"options": options, "types": types, "folder": str(scratch), "target": str(target)},
            "seconds": seconds,
        }
        process = self._take()
        answer: Mapping[str, Any] = {}
        try:
            answer = process.ask(request)
        finally:
            self._give_back(process, usable="columns" in answer or "refused" in answer)
        shutil.rmtree(scratch, ignore_errors=True)
        if "columns" not in answer:
            raise _error(file.name, answer, seconds)
        report = dict(answer["report"])
        report |= {"notes": tuple(report["notes"]), "sheets": tuple(report["sheets"])}
        return Table(
            opened(target, [Column(**each) for each in answer["columns"]]),
            name=file.name,
            report=ReadingReport(**report),
            keep=file,
            rereading=Rereading(
                lambda **wanted: self.read(file, **wanted), as_given(options, types), tuple(answer["takes"])
            ),
            profile=pd.DataFrame(answer["profile"]),
            fingerprint=answer["fingerprint"],
        )

    def _take(self) -> "_Process":
        with self._lock:
            if self._closed:
                raise AtlasError("The server ends, and reads nothing more. Start it again.")
            while self._idle and not self._idle[-1].is_alive:
                self._idle.pop().kill()
            process = self._idle.pop() if self._idle else _Process()
            self._busy.append(process)
            return process

    def _give_back(self, process: "_Process", *, usable: bool) -> None:
        with self._lock:
            self._busy.remove(process)
            if usable and not self._closed and not self._idle and not process.has_grown:
                self._idle.append(process)
                return
        process.kill()
        self.start()


class _Process:
    """One process that reads, and what it says."""

    def __init__(self) -> None:
        paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            text=True,
            encoding="ascii",
        )
        self._said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._is_ready = False
        self._memory = 0
        threading.Thread(target=self._listen, name="atlas-reader", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._popen.poll() is None

    @property
    def has_grown(self) -> bool:
        """Whether it holds much more memory than at first."""
        try:
            return bool(psutil.Process(self._popen.pid).memory_info().rss > self._memory + _GROWN)
        except psutil.Error:
            return True

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Have a file read, and return the answer, or ``{"failed": why}``."""
        began, words = time.monotonic(), "Starting"
        while not self._is_ready:
            said = self._next(words)
            if said is not None:
                self._is_ready, self._memory = True, psutil.Process(self._popen.pid).memory_info().rss
            elif not self.is_alive or time.monotonic() > began + _START_SECONDS:
                return {"failed": "start"}
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.write(json.dumps(request) + "\n")
            self._popen.stdin.flush()
            watch = Watch(self._popen.pid, request["seconds"])
        except (OSError, psutil.Error):
            return {"failed": "died"}
        while True:
            said = self._next(words)
            if said is not None and "answer" in said:
                return dict(said["answer"])
            words = said["step"] if said is not None else words
            if said is None and not self.is_alive:
                code = self._popen.poll()
                if code == _TOO_LONG:
                    return {"failed": "time"}
                return {"failed": "died", "log": f"exit {code}", "signal": -(code or 0)}
            if why := watch.exceeded():
                return {"failed": why}

    def kill(self) -> None:
        """End it, whatever it does."""
        self._popen.kill()
        self._popen.wait()
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError):
                self._popen.stdin.close()

    def _next(self, words: str) -> dict[str, Any] | None:
        """Return what it says next; None when it says nothing for a moment, or will not any more."""
        step(words)
        try:
            return self._said.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            return None

    def _listen(self) -> None:
        assert self._popen.stdout is not None
        with self._popen.stdout as lines:
            for line in lines:
                self._said.put(json.loads(line))


def _error(name: str, answer: Mapping[str, Any], seconds: float) -> AtlasError:
    if "refused" in answer:
        return AtlasError(answer["refused"])
    if "log" in answer:
        _log.warning("A file could not be read: %s", answer["log"])
    said = f"The file {quoted(name)} could not be read: "
    match answer["failed"]:
        case "memory":
            what = f"that takes more than {MEMORY >> 20:,} MB of memory. Save the columns that matter as Parquet."
        case "time":
            what = f"that takes more than {seconds:,.0f} seconds. Save the columns that matter as CSV or Parquet."
        case "start":
            return AtlasError("The process that reads files could not be started. Try again in a minute.")
        case _:
            what = (
                f"the process that did broke off{_WHY.get(answer.get('signal', 0), '')}. Nothing else was harmed. The "
                "file may be damaged: write it again, or save the table as CSV (UTF-8)."
            )
    return AtlasError(said + what)
