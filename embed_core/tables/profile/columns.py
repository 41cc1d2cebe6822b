"""What is in each column of a table, and which columns can be embedded."""

import math
from typing import Any

import pandas as pd

from embed_core.errors import AtlasError, listed
from embed_core.tables.profile.measures import Measures, measure
from embed_core.tables.table import Table

FEW_VALUES = 20
FEW_CATEGORIES = 10
MOST_CATEGORIES = 5_000
_IDENTIFIER_SHARE = 0.95
_IDENTIFIER_ROWS = 20
_LONG_TEXT = 60


def profile(table: Table) -> pd.DataFrame:
    """Describe every column of a table in one row each, on any Ibis backend.

    Kinds: "constant" has at most one value; "identifier" hardly repeats (or counts the rows);
    "number" is numeric with more than 20 values, or not whole; "time" is a date or a time; "text" is
    long free text; everything else is a "category", numbers with at most 20 whole values too.

    Args:
        table: the table.

    Returns:
        name, kind, distinct (exact, without missing), missing (rows), missing_share, top (the most
        common value as text, "" when none repeats), top_count, suggestion (a sentence),
        distribution (rows of the 12 most common values, or in 12 equal bins of a number's range),
        rows_each (filled rows per distinct value), whole (whether it holds whole numbers only).

    >>> from embed_core.tables.reading.read import read_table
    >>> described = profile(read_table(pd.DataFrame({"size": ["S", "M", "S", None]})))
    >>> described[["name", "kind", "distinct", "missing", "top"]].to_csv(index=False).split()
    ['name,kind,distinct,missing,top', 'size,category,2,1,S']
    """
    return pd.DataFrame([_described(column, table.n_rows) for column in measure(table)])


def embeddable(profile: pd.DataFrame) -> list[str]:
    """Name the columns that can be embedded, best first.

    These are categories, texts that repeat, and numbers used as codes (whole, at most 5,000 of them,
    two rows or more each on average). Between 10 and 5,000 categories are the most sensible.

    Args:
        profile: what `profile` returned.

    >>> from embed_core.tables.gallery import load_sample
    >>> embeddable(load_sample("us_flights").profile())[:2]
    ['origin', 'destination']
    """
    ranked = []
    for position, (_, row) in enumerate(profile.iterrows()):
        rank = _rank(row)
        if rank is not None:
            ranked.append((*rank, position, str(row["name"])))
    return [name for *_, name in sorted(ranked)]


def first_embeddable(profile: pd.DataFrame) -> str:
    """Name the best column to embed.

    Args:
        profile: what `profile` returned.

    Raises:
        AtlasError: when the table has a single column, or none that can be embedded.
    """
    if len(profile) < 2:
        raise AtlasError(
            f"The table has one column ({listed(profile['name'])}), and at least two are needed: the "
            "categories and what they are to be learned from. If the file has more columns, choose "
            "another separator."
        )
    names = embeddable(profile)
    if not names:
        kinds = ", ".join(f"{count} {kind}" for kind, count in profile["kind"].value_counts().items())
        raise AtlasError(
            "No column of the table can be embedded: that takes a column whose values repeat, and the "
            f"{len(profile)} columns are: {kinds}. Choose another table, or add a column with categories."
        )
    return names[0]


def _described(column: Measures, rows: int) -> dict[str, Any]:
    kind = _kind(column)
    rows_each = column.filled / column.distinct if column.distinct else 0.0
    return {
        "name": column.name,
        "kind": kind,
        "distinct": column.distinct,
        "missing": rows - column.filled,
        "missing_share": (rows - column.filled) / rows,
        "top": column.top,
        "top_count": column.top_count,
        "suggestion": _suggestion(kind, column, rows_each),
        "distribution": column.bins if kind == "number" else column.common,
        "rows_each": rows_each,
        "whole": column.whole,
    }


def _kind(column: Measures) -> str:
    text = column.type.is_string()
    if column.distinct <= 1:
        return "constant"
    if column.type.is_temporal():
        return "time"
    if text and column.length > _LONG_TEXT and column.distinct >= column.filled / 2:
        return "text"
    hardly_repeats = column.distinct >= _IDENTIFIER_SHARE * column.filled and column.filled > _IDENTIFIER_ROWS
    if (text or column.type.is_integer()) and hardly_repeats:
        return "identifier"
    if column.type.is_integer() and _counts_rows(column):
        return "identifier"
    if column.low is not None and (column.distinct > FEW_VALUES or not column.whole):
        return "number"
    return "category"


def _counts_rows(column: Measures) -> bool:
    """Whether whole numbers run from 0 or 1 up to the number of rows."""
    if column.low not in (0, 1) or column.high is None or column.filled < 3:
        return False
    return column.distinct == column.filled == column.high - column.low + 1


def _suggestion(kind: str, column: Measures, rows_each: float) -> str:
    if kind == "constant":
        return "Always the same." if column.distinct else "Empty: it has no values."
    if kind == "identifier":
        return "Looks like an identifier: its values hardly repeat."
    if kind == "text":
        return "Free text: too long and too varied for categories."
    if kind == "time":
        return "A time: its month, weekday and hour can serve as context."
    if kind == "number":
        codes = column.whole and rows_each >= 2 and column.distinct <= MOST_CATEGORIES
        return "A number: good as a target." + (
            " If it stands for codes, it can be embedded." if codes else ""
        )
    if rows_each < 2:
        return f"Hardly any of its {column.distinct:,} categories occurs twice: pool the rare ones."
    if column.distinct > MOST_CATEGORIES:
        return f"Many categories ({column.distinct:,}): pool the rare ones."
    rows = f"{column.distinct:,} categories, {rows_each:,.0f} rows each on average"
    if column.distinct < FEW_CATEGORIES:
        return f"Few points for a map, good as a target: {rows}."
    return f"Good to embed: {rows}."


def _rank(row: Any) -> tuple[int, int] | None:
    """Return how well a column suits (smaller is better); None when it cannot be embedded."""
    repeats = row["distinct"] >= 2 and row["rows_each"] >= 2
    if row["kind"] == "category":
        if repeats and FEW_CATEGORIES <= row["distinct"] <= MOST_CATEGORIES:
            return (0, -int(math.log2(row["distinct"])))
        return (1 if repeats else 4, 0)
    if row["kind"] == "text" and repeats:
        return (2, 0)
    if row["kind"] == "number" and row["whole"] and repeats and row["distinct"] <= MOST_CATEGORIES:
        return (3, 0)
    return None
