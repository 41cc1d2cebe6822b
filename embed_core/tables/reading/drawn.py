"""Tables that people or programs drew with characters: rewritten, line by line, as delimited text."""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from embed_core.tables.reading.encoding import TextFile
from embed_core.tables.reading.plain_values import is_value

_SEPARATORS = ",;\t|"
_WRAPPED = re.compile(r'"((?:[^"]|"")*)"')
_FEWEST = 3
_WIDEST = 2_000
_RULE = frozenset(" \t|+:=-")
_LONG_RULE = re.compile(r"[-=_]{5,}")
_UPRIGHT, _LEVEL, _CORNERS = "│┃║┆┊╎", "─━═╌┄┈", "┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╞╡╪╟╢╫╭╮╯╰┏┓┗┛┣┫┳┻╋"
_BOX = {
    ord(each): mark for marks, mark in ((_UPRIGHT, "|"), (_LEVEL, "-"), (_CORNERS, "+")) for each in marks
}
_RULE_WITHIN = 4
_MOST = 0.9
_GAP = re.compile(r" {2,}|\t")
_BLANKS = re.compile(r"\s+")


class Drawing(NamedTuple):
    """How the lines of a drawn table become delimited text.

    Attributes:
        rewrite: takes a line without its end.
        delimiter: what stands between the cells of the result; None where that is still to be found.
        note: a sentence for people.
    """

    rewrite: Callable[[str], str]
    delimiter: str | None
    note: str


def find_drawing(lines: Sequence[str]) -> Drawing | None:
    """Return how a table with separators is drawn; None for plain delimited text.

    >>> [*map(find_drawing(['"town,sold"', '"Ulm,3"', '"Bonn,5"']).rewrite, ['"Ulm,3"'])]
    ['Ulm,3']
    >>> find_drawing(["| town | sold |", "|------|-----:|", "| Ulm  |    3 |"]).rewrite("| Bonn |   12 |")
    'Bonn|12'
    >>> find_drawing(["town  ,sold", "Ulm   ,   3", "Bonn  ,  12"]).rewrite("Ulm   ,   3")
    'Ulm,3'
    """
    bare = [line.rstrip("\r\n").translate(_BOX) for line in lines if line.strip()]
    if _are_wrapped(bare):
        return Drawing(_unwrapped, None, "Every line stands in quotes as a whole: they were taken off.")
    if _are_ruled(bare):
        return Drawing(
            _without_frame, "|", "The table is drawn: rules, and blanks beside the cells, were left out."
        )
    mark = next((mark for mark in _SEPARATORS if _are_padded(bare, mark)), None)
    if mark is None:
        return None
    return Drawing(
        lambda line: line if '"' in line else mark.join(cell.strip(" ") for cell in line.split(mark)),
        mark,
        "The cells are filled up with blanks to one width: these were left out.",
    )


def find_columns(lines: Sequence[str]) -> Drawing | None:
    r"""Return how a table is drawn whose columns stand below one another, with nothing but blanks between.

    Two blanks or more are between cells; or one, where as many cells in every line are values as in all others.

    >>> find_columns(["town      sold", "Ulm          3", "Bad Ems      5"]).rewrite("Bad Ems      5")
    'Bad Ems\t5'
    """
    bare = [line.strip() for line in lines if line.strip() and not _is_underline(line)]
    if len(bare) < _FEWEST or not any(_GAP.search(line) for line in bare):
        return None
    says = "The columns stand below one another, with blanks between: they were read so."
    gap = next((gap for gap in (_GAP, _BLANKS) if _are_even([gap.split(line) for line in bare], gap)), None)
    if gap is not None:
        return Drawing(lambda line: "" if _is_underline(line) else gap.sub("\t", line.strip()), "\t", says)
    places = _places([line.rstrip() for line in lines if line.strip() and not _is_underline(line)])
    if not places:
        return None
    return Drawing(lambda line: "" if _is_underline(line) else "\t".join(_cut(line, places)), "\t", says)


def _is_underline(line: str) -> bool:
    """Whether a line holds nothing but strokes, as those around the names do."""
    return (
        bool(line.strip()) and set(line.strip()) <= set("=- ") and any(mark in line for mark in ("==", "--"))
    )


