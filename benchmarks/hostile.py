"""Hostile files: how long each takes, with which memory, and what it ends with.

    python -m benchmarks.hostile [--only WORD] [--damaged 500] > benchmarks/results/hostile.md

Each is read the way an upload is: in a process of its own, within its limits. CPU seconds are of that process.
"""

import argparse
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.hostile_files import FILES, damaged
from benchmarks.machine import heading
from embed_core.errors import AtlasError
from embed_core.tables.reader_process.readers import Readers
from embed_core.tables.reading.read import StoredFile

_LOOK_SECONDS = 0.02


@dataclass
class Watched:
    """What the processes that read take, of this process' children, while it is looked."""

    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    _ends: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watched":
        """Begin to look."""
        self._began, self._before = time.perf_counter(), _taken()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self.seconds = time.perf_counter() - self._began
        self._ends.set()
        self._thread.join()

    def _look(self) -> None:
        last: dict[int, tuple[float, int]] = {}
        while True:
            last |= _taken()
            self.cpu = sum(cpu - self._before.get(pid, (0.0, 0))[0] for pid, (cpu, _) in last.items())
            self.memory = max(self.memory, *(rss for _, rss in last.values()), 0)
            if self._ends.wait(_LOOK_SECONDS):
                return


def _taken() -> dict[int, tuple[float, int]]:
    found = {}
    for child in psutil.Process().children():
        try:
            times = child.cpu_times()
            found[child.pid] = times.user + times.system, child.memory_info().rss
        except psutil.Error:
            continue
    return found


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    parser.add_argument("--damaged", type=int, default=500)
    options = parser.parse_args()
    readers = Readers(most=1)
    readers.start()
    print(heading("duckdb", "pyarrow"))
    print("| file | MB | s | CPU s | memory, MB | ends with |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.csv"
        warm.write_text("a,b\n" + "1,x\n2,y\n" * 9, "ascii")
        said(readers, warm)
        for called, (suffix, make) in FILES.items():
            if options.only not in called:
                continue
            path = Path(folder) / f"file{suffix}"
            make(path)
            with Watched() as watched:
                ends = said(readers, path)
            print(row(called, path.stat().st_size, watched, ends), flush=True)
            path.unlink()
        if options.damaged and options.only in "damaged":
            print_damaged(readers, Path(folder), options.damaged)
    readers.close()


def said(readers: Readers, path: Path) -> str:
    """Return what the reading of a file ends with, in words."""
    try:
        table = readers.read(StoredFile(path, path.name, path.name))
    except AtlasError as problem:
        return str(problem)
    return f"a table: {table.n_rows:,} rows, {len(table.columns):,} columns"


def print_damaged(readers: Readers, folder: Path, times: int) -> None:
    """Read a file with damaged pages, again and again; print how it ended, and the one that took longest."""
    ended: Counter[str] = Counter()
    most = Watched()
    for path in damaged(folder, times):
        with Watched() as watched:
            found = said(readers, path)
        ended[
            "read" if found.startswith("a table") else "broke off" if "broke off" in found else "refused"
        ] += 1
        most.seconds, most.cpu = max(most.seconds, watched.seconds), max(most.cpu, watched.cpu)
        most.memory = max(most.memory, watched.memory)
    words = ", ".join(f"{count} {how}" for how, count in ended.most_common())
    print(row(f"data pages damaged, {times} times (the most of each)", 100_000, most, words), flush=True)


def row(called: str, size: int, watched: Watched, ends: str) -> str:
    """Return a line of the table."""
    taken = f"{watched.seconds:.1f} | {watched.cpu:.1f} | {watched.memory / 2**20:,.0f}"
    return f"| {called} | {size / 2**20:,.2f} | {taken} | {ends} |"


if __name__ == "__main__":
    main()
