"""What can be changed of a table by hand: rows kept, spellings merged, cells of several values."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import ibis

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.bags import LIST, apart_by, joined, values_of
from embed_core.tables.table import Table
from embed_core.tables.values import as_text

Value = str | int | float | bool | datetime.date
Operator = Literal["is", "is not", "contains", "at least", "at most", "is missing", "is not missing"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
_WITHOUT_VALUE = ("is missing", "is not missing")
# Each is a case that the engine looks at for every row.
_MOST_CELLS = 5_000
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
        elif self.column in table.report.bags:
            wanted = self.value if isinstance(self.value, tuple) else (self.value,)
            separator = table.report.bags[self.column]
            asked = {_written(each) for each in wanted}
            cells = [cell for cell in _cells(table, self.column) if asked & set(values_of(cell, separator))]
            holds = table.texts(self.column).isin(cells) if cells else ibis.literal(False)
            holds = (~holds).fill_null(True) if self.operator == "is not" else holds
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
        if self.column in table.report.bags:
            return table.expression.mutate(**{self.column: self._in_cells(table, texts, wanted)})
        known = table.execute(table.expression.select(text=texts).filter(texts.isin(list(wanted))).distinct())
        if lacking := [old for old in wanted if old not in set(known["text"])]:
            raise AtlasError(
                f"The column {quoted(self.column)} does not hold {listed(lacking)}. Name spellings that are there, "
                "letter by letter."
            )
        return table.expression.mutate(**{self.column: texts.substitute(wanted)})

    def _in_cells(self, table: Table, texts: Any, wanted: Mapping[str, str]) -> ibis.Value:
        """Return the texts with the spellings changed inside of cells that hold several values."""
        separator = table.report.bags[self.column]
        values = {cell: values_of(cell, separator) for cell in _cells(table, self.column)}
        if lacking := set(wanted).difference(*values.values()):
            raise AtlasError(
                f"No cell of the column {quoted(self.column)} holds {listed(sorted(lacking))}. Name values that are "
                "there, letter by letter."
            )
        is_list = not table.expression[self.column].type().is_string()
        changes = {
            cell: joined([wanted.get(each, each) for each in found], separator)
            for cell, found in values.items()
            if is_list or not wanted.keys().isdisjoint(found)
        }
        if len(changes) > _MOST_CELLS:
            raise AtlasError(
                f"{len(changes):,} different cells of the column {quoted(self.column)} would change, and at most "
                f"{_MOST_CELLS:,} can be. Change the spelling in the table itself."
            )
        return texts.substitute(changes)


@dataclass(frozen=True)
class Bag:
    """A cell of a column holds several values; a row counts for each of them.

    Attributes:
        column: its name.
        separator: what stands between two values; `embed_core.tables.bags.LIST` for lists.
    """

    column: str
    separator: str

    @property
    def words(self) -> str:
        """What is done, as a phrase: ``genres read as several values, apart by "|"``."""
        return f"{self.column} read as several values, {apart_by(self.separator)}"

    @property
    def note(self) -> str:
        """What was done, as a sentence."""
        return f"Cells of {quoted(self.column)} hold several values, {apart_by(self.separator)}: a row counts for each."

    def applied(self, table: Table) -> ibis.Table:
        """Return the rows as they are: the cells are taken apart where they are counted.

        Raises:
            AtlasError: the column is not there, or none of its cells holds several values so.
        """
        if not isinstance(self.separator, str) or not self.separator or "\0" in self.separator:
            raise AtlasError(
                f"What stands between two values of a cell of {quoted(self.column)} must be a text of at least one "
                f'character, such as "|", or "[]" for lists, and {quoted(repr(self.separator))} was given.'
            )
        kind = table.values(self.column).type()
        if kind.is_array() != (self.separator == LIST) and not (kind.is_string() and self.separator):
            raise AtlasError(
                f"The column {quoted(self.column)} holds {kind}, whose cells cannot be read as several values "
                f"{apart_by(self.separator)}. Choose "
                + (
                    'the separator "[]", which is for lists.'
                    if kind.is_array()
                    else "a column of text or lists."
                )
            )
        if kind.is_array():
            return table.expression
        texts = table.texts(self.column)
        if self.separator != LIST and not table.count(
            table.expression.filter(texts.contains(self.separator)).limit(1)
        ):
            raise AtlasError(
                f"No cell of the column {quoted(self.column)} holds {quoted(self.separator)}. Give what stands between "
                "two values of a cell."
            )
        return table.expression


Change = Kept | Merged | Bag


def _cells(table: Table, column: str) -> list[str]:
    """Return the different cells of a column as text."""
    found = table.execute(table.expression.select(cell=table.texts(column)).distinct())
    return found["cell"].dropna().tolist()


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
