"""How a delimited text file is laid out: its separator, its quotes and the line of its column names."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from embed_core.tables.reading.records import Record, records

DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"
_SAMPLE_RECORDS = 300
_LONGEST_PREAMBLE = 60
_SEPARATOR_LINE = re.compile(r'^\ufeff?"?sep=(.)"?$', re.IGNORECASE)
_NUMBER = re.compile(r"^[+-]?\d[\d.,]*([eE][+-]?\d+)?$|^[+-]?[.,]\d+$")


@dataclass(frozen=True)
class Dialect:
    """The layout of a delimited text file.

    Attributes:
        delimiter: the character between cells; `NO_DELIMITER` for a single column.
        quote: the character around quoted cells, "" when there is none.
        skip_blank: whether a blank after the delimiter belongs to it.
        header_line: line of the column names, from 0; None when there is none.
        first_line: line of the first row, from 0.
        header: the names as they stand in the file; shorter than ``width`` when some are lacking.
        width: how many columns.
        notes: sentences for people.
    """

    delimiter: str
    quote: str
    skip_blank: bool
    header_line: int | None
    first_line: int
    header: tuple[str, ...]
    width: int
    notes: tuple[str, ...]


def sniff(
    lines: list[str], *, delimiter: str | None = None, header_line: int | str | None = "detect"
) -> Dialect:
    """Work out the layout from the first lines of a file.

    Args:
        lines: lines with their ends.
        delimiter: the separator, None to detect it.
        header_line: line of the column names from 0, None for no names, "detect" to detect it.
    """
    notes = []
    named = _SEPARATOR_LINE.match(lines[0].rstrip("\r\n")) if lines else None
    skipped = 1 if named else 0
    if named:
        notes.append(f'Line 1 names the separator ("{named[1]}") and is not part of the table.')
        delimiter = delimiter or named[1]
    candidates = (delimiter,) if delimiter else DELIMITERS
    best = max((_layout(lines[skipped:], candidate) for candidate in candidates), key=lambda found: found[0])
    score, chosen, quote, skip_blank = best
    if not score and delimiter is None:
        chosen = NO_DELIMITER
    if skip_blank:
        notes.append(f'A blank after each "{chosen}" was taken as part of the separator.')
    found = [
        Record(record.line + skipped, record.cells)
        for record in _sample(lines[skipped:], chosen, quote, skip_blank)
        if any(record.cells)
    ]
    width = _usual_width(found)
    start = _header_position(found, width, skipped, header_line)
    header_record = found[start] if start < len(found) else Record(skipped, [])
    if header_line == "detect":
        preamble = [record.line + 1 for record in found[:start]]
        if preamble:
            notes.append(f"{lines_phrase(preamble)} above the table {_were(preamble)} left out.")
        has_header = _is_header(header_record.cells, [record.cells for record in found[start + 1 :]])
    else:
        has_header = header_line is not None
    if not has_header:
        line, first = None, header_record.line
        notes.append("No line with column names was found: the columns are numbered.")
        header: tuple[str, ...] = ()
    else:
        line = header_record.line
        first = found[start + 1].line if start + 1 < len(found) else len(lines)
        header = tuple(header_record.cells)
        notes += _doubtful_header(header, found[start + 1 :], width)
    return Dialect(chosen, quote, skip_blank, line, first, header, max(width, len(header)), tuple(notes))


def _sample(lines: list[str], delimiter: str, quote: str, skip_blank: bool = False) -> list[Record]:
    found = []
    for record in records(lines, delimiter=delimiter, quote=quote, skip_blank=skip_blank):
        if record.cells:
            found.append(record)
        if len(found) >= _SAMPLE_RECORDS:
            break
    return found


def _usual_width(found: list[Record]) -> int:
    counts = Counter(len(record.cells) for record in found)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _layout(lines: list[str], delimiter: str) -> tuple[float, str, str, bool]:
    """Return how well ``delimiter`` splits the lines into equal rows, with the quotes that suit it."""
    quote = _quote(lines, delimiter)
    plain = _score(_sample(lines, delimiter, quote))
    if quote and any(delimiter + " " + quote in line for line in lines):
        skipping = _score(_sample(lines, delimiter, quote, True))
        if skipping > plain:
            return skipping, delimiter, quote, True
    return plain, delimiter, quote, False


def _score(found: list[Record]) -> float:
    width = _usual_width(found)
    if width < 2:
        return 0.0
    steady = sum(len(record.cells) == width for record in found) / len(found)
    first_is_narrow = len(found[0].cells) == 1
    if first_is_narrow and steady < 0.6:
        return 0.0  # prose: some lines happen to hold the character
    return steady * math.log2(1 + width) * (0.5 if first_is_narrow else 1.0)


def _quote(lines: list[str], delimiter: str) -> str:
    """Return the single quote when whole columns stand in it, else the double quote."""
    rows = [record.cells for record in _sample(lines, delimiter, "")][1:]
    if not any("'" in line for line in lines) or not rows:
        return '"'
    for column in range(max(map(len, rows))):
        cells = [row[column] for row in rows if len(row) > column and row[column]]
        wrapped = sum(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells)
        if len(cells) > 1 and wrapped >= 0.9 * len(cells):
            return "'"
    return '"'


def _header_position(found: list[Record], width: int, skipped: int, header_line: int | str | None) -> int:
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
