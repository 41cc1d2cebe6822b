"""A run as one file, and a run out of one: checked, and without opening its model."""

import io
import re
import tempfile
import zipfile
from pathlib import Path

from pydantic import ValidationError

from embed_core.errors import AtlasError, quoted
from embed_core.exporting.base import Exporter
from embed_core.exporting.content import GALLERY, Content
from embed_core.exporting.unfolded import MOST_BYTES, unfolded_bytes
from embed_core.runs.record import RunRecord
from embed_core.runs.store import RunStore, cleaned_name, new_id
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.distances import METRICS
from embed_core.tables.gallery import SAMPLES
from embed_core.training.run import Run, RunStatus
from embed_core.training.trust import Trust

SUFFIX = ".atlas.zip"
_MOST_FILES = 500
_KNOWN = re.compile(
    r"run\.json|(history|about)\.parquet|made\.json|(model|fed)\.keras|snapshots/\d{8}\.npy|trust/(cosine|euclidean)\.npz|"
    r"embedding/\d{1,3}/embedding\.(parquet|json)"
)


def packed(folder: Path) -> bytes:
    """Return the files of a run as one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if _KNOWN.fullmatch(name):
                target.write(path, name)
    return file.getvalue()


def is_run_file(content: bytes) -> bool:
    """Tell whether a file is a run that was written as one file, and no packed table."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            return "run.json" in source.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def open_run_file(content: bytes, store: RunStore) -> RunRecord:
    """Put a run that came as one file among others, under an id of its own.

    Every part is read and checked before the run is there. Its model is kept as it came, and never opened.

    Args:
        content: of the file.
        store: where the run goes.

    Raises:
        AtlasError: it is no run, or one of its parts cannot be read.
    """
    store.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.folder, prefix=".opening-") as folder:
        here = RunStore(Path(folder))
        run_id = new_id()
        try:
            _unpack(content, here.folder / run_id)
            record = _checked(here, run_id)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise _no_run(f"it is not a whole ZIP file: {error}") from error
        here.write(record)
        (here.folder / run_id).rename(store.folder / run_id)
    return store.record(run_id)


def run_of(store: RunStore, run_id: str) -> Run:
    """Return a run on disk as one in memory; its model is not opened.

    Raises:
        AtlasError: there is no such run, or it has no result.
    """
    record = store.record(run_id)
    models = [store.model_file(run_id, fed=fed) for fed in (False, True)]
    return Run(
        config=record.config,
        status=record.status,
        history=store.history(run_id),
        embeddings={column: store.embedding(run_id, column) for column in record.columns},
        baseline=record.baseline,
        best_epoch=record.best_epoch,
        model=models[0].read_bytes() if models[0].exists() else b"",
        prior_strength=record.prior_strength,
        notes=tuple(record.notes),
        seconds=record.seconds,
        target=record.target,
        fed_model=models[1].read_bytes() if models[1].exists() else b"",
        numbers=tuple(record.numbers),
        heads=tuple(record.heads),
        layers=tuple(record.layers),
        rows=record.rows,
        distinct_rows=record.distinct_rows,
        batch_size=record.batch_size,
        versions=record.versions,
        started_from=record.started_from,
    )


def put(content: Content, store: RunStore, *, name: str | None = None) -> RunRecord:
    """Write a run that is in memory to a store, under an id of its own.

    Args:
        content: what there is of it.
        store: where the run goes.
        name: what people call it; None leaves the one that it has.

    Raises:
        OSError, AtlasError: it cannot be written, or the name is too long.
    """
    assert content.record is not None
    record = content.record.changed(id=new_id())
    if name is not None:
        record = record.changed(name=cleaned_name(name))
    store.write(record.changed(status=RunStatus.INTERRUPTED))  # until all of it is there
    models = [each() for each in (content.model, content.fed_model) if each is not None]
    store.finish(record, content.history, content.embeddings, *models)
    if content.measures is not None:
        store.write_trust(record.id, content.measures)
    return record


