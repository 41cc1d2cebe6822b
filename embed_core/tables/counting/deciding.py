"""Which columns a column decides, and which decide it: a zip code its city, a diagnosis its chapter."""

from typing import Any

import pandas as pd

from embed_core.tables.reading.read import read_table

_NOT_ASKED = ("identifier", "text", "constant")
_LOOKED_AT = 10_000
_LEAST_EXPECTED = 10
"""Of two columns that have nothing to do with each other so many rows at least would contradict that one decides."""


def what_decides(table: Any, column: str) -> pd.DataFrame:
    """Name the columns of which each category has one value, and those of which each value has one category.

    Rows in which either is missing say nothing. Identifiers, free texts and constants are not asked, nor columns that
    might agree by chance, as their values hardly repeat.

    Args:
        table: a `Table`, or anything that `read_table` takes.
        column: of the categories.

    Returns:
        A row for each such column: ``column`` and ``relation``, which is "decided" (each category has one value of
        it), "decides" (each of its values has one category), or "same" (both).

    Raises:
        AtlasError: there is no such column.

    >>> towns = pd.DataFrame({"zip": list("1234") * 20, "town": ["Ulm", "Ulm", "Bonn", "Bonn"] * 20})
    >>> what_decides(towns, "zip").values.tolist()
    [['town', 'decided']]
    """
    table = read_table(table)
    table.require(column)
    known = table.profile().set_index("name")
    others = [name for name in known.index if name != column and known["kind"][name] not in _NOT_ASKED]
    found = []
    if known["kind"][column] not in _NOT_ASKED:
        names = {f"column {place}": name for place, name in enumerate([column, *others])}
        texts = table.expression.select(**{short: table.texts(name) for short, name in names.items()})
        first, *shorts = names
        # Most pairs contradict each other soon.
        looked_at = table.execute(texts.limit(_LOOKED_AT))
        for short in shorts:
            if not any(_holds(looked_at, one, other) for one, other in ((first, short), (short, first))):
                continue
            pairs = texts.select(one=first, other=short).drop_null().group_by(["one", "other"])
            counted = pairs.aggregate(rows=lambda group: group.count())
            facts = table.execute(
                counted.aggregate(
                    rows=counted["rows"].sum(),
                    pairs=counted.count(),
                    one=counted["one"].nunique(),
                    other=counted["other"].nunique(),
                )
            ).iloc[0]
            shares = [known["top_count"][names[each]] / max(1, facts["rows"]) for each in (first, short)]
            decided = facts["pairs"] == facts["one"] and _is_no_chance(facts["rows"], facts["one"], shares[1])
            decides = facts["pairs"] == facts["other"] and _is_no_chance(
                facts["rows"], facts["other"], shares[0]
            )
            if decided or decides:
                relation = "same" if decided and decides else "decided" if decided else "decides"
                found.append((names[short], relation))
    return pd.DataFrame(found, columns=["column", "relation"])


def _holds(frame: pd.DataFrame, one: str, other: str) -> bool:
    pairs = frame[[one, other]].dropna().drop_duplicates()
    return len(pairs) == pairs[one].nunique()


def _is_no_chance(rows: int, values: int, share: float) -> bool:
    """Whether rows beyond the first of each value would contradict, did the other column know nothing of it."""
    return bool((rows - values) * (1 - share) >= _LEAST_EXPECTED)
