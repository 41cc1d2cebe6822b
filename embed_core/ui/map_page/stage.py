"""The controls, the map, what stands beside it and below it: all that answers a click."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from embed_core.runs.measurement import TrustState
from embed_core.runs.projections import LiveProjection
from embed_core.runs.record import RunRecord
from embed_core.space.projections.base import Projection
from embed_core.space.projections.centres import lost_distances
from embed_core.space.projections.registry import METHODS
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.refreshing import refresh_after
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, plain
from embed_core.ui.component.category_map import (
    Coloring,
    MapView,
    category_map,
    clicked,
    lassoed,
    recolored,
)
from embed_core.ui.map_page.colors.colorings import colorings
from embed_core.ui.map_page.colors.fading import card_lines, fading
from embed_core.ui.map_page.controls import chosen_words, controls, settings_of, settings_popover
from embed_core.ui.map_page.heavy_imports import import_early
from embed_core.ui.map_page.lit_up import false_neighbors, true_neighbors
from embed_core.ui.map_page.map_state import (
    Group,
    MapState,
    choose,
    choose_group,
    chosen,
    group,
)
from embed_core.ui.map_page.measures import (
    nearest,
    neighbors_kept,
    projection,
    replay,
)
from embed_core.ui.map_page.panel.category import panel
from embed_core.ui.map_page.trust_strip import fade_by, trust_of, trust_strip
from embed_core.ui.map_page.uncertainty import cloud, halves_played

HEIGHT = 600
MOST_EXPECTED = 10_000  # finding the neighbours of so many takes some seconds of a core
MOVING_SECONDS, MEASURING_SECONDS = 0.1, 1.0
MANY, MANY_MOVING_SECONDS = 1_000, 0.3  # drawing so many takes time that their gliding needs
NEWS_SECONDS = 0.3  # to draw the same frame once more takes as long

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Shown:
    """What is drawn: a finished projection, or the newest frame of one that moves, and more frames will come."""

    coordinates: Array
    result: Projection | None
    live: LiveProjection | None = None
    is_moving: bool = False

    @property
    def frame(self) -> int:
        """Number of the frame."""
        return self.live.iteration if self.live else 0


def stage(record: RunRecord) -> MapState:
    """Show the controls, the map, the panel beside it and the trust strip; return what they show.

    A click and most choices draw these again, and not the page.
    """
    import_early()
    st.session_state[keys.MAP_PAGE] = None
    return _stage(record)


@st.fragment
def _stage(record: RunRecord) -> MapState:
    map_state = controls(record)
    trust = trust_of(map_state)
    below = (
        map_state.key,
        map_state.metric,
        trust.status,
        trust.result is None,
    )  # what the tabs below the map draw
    if st.session_state.pop(keys.WHOLE_PAGE, False) or st.session_state[keys.MAP_PAGE] not in (None, below):
        st.rerun()
    st.session_state[keys.MAP_PAGE] = below
    with errors_in_place():
        shown, *others = _all_shown(map_state, trust)
        left, right = st.columns([7, 3], gap="medium")
        with left:
            _maps(map_state, trust, shown, others)
            _below(map_state, shown)
            trust_strip(map_state, shown.result, trust)
        with right:
            panel(map_state, trust)
        if any(each.is_moving for each in (shown, *others)):
            is_slow = len(map_state.embedding) > MANY and shown.frame > 0
            refresh_after(MANY_MOVING_SECONDS if is_slow else MOVING_SECONDS, key="map_clock")
        elif trust.status == "measuring":
            refresh_after(MEASURING_SECONDS, key="map_clock")
        _expect_next(map_state)
    state.remember()
    return map_state


def _all_shown(map_state: MapState, trust: TrustState) -> list[Shown]:
    found = [_shown(map_state, map_state.embedding.vectors)]
    if trust.result is not None and trust.result.has_control and st.session_state.get(keys.CHANCE):
        found.append(_shown(map_state, trust.result.control_vectors, name=f"control {map_state.metric}"))
    return found


def _shown(map_state: MapState, vectors: Array, name: str = "") -> Shown:
    if map_state.projection.pace == "at once":
        result = projection(map_state, vectors, name=name)
        return Shown(result.coordinates, result)
    live = state.jobs().projections.begin(
        (*map_state.map_key, *([name] if name else [])), vectors, **map_state.options
    )
    is_moving = live.is_moving  # as drawn: it may come to rest meanwhile, and be drawn once more for that
    if not name and is_moving:
        known, iteration = st.session_state.get(keys.MAP_SEEN, (None, None))
        live.wait_for_news(iteration if known is live else None, NEWS_SECONDS)
        st.session_state[keys.MAP_SEEN] = (live, live.iteration)
    if live.result is not None:
        return Shown(live.result.coordinates, live.result, live, is_moving)
    empty = np.zeros((len(vectors), map_state.dimensions), np.float32)
    return Shown(empty if live.coordinates is None else live.coordinates, None, live, is_moving)


def _expect_next(map_state: MapState) -> None:
    """Prepare what a person is likely to look at next: the first projection that moves."""
    n = len(map_state.embedding)
    moving = next((name for name, method in METHODS.items() if method.pace == "in frames"), None)
    if map_state.projection.pace == "at once" and moving is not None and n <= MOST_EXPECTED:
        expected = replace(map_state, method=moving, settings=settings_of(moving, n))
        state.jobs().projections.expect(expected.map_key, map_state.embedding.vectors, **expected.options)


def _maps(map_state: MapState, trust: TrustState, shown: Shown, others: list[Shown]) -> None:
    colors = colorings(map_state, trust)
    places = st.columns(1 + len(others), gap="small")
    with places[0]:
        category_map(
            _view(map_state, trust, shown, colors, is_alone=not others),
            key=keys.MAP,
            height=HEIGHT,
            on_select=_take_click,
            on_area=_take_area,
            on_color=None if st.session_state.get(keys.MISLEADS) else _take_color,
        )
        if others:
            st.caption("What the rows of the table draw")
    for place, other in zip(places[1:], others, strict=True):
        with place:
            category_map(
                _control_view(map_state, other, colors),
                key=keys.CONTROL_MAP,
                height=HEIGHT,
                on_select=_take_control_click,
            )
            st.caption("What chance alone draws")


def _below(map_state: MapState, shown: Shown) -> None:
    live = shown.live
    if shown.result is not None:
        notes = (*shown.result.notes, lost_distances(shown.result.quality), chosen_words(map_state))
        for note in filter(None, notes):
            st.caption(f":material/info: {plain(note)}")
    has_settings = any(setting.slider for setting in map_state.projection.settings)
    if live is None and not has_settings:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="map_below"):
        if live is not None:
            _progress(map_state, live, is_moving=shown.is_moving)
        if has_settings:
            settings_popover(map_state)
    if live is not None and live.error:
        st.error(plain(live.error, limit=2_000), icon=":material/error:")


def _progress(map_state: MapState, live: LiveProjection, *, is_moving: bool) -> None:
    """Show how far a projection is, with what ends it or begins it again."""
    if is_moving:
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


def _view(
    map_state: MapState, trust: TrustState, shown: Shown, colors: list[Coloring], *, is_alone: bool
) -> MapView:
    kept = None
    if st.session_state.get(keys.MISLEADS) and not shown.is_moving:
        kept = neighbors_kept(map_state, shown.coordinates, frame=shown.frame)
        colors = [Coloring("share of neighbours kept", kept, name=map_state.color)]
    fade, fade_title = fading(map_state, trust, fade_by(trust))
    result = shown.result
    names = counted(len(map_state.embedding), "category", "categories")
    near = nearest(map_state)
    view = _plain_view(map_state, shown, colors)
    played = (
        None if shown.is_moving else halves_played(map_state, trust, shown.coordinates, frame=shown.frame)
    ) or replay(map_state)
    return replace(
        view,
        axes=result.axes if is_alone and result is not None and result.has_axes else view.axes,
        false_neighbors=()
        if shown.is_moving
        else false_neighbors(map_state, shown.coordinates, view.selected),
        cloud=None if shown.is_moving else cloud(map_state, trust, shown.coordinates, view.selected),
        description=f"{map_state.projection.title} map of {names} of {map_state.column}. "
        "The tab Vectors below says the same.",
        isolated=bool(view.group) and bool(st.session_state.get(keys.ISOLATED)),
        fade=fade,
        fade_title=fade_title,
        details=card_lines(map_state, trust, kept) or None,
        nearest=near,
        neighbors=view.neighbors if near is None else (),
        stability=None if trust.result is None else trust.result.stability,
        frames=played if is_alone else None,
        title=f"{map_state.column}, {map_state.record.name}",
    )


def _control_view(map_state: MapState, shown: Shown, colors: list[Coloring]) -> MapView:
    """The map that chance draws: the same colours and sizes, and nothing to be read."""
    return replace(
        _plain_view(map_state, shown, colors),
        revision=f"control {map_state.map_key!r}",
        description="Map of the same training on shuffled rows: what chance alone draws",
        title=f"{map_state.column}, shuffled",
    )


def _plain_view(map_state: MapState, shown: Shown, colors: list[Coloring]) -> MapView:
    """What every map of an atlas shows alike."""
    category, members = _in_front(map_state)
    return MapView(
        labels=map_state.embedding.labels,
        coordinates=shown.coordinates,
        support=map_state.embedding.support,
        colorings=colors,
        colored=map_state.color,
        axes=("",) * map_state.dimensions,
        revision=repr(map_state.map_key),
        frame=shown.frame,
        selected=category,
        neighbors=true_neighbors(map_state, category),
        moving=shown.is_moving,
        group=members.members if members is not None else (),
    )


def _in_front(map_state: MapState) -> tuple[str | None, Group | None]:
    """Return the category and the group that are lit up: both only when the group is alone on the map."""
    category, members = chosen(map_state.embedding), group()
    if members is not None and (category is None or st.session_state.get(keys.FRONT) == "group"):
        return None, members
    return category, members if st.session_state.get(keys.ISOLATED) else None


def _take_click() -> None:
    choose(clicked(keys.MAP))


def _take_control_click() -> None:
    choose(clicked(keys.CONTROL_MAP))


def _take_color() -> None:
    st.session_state[keys.COLOR] = recolored(keys.MAP)


def _take_area() -> None:
    choose_group("Selected on the map", lassoed(keys.MAP))
