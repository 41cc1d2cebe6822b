"""Rows that are kept, spellings that are merged, cells taken apart: each a step from one table to another."""

from collections.abc import Mapping, Sequence
from typing import Any

from embed_core.errors import AtlasError, check_kind, quoted
from embed_core.tables.changing.steps import Bag, Change, Kept, Merged, Operator
from embed_core.tables.table import Rereading, Table


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
    _require_table(table)
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
    _require_table(table)
    if not isinstance(spellings, Mapping):
        raise AtlasError(f'Spellings are given as {{"Bostn": "Boston"}}; got {quoted(spellings)}.')
    return changed(table, (*table.changes, Merged(column, tuple(spellings.items()))))


def split_cells(table: Table, column: str, separator: str | None = None) -> Table:
    """Return a table in which a cell of a column holds several values, besides what was changed before.

    A row counts for each of its values, and is on one side of every split into training and validation, or into
    halves. The cells themselves stay as they are.

    Args:
        table: the table.
        column: its name; of texts or lists.
        separator: what stands between two values, such as "|", or "[]" for lists and texts such as ``["a", "b"]``;
            None (default) finds it out.

    Raises:
        AtlasError: there is no such column, or its cells are not so.

    >>> import pandas as pd
    >>> from embed_core.tables.reading.read import read_table
    >>> films = split_cells(read_table(pd.DataFrame({"genre": ["Drama|War", "War", "Drama"]})), "genre", "|")
    >>> films.profile()[["distinct", "top", "top_count"]].values.tolist()
    [[2, 'Drama', 2]]
    """
    _require_table(table)
    table.require(column)
    if separator is None:
        found = table.profile().set_index("name")["several"]
        separator = str(found[column])
        if not separator:
            raise AtlasError(
                f"The cells of the column {quoted(column)} do not look as if they held several values. Say what stands "
                'between two of them, such as separator="|".'
            )
    return changed(table, (*table.changes, Bag(column, separator)))


def _require_table(table: object) -> None:
    check_kind(table, Table, "a Table", way_out="Read it first: ec.read_table(…).")


def _step(table: Table, change: Change) -> Table:
    expression = change.applied(table)
    rows = table.count(expression) if isinstance(change, Kept) else table.n_rows
    if not rows:
        raise AtlasError(f"No row is left in which {change.words}. Choose another value.")
    written, bags = dict(table.report.written), dict(table.report.bags)
    if isinstance(change, Merged):
        written.pop(change.column, None)
    if isinstance(change, Bag):
        bags[change.column] = change.separator
    report = table.report.replaced(rows=rows, written=written, bags=bags)
    return Table(expression, name=table.name, report=report, keep=table)
