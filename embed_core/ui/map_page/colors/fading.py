"""What the paleness of the points stands for, and what is said of a point that is pointed at."""

from typing import Any

import numpy as np
import pandas as pd

from embed_core.runs.measurement import TrustState
from embed_core.space.undetermined import why_undetermined
from embed_core.space.verdict import FEW_ROWS
from embed_core.ui.app.orientation import about_table
from embed_core.ui.app.text import number
from embed_core.ui.app.words import color_title
from embed_core.ui.map_page.map_state import MapState

# As pale as can be seen and pointed at.
_NOT_DISTINCT = 0.15
# Its distances still count.
_NOT_DETERMINED = 0.3

Array = np.ndarray[Any, Any]
_MOST_TEXTS = 3


def fading(map_state: MapState, trust: TrustState, by: str) -> tuple[Array | None, str]:
    """Return how much to believe in each category, from 0 to 1, and what a pale one stands for."""
    if by == "rows":
        support = map_state.embedding.support
        return support / (support + FEW_ROWS), "few rows"
    loose = map_state.embedding.undetermined
    if by == "places" and loose:
        pale = [_NOT_DETERMINED if label in loose else 1.0 for label in map_state.embedding.labels]
        return np.array(pale), "place not determined"
    if by == "noise" and trust.result is not None and len(trust.result.is_told):
        return np.where(trust.result.is_told, 1.0, _NOT_DISTINCT), "not distinct from noise"
    if by == "stability" and trust.result is not None:
        return np.nan_to_num(trust.result.stability, nan=0.0), "unstable"
    return None, ""


def card_lines(map_state: MapState, trust: TrustState, kept: Array | None) -> list[str]:
    """Return a line for each category, shown beside the point: its target, its stability, what the map keeps."""
    parts: list[list[str]] = []
    embedding = map_state.embedding
    about = about_table(map_state.record)
    if about is not None and map_state.is_first:
        parts.append(_about_lines(about, embedding.labels))
    if embedding.undetermined:
        loose, dimension = embedding.undetermined, embedding.dimension
        parts.append([why_undetermined(loose, label, dimension) for label in embedding.labels])
    if embedding.target_mean is not None:
        title = color_title(map_state.record)
        lines = [f"{title} {number(mean)}" for mean in embedding.target_mean]
        if embedding.target_interval is not None:
            spans = (
                f" (95 % interval {number(low)} to {number(high)})" for low, high in embedding.target_interval
            )
            lines = [line + ("" if "–" in span else span) for line, span in zip(lines, spans, strict=True)]
        parts.append(lines)
    if trust.result is not None:
        parts.append(
            [
                f"stability {100 * each:.0f} %" if each == each else "stability unknown"
                for each in trust.result.stability
            ]
        )
        if len(trust.result.is_told):
            parts.append(["" if told else "not distinct from noise" for told in trust.result.is_told])
    if kept is not None:
        parts.append(
            [f"{each * map_state.k:.0f} of {map_state.k} neighbours kept" for each in np.nan_to_num(kept)]
        )
    return [" · ".join(filter(None, line)) for line in zip(*parts, strict=True)]


def _about_lines(about: pd.DataFrame, labels: list[str]) -> list[str]:
    """Return what is known of each category, in its own words: the texts, not the numbers."""
    texts = about.select_dtypes(exclude="number").iloc[:, :_MOST_TEXTS].reindex(labels)
    return [
        ", ".join(str(each) for each in line if not pd.isna(each)) for line in texts.itertuples(index=False)
    ]
