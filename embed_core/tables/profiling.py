"""What is in each column of a table, and which columns can be embedded."""

import math
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from embed_core.errors import AtlasError
from embed_core.tables.table import Table

COLUMNS = (
    "name",
    "kind",
    "distinct",
    "missing",
    "missing_share",
    "top",
    "top_count",
    "suggestion",
    "distribution",
    "rows_each",
    "whole",
)
FEW_VALUES = 20
FEW_CATEGORIES = 10
MOST_CATEGORIES = 5_000
_IDENTIFIER_SHARE = 0.95
_IDENTIFIER_ROWS = 20
_LONG_TEXT = 60
_BARS = 12
_BATCH = 100
_FINITE = 1e308


def profile(table: Table) -> pd.DataFrame:
    """Describe every column of a table in one row each, on any Ibis backend.

    Kinds: "constant" has at most one value; "identifier" hardly repeats (or counts the rows);
    "number" is numeric with more than 20 values; "time" is a date or a time; "text" is long free
    text; everything else is a "category", numbers with at most 20 whole values too.

    Args:
        table: the table.

    Returns:
        name, kind, distinct (exact, without missing), missing (rows), missing_share, top (the most
        common value as text, "" when none repeats), top_count, suggestion (a sentence or ""),
        distribution (rows of the 12 most common values, or in 12 equal bins of a number's range),
        rows_each (filled rows per distinct value), whole (whether all numbers are whole).

    >>> from embed_core.tables.reading import read_table
    >>> described = profile(read_table(pd.DataFrame({"size": ["S", "M", "S", None]})))
    >>> described.loc[0, ["kind", "distinct", "missing", "top"]].tolist()
    ['category', 2, 1, 'S']
    """
    expression = _countable(table.expression)
    measured: dict[str, dict[str, Any]] = {}
    for names in _batches(table.columns):
        measured |= _measure(table, expression, names)
    for name, facts in measured.items():
        facts["kind"] = _kind(facts)
        facts["suggestion"] = _suggestion(facts)
    repeating = [name for name, facts in measured.items() if facts["filled"] > facts["distinct"]]
    for names in _batches(repeating):
        for name, common in _most_common(table, expression, names).items():
            measured[name] |= common
    numbers = [name for name, facts in measured.items() if facts["kind"] == "number"]
    for names in _batches(numbers):
        for name, bins in _histograms(table, expression, names, measured).items():
            measured[name]["distribution"] = bins
    return pd.DataFrame([[facts[column] for column in COLUMNS] for facts in measured.values()], columns=list(COLUMNS))


def embeddable(profile: pd.DataFrame) -> list[str]:
    """Name the columns that can be embedded, best first.

    These are categories, numbers used as codes (whole, at most 5,000 of them, two rows or more each
    on average) and texts that repeat. Between 10 and 5,000 categories are the most sensible.

    >>> from embed_core.tables.samples import load_sample
    >>> embeddable(load_sample("us_flights").profile())[:2]
    ['origin', 'destination']
    """
    ranked = []
    for position, row in enumerate(profile.itertuples(index=False)):
        rank = _rank(row)
        if rank is not None:
            ranked.append((*rank, position, row.name))
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
            f'The table has one column ("{profile["name"].iloc[0]}"), and at least two are needed: the categories '
            "and what they are to be learned from. If the file has more columns, choose another separator."
        )
    names = embeddable(profile)
    if not names:
        kinds = ", ".join(f'"{row.name}" ({row.kind})' for row in profile.head(12).itertuples())
        raise AtlasError(
            f"No column of the table can be embedded: that takes a column whose values repeat, and there are {kinds}. "
            "Choose another table, or add a column with categories."
        )
    return names[0]


def _rank(row: Any) -> tuple[int, int] | None:
    """Return how well a column suits (smaller is better); None when it cannot be embedded."""
    repeats = row.distinct >= 2 and row.rows_each >= 2
    if row.kind == "category":
        if repeats and FEW_CATEGORIES <= row.distinct <= MOST_CATEGORIES:
            return (0, -int(math.log2(row.distinct)))
        return (1 if repeats else 4, 0)
    if row.kind == "text" and repeats:
        return (2, 0)
    if row.kind == "number" and row.whole and repeats and row.distinct <= MOST_CATEGORIES:
        return (3, 0)
    return None


def _batches(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]


def _countable(expression: ibis.Table) -> ibis.Table:
    """Turn columns that cannot be counted as they are (lists, structures, bytes) into text."""
    nested = {
        name: expression[name].cast("string")
        for name, kind in expression.schema().items()
        if not (kind.is_string() or kind.is_numeric() or kind.is_boolean() or kind.is_temporal())
    }
    return expression.mutate(**nested) if nested else expression


def _narrow(expression: ibis.Table, names: Sequence[str]) -> ibis.Table:
    """Leave out the other columns of a wide table: Ibis takes long over thousands of columns."""
    return expression.select(*names) if len(expression.columns) > _BATCH else expression


