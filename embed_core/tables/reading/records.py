"""Records of delimited text, read so that one bad quote never swallows the lines after it."""

import csv
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

_LONGEST_RECORD_LINES = 1_000
_BLOCK = 2_000
_LONGEST_CELL = 2**31 - 1


class Record(NamedTuple):
    """One record: the line where it starts (from 0), its cells, and whether its quotes were repaired."""

    line: int
    cells: list[str]
    repaired: bool = False


class Lines:
    """Lines with their numbers; lines can be handed back.

    Args:
        lines: the lines.

    Attributes:
        number: of the line that comes next, from 0.
        looked_until: up to which line `plain_records` has found that they are not all plain.
    """

    def __init__(self, lines: Iterable[str]):
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.number = 0
        self.looked_until = 0

    def __iter__(self) -> "Lines":
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

    def take(self, count: int) -> list[str]:
        """Return the next lines, at most so many."""
        first = [self._returned.popleft() for _ in range(min(count, len(self._returned)))]
        taken = [*first, *itertools.islice(self._lines, count - len(first))]
        self.number += len(taken)
        return taken

    def hand_back(self, lines: list[str]) -> None:
        """Have lines come again."""
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)


def records(
    lines: Iterable[str] | Lines,
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
    source = lines if isinstance(lines, Lines) else Lines(lines)
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


def plain_records(
    source: Lines, *, delimiter: str, quote: str, width: int, on_repair: Callable[[int], object]
) -> Iterator[list[str]]:
    """Yield the cells of records as long as nothing about them is special: as `records` does, and much faster.

    A line that has to be looked at more closely is handed back.

    Args:
        source: the lines, which go on from there.
        delimiter: as of `records`.
        quote: likewise.
        width: cells that each has; the first holds something.
        on_repair: called with the line (from 0) of each of which a quote is taken literally.
    """
    opening = delimiter + quote
    while True:
        if source.number >= source.looked_until:
            start = source.number
            block = source.take(_BLOCK)
            if not block:
                return
            rows = _plain_block(block, source.ahead(), delimiter, quote, width)
            if rows is not None:
                if quote and quote in block[0]:
                    opened = (line[0] == quote or opening in line for line in block)
                    for at in itertools.compress(itertools.count(start), opened):
                        on_repair(at)
                yield from rows
                continue
            source.hand_back(block)
            source.looked_until = start + _BLOCK
        line = next(source, "")
        is_open = bool(quote) and quote in line and (line[0] == quote or opening in line)
        cells = line.rstrip("\r\n").split(delimiter)
        if (
            len(cells) != width
            or not cells[0].strip()
            or (is_open and (line.count(quote) != 1 or not _cannot_close(source.ahead(), delimiter, quote)))
        ):
            source.hand_back([line] if line else [])
            return
        if is_open:
            on_repair(source.number - 1)
        yield cells


def _plain_block(
    block: list[str], following: str, delimiter: str, quote: str, width: int
) -> list[list[str]] | None:
    """Return the cells of lines of which none holds a quote, or each holds one, and none of these closes; else None."""
    text = "".join(block)
    if quote and quote in text:
        if any(line.count(quote) != 1 for line in block) or not _cannot_close(following, delimiter, quote):
            return None
        if _closing(delimiter, quote).search(text):
            return None
    lines = text.replace("\r", "").removesuffix("\n").split("\n")
    rows = [line.split(delimiter) for line in lines]
    is_plain = {*map(len, rows)} == {width} and all(row[0].strip() for row in rows)
    return rows if is_plain else None


@cache
def _closing(delimiter: str, quote: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(quote)}(?:[{re.escape(delimiter + quote)}\r\n]|$)")


def _cannot_close(line: str, delimiter: str, quote: str) -> bool:
    """Whether a cell that is open cannot be closed in this line, as the rules of CSV ask.

    A parser finds that out as well, at ten times the cost, and so may all lines of a file be.
    """
    place = line.find(quote)
    return place >= 0 and line[place + 1 : place + 2] not in ("", quote, delimiter, "\r", "\n")


def _quoted(
    line: str, source: Lines, delimiter: str, quote: str, width: int | None, skip_blank: bool
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
