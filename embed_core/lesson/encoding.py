"""One-hot vectors, what they cost, and how a row of a matrix is looked up with one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError
from embed_core.types import Floats

_NUMBER = 4  # bytes of a float32, and of an int32
_SHORT_ROWS = 2**31  # from here on the places in a sparse matrix need 8 bytes each


@dataclass(frozen=True)
class OneHotSizes:
    """What one categorical column takes.

    Attributes:
        columns: that one-hot makes of it.
        zeros: share of the entries that are 0.
        dense: bytes of the one-hot matrix as float32.
        sparse: bytes when only the ones are stored (compressed sparse rows).
        embedding: bytes of an int32 code per row and of a matrix with ``dimension`` float32 per category.
    """

    columns: int
    zeros: float
    dense: int
    sparse: int
    embedding: int


def one_hot_sizes(categories: int, *, rows: int, dimension: int = 8) -> OneHotSizes:
    """Return what a column takes as one-hot and as an embedding.

    Args:
        categories: how many different ones there are, at least 1.
        rows: of the table.
        dimension: numbers per category of the embedding (default 8).

    Raises:
        AtlasError: a number is below 1.

    >>> one_hot_sizes(1_000, rows=1_000_000)
    OneHotSizes(columns=1000, zeros=0.999, dense=4000000000, sparse=12000004, embedding=4032000)
    """
    for name, value in {"categories": categories, "rows": rows, "dimension": dimension}.items():
        if value < 1:
            raise AtlasError(f'The setting "{name}" must be at least 1; got {value}.')
    place = _NUMBER if rows < _SHORT_ROWS else 2 * _NUMBER
    return OneHotSizes(
        columns=categories,
        zeros=(categories - 1) / categories,
        dense=rows * categories * _NUMBER,
        # A value and a column for each row's one, and where each row begins.
        sparse=rows * (_NUMBER + place) + (rows + 1) * place,
        embedding=rows * _NUMBER + categories * dimension * _NUMBER,
    )


def one_hot(categories: int) -> Floats:
    """Return the one-hot vectors of all categories, float32 (n, n): a row is a category.

    >>> one_hot(3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return np.eye(categories, dtype=np.float32)


def start_matrix(categories: int, dimension: int, *, seed: int) -> pd.DataFrame:
    """Return random numbers to begin with, between -1 and 1 but not 0, of one decimal place: (n, d).

    >>> start_matrix(3, 2, seed=0).shape
    (3, 2)
    """
    random = np.random.default_rng(seed)
    tenths = random.integers(1, 10, (categories, dimension)) * random.choice([-1, 1], (categories, dimension))
    return pd.DataFrame(tenths / 10, columns=[f"dimension {i + 1}" for i in range(dimension)])


def lookup(code: int, matrix: pd.DataFrame) -> pd.DataFrame:
    """Multiply the one-hot row of a category with a matrix, showing every product.

    Args:
        code: position of the category.
        matrix: (n, d), a row per category.

    Returns:
        A row per category and a last one, *sum*: the entry of the one-hot row in ``one-hot``, its product with
        each entry of that row of the matrix in the matrix's own columns. The sum is row ``code`` of the matrix.

    >>> lookup(1, pd.DataFrame({"x": [0.5, -0.25], "y": [3.0, 4.0]}, index=["A", "B"]))
         one-hot     x    y
    A        0.0  0.00  0.0
    B        1.0 -0.25  4.0
    sum      1.0 -0.25  4.0
    """
    entries = one_hot(len(matrix))[code].astype(float)
    products = matrix.mul(entries, axis=0) + 0.0  # no -0.0
    products.insert(0, "one-hot", entries)
    products.loc["sum"] = products.sum()
    return products
