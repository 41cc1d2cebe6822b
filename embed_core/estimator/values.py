"""The distinct values of a column and their texts, without an engine: a served model asks for a row at a time."""

import datetime
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import infer_dtype

from embed_core.tables.reading.cells import without_surrogates

Rows = npt.NDArray[np.intp]
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 40
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MIDNIGHT = " 00:00:00"


@dataclass(frozen=True)
class Values:
    """A column as codes into its distinct values.

    Attributes:
        codes: the position of each row's value, intp (rows,); -1 where it is missing.
        distinct: the values, as plain Python has them where it can.
        texts: the text of each, which is its category, as `embed_core.tables.table.Table.texts` has it.
    """

    codes: Rows
    distinct: list[Any]
    texts: list[str]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def series(self) -> "pd.Series[Any]":
        """The text of each row, None where it is missing."""
        return pd.Series(np.array([*self.texts, None], dtype=object)[self.codes], dtype=object)

    @property
    def used(self) -> Rows:
        """The positions of the values that some row has."""
        found = np.unique(self.codes)
        return found[found >= 0]

    def of(self, rows: Rows) -> "Values":
        """Return the same of some rows."""
        return Values(self.codes[rows], self.distinct, self.texts)


def values_of(column: "pd.Series[Any]") -> Values:
    """Return a column's values with their texts.

    >>> found = values_of(pd.Series([2.0, None, 1.0, 2.0]))
    >>> found.codes.tolist(), found.texts
    ([0, -1, 1, 0], ['2.0', '1.0'])
    """
    codes, distinct = _codes(column)
    if distinct.dtype == np.float32:  # an Index gives its numbers as Python's, which have more digits
        distinct = np.asarray(distinct)
    plain = [value.item() if isinstance(value, np.generic) else value for value in distinct]
    return Values(codes, plain, [text_of(value) for value in distinct])


def _codes(column: "pd.Series[Any]") -> tuple[Rows, Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes: Rows = np.asarray(column.cat.codes, dtype=np.intp)
        if len(column.cat.categories) <= len(column):
            return codes, column.cat.categories
        used, inverse = np.unique(codes, return_inverse=True)
        first = int(used[:1].sum() < 0)  # whether the first one stands for what is missing
        return np.asarray(inverse - first, dtype=np.intp), column.cat.categories[used[first:]]
    plain: Any = column.to_numpy() if column.dtype == object else column
    try:
        codes, distinct = pd.factorize(plain)
    except (TypeError, NotImplementedError):  # lists and the like cannot be hashed
        codes, distinct = pd.factorize(_each(column))
    else:
        # Python takes 1, 1.0 and True for the same.
        if column.dtype == object and not all(type(value) is str for value in distinct):
            kind = infer_dtype(column, skipna=True)
            if kind == "mixed-integer-float":
                codes, distinct = pd.factorize(column.astype(float).to_numpy())
            elif kind.startswith("mixed"):
                codes, distinct = pd.factorize(_each(column))
    return codes.astype(np.intp, copy=False), distinct


def _each(column: "pd.Series[Any]") -> npt.NDArray[Any]:
    """Return the text of every row, one by one: of values of different types, Python's."""
    texts = [
        None if missing else str(_plain(value)) for value, missing in zip(column, column.isna(), strict=True)
    ]
    return np.array(texts, dtype=object)


def _plain(value: Any) -> Any:
    """Return Python's own numbers and texts in place of NumPy's, also within a tuple."""
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value)) if type(value) in (tuple, list) else value
    return value.item() if isinstance(value, np.generic) else value


def text_of(value: Any) -> str:
    """Return the text of a value, as DuckDB writes it.

    >>> [text_of(value) for value in ("a", True, 7, 7.0, np.float32(0.1), pd.Timestamp("2024-06-03"), ("a", 1))]
    ['a', 'true', '7', '7.0', '0.1', '2024-06-03 00:00:00', "('a', 1)"]
    """
    if isinstance(value, str):
        return without_surrogates(str(value))
    if isinstance(value, bool | np.bool):
        return str(bool(value)).lower()
    if isinstance(value, np.floating):
        return str(value)
    if isinstance(value, datetime.datetime):  # the time that the clocks showed
        text = value.replace(tzinfo=None).isoformat(" ")
        return text.rstrip("0") if "." in text else text
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.decode("latin-1")
    return without_surrogates(str(_plain(value)))


def key_of(value: Any, text: str) -> int | float | str | None:
    """Return what a value has in common with those that are the same however they are stored; None for nothing.

    1, 1.0, True and the text "1" are one, and so are a day and its midnight; "01" is a text of its own.

    >>> {key_of(1, "1"), key_of(1.0, "1.0"), key_of(True, "true"), key_of("1", "1")}, key_of("01", "01")
    ({1}, None)
    """
    if isinstance(value, bool | int | float | Decimal):
        if not math.isfinite(value):
            return None
        return int(value) if value == int(value) else float(value)
    if isinstance(value, str) and len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text):
        number: int | float = float(text) if "." in text or "e" in text else int(text)
        return key_of(number, text) if str(number) == text else None
    if isinstance(value, str | datetime.date) and _DATE.match(text):
        return text.removesuffix(_MIDNIGHT)
    return None
