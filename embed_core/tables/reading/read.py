"""Reading tables: files, uploads, DataFrames, Arrow tables and Ibis expressions become a `Table`."""

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Literal

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
from ibis.expr.operations import DatabaseTable

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.delimited import read_delimited
from embed_core.tables.table import ReadingReport, Table, unique_names

__all__ = ["ReadingReport", "Table", "read_table"]

_DECIMALS = (".", ",")
_COPY_CHUNK = 1 << 20
_PREFIX = "category-atlas-"
_READ_IN_PLACE = ("Parquet",)


def read_table(
    source: str | Path | BinaryIO | pd.DataFrame | pa.Table | ibis.Table,
    *,
    name: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    header_line: int | Literal["detect"] | None = "detect",
) -> Table:
    """Read a table and say what was assumed.

    The text of a cell is never changed: in delimited text only an empty cell is missing, and a
    column becomes numbers or dates only when every filled cell is plainly one.

    Args:
        source: a path to a .csv, .tsv, .txt or .parquet file, a binary file object with a ``name``,
            a DataFrame (its index is ignored), an Arrow table, or an Ibis table, which stays in its engine.
        name: what to call the table; the file's name unless given.
        encoding: encoding of delimited text; detected unless given.
        delimiter: separator of delimited text, one character; detected unless given.
        decimal: decimal mark of delimited text, "." or ","; detected unless given.
        header_line: line of the column names in delimited text, from 0; None when there are no names;
            detected unless given.

    Raises:
        AtlasError: when the source cannot be read as a table.

    >>> import pandas as pd
    >>> table = read_table(pd.DataFrame({"code": ["01", "NA", None]}))
    >>> table.columns, table.n_rows
    (['code'], 3)
    """
    overrides: dict[str, Any] = {"encoding": encoding, "delimiter": delimiter, "decimal": decimal}
    overrides = {key: value for key, value in overrides.items() if value is not None}
    if header_line != "detect":
        overrides["header_line"] = header_line
    _check_overrides(overrides)
    if isinstance(source, str | Path):
        path = Path(source).expanduser()
        _check_file(path)
        with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
            return _read_file(path, name or path.name, overrides, Path(folder))
    if hasattr(source, "read"):
        return _read_upload(source, name, overrides)
    if overrides:
        raise AtlasError(
            f"{', '.join(overrides)} can be set for delimited text files only, and this is a "
            f"{type(source).__name__}. Leave them out."
        )
    if isinstance(source, pd.DataFrame):
        return _read_frame(source, name or "DataFrame")
    if isinstance(source, pa.Table):
        return _read_arrow(source, name or "Arrow table", "Arrow table", [])
    if isinstance(source, ibis.Table):
        return _read_ibis(source, name)
    raise AtlasError(
        f"A {type(source).__name__} cannot be read as a table. Give a path, a binary file object, a pandas "
        "DataFrame, a pyarrow Table or an Ibis table."
    )


def _read_file(path: Path, name: str, overrides: dict[str, Any], folder: Path) -> Table:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        ending = f"the ending {quoted(path.suffix)} is" if path.suffix else "a file without an ending is"
        raise AtlasError(
            f"The file {quoted(name)} cannot be read: {ending} not among those that can be "
            f"({', '.join(_READERS)}). Save the table as CSV (UTF-8) or Parquet and open that."
        )
    expression, report = reader(path, connection=_connect(), folder=folder, name=name, **overrides)
    return Table(expression, name=name, report=report)


