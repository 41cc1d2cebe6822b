"""Where the column names of a table stand, and where its rows begin."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from embed_core.tables.reading.evidence import is_header
from embed_core.tables.reading.lines_about import is_line_of_units, lines_about
from embed_core.tables.reading.lines_of_names import joined, lines_of_names
from embed_core.tables.reading.records import Record
from embed_core.tables.reading.titles import is_title

_LONGEST_PREAMBLE = 60
_FEW_RECORDS = 20
_SECOND_TABLE = 0.1
_RULE = re.compile(r":?[-=]{2,}:?")
# Text of Windows-1252 that was taken for Latin-1 holds control characters, which no name of a column does.
_SIGNS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


@dataclass(frozen=True)
class Heading:
    """The line of the column names.

    Attributes:
        header_line: line of the column names, from 0; None when there is none.
        first_line: line of the first row, from 0; None when there is none.
        names: as they stand there; fewer than ``width`` when some are lacking.
        width: how many columns.
        cells: how many cells records have; more than columns where each ends with a separator.
        notes: sentences for people.
    """

    header_line: int | None
    first_line: int | None
    names: tuple[str, ...]
    width: int
    cells: int
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
    width = width or _table_width(found)
    start = _header_position(found, width, header_line)
    rows = found[start + 1 :]
    names: tuple[str, ...] = ()
    lines = 1
    about = 0
    if header_line == "detect":
        preamble = [record.line + 1 for record in found[:start]]
        if preamble:
            notes.append(f"{lines_phrase(preamble)} above the table {_were(preamble)} left out.")
        about = lines_about(found[start:], width)
        lines = 1 if about else lines_of_names(found[start:], width)
        about = about or int(lines == 1 and start < len(found) and is_line_of_units(found[start:], width))
        rows = found[start + lines + about :]
        has_header = lines + about > 1 or (
            start < len(found)
            and is_header(found[start].cells, [record.cells for record in rows], below_title=bool(preamble))
        )
    else:
        has_header = header_line is not None
    if not has_header:
        notes.append("No line with column names was found: the columns are numbered.")
        first = found[start].line if start < len(found) else None
        return Heading(None, first, names, width, width, tuple(notes))
    if start < len(found):
        names = joined([record.cells for record in found[start : start + lines]])
        names = tuple(name.translate(_SIGNS).strip() for name in names)
    if lines > 1:
        shown = lines_phrase([record.line + 1 for record in found[start : start + lines]])
        notes.append(f"{shown} hold the column names: they were joined.")
    if about:
        shown = lines_phrase([record.line + 1 for record in found[start + 1 : start + 1 + about]])
        notes.append(
            f"{shown} below the names {'says' if about == 1 else 'say'} more of the columns: left out."
        )
    if rows and _is_rule(rows[0]):
        notes.append(f"{lines_phrase([rows[0].line + 1])} underlines the names: it was left out.")
        rows = rows[1:]
    cells = max(width, len(names))
    if len(names) < width and rows and not any(any(map(str.strip, row.cells[len(names) :])) for row in rows):
        # A separator after the last cell of every row makes no column.
        width = len(names)
    elif lines == 1 and len(names) == width - 1 and _name_rows(rows, width):
        names = ("", *names)
        notes.append("The first column names the rows, as R writes tables: it has no name of its own.")
    notes += _doubtful_header(names, rows, width)
    line = found[start].line if start < len(found) else 0
    return Heading(line, rows[0].line if rows else None, names, max(width, len(names)), cells, tuple(notes))


def _is_rule(record: Record) -> bool:
    """Whether a record is a line drawn below the names, as in tables of text."""
    drawn = [cell.strip() for cell in record.cells if cell.strip()]
    return len(drawn) > 1 and all(_RULE.fullmatch(cell) for cell in drawn)


def usual_width(found: list[Record]) -> int:
    """Return how many cells most records have."""
    counts = Counter(len(record.cells) for record in found)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _table_width(found: list[Record]) -> int:
    """Return how many cells most records have, or more where a second table that is wider stands below."""
    counts = Counter(len(record.cells) for record in found)
    many = max(_FEW_RECORDS, len(found) * _SECOND_TABLE)
    return max([usual_width(found), *(width for width, records in counts.items() if records >= many)])


def _header_position(found: list[Record], width: int, header_line: int | str | None) -> int:
    """Return which record holds the column names, or the first row when there are none."""
    if isinstance(header_line, int):
        return next((at for at, record in enumerate(found) if record.line >= header_line), len(found))
    if header_line is None:
        return 0
    last = min(len(found) - 1, _LONGEST_PREAMBLE)
    for position in range(last):
        if not is_title(found[position], found[position + 1 :], width):
            return position
    return max(last, 0)


def _name_rows(rows: list[Record], width: int) -> bool:
    """Whether the first cells tell all rows apart."""
    firsts = [row.cells[0] for row in rows if len(row.cells) == width]
    return len(firsts) > 1 and all(firsts) and len(set(firsts)) == len(firsts)


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
