"""Where the column names of a table stand, and where its rows begin."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from embed_core.tables.reading.records import Record

_LONGEST_PREAMBLE = 60
_NUMBER = re.compile(r"^[+-]?\d[\d.,]*([eE][+-]?\d+)?$|^[+-]?[.,]\d+$")


@dataclass(frozen=True)
class Heading:
    """The line of the column names.

    Attributes:
        header_line: line of the column names, from 0; None when there is none.
        first_line: line of the first row, from 0; None when there is none.
        names: as they stand there; fewer than ``width`` when some are lacking.
        width: how many columns.
        notes: sentences for people.
    """

    header_line: int | None
    first_line: int | None
    names: tuple[str, ...]
    width: int
    notes: tuple[str, ...]


def find_heading(
    found: list[Record], *, header_line: int | str | None = "detect", width: int | None = None
) -> Heading:
    """Find the column names among the first records of a table.

    Args:
        found: the records that hold something.
        header_line: line of the column names from 0, None for no names, "detect" to detect it.
        width: how many columns; as many as most records have unless given.

    >>> rows = [["Sales"], ["town", "sold"], ["Ulm", "3"], ["Bonn", "5"]]
    >>> find_heading([Record(line, cells) for line, cells in enumerate(rows)]).names
    ('town', 'sold')
    """
    notes = []
    width = width or usual_width(found)
    start = _header_position(found, width, header_line)
    header_record = found[start] if start < len(found) else Record(0, [])
    if header_line == "detect":
        preamble = [record.line + 1 for record in found[:start]]
        if preamble:
            notes.append(f"{lines_phrase(preamble)} above the table {_were(preamble)} left out.")
        has_header = _is_header(header_record.cells, [record.cells for record in found[start + 1 :]])
    else:
        has_header = header_line is not None
    line: int | None = None
    first: int | None = None
    if not has_header:
        first = header_record.line if found else None
        notes.append("No line with column names was found: the columns are numbered.")
        names: tuple[str, ...] = ()
    else:
        line = header_record.line
        first = found[start + 1].line if start + 1 < len(found) else None
        names = tuple(header_record.cells)
        notes += _doubtful_header(names, found[start + 1 :], width)
    return Heading(line, first, names, max(width, len(names)), tuple(notes))


def usual_width(found: list[Record]) -> int:
    """Return how many cells most records have."""
    counts = Counter(len(record.cells) for record in found)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _header_position(found: list[Record], width: int, header_line: int | str | None) -> int:
    """Return which record holds the column names, or the first row when there are none."""
    if isinstance(header_line, int):
        return next((at for at, record in enumerate(found) if record.line >= header_line), len(found))
    if header_line is None:
        return 0
    last = min(len(found) - 1, _LONGEST_PREAMBLE)
    for position in range(last):
        if not _is_title(found[position], found[position + 1 :], width):
            return position
    return max(last, 0)


def _is_title(record: Record, following: list[Record], width: int) -> bool:
    """Whether a record stands above the table: a comment, or one cell over a wider table."""
    filled = sum(bool(cell.strip()) for cell in record.cells)
    if record.cells[0].startswith("#"):
        return len(record.cells) != width or following[0].cells[0].startswith("#")
    if len(record.cells) < width:
        return filled <= max(1, width // 3)
    return (
        width > 3 and filled == 1 and any(all(row.cells) and len(row.cells) == width for row in following[:5])
    )


def _is_header(cells: list[str], rows: list[list[str]]) -> bool:
    """Whether ``cells`` name the columns below them."""
    if _is_progression(cells):
        return True
    for_names = against = 0
    for column, cell in enumerate(cells):
        below = [row[column] for row in rows[:100] if len(row) > column and row[column]]
        numeric = bool(below) and sum(map(_is_number, below)) >= 0.8 * len(below)
        if _is_number(cell):
            against += 1
        elif numeric and cell:
            for_names += 1
    if for_names or against:
        return for_names > against
    filled = [(column, cell) for column, cell in enumerate(cells) if cell]
    repeated = sum(
        any(len(row) > column and row[column] == cell for row in rows[:100]) for column, cell in filled
    )
    return repeated <= len(filled) * 2 / 3


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.match(cell.strip()))


def _is_progression(cells: list[str]) -> bool:
    """Whether the numbers among ``cells`` count years or columns one by one: such numbers are names."""
    numbers = [int(cell) for cell in cells if cell.strip().isdecimal()]
    others = [cell for cell in cells if not cell.strip().isdecimal()]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    years = all(1800 <= number <= 2200 for number in numbers)
    return len(numbers) > 1 and steps == {1} and years and not any(map(_is_number, others))


def _doubtful_header(header: tuple[str, ...], following: list[Record], width: int) -> list[str]:
    notes = []
    if len(header) < width:
        notes.append(f"The line of column names has {len(header)} cells, but most rows have {width}.")
    repeats = [record.line + 1 for record in following if tuple(record.cells) == header and any(header)]
    if repeats:
        notes.append(
            f"{lines_phrase(repeats)} {'repeats' if len(repeats) == 1 else 'repeat'} the column names, but "
            f"{_were(repeats)} read as part of the rows. If the names stand in more than one line, choose "
            "the header line."
        )
    return notes


def _were(lines: list[int]) -> str:
    return "was" if len(lines) == 1 else "were"


def lines_phrase(lines: Sequence[int], word: str = "Line", *, limit: int = 20) -> str:
    """Return "Line 3" or "Lines 3, 4 and 2 more".

    >>> lines_phrase([3, 4, 5], limit=2)
    'Lines 3, 4 and 1 more'
    """
    shown = ", ".join(f"{line:,}" for line in lines[:limit])
    more = f" and {len(lines) - limit:,} more" if len(lines) > limit else ""
    return f"{word}{'' if len(lines) == 1 else 's'} {shown}{more}"
