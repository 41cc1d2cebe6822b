"""Halves of a table's rows, drawn in its engine: which half a row is in belongs to the row.

The count tables of several columns come from the same rows. Were each halved by itself, columns that depend on one
another would show one accident of the rows several times, and noise would be found again in the other half.
"""

from collections.abc import Callable, Sequence

import ibis
import numpy as np
import pandas as pd

from embed_core.errors import AtlasError
from embed_core.tables.counting.weights import of_each
from embed_core.tables.engines import by_bytes
from embed_core.tables.table import Table

# A prime below 2²⁶: products are exact even where an engine takes the remainder in floats, as SQLite does.
_PRIME = 67_108_859
_FACTORS = (48_271, 69_621)
_FIRST_BIT = 4
_MOST_SPLITS = 20
_MIXED = "a row's own random number"


def half_columns(splits: int) -> list[str]:
    """Return the names of the columns that count the rows of a first half, one for each split.

    >>> half_columns(2)
    ['half_0', 'half_1']
    """
    return [f"half_{split}" for split in range(splits)]


def count_halves(
    table: Table,
    columns: Sequence[str],
    count: Callable[[Table], dict[str, pd.DataFrame]],
    *,
    splits: int,
    seed: int,
    copies: int = 1,
) -> dict[str, pd.DataFrame]:
    """Return count tables in which a row of the table is in the same half everywhere.

    A row is known by its number as the engine reads it, where all count tables agree on it: an engine is free to read
    in another order each time. Else by its number among all rows sorted by the columns that are used: rows that are
    equal in all of them may change places, which changes no count.

    Args:
        table: the table.
        columns: those that are used.
        count: makes the count tables of a table, with `halved` for a group of rows; each has a column ``category``.
        splits: how often the rows are halved, at most 20 times.
        seed: of the halves.
        copies: so many rows that are alike, sorted one after the other, are in the same half.

    Raises:
        AtlasError: there are more splits.
    """
    if splits > _MOST_SPLITS:
        raise AtlasError(
            f"Rows can be halved {_MOST_SPLITS} times at most, for {2 * _MOST_SPLITS} replicates. Got {splits} "
            "splits. Choose fewer."
        )
    if copies == 1:
        counted = count(_with_numbers(table, (), seed))
        if _agree(list(counted.values()), half_columns(splits)):
            return counted
    return count(_with_numbers(table, columns, seed, copies))


def own_number(table: Table) -> dict[str, ibis.Value]:
    """Return the column that `halved` needs, to be selected with others."""
    return {_MIXED: table.expression[_MIXED]}


def halved(splits: int) -> dict[str, Callable[[ibis.Table], ibis.Value]]:
    """Return aggregates: how many rows of a group are in the first half, for each split."""

    def rows_in(bit: int) -> Callable[[ibis.Table], ibis.Value]:
        return lambda group: (
            (group[_MIXED] % 2 ** (bit + 1) >= 2**bit).ifelse(of_each(group)["rows"], 0).sum().cast("int64")
        )

    return {name: rows_in(_FIRST_BIT + split) for split, name in enumerate(half_columns(splits))}


def _with_numbers(table: Table, order: Sequence[str], seed: int, copies: int = 1) -> Table:
    """Return the table with a random number a row: its number, mixed by two quadratic steps modulo a prime."""
    place = ibis.row_number()
    if order:
        place = place.over(order_by=[by_bytes(table.texts(column)) for column in order])
    block = (
        place.cast("int64") if copies == 1 else (place.cast("int64") - place.cast("int64") % copies) / copies
    )
    # Beyond 32 bits, in which Spark numbers rows and would multiply them.
    start = int(np.random.SeedSequence((seed, 8)).generate_state(1)[0]) % _PRIME + 2**8 * _PRIME
    expression = table.expression.mutate(**{_MIXED: (block.cast("int64") + start) % _PRIME})
    for factor in _FACTORS:
        value = expression[_MIXED]
        expression = expression.mutate(**{_MIXED: (value * (value + factor) + factor) % _PRIME})
    return Table(expression, name=table.name, report=table.report, keep=table)


def _agree(counted: Sequence[pd.DataFrame], halves: list[str]) -> bool:
    """Whether all count tables have the same rows of each category in each half."""
    found = [table.groupby("category", dropna=False)[halves].sum().sort_index() for table in counted]
    return all(found[0].equals(other) for other in found[1:])