def _measure(table: Table, expression: ibis.Table, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Count and range each column, in one query."""
    expression = _narrow(expression, names)
    aggregates: dict[str, ir.Value] = {}
    for position, name in enumerate(names):
        column = expression[name]
        found = {"distinct": column.nunique(), "filled": column.count()}
        if column.type().is_string():
            found["length"] = column.length().mean()
        elif column.type().is_numeric():
            number = _finite(column)
            found |= {"low": number.min(), "high": number.max()}
            if not column.type().is_integer():
                found["broken"] = (number != number.floor()).cast("int64").sum()
        aggregates |= {f"{fact}_{position}": value for fact, value in found.items()}
    row = table.execute(expression.aggregate(**aggregates)).iloc[0]
    return {
        name: _facts(name, expression.schema()[name], row, str(position), table.n_rows)
        for position, name in enumerate(names)
    }


def _facts(name: str, kind: Any, row: pd.Series, key: str, rows: int) -> dict[str, Any]:
    distinct, filled = int(row[f"distinct_{key}"]), int(row[f"filled_{key}"])
    broken = row.get(f"broken_{key}", 0)
    return {
        "name": name,
        "type": kind,
        "distinct": distinct,
        "filled": filled,
        "missing": rows - filled,
        "missing_share": (rows - filled) / rows,
        "rows_each": filled / distinct if distinct else 0.0,
        "whole": bool(kind.is_numeric() and (pd.isna(broken) or broken == 0)),
        "low": row.get(f"low_{key}"),
        "high": row.get(f"high_{key}"),
        "length": row.get(f"length_{key}"),
        "top": "",
        "top_count": min(distinct, 1),
        "distribution": [1] * min(distinct, _BARS),
    }


def _kind(facts: dict[str, Any]) -> str:
    kind, distinct, filled = facts["type"], facts["distinct"], facts["filled"]
    if distinct <= 1:
        return "constant"
    if kind.is_temporal():
        return "time"
    if kind.is_string() and facts["length"] > _LONG_TEXT and distinct >= filled / 2:
        return "text"
    if (kind.is_string() or kind.is_integer()) and distinct >= _IDENTIFIER_SHARE * filled > _IDENTIFIER_ROWS:
        return "identifier"
    if kind.is_integer() and _counts_rows(facts):
        return "identifier"
    if kind.is_numeric() and (distinct > FEW_VALUES or not facts["whole"]):
        return "number"
    return "category"


def _counts_rows(facts: dict[str, Any]) -> bool:
    """Whether whole numbers run from 0 or 1 up to the number of rows."""
    return bool(
        facts["distinct"] == facts["filled"] > 2 and facts["low"] in (0, 1) and facts["high"] - facts["low"] + 1 == facts["filled"]
    )


def _most_common(table: Table, expression: ibis.Table, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the most common values of each column, in one query."""
    expression = _narrow(expression, names)
    parts = []
    for position, name in enumerate(names):
        counted = expression.group_by(value=expression[name].cast("string")).aggregate(rows=lambda t: t.count())
        filled = counted.filter(lambda t: t.value.notnull())
        first = filled.order_by([ibis.desc("rows"), ibis.asc("value")]).limit(_BARS)
        parts.append(first.mutate(position=ibis.literal(position, "int64")))
    found = table.execute(ibis.union(*parts) if len(parts) > 1 else parts[0])
    found = found.sort_values(["position", "rows", "value"], ascending=[True, False, True])
    return {
        names[int(position)]: {
            "top": str(group["value"].iloc[0]),
            "top_count": int(group["rows"].iloc[0]),
            "distribution": [int(count) for count in group["rows"]],
        }
        for position, group in found.groupby("position")
    }


def _histograms(
    table: Table, expression: ibis.Table, names: Sequence[str], measured: dict[str, dict[str, Any]]
) -> dict[str, list[int]]:
    """Count the numbers of each column in equal bins of its range, in one query."""
    expression = _narrow(expression, names)
    aggregates = {}
    for position, name in enumerate(names):
        low, high = float(measured[name]["low"]), float(measured[name]["high"])
        share = (_finite(expression[name]) - low) / ((high - low) or 1.0)
        bin_of = (share * _BARS).floor().clip(0, _BARS - 1)
        for bar in range(_BARS):
            aggregates[f"n_{position}_{bar}"] = (bin_of == bar).cast("int64").sum()
    row = table.execute(expression.aggregate(**aggregates)).iloc[0]
    return {name: [int(row[f"n_{position}_{bar}"]) for bar in range(_BARS)] for position, name in enumerate(names)}


def _finite(column: Any) -> Any:
    number = column.cast("float64")
    return number if column.type().is_integer() else (number.abs() < _FINITE).ifelse(number, ibis.null("float64"))


def _suggestion(facts: dict[str, Any]) -> str:
    kind, distinct, each = facts["kind"], facts["distinct"], facts["rows_each"]
    rows_each = f"{distinct:,} categories, {each:,.0f} rows each on average"
    if kind == "constant":
        return "Always the same." if distinct else "Empty: it has no values."
    if kind == "identifier":
        return "Looks like an identifier: its values hardly repeat."
    if kind == "text":
        return "Free text: too long and too varied for categories."
    if kind == "time":
        return "A time: its month, weekday and hour can serve as context."
    if kind == "number":
        codes = facts["whole"] and each >= 2 and distinct <= MOST_CATEGORIES
        return "A number: good as a target." + (" If it stands for codes, it can be embedded." if codes else "")
    if each < 2:
        return f"Hardly any of its {distinct:,} categories occurs twice: pool the rare ones."
    if distinct > MOST_CATEGORIES:
        return f"Many categories ({distinct:,}): pool the rare ones."
    if distinct < FEW_CATEGORIES:
        return f"Few points for a map, good as a target: {rows_each}."
    return f"Good to embed: {rows_each}."
