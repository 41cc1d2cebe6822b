"""How far a projection is that moves, over the map, with what ends it or begins it again; or that one is looked for."""

import streamlit as st

from embed_core.ui.app import state
from embed_core.ui.app.text import plain
from embed_core.ui.map_page.finding import is_finding
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.shown import Shown


def moving(map_state: MapState, shown: Shown) -> None:
    """Show how far it is, and why it ended where that was an error; nothing of a map at rest."""
    if is_finding():
        with st.container(key="map_finding"):
            title = map_state.projection.title
            st.caption(f":material/hourglass_top: {title} for now. Finding the projection that keeps most…")
        return
    live = shown.live
    if live is None or not (shown.is_moving or live.was_stopped or live.error):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="map_moving"):
        if shown.is_moving:
            done = f"iteration {live.iteration:,} of {live.total:,}" if live.total else "being computed"
            st.progress(
                min(1.0, live.iteration / live.total) if live.total else 0.0,
                text=f"{map_state.projection.title}, {done}",
            )
            st.button(
                "Stop here",
                icon=":material/stop:",
                key="stop_projection",
                on_click=state.jobs().projections.stop,
                args=(live.job.key,),
            )
        elif live.was_stopped:
            st.button(
                "Start over",
                icon=":material/restart_alt:",
                key="restart_projection",
                on_click=state.jobs().projections.drop,
                args=(map_state.map_key,),
            )
        if live.error:
            st.error(plain(live.error, limit=2_000), icon=":material/error:")
