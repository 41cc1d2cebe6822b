"""The values of a column as every count takes them: NaN is missing, categories are text, numbers are finite."""

import ibis
import ibis.expr.operations as ops
from ibis.expr.datatypes import DataType

from embed_core.tables.engines import can, engine_of, written

# Beyond this, sums and differences of numbers overflow.
LARGEST = 1e308


def without_nan(column: ibis.Value) -> ibis.Value:
    """Return the values with NaN, which some engines tell apart from a missing value, as missing."""
    kind = column.type()
    if not kind.is_floating() or not can(engine_of(column), ops.IsNan):  # SQLite holds none
        return column
    return column.isnan().ifelse(ibis.null(kind), column)


def as_text(column: ibis.Value, kind: DataType | None = None) -> ibis.expr.types.StringValue:
    """Return the values as text, unchanged; numbers and dates as every engine is to write them.

    Args:
        column: the values.
        kind: the type that the column had in an earlier table. Values are read as of that type where nothing is
            lost: the whole numbers 1 and 2 become decimal ones as soon as a value is missing beside them, and are
            to stay the categories "1" and "2".
    """
    values = without_nan(column)
    text = written(values)
    if kind is None or kind == values.type() or not kind.is_primitive() or values.type().is_unknown():
        return text
    as_before = _cast(values, kind)
    if as_before is None:
        return text
    is_same = as_before.cast(values.type()) == values
    return is_same.fill_null(False).ifelse(written(as_before), text)


def _cast(values: ibis.Value, kind: DataType) -> ibis.Value | None:
    """Return values as of a type, missing where they are not; None where the engine cannot be asked so."""
    engine = engine_of(values)
    if can(engine, ops.TryCast) and engine.name != "postgres":  # there it is a cast, which fails
        return values.try_cast(kind)
    if not (is_number(values.type()) and is_number(kind)):
        return None
    if kind.is_integer():
        return (values.abs() < 2.0**63).ifelse(values, ibis.null(values.type())).cast("int64")
    return values.cast(kind)


def as_number(column: ibis.Value) -> ibis.expr.types.FloatingValue:
    """Return the values as float64; those that are not finite are missing."""
    if column.type().is_boolean():  # PostgreSQL casts none to a number
        return ibis.cases((column, 1.0), (~column, 0.0))
    number = column.cast("float64")
    # A comparison, since not every engine can be asked whether a number is infinite.
    return (
        number
        if column.type().is_integer()
        else (number.abs() < LARGEST).ifelse(number, ibis.null("float64"))
    )


def is_number(kind: DataType) -> bool:
    """Whether a column of this type holds numbers."""
    return bool(kind.is_numeric() and not kind.is_boolean())
