"""The values of a column as every count takes them: NaN is missing, categories are text, numbers are finite."""

import ibis
from ibis.expr.datatypes import DataType

# Beyond this, sums and differences of numbers overflow.
LARGEST = 1e308


def without_nan(column: ibis.Value) -> ibis.Value:
    """Return the values with NaN, which some engines tell apart from a missing value, as missing."""
    return column.isnan().ifelse(ibis.null(column.type()), column) if column.type().is_floating() else column


def as_text(column: ibis.Value, kind: DataType | None = None) -> ibis.expr.types.StringValue:
    """Return the values as text, unchanged; numbers and dates as the engine writes them.

    Args:
        column: the values.
        kind: the type that the column had in an earlier table. Values are read as of that type where nothing is
            lost: the whole numbers 1 and 2 become decimal ones as soon as a value is missing beside them, and are
            to stay the categories "1" and "2".
    """
    values = without_nan(column)
    text = values.cast("string")
    if kind is None or kind == values.type() or not kind.is_primitive() or values.type().is_unknown():
        return text
    as_before = values.try_cast(kind)
    is_same = as_before.cast(values.type()) == values
    return is_same.fill_null(False).ifelse(as_before.cast("string"), text)


def as_number(column: ibis.Value) -> ibis.expr.types.FloatingValue:
    """Return the values as float64; those that are not finite are missing."""
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
