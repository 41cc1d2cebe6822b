"""Below the map, in full width: why two categories are close, or what sets a group apart."""

import streamlit as st

from embed_core.ui.app.state import keys
from embed_core.ui.map_page.map_state import MapState, chosen, group
from embed_core.ui.map_page.panel.group import group_reasons
from embed_core.ui.map_page.panel.pair import pair


def reasons(map_state: MapState) -> None:
    """Show the reasons for what is looked at, if anything is."""
    category, members = chosen(map_state.embedding), group()
    in_front = st.session_state.get(keys.FRONT) or "category"
    with st.container(key="map_reasons"):
        if members is not None and (category is None or in_front == "group"):
            group_reasons(map_state, members)
        elif category is not None:
            pair(map_state, category)
