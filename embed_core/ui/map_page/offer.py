"""Another map, where one shows clearly more than the one on screen; a person's press alone changes it."""

import streamlit as st

from embed_core.runs.measurement import TrustState
from embed_core.space.projections.base import Projection
from embed_core.space.projections.better import Kept, clearly_better
from embed_core.space.projections.registry import METHODS
from embed_core.ui.app.first_map import first_map
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import evidence


def offer(map_state: MapState, result: Projection | None, trust: TrustState) -> None:
    """Offer the map that shows more, in a line with a button, once trust is measured and the map is at rest."""
    scale = evidence(map_state).measured(trust.result).scale
    if result is None or result.scales is None or scale is None or map_state.dimensions != 2:
        return
    kept = first_map(map_state.record, map_state.metric).kept
    others = {name: each for name, each in kept.items() if name != result.method}
    found = clearly_better(others, Kept(result.scales, result.quality["stress"]), scale)
    if found is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="better_map"):
        st.caption(f":material/lightbulb: {plain(found.sentence)}", width="content")
        st.button(
            f"Show {METHODS[found.method].title}",
            key="show_better_map",
            on_click=_show,
            args=(found.method,),
        )


def _show(method: str) -> None:
    st.session_state[keys.METHOD] = method
