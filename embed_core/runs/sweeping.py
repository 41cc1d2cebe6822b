"""What a crash has left behind, removed when the server starts: halves of files, and runs that nobody can take back."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

OLD_SECONDS = 3600.0
"""What is younger may be another server's, which is writing just now."""
_HALF = re.compile(r"\..+\.[0-9a-f]{8}")
_DELETED = re.compile(r"\.[0-9a-f]{24}\.deleted|\.opening-.*")


def sweep(home: Path, *, older_than: float = OLD_SECONDS) -> int:
    """Remove leftovers from all folders of runs, and return how many there were.

    Args:
        home: folder of all that is kept.
        older_than: seconds that they were not touched.
    """
    limit, removed = time.time() - older_than, 0
    for folder in _run_folders(home):
        for entry in _entries(folder):
            if _DELETED.fullmatch(entry.name) and _changed(entry) < limit:
                shutil.rmtree(entry.path, ignore_errors=True)
                removed += 1
        for path, _, names in os.walk(folder):
            for name in names:
                half = Path(path, name)
                if _HALF.fullmatch(name) and _changed(half) < limit:
                    half.unlink(missing_ok=True)
                    removed += 1
    return removed


def _run_folders(home: Path) -> Iterator[Path]:
    yield home / "runs"
    for workspace in _entries(home / "workspaces"):
        yield Path(workspace.path, "runs")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _changed(path: Path | os.DirEntry[str]) -> float:
    try:
        return path.stat().st_ctime
    except OSError:
        return float("inf")
