"""Rows that stand for several: a column says for how many, or with which weight.

Whole weights are counts: all that is counted is summed in place, as if each row were there so many times. Others weigh
what is learned: rows stay rows where they are counted, split and resampled. Engines sum whole numbers alone, whose
sum does not depend on the order, so the same seed gives the same numbers.
"""

import functools
import operator
from collections.abc import Sequence
from functools import cached_property

import ibis
import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.counting.distinct import Columns
from embed_core.tables.profile.columns import profile
from embed_core.tables.table import Table
from embed_core.tables.values import is_number
from embed_core.types import WEIGHT, CountedRows, Counts

_ROWS, _UNITS = "how many rows a row stands for", "weight of a row in whole units"
# Beyond it, floats in which counts are summed would lose rows.
_MOST_ROWS = 2**53
# A sum of units over all rows fits into 63 bits; more than so many for one row say nothing more.
_BITS, _MOST_BITS = 62, 50


class WeightedTable(Table):
    """A table whose rows stand for several; its weights are no column of its own."""

    def __init__(self, expression: ibis.Table, base: Table, weights: tuple[str, ...], rows: int) -> None:
        """Wrap ``expression``.

        Args:
            expression: the rows with a weight, in whole units, and without the columns that say it.
            base: the table.
            weights: the columns that say it.
            rows: for how many rows all rows stand.
        """
        super().__init__(
            expression,
            name=base.name,
            report=base.report.replaced(rows=rows),
            keep=base,
            base=base.base,
            changes=base.changes,
        )
        self._unweighted, self._weights = base, weights

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the table's order."""
        return [name for name in self.expression.columns if name not in (_ROWS, _UNITS)]

    def kinds(self, columns: Sequence[str]) -> pd.DataFrame:
        """What `Table.kinds` says, of the rows that the rows stand for."""
        return self.profile().set_index("name", drop=False).loc[[*columns]]

    @cached_property
    def _profile(self) -> pd.DataFrame:
        """The kinds that the columns would have if each row were there as often as it counts."""
        if _ROWS not in self.expression.columns:
            found = self._unweighted.profile()
            return found[~found["name"].isin(self._weights)].reset_index(drop=True)
        rows = self.expression[_ROWS]
        filled = {
            f"filled_{place}": self.values(name).notnull().ifelse(rows, 0).sum()
            for place, name in enumerate(self.columns)
        }
        counts = self.expression.aggregate(**filled).to_pandas().iloc[0].astype("int64").tolist()
        known = self.expression.select(*self.columns)
        filled = dict(zip(self.columns, counts, strict=True))
        bags = {name: (self.texts(name), each) for name, each in self.report.bags.items() if name in filled}
        return profile(known, rows=self.n_rows, filled=filled, bags=bags)


def weighted(
    table: Table, weight: str | None, *, target: str | None = None, exposure: str | None = None
) -> tuple[Table, list[str]]:
    """Return the rows of a table that count, with what each counts, and sentences on that.

    Args:
        table: the table.
        weight: whole numbers are counts, others weights; rows in which it is 0 or missing are left out.
        target: what was counted, where there is an exposure; it becomes how many there were per unit of that.
        exposure: over how much; a row weighs as much. The likelihood of a count is that of its rate, so weighed.

    Raises:
        AtlasError: a column is not there, holds no numbers or negative ones, or nothing is left.
    """
    asked = [
        (column, what) for column, what in ((weight, "weight"), (exposure, "exposure")) if column is not None
    ]
    known = {column: _require_amounts(table, column, what) for column, what in asked}
    is_whole = {column: whole for column, (whole, _) in known.items()}
    amounts = {column: table.numbers(column) for column in is_whole}
    rows = table.expression.filter([value.notnull() & (value != 0) for value in amounts.values()])
    counts = amounts[weight] if weight is not None and is_whole[weight] else ibis.literal(1.0)
    # Shares of the largest: of products, sums and quotients of what is tiny or huge nothing would be left.
    scales = [
        value / known[column][1]
        for column, value in amounts.items()
        if column == exposure or not is_whole[column]
    ]
    scale = functools.reduce(operator.mul, scales, ibis.literal(1.0))
    both = rows.select(count=counts, scale=scale)
    facts = table.execute(
        both.aggregate(left=both.count(), total=both["count"].sum(), high=both["scale"].max())
    ).iloc[0]
    left, total = int(facts["left"]), float(facts["total"] or 0)
    if not left:
        raise AtlasError(f"No row has {listed([*is_whole])}. Choose other columns.")
    if total > _MOST_ROWS:
        raise AtlasError(
            f"The weights {quoted(weight)} add up to {total:g}, and whole weights are counts of rows, at most "
            f"{_MOST_ROWS:,} together. Divide them by a number."
        )
    made: dict[str, ibis.Value] = {}
    if scales:
        # The same in every engine: quotients and a product of floats, and what is whole of it.
        units = 2.0 ** min(_MOST_BITS, _BITS - int(total).bit_length())
        made[_UNITS] = (scale / float(facts["high"]) * units + 0.5).floor().cast("int64")
    if weight is not None and is_whole[weight]:
        made[_ROWS] = counts.cast("int64")
    if target is not None and exposure is not None:
        made[target] = table.numbers(target) / amounts[exposure]
    notes = []
    if left < table.n_rows:
        out = table.n_rows - left
        notes.append(
            f"{out:,} of {table.n_rows:,} rows have no finite {listed([*is_whole])} above 0, and are left out."
        )
    if _ROWS in made:
        notes.append(f"{left:,} rows stand for {int(total):,}, as {quoted(weight)} says.")
    elif weight is not None:
        notes.append(f"Each of {left:,} rows is learned from with its weight in {quoted(weight)}.")
    return WeightedTable(rows.mutate(**made).drop(*is_whole), table, tuple(is_whole), int(total)), notes


