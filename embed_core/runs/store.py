"""Runs on disk, written so that a crash at any moment leaves them readable.

A run is a folder: ``run.json``, ``history.jsonl`` while it trains (appended; a line cut off by a crash
is passed over) and ``history.parquet`` when it has ended, ``snapshots/`` of the vectors,
``embedding/``, ``model.keras`` and ``fed.keras``; ``trust/`` once that is measured, and ``made.json`` once a person
made something of it. Files that are not appended are written whole or not at all: see `embed_core.writing`.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import platformdirs
import psutil
from pydantic import ValidationError

from embed_core import writing
from embed_core.errors import AtlasError, listed, quoted
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.made import Made
from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.distances import check_metric
from embed_core.training.run import RunStatus
from embed_core.training.trust_measures import TrustMeasures
from embed_core.types import Floats

MOST_SNAPSHOTS = 60
# A page that shows a run asks for it many times.
_TRUST_REMEMBERED = 8
_MODELS = ("model.keras", "fed.keras")
_ID = re.compile(r"[0-9a-f]{24}")


def home() -> Path:
    """Return the folder of all that the app keeps: ``CATEGORY_ATLAS_HOME``, or the user's data folder."""
    given = os.environ.get("CATEGORY_ATLAS_HOME")
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("category-atlas"))


def new_id() -> str:
    """Return a run's id: 96 random bits."""
    return secrets.token_hex(12)


def this_process() -> str:
    """Return a name of this process that is unique across processes."""
    return f"{os.getpid()}:{psutil.Process().create_time():.2f}"


