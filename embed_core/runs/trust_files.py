"""What was measured of a run, on disk: one file of arrays for each metric."""

import zipfile
from pathlib import Path

import numpy as np

from embed_core import writing
from embed_core.training.trust_measures import TrustMeasures

# A page that shows a run asks for it many times.
_REMEMBERED = 8


class TrustFiles:
    """Writes what was measured, and reads it again, once as long as it does not change."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], TrustMeasures]] = {}

    def write(self, path: Path, trust: TrustMeasures) -> None:
        """Write what was measured.

        Raises:
            OSError: it cannot be written, or the run has been deleted.
        """
        path.parent.mkdir(exist_ok=True)
        with writing.replacing(path) as file:
            np.savez(file, allow_pickle=False, **vars(trust))

    def read(self, path: Path) -> TrustMeasures | None:
        """Return what was measured; None when nothing was, by another version, or it is damaged."""
        try:
            stat = path.stat()
            version = stat.st_mtime_ns, stat.st_ino, stat.st_size
            before, known = self._known.get(path, (None, None))
            if before == version:
                return known
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files}
            plain = {name: value if value.ndim else value.item() for name, value in found.items()}
            measured = TrustMeasures(**plain)
            self._known = dict([*self._known.items()][-_REMEMBERED:])
            self._known[path] = version, measured
            return measured
        except (OSError, EOFError, ValueError, TypeError, KeyError, zipfile.BadZipFile, zipfile.LargeZipFile):
            return None
