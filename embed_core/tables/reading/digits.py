"""Digits of other scripts, with their marks, in columns of numbers and dates."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from embed_core.tables.reading.engine import identifier, literal
from embed_core.tables.wide import Source, of, parts_of

Run = Callable[[str], Sequence[tuple[Any, ...]]]

_FIRST_ROWS = 100
# Arabic, Persian, Devanagari, Bengali, Thai, full width.
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0e50\uff10"
_DIGITS = "".join(chr(ord(zero) + digit) for zero in _ZEROS for digit in range(10))
_MARKS = {
    **{"\u066b": ".", "\u066a": "%", "\uff0e": ".", "\uff0c": ",", "\uff05": "%", "\uff0d": "-"},
    **{"\uff0f": "/", "\uff1a": ":"},
}
_THOUSANDS = "\u066c"
_DIRECTIONS = "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2069"
_FOREIGN = re.compile(f"[{_DIGITS}{_DIRECTIONS}]")
_FROM = _DIGITS + "".join(_MARKS) + _THOUSANDS + _DIRECTIONS  # the last two are left out
_TO = "0123456789" * len(_ZEROS) + "".join(_MARKS.values())


def with_foreign_digits(run: Run, source: Source, names: Sequence[str]) -> list[str]:
    """Return the columns with such digits, or marks of the direction of writing, in one of their first cells."""
    found = []
    for part in parts_of(list(names)):
        # To prepare a test in SQL for each of many columns takes longer than to look at so few cells.
        rows = run(f"SELECT {', '.join(map(identifier, part))} FROM {of(source, part)} LIMIT {_FIRST_ROWS}")
        found += [
            name
            for name, cells in zip(part, zip(*rows, strict=True), strict=False)
            if any(cell and not cell.isascii() and _FOREIGN.search(cell) for cell in cells)
        ]
    return found


def with_plain_digits(source: Source, names: Sequence[str]) -> Source:
    """Return SQL that reads ``source`` with the digits of these columns as 0 to 9."""
    if not names:
        return source
    replaced = ", ".join(
        f"translate({identifier(name)}, {literal(_FROM)}, {literal(_TO)}) AS {identifier(name)}"
        for name in names
    )
    return f"(SELECT * REPLACE ({replaced}) FROM {source})"
