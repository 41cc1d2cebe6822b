"""Rows that stand for several: a column says for how many, or with which weight.

Whole weights are counts: all that is counted is summed in place, as if each row were there so many times. Others weigh
what is learned: rows stay rows where they are counted, split and resampled. Engines sum whole numbers alone, whose
sum does not depend on the order, so the same seed gives the same numbers.
"""

from functools import cached_property

import ibis
import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, quoted
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

    def __init__(self, expression: ibis.Table, base: Table, weight: str, rows: int) -> None:
        """Wrap ``expression``.

        Args:
            expression: the rows with a weight, in whole units, and without the column that says it.
            base: the table.
            weight: the column that says it.
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
        self._unweighted, self._weight = base, weight

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the table's order."""
        return [name for name in self.expression.columns if name not in (_ROWS, _UNITS)]

    @cached_property
    def _profile(self) -> pd.DataFrame:
        """The kinds that the columns would have if each row were there as often as it counts."""
        if _ROWS not in self.expression.columns:
            found = self._unweighted.profile()
            return found[found["name"] != self._weight].reset_index(drop=True)
        rows = self.expression[_ROWS]
        filled = {
            f"filled_{place}": self.values(name).notnull().ifelse(rows, 0).sum()
            for place, name in enumerate(self.columns)
        }
        counts = self.expression.aggregate(**filled).to_pandas().iloc[0].astype("int64").tolist()
        known = self.expression.select(*self.columns)
        return profile(known, rows=self.n_rows, filled=dict(zip(self.columns, counts, strict=True)))


def weighted(table: Table, column: str) -> tuple[Table, list[str]]:
    """Return the rows of a table that count, with what each counts, and sentences on that.

    Args:
        table: the table.
        column: whole numbers are counts, others weights; rows in which it is 0 or missing are left out.

    Raises:
        AtlasError: the column is not there, holds no numbers or negative ones, or nothing is left.
    """
    table.require(column)
    kind = table.expression[column].type()
    if not is_number(kind):
        raise AtlasError(
            f"The weight {quoted(column)} must be a number and holds {kind}. Choose a column of numbers."
        )
    value = table.numbers(column)
    broken = (value != value.floor()).ifelse(1, 0).sum()
    rows = table.expression.filter(value.notnull() & (value != 0))
    facts = table.execute(
        table.expression.aggregate(low=value.min(), high=value.max(), total=value.sum(), broken=broken)
    ).iloc[0]
    if pd.isna(facts["high"]) or facts["high"] <= 0:
        raise AtlasError(f"The weight {quoted(column)} is 0 or missing in every row. Choose another column.")
    if facts["low"] < 0:
        raise AtlasError(
            f"The weight {quoted(column)} holds negative numbers, such as {facts['low']:g}, and no row can count "
            "less than nothing. Choose another column, or keep the rows in which it is at least 0."
        )
    left = table.count(rows)
    notes = []
    if left < table.n_rows:
        out = table.n_rows - left
        notes = [f"{out:,} of {table.n_rows:,} rows have no {quoted(column)}, or 0, and are left out."]
    if facts["broken"]:
        # The same in every engine: a product of two floats, and what is whole of it.
        unit = 2.0 ** min(_MOST_BITS, _BITS - int(left).bit_length()) / float(facts["high"])
        rows = rows.mutate(**{_UNITS: (value * unit + 0.5).floor().cast("int64")}).drop(column)
        notes.append(f"Each of {left:,} rows is learned from with its weight in {quoted(column)}.")
        return WeightedTable(rows, table, column, left), notes
    if facts["total"] > _MOST_ROWS:
        raise AtlasError(
            f"The weights {quoted(column)} add up to {facts['total']:g}, and whole weights are counts of rows, at most "
            f"{_MOST_ROWS:,} together. Divide them by a number."
        )
    total = int(facts["total"])
    rows = rows.mutate(**{_ROWS: value.cast("int64")}).drop(column)
    notes.append(f"{left:,} rows stand for {total:,}, as {quoted(column)} says.")
    return WeightedTable(rows, table, column, total), notes


def carried(table: Table) -> dict[str, ibis.Value]:
    """Return the column of what each row counts, to be selected with others; none of a table without weights."""
    names = set(table.expression.columns) & {_ROWS, _UNITS}
    return {name: table.expression[name] for name in names}


def counted_rows(rows: ibis.Table) -> dict[str, ibis.Value]:
    """Return aggregates of rows that hold what is `carried`: ``rows``, and ``weight`` where they weigh."""
    if _ROWS in rows.columns:
        return {"rows": rows[_ROWS].sum().cast("int64")}
    weight = {"weight": rows[_UNITS].sum().cast("int64")} if _UNITS in rows.columns else {}
    return {"rows": rows.count(), **weight}


def of_each(rows: ibis.Table) -> dict[str, ibis.Value]:
    """Return what `counted_rows` says of each row by itself."""
    one = ibis.literal(1, "int64")
    weight = {"weight": rows[_UNITS]} if _UNITS in rows.columns else {}
    return {"rows": rows[_ROWS] if _ROWS in rows.columns else one, **weight}


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
