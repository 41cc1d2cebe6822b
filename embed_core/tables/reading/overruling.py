"""Columns read as what a person says they are, in tables whose format has types of its own."""

from collections.abc import Mapping
from typing import Any

import ibis

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.options import require_columns
from embed_core.tables.table import Table
from embed_core.tables.values import as_text

_KINDS = {"number": "float64", "time": "timestamp"}


def overruled(table: Table, types: Mapping[str, str]) -> Table:
    """Return a table whose columns are of the types that a person wants.

    Args:
        table: a table.
        types: "text", "number", "time" or "ignore" for some of its columns.

    Raises:
        AtlasError: a column is not there, or its engine cannot turn it.
    """
    if not types:
        return table
    require_columns(types, table.columns)
    notes = []
    wanted: dict[str, ibis.Value] = {}
    for column in table.columns:
        kind = types.get(column)
        value = table.expression[column]
        if kind == "ignore":
            continue
        wanted[column] = value
        if kind == "text" and not value.type().is_string():
            wanted[column] = as_text(value)
        elif kind in _KINDS and not _is(value, kind):
            wanted[column] = value.try_cast(_KINDS[kind])
            notes.append(_lost(table, column, wanted[column], kind))
    expression = table.expression.select(**wanted)
    # What was said of such a column no longer holds.
    kept = [
        note for note in table.report.notes if not note.startswith(tuple(f'"{column}" ' for column in types))
    ]
    report = table.report.replaced(columns=len(wanted), notes=(*kept, *filter(None, notes)))
    return Table(expression, name=table.name, report=report, keep=table, rereading=table.rereading)


def lost_note(column: str, lost: int, kind: str, example: object) -> str:
    """Return a sentence on cells that are not what a person said that the column holds."""
    what = "number" if kind == "number" else "time"
    return (
        f'"{column}" is read as {"numbers" if kind == "number" else "times"}: {lost:,} of its cells hold no {what}, '
        f"such as {quoted(example)}, and count as missing."
    )


def _is(value: Any, kind: str) -> bool:
    of = value.type()
    return of.is_temporal() if kind == "time" else of.is_numeric() and not of.is_boolean()


def _lost(table: Table, column: str, turned: ibis.Value, kind: str) -> str | None:
    value = table.expression[column]
    lost = table.expression.select(value=value, turned=turned)
    lost = lost.filter(lost.value.notnull() & lost.turned.isnull())
    try:
        found = table.execute(lost.aggregate(rows=lost.count(), example=as_text(lost.value).min()))
    except Exception as error:  # each engine has errors of its own
        raise AtlasError(
            f"The column {quoted(column)} cannot be read as {kind}: its engine cannot turn {value.type()} into that. "
            "Turn it in the engine."
        ) from error
    rows = int(found["rows"].iloc[0])
    return lost_note(column, rows, kind, found["example"].iloc[0]) if rows else None
