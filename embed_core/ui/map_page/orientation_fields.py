"""Turning a map by hand, and laying it on coordinates: for all maps of the run, wherever they are shown."""

import streamlit as st

from embed_core.space.orientation import TURN, Orientation
from embed_core.ui.app.orientation import (
    about_table,
    lay_on_places,
    lies_on_places,
    place_columns,
    turn_by_hand,
    turned_by_hand,
)
from embed_core.ui.app.text import plain
from embed_core.ui.map_page.map_state import MapState


def orientation_fields(map_state: MapState) -> None:
    """Offer to turn and to mirror the map, and to lay it on longitude and latitude where these are known."""
    run_id = map_state.record.id
    now = turned_by_hand(run_id)
    st.markdown("**Which way up**")
    with st.container(horizontal=True, gap="xsmall"):
        for icon, help_text, then in (
            ("rotate_left", "Turn left", Orientation((now.turn + TURN) % 360, now.is_mirrored)),
            ("rotate_right", "Turn right", Orientation((now.turn - TURN) % 360, now.is_mirrored)),
            ("flip", "Mirror", Orientation(-now.turn % 360, not now.is_mirrored)),
            ("restart_alt", "As it was", Orientation()),
        ):
            st.button(
                "",
                icon=f":material/{icon}:",
                help=help_text,
                key=f"orient_{icon}",
                on_click=turn_by_hand,
                args=(run_id, then),
            )
    about = about_table(map_state.record)
    columns = None if about is None else place_columns(about)
    if columns is not None:
        is_laid = lies_on_places(run_id)
        st.button(
            "Leave the coordinates" if is_laid else f"Lay on {plain(columns[0])} and {plain(columns[1])}",
            icon=":material/explore_off:" if is_laid else ":material/explore:",
            help="Turned and mirrored so that it lies on the map of the world as well as can be; nothing is bent",
            key="lay_on_places",
            on_click=lay_on_places,
            args=(run_id, not is_laid),
        )
