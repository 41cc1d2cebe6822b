"""What to learn: the question, the column, what the question needs, and the dimension."""

import streamlit as st

from embed_core.learning.objectives.base import Objective
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.profile.suggestions import embeddable, first_embeddable
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.text import counted, plain
from embed_core.ui.data.changing import chosen_several_hint, spellings_hint
from embed_core.ui.data.dimension import choose_dimension
from embed_core.ui.data.needs import choose_needs, choose_weight
from embed_core.ui.data.start import choose_start


def choose(table: Table) -> None:
    """Let the person choose the question, the column, what the question needs, and the dimension.

    Raises:
        AtlasError: no column of the table can be embedded.
    """
    with st.spinner("Looking at the columns…", show_time=True):
        profile = table.profile()
    first_embeddable(profile)
    st.header("What do you want to know?")
    left, right = st.columns([6, 5], gap="large")
    with left:
        _choose_objective()
    with right:
        possible = embeddable(profile)
        others = [name for name in profile["name"] if name not in possible]
        st.selectbox(
            "Column of categories",
            possible + others,
            help="Each of its values gets a vector: so many numbers, by which values can be near or far.",
            **state.bound("column"),
        )
        chosen_several_hint(table)
        spellings_hint(table)
        choose_needs(table, profile)
        with st.expander(_size_words(), icon=":material/tune:", key="size_settings"):
            choose_dimension(profile)
            st.number_input(
                "Pool categories with fewer rows than",
                min_value=1,
                step=1,
                help="Rare categories share one vector called (rare). 1 pools none.",
                **state.bound("min_frequency"),
            )
            choose_weight(table)
        choose_start()


def _choose_objective() -> None:
    # What needs nothing comes first.
    offered = [name for name, objective in OBJECTIVES.items() if objective.is_offered]
    names = sorted(offered, key=lambda name: bool(OBJECTIVES[name].needs))
    st.radio(
        "Question",
        names,
        format_func=lambda name: _label(OBJECTIVES[name]),
        captions=[OBJECTIVES[name].sentence for name in names],
        label_visibility="collapsed",
        **(state.bound("objective", options=names) | {"on_change": state.choose_objective, "args": ()}),
    )
    st.caption(f":material/info: {OBJECTIVES[state.settings()['objective']].limit}")


def _label(objective: Objective) -> str:
    if not objective.question:
        return f"**{objective.title}**"
    return f"**{objective.question}** {objective.title}"


def _size_words() -> str:
    chosen = state.settings()
    size = f"{counted(chosen['dimension'], 'number')} per category"
    least = chosen["min_frequency"]
    pooled = f" · fewer than {least:,} rows pooled" if least > 1 else " · none pooled"
    weight = chosen["weight"]
    return size + pooled + (f" · weighted by {plain(weight, limit=30)}" if weight else "")
