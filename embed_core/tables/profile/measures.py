"""The numbers behind a profile: counted in the table's engine, a few queries for all columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from embed_core.tables.engines import by_bytes
from embed_core.tables.memory import together_or_each
from embed_core.tables.values import LARGEST, as_number, as_text, is_number, without_nan
from embed_core.tables.wide import held

BARS = 12
_BATCH = 100
_CELLS_IN_MEMORY = 5_000_000
_ROWS = 10_000


@dataclass
class Measures:
    """What was counted in a column.

    Attributes:
        name: the column.
        type: its Ibis type.
        distinct: different values, without missing.
        filled: rows that are not missing.
        low: smallest finite number, None when it holds no numbers.
        high: largest finite number.
        whole: whether it holds whole numbers only.
        length: mean length of its texts.
        top: the most common value as text, "" when none repeats.
        top_count: rows of it.
        common: rows of the most common values, at most `BARS` of them.
        bins: rows in equal bins between ``low`` and ``high``.
        values: how many values the filled rows have, where a cell may hold several; else as many.
        several: what stands between the values of a cell, where cells seem to hold several; else "".
    """

    name: str
    type: Any
    distinct: int
    filled: int
    low: float | None = None
    high: float | None = None
    whole: bool = False
    length: float = 0.0
    top: str = ""
    top_count: int = 0
    common: list[int] = field(default_factory=list)
    bins: list[int] = field(default_factory=list)
    values: int | None = None
    several: str = ""


def measure(table: ibis.Table, *, rows: int) -> list[Measures]:
    """Measure every column of a table.

    Args:
        table: the table in its engine, which serves nobody else meanwhile.
        rows: how many it has.
    """
    if _is_wide_and_short(table, rows):
        # Queries over thousands of columns take minutes; so few cells are counted here.
        expression = table if held(table) is not None else _countable(table)
        cells, types = fetched(expression), expression.schema()
        return [_measured_here(name, types[name], cells[name].combine_chunks()) for name in table.columns]
    found: list[Measures] = []
    for part in _parts(table):
        measured = _first(part)
        _add_most_common(part, [each for each in measured if each.filled > each.distinct])
        _add_bins(part, [each for each in measured if each.low is not None and each.distinct > 1])
        found += measured
    return found


def first_facts(table: ibis.Table, *, rows: int) -> list[Measures]:
    """Measure the columns of a table, but for the values that are most common and the bins.

    Args:
        table: as of `measure`.
        rows: likewise.
    """
    if _is_wide_and_short(table, rows):
        return measure(table, rows=rows)
    return [measured for part in _parts(table) for measured in _first(part)]


def fetched(table: ibis.Table, columns: Sequence[str] | None = None, *, first: int | None = None) -> pa.Table:
    """Return some columns of a table, or all, and the first rows, or all, as an Arrow table."""
    names = list(table.columns if columns is None else columns)
    here = held(table)
    if here is not None:
        return here.select(names).slice(0, first)
    chosen = table if columns is None else table.select(*names)
    # In batches: DuckDB asks for the memory of a million rows of each column at once, however few there are.
    return (chosen if first is None else chosen.limit(first)).to_pyarrow_batches(chunk_size=_ROWS).read_all()


def _is_wide_and_short(table: ibis.Table, rows: int) -> bool:
    return len(table.columns) > _BATCH and rows * len(table.columns) <= _CELLS_IN_MEMORY


def _parts(table: ibis.Table) -> Iterator[ibis.Table]:
    """Yield the table in parts of so many columns that a query can ask for all of them."""
    expression, names = _countable(table), list(table.columns)
    if len(names) <= _BATCH:
        yield expression
        return
    for start in range(0, len(names), _BATCH):
        yield expression.select(*names[start : start + _BATCH])


def _countable(expression: ibis.Table) -> ibis.Table:
    """Turn columns that cannot be counted as they are (lists, structures, bytes) into text."""
    nested = {
        name: expression[name].cast("string")
        for name, kind in expression.schema().items()
        if not (kind.is_string() or kind.is_numeric() or kind.is_boolean() or kind.is_temporal())
    }
    return expression.mutate(**nested) if nested else expression


def _first(expression: ibis.Table) -> list[Measures]:
    """Count each column and find its range."""
    return together_or_each(
        expression.columns,
        lambda names: _counted(expression.select(*names)),
        lambda name: _counted(expression.select(name), by_group=True)[0],
    )


def _counted(expression: ibis.Table, *, by_group: bool = False) -> list[Measures]:
    """Count each column and find its range, in one query.

    Args:
        expression: the columns.
        by_group: whether different values are counted as groups, which an engine can write to disk.
    """
    names = expression.columns
    aggregates: dict[str, Any] = {}
    for position, name in enumerate(names):
        column = without_nan(expression[name])
        if by_group:
            distinct = expression.select(value=column).distinct()["value"].count().as_scalar()
        else:
            distinct = column.nunique()
        facts = {"distinct": distinct, "filled": column.count()}
        if column.type().is_string():
            facts["length"] = column.length().mean()
        elif is_number(column.type()):
            # An engine knows the ends of what it stores.
            number = column if column.type().is_integer() else as_number(column)
            facts |= {"low": number.min(), "high": number.max()}
            if not column.type().is_integer():
                # Larger ones are whole, and some engines cannot round them.
                small = (number.abs() < 2.0**53).ifelse(number, 0.0)
                facts["broken"] = (small != small.floor()).ifelse(1, 0).sum()
        aggregates |= {f"{fact}_{position}": value for fact, value in facts.items()}
    row = expression.aggregate(**aggregates).to_pandas().iloc[0]

    def value(fact: str, position: int) -> float | None:
        found = row.get(f"{fact}_{position}")
        return None if found is None or pd.isna(found) else float(found)

    types = expression.schema()
    return [
        _first_facts(
            Measures(name, types[name], int(row[f"distinct_{position}"]), int(row[f"filled_{position}"])),
            low=value("low", position),
            high=value("high", position),
            broken=value("broken", position),
            length=value("length", position),
        )
        for position, name in enumerate(names)
    ]


def _first_facts(
    measures: Measures, *, low: float | None, high: float | None, broken: float | None, length: float | None
) -> Measures:
    measures.low, measures.high, measures.length = low, high, length or 0.0
    measures.whole = low is not None and not broken
    measures.top_count = min(measures.distinct, 1)
    measures.common = [1] * min(measures.distinct, BARS)
    return measures


def _add_most_common(expression: ibis.Table, columns: Sequence[Measures]) -> None:
    """Find the most common values of the columns in which values repeat."""

    def add(some: Sequence[Measures]) -> list[None]:
        _add_most_common_of(expression, some)
        return [None] * len(some)

    together_or_each(columns, add, lambda column: _add_most_common_of(expression, [column]))


def _add_most_common_of(expression: ibis.Table, columns: Sequence[Measures]) -> None:
    parts = []
    for position, column in enumerate(columns):
        value = as_text(expression[column.name])
        counted = expression.group_by(value=value).aggregate(rows=lambda t: t.count())
        filled = counted.filter(lambda t: t.value.notnull())
        first = filled.order_by([ibis.desc("rows"), by_bytes(filled.value)]).limit(BARS)
        parts.append(first.mutate(position=ibis.literal(position, "int64")))
    if not parts:
        return
    found = (ibis.union(*parts) if len(parts) > 1 else parts[0]).to_pandas()
    found = found.sort_values(["position", "rows", "value"], ascending=[True, False, True])
    for position, column in enumerate(columns):
        group = found[found["position"] == position]
        column.top = str(group["value"].iloc[0])
        column.common = group["rows"].astype(int).tolist()
        column.top_count = column.common[0]


def _add_bins(expression: ibis.Table, columns: Sequence[Measures]) -> None:
    """Count the numbers of each column in equal bins of its range, in one query."""
    bin_of = {}
    for position, column in enumerate(columns):
        low, high = column.low or 0.0, column.high or 0.0
        share = (as_number(expression[column.name]) - low) / ((high - low) or 1.0)
        bin_of[f"bin_{position}"] = (share * BARS).floor().clip(0, BARS - 1)
    if not bin_of:
        return
    binned = expression.select(**bin_of)
    bars = {
        f"rows_{position}_{bar}": (binned[f"bin_{position}"] == bar).ifelse(1, 0).sum()
        for position in range(len(columns))
        for bar in range(BARS)
    }
    row = binned.aggregate(**bars).to_pandas().iloc[0]
    for position, column in enumerate(columns):
        column.bins = [int(row[f"rows_{position}_{bar}"]) for bar in range(BARS)]


def _measured_here(name: str, kind: Any, cells: Any) -> Measures:
    """Measure a column that was fetched, as an Arrow array."""
    if pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_nan(cells), None, cells)
    if cells.null_count:
        cells = cells.drop_null()
    filled = len(cells)
    values: Any
    if pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type):
        values, rows = np.unique(cells.to_numpy(), return_counts=True)
    else:
        counted = cells.value_counts()
        values, rows = counted.field("values"), counted.field("counts").to_numpy()
    number, times = np.zeros(0), rows[:0]
    if is_number(kind):
        is_array = isinstance(values, np.ndarray)
        number = np.asarray(values if is_array else values.cast(pa.float64()), np.float64)
        is_finite = np.abs(number) < LARGEST
        number, times = number[is_finite], rows[is_finite]
    column = _first_facts(
        Measures(name, kind, len(values), filled),
        low=float(number.min()) if len(number) else None,
        high=float(number.max()) if len(number) else None,
        broken=float((number != np.floor(number)).sum()),
        length=float(pc.utf8_length(cells).sum().as_py()) / filled if kind.is_string() and filled else None,
    )
    if column.filled > column.distinct:
        _take_most_common(column, values, rows)
    if column.low is not None and column.high is not None and column.distinct > 1:
        share = (number - column.low) / ((column.high - column.low) or 1.0)
        bars = np.clip(np.floor(share * BARS), 0, BARS - 1).astype(int)
        column.bins = np.bincount(bars, weights=times, minlength=BARS).astype(int).tolist()
    return column


def _take_most_common(column: Measures, values: Any, rows: Any) -> None:
    """Take the most common values; of those that are as common, the first in the order of their texts."""
    least = np.partition(rows, -BARS)[-BARS] if len(rows) > BARS else 0
    among = np.flatnonzero(rows >= least)
    if (
        len(among) > 10 * BARS
    ):  # so many that are as common as the last of them make no difference that is seen
        among = among[np.argsort(-rows[among], kind="stable")][: 10 * BARS]
    is_array = isinstance(values, np.ndarray)
    found = values[among].tolist() if is_array else values.take(pa.array(among)).to_pylist()
    texts = map(_text, found)
    common = sorted(zip(texts, rows[among].tolist(), strict=True), key=lambda each: (-each[1], each[0]))[
        :BARS
    ]
    column.top, column.top_count = common[0]
    column.common = [count for _, count in common]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
