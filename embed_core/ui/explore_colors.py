"""What the colours and the paleness of the points stand for."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embed_core.runs.measuring import TrustState
from embed_core.runs.run import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.ui.explore_atlas import Atlas
from embed_core.ui.explore_clusters import cluster_names, clusters_in_hand
from embed_core.ui.explore_groups import colored_groups, saved_groups
from embed_core.ui.explore_table import own_column, own_name
from embed_core.ui.maps import color_title
from embed_core.ui.text import number

Array = np.ndarray[Any, Any]

FEW_ROWS = 10
"""With fewer rows, the 95 % interval of a share reaches .3 to either side."""


@dataclass(frozen=True)
class Coloring:
    """The colours of the points: numbers, groups, or neither.

    Attributes:
        title: what they stand for.
        numbers: float64 (n,), NaN where there is none.
        groups: one for each category, None where there is none.
        of_rows: whether the numbers are logarithms to base 10 of the rows.
    """

    title: str = ""
    numbers: Array | None = None
    groups: list[str | None] | None = None
    of_rows: bool = False


def color_choices(record: RunRecord, embedding: Embedding, column: str, trust: TrustState) -> dict[str, str]:
    """Return what can colour the points, with the words for it; the first is the start."""
    found = {}
    if embedding.target_mean is not None and record.target is not None:
        found["target"] = "Target mean"
    found |= {"support": "Rows", "cluster": "Cluster"}
    if trust.result is not None:
        found["stability"] = "Stability"
    if saved_groups(record.id, column):
        found["group"] = "Saved groups"
    name = own_name()
    if name is not None:
        found["table"] = name
    return found | {"none": "Nothing"}


def coloring(atlas: Atlas, trust: TrustState) -> Coloring:
    """Return the colours that were chosen.

    Raises:
        AtlasError: a person's own table names no category of this run, or there are too many for clusters.
    """
    embedding = atlas.embedding
    if atlas.color == "target":
        return Coloring(color_title(atlas.record), embedding.target_mean)
    if atlas.color == "support":
        return Coloring("rows", np.log10(np.maximum(embedding.support, 1)), of_rows=True)
    if atlas.color == "cluster":
        found = clusters_in_hand(atlas)
        names = cluster_names(atlas, found)
        return Coloring("cluster", groups=[names[code] if code >= 0 else None for code in found.labels])
    if atlas.color == "stability" and trust.result is not None:
        return Coloring("stability", trust.result.stability)
    if atlas.color == "group":
        return Coloring("saved group", groups=colored_groups(atlas))
    if atlas.color == "table":
        own = own_column(embedding.labels)
        return Coloring() if own is None else Coloring(own.name, own.numbers, own.texts)
    return Coloring()


def fading(atlas: Atlas, trust: TrustState, by: str) -> tuple[Array | None, str]:
    """Return how much to believe in each category, from 0 to 1, and what a pale one stands for."""
    if by == "rows":
        support = atlas.embedding.support
        return support / (support + FEW_ROWS), "few rows"
    if by == "stability" and trust.result is not None:
        return np.nan_to_num(trust.result.stability, nan=0.0), "unstable"
    return None, ""


def card_lines(atlas: Atlas, trust: TrustState, kept: Array | None) -> list[str]:
    """Return a line for each category, shown beside the point: its target, its stability, what the map keeps."""
    parts: list[list[str]] = []
    embedding = atlas.embedding
    if embedding.target_mean is not None and atlas.record.target is not None:
        title = color_title(atlas.record)
        parts.append([f"{title} {number(mean)}" for mean in embedding.target_mean])
    if trust.result is not None:
        parts.append(
            [
                f"stability {100 * each:.0f} %" if each == each else "stability unknown"
                for each in trust.result.stability
            ]
        )
    if kept is not None:
        parts.append([f"{each * atlas.k:.0f} of {atlas.k} neighbours kept" for each in np.nan_to_num(kept)])
    return [" · ".join(line) for line in zip(*parts, strict=True)]
