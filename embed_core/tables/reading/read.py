"""Reading tables: files, uploads, tables in memory and Ibis expressions become a `Table`."""

import re
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import ibis
import pandas as pd
import pyarrow as pa

from embed_core.errors import AtlasError, quoted
from embed_core.tables.changing.changes import split_cells
from embed_core.tables.memory import limit
from embed_core.tables.reading.encoding import mislabeled
from embed_core.tables.reading.engine import LIMITS, connect
from embed_core.tables.reading.expressions import read_expression
from embed_core.tables.reading.formats import content_of, format_of
from embed_core.tables.reading.frames import read_memory
from embed_core.tables.reading.options import (
    ColumnType,
    check_bags,
    check_types,
    given_options,
    refuse,
    refuse_options,
)
from embed_core.tables.reading.overruling import overruled
from embed_core.tables.reading.packed import packing_of, unpack
from embed_core.tables.reading.parquet import PARQUET
from embed_core.tables.report import ReadingReport
from embed_core.tables.table import Rereading, Table

_COPY_CHUNK = 1 << 20
# The rows of larger texts lie in a file: in memory they take twice the space of the text while it is read.
_MOST_IN_MEMORY = 256_000_000
_PREFIX = "category-atlas-"
_SIGNATURE = 32
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/", re.IGNORECASE)
_PATTERN = frozenset("*?[")


def read_table(
    source: str | Path | BinaryIO | pd.DataFrame | pa.Table | ibis.Table | Any,
    *,
    name: str | None = None,
    types: Mapping[str, ColumnType] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    quote: str | None = None,
    decimal: str | None = None,
    header_line: int | Literal["detect"] | None = "detect",
    skip_top: int = 0,
    skip_bottom: int = 0,
    missing: Sequence[str] = (),
    sheet: str | int | None = None,
    partitions: bool = False,
    bags: Mapping[str, str | None] | None = None,
) -> Table:
    """Read a table and say what was assumed; all that is assumed can be given instead.

    The text of a cell is never changed: in delimited text only an empty cell, or what databases write for it, is
    missing, and a column becomes numbers or dates only when every filled cell is plainly one.

    Args:
        source: a path to a file of one of `embed_core.tables.reading.formats`, to a folder of Parquet files or a
            pattern of their names, a binary file object with a ``name``, a DataFrame of pandas (its index is ignored)
            or polars, a DuckDB relation, an Arrow table, dataset or reader, or an Ibis table, which stays in its
            engine, or a `Table`, which is returned as it is.
        name: what to call the table; the file's name unless given.
        types: what columns are, where it is not as it was guessed: "text", "number", "time", or "ignore" to leave a
            column out.
        encoding: encoding of text; detected unless given.
        delimiter: separator of delimited text, one character; detected unless given.
        quote: what stands around quoted cells: one of the two quotes, or "" for nothing; detected unless given.
        decimal: decimal mark of delimited text, "." or ","; detected unless given.
        header_line: line of the column names in delimited text or a sheet, from 0; None when there are no names;
            detected unless given.
        skip_top: lines at the top to leave out.
        skip_bottom: lines that hold something to leave out at the bottom.
        missing: spellings that mean that a cell is empty, such as "NA".
        sheet: name of a workbook's sheet, or its number from 0; the first that holds something unless given.
        partitions: whether folders called ``column=value`` around Parquet files are columns.
        bags: columns whose cells hold several values, with what stands between these, such as ``{"genres": "|"}``;
            see `embed_core.tables.changing.changes.split_cells`.

    Raises:
        AtlasError: when the source cannot be read as a table.

    >>> import pandas as pd
    >>> table = read_table(pd.DataFrame({"code": ["01", "NA", None], "size": [1, 2, 3]}), types={"size": "ignore"})
    >>> table.columns, table.n_rows
    (['code'], 3)
    """
    wanted, apart = check_types(types), check_bags(bags)
    options = given_options(
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        decimal=decimal,
        header_line=header_line,
        skip_top=skip_top,
        skip_bottom=skip_bottom,
        missing=missing if isinstance(missing, str) else tuple(missing),
        sheet=sheet,
        partitions=partitions,
    )
    table = _read(source, name, options, wanted)
    for column, separator in apart.items():
        table = split_cells(table, column, separator)
    return table


def _read(source: Any, name: str | None, options: dict[str, Any], wanted: dict[str, str]) -> Table:
    if isinstance(source, str | Path):
        return _read_path(source, name, options, wanted)
    if hasattr(source, "read") and not hasattr(source, "__arrow_c_stream__"):
        return stored(source, name).table(options, wanted)
    if isinstance(source, Table) and name is not None:
        raise AtlasError(f"This table was read already, and is called {quoted(source.name)}. Leave name out.")
    refuse(options, (), f"this is a {type(source).__name__}")
    table = _in_memory(source, name)
    if table is None:
        raise AtlasError(
            f"A {type(source).__name__} cannot be read as a table. Give a path, a binary file object, a DataFrame of "
            "pandas or polars, an Arrow table, a DuckDB relation or an Ibis table."
        )
    return overruled(table, wanted)


