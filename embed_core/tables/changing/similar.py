"""Spellings that may stand for the same thing."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from embed_core.tables.counting.by_category import values_of
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table

MOST_COMPARED = 20_000
_SHORTEST, _LONGEST = 5, 60
_RARER = 3


def similar_spellings(table: Any, column: str, *, most: int = 20) -> list[tuple[str, int, str, int]]:
    """Suggest spellings of a column that may be meant as another: these differ in case, accents, blanks or a letter.

    Numbers in them must be equal. Where a letter differs, the one is at least three times as rare as the other.

    Args:
        table: a `Table`, or anything that `read_table` takes.
        column: its name.
        most: how many to return.

    Returns:
        spelling, its rows, the spelling that takes its place, and its rows; most rows first.

    Raises:
        AtlasError: there is no such column.

    >>> import pandas as pd
    >>> towns = pd.DataFrame({"town": ["Boston"] * 9 + ["Bostn", "boston ", "Ulm"]})
    >>> [(one, other) for one, _, other, _ in similar_spellings(towns, "town")]
    [('Bostn', 'Boston'), ('boston ', 'Boston')]
    """
    frame = values_of(read_table(table), column, most=MOST_COMPARED)
    rows = dict(zip(frame["text"], frame["rows"].astype(int), strict=True))
    found: dict[str, str] = {}
    buckets: dict[str, list[str]] = defaultdict(list)
    # From the most common on, so that what takes a spelling's place is there before it.
    for text, count in rows.items():
        plain = _plain(text)
        if not plain or len(plain) > _LONGEST:
            continue
        for other in dict.fromkeys(each for key in _keys(plain) for each in buckets[key]):
            if other not in found and _may_be(plain, _plain(other), rare=_RARER * count <= rows[other]):
                found[text] = other
                break
        for key in _keys(plain):
            buckets[key].append(text)
    ordered = sorted(found.items(), key=lambda pair: (-rows[pair[0]], pair))[:most]
    return [(one, rows[one], other, rows[other]) for one, other in ordered]


def same_but_for_case(table: Table, column: str) -> list[tuple[str, str]]:
    """Return the spellings of a column that differ from another in case, accents and blanks only; fast.

    Returns:
        spelling, and the most common of those that are the same; most rows first.

    Raises:
        AtlasError: there is no such column.

    >>> import pandas as pd
    >>> from embed_core.tables.reading.read import read_table
    >>> towns = read_table(pd.DataFrame({"town": ["Boston"] * 9 + ["Bostn", "boston ", "BOSTON", "Ulm"]}))
    >>> sorted(same_but_for_case(towns, "town"))
    [('BOSTON', 'Boston'), ('boston ', 'Boston')]
    """
    first: dict[str, str] = {}
    found = []
    for text in values_of(table, column, most=MOST_COMPARED)["text"]:
        plain = _plain(text)
        if plain and first.setdefault(plain, text) != text:
            found.append((text, first[plain]))
    return found


def _plain(text: str) -> str:
    """Return a text without case, accents and blanks around it."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in parts if not unicodedata.combining(letter)).split())


def _keys(plain: str) -> Iterator[str]:
    """Yield what two texts that differ in one letter have in common: the text itself, and without each letter."""
    yield plain
    if len(plain) >= _SHORTEST:
        for at in range(len(plain)):
            yield plain[:at] + plain[at + 1 :]


def _may_be(plain: str, other: str, *, rare: bool) -> bool:
    if plain == other:
        return True
    if not rare or min(len(plain), len(other)) < _SHORTEST - 1 or max(len(plain), len(other)) < _SHORTEST:
        return False
    return _digits(plain) == _digits(other) and _one_edit(plain, other)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _one_edit(one: str, other: str) -> bool:
    """Whether a letter more, less or different, or two that change places, make one text the other."""
    if len(one) > len(other):
        one, other = other, one
    start = next((at for at, letter in enumerate(one) if letter != other[at]), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = other[start + 1 : start + 2] + other[start : start + 1]
    return one[start + 1 :] == other[start + 1 :] or (
        one[start : start + 2] == swapped and one[start + 2 :] == other[start + 2 :]
    )
