"""A table that stays in its engine."""

import hashlib
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import ibis
import pandas as pd
from ibis.expr.datatypes import DataType
from ibis.expr.operations import DatabaseTable

from embed_core.display import line, rows_of, shown
from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.tables.bags import BETWEEN
from embed_core.tables.engines import asked, failed
from embed_core.tables.memory import with_enough
from embed_core.tables.profile.columns import kinds, profile
from embed_core.tables.report import ReadingReport
from embed_core.tables.values import as_number, as_text, without_nan
from embed_core.tables.wide import hash_of, held

if TYPE_CHECKING:
    import pyarrow as pa

_Result = TypeVar("_Result")
_locks: weakref.WeakKeyDictionary[Any, threading.RLock] = weakref.WeakKeyDictionary()
_locks_guard = threading.Lock()


@dataclass(frozen=True)
class Rereading:
    """How the file of a table was read, and can be read otherwise.

    Attributes:
        read: takes options of `embed_core.tables.reading.read.read_table`.
        given: the options with which it was read.
        takes: the options that its format has; ``types`` can always be given.
    """

    read: Callable[..., "Table"]
    given: Mapping[str, Any]
    takes: tuple[str, ...]


class Table:
    """A table as an Ibis expression, which stays in its engine, plus its reading report.

    Several threads can use one table: what runs in the same engine runs one after the other.

    Attributes:
        expression: the Ibis table expression.
        name: what people call the table.
        report: what was assumed while reading.
        rereading: how its file was read, and can be read otherwise; None when it comes from none.
        base: the table as it was before it was changed by hand; None when it was not.
        changes: what was changed of that, see `embed_core.tables.changing`.
    """

    def __init__(
        self,
        expression: ibis.Table,
        *,
        name: str,
        report: ReadingReport,
        keep: object = None,
        rereading: Rereading | None = None,
        profile: pd.DataFrame | Callable[[], pd.DataFrame] | None = None,
        fingerprint: str | None = None,
        base: "Table | None" = None,
        changes: tuple[Any, ...] = (),
    ):
        """Wrap ``expression``.

        Args:
            expression: the Ibis table expression.
            name: what people call the table.
            report: what was assumed while reading.
            keep: lives as long as the table (a temporary folder, for instance).
            rereading: how its file can be read with other options; None when it comes from none.
            profile: what `profile` returns, when it is known, or who knows it: the table of which this has some rows.
                Counted when it is first asked for unless given.
            fingerprint: likewise.
            base: the table as it was before it was changed by hand.
            changes: what was changed of that, see `embed_core.tables.changing`.
        """
        self.expression = expression
        self.name = name
        self.report = report
        self._keep = keep
        self.rereading = rereading
        self._lock = _lock_of(expression)
        self.base = base
        self.changes = changes
        self._known_profile = profile
        self._kinds: dict[str, dict[Any, Any]] = {}
        self._known_fingerprint = fingerprint

    def __repr__(self) -> str:
        return f"Table({self.name!r}, {self.report.rows:,} rows, {len(self.columns):,} columns)"

    def _repr_html_(self) -> str:
        frame = self.head(5)
        notes = [line(note) for note in self.report.notes[:5]]
        first = rows_of([str(name) for name in frame], frame.astype(object).itertuples(index=False))
        return shown(f"{self.name}: {self.n_rows:,} rows × {len(self.columns):,} columns", first, *notes)

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

    def read_again(self, **options: Any) -> "Table":
        """Read the same file with other options of `embed_core.tables.reading.read.read_table`.

        Raises:
            AtlasError: it does not come from a file, or cannot be read so.
        """
        if self.rereading is None:
            raise AtlasError(
                f"The table {quoted(self.name)} does not come from a file: it is as it was given."
            )
        return self.rereading.read(**options)

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
        value = self._column(column)
        if column in self.report.bags and value.type().is_array():
            texts = value.cast("array<string>")
            return ibis.literal(BETWEEN) + ibis.literal(BETWEEN).join(texts)
        written = self.report.written.get(column)
        # Dates are labelled as they were written.
        return value.strftime(written) if written and value.type().is_temporal() else as_text(value, kind)

    def keys(self, column: str) -> ibis.Value:
        """Return what rows are grouped by for the categories of a column; `with_texts` has their texts in its place.

        Whole numbers and booleans are grouped as they are stored, which takes an engine half as long as by text.

        Raises:
            AtlasError: there is no such column.
        """
        value = self._column(column)
        return value if value.type().is_integer() or value.type().is_boolean() else self.texts(column)

    def with_texts(self, groups: ibis.Table, columns: Mapping[str, str]) -> ibis.Table:
        """Return groups with texts in place of their `keys`: of which column these are, by their name there."""
        keys = {name: groups[name] for name in columns if not groups[name].type().is_string()}
        return groups.mutate(**{name: as_text(key) for name, key in keys.items()}) if keys else groups

    def numbers(self, column: str) -> ibis.expr.types.FloatingValue:
        """Return a column as an Ibis expression of float64 in which what is not finite is missing.

        Raises:
            AtlasError: there is no such column.
        """
        return as_number(self._column(column))

    def _column(self, column: str) -> ibis.Value:
        self.require(column)
        return self.expression[column]

    def head(self, n: int = 5, *, columns: int | None = None) -> pd.DataFrame:
        """Return some rows: the first ones, where the engine keeps an order.

        Args:
            n: how many.
            columns: how many columns, from the first; None for all.

        >>> from embed_core.tables.gallery import load_sample
        >>> load_sample("us_flights").head(1)[["origin", "destination"]].values.tolist()
        [['ATL', 'FLL']]
        """
        shown = self.columns[:columns]
        narrow = self.expression if len(shown) == len(self.columns) else self.expression.select(*shown)
        return self.execute(narrow.limit(n))

    def to_pandas(self) -> pd.DataFrame:
        """Return all rows, which leave the engine."""
        return self.execute(self.expression)

    def execute(self, expression: ibis.Table) -> pd.DataFrame:
        """Run an Ibis table expression in this table's engine and return its rows."""
        return self._ask(expression.to_pandas)

    def to_arrow(self, expression: ibis.Table) -> "pa.Table":
        """Run an Ibis table expression in this table's engine and return its rows, each value of its own type."""
        return self._ask(expression.to_pyarrow)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Hold the engine, and give its errors as a sentence."""
        try:
            with self._lock, asked():
                yield
        except AtlasError:
            raise
        except Exception as error:  # each engine has errors of its own
            raise failed(self.name, self.expression.get_backend().name, error) from error

    def _ask(self, work: Callable[[], _Result]) -> _Result:
        with self.asking():
            return with_enough(self.expression.get_backend(), work)

    def count(self, expression: ibis.Table) -> int:
        """Return how many rows an Ibis table expression has in this table's engine."""
        return int(self.execute(expression.aggregate(n=expression.count()))["n"].iloc[0])

    def profile(self) -> pd.DataFrame:
        """Describe every column in a row: see `embed_core.tables.profile.columns.profile`."""
        return self._ask(lambda: self._profile.copy())

    @cached_property
    def _profile(self) -> pd.DataFrame:
        if (known := self._known_profile) is not None:
            return known() if callable(known) else known
        bags = {column: (self.texts(column), separator) for column, separator in self.report.bags.items()}
        return profile(self.expression, rows=self.n_rows, bags=bags)

    @property
    def is_profiled(self) -> bool:
        """Whether `profile` is known, and need not be counted."""
        return self._known_profile is not None or "_profile" in vars(self)

    def kinds(self, columns: Sequence[str]) -> pd.DataFrame:
        """Say what some columns are, without all that `profile` counts: see `embed_core.tables.profile.columns.kinds`.

        Raises:
            AtlasError: there is no such column.
        """
        self.require(*columns)
        if not self.is_profiled and not self.report.bags:
            missing = [name for name in columns if name not in self._kinds]
            if missing:
                found = self._ask(lambda: kinds(self.expression.select(*missing), rows=self.n_rows))
                self._kinds |= dict(zip(found["name"], found.to_dict("records"), strict=True))
            return pd.DataFrame([self._kinds[name] for name in columns])
        return self.profile().set_index("name", drop=False).loc[[*columns]]

    def fingerprint(self) -> str:
        """Return a short hash of the columns, their types, the number of rows and, in DuckDB, the contents.

        The order of the rows does not matter. On other engines the contents are not read: the names of their tables
        stand for them.
        """
        return self._ask(lambda: self._fingerprint)

    @cached_property
    def _fingerprint(self) -> str:
        if self._known_fingerprint is not None:
            return self._known_fingerprint
        parts = [f"{name}:{kind}" for name, kind in self.expression.schema().items()]
        parts += [str(self.n_rows), _content_hash(self.expression)]
        parts += [f"{name} apart by {separator}" for name, separator in sorted(self.report.bags.items())]
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _lock_of(expression: ibis.Table) -> threading.RLock:
    """Return the lock of the engine that runs ``expression``: an engine's connection serves one at a time."""
    engine = expression.get_backend()
    with _locks_guard:
        return _locks.setdefault(engine, threading.RLock())


def _content_hash(expression: ibis.Table) -> str:
    engine: Any = expression.get_backend()
    if engine.name != "duckdb":
        return " ".join(sorted(table.name for table in expression.op().find(DatabaseTable)))
    if (table := held(expression)) is not None:
        return hash_of(engine.con, table)
    rows = f"SELECT sum(hash(rows)::HUGEINT)::VARCHAR FROM ({engine.compile(expression)}) AS rows"
    return str(engine.raw_sql(rows).fetchall()[0][0])
