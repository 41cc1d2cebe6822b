"""JSON: a list of records or of rows, or a record a line."""

import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import ibis

from embed_core.errors import AtlasError, quoted
from embed_core.tables.names import unique_names
from embed_core.tables.reading.cells import columns_of
from embed_core.tables.reading.encoding import as_utf8
from embed_core.tables.reading.engine import ENGINE_ERRORS, identifier, literal
from embed_core.tables.reading.file_format import FileFormat, check_width
from embed_core.tables.reading.heading import lines_phrase
from embed_core.tables.reading.typed_cells import typed_cells
from embed_core.tables.report import ReadingReport

_LARGEST_IN_PYTHON = 512 * 1024**2
_SAFE_INTEGER = 2**53
_NUMBERS = {"BIGINT", "UBIGINT", "HUGEINT", "DOUBLE"}
_DEEPEST = 2
# What portals and services call the list of the records, where there are others beside it.
_HOLDING = ("records", "data", "rows", "items", "results", "value", "values", "hits")
_LONGEST_RECORD = 64 * 1024**2


def read_json(
    path: Path,
    *,
    connection: Any,
    folder: Path,
    name: str,
    encoding: str | None = None,
    types: dict[str, str] | None = None,
) -> tuple[ibis.Table, ReadingReport]:
    """Read records into ``connection`` (Ibis on DuckDB); what is nested in a record becomes text.

    Texts are read as those of delimited text are. Whole numbers in quotes stay text where others have none.

    Args:
        path: the file.
        connection: an Ibis DuckDB connection; the table "data" is made in it.
        folder: a temporary folder.
        name: what people call the file, for messages.
        encoding: the encoding, None to detect it.
        types: what a person says that some columns are.

    Raises:
        AtlasError: it is empty, not JSON, or no list of records.
    """
    text = as_utf8(path, folder, name=name, encoding=encoding)
    notes, mixed = list(text.notes), dict[str, str]()
    engine = connection.con
    if not _fast(engine, text.path):
        more, mixed = _carefully(engine, text.path, name)
        notes += more
    kinds = [row[1] for row in engine.execute("DESCRIBE cells").fetchall()]
    rows = engine.execute("SELECT count(*) FROM cells").fetchall()[0][0]
    if not rows or not kinds:
        raise _no_records(name)
    codes = "in quotes, as other numbers have none: they stay text" if _NUMBERS & set(kinds) else None
    cells = typed_cells(connection, types or {}, codes=codes, name=name)
    notes += [note for column, note in mixed.items() if cells.is_text(column)]
    report = ReadingReport(
        "JSON",
        rows=rows,
        columns=len(cells.expression.columns),
        written=cells.written,
        notes=(*notes, *cells.notes),
    )
    return cells.expression, report


def _fast(engine: Any, path: Path) -> bool:
    """Let DuckDB read plain records; say no where it cannot, or would change a value."""
    options = (
        "records = true, convert_strings_to_integers = false, map_inference_threshold = -1, sample_size = -1"
    )
    options += f", maximum_object_size = {_LONGEST_RECORD}"
    where = literal(path, pattern=True)
    try:
        described = engine.execute(f"DESCRIBE SELECT * FROM read_json({where}, {options})").fetchall()
        kinds = {row[0]: row[1] for row in described}
        if not kinds or any("(" in kind or "[" in kind or kind == "JSON" for kind in kinds.values()):
            return False
        # What it takes for a day may be a code: that is found out as in any text.
        columns = {
            name: kind if kind in (*_NUMBERS, "BOOLEAN") else "VARCHAR" for name, kind in kinds.items()
        }
        wanted = ", ".join(f"{literal(name)}: '{kind}'" for name, kind in columns.items())
        chosen = ", ".join(
            f"nullif({identifier(name)}, '') AS {identifier(name)}" if kind == "VARCHAR" else identifier(name)
            for name, kind in columns.items()
        )
        source = f"read_json({where}, {options}, columns = {{{wanted}}})"
        engine.execute(f"CREATE OR REPLACE TABLE cells AS SELECT {chosen} FROM {source}").fetchall()
        # Whole numbers that no type of 64 bits holds come as decimal ones, without their last digits.
        large = [f"max(abs({identifier(name)}))" for name, kind in kinds.items() if kind == "DOUBLE"]
        largest = engine.execute(f"SELECT {', '.join(large)} FROM cells").fetchall()[0] if large else ()
    except ENGINE_ERRORS:
        return False
    return all(value is None or value < _SAFE_INTEGER for value in largest)


