"""A table that stays in its engine, and the report of how it was read."""

import hashlib
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis
import pandas as pd
from ibis.expr.datatypes import DataType

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.tables.profile.columns import profile
from embed_core.tables.values import as_number, as_text, without_nan

_NAMED_CHARACTERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blank"}
_locks: weakref.WeakKeyDictionary[Any, threading.RLock] = weakref.WeakKeyDictionary()
_locks_guard = threading.Lock()


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
    notes: tuple[str, ...] = ()

    def lines(self) -> list[tuple[str, str]]:
        """Return the report as pairs of a label and a value, for display.

        >>> ReadingReport("CSV", rows=2, columns=1, encoding="utf-8", delimiter=";").lines()[:3]
        [('Format', 'CSV'), ('Rows', '2'), ('Columns', '1')]
        """
        pairs = [("Format", self.format), ("Rows", f"{self.rows:,}"), ("Columns", f"{self.columns:,}")]
        if self.encoding is not None:
            header = "none" if self.header_line is None else f"line {self.header_line + 1}"
            pairs += [
                ("Encoding", self.encoding),
                ("Separator", _character_name(self.delimiter)),
                ("Quotes", _character_name(self.quote)),
                ("Decimal mark", self.decimal or "."),
                ("Column names", header),
            ]
        return pairs + [("Note", note) for note in self.notes]


class Table:
    """A table as an Ibis expression, which stays in its engine, plus its reading report.

    Several threads can use one table: what runs in the same engine runs one after the other.

    Attributes:
        expression: the Ibis table expression.
        name: what people call the table.
        report: what was assumed while reading.
    """

    def __init__(self, expression: ibis.Table, *, name: str, report: ReadingReport, keep: object = None):
        """Wrap ``expression``; ``keep`` lives as long as the table (a temporary folder, for instance)."""
        self.expression = expression
        self.name = name
        self.report = report
        self._keep = keep
        self._lock = _lock_of(expression)

    def __repr__(self) -> str:
        return f"Table({self.name!r}, {self.report.rows:,} rows, {len(self.columns):,} columns)"

    def __len__(self) -> int:
        return self.n_rows

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the table's order."""
        return list(self.expression.columns)

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return self.report.rows

    def require(self, *columns: str) -> None:
        """Raise an error that names what may have been meant when one of these columns is not there.

        Raises:
            AtlasError: there is no such column.

        >>> from embed_core.tables.gallery import load_sample
        >>> load_sample("us_flights").require("Origin")
        Traceback (most recent call last):
        embed_core.errors.AtlasError: There is no column "Origin". Did you mean "origin"?
        """
        for column in columns:
            if column not in self.columns:
                hint = did_you_mean(column, self.columns) or f"The columns are {listed(self.columns)}."
                raise AtlasError(f"There is no column {quoted(column)}. {hint}")

    def values(self, column: str) -> ibis.Value:
        """Return a column as an Ibis expression in which NaN is missing.

        Raises:
            AtlasError: there is no such column.
        """
        return without_nan(self._column(column))

    def texts(self, column: str, kind: DataType | None = None) -> ibis.expr.types.StringValue:
        """Return the categories of a column as an Ibis expression: its values as text, unchanged.

        Args:
            column: its name.
            kind: the type that the column had in an earlier table; values are read as of that type where
                nothing is lost, so that 1 stays "1" in a column that now holds 2.5, too.

        Raises:
            AtlasError: there is no such column.
        """
        return as_text(self._column(column), kind)

    def numbers(self, column: str) -> ibis.expr.types.FloatingValue:
        """Return a column as an Ibis expression of float64 in which what is not finite is missing.

        Raises:
            AtlasError: there is no such column.
        """
        return as_number(self._column(column))

    def _column(self, column: str) -> ibis.Value:
        self.require(column)
        return self.expression[column]

    def head(self, n: int = 5) -> pd.DataFrame:
        """Return some rows: the first ones, where the engine keeps an order.

        >>> from embed_core.tables.gallery import load_sample
        >>> load_sample("us_flights").head(1)[["origin", "destination"]].values.tolist()
        [['ATL', 'FLL']]
        """
        return self.execute(self.expression.limit(n))

    def to_pandas(self) -> pd.DataFrame:
        """Return all rows, which leave the engine."""
        return self.execute(self.expression)

    def execute(self, expression: ibis.Table) -> pd.DataFrame:
        """Run an Ibis table expression in this table's engine and return its rows."""
        with self._lock:
            return expression.to_pandas()

    def count(self, expression: ibis.Table) -> int:
        """Return how many rows an Ibis table expression has in this table's engine."""
        return int(self.execute(expression.aggregate(n=expression.count()))["n"].iloc[0])

    def profile(self) -> pd.DataFrame:
        """Describe every column in a row: see `embed_core.tables.profile.columns.profile`."""
        with self._lock:
            return self._profile.copy()

    @cached_property
    def _profile(self) -> pd.DataFrame:
        return profile(self.expression, rows=self.n_rows)

    def fingerprint(self) -> str:
        """Return a short hash of the columns, their types, the number of rows and, in DuckDB, the contents.

        The order of the rows does not matter. On other engines the contents are not read.
        """
        with self._lock:
            return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        parts = [f"{name}:{kind}" for name, kind in self.expression.schema().items()]
        parts += [str(self.n_rows), _content_hash(self.expression)]
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def unique_names(names: Iterable[object]) -> tuple[list[str], list[str]]:
    """Return usable, distinct names for columns, and sentences on what had to change.

    Names that differ in their case alone count as the same: engines do not tell them apart.

    >>> unique_names(["a", "A", ""])[0]
    ['a', 'A (2)', 'column 3']
    """
    texts = ["" if name is None else str(name) for name in names]
    taken = {text.casefold() for text in texts}
    seen: set[str] = set()
    repaired: list[str] = []
    nameless: list[str] = []
    repeated: list[str] = []
    for position, text in enumerate(texts, start=1):
        name = text
        if not text.strip():
            name = _free_name(f"column {position}", taken)
            nameless.append(name)
        elif text.casefold() in seen:
            name = _free_name(text, taken)
            repeated.append(name)
        seen.add(name.casefold())
        taken.add(name.casefold())
        repaired.append(name)
    notes = []
    if nameless:
        notes.append(f"Columns without a name were given one: {listed(nameless)}.")
    if repeated:
        notes.append(f"Column names that occur more than once were given a number: {listed(repeated)}.")
    return repaired, notes


def _free_name(wanted: str, taken: set[str]) -> str:
    if wanted.casefold() not in taken:
        return wanted
    number = 2
    while f"{wanted} ({number})".casefold() in taken:
        number += 1
    return f"{wanted} ({number})"


def _character_name(character: str | None) -> str:
    if not character:
        return "none"
    return _NAMED_CHARACTERS.get(character, character)


def _lock_of(expression: ibis.Table) -> threading.RLock:
    """Return the lock of the engine that runs ``expression``: an engine's connection serves one at a time."""
    engine = expression.get_backend()
    with _locks_guard:
        return _locks.setdefault(engine, threading.RLock())


def _content_hash(expression: ibis.Table) -> str:
    engine: Any = expression.get_backend()
    if engine.name != "duckdb":
        return ""
    rows = f"SELECT sum(hash(rows)::HUGEINT)::VARCHAR FROM ({engine.compile(expression)}) AS rows"
    return str(engine.raw_sql(rows).fetchall()[0][0])
