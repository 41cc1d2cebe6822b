"""The runs that scripts, the command line and the dashboard share: those in the folder of `home`."""

import dataclasses
import os
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from embed_core.errors import AtlasError, check_path, did_you_mean, listed, quoted
from embed_core.exporting.content import Content
from embed_core.exporting.run_file import open_run_file, put, run_of
from embed_core.runs.record import RunRecord
from embed_core.runs.store import RunStore, home
from embed_core.tables.reading.read import read_table
from embed_core.training.run import Run, require_run
from embed_core.training.trust import Trust, measures_of

NEWEST = "newest"
_LEAST_OF_ID = 4


def kept() -> RunStore:
    """Return the store that the dashboard of one person shows: under ``CATEGORY_ATLAS_HOME``, or the user's data."""
    return RunStore(home() / "runs")


def keep_run(run: Run, *, table: Any = None, name: str | None = None, trust: Trust | None = None) -> str:
    """Keep a run where the dashboard finds it, and return its id; it is there at once.

    Args:
        run: from `train`.
        table: that it was trained on: a `Table`, or anything that `read_table` takes. The run notes its name and
            fingerprint; the rows are not kept.
        name: what people call it, up to 80 characters; None names it after its column and objective.
        trust: from `trust`, kept with it.

    Raises:
        AtlasError: the name is too long, or the folder cannot be written to.

    >>> import os, tempfile
    >>> os.environ["CATEGORY_ATLAS_HOME"] = tempfile.mkdtemp()
    >>> from embed_core.training.train import train
    >>> shops = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20})
    >>> run = train(shops, column="shop", target="late", dimension=2, epochs=3, progress=False)
    >>> run_id = keep_run(run, name="shops that are late")
    >>> open_run("shops that are late").embedding.labels
    ['a', 'b', 'c']
    >>> del os.environ["CATEGORY_ATLAS_HOME"]
    """
    run = require_run(run)
    known = None if table is None else read_table(table)
    content = Content.of(run, table=known, measures=measures_of(trust))
    store = kept()
    try:
        return put(content, store, name=name).id
    except OSError as error:
        raise AtlasError(
            f"The run cannot be written to {quoted(store.folder, limit=200)}: {error.strerror or error}. "
            "Have CATEGORY_ATLAS_HOME name a folder that you may write to."
        ) from error


def kept_runs() -> pd.DataFrame:
    """Return the runs that are kept, newest first.

    Returns:
        ``id``, ``name``, ``column``, ``objective``, ``dimension``, ``categories``, ``epochs``, ``status``, ``table``
        and ``created``, a row per run.
    """
    names = [
        "id",
        "name",
        "column",
        "objective",
        "dimension",
        "categories",
        "epochs",
        "status",
        "table",
        "created",
    ]
    return pd.DataFrame([_row(record) for record in kept().records()], columns=names)


def open_run(run: str | Path) -> Run:
    """Return a run that was kept, or written as one file; its model is not opened.

    Args:
        run: the path of a file that ``export(run, "run", path)`` or the Export page wrote; or of a kept run the id
            (its beginning will do), the name (of several the newest has it), or ``"newest"``.

    Raises:
        AtlasError: there is no such run, it has no result, or the file is no run.
    """
    if not isinstance(run, str) or os.path.isfile(run):  # which no text makes fail
        path = check_path(run, "a run")
        with tempfile.TemporaryDirectory() as folder:
            store = RunStore(Path(folder))
            return run_of(store, open_run_file(_content(path), store).id)
    run_id = find_run(run).id
    return dataclasses.replace(run_of(kept(), run_id), kept_as=run_id)


def find_run(text: str) -> RunRecord:
    """Return the record of a kept run; see `open_run`.

    Raises:
        AtlasError: there is none.
    """
    records = kept().records()
    with_result = [record for record in records if record.status.has_result]
    if text == NEWEST and with_result:
        return with_result[0]
    by_id = [record for record in records if record.id.startswith(text) and len(text) >= _LEAST_OF_ID]
    found = [record for record in records if record.name == text] or by_id
    if not found:
        names = list(dict.fromkeys(record.name for record in records))
        known = f"The runs that are kept: {listed(names)}." if names else "No run is kept yet: train one."
        raise AtlasError(
            f"There is no file and no kept run {quoted(text, limit=200)}. {did_you_mean(text, names) or known}"
        )
    return found[0]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AtlasError(
            f"The file {quoted(path, limit=200)} cannot be read: {error.strerror or error}."
        ) from error


def _row(record: RunRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "column": record.config.column,
        "objective": record.config.objective,
        "dimension": record.config.dimension,
        "categories": len(record.labels),
        "epochs": record.epochs_done,
        "status": str(record.status),
        "table": record.table,
        "created": record.created,
    }
