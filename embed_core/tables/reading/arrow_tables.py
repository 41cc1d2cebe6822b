"""Arrow in memory, in files and in streams, as tables in DuckDB."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from embed_core.errors import AtlasError, quoted
from embed_core.tables.names import unique_names
from embed_core.tables.reading.engine import connect, identifier, literal, table_in
from embed_core.tables.reading.file_format import FileFormat
from embed_core.tables.reading.whole_numbers import with_whole_numbers
from embed_core.tables.report import ReadingReport
from embed_core.tables.table import Table

_MAGIC = b"ARROW1"
_NO_TABLE = "describes non-struct type"
# What no text has, but for a tab and ends of lines.
_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_CONTROL = r"[\x00-\x08\x0e-\x1f]"


def read_arrow(arrow: pa.Table, name: str, *, kind: str = "Arrow table", notes: Sequence[str] = ()) -> Table:
    """Return an Arrow table as a table in DuckDB, which reads it where it lies.

    Args:
        arrow: the table.
        name: what people call it.
        kind: what it came as.
        notes: sentences on what was changed before.

    Raises:
        AtlasError: it has no rows or no columns.
    """
    names, renamed = unique_names(arrow.column_names)
    require_rows(name, rows=arrow.num_rows, columns=arrow.num_columns)
    columns, changed = readable(names, arrow.columns)
    table = pa.Table.from_arrays(list(columns.values()), names=list(columns))
    if not columns:
        raise AtlasError(f"No column of {quoted(name)} can be read. {' '.join(changed)}")
    connection = connect()
    changed += adopt(connection, table)
    report = ReadingReport(
        kind, rows=table.num_rows, columns=table.num_columns, notes=(*notes, *renamed, *changed)
    )
    return Table(table_in(connection), name=name, report=report, keep=table)


def read_dataset(dataset: ds.Dataset, name: str) -> Table:
    """Return an Arrow dataset as a table in DuckDB, which reads it where it lies.

    Raises:
        AtlasError: it has no rows or no columns, or cannot be read.
    """
    names, renamed = unique_names(dataset.schema.names)
    if any(not _is_known(field.type) for field in dataset.schema) or len(set(dataset.schema.names)) < len(
        names
    ):
        return read_arrow(dataset.to_table(), name, kind="Arrow dataset")
    connection = connect()
    notes = adopt(connection, dataset, names=names)
    rows = connection.con.execute("SELECT count(*) FROM data").fetchall()[0][0]
    require_rows(name, rows=rows, columns=len(names))
    report = ReadingReport("Arrow dataset", rows=rows, columns=len(names), notes=(*renamed, *notes))
    return Table(table_in(connection), name=name, report=report, keep=dataset)


def read_stream(source: Any, name: str, *, kind: str) -> Table:
    """Return what speaks Arrow's stream interface as a table in DuckDB, which takes it in, compressed.

    Raises:
        AtlasError: it has no rows or no columns, or breaks off.
    """
    try:
        reader, left_out = _reader(source)
        names, renamed = unique_names(reader.schema.names)
        if any(not _is_known(field.type) for field in reader.schema):
            return read_arrow(reader.read_all(), name, kind=kind, notes=left_out)
        connection = connect()
        connection.con.register("arrived", reader)
        chosen, notes = selection("arrived", [field.type for field in reader.schema], names)
        connection.con.execute(f"CREATE TABLE opened AS {chosen}").fetchall()
        connection.con.unregister("arrived")
        with_whole_numbers(connection, "opened")
    except (pa.ArrowException, duckdb.Error, OSError, TypeError, ValueError) as error:
        if _NO_TABLE in str(error):
            raise AtlasError(
                f"The {kind} {quoted(name)} is a column by itself, and a table is needed. Give the DataFrame or the "
                "Arrow table that it is a column of."
            ) from None
        raise AtlasError(f"The {kind} {quoted(name)} cannot be read: {first_line(error)}") from error
    rows = connection.con.execute("SELECT count(*) FROM data").fetchall()[0][0]
    require_rows(name, rows=rows, columns=len(names))
    report = ReadingReport(kind, rows=rows, columns=len(names), notes=(*left_out, *renamed, *notes))
    return Table(table_in(connection), name=name, report=report)


def _reader(source: Any) -> tuple[Any, list[str]]:
    """Return a reader of a DataFrame or relation, without columns that Arrow does not know, and notes on these."""
    try:
        return pa.RecordBatchReader.from_stream(source), []
    except Exception:  # each library has errors of its own
        columns = list(getattr(source, "columns", ()))
        kept = [column for column in columns if _streams(source, column)]
        if not kept or len(kept) == len(columns):
            raise
    notes = [
        f"{quoted(column)} was left out: values of its type cannot be read. Cast it to text or to numbers first."
        for column in columns
        if column not in kept
    ]
    return pa.RecordBatchReader.from_stream(source.select(*_chosen(source, kept))), notes


def _streams(source: Any, column: str) -> bool:
    try:
        pa.RecordBatchReader.from_stream(source.select(*_chosen(source, [column])))
    except Exception:
        return False
    return True


def _chosen(source: Any, columns: Sequence[str]) -> list[str]:
    """Return columns as `select` takes them: DuckDB's in SQL."""
    return (
        [identifier(each) for each in columns]
        if isinstance(source, duckdb.DuckDBPyRelation)
        else list(columns)
    )