def _require_amounts(table: Table, column: str, what: str) -> tuple[bool, float]:
    """Return whether all numbers of a column are whole, and the largest.

    Raises:
        AtlasError: it is not there, holds no numbers or negative ones, or only 0.
    """
    table.require(column)
    kind = table.expression[column].type()
    if not is_number(kind):
        raise AtlasError(
            f"The {what} {quoted(column)} must be a number and holds {kind}. Choose a column of numbers."
        )
    value = table.numbers(column)
    # Larger ones are whole, and no engine's whole numbers hold them.
    small = (value < 2.0**53).ifelse(value, 0.0)
    broken = (small != small.floor()).ifelse(1, 0).sum()
    facts = table.execute(table.expression.aggregate(low=value.min(), high=value.max(), broken=broken)).iloc[
        0
    ]
    if not pd.isna(facts["low"]) and facts["low"] < 0:
        raise AtlasError(
            f"The {what} {quoted(column)} holds negative numbers, such as {facts['low']:g}, and no row can count "
            "less than nothing. Choose another column, or keep the rows in which it is at least 0."
        )
    if pd.isna(facts["high"]) or facts["high"] == 0:
        raise AtlasError(
            f"The {what} {quoted(column)} holds no finite number above 0. Choose another column."
        )
    return not facts["broken"], float(facts["high"])


def carried(table: Table) -> dict[str, ibis.Value]:
    """Return the column of what each row counts, to be selected with others; none of a table without weights."""
    names = set(table.expression.columns) & {_ROWS, _UNITS}
    return {name: table.expression[name] for name in names}


def counted_rows(rows: ibis.Table) -> dict[str, ibis.Value]:
    """Return aggregates of rows that hold what is `carried`: ``rows``, and ``weight`` where they weigh."""
    is_count = _ROWS in rows.columns
    found = {"rows": rows[_ROWS].sum().cast("int64") if is_count else rows.count()}
    if _UNITS in rows.columns:
        units = rows[_UNITS] * rows[_ROWS] if is_count else rows[_UNITS]
        found["weight"] = units.sum().cast("int64")
    return found


def of_each(rows: ibis.Table) -> dict[str, ibis.Value]:
    """Return what `counted_rows` says of each row by itself."""
    count = rows[_ROWS] if _ROWS in rows.columns else ibis.literal(1, "int64")
    return {"rows": count, **({"weight": rows[_UNITS] * count} if _UNITS in rows.columns else {})}


def stand_for_several(rows: ibis.Table) -> bool:
    """Whether the rows are counts of more."""
    return _ROWS in rows.columns


def rows_there(table: Table) -> int:
    """Return how many rows a table has itself, for however many they stand."""
    return table.count(table.expression) if stand_for_several(table.expression) else table.n_rows


def counts_of(frame: pd.DataFrame, *others: str) -> Counts:
    """Return the columns of `counted_rows` with some others between, a weight last where there is one."""
    weight = ["weight"] if "weight" in frame else []
    return frame[["rows", *others, *weight]].to_numpy(np.int64)


def with_weights(codes: Columns, numbers: Columns, counts: Counts) -> CountedRows:
    """Return counted rows of columns and what `counts_of` returned, or sums of it.

    A weight beside the rows becomes `WEIGHT`: the mean of those that are counted together, in units of that of all.
    """
    rows = counts[:, 0].astype(np.int64)
    if counts.shape[1] > 1:
        units = counts[:, -1].astype(np.float64)
        numbers = {**numbers, WEIGHT: units / rows * (rows.sum() / units.sum())}
    return CountedRows(codes, numbers, rows)
