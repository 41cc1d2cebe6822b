"""What the columns of a table are good for, and which of them can be embedded."""

import math
import re
from typing import Any

import pandas as pd

from embed_core.errors import AtlasError, listed
from embed_core.tables.profile.measures import Measures

FEW_CATEGORIES = 10
MOST_CATEGORIES = 5_000
_ENOUGH_ROWS = 10
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Words in the name of a column that say what it holds, in the languages that tables often come in.
_NAMED = {
    "Date": {
        *(
            "date",
            "datetime",
            "timestamp",
            "time",
            "day",
            "weekday",
            "week",
            "month",
            "quarter",
            "year",
            "hour",
        ),
        *("datum", "tag", "monat", "jahr", "fecha", "mes", "mois", "jour", "heure"),
    },
    "Money": {
        *(
            "amount",
            "price",
            "cost",
            "total",
            "revenue",
            "sales",
            "usd",
            "eur",
            "gbp",
            "fee",
            "salary",
            "payment",
        ),
        *("betrag", "preis", "kosten", "umsatz", "importe", "precio", "montant", "prix"),
    },
    "Id": {"id", "ids", "uuid", "guid", "key", "index", "rowid", "nr"},
}
_CODES = {
    *(
        "code",
        "codes",
        "zip",
        "zipcode",
        "postal",
        "postcode",
        "sku",
        "ean",
        "gtin",
        "upc",
        "isbn",
        "fips",
        "icd",
    ),
    *("iata", "naics", "nace", "plz", "postleitzahl", "codigo", "cp", "ags", "insee", "siren", "siret"),
}
BADGES = (
    *("Good to embed", "Few values", "Very many", "Hardly repeats"),
    *("Code", "Number", "Money", "Date", "Id", "Free text", "Always the same", "Empty"),
)
"""All that `badge` says, what can be embedded first."""


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


def badge(name: str, kind: str, column: Measures, rows_each: float) -> str:
    """Return one or two words on what a column is, one of `BADGES`.

    Args:
        name: of the column; "month" is a date although it holds twelve texts.
        kind: of the column, as in the profile.
        column: what was counted in it.
        rows_each: filled rows per distinct value.
    """
    if kind == "constant":
        return "Always the same" if column.distinct else "Empty"
    named = named_as(name)
    by_kind = {"identifier": "Id", "text": "Free text", "time": "Date"}
    if kind in by_kind:
        return by_kind[kind]
    if kind == "number" and named not in ("Money", "Date"):
        return "Code" if _is_code(name, column, rows_each) else "Number"
    if kind == "number":
        return named
    if named:
        return named
    if rows_each < 2:
        return "Hardly repeats"
    if column.distinct > MOST_CATEGORIES:
        return "Very many"
    return "Few values" if column.distinct < FEW_CATEGORIES else "Good to embed"


def named_as(name: str) -> str:
    """Return what a column's name says that it holds: "Date", "Money", "Id", or "" when it says neither.

    >>> named_as("order_id"), named_as("OrderDate"), named_as("Cost Total $"), named_as("product")
    ('Id', 'Date', 'Money', '')
    """
    words = _words(name)
    return next((said for said, those in _NAMED.items() if words & those), "")


def _is_code(name: str, column: Measures, rows_each: float) -> bool:
    """Whether whole numbers that repeat stand for something, as zip codes do: so says the column's name."""
    is_so_named = bool(_words(name) & _CODES)
    return is_so_named and column.whole and rows_each >= 2 and column.distinct <= MOST_CATEGORIES


def _words(name: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(name)}


def suggestion(name: str, kind: str, column: Measures, rows_each: float) -> str:
    """Say in a sentence what a column is good for.

    Args:
        name: of the column.
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
    if kind == "number" and _is_code(name, column, rows_each):
        return f"Numbers that stand for something, by its name: {column.distinct:,} codes, which can be embedded."
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
    if rows_each < _ENOUGH_ROWS:
        return (
            f"Can be embedded, with few rows for each: {rows}. Pool the rare ones, whose places say little."
        )
    return f"Good to embed: {rows}."


def _rank(row: Any) -> tuple[int, int, int] | None:
    """Return how well a column suits (smaller is better); None when it cannot be embedded."""
    repeats = row["distinct"] >= 2 and row["rows_each"] >= 2
    if row["kind"] == "category":
        if named_as(row["name"]):
            return (2 if repeats else 5, 0, 0)
        if repeats and FEW_CATEGORIES <= row["distinct"] <= MOST_CATEGORIES and not row["whole"]:
            return (0, row["rows_each"] < _ENOUGH_ROWS, -int(math.log2(row["distinct"])))
        return (1 if repeats else 5, 0, 0)
    if row["kind"] == "text" and repeats:
        return (3, 0, 0)
    if row["kind"] == "number" and row["whole"] and repeats and row["distinct"] <= MOST_CATEGORIES:
        return (4, 0, 0)
    return None
