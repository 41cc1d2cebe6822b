"""What is said of each broken file."""

from dataclasses import dataclass
from datetime import datetime

Cell = str | int | float | datetime | None


@dataclass(frozen=True)
class Nasty:
    """A broken file, and how it must be read.

    Attributes:
        file: its name.
        what: what is broken, and what must come of it, in a line.
        content: its bytes.
        rows: all cells, or how many rows where that says enough; None when the file must be refused.
        names: of the columns; empty when the file has none, and they are numbered.
        encoding: of its letters, or another that gives the same letters.
        delimiter: what separates the cells; None when there is one column.
        decimal: its decimal mark.
        header_line: where the names stand, from 0; None when nowhere.
        says: parts of what must be said: of the report's notes, or of the error. Nothing else may be noted.
    """

    file: str
    what: str
    content: bytes
    rows: list[tuple[Cell, ...]] | int | None
    names: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str | None = ","
    decimal: str = "."
    header_line: int | None = 0
    says: tuple[str, ...] = ()


def text(
    file: str,
    what: str,
    content: str,
    rows: list[tuple[Cell, ...]] | int | None,
    names: str = "",
    *,
    encoding: str = "utf-8",
    delimiter: str | None = ",",
    decimal: str = ".",
    header_line: int | None = 0,
    says: tuple[str, ...] = (),
) -> Nasty:
    """Return a file of text; the names of its columns stand in one text, with a bar between two."""
    return Nasty(
        file=file,
        what=what,
        content=content.encode(encoding),
        rows=rows,
        names=tuple(names.split("|")) if names else (),
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        header_line=header_line,
        says=says,
    )


GUESS = "which is a guess"
NUMBERED = "No line with column names was found"
UNEQUAL = ("had fewer than", "had more than")
EMPTY_ROW = "held no values: left out"
QUOTE = "had a quote that does not close properly"
AS_TEXT = "was kept as text"
MONEY = "holds amounts of money"
AMBIGUOUS = "are ambiguous"
