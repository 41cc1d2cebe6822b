"""Another map, where one shows clearly more than the one on screen, beside the verdict; only a press changes it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from embed_core.runs.measurement import TrustState
from embed_core.space.projections.base import Projection
from embed_core.space.projections.better import Kept, clearly_better
from embed_core.space.projections.registry import METHODS
from embed_core.ui.app.first_map import first_map
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain
from embed_core.ui.map_page.finding import found_late, show_late
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import evidence


def offer(map_state: MapState, result: Projection | None, trust: TrustState) -> str:
    """Offer the map that shows more by a button, and return the sentence that says so; "" where there is none.

    Either one that keeps most and was found after a person had touched this one; or, once trust is measured and the
    map is at rest, one that is clearly better.
    """
    if (late := found_late(map_state)) is not None:
        title = METHODS[late].title
        return _button(
            f"{title} keeps more of near and far than this map.", title, show_late, map_state.record
        )
    scale = evidence(map_state).measured(trust.result).scale
    if result is None or result.scales is None or scale is None or map_state.dimensions != 2:
        return ""
    found = first_map(map_state.record, map_state.metric)
    if found is None:
        return ""
    others = {name: each for name, each in found.kept.items() if name != result.method}
    better = clearly_better(others, Kept(result.scales, result.quality["stress"]), scale)
    return (
        "" if better is None else _button(better.sentence, METHODS[better.method].title, _show, better.method)
    )


def _button(sentence: str, title: str, show: Callable[..., None], *about: Any) -> str:
    # As short as fits beside the verdict: a line more would push the map down when it comes.
    st.button(
        f"{title} shows more",
        icon=":material/lightbulb:",
        type="tertiary",
        key="show_better_map",
        help=plain(f"{sentence} Press to see that map."),
        on_click=show,
        args=about,
    )
    return sentence


def _show(method: str) -> None:
    st.session_state[keys.METHOD] = method