def _carefully(engine: Any, path: Path, name: str) -> tuple[list[str], dict[str, str]]:
    """Return notes, and those on columns of values of different types."""
    if path.stat().st_size > _LARGEST_IN_PYTHON:
        raise AtlasError(
            f"The file {quoted(name)} is too large for records that are nested or of different types. "
            "Save the table as Parquet and open that."
        )
    records, notes = _records(path, name)
    names: dict[str, None] = {}
    for record in records:
        names |= dict.fromkeys(record)
    if not names:
        raise _no_records(name)
    check_width(len(names), name)
    unique, renamed = unique_names(names)
    columns = ([_plain(record.get(each)) for record in records] for each in names)
    table, typing_notes = columns_of(unique, columns)
    engine.register("arrived", table)
    engine.execute("CREATE OR REPLACE TABLE cells AS FROM arrived").fetchall()
    engine.unregister("arrived")
    return [*notes, *renamed], typing_notes


def _no_records(name: str) -> AtlasError:
    return AtlasError(f"The file {quoted(name)} has no records in it. Choose a file with rows.")


def _records(path: Path, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    text = path.read_text("utf-8-sig", errors="replace")
    notes: list[str] = []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        found, notes = _lines(text.splitlines(), name, error)
    if isinstance(found, dict):
        lists = _tables_within(found)
        named = [key for key in lists if key.rpartition(".")[2] in _HOLDING]
        if found.get("type") == "FeatureCollection" and list(lists) == ["features"]:
            notes.append("The records are the properties of a map's features, with the places of its points.")
            found = list(map(_of_feature, found["features"]))
        elif len(lists) == 1 or len(named) == 1:
            [key] = named if len(named) == 1 else lists
            notes.append(f"The records are those of {quoted(key)}; what stands beside it was left out.")
            found = lists[key]
        elif columns := _by_column(found):
            notes.append("It was written column by column, and not record by record.")
            found = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        elif found and all(isinstance(value, dict) for value in found.values()):
            notes.append('The records were named; their names are the column "name".')
            found = [{"name": key, **value} for key, value in found.items()]
        else:
            found = [found]
    elif _are_rows(found):
        found = [dict(zip(found[0], row, strict=True)) for row in found[1:]]
    elif _are_lists(found):
        notes.append("No row names the columns: they are numbered.")
        found = [{f"column {at}": cell for at, cell in enumerate(row, 1)} for row in found]
    elif isinstance(found, list) and not _is_table(found):
        tables = [each for each in found if _is_table(each)]
        if len(tables) == 1:
            notes.append("The records are a list within a list; what stands beside it was left out.")
            found = tables[0]
    if _is_table(found) and (key := _wrapping(found)):
        notes.append(f"Each record is what {quoted(key)} holds.")
        found = [{**{k: v for k, v in record.items() if k == "_id"}, **record[key]} for record in found]
    if not _is_table(found):
        raise AtlasError(
            f"The file {quoted(name)} is no list of records: a table as JSON is written "
            '[{"town": "Ulm", "rows": 3}, …], or one record a line. Save it so, or as CSV (UTF-8).'
        )
    return found, notes


def _tables_within(found: Mapping[str, Any], *, deep: int = _DEEPEST) -> dict[str, Any]:
    """Return the lists of records in a record, by the names that lead to them, not those within one."""
    lists: dict[str, Any] = {}
    for key, value in found.items():
        if _is_table(value):
            lists[key] = value
        elif isinstance(value, dict) and deep and key not in ("meta", "metadata", "schema"):
            lists |= {f"{key}.{name}": each for name, each in _tables_within(value, deep=deep - 1).items()}
    return lists


def _wrapping(records: list[dict[str, Any]]) -> str:
    """Return what each record stands in: the one name in it, or that of Elasticsearch; "" of others.

    >>> _wrapping([{"node": {"id": 1}}]), _wrapping([{"_id": 1, "_source": {"a": 2}}]), _wrapping([{"id": 1}])
    ('node', '_source', '')
    """
    for key in (next(iter(records[0]), ""), "_source"):
        if all(isinstance(each.get(key), dict) and (len(each) == 1 or key == "_source") for each in records):
            return key
    return ""


def _are_lists(found: object) -> bool:
    """Whether a list holds lists of cells, all as long."""
    if (
        not isinstance(found, list)
        or len(found) < 2
        or not all(isinstance(row, list) and row for row in found)
    ):
        return False
    is_flat = not any(isinstance(cell, dict | list) for row in found for cell in row)
    return is_flat and len(set(map(len, found))) == 1


def _of_feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record of GeoJSON (RFC 7946)."""
    given, geometry = feature.get("properties"), feature.get("geometry")
    properties = dict(given) if isinstance(given, dict) else {}
    if not isinstance(geometry, dict):
        return properties
    places = geometry.get("coordinates")
    if geometry.get("type") == "Point" and isinstance(places, list):
        return {**dict(zip(("longitude", "latitude"), places, strict=False)), **properties}
    return properties


def _are_rows(found: object) -> bool:
    """Whether a list holds a list of names, and as long ones of cells."""
    if not isinstance(found, list) or len(found) < 2 or not all(isinstance(row, list) for row in found):
        return False
    names, *rows = found
    are_names = bool(names) and all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
    return are_names and all(len(row) == len(names) for row in rows)


def _by_column(found: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the cells of each column of a table that was written so, as pandas does it; of none, nothing.

    >>> _by_column({"town": {"0": "Ulm", "1": "Bonn"}}) == _by_column({"town": ["Ulm", "Bonn"]})
    True
    """
    names, rows, cells = found.get("columns"), found.get("data"), list(found.values())
    with contextlib.suppress(KeyError, TypeError):
        names = [column["name"] for column in found["meta"]["view"]["columns"]]  # Socrata
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(name, str) for name in names):
        is_table = all(isinstance(row, list) and len(row) == len(names) for row in rows)
        if names and rows and is_table and len(set(names)) == len(names):
            return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    if cells and all(isinstance(each, dict) for each in cells):
        numbers = list(map(str, range(len(cells[0]))))
        if numbers and all(list(each) == numbers for each in cells):
            return {name: list(each.values()) for name, each in found.items()}
    if cells and all(isinstance(each, list) for each in cells) and len(set(map(len, cells))) == 1:
        return dict(found) if len(cells[0]) > 1 else {}
    return {}