def _read_upload(source: Any, name: str | None, overrides: dict[str, Any]) -> Table:
    given = Path(str(getattr(source, "name", "upload.csv"))).name
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    path = folder / ("upload" + Path(given).suffix)
    try:
        _copy_bytes(source, path, given)
        table = _read_file(path, name or given, overrides, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if table.report.format in _READ_IN_PLACE:
        weakref.finalize(table, shutil.rmtree, folder, ignore_errors=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return table


def _copy_bytes(source: Any, path: Path, name: str) -> None:
    if source.seekable():
        source.seek(0)
    with path.open("wb") as copy:
        while chunk := source.read(_COPY_CHUNK):
            if isinstance(chunk, str):
                raise AtlasError(f"{quoted(name)} was opened as text. Open it in binary mode: 'rb'.")
            copy.write(chunk)


def _read_parquet(path: Path, *, connection: Any, folder: Path, name: str, **overrides: object) -> Any:
    if overrides:
        raise AtlasError(
            f"{', '.join(overrides)} can be set for delimited text only, and {quoted(name)} is Parquet. "
            "Leave them out."
        )
    if not path.stat().st_size:
        raise AtlasError(f"The file {quoted(name)} is empty: it has 0 bytes. Choose another file.")
    literal = "".join(f"[{character}]" if character in "*?[" else character for character in str(path))
    try:
        expression = connection.read_parquet(literal, table_name="data")
        rows = connection.con.execute("SELECT count(*) FROM data").fetchall()[0][0]
    except (duckdb.Error, OSError) as error:
        raise AtlasError(
            f"The file {quoted(name)} is named like a Parquet file but cannot be read as one: it is "
            "damaged, cut short or something else. Write it again, or save the table as CSV (UTF-8)."
        ) from error
    if not rows:
        raise AtlasError(f"The file {quoted(name)} has columns but no rows. Choose a file with rows.")
    return expression, ReadingReport("Parquet", rows=rows, columns=len(expression.columns))


def _read_frame(frame: pd.DataFrame, name: str) -> Table:
    names, notes = unique_names(frame.columns)
    notes += [
        f'The column name {given!r} is not text: it is called "{used}".'
        for given, used in zip(frame.columns, names, strict=True)
        if not isinstance(given, str) and str(given).strip()
    ]
    columns: dict[str, pa.Array] = {}
    for position, column in enumerate(names):
        columns[column], changed = _arrow_column(frame.iloc[:, position], column)
        notes += changed
    return _read_arrow(pa.table(columns), name, "DataFrame", notes)


def _arrow_column(series: pd.Series, name: str) -> tuple[Any, list[str]]:
    try:
        return pa.Array.from_pandas(series), []
    except (pa.ArrowException, TypeError, ValueError):
        texts = [
            None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)
        ]
        return pa.array(texts, pa.string()), [
            f'"{name}" holds values of different types: all were turned into text.'
        ]


def _read_arrow(arrow: pa.Table, name: str, kind: str, notes: list[str]) -> Table:
    names, renamed = unique_names(arrow.column_names)
    arrow = arrow.rename_columns(names)
    for position, field in enumerate(arrow.schema):
        if pa.types.is_dictionary(field.type):
            plain = arrow.column(position).cast(field.type.value_type)
            arrow = arrow.set_column(position, field.name, plain)
    _check_size(name, arrow.num_rows, arrow.num_columns)
    connection = _connect()
    connection.con.register("data", arrow)
    report = ReadingReport(kind, rows=arrow.num_rows, columns=arrow.num_columns, notes=tuple(notes + renamed))
    return Table(connection.table("data"), name=name, report=report, keep=arrow)


def _read_ibis(expression: ibis.Table, name: str | None) -> Table:
    rows = int(expression.count().execute())
    name = name or _name_of(expression)
    _check_size(name, rows, len(expression.columns))
    report = ReadingReport(
        f"Ibis table ({expression.get_backend().name})", rows=rows, columns=len(expression.columns)
    )
    return Table(expression, name=name, report=report)


def _name_of(expression: ibis.Table) -> str:
    operation = expression.op()
    return operation.name if isinstance(operation, DatabaseTable) else "Ibis table"


def _connect() -> Any:
    """Return a DuckDB of its own, in memory, which never downloads anything."""
    connection = ibis.duckdb.connect(
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
        temp_directory=tempfile.gettempdir(),
    )
    connection.raw_sql("SET enable_progress_bar = false").fetchall()
    # Compressed, tables take less memory and are written twice as fast.
    connection.raw_sql("ATTACH ':memory:' AS atlas (COMPRESS)").fetchall()
    connection.raw_sql("USE atlas").fetchall()
    return connection


def _check_overrides(overrides: dict[str, Any]) -> None:
    delimiter, decimal, header_line = (overrides.get(key) for key in ("delimiter", "decimal", "header_line"))
    if delimiter is not None and (len(delimiter) != 1 or delimiter in "\r\n\"'"):
        raise AtlasError(
            f"The delimiter must be one character, and {quoted(delimiter)} is not. Use , ; | or a tab."
        )
    if decimal is not None and decimal not in _DECIMALS:
        raise AtlasError(
            f'The decimal mark must be "." or ",", and {quoted(decimal)} was given. Use one of the two.'
        )
    if header_line is not None and (not isinstance(header_line, int) or header_line < 0):
        raise AtlasError(
            f"header_line must be a line counted from 0, or None, and {quoted(header_line)} was given."
        )


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise AtlasError(f"{quoted(path)} is a folder, and a file is needed. Name a file in it.")
    if not path.is_file():
        raise AtlasError(f"There is no file {quoted(path, limit=200)}. Check the path and its spelling.")


def _check_size(name: str, rows: int, columns: int) -> None:
    if not rows or not columns:
        raise AtlasError(
            f"The table {quoted(name)} has {columns} columns and {rows} rows. Give one with rows in it."
        )


_READERS: dict[str, Callable[..., tuple[ibis.Table, ReadingReport]]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".parquet": _read_parquet,
}
