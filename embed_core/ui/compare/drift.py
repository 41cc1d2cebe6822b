"""Who drifted between two runs: in a sentence, in the table and in the colours of the maps."""

import math
from typing import Literal

import numpy as np
import streamlit as st

from embed_core.comparing.two_runs import TwoEmbeddings
from embed_core.runs.record import RunRecord
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain, share
from embed_core.ui.compare.pair import begin_with, goes_on
from embed_core.ui.component.category_map import Coloring

Change = Literal["kept", "moved"]

_CHANGES: dict[Change, str] = {"kept": "Neighbours", "moved": "Places"}
_NAMED = 3
_STILL = 0.0005
"""Less than this, as a share of how far categories lie from the middle, is 0.0 % and no movement."""


def choose_change(first: RunRecord, second: RunRecord) -> Change:
    """Let the person choose what change is coloured and listed first: neighbours, or places after a warm start."""
    begin_with(keys.COMPARE_CHANGE, "moved" if goes_on(first, second) else "kept", first, second)
    chosen: Change | None = st.segmented_control(
        "What changed",
        list(_CHANGES),
        format_func=_CHANGES.__getitem__,
        required=True,
        key=keys.COMPARE_CHANGE,
        persist_state="session",
        help="Colours the maps and orders the table. Neighbours: how many of the nearest are the same in both. Places: "
        "how far each is from where it was, once the second run is turned and mirrored onto the first",
    )
    return chosen or "kept"


def drifted(first: RunRecord, second: RunRecord, found: TwoEmbeddings) -> str:
    """Return in a sentence or two how far categories moved, and which moved farthest."""
    if not found.k or found.chance_disparity != found.chance_disparity:  # all in one place
        return _start_words(first, second)
    moved = found.changes.sort_values("moved", ascending=False, kind="stable")
    if moved["moved"].iloc[0] < _STILL:
        return f"{_start_words(first, second)}No category moved."
    half = float(np.median(moved["moved"]))
    farthest = [
        f"**{plain(str(category), limit=40)}** ({share(far)})"
        for category, far in moved[["category", "moved"]].head(_NAMED).itertuples(index=False)
    ]
    by_chance = share(math.sqrt(max(0.0, found.chance_disparity)))
    return (
        f"{_start_words(first, second)}Half of the categories moved by less than **{share(half)}** of how far they "
        f"lie from the middle (by chance {by_chance}); farthest moved {', '.join(farthest[:-1])} and {farthest[-1]}."
    )


def change_colorings(found: TwoEmbeddings, change: Change) -> list[Coloring]:
    """Return the colours of what changed, in the order of the embeddings; none without neighbours."""
    if not found.k:
        return []
    if change == "kept":
        return [Coloring("share of neighbours in both", found.kept)]
    return [Coloring("moved by (%)", 100 * moved_of(found))]


def moved_of(found: TwoEmbeddings) -> np.ndarray:
    """Return how far each category moved, (n,), in the order of the embeddings."""
    moved = found.changes.set_index("category")["moved"]
    return moved.reindex(found.embeddings[0].labels).to_numpy(np.float64)


def _start_words(first: RunRecord, second: RunRecord) -> str:
    if not goes_on(first, second):
        return ""
    went_on = (
        "second run went on from the first" if second.started_from else "first run went on from the second"
    )
    return f"The {went_on}, so this is who drifted. "
