"""What is wanted less often than the row of controls: behind the three dots."""

import streamlit as st

from embed_core.ui.app.state import keys
from embed_core.ui.app.words import METRICS
from embed_core.ui.component.category_map import map_chooser
from embed_core.ui.map_page.arrows import arrows_field
from embed_core.ui.map_page.colors.own_table import own_table
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.orientation_fields import orientation_fields
from embed_core.ui.map_page.panel.group import groups_list
from embed_core.ui.map_page.projection_settings import settings_fields


def more(map_state: MapState) -> None:
    """Offer sizes, distances, the projection's settings, arrows, and a table about the categories."""
    groups_list(map_state)
    behind = st.popover("More", icon=":material/more_horiz:", key="map_more", on_change="rerun")
    if behind.open:
        with behind:
            map_chooser(keys.MAP, key="size_by", label="Size", of="sizing")
            st.segmented_control(
                "Distance",
                list(METRICS),
                format_func=METRICS.__getitem__,
                required=True,
                key=keys.METRIC,
                persist_state="session",
                help="How far apart two vectors are. Cosine compares their directions only, euclidean their "
                "lengths too",
            )
            settings_fields(map_state)
            arrows_field(map_state)
            if map_state.dimensions == 2:
                orientation_fields(map_state)
            own_table(map_state)
