"""What was chosen, in a sentence, and the button that trains: always in view."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.rehearsals import Rehearsal
from embed_core.tables.counting.features import suitable
from embed_core.tables.table import Table
from embed_core.ui.app import starting as launch
from embed_core.ui.app import state
from embed_core.ui.app.refreshing import follow
from embed_core.ui.app.text import plain
from embed_core.ui.app.words import named, summary
from embed_core.ui.component.category_map import load_map_ahead

_REFRESH_SECONDS = 0.5


def train_bar(table: Table) -> None:
    """Sum the choice up in a sentence, with the button that trains; it follows how far that is made ready."""
    ready = launch.rehearsal()
    seen = launch.readiness(
        ready
    )  # asked first: what comes to its end while the bar is drawn has changed since
    _bar(table, ready)
    load_map_ahead()
    if seen:
        # A fragment within what stays in view would be drawn into the next page.
        follow(lambda: launch.readiness(ready), seen=seen, every=_REFRESH_SECONDS)


def _bar(table: Table, ready: Rehearsal | None) -> None:
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="train_bar"):
        missing = state.missing()
        if missing:
            _still_to_choose(table, missing)
            return
        try:
            words = summary(table)
        except AtlasError as problem:
            st.markdown(f":material/error: {plain(problem, limit=2_000)}")
            return
        st.markdown(f":material/summarize: {words}{launch.start_words()}", width="stretch")
        if words := launch.readiness(ready):
            st.caption(words, width="content")
        launch.button(key="train_here", ready=ready, then_open="pages/train.py")


def _still_to_choose(table: Table, missing: list[str]) -> None:
    st.markdown(f":material/arrow_upward: Still to choose: {named(missing)}.", width="stretch")
    free = next(objective for objective in OBJECTIVES.values() if not objective.needs)
    if "column" not in missing and suitable(table, without=(state.settings()["column"],)):
        st.button(
            f"{free.question} instead",
            type="tertiary",
            key="take_context",
            on_click=state.choose_objective,
            args=(free.name,),
            help="Needs no target.",
        )