def _unpack(content: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = source.infolist()
        unknown = [part.filename for part in parts if not _KNOWN.fullmatch(part.filename)]
        if unknown:
            raise _no_run(f"it holds {quoted(unknown[0])}, which no run has")
        if len(parts) > _MOST_FILES or len({part.filename for part in parts}) < len(parts):
            raise _no_run("it holds too many files")
        left = MOST_BYTES
        for part in parts:
            path = folder / part.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            with source.open(part) as packed_file, path.open("xb") as target:
                while block := packed_file.read(1024**2):
                    left -= len(block)
                    # What the header says of the size need not be true.
                    if left < 0:
                        raise _no_run(f"unpacked, it has more than {MOST_BYTES // 1024**3} GB")
                    target.write(block)


def _checked(store: RunStore, run_id: str) -> RunRecord:
    """Return the record of a run of which every part has been read."""
    path = store.folder / run_id / "run.json"
    if not path.exists():
        raise _no_run("it holds no run.json")
    try:
        record = RunRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise _no_run(f"run.json, {place}: {first['msg']}") from error
    if not record.status.has_result:
        raise _no_run(f"the run is {record.status}, and has no embedding")
    is_sample = record.source.removeprefix(GALLERY) in SAMPLES
    record = record.changed(
        id=run_id,
        owner="",
        name=" ".join(record.name.split())[:80] or "run",
        source=record.source if is_sample else "upload",
    )
    store.write(record)
    if not record.columns or len(record.columns) > 100:
        raise _no_run(f"it has {len(record.columns)} columns")
    try:
        parts = [part for part in path.parent.rglob("*") if part.is_file() and part.suffix != ".keras"]
        if sum(map(unfolded_bytes, parts)) > MOST_BYTES:
            raise _no_run(f"unfolded, it has more than {MOST_BYTES // 1024**3} GB")
        embedding, *_ = [store.embedding(run_id, column) for column in record.columns]
        _check_parts(store, run_id, record, embedding)
    except _NoRun:
        raise
    # The store's and pyarrow's errors are among these; a header may say that gigabytes follow.
    except (ValueError, OSError, MemoryError, OverflowError) as error:
        raise _no_run("a part of it is missing or damaged") from error
    made = store.made(run_id)
    plain = {name: value for name, value in made.choices.items() if isinstance(value, str | int | float)}
    store.write_made(run_id, made.model_copy(update={"choices": plain}))
    return record


def _check_parts(store: RunStore, run_id: str, record: RunRecord, embedding: Embedding) -> None:
    """Refuse what pages could not show: parts that are of other categories, and a curve that is none."""
    n, vectors = len(embedding), embedding.vectors.shape
    if embedding.labels != record.labels:
        raise _no_run("run.json and its embedding have other categories")
    if len(record.support) != n or len(record.target_mean or embedding) != n:
        raise _no_run("run.json has other numbers of rows than of categories")
    history = store.history(run_id)
    if "epoch" not in history or any(kind.kind not in "iuf" for kind in history.dtypes):
        raise _no_run("its history is no table of numbers by epoch")
    about = store.about(run_id)
    if about is not None and (about.index.has_duplicates or not set(about.index) <= set(embedding.labels)):
        raise _no_run("its table about the categories is of others")
    if any(store.snapshot(run_id, epoch).shape != vectors for epoch in store.snapshot_epochs(run_id)):
        raise _no_run("its snapshots are of other vectors")
    for metric in METRICS:
        trust = store.trust(run_id, metric)
        if trust is None:
            continue
        per_category = (trust.stability, *filter(len, (trust.is_told, trust.control_vectors)))
        if any(len(each) != n for each in per_category) or trust.places.shape[1:] not in ((0, 0), vectors):
            raise _no_run("its trust was measured of other categories")
        try:
            _ = Trust.of(embedding, record.config, record.target).measured(trust).verdict
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            raise _no_run("what was measured of its trust is no measurement") from error


class _NoRun(AtlasError):
    """A file that is no run."""


def _no_run(reason: str) -> _NoRun:
    return _NoRun(
        f"This file cannot be opened as a run: {reason}. Choose a file that the Export page wrote as "
        f"“The run as one file” ({SUFFIX})."
    )


def _make(content: Content) -> bytes:
    if content.run_file is not None:
        return content.run_file()
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        return packed(store.folder / put(content, store).id)


RUN_FILE = Exporter(
    "run",
    "The run as one file",
    "Vectors, curve, model, trust, saved groups and how the map was left: to open on another server or by another "
    "version, on its Data page. The rows of the table are not in it.",
    SUFFIX,
    _make,
    needs=("run",),
    section="The run",
)
