"""What commands are given: tables, runs and settings, as texts."""

import json
import os
from typing import Any

from embed_core.errors import AtlasError, quoted
from embed_core.exporting.content import GALLERY, Content
from embed_core.exporting.kept_runs import find_run, kept, open_run
from embed_core.exporting.run_file import packed
from embed_core.runs.record import RunRecord
from embed_core.tables.changing.changes import changed
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table


def table_given(text: str) -> Table:
    """Open a table: a path, or ``gallery:NAME``.

    Raises:
        AtlasError: there is none.
    """
    return load_sample(text.removeprefix(GALLERY)) if text.startswith(GALLERY) else read_table(text)


def start_of(table: str) -> dict[str, Any]:
    """Return the settings that a table of the gallery begins with; none of another.

    >>> start_of("gallery:diamonds")["column"], start_of("diamonds.csv")
    ('clarity', {})
    """
    sample = SAMPLES.get(table.removeprefix(GALLERY)) if table.startswith(GALLERY) else None
    return dict(sample.start) if sample else {}


def settings_given(texts: list[str]) -> dict[str, Any]:
    """Return settings that were given as NAME=VALUE; a value that is no JSON is a text.

    Raises:
        AtlasError: one has no name or no value.

    >>> settings_given(["hidden=[64, 32]", "optimizer=sgd", "dropout=0.1", "patience=null"])
    {'hidden': [64, 32], 'optimizer': 'sgd', 'dropout': 0.1, 'patience': None}
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise AtlasError(
                f"A setting is given as NAME=VALUE; got {quoted(text)}. Write such as --set dropout=0.1."
            )
        try:
            found[name.strip()] = json.loads(value)
        except (ValueError, RecursionError):
            found[name.strip()] = value
    return found


def kept_record(text: str) -> RunRecord | None:
    """Return the record of a kept run; None of a run that is a file.

    Raises:
        AtlasError: there is no such run.
    """
    return None if os.path.isfile(text) else find_run(text)


def content_given(run: str, table: str | None) -> Content:
    """Return all that there is of a run: its file, or the name or id of one that is kept.

    Args:
        run: see `open_run`.
        table: that it was trained on; None takes it where it is of the gallery.

    Raises:
        AtlasError: there is no such run or table.
    """
    record = kept_record(run)
    known = None if table is None else table_given(table)
    if record is None:
        return Content.of(open_run(run), table=known)
    store = kept()
    known = known or gallery_table_of(record)
    return Content.stored(store, record.id, table=known, run_file=lambda: packed(store.folder / record.id))


def gallery_table_of(record: RunRecord) -> Table | None:
    """Return the table of a run of the gallery, as it was changed by hand; None of any other."""
    return changed(table_given(record.source), record.changes) if record.source.startswith(GALLERY) else None
