"""What the colours and the paleness of the points stand for."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from embed_core.map.view import Coloring
from embed_core.runs.record import RunRecord
from embed_core.runs.trust_jobs import TrustState
from embed_core.space.embedding import Embedding
from embed_core.space.verdict import FEW_ROWS
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import number
from embed_core.ui.app.words import color_title
from embed_core.ui.map_page.colors.own_table import own_column, own_name
from embed_core.ui.map_page.groups import colored_groups, saved_groups
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.tabs.clusters import cluster_names, clusters_in_hand

Array = np.ndarray[Any, Any]

_COSTLY = ("cluster", "table")


def color_choices(record: RunRecord, embedding: Embedding, column: str, trust: TrustState) -> dict[str, str]:
    """Return what can colour the points, with the words for it; the first is the start."""
    found = {}
    if embedding.target_mean is not None:
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


def colorings(map_state: MapState, trust: TrustState) -> list[Coloring]:
    """Return all that can colour the points; what takes time, or may fail, waits until it is chosen."""
    made = st.session_state.setdefault(keys.COLORS_MADE, set())
    found = []
    for name, label in color_choices(map_state.record, map_state.embedding, map_state.column, trust).items():
        colors, made_of = Coloring(waits=True), (map_state.key, map_state.metric, name)
        if name == map_state.color or name not in _COSTLY or made_of in made:
            with errors_in_place():
                colors = _coloring(name, map_state, trust)
                made.add(made_of)
        found.append(replace(colors, name=name, label=label))
    return found


def _coloring(name: str, map_state: MapState, trust: TrustState) -> Coloring:
    """Return one of the choices.

    Raises:
        AtlasError: a person's own table names no category of this run, or there are too many for clusters.
    """
    embedding = map_state.embedding
    if name == "target":
        return Coloring(color_title(map_state.record), embedding.target_mean)
    if name == "support":
        return Coloring("rows", np.log10(np.maximum(embedding.support, 1)), scale="rows")
    if name == "cluster":
        found = clusters_in_hand(map_state)
        names = cluster_names(map_state, found)
        return Coloring("cluster", groups=[names[code] if code >= 0 else None for code in found.labels])
    if name == "stability" and trust.result is not None:
        return Coloring("stability", trust.result.stability)
    if name == "group":
        return Coloring("saved group", groups=colored_groups(map_state))
    if name == "table":
        own = own_column(embedding.labels)
        return Coloring() if own is None else Coloring(own.name, own.numbers, own.texts)
    return Coloring()


def fading(map_state: MapState, trust: TrustState, by: str) -> tuple[Array | None, str]:
    """Return how much to believe in each category, from 0 to 1, and what a pale one stands for."""
    if by == "rows":
        support = map_state.embedding.support
        return support / (support + FEW_ROWS), "few rows"
    if by == "stability" and trust.result is not None:
        return np.nan_to_num(trust.result.stability, nan=0.0), "unstable"
    return None, ""


def card_lines(map_state: MapState, trust: TrustState, kept: Array | None) -> list[str]:
    """Return a line for each category, shown beside the point: its target, its stability, what the map keeps."""
    parts: list[list[str]] = []
    embedding = map_state.embedding
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
    if kept is not None:
        parts.append(
            [f"{each * map_state.k:.0f} of {map_state.k} neighbours kept" for each in np.nan_to_num(kept)]
        )
    return [" · ".join(line) for line in zip(*parts, strict=True)]
