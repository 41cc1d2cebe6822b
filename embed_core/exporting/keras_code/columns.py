"""The columns of a table as pandas gives them, as expressions of a script."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from embed_core.exporting.content import GALLERY, Content

_PART = re.compile(r"(month|weekday|hour) of (.+)", re.DOTALL)
_BINS = re.compile(r"(.+) in bins", re.DOTALL)
_PLAIN = ("CSV", "TSV", "Excel", "OpenDocument", "Parquet")
_NOT_PLAIN = (
    '# More than pandas does was done to read this file: Data, "How it was read". Where that matters, let FILE be the\n'
    "# CSV that the Export page makes of your own table.\n"
)
_OF_TIME = {"month": "month_name()", "weekday": "day_name()", "hour": 'strftime("%H:00")'}


@dataclass(frozen=True)
class Columns:
    """How the columns of a run's table are read in pandas.

    Attributes:
        file: the table's name.
        options: of pandas' reader.
        decimal: the decimal mark.
        times: of columns of times the format in which they are written.
        known: the columns of the table; empty where it is not at hand.
        is_plain: whether pandas reads the file as it was read; something was assumed, mended or joined otherwise.
    """

    file: str
    options: Mapping[str, object] = field(default_factory=dict)
    decimal: str = "."
    times: Mapping[str, str] = field(default_factory=dict)
    known: Collection[str] = ()
    is_plain: bool = True

    @classmethod
    def of(cls, content: Content) -> "Columns":
        """Return how the table of a run is read, by its reading report where there is one."""
        record, table = content.record, content.table
        assert record is not None
        if record.source.startswith(GALLERY):
            file = record.source.removeprefix(GALLERY) + ".parquet"
            return cls(file, known=() if table is None else table.columns)
        if table is None:
            return cls(record.table)
        report = table.report
        if report.sheet is not None:
            options = {"sheet_name": report.sheet, "skiprows": report.header_line or None}
        else:
            options = {
                "sep": report.delimiter,
                "encoding": report.encoding,
                "skiprows": report.header_line or None,
            }
        given = {name: value for name, value in options.items() if value is not None}
        is_plain = not report.notes and report.format in _PLAIN
        return cls(record.table, given, report.decimal or ".", report.written, table.columns, is_plain)

    def reading(self) -> str:
        """Return the lines that read the table."""
        name = self.file.lower()
        if name.endswith((".parquet", ".pq")):
            return "table = pd.read_parquet(FILE)"
        reader = "read_excel" if name.endswith((".xlsx", ".xls", ".ods")) else "read_csv"
        options = "".join(f", {option}={value!r}" for option, value in self.options.items())
        return (
            ("" if self.is_plain else _NOT_PLAIN)
            + "# Every cell is the text that it is; an empty one is missing.\n"
            f'table = pd.{reader}(FILE, dtype=str, keep_default_na=False, na_values=[""]{options})'
        )

    def number(self, name: str) -> str:
        """Return a column as float64, NaN where it is no finite number."""
        values = f"table[{name!r}]"
        if self.decimal == ",":
            values += '.str.replace(",", ".")'
        return f'pd.to_numeric({values}, errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)'

    def text(self, name: str) -> str:
        """Return a column as texts; or the part of a time, or the bins of a number, that a run calls so."""
        part, bins = _PART.fullmatch(name), _BINS.fullmatch(name)
        if name in self.known or not (part or bins):
            return f'table[{name!r}].astype("string")'
        if bins:
            return f"in_bins({self.number(bins[1])})"
        assert part is not None
        written = self.times.get(part[2], "mixed")
        time = f'pd.to_datetime(table[{part[2]!r}].astype("string"), format={written!r})'
        return f'{time}.dt.{_OF_TIME[part[1]]}.astype("string")'


def as_dict(name: str, values: Mapping[str, str]) -> str:
    """Return the lines of a dictionary of expressions."""
    return f"{name} = {{\n" + "".join(f"    {key!r}: {value},\n" for key, value in values.items()) + "}"
