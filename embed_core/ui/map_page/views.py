"""The maps as the component draws them: all that is on them."""

from dataclasses import replace

import streamlit as st

from embed_core.runs.measurement import TrustState
from embed_core.space.orientation import applied
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.kept import Group
from embed_core.ui.app.text import counted
from embed_core.ui.component.category_map import Coloring, Frames, MapView, Sizing
from embed_core.ui.map_page.arrows import arrows
from embed_core.ui.map_page.colors.fading import card_lines, fading
from embed_core.ui.map_page.heading import what
from embed_core.ui.map_page.lit_up import false_neighbors, true_neighbors
from embed_core.ui.map_page.map_state import MapState, chosen, group
from embed_core.ui.map_page.measures import evidence, nearest, neighbors_kept, replay
from embed_core.ui.map_page.shown import Array, Shown
from embed_core.ui.map_page.trust_strip import fade_by
from embed_core.ui.map_page.uncertainty import cloud, halves_played


def map_view(
    map_state: MapState,
    trust: TrustState,
    shown: Shown,
    colors: list[Coloring],
    sizes: list[Sizing],
    *,
    is_alone: bool,
) -> MapView:
    """Return the map of the page."""
    kept = None
    if st.session_state.get(keys.MISLEADS) and not shown.is_moving:
        kept = neighbors_kept(map_state, shown.coordinates, frame=shown.frame)
        colors = [Coloring("share of neighbours kept", kept, name=map_state.color)]
    fade, fade_title = fading(map_state, trust, fade_by(map_state, trust))
    result = shown.result
    names = counted(len(map_state.embedding), "category", "categories")
    near = nearest(map_state)
    view = _plain_view(map_state, shown, colors)
    return replace(
        view,
        axes=result.axes if is_alone and result is not None and result.has_axes else view.axes,
        arrows=arrows(map_state, shown) if is_alone else (),
        false_neighbors=()
        if shown.is_moving
        else false_neighbors(map_state, shown.coordinates, view.selected),
        cloud=_cloud(map_state, trust, shown, view.selected),
        description=f"{map_state.projection.title} map of {names} of {map_state.column}. "
        "The tab Table below says the same.",
        regions=next((each.groups for each in colors if each.name == "cluster"), None),
        sizings=sizes,
        sized=str(st.session_state.get(keys.SIZE) or "rows"),
        isolated=bool(view.group) and bool(st.session_state.get(keys.ISOLATED)),
        fade=fade,
        fade_title=fade_title,
        details=card_lines(map_state, trust, kept) or None,
        nearest=near,
        neighbors=view.neighbors if near is None else (),
        stability=None if trust.result is None else trust.result.stability,
        frames=_frames(map_state, trust, shown) if is_alone else None,
        title=what(map_state),
        notes=_picture_notes(map_state, shown, trust),
    )


def _picture_notes(map_state: MapState, shown: Shown, trust: TrustState) -> tuple[str, str]:
    """Return the table with the day of the training, and how far to believe the map."""
    record = map_state.record
    known = evidence(map_state).measured(trust.result).on(shown.result)
    return f"{record.table} · {record.created.astimezone():%d %B %Y}", known.verdict.sentence


def _frames(map_state: MapState, trust: TrustState, shown: Shown) -> Frames | None:
    """Return what is played: the places that halves of the rows give, or the training."""
    halves = None if shown.is_moving else halves_played(map_state, trust, shown.as_drawn, frame=shown.frame)
    frames = halves or replay(map_state)
    if frames is None or shown.turn is None:
        return frames
    return replace(frames, coordinates=applied(frames.coordinates, shown.turn))


def _cloud(map_state: MapState, trust: TrustState, shown: Shown, category: str | None) -> Array | None:
    if shown.is_moving:
        return None
    found = cloud(map_state, trust, shown.as_drawn, category)
    return found if found is None or shown.turn is None else applied(found, shown.turn)


def control_view(map_state: MapState, shown: Shown, colors: list[Coloring]) -> MapView:
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
