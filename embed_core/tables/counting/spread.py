"""How the numbers of a column are spread, without sorting or counting all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.operations as ops
import numpy as np
import pandas as pd

from embed_core.tables.counting.weights import carried, counted_rows, stand_for_several
from embed_core.tables.engines import can, engine_of
from embed_core.tables.profile.columns import FEW_VALUES
from embed_core.tables.table import Table
from embed_core.tables.values import is_number

BINS = 10
_SHARES = np.arange(1, BINS) / BINS
# An engine sorts so many numbers soon. More are looked for in so many parts of their range, then in those of a part,
# until so few are left that they can be counted one by one.
_SORTED, _PARTS, _COUNTED, _ROUNDS = 1_000_000, 2**16, 1_000_000, 6


@dataclass(frozen=True)
class Spread:
    """What is known of a column of numbers.

    Attributes:
        low: the smallest finite number.
        high: the largest.
        whole: whether all are whole.
    """

    low: float
    high: float
    whole: bool

    @property
    def is_few(self) -> bool:
        """Whether whole numbers lie so close together that there can only be few of them."""
        return self.whole and self.high - self.low < FEW_VALUES

    @property
    def is_amount(self) -> bool:
        """Whether they are an amount, however many there are."""
        return not self.whole and self.low < self.high


def spreads(table: Table, columns: Sequence[str]) -> dict[str, Spread]:
    """Return the spread of those of some columns that hold finite numbers, in a query.

    An engine knows the ends of what it stores, and need not look at whole numbers for it.
    """
    asked: dict[str, Any] = {}
    numbers = [name for name in columns if is_number(table.values(name).type())]
    for place, name in enumerate(numbers):
        stored = table.values(name)
        number = stored if stored.type().is_integer() else table.numbers(name)
        asked |= {f"low_{place}": number.min(), f"high_{place}": number.max()}
        if not stored.type().is_integer():
            # Larger ones are whole, and some engines cannot round them.
            small = (number.abs() < 2.0**53).ifelse(number, 0.0)
            asked[f"broken_{place}"] = (small != small.floor()).ifelse(1, 0).sum()
    if not asked:
        return {}
    found = table.execute(table.expression.aggregate(**asked))
    row = {name: found[name].iloc[0] for name in found}
    return {
        name: Spread(
            float(row[f"low_{place}"]), float(row[f"high_{place}"]), not row.get(f"broken_{place}", 0)
        )
        for place, name in enumerate(numbers)
        if not pd.isna(row[f"low_{place}"])
    }


def deciles(
    table: Table, number: ibis.Value, spread: Spread | None = None
) -> tuple[Sequence[float], float, float]:
    """Return the deciles of numbers, interpolated, the lowest and the highest; of no numbers, none and NaN.

    Args:
        table: where they are.
        number: an expression of it, float64, of which what is missing does not count.
        spread: of these, where it is known.
    """
    if table.n_rows <= _SORTED and not stand_for_several(table.expression):
        if can(engine_of(number), ops.MultiQuantile):
            # Asked for together, as the engine then sorts once.
            asked = {"deciles": number.quantile(_SHARES.tolist()), "low": number.min(), "high": number.max()}
            row = table.execute(table.expression.aggregate(**asked)).iloc[0]
            return row["deciles"], row["low"], row["high"]
        return _of_counted(_counted(table, _known(table, number)))
    rows = _known(table, number)
    if spread is not None:
        low, high = spread.low, spread.high
    else:
        ends = table.execute(rows.aggregate(low=rows["number"].min(), high=rows["number"].max())).iloc[0]
        low, high = float(ends["low"]), float(ends["high"])
    if np.isnan(low):
        return [], np.nan, np.nan
    return _of_counted(_near(table, rows, low, high, None, _ROUNDS))[0], low, high


def _known(table: Table, number: ibis.Value) -> ibis.Table:
    rows = table.expression.select(number=number, **carried(table))
    return rows.filter(rows["number"].notnull())


def _counted(table: Table, rows: ibis.Table) -> pd.DataFrame:
    """Return the different numbers, and how many rows have, or count for, each."""
    return table.execute(rows.group_by("number").aggregate(**counted_rows(rows)))[["number", "rows"]]


def _of_counted(counted: pd.DataFrame) -> tuple[Sequence[float], float, float]:
    """Return the deciles, the lowest and the highest of numbers with how often each is there."""
    counted = counted.sort_values("number")
    values, until = counted["number"].to_numpy(np.float64), counted["rows"].to_numpy(np.int64).cumsum()
    if not len(values):
        return [], np.nan, np.nan
    place = _places(until[-1])
    low, high = (values[np.searchsorted(until, side(place), side="right")] for side in (np.floor, np.ceil))
    return (low + (place - np.floor(place)) * (high - low)).tolist(), values[0], values[-1]


def _places(rows: int) -> Any:
    return _SHARES * (rows - 1)


def _near(
    table: Table, rows: ibis.Table, low: float, high: float, wanted: Any | None, rounds: int
) -> pd.DataFrame:
    """Return numbers with their rows as `_counted`, but exact around some places only.

    Elsewhere the lowest number of a part of the range stands for all that are in the part.

    Args:
        table: whose engine is asked.
        rows: with a ``number`` between ``low`` and ``high``, the two of which there are.
        low: the lowest.
        high: the highest.
        wanted: the places, from 0, in their order; None for those of the deciles.
        rounds: how often a part may be parted again before its numbers are counted one by one.
    """
    width = high / 2 - low / 2  # the whole of it may be more than the largest number
    scale = _PARTS / width if width else np.inf
    if not rounds or not np.isfinite(scale):
        return _counted(table, rows)
    number = rows["number"]
    part = ((number / 2.0 - low / 2) * float(scale)).floor().cast("int64")
    with_part = rows.mutate(part=part)
    of_part = with_part.group_by("part").aggregate(
        **counted_rows(with_part), low=with_part["number"].min(), high=with_part["number"].max()
    )
    parts = table.execute(of_part).sort_values("part", ignore_index=True)
    until = parts["rows"].to_numpy(np.int64).cumsum()
    if wanted is None:
        place = _places(until[-1])
        wanted = np.unique([np.floor(place), np.ceil(place)])
    holds = np.unique(np.searchsorted(until, wanted, side="right"))
    opened = [at for at in holds if parts["low"][at] < parts["high"][at]]
    large = [at for at in opened if parts["rows"][at] > _COUNTED // (2 * BINS)]
    small = parts["part"][[at for at in opened if at not in large]].tolist()
    found = [parts.drop(opened)[["low", "rows"]].set_axis(["number", "rows"], axis=1)]
    if small:
        found.append(_counted(table, with_part.filter(with_part["part"].isin(small)).drop("part")))
    for at in large:
        inside = with_part.filter(with_part["part"] == int(parts["part"][at])).drop("part")
        before, ends = until[at] - parts["rows"][at], (float(parts["low"][at]), float(parts["high"][at]))
        there = wanted[(wanted >= before) & (wanted < until[at])] - before
        found.append(_near(table, inside, *ends, there, rounds - 1))
    return pd.concat(found, ignore_index=True)
