"""What to learn: the column, the objective with what it needs, and the dimension."""

import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.profile.suggestions import embeddable
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.data.dimension import choose_dimension
from embed_core.ui.data.needs import choose_needs


def choose(table: Table) -> None:
    """Let the person choose the column, the objective, what it needs, and the dimension."""
    st.header("What to learn")
    profile = table.profile()
    possible = embeddable(profile)
    others = [name for name in profile["name"] if name not in possible]
    left, right = st.columns(2, gap="large")
    with left:
        st.selectbox(
            "Column of categories",
            possible + others,
            help="Each of its values gets a vector.",
            **state.bound("column"),
        )
        _choose_objective()
    with right:
        choose_needs(table, profile)
    st.space("small")
    left, right = st.columns(2, gap="large")
    with left:
        choose_dimension(profile)
    with right:
        st.number_input(
            "Pool categories with fewer rows than",
            min_value=1,
            step=1,
            help="Rare categories share one vector called (rare). 1 pools none.",
            **state.bound("min_frequency"),
        )


def _choose_objective() -> None:
    st.radio(
        "Learn from",
        list(OBJECTIVES),
        format_func=lambda name: OBJECTIVES[name].title,
        captions=[objective.sentence for objective in OBJECTIVES.values()],
        **(
            state.bound("objective", options=list(OBJECTIVES))
            | {"on_change": state.choose_objective, "args": ()}
        ),
    )
    st.caption(f":material/info: {OBJECTIVES[state.settings()['objective']].limit}")
