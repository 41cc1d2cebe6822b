"""Columns that name the same things, as origin and destination do."""

from collections.abc import Sequence

from embed_core.tables.counting.by_category import values_of
from embed_core.tables.table import Table

_LOOKED_AT = 2_000
_LEAST = 0.5


def same_kind(table: Table, column: str, others: Sequence[str]) -> str | None:
    """Name the column that holds the same values as another, by at least half of the fewer of both; None if none does.

    Args:
        table: the table.
        column: the name of one.
        others: those that may be the other.

    >>> import pandas as pd
    >>> import embed_core as ec
    >>> table = ec.read_table(pd.DataFrame({"from": list("abca"), "day": ["mo", "tu", "mo", "we"], "to": list("bcab")}))
    >>> same_kind(table, "from", ["day", "to"]), same_kind(table, "day", ["from", "to"])
    ('to', None)
    """
    here = _values(table, column)
    shares = {}
    for name in others:
        there = _values(table, name)
        fewer = min(len(here), len(there))
        shares[name] = len(here & there) / fewer if fewer > 1 else 0.0
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= _LEAST else None


def _values(table: Table, column: str) -> set[str]:
    return {str(text) for text in values_of(table, column, most=_LOOKED_AT)["text"]}
