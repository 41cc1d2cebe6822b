"""Which categories belong together."""

import pandas as pd

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.map_table import csv_of


def members_table(content: Content) -> pd.DataFrame:
    """Return ``kind`` (cluster or group), ``name``, ``category`` and ``rows``, a row per member."""
    embedding = content.embedding
    lines = []
    for number, name in enumerate(content.cluster_names):
        assert content.clusters is not None
        lines += [("cluster", name, int(row)) for row in content.clusters.members(number)]
    if content.clusters is not None:
        lines += [("cluster", "in no cluster", int(row)) for row in content.clusters.members(-1)]
    for name, members in content.groups.items():
        lines += [("group", name, embedding.index(member)) for member in members if member in embedding]
    return pd.DataFrame(
        {
            "kind": [kind for kind, _, _ in lines],
            "name": [name for _, name, _ in lines],
            "category": [embedding.labels[row] for _, _, row in lines],
            "rows": [int(embedding.support[row]) for _, _, row in lines],
        }
    )


GROUPS = Exporter(
    "groups",
    "Clusters and groups",
    "A row per member of each cluster, and of each group that was saved on the Map page. CSV.",
    ".csv",
    lambda content: csv_of(members_table(content)),
)
