"""Who is near whom, with distances."""

import pandas as pd

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.map_table import csv_of

_FEW, _MOST = 300, 50


def neighbor_table(content: Content) -> pd.DataFrame:
    """Return ``category``, ``rank``, ``neighbour``, ``distance`` and ``neighbour_rows``, nearest first.

    All others of up to 300 categories, of more the 50 nearest.
    """
    embedding = content.embedding
    n = len(embedding)
    k = n - 1 if n <= _FEW else _MOST
    if k < 1:
        return pd.DataFrame(columns=["category", "rank", "neighbour", "distance", "neighbour_rows"])
    rows, distances = embedding.nearest(k)
    labels = pd.Series(embedding.labels, dtype="str")
    return pd.DataFrame(
        {
            "category": labels.repeat(k).to_numpy(),
            "rank": list(range(1, k + 1)) * n,
            "neighbour": labels.iloc[rows.ravel()].to_numpy(),
            "distance": distances.ravel(),
            "neighbour_rows": embedding.support[rows.ravel()],
        }
    )


NEIGHBORS = Exporter(
    "neighbors",
    "All neighbours",
    f"For each category all others, nearest first, with their distances in the original dimensions (of more than "
    f"{_FEW} categories the {_MOST} nearest). CSV.",
    ".csv",
    lambda content: csv_of(neighbor_table(content)),
)