def snapshot_stride(epochs: int) -> int:
    """Return every how many epochs a snapshot is kept, so that there are at most 60.

    >>> snapshot_stride(50), snapshot_stride(100), snapshot_stride(6000)
    (1, 2, 102)
    """
    return -(-epochs // (MOST_SNAPSHOTS - 1))


class RunStore:
    """The runs in a folder. One process writes a run, any number read it.

    Args:
        folder: made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[tuple[int, ...], RunRecord]] = {}
        self._known_trust: dict[Path, tuple[tuple[int, ...], TrustMeasures]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, record: RunRecord) -> None:
        """Write ``run.json``."""
        folder = self._path(record.id)
        if not folder.exists():
            folder.mkdir()
            writing.sync_folder(self.folder)
        writing.write(folder / "run.json", record.model_dump_json(indent=1).encode())

    def record(self, run_id: str) -> RunRecord:
        """Return what is known of a run; one whose writer has died is shown as interrupted.

        Raises:
            AtlasError: there is no such run, or it cannot be read.
        """
        path = self._path(run_id) / "run.json"
        try:
            stat = path.stat()
            version = stat.st_mtime_ns, stat.st_ino, stat.st_size
            known, record = self._known.get(run_id, (None, None))
            if record is None or known != version:
                record = RunRecord.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            self._known.pop(run_id, None)
            raise _no_such_run(run_id) from None
        except ValidationError:
            raise AtlasError(
                f"The run {quoted(run_id)} was written by another version and cannot be read. Train it again."
            ) from None
        if record.config.objective not in OBJECTIVES:
            raise AtlasError(
                f"The run {quoted(run_id)} was trained with the objective {quoted(record.config.objective)}, which is "
                f"not here. Register it, or choose a run with one of: {listed(OBJECTIVES)}."
            )
        if record.status.is_live and not _is_alive(record.owner):
            history = self.history(run_id)
            record = record.changed(status=RunStatus.INTERRUPTED, epochs_done=len(history))
        self._known[run_id] = version, record
        return record

    def records(self) -> list[RunRecord]:
        """Return all readable runs, newest first."""
        found = []
        for path in self.folder.iterdir():
            if _ID.fullmatch(path.name) and (path / "run.json").exists():
                with contextlib.suppress(AtlasError):
                    found.append(self.record(path.name))
        return sorted(found, key=lambda record: record.created, reverse=True)

    def append_history(self, run_id: str, rows: Iterable[Mapping[str, float]]) -> None:
        """Append epochs to the history."""
        text = "".join(json.dumps(dict(row)) + "\n" for row in rows)
        with (self._path(run_id) / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(text)

    def history(self, run_id: str) -> pd.DataFrame:
        """Return the history so far, a row per epoch; empty before the first."""
        folder = self._path(run_id)
        if (folder / "history.parquet").exists():
            return pd.read_parquet(folder / "history.parquet")
        rows = []
        path = folder / "history.jsonl"
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                rows.append(json.loads(line))
            except ValueError:
                break  # the process died while it wrote this line
        return pd.DataFrame(rows)

    def add_snapshot(self, run_id: str, epoch: int, vectors: Floats) -> None:
        """Keep the vectors of an epoch."""
        folder = self._path(run_id) / "snapshots"
        folder.mkdir(exist_ok=True)
        with writing.replacing(folder / f"{epoch:08d}.npy") as file:
            np.save(file, vectors, allow_pickle=False)

    def snapshot_epochs(self, run_id: str) -> list[int]:
        """Return the epochs whose vectors were kept, ascending."""
        return sorted(int(path.stem) for path in (self._path(run_id) / "snapshots").glob("*.npy"))

    def snapshot(self, run_id: str, epoch: int) -> Floats:
        """Return the vectors of a kept epoch, float32 (n, d)."""
        path = self._path(run_id) / "snapshots" / f"{epoch:08d}.npy"
        try:
            return np.load(path, allow_pickle=False)
        except FileNotFoundError:
            raise AtlasError(f"The run {quoted(run_id)} keeps no vectors of epoch {epoch}.") from None

    def finish(
        self, record: RunRecord, history: pd.DataFrame, embeddings: Mapping[str, Embedding], *models: bytes
    ) -> None:
        """Write the result, and last of all the record that says so; the models are of codes, and of texts."""
        folder = self._path(record.id)
        with writing.replacing(folder / "history.parquet") as file:
            history.to_parquet(file)
        for place, embedding in enumerate(embeddings.values()):
            embedding.save(folder / "embedding" / str(place))
        for name, model in zip(_MODELS, models, strict=False):
            writing.write(folder / name, model)
        self.write(record)

    def embedding(self, run_id: str, column: str | None = None) -> Embedding:
        """Return the embedding of the run's column, or of another that was embedded with it.

        Raises:
            AtlasError: the run has not ended well, so there is none, or did not embed the column.
        """
        record = self.record(run_id)
        if not record.status.has_result:
            raise AtlasError(
                f"The run {quoted(record.name)} is {record.status} and has no embedding. Train it again."
            )
        place = 0
        if column is not None and column != record.config.column:
            if column not in record.columns:
                raise AtlasError(
                    f"The run {quoted(record.name)} has no embedding of {quoted(column)}. "
                    f"Choose one of {listed(record.columns)}."
                )
            place = record.columns.index(column)
        return record.with_metric(Embedding.load(self._path(run_id) / "embedding" / str(place)))

    def model_file(self, run_id: str, *, fed: bool = False) -> Path:
        """Return where the run's ``.keras`` file is: of codes, or of texts, which runs of versions up to 0.1 lack."""
        return self._path(run_id) / _MODELS[fed]

    def write_trust(self, run_id: str, trust: TrustMeasures) -> None:
        """Keep what was measured of a run, one for each metric.

        Raises:
            OSError: it cannot be written, or the run has been deleted.
        """
        path = self._trust_path(run_id, trust.metric)
        path.parent.mkdir(exist_ok=True)
        with writing.replacing(path) as file:
            np.savez(file, allow_pickle=False, **vars(trust))

    def trust(self, run_id: str, metric: str) -> TrustMeasures | None:
        """Return what was measured of a run; None when nothing was, or by another version.

        Raises:
            AtlasError: there is no such metric, or the id is none.
        """
        path = self._trust_path(run_id, metric)
        try:
            stat = path.stat()
            version = stat.st_mtime_ns, stat.st_ino, stat.st_size
            before, known = self._known_trust.get(path, (None, None))
            if before == version:
                return known
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files}
            plain = {name: value if value.ndim else value.item() for name, value in found.items()}
            measured = TrustMeasures(**plain)
            self._known_trust = dict([*self._known_trust.items()][-_TRUST_REMEMBERED:])
            self._known_trust[path] = version, measured
            return measured
        except (FileNotFoundError, EOFError, ValueError, TypeError, zipfile.BadZipFile):
            return None

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name, at most 80 characters."""
        cleaned = " ".join(name.split())
        if not 1 <= len(cleaned) <= 80:
            raise AtlasError(
                f"A run's name has 1 to 80 characters; got {len(cleaned)}: {quoted(name)}. Choose another."
            )
        self.write(self.record(run_id).changed(name=cleaned))

    def delete(self, run_id: str) -> None:
        """Remove a run and all its files."""
        shutil.rmtree(self._put_aside(run_id))

    def set_aside(self, run_id: str) -> None:
        """Remove a run so that it can be taken back; what was set aside before is gone for good."""
        for earlier in self.folder.glob(".*.deleted"):
            shutil.rmtree(earlier, ignore_errors=True)
        self._put_aside(run_id)

    def take_back(self, run_id: str) -> None:
        """Have a run again that was set aside.

        Raises:
            AtlasError: another one was set aside since.
        """
        path = self._path(run_id)
        try:
            _aside(path).rename(path)
        except FileNotFoundError:
            raise _no_such_run(run_id) from None

    def made(self, run_id: str) -> Made:
        """Return what a person made of a run; nothing where there is nothing that can be read."""
        try:
            return Made.model_validate_json((self._path(run_id) / "made.json").read_bytes())
        except (FileNotFoundError, ValidationError):
            return Made()

    def write_made(self, run_id: str, made: Made) -> None:
        """Keep what a person made of a run.

        Raises:
            AtlasError: there is no such run.
        """
        folder = self._path(run_id)
        if not folder.exists():
            raise _no_such_run(run_id)
        writing.write(folder / "made.json", made.model_dump_json(indent=1).encode())

    def _put_aside(self, run_id: str) -> Path:
        path = self._path(run_id)
        try:
            path.rename(_aside(path))
        except FileNotFoundError:
            raise _no_such_run(run_id) from None
        return _aside(path)

    def _trust_path(self, run_id: str, metric: str) -> Path:
        return self._path(run_id) / "trust" / f"{check_metric(metric)}.npz"

    def _path(self, run_id: str) -> Path:
        if not _ID.fullmatch(run_id):
            raise _no_such_run(run_id)
        return self.folder / run_id


def _aside(path: Path) -> Path:
    """Return where the folder of a run lies that was deleted, where no list of runs finds it."""
    return path.with_name(f".{path.name}.deleted")


def _no_such_run(run_id: str) -> AtlasError:
    return AtlasError(f"There is no run {quoted(run_id)}. Choose one of the earlier runs.")


def _is_alive(owner: str) -> bool:
    pid, _, started = owner.partition(":")
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) < 1
    except (psutil.Error, ValueError):
        return False
