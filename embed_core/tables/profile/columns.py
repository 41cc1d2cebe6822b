"""What is in each column of a table: its kind, exact counts, and a hint on what it is good for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import ibis
import pandas as pd

from embed_core.tables.bags import apart_by
from embed_core.tables.profile.bags import look_for_bags, measure_bag
from embed_core.tables.profile.measures import Measures, first_facts, measure
from embed_core.tables.profile.suggestions import badge, suggestion

FEW_VALUES = 20
_IDENTIFIER_SHARE = 0.95
_IDENTIFIER_ROWS = 20
_LONG_TEXT = 60


def profile(
    table: ibis.Table,
    *,
    rows: int,
    filled: Mapping[str, int] | None = None,
    bags: Mapping[str, tuple[ibis.Value, str]] = MappingProxyType({}),
) -> pd.DataFrame:
    """Describe every column of a table in one row each, on any Ibis backend.

    Kinds: "constant" has at most one value; "identifier" hardly repeats (or counts the rows);
    "number" is numeric with more than 20 values, or not whole; "time" is a date or a time; "text" is
    long free text; everything else is a "category", numbers with at most 20 whole values too.

    Args:
        table: the table in its engine, which serves nobody else meanwhile: `Table.profile` sees to that.
        rows: how many it has.
        filled: in how many of them each column has a value; None counts. For rows that stand for several.
        bags: the texts of columns whose cells hold several values, and what stands between these; their values
            are counted.

    Returns:
        name, kind, distinct (exact, without missing), missing (rows), missing_share, top (the most
        common value as text, "" when none repeats), top_count, badge (a word or two), suggestion (a sentence),
        distribution (rows of the 12 most common values, or in 12 equal bins of a number's range),
        rows_each (filled rows per distinct value), whole (whether it holds whole numbers only), several (what
        stands between the values of a cell, where cells seem to hold several that are not read so; else "").

    >>> described = profile(ibis.memtable({"size": ["S", "M", "S", None]}), rows=4)
    >>> described[["name", "kind", "distinct", "missing", "top"]].to_csv(index=False).split()
    ['name,kind,distinct,missing,top', 'size,category,2,1,S']
    """
    measured = measure(table, rows=rows)
    look_for_bags(table, [column for column in measured if column.name not in bags])
    for column in measured:
        if column.name in bags:
            measure_bag(table, column, *bags[column.name])
        column.filled = (filled or {}).get(column.name, column.filled)
    return pd.DataFrame([_described(column, rows) for column in measured])


def kinds(table: ibis.Table, *, rows: int) -> pd.DataFrame:
    """Say what the columns of a table are, in a query: ``name``, ``kind``, ``distinct``, ``rows_each`` and ``whole``.

    Args:
        table: as of `profile`.
        rows: likewise.
    """
    return pd.DataFrame(
        [
            {
                "name": column.name,
                "kind": _kind(column),
                "distinct": column.distinct,
                "rows_each": _rows_each(column),
                "whole": column.whole,
            }
            for column in first_facts(table, rows=rows)
        ]
    )


def hardly_repeats(distinct: int, rows: int) -> bool:
    """Whether so many different values in so many rows look like an identifier."""
    return rows > _IDENTIFIER_ROWS and distinct >= _IDENTIFIER_SHARE * rows


def is_amount(distinct: int, *, whole: bool) -> bool:
    """Whether numbers look like amounts, and not like classes or codes: they are many, or not whole."""
    return distinct > FEW_VALUES or not whole


def _described(column: Measures, rows: int) -> dict[str, Any]:
    kind = _kind(column)
    rows_each = _rows_each(column)
    hint = suggestion(column.name, kind, column, rows_each)
    if column.several:
        hint += f" Its cells seem to hold several values each, {apart_by(column.several)}: split_cells reads them so."
    return {
        "name": column.name,
        "kind": kind,
        "distinct": column.distinct,
        "missing": rows - column.filled,
        "missing_share": (rows - column.filled) / rows,
        "top": column.top,
        "top_count": column.top_count,
        "badge": badge(column.name, kind, column, rows_each),
        "suggestion": hint,
        "distribution": column.bins if kind == "number" else column.common,
        "rows_each": rows_each,
        "whole": column.whole,
        "several": column.several,
    }


def _rows_each(column: Measures) -> float:
    values = column.filled if column.values is None else column.values
    return values / column.distinct if column.distinct else 0.0


def _kind(column: Measures) -> str:
    text = column.type.is_string()
    if column.distinct <= 1:
        return "constant"
    if column.values is not None:
        return "category"
    if column.type.is_temporal():
        return "time"
    if text and column.length > _LONG_TEXT and column.distinct >= column.filled / 2:
        return "text"
    if (text or column.type.is_integer()) and hardly_repeats(column.distinct, column.filled):
        return "identifier"
    if column.type.is_integer() and _counts_rows(column):
        return "identifier"
    if column.low is not None and is_amount(column.distinct, whole=column.whole):
        return "number"
    return "category"


def _counts_rows(column: Measures) -> bool:
    """Whether whole numbers run from 0 or 1 up to the number of rows."""
    if column.low not in (0, 1) or column.high is None or column.filled < 3:
        return False
    return column.distinct == column.filled == column.high - column.low + 1
