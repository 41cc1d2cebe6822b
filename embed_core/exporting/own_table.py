"""A person's own table back, with what was learned beside every row."""

import io
import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import xlsxwriter

from embed_core.errors import quoted
from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.map_table import defused
from embed_core.tables.names import unique_names

if TYPE_CHECKING:
    import pyarrow as pa

MOST_EXCEL = 1_048_575
"""Rows that a sheet has below its header."""
_LONGEST_CELL = 32_767
_EXACT = 2**53  # a cell holds a 64-bit float
_FIRST_DAY = datetime(1900, 3, 1)  # before it, a sheet counts a day that never was
_MISSING, _RARE = re.compile(r"\(+missing\)+"), re.compile(r"\(+rare\)+")
# As in map_table, for a library without look-ahead.
_FORMULA = r"^[\s\v\p{Z}]*[=@\t\r+-]|^\s*[\t\r]"
_NUMBER = r"^[\s\v\p{Z}]*[+-]\d+([.,]\d+)?$"


def joined(content: Content) -> "pa.Table":
    """Return the rows of the table as they are, each with what was learned of its category.

    Added are ``cluster``, ``group`` where some were saved, ``map_x``, ``map_y`` and ``v0`` …; they are empty for a
    category that the run has not seen. A name that the table has already gets a number.
    """
    import pyarrow as pa

    table, embedding = content.table, content.embedding
    assert table is not None and content.record is not None
    column = embedding.name or content.record.config.column
    text = unique_names([*table.columns, "category"])[0][-1]
    rows = table.to_arrow(table.expression.mutate(**{text: table.texts(column)}))
    places = _rows_of(
        embedding.labels, rows[text].to_pandas(), has_rare=content.record.config.min_frequency > 1
    )
    added: dict[str, Any] = {"cluster": pa.array(content.cluster_of, pa.large_string())}
    if content.groups:
        added["group"] = pa.array(content.group_of, pa.large_string())
    added |= {
        f"map_{name}": pa.array(axis) for name, axis in zip("xy", content.map.coordinates.T, strict=False)
    }
    added |= {f"v{axis}": pa.array(embedding.vectors[:, axis]) for axis in range(embedding.dimension)}
    index = pa.array(places, mask=places < 0)
    result = rows.drop_columns([text])
    names = unique_names([*table.columns, *added])[0][len(table.columns) :]
    for name, values in zip(names, added.values(), strict=True):
        result = result.append_column(name, values.take(index))
    return result


def _rows_of(labels: list[str], texts: Any, *, has_rare: bool) -> npt.NDArray[np.int64]:
    """Return the row of the category of each text; -1 where the run has not seen it."""
    import pandas as pd

    missing = texts.isna().to_numpy()
    named = list(labels)
    for_missing = for_rare = -1
    if missing.any() and _MISSING.fullmatch(named[-1]):
        named, for_missing = named[:-1], len(named) - 1
    if has_rare and named and _RARE.fullmatch(named[-1]):
        named, for_rare = named[:-1], len(named) - 1
    places = pd.Index(named, dtype=object).get_indexer(pd.Index(texts.astype(object))).astype(np.int64)
    places[places < 0] = for_rare
    places[missing] = for_missing
    return places


def _csv(content: Content) -> bytes:
    import pyarrow.csv

    file = io.BytesIO()
    file.write(b"\xef\xbb\xbf")
    pyarrow.csv.write_csv(_plain(joined(content)), file)
    return file.getvalue()


def _plain(table: "pa.Table") -> "pa.Table":
    """Return a table of which every value can stand in a cell of text, formulas defused."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    mark, empty = (pa.scalar(each, pa.large_string()) for each in ("'", ""))
    columns = []
    for column in table.columns:
        kind = column.type
        is_text = kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind)
        if not (is_text or kinds.is_primitive(kind)):
            column = pa.array(
                [None if each is None else _as_text(each) for each in column.to_pylist()], pa.large_string()
            )
            is_text = True
        if is_text:
            text = pc.cast(column, pa.large_string())
            risky = pc.and_not(
                pc.match_substring_regex(text, _FORMULA), pc.match_substring_regex(text, _NUMBER)
            )
            column = pc.if_else(risky, pc.binary_join_element_wise(mark, text, empty), text)
        columns.append(column)
    return pa.table(columns, names=[defused(name) for name in table.column_names])


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _excel(content: Content) -> bytes:
    table = joined(content)
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("table")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(table.column_names):
            sheet.write_string(0, place, name[:_LONGEST_CELL], bold)
        at = 1
        for batch in table.to_batches(max_chunksize=10_000):
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                for place, value in enumerate(values):
                    if value is not None:
                        _write_cell(sheet, at, place, value, day, moment)
                at += 1
    return file.getvalue()


def _several(content: Content) -> str:
    assert content.table is not None and content.record is not None
    column = content.embedding.name or content.record.config.column
    return (
        f"Cells of {quoted(column)} hold several values: a row has no one place on the map. Take the vectors, a row "
        "for each value."
        if column in content.table.report.bags
        else ""
    )


def _too_long(content: Content) -> str:
    assert content.table is not None
    if several := _several(content):
        return several
    rows = content.table.n_rows
    return (
        f"A sheet has at most {MOST_EXCEL:,} rows, and the table has {rows:,}: take CSV or Parquet."
        if rows > MOST_EXCEL
        else ""
    )


def _write_cell(sheet: Any, row: int, place: int, value: Any, day: Any, moment: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif (isinstance(value, int) and abs(value) <= _EXACT) or (
        isinstance(value, float) and math.isfinite(value)
    ):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime) and value.replace(tzinfo=None) >= _FIRST_DAY:
        sheet.write_datetime(row, place, value.replace(tzinfo=None), moment)
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY.date():
        sheet.write_datetime(row, place, value, day)
    elif not (isinstance(value, float) and math.isnan(value)):
        sheet.write_string(row, place, _as_text(value)[:_LONGEST_CELL])


_SENTENCE = (
    "Every row as you brought it, with the cluster, the saved group, the place on the map and the vector of its "
    "category beside it."
)
_SECTION = "Your own table back"
OWN_EXCEL = Exporter(
    "table-excel",
    "Your table for Excel",
    _SENTENCE,
    ".xlsx",
    _excel,
    needs=("run", "table"),
    section=_SECTION,
    refuses=_too_long,
)
OWN_CSV = Exporter(
    "table-csv",
    "Your table as CSV",
    "The same as text, in UTF-8. What a spreadsheet would take for a formula begins with an apostrophe.",
    ".csv",
    _csv,
    needs=("run", "table"),
    section=_SECTION,
    refuses=_several,
)
OWN_PARQUET = Exporter(
    "table-parquet",
    "Your table as Parquet",
    "The same, value for value, for pandas, Polars, DuckDB and R.",
    ".parquet",
    lambda content: _parquet(joined(content)),
    needs=("run", "table"),
    section=_SECTION,
    refuses=_several,
)


def _parquet(table: "pa.Table") -> bytes:
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()
