"""Columns of Python values as columns of Arrow: numbers, dates and booleans where all are, else text."""

import datetime
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from embed_core.errors import quoted

_SAFE_INTEGER = 2**53
_LARGEST_INTEGER = 2**63


def columns_of(names: Sequence[str], columns: Iterable[Sequence[Any]]) -> tuple[pa.Table, dict[str, str]]:
    """Return columns of values, None where one is missing, as an Arrow table, with a note for some.

    Args:
        names: of the columns.
        columns: their values.

    >>> columns_of(["n"], [[1.0, None, 2.0]])[0]["n"].to_pylist()
    [1, None, 2]
    """
    arrays, notes = [], {}
    for name, values in zip(names, columns, strict=True):
        array, note = _column(name, values)
        arrays.append(array)
        if note:
            notes[name] = note
    return pa.Table.from_arrays(arrays, names=list(names)), notes


def text_of(value: object) -> str:
    """Return a value as a person would write it: 2 for 2.0, 2024-05-01 for midnight of that day.

    >>> text_of(2.0), text_of(datetime.datetime(2024, 5, 1)), text_of(True)
    ('2', '2024-05-01', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _SAFE_INTEGER:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return str(value.date())
    return without_surrogates(str(value))


def without_surrogates(text: str) -> str:
    """Return text that can be written as UTF-8.

    >>> without_surrogates("a" + chr(0xD800)) == "a" + chr(0xFFFD)
    True
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _column(name: str, values: Sequence[Any]) -> tuple[pa.Array, str | None]:
    kinds = {_kind(value) for value in values if value is not None}
    if not kinds:
        return pa.array([None] * len(values), pa.string()), None
    if kinds == {"boolean"}:
        return pa.array(values, pa.bool_()), None
    if kinds <= {"whole", "number"}:
        return _numbers(values), None
    if kinds <= {"day", "moment"}:
        if kinds == {"day"}:
            return pa.array([value and _day(value) for value in values], pa.date32()), None
        return pa.array([value and _moment(value) for value in values], pa.timestamp("us")), None
    if kinds == {"duration"}:
        seconds = [None if value is None else value.total_seconds() for value in values]
        return _numbers(seconds), f'"{name}" holds durations: they are numbers of seconds.'
    texts = pa.array([None if value is None else text_of(value) for value in values], pa.string())
    return texts, None if kinds in ({"text"}, {"time of day"}) else _mixed(name, values)


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "whole" if abs(value) < _LARGEST_INTEGER else "other"
    if isinstance(value, float | Decimal):
        return "number"
    if isinstance(value, datetime.datetime):
        return "day" if value.time() == datetime.time() and value.tzinfo is None else "moment"
    if isinstance(value, datetime.date):
        return "day"
    if isinstance(value, datetime.time):
        return "time of day"
    return "duration" if isinstance(value, datetime.timedelta) else "other"


def _numbers(values: Sequence[Any]) -> pa.Array:
    filled = [float(value) for value in values if value is not None]
    if all(math.isfinite(value) and value.is_integer() and abs(value) < _SAFE_INTEGER for value in filled):
        return pa.array([None if value is None else int(value) for value in values], pa.int64())
    if all(isinstance(value, int) for value in values if value is not None):
        return pa.array(values, pa.int64())
    return pa.array([None if value is None else float(value) for value in values], pa.float64())


def _day(value: datetime.date) -> datetime.date:
    return value.date() if isinstance(value, datetime.datetime) else value


def _moment(value: datetime.date) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    return datetime.datetime.combine(value, datetime.time())


def _mixed(name: str, values: Sequence[Any]) -> str:
    filled = [value for value in values if value is not None]
    texts = [value for value in filled if isinstance(value, str)]
    if texts and len(texts) <= len(filled) / 2:
        return (
            f'"{name}" was kept as text: {len(texts):,} of its {len(filled):,} filled cells are text, '
            f"such as {quoted(texts[0])}."
        )
    return f'"{name}" holds values of different types: all were turned into text.'
