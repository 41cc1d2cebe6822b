"""What the columns of a table are good for, and which of them can be embedded."""

import math
from typing import Any

import pandas as pd

from embed_core.errors import AtlasError, listed
from embed_core.tables.profile.measures import Measures

FEW_CATEGORIES = 10
MOST_CATEGORIES = 5_000


def embeddable(profile: pd.DataFrame) -> list[str]:
    """Name the columns that can be embedded, best first.

    These are categories, texts that repeat, and numbers used as codes (whole, at most 5,000 of them,
    two rows or more each on average). Between 10 and 5,000 categories are the most sensible.

    Args:
        profile: what `Table.profile` returned.

    >>> from embed_core.tables.gallery import load_sample
    >>> embeddable(load_sample("us_flights").profile())[:2]
    ['origin', 'destination']
    """
    ranked = []
    for position, (_, row) in enumerate(profile.iterrows()):
        rank = _rank(row)
        if rank is not None:
            ranked.append((*rank, position, str(row["name"])))
    return [name for *_, name in sorted(ranked)]


def first_embeddable(profile: pd.DataFrame) -> str:
    """Name the best column to embed.

    Args:
        profile: what `Table.profile` returned.

    Raises:
        AtlasError: when the table has a single column, or none that can be embedded.
    """
    if len(profile) < 2:
        raise AtlasError(
            f"The table has one column ({listed(profile['name'])}), and at least two are needed: the "
            "categories and what they are to be learned from. If the file has more columns, choose "
            "another separator."
        )
    names = embeddable(profile)
    if not names:
        kinds = ", ".join(f"{count} {kind}" for kind, count in profile["kind"].value_counts().items())
        raise AtlasError(
            "No column of the table can be embedded: that takes a column whose values repeat, and the "
            f"{len(profile)} columns are: {kinds}. Choose another table, or add a column with categories."
        )
    return names[0]


def suggestion(kind: str, column: Measures, rows_each: float) -> str:
    """Say in a sentence what a column is good for.

    Args:
        kind: of the column, as in the profile.
        column: what was counted in it.
        rows_each: filled rows per distinct value.
    """
    if kind == "constant":
        return "Always the same." if column.distinct else "Empty: it has no values."
    if kind == "identifier":
        return "Looks like an identifier: its values hardly repeat."
    if kind == "text":
        return "Free text: too long and too varied for categories."
    if kind == "time":
        return "A time: its month, weekday and hour can serve as context."
    if kind == "number":
        codes = column.whole and rows_each >= 2 and column.distinct <= MOST_CATEGORIES
        return "A number: good as a target." + (
            " If it stands for codes, it can be embedded." if codes else ""
        )
    if rows_each < 2:
        return f"Hardly any of its {column.distinct:,} categories occurs twice: pool the rare ones."
    if column.distinct > MOST_CATEGORIES:
        return f"Many categories ({column.distinct:,}): pool the rare ones."
    rows = f"{column.distinct:,} categories, {rows_each:,.0f} rows each on average"
    if column.distinct < FEW_CATEGORIES:
        return f"Few points for a map, good as a target: {rows}."
    return f"Good to embed: {rows}."


def _rank(row: Any) -> tuple[int, int] | None:
    """Return how well a column suits (smaller is better); None when it cannot be embedded."""
    repeats = row["distinct"] >= 2 and row["rows_each"] >= 2
    if row["kind"] == "category":
        if repeats and FEW_CATEGORIES <= row["distinct"] <= MOST_CATEGORIES:
            return (0, -int(math.log2(row["distinct"])))
        return (1 if repeats else 4, 0)
    if row["kind"] == "text" and repeats:
        return (2, 0)
    if row["kind"] == "number" and row["whole"] and repeats and row["distinct"] <= MOST_CATEGORIES:
        return (3, 0)
    return None