def read_arrow_file(
    path: Path, *, connection: Any, folder: Path, name: str
) -> tuple[ibis.Table, ReadingReport]:
    """Open a Feather or Arrow file in ``connection`` (Ibis on DuckDB); it is read again by each query.

    Args:
        path: the file.
        connection: an Ibis DuckDB connection; the table "data" is made in it.
        folder: a temporary folder, not needed here.
        name: what people call the file, for messages.

    Raises:
        AtlasError: it is damaged or no Arrow file, or has no rows.
    """
    try:
        mapped = pa.memory_map(str(path))
        if mapped.read(len(_MAGIC)) == _MAGIC:
            arrow = pa.ipc.open_file(mapped).read_all()
        else:
            mapped.seek(0)
            arrow = pa.ipc.open_stream(mapped).read_all()
        arrow.validate()
    except (pa.ArrowException, OSError) as error:
        raise AtlasError(
            f"The file {quoted(name)} is named like an Arrow file but cannot be read as one: it is damaged, cut short, "
            "Feather of version 1 or something else. Write it again, or save the table as Parquet."
        ) from error
    names, renamed = unique_names(arrow.column_names)
    columns, notes = readable(names, arrow.columns)
    if not arrow.num_rows or not columns:
        raise AtlasError(f"The file {quoted(name)} has no rows or no columns. Choose a file with rows.")
    table = pa.Table.from_arrays(list(columns.values()), names=list(columns))
    notes += adopt(connection, table)
    report = ReadingReport("Arrow", rows=arrow.num_rows, columns=len(columns), notes=(*renamed, *notes))
    return table_in(connection), report


def readable(names: Sequence[str], columns: Sequence[Any]) -> tuple[dict[str, Any], list[str]]:
    """Return columns of Arrow in types that DuckDB reads, by name; what cannot be read at all is left out."""
    kept: dict[str, Any] = {}
    notes = []
    for name, column in zip(names, columns, strict=True):
        try:
            kept[name], note = _readable(name, column)
        except (pa.ArrowException, TypeError, ValueError, NotImplementedError, AttributeError):
            note = f'"{name}" was left out: values of the type {quoted(column.type)} cannot be read.'
        if note:
            notes.append(note)
    return kept, notes


def adopt(connection: Any, arrow: Any, *, names: Sequence[str] | None = None) -> list[str]:
    """Make the table "data" of what Arrow holds, without copying it; return notes on what was changed."""
    connection.con.register("arrived", arrow)
    kinds = [field.type for field in arrow.schema]
    chosen, notes = selection("arrived", kinds, names or arrow.schema.names)
    connection.con.execute(f"CREATE TEMPORARY VIEW opened AS {chosen}").fetchall()
    with_whole_numbers(connection, "opened")
    return notes


def require_rows(name: str, *, rows: int, columns: int) -> None:
    """Refuse a table in which there is nothing.

    Raises:
        AtlasError: it has no rows or no columns.
    """
    if not rows or not columns:
        raise AtlasError(
            f"The table {quoted(name)} has {columns} columns and {rows} rows. Give one with rows in it."
        )


