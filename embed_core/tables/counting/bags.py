"""Rows whose cells hold several values: a row counts for each of them, and is drawn as one row.

The engine counts distinct rows with such cells as they are. They are split, halved and shuffled so, and only then
taken apart: all values of a row are on the same side.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import AtlasError, listed
from embed_core.tables.bags import values_of
from embed_core.tables.counting.distinct import Columns, merged
from embed_core.tables.counting.vocabulary import encode
from embed_core.tables.counting.weights import with_weights
from embed_core.tables.table import Table
from embed_core.types import WEIGHT, Bags, Codes, CountedRows, Counts, Vocabulary

# Rows of several such columns are there once for each pair of their values.
_MOST_ROWS = 20_000_000
_UNITS = 2**20  # of the mean weight

Places = npt.NDArray[np.intp]


def separators(table: Table, columns: Sequence[str]) -> dict[str, str]:
    """Return what stands between the values of a cell, for those of some columns whose cells hold several."""
    return {column: table.report.bags[column] for column in columns if column in table.report.bags}


def encoded(vocabulary: Vocabulary, cells: "pd.Series[str]", separator: str) -> tuple[Codes, Bags]:
    """Return the code of each cell among the different ones, and which categories are in each of these.

    A cell without a value is missing, as one that is empty.
    """
    # In a fixed order: what is drawn depends on it, and engines answer in any.
    found, different = pd.factorize(cells.astype(object), sort=True)
    values: list[list[Any]] = [values_of(cell, separator) or [None] for cell in different]
    if (found < 0).any():
        values.append([None])
    codes = np.where(found < 0, len(different), found)
    starts = np.concatenate([[0], np.cumsum([len(each) for each in values])]).astype(np.int64)
    members = encode(vocabulary, pd.Series([value for each in values for value in each], dtype=object))
    return codes.astype(np.int32), _each_once(Bags(starts, members))


def _each_once(bags: Bags) -> Bags:
    """Return the bags with pooled categories once in each, in the order of their codes."""
    sizes = np.diff(bags.starts)
    pairs = np.unique(np.stack([np.repeat(np.arange(len(sizes)), sizes), bags.members]), axis=1)
    starts = np.searchsorted(pairs[0], np.arange(len(sizes) + 1)).astype(np.int64)
    return Bags(starts, pairs[1].astype(np.int32))


def taken_apart(codes: Columns, bags: Mapping[str, Bags]) -> tuple[dict[str, Codes], Places]:
    """Return codes with a row for every value, or every pair of values, of their bags; and from which row each is.

    Raises:
        AtlasError: they would be too many.
    """
    found = dict(codes)
    places = np.arange(len(next(iter(found.values()))))
    for column, bag in bags.items():
        sizes = np.diff(bag.starts)[found[column]]
        ends = np.cumsum(sizes)
        if len(ends) and ends[-1] > _MOST_ROWS:
            raise AtlasError(
                f"Taken apart, the cells of {listed(bags)} make more than {_MOST_ROWS:,} different rows. Use fewer "
                "columns of several values, or fewer rows."
            )
        inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        members = bag.members[np.repeat(bag.starts[found[column]], sizes) + inside]
        found = {name: np.repeat(values, sizes) for name, values in found.items()} | {column: members}
        places = np.repeat(places, sizes)
    return found, places


def spread(rows: CountedRows, bags: Mapping[str, Bags]) -> CountedRows:
    """Return the distinct rows that some rows with bags are taken apart into."""
    codes, places = taken_apart(rows.codes, bags)
    numbers = {name: values[places] for name, values in rows.numbers.items() if name != WEIGHT}
    merged_rows = with_weights(*merged(codes, numbers, rows_and_units(rows)[places]))
    return CountedRows(merged_rows.codes, merged_rows.numbers, merged_rows.counts, rows.notes)


def spread_counts(rows: CountedRows, bags: Mapping[str, Bags], counts: Counts) -> Counts:
    """Return how many of each of the rows of `spread` there are, of so many of each row."""
    codes, places = taken_apart(rows.codes, bags)
    numbers = {name: values[places] for name, values in rows.numbers.items() if name != WEIGHT}
    return merged(codes, numbers, counts[places])[2]


def rows_and_units(rows: CountedRows) -> Counts:
    """Return the counts of rows, beside them what they weigh in whole units, where they do; int64 (rows, 1 or 2)."""
    if WEIGHT not in rows.numbers:
        return rows.counts[:, None]
    units = np.rint(rows.weighed(rows.counts) * _UNITS).astype(np.int64)
    return np.stack([rows.counts, units], axis=1)
