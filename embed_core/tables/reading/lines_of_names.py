"""Names of columns that stand on several lines."""

import re

from embed_core.tables.reading.plain_values import SPELLINGS, is_value, is_year
from embed_core.tables.reading.records import Record

_MOST_LINES = 3
_ROWS = 100
_MOST = 0.8
_FEWEST_ROWS, _FEWEST_COLUMNS = 5, 2
_LONGEST_UNIT = 20
_IN_BRACKETS = re.compile(r"\(.*\)|\[.*\]")
_HAS_LETTERS = re.compile(r"[^\W\d_]{2}")


def lines_of_names(found: list[Record], width: int) -> int:
    """Return how many records the names stand on.

    Gaps of one, or what it says of several columns, are filled by the next, above columns of numbers; or both are full
    of words, over several such columns; or the second holds units of some such columns. Years are names, too.
    """
    first = [
        Record(record.line, [*record.cells, *[""] * (width - len(record.cells))])
        for record in found[:_MOST_LINES]
    ]
    found = [*first, *found[_MOST_LINES:]]
    lines = 1
    while lines < min(_MOST_LINES, len(found) - 1) and (
        (_spans(found[lines - 1], width) and _continues(found[:lines], found[lines], found[lines + 1 :]))
        or _are_words(found[lines - 1], found[lines], found[lines + 1 :], width)
        or _are_units(found[lines - 1], found[lines], found[lines + 1 :], width)
    ):
        lines += 1
    return lines


def _are_words(above: Record, record: Record, rows: list[Record], width: int) -> bool:
    """Whether a record over columns of numbers, like the one above it, holds words, which stand nowhere below."""
    if len(above.cells) != width or len(record.cells) != width or len(rows) < _FEWEST_ROWS:
        return False
    valued = [at for at in range(width) if _values_below(rows, at)]
    words = [record.cells[at].strip() for at in valued]
    if len(set(words)) < max(_FEWEST_COLUMNS, len(words)) or any(map(is_value, above.cells)):
        return False
    if not all(_HAS_LETTERS.search(word) for word in words) or any(map(is_value, record.cells)):
        return False
    return not any(
        cell.strip() and any(len(row.cells) > at and row.cells[at] == cell for row in rows[:_ROWS])
        for at, cell in enumerate(record.cells)
    )


def _are_units(above: Record, record: Record, rows: list[Record], width: int) -> bool:
    """Whether a record below full names holds units: in brackets, or beside gaps wherever texts are below."""
    if len(record.cells) != width or not all(map(str.strip, above.cells)) or len(rows) < _FEWEST_ROWS:
        return False
    units = {at: cell.strip() for at, cell in enumerate(record.cells) if cell.strip()}
    if not units or any(map(is_value, units.values())) or any(map(is_value, above.cells)):
        return False
    if any(len(unit) > _LONGEST_UNIT or unit.casefold() in SPELLINGS for unit in units.values()):
        return False
    if not all(_values_below(rows, at) for at in units):
        return False
    return len(units) < width or all(_IN_BRACKETS.fullmatch(unit) for unit in units.values())


def _spans(record: Record, width: int) -> bool:
    """Whether a record has gaps, or says some year or word of several columns."""
    cells = [cell.strip() for cell in record.cells]
    return len(cells) == width and (not all(cells) or any(map(_spans_next, cells, cells[1:])))


def _spans_next(cell: str, following: str) -> bool:
    return cell == following != ""


def _continues(above: list[Record], record: Record, rows: list[Record]) -> bool:
    """Whether a record goes on with the names above it: no values, and columns of numbers below.

    Years are names in one of the two: below years stand words, and years below words, and each column has a name.
    """
    over = [cell.strip() for cell in above[-1].cells]
    cells = [cell.strip() for cell in record.cells]
    values = [[cell for cell in each if is_value(cell)] for each in (over, cells)]
    if any(values):
        are_years = (
            all(map(is_year, values[0] + values[1])) and not all(values) and all(map(max, over, cells))
        )
        if not are_years or any(_are_years(rows, at) for at, cell in enumerate(cells) if is_year(cell)):
            return False
    gaps = [not each or each in (over[at + 1 : at + 2] + over[:at][-1:]) for at, each in enumerate(over)]
    fills = any(cell and gap for cell, gap in zip(cells, gaps, strict=False))
    return fills and any(_values_below(rows, at) for at, cell in enumerate(cells) if cell)


def _are_years(rows: list[Record], column: int) -> bool:
    """Whether a column holds years: one on top of it is a value like them."""
    below = [row.cells[column] for row in rows[:_ROWS] if len(row.cells) > column]
    return bool(below) and sum(map(is_year, below)) >= len(below) / 2


def _values_below(rows: list[Record], column: int) -> bool:
    """Whether a column holds numbers or dates."""
    below = [
        row.cells[column] for row in rows[:_ROWS] if len(row.cells) > column and row.cells[column].strip()
    ]
    return bool(below) and sum(map(is_value, below)) >= _MOST * len(below)


def joined(lines: list[list[str]]) -> tuple[str, ...]:
    """Join the names that stand on several lines; one that spans columns stands in the first of them alone."""
    if len(lines) == 1:
        return tuple(lines[0])
    width = max(map(len, lines))
    padded = [[*line, *[""] * (width - len(line))] for line in lines]
    names = []
    spans = [""] * (len(lines) - 1)
    for column in range(width):
        parts = [line[column].strip() for line in padded]
        for level, part in enumerate(parts[:-1]):
            if part:
                # A name of its own ends what spans columns on the lines below it, too.
                spans[level:] = [part, *[""] * (len(spans) - level - 1)]
        deepest = max((level for level, part in enumerate(parts) if part), default=-1)
        names.append(" ".join(dict.fromkeys(filter(None, [*spans[:deepest], *parts[deepest : deepest + 1]]))))
    return tuple(names)