def _places(lines: Sequence[str]) -> list[int]:
    """Return where the columns begin of lines that all have a blank before each of them; none where that is by chance.

    It is not where each column has a name, each row something in the first one, and one column holds values alone.

    >>> _places(["Name    Age", "Jo Doe    3", "Ann       5", "Bob Ray  71"])
    [0, 8]
    """
    width = max(map(len, lines))
    if len(lines) <= _FEWEST or any("\t" in line for line in lines) or width > _WIDEST:
        return []
    padded = [line.ljust(width) for line in lines]
    blank = [all(line[at] == " " for line in padded) for at in range(width)]
    # Or where a name begins behind several blanks, and no row has a word that goes on there.
    named = {found.end() for found in _GAP.finditer(padded[0])}
    places = [
        at
        for at in range(width)
        if not at
        or (blank[at - 1] and not blank[at])
        or (at in named and all(" " in line[at - 1 : at + 1] for line in padded))
    ]
    # A part of a name, below which nothing stands, or of texts, above which none does, belongs to what is before it.
    names, *rows = (_cut(line, places) for line in padded)
    kept = [
        at
        for column, at in enumerate(places)
        if not column or (names[column] and any(row[column] for row in rows))
    ]
    names, *rows = (_cut(line, kept) for line in padded)
    values = [all(is_value(cell) for cell in column if cell) for column in zip(*rows, strict=True)]
    is_table = len(kept) > 1 and all(row[0] for row in rows) and any(values[1:])
    return kept if is_table and not any(map(is_value, names)) else []


def _cut(line: str, places: Sequence[int]) -> list[str]:
    return [line[start:end].strip() for start, end in zip(places, [*places[1:], None], strict=True)]


def redrawn(text: TextFile, folder: Path, drawing: Drawing) -> TextFile:
    """Return a copy in ``folder`` as delimited text, which has as many lines."""
    path = folder / "redrawn"
    with (
        text.path.open(encoding="utf-8-sig", errors="replace", newline=text.line_end) as file,
        path.open("w", encoding="utf-8", newline="") as copy,
    ):
        for line in file:
            bare = line.rstrip("\r\n")
            copy.write(drawing.rewrite(bare) + line[len(bare) :])
    return dataclasses.replace(text, path=path, notes=(*text.notes, drawing.note))


def _are_wrapped(lines: Sequence[str]) -> bool:
    """Whether each line is one quoted cell, with as many separators in it as in all others."""
    found = [_WRAPPED.fullmatch(line) for line in lines]
    if len(found) < _FEWEST or not all(found):
        return False
    texts = [match[1] for match in found if match]
    return any(
        texts[0].count(mark) and len({text.count(mark) for text in texts}) == 1 for mark in _SEPARATORS
    )


def _unwrapped(line: str) -> str:
    match = _WRAPPED.fullmatch(line)
    return match[1].replace('""', '"') if match else line


def _are_ruled(lines: Sequence[str]) -> bool:
    """Whether a rule is drawn among the first lines, and nearly all others have as many upright strokes."""
    if not any(map(_is_rule, lines[:_RULE_WITHIN])):
        return False
    strokes = Counter(line.count("|") for line in lines if not _is_rule(line))
    usual, times = strokes.most_common(1)[0] if strokes else (0, 0)
    return usual > 0 and times >= _FEWEST - 1 and times + _FEWEST > _MOST * strokes.total()


def _is_rule(line: str) -> bool:
    drawn = any(mark in line for mark in "|+") and any(mark in line for mark in ("--", "=="))
    return (drawn and set(line) <= _RULE) or bool(_LONG_RULE.fullmatch(line.strip()))


def _without_frame(line: str) -> str:
    line = line.translate(_BOX)
    if _is_rule(line) or "|" not in line:  # what is not framed is no row: a title, or how many rows there are
        return ""
    cells = [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
    return "|".join(cells)


def _are_padded(lines: Sequence[str], mark: str) -> bool:
    """Whether a separator stands at the same places of every line, and blanks fill some cells up to them."""
    if len(lines) < _FEWEST:
        return False
    places = {tuple(at for at, sign in enumerate(line) if sign == mark) for line in lines[1:]}
    if len(places) != 1 or lines[0].count(mark) != len(*places) or not any(places):
        return False
    *columns, _ = zip(*(line.split(mark) for line in lines[1:]), strict=True)
    return any(len({len(cell.strip()) for cell in column if cell.strip()}) > 1 for column in columns)


def _are_even(rows: Sequence[Sequence[str]], gap: re.Pattern[str]) -> bool:
    """Whether all rows have as many cells; with one blank between, also whether the columns hold values."""
    widths = {len(cells) for cells in rows}
    if len(widths) != 1 or widths == {1}:
        return False
    if gap is _GAP:
        return True
    valued = [all(map(is_value, column)) for column in zip(*rows[1:], strict=True)]
    return sum(valued) > 1
