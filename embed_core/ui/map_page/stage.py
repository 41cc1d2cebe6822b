"""The heading, the controls, the map and what stands over it: all that answers a click."""

import streamlit as st

from embed_core.errors import quoted
from embed_core.runs.measurement import TrustState
from embed_core.runs.record import RunRecord
from embed_core.space.projections.centres import lost_distances
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.heavy_imports import import_early
from embed_core.ui.app.refreshing import refresh_after
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain
from embed_core.ui.component.category_map import (
    category_map,
    clicked,
    lassoed,
    lassoed_title,
    recolored,
    resized,
)
from embed_core.ui.map_page.arrows import arrows_words
from embed_core.ui.map_page.colors.colorings import colorings
from embed_core.ui.map_page.controls import controls
from embed_core.ui.map_page.finding import is_awaited, is_finding, take_move
from embed_core.ui.map_page.heading import heading
from embed_core.ui.map_page.map_state import MapState, choose, choose_group
from embed_core.ui.map_page.more import more
from embed_core.ui.map_page.moving import moving
from embed_core.ui.map_page.offer import offer
from embed_core.ui.map_page.panel.category import panel
from embed_core.ui.map_page.projection_settings import chosen_words
from embed_core.ui.map_page.reasons import reasons
from embed_core.ui.map_page.shown import Shown, all_shown, expect_next
from embed_core.ui.map_page.sizes import sizings
from embed_core.ui.map_page.take_away import take_away
from embed_core.ui.map_page.trust_strip import trust_of
from embed_core.ui.map_page.views import control_view, map_view

PANEL_WIDTH, SHEET_SHARE = 340, 0.42  # as in the stylesheet
MOVING_SECONDS, FINDING_SECONDS, MEASURING_SECONDS = 0.1, 0.3, 1.0
MANY, MANY_MOVING_SECONDS = 1_000, 0.3  # drawing so many takes time that their gliding needs


def stage(record: RunRecord) -> MapState:
    """Show the heading, the controls, the map, the panel over it and the reasons below; return what they show.

    A click and most choices draw these again, and not the page.
    """
    import_early()
    st.session_state[keys.MAP_PAGE] = None
    return _stage(record)


@st.fragment
def _stage(record: RunRecord) -> MapState:
    with st.container(key="map_page", gap="small"):
        top = st.container(horizontal=True, vertical_alignment="center", gap="small", key="map_heading")
        tools = st.container(horizontal=True, vertical_alignment="center", gap="small", key="map_tools")
        with tools:
            map_state = controls(record)
        trust = trust_of(map_state)
        below = (
            map_state.key,
            map_state.metric,
            trust.status,
            trust.result is None,
        )  # what the tabs below the map draw
        if st.session_state.pop(keys.WHOLE_PAGE, False) or st.session_state[keys.MAP_PAGE] not in (
            None,
            below,
        ):
            st.rerun()
        st.session_state[keys.MAP_PAGE] = below
        with errors_in_place():
            shown, *others = all_shown(map_state, trust)
            if shown.result is not None and map_state.dimensions == 2:
                st.session_state[keys.MAP_DRAWN] = (*map_state.key, map_state.metric), shown.result
            with top:
                heading(map_state, shown.result, trust)
                offered = offer(map_state, shown.result, trust)
            with tools:
                more(map_state)
                take_away(map_state, shown)
            with st.container(key="map_stage", gap=None):
                _maps(map_state, trust, shown, others)
                with st.container(key="map_panel"):
                    panel(map_state, trust)
                moving(map_state, shown)
            _notes(map_state, shown, offered)
            reasons(map_state)
            if any(each.is_moving for each in (shown, *others)):
                is_slow = len(map_state.embedding) > MANY and shown.frame > 0
                refresh_after(MANY_MOVING_SECONDS if is_slow else MOVING_SECONDS, key="map_clock")
            elif is_awaited(record):
                refresh_after(FINDING_SECONDS, key="map_clock")
            elif trust.status == "measuring":
                refresh_after(MEASURING_SECONDS, key="map_clock")
            if not is_finding():
                expect_next(map_state)
    state.remember()
    return map_state


def _maps(map_state: MapState, trust: TrustState, shown: Shown, others: list[Shown]) -> None:
    colors = colorings(map_state, trust)
    sizes = sizings(colors)
    places = st.columns(1 + len(others), gap="small")
    with places[0]:
        if others:
            st.caption("What the rows of the table draw")
        category_map(
            map_view(map_state, trust, shown, colors, sizes, is_alone=not others),
            key=keys.MAP,
            height=None,
            covered=0 if others else PANEL_WIDTH,
            covered_below=0.0 if others else SHEET_SHARE,
            on_select=_take_click,
            on_area=_take_area,
            on_color=None if st.session_state.get(keys.MISLEADS) else _take_color,
            on_size=_take_size,
            on_move=take_move if is_finding() else None,
        )
    for place, other in zip(places[1:], others, strict=True):
        with place:
            st.caption("What chance alone draws")
            category_map(
                control_view(map_state, other, colors),
                key=keys.CONTROL_MAP,
                height=None,
                on_select=_take_control_click,
            )


def _notes(map_state: MapState, shown: Shown, offered: str) -> None:
    if offered:
        st.caption(f":material/lightbulb: {plain(offered)}")
    if shown.result is not None:
        notes = (
            *shown.result.notes,
            lost_distances(shown.result.quality),
            chosen_words(map_state),
            arrows_words(map_state, shown),
            _weighed(map_state.record),
        )
        for note in filter(None, notes):
            st.caption(f":material/info: {plain(note)}")


def _weighed(record: RunRecord) -> str:
    """Return how rows were weighed, where they were: "rows" on the map are then not those of the file."""
    weight = record.config.weight
    return next((note for note in record.notes if weight and quoted(weight) in note), "")


def _take_click() -> None:
    choose(clicked(keys.MAP))


def _take_control_click() -> None:
    choose(clicked(keys.CONTROL_MAP))


def _take_color() -> None:
    st.session_state[keys.COLOR] = recolored(keys.MAP)


def _take_size() -> None:
    st.session_state[keys.SIZE] = resized(keys.MAP)


def _take_area() -> None:
    choose_group(lassoed_title(keys.MAP) or "Selected on the map", lassoed(keys.MAP))
