"""Texts that hold no value in a column of values: "n/a" in a cell, or a footnote below the table."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from embed_core.errors import listed
from embed_core.tables.reading.below import LAST_ROWS, Run, is_total, last_rows
from embed_core.tables.reading.column_types import Counts
from embed_core.tables.reading.engine import identifier, literal
from embed_core.tables.reading.plain_values import is_nothing, is_value
from embed_core.tables.wide import Source, Wide, of

_FEWEST_VALUES, _LEAST_VALUES = 5, 0.5
_MOST_COLUMNS, _MOST_SPELLINGS = 500, 10
_WITH_DIGITS = "^(#|0000-00-00)"
_HAS_LETTERS = re.compile(r"[^\W\d_]{3}")


def texts_for_nothing(
    run: Run, source: Source, columns: Mapping[str, Counts], names: Sequence[str]
) -> dict[str, list[str]]:
    """Return, for columns that are values but for a few texts that hold none, these texts.

    Args:
        run: executes SQL over ``source``.
        source: what SQL reads the texts from, in the order of the file.
        columns: those to look at, with what their cells look like.
        names: all columns.
    """
    mostly = [name for name, counts in columns.items() if _is_mostly_values(counts)][:_MOST_COLUMNS]
    if not mostly:
        return {}
    below = _texts_below(run, source, names)
    found = {}
    for name in mostly:
        column = identifier(name)
        known = ", ".join(map(literal, below.get(name, ()))) or "NULL"
        texts = run(
            f"SELECT {column} FROM {of(source, [name])} "
            f"WHERE NOT regexp_matches({column}, '[0-9]') OR regexp_matches({column}, '{_WITH_DIGITS}') "
            f"OR {column} IN ({known}) "
            f"GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {_MOST_SPELLINGS + LAST_ROWS + 1}"
        )
        spelt = [text for (text,) in texts]
        none = [text for text in spelt if text in below.get(name, ()) or is_nothing(text)]
        if none and len(spelt) == len(none) and len(none) <= _MOST_SPELLINGS:
            found[name] = none
    return found


def without(source: Source, texts: Mapping[str, Sequence[str]]) -> Source:
    """Return SQL that reads ``source`` with these texts of its columns as missing."""
    if not texts:
        return source
    if isinstance(source, Wide):
        return source.without(texts)
    replaced = ", ".join(
        f"CASE WHEN {identifier(name)} NOT IN ({', '.join(map(literal, none))}) THEN {identifier(name)} END "
        f"AS {identifier(name)}"
        for name, none in texts.items()
    )
    return f"(SELECT * REPLACE ({replaced}) FROM {source})"


def rows_below(run: Run, source: Source, names: Sequence[str]) -> list[int]:
    """Return which of the last rows of ``source``, from 0, hold something, be it a footnote."""
    first, last = last_rows(run, source, names)
    return [at for at, row in enumerate(last, first) if any(cell is not None for cell in row)]


def notes_on_nothing(texts: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a sentence for each set of texts that count as missing."""
    columns: dict[tuple[str, ...], list[str]] = {}
    for name, none in texts.items():
        columns.setdefault(tuple(none), []).append(name)
    return [
        f"What says {listed(list(none))} in {listed(names)} counts as missing, as all other cells hold values. Read as "
        "text, it is kept."
        for none, names in columns.items()
    ]


def _is_mostly_values(counts: Counts) -> bool:
    plain = max(counts.integer, counts.point, counts.comma, counts.time)
    return (
        max(_FEWEST_VALUES, _LEAST_VALUES * counts.filled) <= max(plain, counts.digits)
        and plain < counts.filled
    )


def _texts_below(run: Run, source: Source, names: Sequence[str]) -> dict[str, set[str]]:
    """Return the texts of the sparse rows at the end of a table: footnotes; and "Total" in one of the last rows."""
    _, last = last_rows(run, source, names)
    below: dict[str, set[str]] = {}
    for name, text in (*_footnotes(last, names), *_totals(last, names)):
        below.setdefault(name, set()).add(text)
    return below


def _footnotes(last: Sequence[tuple[Any, ...]], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    sparse = []
    for row in reversed(last):
        if sum(cell is not None for cell in row) > max(1, len(names) // 2):
            break
        sparse.append(row)
    if len(sparse) == len(last) or len(names) < 2:
        return  # the table is sparse itself
    for row in sparse:
        yield from (
            (name, cell)
            for name, cell in zip(names, row, strict=True)
            if cell is not None and _HAS_LETTERS.search(cell) and not is_value(cell)
        )


def _totals(last: Sequence[tuple[Any, ...]], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for row in last:
        yield from ((name, cell) for name, cell in zip(names, row, strict=True) if is_total(cell))
