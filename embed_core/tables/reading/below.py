"""What stands below a table: footnotes, and a row of sums. They are said, with the way to leave them out."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from embed_core.errors import quoted
from embed_core.tables.reading.engine import identifier, literal
from embed_core.tables.wide import Source, Wide, of

Run = Callable[[str], Sequence[tuple[Any, ...]]]
Row = tuple[Any, ...]

TOTALS = (
    "total",
    "totals",
    "grand total",
    "sum",
    "summe",
    "gesamt",
    "insgesamt",
    "somme",
    "suma",
    "totale",
    "totaal",
)
LAST_ROWS = 10
_LOOKED_AT = 40
_MOSTLY_FULL = 2 / 3
_MUCH_LONGER = 2
_REMARK = re.compile(
    r"\s*(?:[*†‡§¹²³©]|[(\[]?\d{1,2}[)\]]|"
    r"(?:sources?|notes?|remarks?|footnotes?|as of|last updated|updated|copyright|legend|"
    r"quellen?|anmerkung(?:en)?|hinweise?|stand|fuentes?|fonte|notas?|remarques?|bron)\b)",
    re.IGNORECASE,
)


def last_rows(
    run: Run, source: Source, names: Sequence[str], most: int = LAST_ROWS
) -> tuple[int, Sequence[Row]]:
    """Return the place of the first of the last rows, from 0, and these rows."""
    if isinstance(source, Wide):
        return source.last(names, most)
    first = max(0, run(f"SELECT count(*) FROM {source}")[0][0] - most)
    return first, run(f"SELECT {', '.join(map(identifier, names))} FROM {source} OFFSET {first}")


def is_total(cell: object) -> bool:
    """Whether a cell says that its row sums up others.

    >>> is_total("Total:"), is_total("Totalled")
    (True, False)
    """
    return isinstance(cell, str) and cell.strip().rstrip(":").casefold() in TOTALS


def notes_on_below(run: Run, source: Source, names: Sequence[str]) -> list[str]:
    """Say how many of the last rows of ``source`` are footnotes or sums, below rows of which most cells are filled."""
    last = last_rows(run, source, names, _LOOKED_AT)[1]
    rows = [row for row in last if any(cell is not None for cell in row)]
    end = len(rows)
    while end and _is_footnote(rows[end - 1], rows[: end - 1]):
        end -= 1
    footnotes, sums = rows[end:], 0
    while sums < end and any(map(is_total, rows[end - sums - 1])):
        sums += 1
    above = rows[: end - sums]
    filled = sum(cell is not None for row in above for cell in row)
    if not above or filled < _MOSTLY_FULL * len(names) * len(above):
        return []
    notes = [_on_footnotes(footnotes)] if footnotes else []
    for row in rows[end - sums : end][:1]:
        place, text = next((place, cell) for place, cell in enumerate(row) if is_total(cell))
        name, column = names[place], identifier(names[place])
        if run(f"SELECT count(*) FROM {of(source, [name])} WHERE {column} = {literal(text)}")[0][0] <= sums:
            notes.append(
                f"The row {quoted(text)} at the end seems to sum up the others, and was read as one of them. If it "
                f"does, skip {_lines(sums + len(footnotes))} at the bottom."
            )
    return notes


def _is_footnote(row: Row, above: Sequence[Row]) -> bool:
    cells = [(place, str(cell)) for place, cell in enumerate(row) if cell is not None]
    place, text = cells[0]
    if len(cells) == 1 and len(row) > 2:
        return True
    if len(cells) == len(row):
        return False
    longest = max((len(str(each[place])) for each in above if each[place] is not None), default=len(text))
    return bool(_REMARK.match(text)) or (len(cells) == 1 and len(text) > _MUCH_LONGER * longest)


def _on_footnotes(rows: Sequence[Row]) -> str:
    said = quoted(next(str(cell) for cell in rows[-1] if cell is not None))
    is_one_cell = all(sum(cell is not None for cell in row) == 1 for row in rows)
    skip = f"skip {_lines(len(rows))} at the bottom."
    if len(rows) == 1:
        what = f"holds nothing but {said}" if is_one_cell else f"looks like a footnote, {said}"
        return f"The last row {what}. If that is a footnote, {skip}"
    what = "hold one cell each" if is_one_cell else "look like footnotes"
    return f"The last {len(rows)} rows {what}, such as {said}. If these are footnotes, {skip}"


def _lines(number: int) -> str:
    return "a line" if number == 1 else f"{number} lines"
