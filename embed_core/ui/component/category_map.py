"""The map of categories, a Streamlit component that stays mounted while its data change."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal, TypedDict

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from embed_core.map.payload import map_payload
from embed_core.map.view import Coloring, Frames, MapView, Sizing
from embed_core.ui.component.serving import MAP, PLOTLY

__all__ = [
    "Coloring",
    "Frames",
    "Level",
    "LevelsOfColumn",
    "MapView",
    "Sizing",
    "category_finder",
    "category_map",
    "category_panel",
    "clicked",
    "lassoed",
    "lassoed_title",
    "level_bars",
    "load_map_ahead",
    "map_chooser",
    "picked",
    "recolored",
    "resized",
]


class Level(TypedDict):
    """A level, with the share of each part's rows, and how many they are."""

    level: str
    shares: list[float]
    counts: list[int]


class LevelsOfColumn(TypedDict):
    """The levels of a column that are shown together."""

    column: str
    levels: list[Level]


def _component(name: str, show: str, html: str = "") -> ComponentRenderer:
    """Return a component that a function of the map's script shows, in the element that is in ``html``."""
    return st.components.v2.component(
        name,
        html=html,
        js=f"""
const script = await import(new URL("{MAP.address}", document.baseURI)).catch(() => null);
export default (component) => {{
  if (script) return script.{show}(component);
  for (const place of component.parentElement.querySelectorAll("[class^=atlas]")) {{
    place.textContent = "This cannot be shown, because its script did not load. Reload the page.";
  }}
}};
""",
        isolate_styles=False,
    )


# The large parts of the data are components that show nothing, sent only when they change.
_PART = _component("category_atlas_part", "receivePart")
_AHEAD = _component("category_atlas_ahead", "loadAhead")
_MAP = _component(
    "category_atlas_map",
    "showMap",
    '<div class="atlas" tabindex="0" role="application" aria-roledescription="map"></div>',
)
_FINDER = _component("category_atlas_finder", "showFinder", '<div class="atlas-finder"></div>')
_CHOOSER = _component("category_atlas_chooser", "showChooser", '<div class="atlas-chooser"></div>')
_LEVELS = _component("category_atlas_levels", "showLevels", '<div class="atlas-levels"></div>')
_PANEL = _component("category_atlas_panel", "showPanel", '<section class="atlas-panel"></section>')


def category_map(
    view: MapView,
    *,
    key: str,
    height: int | None = 560,
    covered: int = 0,
    covered_below: float = 0.0,
    on_select: Callable[[], None] | None = None,
    on_area: Callable[[], None] | None = None,
    on_color: Callable[[], None] | None = None,
    on_size: Callable[[], None] | None = None,
    on_move: Callable[[], None] | None = None,
) -> str | None:
    """Show the map and return the category clicked last in this session, or None.

    The page owns the selection: the map draws ``view.selected``, always. A click only says what the
    person wants. It is lit up in the browser at once, then ``on_select`` runs, as a widget's callback
    does, and reads what was clicked with `clicked`, which is None when the selection was cleared
    (Escape, or a click on empty paper). The page may set its selection from elsewhere as well (a search,
    the address bar), or refuse the click: a click is reported once and never again.

        def take_click() -> None:
            st.session_state["category"] = clicked("map")

        category_map(MapView(..., selected=st.session_state.get("category")), key="map", on_select=take_click)

    A page with nothing else that selects needs no callback: ``MapView(..., selected=clicked("map"))``.
    An area drawn around categories is reported in the same way: ``on_area`` runs and reads its members with
    `lassoed`, and the page shows them as ``view.group``.

    Arguments:
        view: What to show.
        key: Key of the component. One key is one map, which stays mounted from run to run.
        height: Height in pixels, with the key below the map; None fills the window.
        covered: Pixels at the left of the map over which something stands while a category is selected: it is
            moved out from below.
        covered_below: Share of the window's height over which it stands instead, at the window's end, where the map is
            too narrow for something at its left.
        on_select: Called without arguments after the person has selected or cleared a category.
        on_area: Called without arguments after the person has drawn or cleared an area. Without it, the
            map has no button to select an area with.
        on_color: Called without arguments after the person has chosen another of ``view.colorings`` with a
            `map_chooser`, which the browser has shown already where it has them; `recolored` is its name.
        on_size: The same of ``view.sizings``; `resized` is its name.
        on_move: Called without arguments when the person has moved or zoomed the map, once for each revision.
    """
    parts, rest = map_payload(view, key)
    heard = {name: (_event(key, name) or {}).get("serial", 0) for name in ("select", "area", "color", "size")}
    with st.container(gap=None):
        for name, content in parts.items():
            _PART(key=f"{key}:{name}", data=content)
        _MAP(
            key=key,
            data=rest
            | {
                "height": height or 0,
                "covered": covered,
                "covered_below": covered_below,
                "plotly": PLOTLY.address,
                "heard": heard,
                "areas": on_area is not None,
                "moves": on_move is not None,
            },
            on_select_change=partial(_take_event, key, "select", on_select),
            on_area_change=partial(_take_event, key, "area", on_area),
            on_color_change=partial(_take_event, key, "color", on_color),
            on_size_change=partial(_take_event, key, "size", on_size),
            on_move_change=partial(_take_event, key, "move", on_move),
        )
    return clicked(key)


