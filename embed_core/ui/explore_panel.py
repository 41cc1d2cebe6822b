"""The panel beside the map: the category or the group that is looked at."""

import streamlit as st

from embed_core.runs.measuring import TrustState
from embed_core.ui import state
from embed_core.ui.atlas_map import atlas_finder, atlas_panel
from embed_core.ui.explore_atlas import FRONT, MAP, METRICS, Atlas, chosen, group, positions
from embed_core.ui.explore_group_panel import group_panel, groups_list
from embed_core.ui.explore_pair import pair
from embed_core.ui.text import counted


def panel(atlas: Atlas, trust: TrustState) -> None:
    """Show the search, and below it what is looked at."""
    atlas_finder(MAP, key="find", label="Category", placeholder="Find a category")
    if chosen(atlas.embedding) is None:
        st.session_state[state.CATEGORY] = None
    category, members = chosen(atlas.embedding), group()
    if category is not None and members is not None:
        st.session_state[FRONT] = st.session_state.get(FRONT) or "category"
        st.segmented_control(
            "Looked at",
            ["category", "group"],
            format_func=str.capitalize,
            required=True,
            label_visibility="collapsed",
            key=FRONT,
            persist_state="session",
        )
    in_front = st.session_state.get(FRONT) or "category"
    if members is not None and (category is None or in_front == "group"):
        group_panel(atlas, members)
    else:
        _category(atlas, category, trust)
    groups_list(atlas)


def _category(atlas: Atlas, category: str | None, trust: TrustState) -> None:
    distance = (
        f"{METRICS[atlas.metric]} distance in the {counted(atlas.embedding.dimension, 'original dimension')}"
    )
    atlas_panel(
        MAP,
        key="category_panel",
        title="Nearest neighbours",
        invitation="Click a category on the map, or find it by name: its nearest neighbours light up, and are listed "
        "here. Draw around several with the lasso to see what sets them apart.",
        note=f"{distance}, whatever the map shows."
        if atlas.k
        else "There is no other category to compare it with.",
        stability_note="Per cent: how stable each neighbour's own surroundings are.",
    )
    if category is None or not atlas.k:
        return
    _neighbours(atlas, category, trust)
    pair(atlas, category)


def _neighbours(atlas: Atlas, category: str, trust: TrustState) -> None:
    found = atlas.embedding.neighbors(category, k=atlas.k, metric=atlas.metric).rename(
        columns={"support": "rows"}
    )
    if trust.result is not None:
        place = positions(atlas.embedding)
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
