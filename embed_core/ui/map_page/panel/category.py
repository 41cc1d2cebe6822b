"""The panel beside the map: the category or the group that is looked at."""

import streamlit as st

from embed_core.runs.measurement import TrustState
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted
from embed_core.ui.app.words import METRICS
from embed_core.ui.component.category_map import category_panel
from embed_core.ui.map_page.map_state import MapState, chosen, group
from embed_core.ui.map_page.panel.group import group_panel
from embed_core.ui.map_page.panel.pair import second_category


def panel(map_state: MapState, trust: TrustState) -> None:
    """Show what is looked at; the stylesheet hides the panel while that is nothing."""
    if chosen(map_state.embedding) is None:
        st.session_state[keys.CATEGORY] = None
    category, members = chosen(map_state.embedding), group()
    if category is not None and members is not None:
        st.session_state[keys.FRONT] = st.session_state.get(keys.FRONT) or "category"
        st.segmented_control(
            "Looked at",
            ["category", "group"],
            format_func=str.capitalize,
            required=True,
            label_visibility="collapsed",
            key=keys.FRONT,
            persist_state="session",
        )
    in_front = st.session_state.get(keys.FRONT) or "category"
    if members is not None and (category is None or in_front == "group"):
        with st.container(key="group_panel"):
            group_panel(map_state, members)
    else:
        _category(map_state, category, trust)


def _category(map_state: MapState, category: str | None, trust: TrustState) -> None:
    dimensions = counted(map_state.embedding.dimension, "original dimension")
    unit = map_state.record.unit_of(map_state.metric)
    in_unit = f", in the unit of {unit}," if unit else ""
    distance = f"{METRICS[map_state.metric]} distance{in_unit} in the {dimensions}"
    category_panel(
        keys.MAP,
        key="category_panel",
        title="Nearest neighbours",
        invitation="Click a category on the map, or find it by name: its nearest neighbours light up, and are listed "
        "here. Draw around several with the lasso to see what sets them apart.",
        note=f"{distance}, whatever the map shows: the longer the bar, the nearer."
        if map_state.k
        else "There is no other category to compare it with.",
        stability_note="Per cent: how stable each neighbour's own surroundings are.",
    )
    if category is None or not map_state.k:
        return
    second_category(map_state, category)
    _neighbors(map_state, category, trust)


def _neighbors(map_state: MapState, category: str, trust: TrustState) -> None:
    found = map_state.embedding.neighbors(category, k=map_state.k, metric=map_state.metric).rename(
        columns={"support": "rows"}
    )
    found["distance"] *= map_state.unit
    if trust.result is not None:
        place = map_state.embedding.positions
        found["stability"] = [100 * trust.result.stability[place[label]] for label in found["category"]]
    with st.expander("As a table", icon=":material/table:", key="neighbours_as_table"):
        st.dataframe(
            found,
            hide_index=True,
            key="neighbour_table",
            alt="The nearest categories with distance and rows",
            column_config={
                "distance": st.column_config.NumberColumn(format="%.4g"),
                "rows": st.column_config.NumberColumn(format="localized"),
                "stability": st.column_config.NumberColumn(format="%.0f %%"),
            },
        )
