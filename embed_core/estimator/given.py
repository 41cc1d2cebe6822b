"""What scikit-learn hands over: rows of any kind, columns named in any way, a target, a state for random numbers."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy import sparse
from sklearn.utils import check_random_state

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.tables.names import unique_names

Columns = str | int | Sequence[Any] | slice | Callable[[pd.DataFrame], Any]
# Whole numbers and truths stay what they are where some are missing.
_NULLABLE: dict[Any, Any] = {
    pa.int64(): pd.Int64Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def frame_of(X: Any, *, typed: bool) -> pd.DataFrame:
    """Return X as a DataFrame.

    Args:
        X: a table, an array, or rows.
        typed: whether the columns of an array of objects get types of their own, which takes longer than a lookup.

    Raises:
        AtlasError: it has no rows and columns, cannot be read as a table, or two of its columns have one name.
    """
    if isinstance(X, pd.DataFrame):
        _check_names(X.columns)
        return X
    if sparse.issparse(X):
        raise AtlasError(
            "Sparse data was passed for X, but dense data is required: categories are texts, and these are counts. "
            "Use X.toarray(), or give the columns from before they were encoded."
        )
    if hasattr(X, "__arrow_c_stream__") and not isinstance(X, pd.Series):
        table = pa.table(X)
        _check_names(pd.Index(table.column_names))
        return table.to_pandas(types_mapper=_NULLABLE.get)
    try:
        # In an array of texts, a list with a text would lose its numbers.
        array = np.array(X, dtype=object) if isinstance(X, list | tuple) else np.asarray(X)
    except ValueError as error:
        raise AtlasError(
            "X must have as many values in each row. Give a DataFrame, or rows of one length."
        ) from error
    if array.ndim != 2:
        raise AtlasError(
            f"X must have rows and columns; it has {array.ndim} dimension(s). Reshape your data: X.reshape(-1, 1) "
            "makes one column, X.reshape(1, -1) one row."
        )
    if array.dtype.kind == "c":
        raise AtlasError("Complex data not supported. Give the real and the imaginary part as two columns.")
    frame = pd.DataFrame(array, columns=[f"x{place}" for place in range(array.shape[1])])
    return frame.infer_objects() if typed and array.dtype == object else frame


def _check_names(names: pd.Index) -> None:
    # scikit-learn refuses them too, in the words of another library.
    if not names.is_unique:
        name = names[names.duplicated()][0]
        raise AtlasError(
            f"Columns must have different names, and {list(names).count(name)} columns of X are called {quoted(name)}. "
            "Rename all but one of them, or leave them out."
        )


def check_enough(X: pd.DataFrame) -> None:
    """Refuse a table that nothing can be learned from.

    Raises:
        AtlasError: it has no columns, or fewer than two rows.
    """
    for found, what, least in ((X.shape[1], "feature", 1), (X.shape[0], "sample", 2)):
        if found < least:
            raise AtlasError(
                f"Found array with {found} {what}(s) (shape={X.shape}) while a minimum of {least} is required. Give "
                "rows to learn from."
            )


def named(X: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose columns have distinct texts as names and whose rows are counted from 0."""
    frame = X.reset_index(drop=True)
    return frame.set_axis(unique_names(frame.columns)[0], axis=1)


def places_of(columns: Columns | None, X: pd.DataFrame) -> list[int]:
    """Return the places of the columns that are to be embedded.

    Args:
        columns: a name, a place, a list of names or places, a mask, a slice of places, a function that gives one of
            these for a DataFrame, or None for all that hold text or categories, or, where none does, all.
        X: where they are.

    Raises:
        AtlasError: there are none, one is not there, or one is asked for twice.

    >>> X = pd.DataFrame({"shop": ["a"], "size": [1], "city": ["b"]})
    >>> [places_of(c, X) for c in (None, "city", ["shop", -1], [False, True, False], slice(1, 3))]
    [[0, 2], [2], [0, 2], [1], [1, 2]]
    """
    if callable(columns):
        columns = columns(X)
    if columns is None:
        return _of_text(X) or list(range(X.shape[1]))
    if isinstance(columns, slice):
        asked: list[Any] = list(range(X.shape[1])[columns])
    else:
        asked = [columns] if np.isscalar(columns) else list(columns)  # type: ignore[arg-type]  # NumPy has no guard
    if asked and all(isinstance(each, bool | np.bool) for each in asked):
        if len(asked) != X.shape[1]:
            raise AtlasError(
                f"The mask in columns has {len(asked):,} entries, and X has {X.shape[1]:,} columns. Give one for each."
            )
        asked = np.flatnonzero(asked).tolist()
    if not asked:
        raise AtlasError(
            f"No column is chosen. Those of X are {listed(X.columns)}: name those to embed in columns."
        )
    places = [_place(each, X) for each in asked]
    for place in places:
        if places.count(place) > 1:
            raise AtlasError(
                f"The column {quoted(X.columns[place])} is chosen twice. Name it once in columns."
            )
    return places


def _place(column: Any, X: pd.DataFrame) -> int:
    found = [place for place, name in enumerate(X.columns) if name is column or name == column]
    if found:
        return found[0]
    if isinstance(column, int | np.integer) and -X.shape[1] <= column < X.shape[1]:
        return int(column) % X.shape[1]
    hint = did_you_mean(column, [str(name) for name in X.columns])
    raise AtlasError(
        f"There is no column {quoted(column)} in X. {hint + ' ' if hint else ''}Its columns are {listed(X.columns)}: "
        "name those to embed in columns."
    )


def _of_text(X: pd.DataFrame) -> list[int]:
    return [
        place
        for place, kind in enumerate(X.dtypes)
        if not pd.api.types.is_any_real_numeric_dtype(kind) and not pd.api.types.is_datetime64_any_dtype(kind)
    ]


def least_rows(min_frequency: Any, rows: int) -> int:
    """Return below how many rows a category is pooled, where that may be given as a share of all rows.

    Raises:
        AtlasError: it is neither.

    >>> least_rows(5, 1_000), least_rows(0.01, 1_000)
    (5, 10)
    """
    if isinstance(min_frequency, int | float | np.integer | np.floating) and not isinstance(
        min_frequency, bool
    ):
        if 0 < min_frequency < 1:
            return max(1, math.ceil(min_frequency * rows - 1e-9))
        if 1 <= min_frequency < math.inf and min_frequency == int(min_frequency):
            return int(min_frequency)
    raise AtlasError(
        'The setting "min_frequency" must be a whole number of rows from 1, or a share of the rows between 0 and 1; '
        f"got {quoted(min_frequency)}. Leave it out to pool none."
    )


def free_name(name: str, taken: Any) -> str:
    """Return a column name that is not taken, also for engines that do not tell capitals apart."""
    return unique_names([*taken, name])[0][-1]


def one_column(y: Any, rows: int, called: str = "y") -> npt.NDArray[Any]:
    """Return y, or what is called otherwise, as one column of so many rows.

    Raises:
        AtlasError: it is not.
    """
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.shape != (rows,):
        raise AtlasError(
            f"{called} must have one value per row of X, {rows:,}; its shape is {values.shape}. Give a column."
        )
    return values


def seed_of(random_state: Any) -> int:
    """Return a number itself, and of anything else that scikit-learn takes one drawn from it."""
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