def _lines(lines: Iterable[str], name: str, error: Exception) -> tuple[list[Any], list[str]]:
    """Return the records of lines, and a note on those few that are damaged."""
    found: list[Any] = []
    broken: list[int] = []
    # A file of records breaks at a line; another one breaks where its reader stopped.
    first = getattr(error, "lineno", 1)
    for number, line in enumerate(lines, 1):
        if line.strip() not in ("", "[", "]"):
            try:
                found.append(json.loads(line.strip().removeprefix("\x1e").removesuffix(",")))
            except (ValueError, RecursionError):
                first = number if found and not broken else first
                broken.append(number)
    if broken and (3 * len(broken) > len(found) or not _is_table(found)):
        raise AtlasError(
            f"The file {quoted(name)} is not JSON: line {first:,} cannot be read. "
            "Mend it, or save the table as CSV (UTF-8)."
        )
    return found, [f"{lines_phrase(broken)} cannot be read as JSON: left out."] if broken else []


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _plain(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return None if value == "" else value


JSON = FileFormat("JSON", (".json", ".geojson"), read_json, is_text=True, options=("encoding", "types"))
JSON_LINES = FileFormat(
    "JSON lines", (".jsonl", ".ndjson"), read_json, is_text=True, options=("encoding", "types")
)