def _in_memory(source: Any, name: str | None) -> Table | None:
    if isinstance(source, Table):
        return source
    return read_expression(source, name) if isinstance(source, ibis.Table) else read_memory(source, name)


@dataclass(frozen=True)
class StoredFile:
    """A file on disk.

    Attributes:
        path: where it is.
        called: what it was called where it comes from.
        name: what people call its table.
        keep: what must live as long as the file is read.
    """

    path: Path
    called: str
    name: str
    keep: object = None

    def table(self, options: Mapping[str, Any], types: Mapping[str, str]) -> Table:
        """Read it, with options that were checked."""
        with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
            expression, report, left, takes, keep = self._read(options, types, Path(folder))
        rereading = Rereading(self._again, as_given(options, types), takes)
        table = Table(expression, name=self.name, report=report, keep=(self.keep, keep), rereading=rereading)
        return overruled(table, left)

    def _again(self, *, types: Mapping[str, ColumnType] | None = None, **options: Any) -> Table:
        return self.table(given_options(**options), check_types(types))

    def _read(
        self, options: Mapping[str, Any], types: Mapping[str, str], folder: Path
    ) -> tuple[ibis.Table, ReadingReport, Mapping[str, str], tuple[str, ...], object]:
        """Return what was read, types that its reader has not seen to, its options, and what must live as long."""
        path, called = self.path, self.called
        is_packed = bool(packing_of(path))
        if is_packed:
            path, called = unpack(path, folder, name=called)
        file_format = format_of(Path(called).suffix or (".csv" if is_packed else ""), name=self.name)
        if is_packed and not file_format.is_text:
            raise AtlasError(
                f"The archive {quoted(self.name)} holds {quoted(called)}, and only text is read packed. Unpack it and "
                "open that."
            )
        refuse_options(options, file_format, self.name)
        if file_format.is_text:
            _refuse_mislabeled(path, self.name)
        is_large = file_format.is_text and path.stat().st_size > _MOST_IN_MEMORY
        rows = TemporaryFolder() if is_large and not LIMITS else None  # who has limits may write no file
        by_reader = "types" in file_format.options
        given = dict(options) | ({"types": types} if by_reader else {})
        connection = connect(rows.path if rows else None)
        expression, report = file_format.read(
            path, connection=connection, folder=folder, name=self.name, **given
        )
        if rows:
            limit(connection, is_read=True)
        takes = tuple(option for option in file_format.options if option != "types")
        return expression, report, {} if by_reader else types, takes, rows


class TemporaryFolder:
    """A temporary folder that is removed with the last that needs it."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _read_path(source: str | Path, name: str | None, options: dict[str, Any], types: dict[str, str]) -> Table:
    address = _ADDRESS.match(str(source))
    if address:
        raise AtlasError(
            f"{quoted(source, limit=200)} is an address, and only files on this machine are read. Download it first, "
            f"or give an Ibis table of an engine that reads {address[1]}."
        )
    path = Path(source).expanduser()
    if path.is_file():
        return StoredFile(path, path.name, name or path.name).table(options, types)
    is_pattern = bool(_PATTERN & set(str(path)))
    if not is_pattern and not path.is_dir():
        raise AtlasError(f"There is no file {quoted(path, limit=200)}. Check the path and its spelling.")
    refuse_options(options, PARQUET, path.name)
    expression, report = PARQUET.read(path, connection=connect(), folder=path, name=str(path), **options)
    return overruled(Table(expression, name=name or path.name, report=report), types)


def stored(source: Any, name: str | None = None) -> StoredFile:
    """Copy what a binary file object holds to a temporary file, which goes with the last that needs it.

    Raises:
        AtlasError: it gives text.
    """
    called = Path(str(getattr(source, "name", "upload.csv"))).name
    folder = TemporaryFolder()
    path = folder.path / ("upload" + Path(called).suffix)
    _copy_bytes(source, path, called)
    return StoredFile(path, called, name or called, keep=folder)


def as_given(options: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """Return options and types as `read_table` takes them."""
    return dict(options) | ({"types": dict(types)} if types else {})


def _copy_bytes(source: Any, path: Path, name: str) -> None:
    if source.seekable():
        source.seek(0)
    with path.open("wb") as copy:
        while chunk := source.read(_COPY_CHUNK):
            if isinstance(chunk, str):
                raise AtlasError(f"{quoted(name)} was opened as text. Open it in binary mode: 'rb'.")
            copy.write(chunk)


def _refuse_mislabeled(path: Path, name: str) -> None:
    with path.open("rb") as file:
        content = content_of(file.read(_SIGNATURE))
    if content is not None:
        raise mislabeled(name, content)
