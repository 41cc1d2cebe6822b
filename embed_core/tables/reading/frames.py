"""Tables that are in memory: DataFrames and Arrow tables."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.engine import connect
from embed_core.tables.table import ReadingReport, Table, unique_names


def read_frame(frame: pd.DataFrame, name: str) -> Table:
    """Return a DataFrame as a table in DuckDB; its index is ignored.

    Raises:
        AtlasError: it has no rows or no columns.
    """
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
    return read_arrow(pa.table(columns), name, kind="DataFrame", notes=notes)


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
    arrow = arrow.rename_columns(names)
    for position, field in enumerate(arrow.schema):
        if pa.types.is_dictionary(field.type):
            plain = arrow.column(position).cast(field.type.value_type)
            arrow = arrow.set_column(position, field.name, plain)
    require_rows(name, rows=arrow.num_rows, columns=arrow.num_columns)
    connection = connect()
    connection.con.register("data", arrow)
    report = ReadingReport(kind, rows=arrow.num_rows, columns=arrow.num_columns, notes=(*notes, *renamed))
    return Table(connection.table("data"), name=name, report=report, keep=arrow)


def require_rows(name: str, *, rows: int, columns: int) -> None:
    """Refuse a table in which there is nothing.

    Raises:
        AtlasError: it has no rows or no columns.
    """
    if not rows or not columns:
        raise AtlasError(
            f"The table {quoted(name)} has {columns} columns and {rows} rows. Give one with rows in it."
        )
