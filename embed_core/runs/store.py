"""Runs on disk, written so that a crash at any moment leaves them readable.

A run is a folder: ``run.json``, ``history.jsonl`` while it trains (appended; a line cut off by a crash
is passed over) and ``history.parquet`` when it has ended, ``snapshots/`` of the vectors,
``embedding/``, ``model.keras`` and ``fed.keras``; ``trust/`` once that is measured, ``made.json`` once a person made
something of it, and ``about.parquet`` once they brought a table about its categories. Files that are not appended are
written whole or not at all: see `embed_core.writing`.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import platformdirs
from pydantic import ValidationError

from embed_core import writing
from embed_core.errors import AtlasError, listed, quoted
from embed_core.runs import progress_files
from embed_core.runs.listing import ID, Listing, Version, version_of
from embed_core.runs.made import Made
from embed_core.runs.owner import is_alive
from embed_core.runs.reading import read_record, require_objective
from embed_core.runs.record import RunRecord
from embed_core.runs.refusals import changing, damaged, no_such_run
from embed_core.runs.trust_files import TrustFiles
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.distances import check_metric
from embed_core.training.run import RunStatus
from embed_core.training.trust_measures import TrustMeasures
from embed_core.types import Floats

_MODELS = ("model.keras", "fed.keras")


def home() -> Path:
    """Return the folder of all that the app keeps: ``CATEGORY_ATLAS_HOME``, or the user's data folder."""
    given = os.environ.get("CATEGORY_ATLAS_HOME")
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("category-atlas"))


def new_id() -> str:
    """Return a run's id: 96 random bits."""
    return secrets.token_hex(12)


def cleaned_name(name: str) -> str:
    """Return the name of a run without blanks around and between its words.

    Raises:
        AtlasError: it has not 1 to 80 characters.

    >>> cleaned_name("  late   shops ")
    'late shops'
    """
    cleaned = " ".join(name.split()) if isinstance(name, str) else ""
    if not 1 <= len(cleaned) <= 80:
        raise AtlasError(
            f"A run's name has 1 to 80 characters; got {len(cleaned)}: {quoted(name)}. Choose another."
        )
    return cleaned


