"""What can colour the points: a registry, in the order in which the map offers them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from embed_core.map.view import Coloring
from embed_core.runs.measurement import TrustState
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.words import color_title
from embed_core.ui.map_page.colors.columns import ColumnColor, column_coloring, column_colors
from embed_core.ui.map_page.groups import colored_groups, saved_groups
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.tabs.clusters import cluster_names, clusters_in_hand


@dataclass(frozen=True)
class ColorChoice:
    """One of the things that can colour the points. To add one, call `register`.

    Attributes:
        name: what code calls it.
        label: the words for it; None where this map cannot be coloured by it.
        color: makes it; may raise an `AtlasError`, which is shown in place.
        is_costly: takes time, or may fail, and so waits until it is chosen.
    """

    name: str
    label: Callable[[MapState, TrustState], str | None]
    color: Callable[[MapState, TrustState], Coloring]
    is_costly: bool = False


CHOICES: dict[str, ColorChoice] = {}


def register(choice: ColorChoice) -> None:
    """Offer a colouring below the map."""
    CHOICES[choice.name] = choice


def color_choices(map_state: MapState, trust: TrustState) -> dict[str, str]:
    """Return what can colour the points, with the words for it; the first is the start."""
    labels = {name: choice.label(map_state, trust) for name, choice in _choices(map_state).items()}
    return {name: label for name, label in labels.items() if label is not None}


def colorings(map_state: MapState, trust: TrustState) -> list[Coloring]:
    """Return all that can colour the points; what takes time, or may fail, waits until it is chosen."""
    made = st.session_state.setdefault(keys.COLORS_MADE, set())
    found = []
    choices = _choices(map_state)
    for name, label in color_choices(map_state, trust).items():
        choice, made_of = choices[name], (map_state.key, map_state.metric, name)
        colors = Coloring(waits=True)
        if name == map_state.color or not choice.is_costly or made_of in made:
            with errors_in_place():
                colors = choice.color(map_state, trust)
                made.add(made_of)
        found.append(replace(colors, name=name, label=label))
    return found


def _choices(map_state: MapState) -> dict[str, ColorChoice]:
    """Return all choices, those by columns before the last, which is nothing."""
    *first, last = CHOICES.values()
    columns = [_of_column(each) for each in column_colors(map_state)]
    return {choice.name: choice for choice in (*first, *columns, last)}


def _of_column(column: ColumnColor) -> ColorChoice:
    def label(*_: object) -> str:
        return column.label

    def color(map_state: MapState, _: TrustState) -> Coloring:
        return column_coloring(map_state, column)

    return ColorChoice(column.name, label, color, is_costly=True)


def _target_label(map_state: MapState, _: TrustState) -> str | None:
    return None if map_state.embedding.target_mean is None else "Target mean"


def _target(map_state: MapState, _: TrustState) -> Coloring:
    return Coloring(color_title(map_state.record), map_state.embedding.target_mean)


def _rows(map_state: MapState, _: TrustState) -> Coloring:
    return Coloring("rows", np.log10(np.maximum(map_state.embedding.support, 1)), scale="rows")


def _clusters(map_state: MapState, _: TrustState) -> Coloring:
    found = clusters_in_hand(map_state)
    names = cluster_names(map_state, found)
    return Coloring("cluster", groups=[names[code] if code >= 0 else None for code in found.labels])


def _stability_label(_: MapState, trust: TrustState) -> str | None:
    return None if trust.result is None else "Stability"


def _stability(_: MapState, trust: TrustState) -> Coloring:
    return Coloring() if trust.result is None else Coloring("stability", trust.result.stability)


def _groups_label(map_state: MapState, _: TrustState) -> str | None:
    return "Saved groups" if saved_groups(map_state.record.id, map_state.column) else None


def _groups(map_state: MapState, _: TrustState) -> Coloring:
    return Coloring("saved group", groups=colored_groups(map_state))


register(ColorChoice("target", _target_label, _target))
register(ColorChoice("support", lambda *_: "Rows", _rows))
register(ColorChoice("cluster", lambda *_: "Cluster", _clusters, is_costly=True))
register(ColorChoice("stability", _stability_label, _stability))
register(ColorChoice("group", _groups_label, _groups))
register(ColorChoice("none", lambda *_: "Nothing", lambda *_: Coloring()))
