"""Rows that are kept, and spellings that are merged: each a step from one table to another."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import ibis

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.table import Rereading, Table
from embed_core.tables.values import as_text

Value = str | int | float | bool | datetime.date
Operator = Literal["is", "is not", "contains", "at least", "at most", "is missing", "is not missing"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
_WITHOUT_VALUE = ("is missing", "is not missing")
_OF_SIZE = ("at least", "at most")


@dataclass(frozen=True)
class Kept:
    """Only the rows are kept in which a column is as it is said.

    Attributes:
        column: its name.
        operator: one of `OPERATORS`.
        value: to which the operator compares; several where it is "is" or "is not"; None where it takes none.
    """

    column: str
    operator: Operator
    value: Value | tuple[Value, ...] | None = None

    @property
    def words(self) -> str:
        """What is done, as a phrase: ``origin is not "ATL"``."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        shown = "" if self.operator in _WITHOUT_VALUE else f" {listed(values, limit=3)}"
        verb = "is " if self.operator in _OF_SIZE else ""
        return f"{self.column} {verb}{self.operator}{shown}"

    @property
    def note(self) -> str:
        """What was done, as a sentence."""
        return f"Only rows are kept in which {self.words}."

    def applied(self, table: Table) -> ibis.Table:
        """Return the rows that are kept.

        Raises:
            AtlasError: the column is not there, or the value does not go with it.
        """
        if self.operator not in OPERATORS:
            raise AtlasError(
                f"Rows cannot be kept by {quoted(self.operator)}. Use one of {listed(OPERATORS)}."
            )
        value = table.values(self.column)
        if self.operator in _WITHOUT_VALUE:
            missing = value.isnull()
            return table.expression.filter(missing if self.operator == "is missing" else ~missing)
        if self.value is None or self.value == ():
            raise AtlasError(
                f"To keep the rows in which {self.column} {self.operator}, say what. Give a value."
            )
        if self.operator in _OF_SIZE:
            bound = _of_type(self.column, value, self.value)
            holds = value >= bound if self.operator == "at least" else value <= bound
        elif self.operator == "contains":
            holds = table.texts(self.column).lower().contains(str(self.value).lower())
        else:
            wanted = self.value if isinstance(self.value, tuple) else (self.value,)
            if value.type().is_numeric() and all(_is_number(each) for each in wanted):
                holds = value.isin(list(wanted))
            else:
                holds = table.texts(self.column).isin([_written(each) for each in wanted])
            if self.operator == "is not":
                # What is missing is not that value either.
                holds = (~holds).fill_null(True)
        return table.expression.filter(holds.fill_null(False))


@dataclass(frozen=True)
class Merged:
    """Spellings that stand for the same are read as one.

    Attributes:
        column: its name.
        spellings: pairs of a spelling and the one that takes its place.
    """

    column: str
    spellings: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """What is done, as a phrase: ``town "Bostn" read as "Boston"``."""
        (first, other), *more = self.spellings
        return f"{self.column} {quoted(first)} read as {quoted(other)}" + (
            f" and {len(more)} more" if more else ""
        )

    @property
    def note(self) -> str:
        """What was done, as a sentence."""
        return f"Spellings were merged by hand: {self.words}."

    def applied(self, table: Table) -> ibis.Table:
        """Return the table with the column's texts changed.

        Raises:
            AtlasError: the column is not there, or does not hold these spellings.
        """
        wanted = dict(self.spellings)
        if not wanted or any(old == new for old, new in wanted.items()):
            raise AtlasError("Spellings are merged as {spelling: other spelling}, and the two must differ.")
        texts = table.texts(self.column)
        known = table.execute(table.expression.select(text=texts).filter(texts.isin(list(wanted))).distinct())
        if lacking := [old for old in wanted if old not in set(known["text"])]:
            raise AtlasError(
                f"The column {quoted(self.column)} does not hold {listed(lacking)}. Name spellings that are there, "
                "letter by letter."
            )
        return table.expression.mutate(**{self.column: texts.substitute(wanted)})


Change = Kept | Merged


def changed(table: Table, changes: Sequence[Change]) -> Table:
    """Return a table with some changes made to it, one after the other, and nothing else.

    What had been changed before is not: the changes of the result are these.

    Args:
        table: the table.
        changes: what to change.

    Raises:
        AtlasError: a change cannot be made, or leaves no row.
    """
    base = table.base or table
    result = base
    for change in changes:
        result = _step(result, change)
    if result is base:
        return base
    notes = (*base.report.notes, *(change.note for change in changes))
    reading = base.rereading
    return Table(
        result.expression,
        name=base.name + suffix(changes),
        report=result.report.replaced(notes=notes),
        keep=base,
        rereading=reading
        and Rereading(
            lambda **options: changed(reading.read(**options), changes), reading.given, reading.takes
        ),
        base=base,
        changes=tuple(changes),
    )


def suffix(changes: Sequence[Change]) -> str:
    """Return what the name of a changed table ends with."""
    more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
    return f" ({changes[0].words}{more})" if changes else ""


def keep_rows(table: Table, column: str, operator: Operator, value: Any = None) -> Table:
    """Return the rows of a table in which a column is as it is said, besides what was changed before.

    Args:
        table: the table.
        column: its name.
        operator: "is", "is not", "contains" (letters of any case), "at least", "at most", "is missing" or
            "is not missing".
        value: to which it compares; a list for "is" and "is not".

    Raises:
        AtlasError: there is no such column, the value does not go with it, or no row is left.

    >>> from embed_core.tables.gallery import load_sample
    >>> near = keep_rows(load_sample("us_flights"), "distance_mi", "at most", 500)
    >>> near.report.notes[-1]
    'Only rows are kept in which distance_mi is at most "500".'
    """
    value = tuple(value) if isinstance(value, list | tuple | set | frozenset) else value
    return changed(table, (*table.changes, Kept(column, operator, value)))


def merge_spellings(table: Table, column: str, spellings: Mapping[str, str]) -> Table:
    """Return a table in which spellings of a column are read as others, besides what was changed before.

    Args:
        table: the table.
        column: its name; it becomes text.
        spellings: what stands there, with what takes its place, as ``{"Bostn": "Boston"}``.

    Raises:
        AtlasError: there is no such column, or it does not hold such a spelling.
    """
    return changed(table, (*table.changes, Merged(column, tuple(spellings.items()))))


def _step(table: Table, change: Change) -> Table:
    expression = change.applied(table)
    rows = table.count(expression) if isinstance(change, Kept) else table.n_rows
    if not rows:
        raise AtlasError(f"No row is left in which {change.words}. Choose another value.")
    written = dict(table.report.written)
    if isinstance(change, Merged):
        written.pop(change.column, None)
    report = table.report.replaced(rows=rows, written=written)
    return Table(expression, name=table.name, report=report, keep=table)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _written(value: object) -> str:
    """Return a value as the texts of a column have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_type(column: str, value: Any, bound: Any) -> Any:
    """Return a bound as the column's type has it.

    Raises:
        AtlasError: it cannot be compared with the column.
    """
    kind = value.type()
    try:
        if kind.is_numeric():
            return ibis.literal(float(bound))
        if kind.is_date() or kind.is_timestamp():
            return ibis.literal(datetime.datetime.fromisoformat(str(bound)))
    except ValueError as error:
        what = "a number" if kind.is_numeric() else "a day or a time such as 2024-05-31"
        raise AtlasError(f"{quoted(column)} is compared with {what}, and {quoted(bound)} is none.") from error
    return ibis.literal(str(bound)) if kind.is_string() else as_text(ibis.literal(str(bound)))
