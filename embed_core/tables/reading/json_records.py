"""JSON: a list of records, or a record a line."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import ibis

from embed_core.errors import AtlasError, quoted
from embed_core.tables.names import unique_names
from embed_core.tables.reading.cells import columns_of
from embed_core.tables.reading.encoding import as_utf8
from embed_core.tables.reading.engine import identifier, literal, table_in
from embed_core.tables.reading.file_format import FileFormat, check_width
from embed_core.tables.report import ReadingReport

_LARGEST_IN_PYTHON = 512 * 1024**2
_SAFE_INTEGER = 2**53
_LONGEST_RECORD = 64 * 1024**2


def read_json(
    path: Path,
    *,
    connection: Any,
    folder: Path,
    name: str,
    encoding: str | None = None,
) -> tuple[ibis.Table, ReadingReport]:
    """Read records into ``connection`` (Ibis on DuckDB); what is nested in a record becomes text.

    Args:
        path: the file.
        connection: an Ibis DuckDB connection; the table "data" is made in it.
        folder: a temporary folder.
        name: what people call the file, for messages.
        encoding: the encoding, None to detect it.

    Raises:
        AtlasError: it is empty, not JSON, or no list of records.
    """
    text = as_utf8(path, folder, name=name, encoding=encoding)
    notes = list(text.notes)
    engine = connection.con
    if not _fast(engine, text.path):
        notes += _carefully(engine, text.path, name)
    columns = [row[0] for row in engine.execute("DESCRIBE data").fetchall()]
    rows = engine.execute("SELECT count(*) FROM data").fetchall()[0][0]
    if not rows or not columns:
        raise AtlasError(f"The file {quoted(name)} has no records in it. Choose a file with rows.")
    return table_in(connection), ReadingReport("JSON", rows=rows, columns=len(columns), notes=tuple(notes))


def _fast(engine: Any, path: Path) -> bool:
    """Let DuckDB read plain records; say no where it cannot, or would change a value."""
    options = (
        "records = true, convert_strings_to_integers = false, map_inference_threshold = -1, sample_size = -1"
    )
    source = f"read_json({literal(path, pattern=True)}, {options}, maximum_object_size = {_LONGEST_RECORD})"
    try:
        described = engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        kinds = {row[0]: row[1] for row in described}
        if not kinds or any(
            "(" in kind or "[" in kind or kind in ("JSON", "UUID") for kind in kinds.values()
        ):
            return False
        engine.execute(f"CREATE OR REPLACE TABLE data AS SELECT * FROM {source}").fetchall()
        # Whole numbers that no type of 64 bits holds come as decimal ones, without their last digits.
        large = [f"max(abs({identifier(name)}))" for name, kind in kinds.items() if kind == "DOUBLE"]
        largest = engine.execute(f"SELECT {', '.join(large)} FROM data").fetchall()[0] if large else ()
    except duckdb.Error:
        return False
    return all(value is None or value < _SAFE_INTEGER for value in largest)


def _carefully(engine: Any, path: Path, name: str) -> list[str]:
    if path.stat().st_size > _LARGEST_IN_PYTHON:
        raise AtlasError(
            f"The file {quoted(name)} is too large for records that are nested or of different types. "
            "Save the table as Parquet and open that."
        )
    records, notes = _records(path, name)
    names: dict[str, None] = {}
    for record in records:
        names |= dict.fromkeys(record)
    check_width(len(names), name)
    unique, renamed = unique_names(names)
    columns = ([_plain(record.get(each)) for record in records] for each in names)
    table, typing_notes = columns_of(unique, columns)
    engine.register("arrived", table)
    engine.execute("CREATE OR REPLACE TABLE data AS FROM arrived").fetchall()
    engine.unregister("arrived")
    return [*notes, *renamed, *typing_notes.values()]


def _records(path: Path, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    text = path.read_text("utf-8-sig", errors="replace")
    notes = []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        found = _lines(text.splitlines(), name, error)
    if isinstance(found, dict):
        lists = [key for key, value in found.items() if _is_table(value)]
        if len(lists) == 1:
            notes.append(f"The records are those of {quoted(lists[0])}; what stands beside it was left out.")
            found = found[lists[0]]
        elif found and all(isinstance(value, dict) for value in found.values()):
            notes.append('The records were named; their names are the column "name".')
            found = [{"name": key, **value} for key, value in found.items()]
        else:
            found = [found]
    if not _is_table(found):
        raise AtlasError(
            f"The file {quoted(name)} is no list of records: a table as JSON is written "
            '[{"town": "Ulm", "rows": 3}, …], or one record a line. Save it so, or as CSV (UTF-8).'
        )
    return found, notes


def _lines(lines: Iterable[str], name: str, error: Exception) -> list[Any]:
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                # A file of records breaks at a line; another one breaks where its reader stopped.
                where = f"line {number:,}" if found else f"line {getattr(error, 'lineno', 1):,}"
                raise AtlasError(
                    f"The file {quoted(name)} is not JSON: {where} cannot be read. "
                    "Mend it, or save the table as CSV (UTF-8)."
                ) from None
    return found


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _plain(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return None if value == "" else value


JSON = FileFormat("JSON", (".json",), read_json, is_text=True, options=("encoding",))
JSON_LINES = FileFormat("JSON lines", (".jsonl", ".ndjson"), read_json, is_text=True, options=("encoding",))
