"""Lines below the names that say more of the columns: units, sources, long descriptions. They are no rows."""

import re
from collections.abc import Sequence

from embed_core.tables.reading.plain_values import is_day, is_nothing, is_number, is_value
from embed_core.tables.reading.records import Record

_ROWS = 100
_MOST = 0.8
_MOST_LINES, _FEWEST = 15, 2
_CODE = re.compile(r"[\d_]")
_SIGNS = ("", "%", "‰", "°", "#", "$", "€", "£")
_OF_QUALTRICS = '{"ImportId"'


def lines_about(found: Sequence[Record], width: int) -> int:
    """Return how many of the records below the first, which holds the names, are about the columns.

    They are lines that begin with words, with texts over columns of values, above rows that all begin with a digit, as
    statistical offices and loggers write; or one with a long description for each code above it, as the US Census does;
    or those down to the identifiers of questions.

    >>> lines = [["Year", "GDP"], ["Unit", "GBP"], ["CDID", "ABMI"], ["1999", "3"], ["2000", "4"], ["2001", "5"]]
    >>> lines_about([Record(at, cells) for at, cells in enumerate(lines)], 2)
    2
    """
    if len(found) <= _FEWEST:
        return 0
    names, *rows = found
    given = [name.strip() for name in names.cells]
    if len(given) != width or width < 2 or not all(given[1:]) or len(set(given)) < width:
        return 0
    for at, record in enumerate(rows[:_FEWEST]):
        if all(cell.startswith(_OF_QUALTRICS) for cell in record.cells):
            return at + 1
    if any(map(is_value, given)):
        return 0
    return _described(rows, width) or int(_describes(given, rows[0].cells, rows[1:]))


def is_line_of_units(found: Sequence[Record], width: int) -> bool:
    """Whether the record below the names, where all others begin with a digit, has words over several such columns.

    >>> lines = [["t", "T", "p"], ["s", "K", "Pa"], ["0", "290", "5"], ["1", "291", "5"], ["2", "290", "4"]]
    >>> is_line_of_units([Record(at, cells) for at, cells in enumerate(lines)], 3)
    True
    """
    names, *rows = [record.cells for record in found]
    if len(rows) <= _FEWEST or len(names) != width or any(map(is_value, names)) or rows[0] == names:
        return False
    return _described(found[1:], width, fewest=1) == 1


def _described(rows: Sequence[Record], width: int, *, fewest: int = _FEWEST) -> int:
    """Return how many lines begin with no digit, where all below them do, and texts stand over values in most.

    A line alone has two of these at least.
    """
    lines = next((at for at, row in enumerate(rows[: _MOST_LINES + 1]) if begins_with_a_digit(row)), 0)
    below = rows[lines : lines + _ROWS]
    if lines < fewest or len(below) < _FEWEST or sum(map(begins_with_a_digit, below)) < _MOST * len(below):
        return 0
    if any(_comes_again(rows[:lines], below, at) for at in range(width)):
        return 0
    unlike = alike = 0
    for record in rows[:lines]:
        if any(is_nothing(cell) for cell in record.cells if cell.strip() not in _SIGNS):
            return 0
        over = [_fits(cell, below, at) for at, cell in enumerate(record.cells[:width]) if at and cell.strip()]
        unlike += False in over if lines > 1 else over.count(False) >= _FEWEST and True not in over
        alike += False not in over and True in over
    return lines if unlike >= min(lines, _FEWEST) and unlike > alike else 0


def _describes(names: Sequence[str], cells: Sequence[str], rows: Sequence[Record]) -> bool:
    """Whether cells are sentences or paths of words, each longer than the code above it, over columns of values."""
    if len(cells) != len(names) or len(rows) < _FEWEST or any(map(is_value, cells)):
        return False
    if not all(map(str.strip, cells)) or any(" " in name for name in names):
        return False
    over = {at: fits for at, cell in enumerate(cells) if (fits := _fits(cell, rows[:_ROWS], at)) is not None}
    long = [cells[at] for at in over if _CODE.search(names[at]) and _describes_it(cells[at], names[at])]
    return not any(over.values()) and (len(long) >= _FEWEST or any("!!" in cell for cell in long))


def _describes_it(cell: str, name: str) -> bool:
    return len(cell) > len(name) and (" " in cell or "!!" in cell)


def _comes_again(lines: Sequence[Record], below: Sequence[Record], column: int) -> bool:
    """Whether a text of a column stands in its rows, too."""
    said, held = (
        {row.cells[column].strip() for row in each if len(row.cells) > column} for each in (lines, below)
    )
    return any(not is_value(text) for text in said & held if text)


def begins_with_a_digit(record: Record) -> bool:
    """Whether the first cell of a record does."""
    return record.cells[0].strip()[:1].isdigit()


def _fits(cell: str, below: Sequence[Record], column: int) -> bool | None:
    """Whether a cell is a number over numbers, or a day over days; None over texts."""
    filled = [row.cells[column] for row in below if len(row.cells) > column and row.cells[column].strip()]
    for kind in (is_number, is_day):
        if filled and sum(map(kind, filled)) >= _MOST * len(filled):
            return kind(cell)
    return None
