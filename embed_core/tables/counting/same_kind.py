"""Columns that name the same things, as origin and destination do."""

from collections.abc import Iterable, Sequence

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
    shares = {name: _share(here, _values(table, name)) for name in others}
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= _LEAST else None


def holds_many_of(table: Table, column: str, labels: Iterable[str]) -> bool:
    """Whether a column holds these categories, or has its own among them, by at least half of the fewer of both.

    >>> import pandas as pd
    >>> import embed_core as ec
    >>> june = ec.read_table(pd.DataFrame({"shop": ["Bonn", "Ulm", "Ulm", "Jena"]}))
    >>> holds_many_of(june, "shop", ["Ulm", "Jena", "Kiel"]), holds_many_of(june, "shop", ["Oslo", "Rome", "Ulm"])
    (True, False)
    """
    return _share(_values(table, column), set(labels)) >= _LEAST


def _share(here: set[str], there: set[str]) -> float:
    fewer = min(len(here), len(there))
    return len(here & there) / fewer if fewer > 1 else 0.0


def _values(table: Table, column: str) -> set[str]:
    return {str(text) for text in values_of(table, column, most=_LOOKED_AT)["text"]}
