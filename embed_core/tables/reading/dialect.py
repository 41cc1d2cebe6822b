"""How a delimited text file is laid out: its separator, its quotes and the line of its column names."""

import itertools
import math
import re
from dataclasses import dataclass

from embed_core.tables.reading.file_format import check_width
from embed_core.tables.reading.heading import find_heading, usual_width
from embed_core.tables.reading.plain_values import is_number, is_value
from embed_core.tables.reading.records import Record, records

DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"
_SURE = "^~\x01§¬¦，"  # noqa: RUF001
_RARE = (*_SURE, "*", ":", " ")
_SAMPLE_RECORDS = 300
_STEADY = 0.9
_SEPARATOR_LINE = re.compile(r'^\ufeff?"?sep=(.)"?$', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """The layout of a delimited text file.

    Attributes:
        delimiter: the character between cells; `NO_DELIMITER` for a single column.
        quote: the character around quoted cells, "" when there is none.
        skip_blank: whether a blank after the delimiter belongs to it.
        escape: the character before a quote inside of a quoted cell; "" where such quotes are doubled.
        between: places between two delimiters that are no columns: several delimiters stand between cells.
        header_line: line of the column names, from 0; None when there is none.
        first_line: line of the first row, from 0.
        header: the names as they stand in the file; shorter than ``width`` when some are lacking.
        width: how many columns.
        cells: how many cells records have.
        has_hashes: whether some row begins with #, as comments do elsewhere.
        notes: sentences for people.
    """

    delimiter: str
    quote: str
    skip_blank: bool
    escape: str
    between: tuple[int, ...]
    header_line: int | None
    first_line: int
    header: tuple[str, ...]
    width: int
    cells: int
    has_hashes: bool
    notes: tuple[str, ...]


def sniff(
    lines: list[str],
    *,
    name: str,
    delimiter: str | None = None,
    quote: str | None = None,
    header_line: int | str | None = "detect",
    skip_top: int = 0,
) -> Dialect:
    """Work out the layout from the first lines of a file.

    Args:
        lines: lines with their ends.
        name: what people call the file, for messages.
        delimiter: the separator, None to detect it.
        quote: what stands around quoted cells, "" for nothing, None to detect it.
        header_line: line of the column names from 0, None for no names, "detect" to detect it.
        skip_top: how many lines above to leave out.

    Raises:
        AtlasError: there are too many columns.
    """
    notes = []
    named = _SEPARATOR_LINE.match(lines[0].rstrip("\r\n")) if lines else None
    skipped = max(1 if named else 0, min(skip_top, len(lines)))
    if named:
        notes.append(f'Line 1 names the separator ("{named[1]}") and is not part of the table.')
        delimiter = delimiter or named[1]
    is_said = quote is not None
    candidates = (delimiter,) if delimiter else DELIMITERS
    layouts = [_layout(lines[skipped:], candidate, quote) for candidate in candidates]
    best = max(layouts, key=lambda found: found[0])
    if best[1] == ",":
        others = (each for each in layouts if each[0] and each is not best)
        best = next((each for each in others if _has_commas_in_numbers(lines[skipped:], *each[1:3])), best)
    score, chosen, quote, skip_blank = best
    if not score and delimiter is None:
        rare = (mark for mark in _RARE if _is_apart_by(mark, lines[skipped:], quote))
        chosen = next(rare, NO_DELIMITER)
    escape = _escape(lines[skipped:], chosen, quote)
    if escape:
        notes.append("A quote inside of a quoted cell is one that a backslash stands before.")
    if skip_blank:
        notes.append(f'A blank after each "{chosen}" was taken as part of the separator.')
    found = [
        Record(record.line + skipped, record.cells)
        for record in _sample(lines[skipped:], chosen, quote, skip_blank, escape)
        if any(record.cells)
    ]
    if not is_said and quote == '"' and any(_in_single_quotes(record.cells) for record in found):
        notes.append(
            "Some cells stand in single quotes, and most do not: these quotes were read as part of the text. If "
            "they are not, say that the quote is '."
        )
    check_width(usual_width(found), name)
    heading = find_heading(found, header_line=header_line)
    first = len(lines) if heading.first_line is None else heading.first_line
    notes += heading.notes
    between = _between(found, heading.width, chosen)
    if between:
        notes.append("Several separators stand between two cells: what is between them is no column.")
    return Dialect(
        chosen,
        quote,
        skip_blank,
        escape,
        between,
        heading.header_line,
        first,
        heading.names,
        heading.width,
        heading.cells,
        any(record.line >= first and _is_hashed(record, heading.cells) for record in found),
        tuple(notes),
    )


def _is_hashed(record: Record, width: int) -> bool:
    return len(record.cells) == width and record.cells[0].startswith("#")


def _sample(
    lines: list[str], delimiter: str, quote: str, skip_blank: bool = False, escape: str = ""
) -> list[Record]:
    found = []
    for record in records(lines, delimiter=delimiter, quote=quote, skip_blank=skip_blank, escape=escape):
        if record.cells:
            found.append(record)
        if len(found) >= _SAMPLE_RECORDS:
            break
    return found


def _layout(lines: list[str], delimiter: str, quote: str | None) -> tuple[float, str, str, bool]:
    """Return how well ``delimiter`` splits the lines into equal rows, with the quotes that suit it."""
    is_said = quote is not None
    quote = _quote(lines, delimiter) if quote is None else quote
    plain = _score(_sample(lines, delimiter, quote))
    if not is_said and quote == '"' and any(f"{delimiter}'" in f"{delimiter}{line}" for line in lines):
        # Few cells are quoted, as few hold a separator: rows are then of one width only without these.
        single = _sample(lines, delimiter, "'")
        if usual_width(single) > 1 and _steady(single) > _steady(_sample(lines, delimiter, quote)):
            plain, quote = _score(single), "'"
    is_padded = _is_padded(lines, delimiter, quote)
    if is_padded or (quote and any(delimiter + " " + quote in line for line in lines)):
        skipping = _score(_sample(lines, delimiter, quote, True))
        if skipping > (0 if is_padded else plain) and plain:
            return skipping, delimiter, quote, True
    return plain, delimiter, quote, False


def _has_commas_in_numbers(lines: list[str], delimiter: str, quote: str) -> bool:
    """Whether, from the names on, all records have one width, and commas stand in numbers alone."""
    found = _sample(lines, delimiter, quote)
    width = usual_width(found)
    names, *rows = itertools.dropwhile(lambda record: len(record.cells) != width, found)
    if width < 2 or any("," in cell or is_value(cell) for cell in names.cells):
        return False
    marked = [cell for record in rows for cell in record.cells if "," in cell]
    return _steady(rows) >= _STEADY and bool(marked) and sum(map(is_number, marked)) >= _STEADY * len(marked)


def _is_padded(lines: list[str], delimiter: str, quote: str) -> bool:
    """Whether a blank stands before the second and every further cell, of the names and of the rows."""
    cells = [cell for record in _sample(lines, delimiter, quote) for cell in record.cells[1:] if cell]
    return len(cells) > 2 and all(cell[0] == " " and cell.strip() for cell in cells)


def _steady(found: list[Record]) -> float:
    """Return the share of the records that have as many cells as most."""
    width = usual_width(found)
    return sum(len(record.cells) == width for record in found) / max(1, len(found))


def _score(found: list[Record]) -> float:
    width = usual_width(found)
    if width < 2:
        return 0.0
    steady = _steady(found)
    first_is_narrow = len(found[0].cells) == 1
    if first_is_narrow and (steady < 0.6 or _is_prose(found[1:])):
        return 0.0  # some lines happen to hold the character
    return steady * math.log2(1 + width) * (0.5 if first_is_narrow else 1.0)


def _is_apart_by(mark: str, lines: list[str], quote: str | None) -> bool:
    """Whether a character that seldom does stands between cells: all rows are of one width.

    Texts, and times, hold blanks and colons, too: with these some columns hold values below names, or some cells stand
    in quotes for the character in them.
    """
    found = _sample(lines, mark, '"' if quote is None else quote)
    width = usual_width(found)
    found = [record for record in found if not record.cells[0].startswith("#")]
    # R names no names of rows.
    is_of_r = len(found) > 1 and len(found[0].cells) == width - 1 and mark == " "
    if len(found) < 3 or any(len(record.cells) != width for record in found[is_of_r:]):
        return False
    if mark in _SURE:
        return width > 1
    if width < 3:
        return False
    cells = [cell for record in found for cell in record.cells]
    if any(mark in cell for cell in cells) or (
        all(is_value(cell) or not cell for cell in cells) and (mark != ":" or not all(cells))
    ):
        return True
    names, *rows = (record.cells for record in found)
    valued = [all(map(is_value, column)) for column in zip(*rows, strict=True)]
    return sum(valued) > 1 and not any(map(is_value, names))


def _escape(lines: list[str], delimiter: str, quote: str) -> str:
    """Return the backslash where it stands before quotes in quoted cells, "" where these are doubled."""
    if not quote or not any("\\" + quote in line for line in lines):
        return ""

    def broken(escape: str) -> int:
        found = _sample(lines, delimiter, quote, escape=escape)
        width = usual_width(found)
        return sum(record.repaired or len(record.cells) != width for record in found)

    return "\\" if broken("\\") < broken("") else ""


def _between(found: list[Record], width: int, delimiter: str) -> tuple[int, ...]:
    """Return the places that are empty in all records, if these are every second one, or blanks separate."""
    rows = [record.cells for record in found if len(record.cells) == width]
    if width < 3 or len(rows) < max(2, len(found)):
        return ()
    empty = tuple(at for at in range(1, width - 1) if not any(row[at] for row in rows))
    return empty if delimiter == " " or empty == tuple(range(1, width, 2)) else ()


def _is_prose(found: list[Record]) -> bool:
    """Whether the cells go on as a sentence does after a comma, and none holds a value."""
    cells = [cell for record in found for cell in record.cells[1:] if cell]
    return all(cell[0] == " " for cell in cells) and not any(
        is_value(cell) for record in found for cell in record.cells
    )


def _in_single_quotes(cells: list[str]) -> bool:
    """Whether a cell of a record, or several with the delimiters between, begin and end with a single quote."""
    opened = next((at for at, cell in enumerate(cells) if cell.startswith("'")), None)
    if opened is None:
        return False
    return any(
        cell.endswith("'") and (at > opened or len(cell) > 1) for at, cell in enumerate(cells) if at >= opened
    )


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
