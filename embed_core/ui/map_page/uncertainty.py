"""How uncertain places are: where halves of the rows put the categories, on the map that all rows draw."""

from typing import Any

import numpy as np
import streamlit as st

from embed_core.map.view import Frames
from embed_core.runs.measurement import TrustState
from embed_core.space.projections.places import places_on_map
from embed_core.ui.app.state import keys
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import OF_MAP, evidence

Array = np.ndarray[Any, Any]


def cloud(map_state: MapState, trust: TrustState, coordinates: Array, category: str | None) -> Array | None:
    """Return where halves of the rows put the chosen category, (r, 2); None where that is not known."""
    places = _places(map_state, trust)
    if category is None or places is None:
        return None
    own = places[:, map_state.embedding.positions[category]]
    own = own[np.isfinite(own).all(axis=1)]
    return _on_map(map_state, own, coordinates) if len(own) else None


def halves_played(map_state: MapState, trust: TrustState, coordinates: Array, *, frame: int) -> Frames | None:
    """Return the places that halves of the rows give, for the player; None unless a person wants to see them."""
    places = _places(map_state, trust)
    if places is None or not st.session_state.get(keys.SWAYS):
        return None
    part = "part" if evidence(map_state).measured(trust.result).holds_out else "half"
    return _frames(map_state, places, coordinates, frame=frame, part=part)


def _places(map_state: MapState, trust: TrustState) -> Array | None:
    if map_state.dimensions != 2 or trust.result is None or not len(trust.result.places):
        return None
    return trust.result.places


@st.cache_resource(max_entries=16, show_spinner="Placing what halves of the rows learned…", hash_funcs=OF_MAP)
def _frames(map_state: MapState, _places: Array, _coordinates: Array, *, frame: int, part: str) -> Frames:
    found = np.repeat(_coordinates[None], len(_places) + 1, axis=0)
    for at, places in zip(found, _places, strict=False):
        seen = np.isfinite(places).all(axis=1)
        if seen.any():
            at[seen] = _on_map(map_state, places[seen], _coordinates)
    names = [f"{part} {number}" for number in range(1, len(found))]
    return Frames(
        numbers=range(1, len(found) + 1), coordinates=found, values=[*names, "all rows"], name="drawing"
    )


def _on_map(map_state: MapState, places: Array, coordinates: Array) -> Array:
    vectors = map_state.embedding.vectors
    draw = map_state.projection.basis(vectors)
    if draw is not None:
        return draw(places)
    return places_on_map(places, vectors, coordinates, metric=map_state.metric)