def load_map_ahead() -> None:
    """Have the browser load what a map needs while nobody waits for one: it takes seconds to read Plotly."""
    _AHEAD(key="map_ahead", data={"plotly": PLOTLY.address})


def clicked(key: str) -> str | None:
    """Return the category clicked last on the map called ``key``; None when none was, or it was cleared."""
    return (_event(key, "select") or {}).get("category")


def lassoed(key: str) -> list[str]:
    """Return the categories in the area drawn last on the map called ``key``; none when it was cleared."""
    return list((_event(key, "area") or {}).get("categories", []))


def lassoed_title(key: str) -> str:
    """Return what those categories are, where an entry of the key was pressed; empty where they were drawn around."""
    return str((_event(key, "area") or {}).get("title", ""))


def resized(key: str) -> str | None:
    """Return the name of the sizing chosen last for the map called ``key``; None when none was."""
    return (_event(key, "size") or {}).get("size")


def map_chooser(map_key: str, *, key: str, label: str, of: Literal["coloring", "sizing"]) -> None:
    """Show a field that says what colours, or what sizes, the points of a map: at once, where the browser has it.

    Arguments:
        map_key: Key of the map.
        key: Key of the component.
        label: Words before the field.
        of: What is chosen.
    """
    _CHOOSER(key=key, data={"slot": map_key, "label": label, "of": of})


def level_bars(names: Sequence[str], columns: Sequence[LevelsOfColumn], *, key: str) -> None:
    """Show levels of other columns, each with a bar for every part: its share of the part's rows.

    Arguments:
        names: Of the two parts.
        columns: The levels of each column.
        key: Key of the component.
    """
    _LEVELS(key=key, data={"names": list(names), "columns": list(columns)})


def recolored(key: str) -> str | None:
    """Return the name of the colouring chosen last on the map called ``key``; None when none was."""
    return (_event(key, "color") or {}).get("color")


def category_panel(
    map_key: str, *, key: str, title: str, invitation: str, note: str, stability_note: str
) -> None:
    """Show the category selected on a map, with its nearest and how far they are, as soon as it is clicked.

    Arguments:
        map_key: Key of the map. What it knows of its categories is drawn, and a neighbour pressed is selected.
        key: Key of the component.
        title: Heading while nothing is selected.
        invitation: What to do then.
        note: What the distances are.
        stability_note: What the percentages are, where the view has a stability.
    """
    data = {
        "slot": map_key,
        "title": title,
        "invitation": invitation,
        "note": note,
        "stability_note": stability_note,
    }
    _PANEL(key=key, data=data)


def category_finder(
    map_key: str,
    *,
    key: str,
    label: str,
    placeholder: str,
    help: str = "",
    value: str | None = None,
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Show a field that finds a category of a map by any part of its name.

    The browser has the names already. A select box would be sent them all again each time, and with thousands
    takes a second to draw.

    Arguments:
        map_key: Key of the map. Without ``on_pick``, what is found is selected there, as by a click.
        key: Key of the component.
        label: Words above the field; read out only when it selects.
        placeholder: Words in the empty field.
        help: Shown when it is pointed at.
        value: The category that has been picked; the selected one when it selects.
        on_pick: Called without arguments after a category was picked, or given up; `picked` is its name.
    """
    selects = on_pick is None
    data = {"slot": map_key, "label": label, "placeholder": placeholder, "help": help, "value": value}
    _FINDER(
        key=key, data=data | {"selects": selects}, on_pick_change=partial(_take_event, key, "pick", on_pick)
    )


def picked(key: str) -> str | None:
    """Return the category picked last in the field called ``key``; None when none was, or it was given up."""
    return (_event(key, "pick") or {}).get("category")


def _event(key: str, name: str) -> dict[str, Any] | None:
    return st.session_state.get(f"{key}:{name}:event")


def _take_event(key: str, name: str, callback: Callable[[], None] | None) -> None:
    event = st.session_state[key].get(name)
    if event is None:
        return
    st.session_state[f"{key}:{name}:event"] = event
    if callback is not None:
        callback()
