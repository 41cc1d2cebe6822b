"""What one looks at, in a heading, and how far to believe it, in a chip that opens the numbers."""

import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.measurement import TrustState
from embed_core.runs.record import RunRecord
from embed_core.space.projections.base import Projection
from embed_core.tables.gallery import SAMPLES
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.tables import GALLERY
from embed_core.ui.app.text import counted, plain
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import evidence
from embed_core.ui.map_page.trust_strip import trust_strip, verdict_words


def heading(map_state: MapState, result: Projection | None, trust: TrustState) -> None:
    """Show the heading, and beside it the verdict with the trust strip behind it."""
    st.title(plain(what(map_state), limit=160), anchor=False, width="content")
    known = evidence(map_state).measured(trust.result).on(result)
    icon, opening, _ = verdict_words(known, trust)
    label = plain(opening.partition(", about ")[0])
    _keep_open(f"{icon} {label}")
    chip = st.popover(
        label,
        icon=icon,
        key=keys.VERDICT,
        help="How far this map can be believed, and why",
        on_change="rerun",
    )
    if chip.open:  # what is in a closed one would be drawn with every click
        with chip:
            trust_strip(map_state, result, trust)


def _keep_open(words: str) -> None:
    """Leave the verdict open: with other words on it, Streamlit takes its button for another one, which is closed."""
    before = st.session_state.get(keys.VERDICT_WORDS)
    if before is not None and before != words:
        st.session_state[keys.VERDICT] = bool(st.session_state.get(keys.VERDICT))
    st.session_state[keys.VERDICT_WORDS] = words


def what(map_state: MapState) -> str:
    """Return what one looks at, such as "224 airports, placed by distance_mi"."""
    record = map_state.record
    placed = OBJECTIVES[record.config.objective].placed(record.config)
    return f"{_things(record, map_state.column, len(map_state.embedding))}, placed {placed}"


def _things(record: RunRecord, column: str, n: int) -> str:
    sample = SAMPLES.get(record.source.removeprefix(GALLERY)) if record.source.startswith(GALLERY) else None
    if sample is not None and record.config.column == sample.start["column"] == column:
        return f"{n:,} {sample.things}"
    return f"{counted(n, 'category', 'categories')} of {column}"
