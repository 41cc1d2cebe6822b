"""Texts in formats that have types of their own, read by the rules of delimited text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from embed_core.tables.reading.column_types import count_kinds
from embed_core.tables.reading.engine import table_in
from embed_core.tables.reading.options import require_columns
from embed_core.tables.reading.overruling import overruled
from embed_core.tables.reading.typed_table import make_typed
from embed_core.tables.reading.whole_numbers import with_whole_numbers
from embed_core.tables.report import ReadingReport
from embed_core.tables.table import Table


@dataclass(frozen=True)
class TypedCells:
    """A table whose texts were read.

    Attributes:
        expression: the table.
        texts: the columns that were texts before.
        written: for columns of dates, the format that gives their text back.
        notes: sentences for people.
    """

    expression: ibis.Table
    texts: tuple[str, ...]
    written: Mapping[str, str]
    notes: tuple[str, ...]

    def is_text(self, column: str) -> bool:
        """Whether a column that is left is text."""
        return column in self.expression.columns and self.expression[column].type().is_string()


def typed_cells(connection: Any, types: Mapping[str, str], *, codes: str | None, name: str) -> TypedCells:
    """Make the table "data" of the table "cells", in which texts are what they say.

    Args:
        connection: Ibis on DuckDB.
        types: what a person says that some columns are.
        codes: whole numbers that are texts stay so, as codes are, and this is said of them; None reads them, too.
        name: what people call the table.

    Raises:
        AtlasError: ``types`` names a column that is not there, or leaves none.
    """
    engine = connection.con

    def run(sql: str) -> Any:
        return engine.execute(sql).fetchall()

    described = [(row[0], row[1]) for row in run("DESCRIBE cells")]
    names = [column for column, _ in described]
    texts = tuple(column for column, kind in described if kind == "VARCHAR")
    require_columns(types, names)
    free = [each for each in texts if each not in types]
    counted = count_kinds(run, "cells", free) if codes else {}
    whole = [each for each in counted if 0 < counted[each].integer == counted[each].filled]
    as_they_are = dict.fromkeys([*whole, *(each for each in names if each not in texts)], "text")
    made = make_typed(engine, "cells", names, decimal=None, delimiter="", types=dict(types) | as_they_are)
    run("DROP TABLE cells")
    with_whole_numbers(connection, "opened")
    notes = (*made.notes, *(f'"{each}" holds whole numbers {codes}.' for each in whole))
    rows = run("SELECT count(*) FROM opened")[0][0]
    report = ReadingReport("", rows=rows, columns=len(names), notes=notes)
    native = {column: kind for column, kind in types.items() if column not in texts}
    found = overruled(Table(table_in(connection), name=name, report=report), native)
    return TypedCells(found.expression, texts, made.written, found.report.notes)
