"""Records of delimited text, read so that one bad quote never swallows the lines after it."""

import csv
import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

_LONGEST_RECORD_LINES = 1_000
_LONGEST_CELL = 2**31 - 1


class Record(NamedTuple):
    """One record: the line where it starts (from 0), its cells, and whether its quotes were repaired."""

    line: int
    cells: list[str]
    repaired: bool = False


class _Lines:
    """Lines with their numbers; lines can be handed back."""

    def __init__(self, lines: Iterable[str]):
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.number += 1
        return line

    def ahead(self) -> str:
        """Return the line that comes next; "" at the end."""
        if not self._returned:
            self._returned.extend(itertools.islice(self._lines, 1))
        return self._returned[0] if self._returned else ""

    def hand_back(self, lines: list[str]) -> None:
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)


def records(
    lines: Iterable[str],
    *,
    delimiter: str,
    quote: str,
    width: int | None = None,
    skip_blank: bool = False,
    escape: str = "",
) -> Iterator[Record]:
    """Yield the records of ``lines`` (which keep their line ends); blank lines have no cells.

    A quote that is opened and not closed as the rules of CSV ask is taken literally, and reading
    goes on at the next line.

    Args:
        lines: the lines.
        delimiter: the character between cells.
        quote: the character around quoted cells, "" when there is none.
        width: cells that a record should have, None when unknown.
        skip_blank: whether blanks after a delimiter belong to it.
        escape: the character that stands before a quote inside of a quoted cell; "" where such quotes are doubled.

    >>> [record.cells for record in records(['a,"b', 'c,d'], delimiter=",", quote='"', width=2)]
    [['a', '"b'], ['c', 'd']]
    """
    csv.field_size_limit(_LONGEST_CELL)
    if escape:
        escaped = re.compile(f"(?<!{re.escape(escape)}){re.escape(escape + quote)}")
        lines = (escaped.sub(quote * 2, line) if escape in line else line for line in lines)
    source = _Lines(lines)
    opening = delimiter + quote
    for line in source:
        start = source.number - 1
        text = line.rstrip("\r\n")
        if not text:
            yield Record(start, [])
        elif not quote or quote not in text:
            cells = text.split(delimiter)
            yield Record(start, [cell.lstrip(" ") for cell in cells] if skip_blank else cells)
        elif not skip_blank and text[0] != quote and opening not in text:
            yield Record(start, text.split(delimiter))
        elif not skip_blank and text.count(quote) == 1 and _cannot_close(source.ahead(), delimiter, quote):
            yield Record(start, text.split(delimiter), True)
        else:
            cells, repaired = _quoted(line, source, delimiter, quote, width, skip_blank)
            yield Record(start, cells, repaired)


def _cannot_close(line: str, delimiter: str, quote: str) -> bool:
    """Whether a cell that is open cannot be closed in this line, as the rules of CSV ask.

    A parser finds that out as well, at ten times the cost, and so may all lines of a file be.
    """
    place = line.find(quote)
    return place >= 0 and line[place + 1 : place + 2] not in ("", quote, delimiter, "\r", "\n")


def _quoted(
    line: str, source: _Lines, delimiter: str, quote: str, width: int | None, skip_blank: bool
) -> tuple[list[str], bool]:
    """Read a record that holds quotes and starts at ``line``."""
    taken: list[str] = []

    def following() -> Iterator[str]:
        yield line
        for more in source:
            taken.append(more)
            yield more
            if len(taken) >= _LONGEST_RECORD_LINES:
                return

    reader = csv.reader(
        following(), delimiter=delimiter, quotechar=quote, skipinitialspace=skip_blank, strict=True
    )
    try:
        cells: list[str] | None = next(reader)
    except csv.Error:
        cells = None
    if cells is not None and (not taken or width is None or len(cells) == width):
        return cells, False
    alone = _lenient(line.rstrip("\r\n"), delimiter, quote, skip_blank)
    if cells is not None and width is not None and abs(len(cells) - width) < abs(len(alone) - width):
        return cells, False
    source.hand_back(taken)
    return alone, True


@cache
def _quoted_cells(delimiter: str, quote: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what a quoted cell is by the rules of CSV, and what it is otherwise."""
    d, q = re.escape(delimiter), re.escape(quote)
    return (
        re.compile(f"{q}((?:[^{q}]|{q}{q})*){q}(?={d}|$)"),
        re.compile(f"{q}(.*?){q}(?={d}|$)"),
    )


def _lenient(text: str, delimiter: str, quote: str, skip_blank: bool) -> list[str]:
    """Split one line; a quoted cell ends at the first quote before a delimiter or the end of the line."""
    proper, loose = _quoted_cells(delimiter, quote)
    cells, position = [], 0
    while True:
        if skip_blank:
            position += len(text[position:]) - len(text[position:].lstrip(" "))
        match = None
        if text.startswith(quote, position):
            match = proper.match(text, position) or loose.match(text, position)
        if match:
            cells.append(match[1].replace(quote * 2, quote))
            position = match.end()
        else:
            end = text.find(delimiter, position)
            end = len(text) if end < 0 else end
            cells.append(text[position:end])
            position = end
        if position >= len(text):
            return cells
        position += len(delimiter)
        if position == len(text):
            return [*cells, ""]
