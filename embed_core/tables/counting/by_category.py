"""What another column is for each category: its mean, or how often each of its levels is there."""

from typing import Any

import pandas as pd

from embed_core.tables.bags import taken_apart
from embed_core.tables.counting.bags import separators
from embed_core.tables.table import Table


def means_of(table: Table, column: str, number: str) -> "pd.Series[Any]":
    """Return the mean of a number for each category of a column, which is the index; rows without one are left out."""
    pairs = table.expression.select(category=table.texts(column), value=table.numbers(number)).drop_null()
    sums = pairs.group_by("category").aggregate(total=pairs["value"].sum(), rows=pairs.count())
    frame = _apart(table, table.execute(sums), {"category": column}).dropna(subset=["category"])
    found = frame.groupby("category")[["total", "rows"]].sum()
    return found["total"] / found["rows"]


def levels_of(table: Table, column: str, other: str) -> pd.DataFrame:
    """Return ``category``, ``level`` and ``rows``: how often they are together, the most common levels first."""
    pairs = table.expression.select(category=table.texts(column), level=table.texts(other))
    counted = pairs.group_by(["category", "level"]).aggregate(rows=pairs.count())
    frame = _apart(table, table.execute(counted), {"category": column, "level": other}).dropna()
    found = frame.groupby(["category", "level"])["rows"].sum().reset_index()
    return found.sort_values(["rows", "level"], ascending=[False, True], kind="stable")


def values_of(table: Table, column: str, *, most: int) -> pd.DataFrame:
    """Return the most common values of a column: ``text`` and ``rows``; each of a cell that holds several."""
    texts = table.expression.select(text=table.texts(column)).drop_null("text")
    counted = texts.group_by("text").aggregate(rows=texts.count())
    if column in table.report.bags:
        frame = _apart(table, table.execute(counted), {"text": column}).dropna()
        found = frame.groupby("text")["rows"].sum().reset_index()
        return found.sort_values(["rows", "text"], ascending=[False, True], kind="stable").head(most)
    return table.execute(counted.order_by([counted.rows.desc(), counted.text]).limit(most))


def _apart(table: Table, frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    bags = separators(table, list(columns.values()))
    return taken_apart(frame, {name: bags[of] for name, of in columns.items() if of in bags})
