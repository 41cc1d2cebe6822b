"""A map as a table for others: every category with its rows, its places on the map and its vector."""

import io
import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from embed_core.space.embedding import Embedding

if TYPE_CHECKING:
    import pandas as pd

# What a spreadsheet computes when it opens a file; a plain number with its sign is none.
_FORMULA = re.compile(r"\s*[=@\t\r]|\s*[+-](?!\d+([.,]\d+)?$)")


def map_table(embedding: Embedding, coordinates: npt.ArrayLike | None = None) -> "pd.DataFrame":
    """Return ``category``, ``support``, the mean of the target where there is one, ``map_x`` …, and ``v0`` ….

    Args:
        embedding: what is on the map.
        coordinates: the places on the map, (n, 2) or (n, 3); None leaves them out.

    >>> map_table(Embedding(["a", "b"], [[0, 1], [2, 3]], [7, 5]), [[1, 2], [3, 4]]).columns.tolist()
    ['category', 'support', 'map_x', 'map_y', 'v0', 'v1']
    """
    table = embedding.to_frame()
    vectors = table.columns[2:]
    places = np.empty((len(embedding), 0)) if coordinates is None else np.asarray(coordinates)
    for at, axis in zip("xyz", places.T, strict=False):
        table[f"map_{at}"] = axis
    columns = ["category", "support", *(f"map_{at}" for at in "xyz"[: places.shape[1]]), *vectors]
    if embedding.target_mean is not None:
        table["target_mean"] = embedding.target_mean
        columns.insert(2, "target_mean")
    return table[columns]


def csv_of(table: "pd.DataFrame") -> bytes:
    """Return a table as UTF-8 text with a byte order mark, by which Excel knows it; formulas are defused.

    >>> import pandas as pd
    >>> csv_of(pd.DataFrame({"category": ["=1+1", "-5", "+49 30", "a"]})).decode("utf-8-sig").split()[1:4]
    ["'=1+1", '-5', "'+49"]
    """
    safe = table.copy()
    for name in safe.select_dtypes(exclude="number"):
        safe[name] = [defused(str(each)) for each in safe[name]]
    return bytes(safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))


def defused(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe before it.

    >>> defused("=HYPERLINK(1)"), defused("-0.5"), defused("- none")
    ("'=HYPERLINK(1)", '-0.5', "'- none")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def parquet_of(table: "pd.DataFrame") -> bytes:
    """Return a table as a Parquet file, number for number and text for text."""
    file = io.BytesIO()
    table.to_parquet(file, index=False)
    return file.getvalue()
