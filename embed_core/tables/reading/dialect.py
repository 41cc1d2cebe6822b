"""How a delimited text file is laid out: its separator, its quotes and the line of its column names."""

import math
import re
from dataclasses import dataclass

from embed_core.tables.reading.file_format import check_width
from embed_core.tables.reading.heading import find_heading, usual_width
from embed_core.tables.reading.records import Record, records

DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"
_SAMPLE_RECORDS = 300
_SEPARATOR_LINE = re.compile(r'^\ufeff?"?sep=(.)"?$', re.IGNORECASE)


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
        cells: how many cells records have.
        notes: sentences for people.
    """

    delimiter: str
    quote: str
    skip_blank: bool
    header_line: int | None
    first_line: int
    header: tuple[str, ...]
    width: int
    cells: int
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
    layouts = (_layout(lines[skipped:], candidate, quote) for candidate in candidates)
    score, chosen, quote, skip_blank = max(layouts, key=lambda found: found[0])
    if not score and delimiter is None:
        chosen = NO_DELIMITER
    if skip_blank:
        notes.append(f'A blank after each "{chosen}" was taken as part of the separator.')
    found = [
        Record(record.line + skipped, record.cells)
        for record in _sample(lines[skipped:], chosen, quote, skip_blank)
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
    return Dialect(
        chosen,
        quote,
        skip_blank,
        heading.header_line,
        first,
        heading.names,
        heading.width,
        heading.cells,
        tuple(notes),
    )


def _sample(lines: list[str], delimiter: str, quote: str, skip_blank: bool = False) -> list[Record]:
    found = []
    for record in records(lines, delimiter=delimiter, quote=quote, skip_blank=skip_blank):
        if record.cells:
            found.append(record)
        if len(found) >= _SAMPLE_RECORDS:
            break
    return found


def _layout(lines: list[str], delimiter: str, quote: str | None) -> tuple[float, str, str, bool]:
    """Return how well ``delimiter`` splits the lines into equal rows, with the quotes that suit it."""
    quote = _quote(lines, delimiter) if quote is None else quote
    plain = _score(_sample(lines, delimiter, quote))
    if quote and any(delimiter + " " + quote in line for line in lines):
        skipping = _score(_sample(lines, delimiter, quote, True))
        if skipping > plain:
            return skipping, delimiter, quote, True
    return plain, delimiter, quote, False


def _score(found: list[Record]) -> float:
    width = usual_width(found)
    if width < 2:
        return 0.0
    steady = sum(len(record.cells) == width for record in found) / len(found)
    first_is_narrow = len(found[0].cells) == 1
    if first_is_narrow and steady < 0.6:
        return 0.0  # prose: some lines happen to hold the character
    return steady * math.log2(1 + width) * (0.5 if first_is_narrow else 1.0)


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
