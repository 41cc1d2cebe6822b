"""Columns as category texts, now and later: the same value gives the same text in every table."""

from collections.abc import Mapping

import ibis
import pandas as pd

from embed_core.tables.counting.vocabulary import category_text, column_values
from embed_core.tables.table import Table


def column_kinds(table: Table) -> dict[str, ibis.expr.datatypes.DataType]:
    """Return the type of each column, to be given to `category_texts` for later tables."""
    return dict(table.expression.schema().items())


def category_texts(
    table: Table, kinds: Mapping[str, ibis.expr.datatypes.DataType] | None = None
) -> pd.DataFrame:
    """Return the category texts of all columns, missing ones as None, in the table's order of rows.

    A column of another type than before is read as of that type where nothing is lost: the whole numbers 1 and 2
    become decimal ones as soon as a value is missing beside them, and are to stay the categories "1" and "2".

    Args:
        table: the columns.
        kinds: the types that the columns had before, from `column_kinds`; None takes those that they have.

    >>> from embed_core.tables.reading.read import read_table
    >>> kinds = column_kinds(read_table(pd.DataFrame({"gate": [1, 2]})))
    >>> later = read_table(pd.DataFrame({"gate": [2, None, 2.5]}))
    >>> category_texts(later, kinds)["gate"].tolist()
    ['2', None, '2.5']
    """
    texts = {name: _text(table, name, (kinds or {}).get(name)) for name in table.columns}
    found = table.execute(table.expression.select(**texts))
    return found.astype(object).where(found.notna(), None)


def _text(table: Table, column: str, kind: ibis.expr.datatypes.DataType | None) -> ibis.Value:
    values, text = column_values(table, column), category_text(table, column)
    if kind is None or kind == values.type() or not kind.is_primitive() or values.type().is_unknown():
        return text
    as_before = values.try_cast(kind)
    is_same = as_before.cast(values.type()) == values
    return is_same.fill_null(False).ifelse(as_before.cast("string"), text)