def first_line(error: BaseException) -> str:
    """Return the first sentence of an engine's own error."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:300].rstrip(".") + "."


def _zone_notes(zones: dict[str, str]) -> list[str]:
    """Return a sentence for each time zone on the columns that are in it."""
    by_zone: dict[str, list[str]] = {}
    for column, zone in zones.items():
        by_zone.setdefault(zone, []).append(column)
    return [
        f"The times in {', '.join(quoted(column) for column in columns)} are those of the clocks in {zone}."
        for zone, columns in by_zone.items()
    ]


def selection(
    source: str, kinds: Sequence[pa.DataType], names: Sequence[str], *, in_parquet: bool = False
) -> tuple[str, list[str]]:
    """Return SQL that gives columns other names, times as the clocks of their zone show them, durations in seconds."""
    parts, zones, notes = [], {}, []
    for position, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        value = f"c{position}"
        if pa.types.is_timestamp(kind) and kind.tz:
            value, zones[name] = _local_time(value, kind.tz), kind.tz
        elif pa.types.is_duration(kind):
            value = f"{value} / {_A_SECOND[kind.unit]}" if in_parquet else f"epoch({value})"
            notes.append(f"{quoted(name)} holds durations: they are numbers of seconds.")
        parts.append(f"{value} AS {identifier(name)}")
    inside = ", ".join(f"c{position}" for position in range(len(parts)))
    return f"SELECT {', '.join(parts)} FROM {source} AS t({inside})", notes + _zone_notes(zones)


def _local_time(value: str, zone: str) -> str:
    """Return SQL that turns a moment into the time that the clocks of a zone show."""
    if zone[0] in "+-":
        sign = 1 if zone[0] == "+" else -1
        hours, _, minutes = zone[1:].partition(":")
        shift = sign * (int(hours) * 60 + int(minutes or 0))
        return f"(({value} AT TIME ZONE 'UTC') + INTERVAL ({shift}) MINUTE)"
    return f"({value} AT TIME ZONE {literal(zone)})"


def _readable(name: str, column: Any) -> tuple[Any, str | None]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _readable(name, column.cast(kind.value_type))
    if pa.types.is_float16(kind):
        return column.cast(pa.float32()), f'"{name}" holds numbers of half precision: they were widened.'
    if pa.types.is_decimal(kind) and kind.scale < 0:
        return column.cast(pa.float64()), None
    if pa.types.is_decimal256(kind):
        return column.cast(pa.float64()), f'"{name}" holds very long decimal numbers: they were rounded.'
    if pa.types.is_binary_view(kind):
        return _decoded(name, column.cast(pa.large_binary()))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _decoded(name, column)
    if isinstance(kind, pa.UuidType):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()]), None
    if isinstance(kind, pa.BaseExtensionType):
        return _readable(name, column.cast(kind.storage_type))
    if not _is_known(kind):
        texts = [None if value is None else str(value) for value in column.to_pylist()]
        return pa.array(
            texts, pa.string()
        ), f'"{name}" holds values of the type {quoted(kind)}: they became text.'
    return column, None


def _decoded(name: str, column: Any) -> tuple[Any, str | None]:
    note = None
    try:
        texts = column.cast(pa.string())
    except pa.ArrowInvalid:
        texts = pa.array(
            [None if value is None else _text(value) for value in column.to_pylist()], pa.string()
        )
        note = f'"{name}" holds bytes that are not UTF-8: they were read as Latin-1.'
    if pc.any(pc.match_substring_regex(texts, _CONTROL)).as_py():
        texts = pa.array(
            [None if value is None else value.hex() for value in column.to_pylist()], pa.string()
        )
        note = f'"{name}" holds bytes that are no text: they are written in hexadecimal digits.'
    return texts, note


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _is_known(kind: pa.DataType) -> bool:
    """Whether DuckDB reads this type of Arrow."""
    if isinstance(kind, pa.BaseExtensionType) or pa.types.is_union(kind):
        return False
    if pa.types.is_dictionary(kind):
        return _is_known(kind.value_type)
    nested = (kind.field(at).type for at in range(kind.num_fields)) if pa.types.is_nested(kind) else ()
    return not (pa.types.is_float16(kind) or pa.types.is_decimal256(kind)) and all(map(_is_known, nested))


ARROW = FileFormat(
    "Arrow",
    (".feather", ".arrow", ".ipc"),
    read_arrow_file,
    signature=_MAGIC,
)