class RunStore:
    """The runs in a folder. One process writes a run, any number read it.

    Args:
        folder: made when the first run is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[tuple[int, ...], RunRecord]] = {}
        self._listing = Listing(folder, self._known, self.record)
        self._trust = TrustFiles()
        self._made: dict[str, tuple[Version, Made]] = {}

    def write(self, record: RunRecord) -> None:
        """Write ``run.json``; a run that is new appears with it, so that it is never there without."""
        folder, content = self._path(record.id), record.model_dump_json(indent=1).encode()
        first = folder if folder.exists() else self.folder / f".opening-{record.id}"
        first.mkdir(parents=True, exist_ok=True)
        writing.write(first / "run.json", content)
        if first != folder:
            first.rename(folder)
            writing.sync_folder(self.folder)
        self._listing.forget(record.id)

    def record(self, run_id: str) -> RunRecord:
        """Return what is known of a run; one whose writer has died is shown as interrupted.

        Raises:
            AtlasError: there is no such run, or it cannot be read.
        """
        path = self._path(run_id) / "run.json"
        try:
            version = version_of(path.stat())
            known, record = self._known.get(run_id, (None, None))
            if record is None or known != version:
                record = read_record(path, run_id)
        except FileNotFoundError:
            self._known.pop(run_id, None)
            if path.parent.exists():
                raise damaged(run_id, "it has no run.json") from None
            raise no_such_run(run_id) from None
        except OSError as problem:
            raise damaged(run_id, f"run.json: {problem.strerror}") from problem
        require_objective(record)
        if record.status.is_live and not is_alive(record.owner):
            record = record.changed(status=RunStatus.INTERRUPTED, epochs_done=self._epochs(run_id))
        self._known[run_id] = version, record
        return record

    def ids(self) -> list[str]:
        """Return the ids of all runs, those that cannot be read included."""
        return self._listing.ids()

    def records(self) -> list[RunRecord]:
        """Return all readable runs, newest first; what another process changes within a run is seen soon after."""
        return self._listing.records()

    def unreadable(self) -> dict[str, str]:
        """Return why runs cannot be read, by id."""
        return self._listing.problems()

    def _epochs(self, run_id: str) -> int:
        try:
            return len(self.history(run_id))
        except AtlasError:
            return 0

    def append_history(self, run_id: str, rows: Iterable[Mapping[str, float]]) -> None:
        """Append epochs to the history."""
        progress_files.append_history(self._path(run_id), rows)

    def history(self, run_id: str) -> pd.DataFrame:
        """Return the history so far, a row per epoch; empty before the first."""
        return progress_files.read_history(self._path(run_id))

    def add_snapshot(self, run_id: str, epoch: int, vectors: Floats) -> None:
        """Keep the vectors of an epoch."""
        progress_files.add_snapshot(self._path(run_id), epoch, vectors)

    def snapshot_epochs(self, run_id: str) -> list[int]:
        """Return the epochs whose vectors were kept, ascending."""
        return progress_files.snapshot_epochs(self._path(run_id))

    def snapshot(self, run_id: str, epoch: int) -> Floats:
        """Return the vectors of a kept epoch, float32 (n, d)."""
        vectors = progress_files.read_snapshot(self._path(run_id), epoch)
        if vectors is None:
            raise AtlasError(f"The run {quoted(run_id)} keeps no vectors of epoch {epoch}.")
        return vectors

    def finish(
        self, record: RunRecord, history: pd.DataFrame, embeddings: Mapping[str, Embedding], *models: bytes
    ) -> None:
        """Write the result, and last of all the record that says so; the models are of codes, and of texts.

        Raises:
            OSError, AtlasError: it cannot be written.
        """
        folder = self._path(record.id)
        folder.mkdir(parents=True, exist_ok=True)  # that may have been removed by hand meanwhile
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
        try:
            return record.with_metric(Embedding.load(self._path(run_id) / "embedding" / str(place)))
        except AtlasError as problem:  # says where the files are, which is no visitor's business
            is_gone = isinstance(problem.__cause__, FileNotFoundError)
            raise damaged(run_id, "it has no embedding" if is_gone else "its embedding") from problem

    def model_file(self, run_id: str, *, fed: bool = False) -> Path:
        """Return where the run's ``.keras`` file is: of codes, or of texts, which runs of versions up to 0.1 lack."""
        return self._path(run_id) / _MODELS[fed]

    def write_trust(self, run_id: str, trust: TrustMeasures) -> None:
        """Keep what was measured of a run, one for each metric.

        Raises:
            OSError: it cannot be written, or the run has been deleted.
        """
        self._trust.write(self._trust_path(run_id, trust.metric), trust)

    def trust(self, run_id: str, metric: str) -> TrustMeasures | None:
        """Return what was measured of a run; None when nothing was, or by another version.

        Raises:
            AtlasError: there is no such metric, or the id is none.
        """
        return self._trust.read(self._trust_path(run_id, metric))

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name, at most 80 characters."""
        cleaned = cleaned_name(name)
        with changing(run_id):
            self.write(self.record(run_id).changed(name=cleaned))

    def delete(self, run_id: str) -> None:
        """Remove a run and all its files, damaged or not."""
        shutil.rmtree(self._put_aside(run_id))

    def delete_all(self) -> None:
        """Remove all runs, and those that could be taken back."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._known.clear()
        self._listing.forget()

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
        with changing(run_id):
            _aside(path).rename(path)
        self._listing.forget()

    def made(self, run_id: str) -> Made:
        """Return what a person made of a run; nothing where there is nothing that can be read."""
        path = self._path(run_id) / "made.json"
        try:
            version = version_of(path.stat())
            known, made = self._made.get(run_id, (None, None))
            if made is None or known != version:
                made = Made.model_validate_json(path.read_bytes())
                self._made[run_id] = version, made
        except (OSError, ValidationError):
            return Made()
        return made

    def write_made(self, run_id: str, made: Made) -> None:
        """Keep what a person made of a run.

        Raises:
            AtlasError: there is no such run.
        """
        folder = self._path(run_id)
        if not folder.exists():
            raise no_such_run(run_id)
        with changing(run_id):
            writing.write(folder / "made.json", made.model_dump_json(indent=1).encode())

    def about(self, run_id: str) -> pd.DataFrame | None:
        """Return the table about its categories that a person brought, by name; None where there is none to read."""
        try:
            return pd.read_parquet(self._path(run_id) / "about.parquet")
        except (OSError, ValueError):  # pyarrow's errors are among these
            return None

    def write_about(self, run_id: str, about: pd.DataFrame | None) -> None:
        """Keep a table about the categories of a run, a row each, by name; None removes it.

        Raises:
            AtlasError: there is no such run.
        """
        path = self._path(run_id) / "about.parquet"
        if not path.parent.exists():
            raise no_such_run(run_id)
        with changing(run_id):
            if about is None:
                path.unlink(missing_ok=True)
            else:
                with writing.replacing(path) as file:
                    about.to_parquet(file)

    def _put_aside(self, run_id: str) -> Path:
        path = self._path(run_id)
        with changing(run_id):
            path.rename(_aside(path))
        self._listing.forget()
        return _aside(path)

    def _trust_path(self, run_id: str, metric: str) -> Path:
        return self._path(run_id) / "trust" / f"{check_metric(metric)}.npz"

    def _path(self, run_id: str) -> Path:
        if not ID.fullmatch(run_id):
            raise no_such_run(run_id)
        return self.folder / run_id


def _aside(path: Path) -> Path:
    """Return where the folder of a run lies that was deleted, where no list of runs finds it."""
    return path.with_name(f".{path.name}.deleted")
