"""Reading tables: files, uploads, DataFrames, Arrow tables and Ibis expressions become a `Table`."""

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any, BinaryIO, Literal

import ibis
import pandas as pd
import pyarrow as pa

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.encoding import mislabeled
from embed_core.tables.reading.engine import connect
from embed_core.tables.reading.expressions import read_expression
from embed_core.tables.reading.formats import content_of, format_of
from embed_core.tables.reading.frames import read_arrow, read_frame
from embed_core.tables.table import Table

_DECIMALS = (".", ",")
_COPY_CHUNK = 1 << 20
_PREFIX = "category-atlas-"
_SIGNATURE = 32


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
        source: a path to a file of one of `embed_core.tables.reading.formats`, a binary file object with a
            ``name``, a DataFrame (its index is ignored), an Arrow table, or an Ibis table, which stays in its engine.
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
        return read_frame(source, name or "DataFrame")
    if isinstance(source, pa.Table):
        return read_arrow(source, name or "Arrow table")
    if isinstance(source, ibis.Table):
        return read_expression(source, name)
    raise AtlasError(
        f"A {type(source).__name__} cannot be read as a table. Give a path, a binary file object, a pandas "
        "DataFrame, a pyarrow Table or an Ibis table."
    )


def _read_file(path: Path, name: str, overrides: dict[str, Any], folder: Path) -> Table:
    file_format = format_of(path.suffix, name=name)
    if file_format.is_text:
        _refuse_mislabeled(path, name)
    elif overrides:
        raise AtlasError(
            f"{', '.join(overrides)} can be set for delimited text only, and {quoted(name)} is {file_format.title}. "
            "Leave them out."
        )
    expression, report = file_format.read(path, connection=connect(), folder=folder, name=name, **overrides)
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
    if format_of(path.suffix, name=given).stays:
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


def _refuse_mislabeled(path: Path, name: str) -> None:
    with path.open("rb") as file:
        content = content_of(file.read(_SIGNATURE))
    if content is not None:
        raise mislabeled(name, content)


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
