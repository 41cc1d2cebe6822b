"""How a table was read."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_NAMED_CHARACTERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blank"}


@dataclass(frozen=True)
class ReadingReport:
    """What was assumed, repaired, renamed or left out while a table was read.

    Attributes:
        format: "CSV", "Parquet", "DataFrame", ...
        encoding: how the letters were stored, None when the format knows by itself.
        delimiter: the character between two cells; None for one column or another format.
        quote: the character around quoted cells; None when there is none.
        decimal: the decimal mark, "." or ","; None when the format knows by itself.
        header_line: line of the column names, counted from 0; None when there is none.
        sheet: which sheet of a workbook was read; None for another format.
        sheets: all that the workbook has.
        written: for columns of dates, the format, as strftime takes it, that gives their text back.
        bags: for columns whose cells are read as several values, what stands between these.
        rows: rows read.
        columns: columns read.
        notes: sentences for people, in the order in which things were met.
    """

    format: str
    rows: int
    columns: int
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    decimal: str | None = None
    header_line: int | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    bags: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def replaced(self, **changes: Any) -> "ReadingReport":
        """Return the same report with some of its attributes changed."""
        return dataclasses.replace(self, **changes)

    def lines(self) -> list[tuple[str, str]]:
        """Return the report as pairs of a label and a value, for display.

        >>> ReadingReport("CSV", rows=2, columns=1, encoding="utf-8", delimiter=";").lines()[:3]
        [('Format', 'CSV'), ('Rows', '2'), ('Columns', '1')]
        """
        pairs = [("Format", self.format), ("Rows", f"{self.rows:,}"), ("Columns", f"{self.columns:,}")]
        header = "none" if self.header_line is None else f"line {self.header_line + 1}"
        if self.sheet is not None:
            pairs += [("Sheet", self.sheet), ("Column names", header)]
        if self.encoding is not None:
            pairs += [
                ("Encoding", self.encoding),
                ("Separator", _character_name(self.delimiter)),
                ("Quotes", _character_name(self.quote)),
                ("Decimal mark", self.decimal or "."),
                ("Column names", header),
            ]
        return pairs + [("Note", note) for note in self.notes]


def _character_name(character: str | None) -> str:
    if not character:
        return "none"
    return _NAMED_CHARACTERS.get(character, character)
