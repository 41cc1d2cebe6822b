"""The map of categories, a Streamlit component that stays mounted while its data change."""

import importlib.util
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_HERE = Path(__file__).parent
_SCRIPTS = (
    "atlas_labels.js",
    "atlas_data.js",
    "atlas_gestures.js",
    "atlas_ink.js",
    "atlas_plotly.js",
    "atlas_map.js",
)
_HTML = """
<div class="atlas" tabindex="0" role="application" aria-roledescription="map">
  <div class="atlas-sheet">
    <div class="atlas-stage">
      <svg class="atlas-under" aria-hidden="true"></svg>
      <div class="atlas-plot" aria-hidden="true"></div>
      <svg class="atlas-over" aria-hidden="true"><g></g><g></g></svg>
      <div class="atlas-card" hidden></div>
      <p class="atlas-note" hidden></p>
    </div>
    <span class="atlas-x-title"></span>
    <span class="atlas-y-title"></span>
    <div class="atlas-buttons">
      <button type="button" aria-label="Zoom in" title="Zoom in"><svg viewBox="0 0 14 14"><path d="M7 2v10M2 7h10"/></svg></button>
      <button type="button" aria-label="Zoom out" title="Zoom out"><svg viewBox="0 0 14 14"><path d="M2 7h10"/></svg></button>
      <button type="button" aria-label="Show everything" title="Show everything (double-click)"><svg viewBox="0 0 14 14">
        <path d="M2 5V2h3M9 2h3v3M12 9v3H9M5 12H2V9"/></svg></button>
    </div>
  </div>
  <div class="atlas-footer"></div>
  <div class="atlas-live" aria-live="polite"></div>
</div>
"""  # noqa: E501


def _read_scripts() -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)


_COMPONENT: ComponentRenderer = st.components.v2.component(
    "category_atlas_map",
    html=_HTML,
    css=(_HERE / "atlas_map.css").read_text(encoding="utf-8"),
    js=_read_scripts(),
    isolate_styles=False,
)


@dataclass(frozen=True)
class MapView:
    """Everything that is on the map.

    Arguments:
        labels: Category names. They are data: the map shows them as they are, never as markup.
        coordinates: Position of each category, float, shape (n, 2). Categories without a finite
            position are left out.
        support: Rows seen of each category, int, shape (n,). Sets a marker's area and opacity.
        color: A value for each category, float, shape (n,), nan where it is missing (drawn grey).
            None draws all in the accent colour.
        color_title: What the values are, for example "mean distance_mi".
        axes: Titles of the two axes. Empty ones say that the axes mean nothing, and hide their numbers.
        revision: Names the map. Zoom is kept while it stays the same.
        frame: Number of the frame, an epoch or a t-SNE iteration. It may go back: a replay.
        selected: The category lit up.
        neighbors: Its true neighbours, in the original space, nearest first, with distances.
        description: The text alternative of the map.
        moving: More frames will follow: let points glide to their new places.
    """

    labels: Sequence[str]
    coordinates: np.ndarray
    support: np.ndarray
    color: np.ndarray | None = None
    color_title: str = ""
    axes: tuple[str, str] = ("", "")
    revision: str = ""
    frame: float = 0
    selected: str | None = None
    neighbors: Sequence[tuple[str, float]] = ()
    description: str = ""
    moving: bool = False


def atlas_map(
    view: MapView, *, key: str, height: int = 560, on_select: Callable[[], None] | None = None
) -> str | None:
    """Show the map and return the category clicked last in this session, or None.

    The page owns the selection: the map draws ``view.selected``, always. A click only says what the
    person wants. It is lit up in the browser at once, then ``on_select`` runs, as a widget's callback
    does, and reads what was clicked with `clicked`, which is None when the selection was cleared
    (Escape, or a click on empty paper). The page may set its selection from elsewhere as well (a search,
    the address bar), or refuse the click: a click is told once and never again.

        def take_click() -> None:
            st.session_state["category"] = clicked("map")

        atlas_map(MapView(..., selected=st.session_state.get("category")), key="map", on_select=take_click)

    A page with nothing else that selects needs no callback: ``MapView(..., selected=clicked("map"))``.

    Arguments:
        view: What to show.
        key: Key of the component. One key is one map, which stays mounted from run to run.
        height: Height in pixels, with the key below the map.
        on_select: Called without arguments after the person has selected or cleared a category.
    """
    event = st.session_state.get(_event_key(key)) or {}
    _COMPONENT(
        key=key,
        data=_payload(view) | {"height": height, "heard": event.get("serial", 0)},
        on_select_change=partial(_take_event, key, on_select),
    )
    return clicked(key)


def clicked(key: str) -> str | None:
    """Return the category clicked last on the map called ``key``; None when none was, or it was cleared."""
    event = st.session_state.get(_event_key(key)) or {}
    return event.get("category")


def publish_plotly(static_folder: Path) -> Path:
    """Put Plotly's own plotly.min.js into the folder that the server serves, and return its path.

    Needs ``server.enableStaticServing = true``; the folder is ``static`` beside the script that is run.
    A copy of the same size is left alone. A new one appears whole or not at all, also when several
    servers start at once.
    """
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The package plotly is not installed.", name="plotly")
    source = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    target = static_folder / source.name
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return target
    static_folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".plotly-", dir=static_folder)
    os.close(handle)
    try:
        shutil.copyfile(source, name)
        os.chmod(name, 0o644)
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
    return target


def _event_key(key: str) -> str:
    return f"{key}:event"


def _take_event(key: str, on_select: Callable[[], None] | None) -> None:
    event = st.session_state[key].get("select")
    if event is None:
        return
    st.session_state[_event_key(key)] = event
    if on_select is not None:
        on_select()


def _payload(view: MapView) -> dict[str, Any]:
    """Return what the browser needs, as small as plain JSON allows."""
    coordinates = np.asarray(view.coordinates, dtype=float).reshape(len(view.labels), 2)
    shown = np.flatnonzero(np.isfinite(coordinates).all(axis=1))
    labels = [str(view.labels[i]) for i in shown.tolist()]
    index = {label: i for i, label in reversed(list(enumerate(labels)))}
    x, y = _compact(coordinates[shown]).T.tolist() if len(shown) else ([], [])
    return {
        "labels": labels,
        "x": x,
        "y": y,
        "support": np.asarray(view.support)[shown].astype(int).tolist(),
        "color": None if view.color is None else _nullable(np.asarray(view.color, dtype=float)[shown]),
        "color_title": view.color_title,
        "axes": list(view.axes),
        "revision": view.revision,
        "frame": view.frame,
        "selected": index.get(view.selected) if view.selected is not None else None,
        "neighbors": [
            [index[label], float(f"{distance:.4g}")] for label, distance in view.neighbors if label in index
        ],
        "description": view.description,
        "moving": view.moving,
    }


def _compact(coordinates: np.ndarray) -> np.ndarray:
    """Round to a hundred-thousandth of the map's size: a tenth of a pixel at tenfold zoom."""
    span = float(np.ptp(coordinates, axis=0).max()) or float(np.abs(coordinates).max()) or 1.0
    return np.round(coordinates, 5 - math.floor(math.log10(span)))


def _nullable(values: np.ndarray) -> list[float | None]:
    return [float(f"{value:.5g}") if math.isfinite(value) else None for value in values]
