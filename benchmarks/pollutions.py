"""Files of one table, each polluted in one way: the kinds of Pollock (Vitagliano et al., VLDB 2023), made here.

A kind is a few files; with each stands what a reader should get out of it.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Row = list[str]


@dataclass(frozen=True)
class Polluted:
    """A file, and what it holds.

    Attributes:
        kind: how it was polluted.
        content: its bytes.
        names: of its columns; empty when it has none.
        rows: as texts; an empty one is missing.
        optional: rows that a reader may leave out or keep, such as a note below the table.
        broken: how many rows are beyond repair, and count neither for nor against a reader.
    """

    kind: str
    content: bytes
    names: Row
    rows: list[Row]
    optional: list[Row] = field(default_factory=list)
    broken: int = 0


class _Style(NamedTuple):
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""  # doubled quotes, unless another is given
    end: str = "\r\n"
    all_quoted: bool = False


_PLAIN = _Style()


def _cell(text: str, style: _Style) -> str:
    special = (style.delimiter, style.quote, "\r", "\n")
    if not style.quote or not (style.all_quoted or any(each in text for each in special if each)):
        return text
    escaped = text.replace(style.quote, (style.escape or style.quote) + style.quote)
    return style.quote + escaped + style.quote


def _line(cells: Sequence[str], style: _Style) -> str:
    return style.delimiter.join(_cell(cell, style) for cell in cells)


def _text(rows: Sequence[Sequence[str]], style: _Style = _PLAIN) -> str:
    return "".join(_line(row, style) + style.end for row in rows)


def pollutions(names: Row, rows: list[Row]) -> Iterator[Polluted]:
    """Yield the files, kind after kind."""
    yield from _of_rows(names, rows)
    yield from _of_names(names, rows)
    yield from _around(names, rows)
    yield from _of_dialect(names, rows)
    yield from _in_a_cell(names, rows)


def _of_rows(names: Row, rows: list[Row]) -> Iterator[Polluted]:
    def file(kind: str, content: str, names: Row, rows: list[Row]) -> Polluted:
        return Polluted(kind, content.encode(), names, rows)

    whole = [names, *rows]
    yield file("as it is", _text(whole), names, rows)
    yield file("no payload", "", [], [])
    yield file("names alone", _text([names]), names, [])
    for place in (0, len(rows) // 2):
        yield file("one row", _text([names, rows[place]]), names, [rows[place]])
    yield file("no names", _text(rows), [], rows)


def _of_names(names: Row, rows: list[Row]) -> Iterator[Polluted]:
    half = len(names) // 2
    spans = ["what", *[""] * (half - 1), "how", *[""] * (len(names) - half - 1)]
    parts = [name.split(" ", 1) for name in names]
    above, below = [part[0] for part in parts], [part[1] if len(part) > 1 else "" for part in parts]
    for kind, lines, found in (
        ("names on two lines", [above, below], [" ".join(filter(None, part)) for part in parts]),
        (
            "names on three lines",
            [spans, above, below],
            [f"{'what' if at < half else 'how'} {name}" for at, name in enumerate(names)],
        ),
        ("doubled names", [[names[0], names[0], *names[2:]]], [names[0], f"{names[0]} (2)", *names[2:]]),
        ("an empty name", [[*names[:2], "", *names[3:]]], [*names[:2], "column 3", *names[3:]]),
    ):
        yield Polluted(kind, _text([*lines, *rows]).encode(), found, rows)


def _around(names: Row, rows: list[Row]) -> Iterator[Polluted]:
    whole = _text([names, *rows])
    for title in (
        "Strikes of birds\r\n",
        "Strikes of birds\r\nas reported\r\n\r\n",
        "Strikes" + "," * 6 + "\r\n",
    ):
        yield Polluted("lines above", (title + whole).encode(), names, rows)
    for note in (
        "Source: the agency\r\n",
        "\r\nSource: the agency\r\nAs of May\r\n",
        "Notes" + "," * 6 + "\r\n",
    ):
        texts = [line.rstrip(",") for line in note.split("\r\n") if line.strip(",")]
        yield Polluted(
            "lines below", (whole + note).encode(), names, rows, optional=[[text] for text in texts]
        )
    for kind, width in (("narrower", len(names) - 2), ("equal", len(names)), ("wider", len(names) + 2)):
        second = [[*(row * 2)[:width]] for row in rows[:30]]
        again = [*(names * 2)[:width]]
        for gap in ("", "\r\n"):
            content = whole + gap + _text([again, *second])
            kept = max(width, len(names))
            yield Polluted(
                f"a second table below, {kind}",
                content.encode(),
                names,
                [*rows, *(row[:kept] for row in second)],
                optional=[again],
            )


def _of_dialect(names: Row, rows: list[Row]) -> Iterator[Polluted]:
    whole = [names, *rows]
    for mark, called in ((";", "semicolon"), ("\t", "tab"), ("|", "bar"), (" ", "blank")):
        yield Polluted(f"separator: {called}", _text(whole, _Style(mark)).encode(), names, rows)
    for mark in ("||", ", ", ";;"):
        yield Polluted("separator of two characters", _text(whole, _Style(mark)).encode(), names, rows)
    plain = [[cell.replace(",", " ").replace('"', " ") for cell in row] for row in rows]
    yield Polluted("quote: '", _text(whole, _Style(quote="'")).encode(), names, rows)
    yield Polluted("quote: '", _text(whole, _Style(quote="'", all_quoted=True)).encode(), names, rows)
    yield Polluted("quote: none", _text([names, *plain], _Style(quote="")).encode(), names, plain)
    quoted = [[row[0] + ' "the field"', *row[1:]] if at % 5 == 0 else row for at, row in enumerate(rows)]
    yield Polluted("quotes in cells, doubled", _text([names, *quoted]).encode(), names, quoted)
    yield Polluted(
        "quotes in cells, \\", _text([names, *quoted], _Style(escape="\\")).encode(), names, quoted
    )
    for end, called in (("\r", "CR"), ("\n", "LF"), ("\r\n", "CRLF")):
        yield Polluted(f"ends of lines: {called}", _text(whole, _Style(end=end)).encode(), names, rows)
    text = _text(whole)
    yield Polluted("no end of the last line", text.removesuffix("\r\n").encode(), names, rows)
    yield Polluted("two ends of the last line", (text + "\r\n").encode(), names, rows)


def _in_a_cell(names: Row, rows: list[Row]) -> Iterator[Polluted]:
    style = _Style()
    whole = [[_cell(cell, style) for cell in row] for row in (names, *rows)]
    places = itertools.product((0, 1, 2, len(rows) // 2, len(rows)), (0, len(names) // 2, len(names) - 1))
    for line, column in places:
        for kind in (
            *("a separator too many", "a separator too few", "a quote too many"),
            *("another separator in a row", "another quote in a row"),
        ):
            cells = list(whole[line])
            broken = 1
            if kind == "a separator too many":
                text = ",".join([*cells[: column + 1], "", *cells[column + 1 :]])
            elif kind == "a separator too few":
                at = min(column, len(cells) - 2)
                text = ",".join([*cells[:at], cells[at] + cells[at + 1], *cells[at + 2 :]])
            elif kind == "a quote too many":
                cells[column] += '"'
                text = ",".join(cells)
            elif kind == "another separator in a row":
                text = ";".join(cells)
            else:
                text = _line([names, *rows][line], _Style(quote="'", all_quoted=True))
            lines = [",".join(each) for each in whole]
            lines[line] = text
            left = [row for at, row in enumerate(rows, 1) if at != line]
            yield Polluted(
                kind, ("\r\n".join(lines) + "\r\n").encode(), names if line else [], left, broken=broken
            )
