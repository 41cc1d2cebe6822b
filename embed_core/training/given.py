"""What scikit-learn hands over: rows with any names, a target of any shape, a state for random numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import check_random_state

from embed_core.errors import AtlasError
from embed_core.tables.table import Table, unique_names


def named(X: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose columns have distinct texts as names and whose rows are counted from 0."""
    frame = X.reset_index(drop=True)
    return frame.set_axis(unique_names(frame.columns)[0], axis=1)


def texts_of(table: Table, kinds: Mapping[str, Any]) -> pd.DataFrame:
    """Return the categories of all columns, read as of these types; those that are missing are None."""
    texts = {name: table.texts(name, kinds[name]) for name in table.columns}
    found = table.execute(table.expression.select(**texts))
    return found.astype(object).where(found.notna(), None)


def free_name(name: str, taken: Any) -> str:
    """Return a column name that is not taken, also for engines that do not tell capitals apart."""
    return unique_names([*taken, name])[0][-1]


def one_column(y: Any, rows: int) -> npt.NDArray[Any]:
    """Return y as one column of so many rows.

    Raises:
        AtlasError: it is not.
    """
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.shape != (rows,):
        raise AtlasError(
            f"y must have one value per row of X, {rows:,}; its shape is {values.shape}. Give a column."
        )
    return values


def seed_of(random_state: Any) -> int:
    """Return a number itself, and of anything else that scikit-learn takes one drawn from it."""
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
