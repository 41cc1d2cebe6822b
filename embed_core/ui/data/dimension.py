"""How many numbers each category gets, with rules of thumb."""

import pandas as pd
import streamlit as st

from embed_core.learning.dimension_rules import dimension_rules
from embed_core.ui.app import state
from embed_core.ui.app.text import counted

LARGEST_DIMENSION = 64


def choose_dimension(profile: pd.DataFrame) -> None:
    """Let the person choose the dimension, with the rules of thumb for so many categories."""
    chosen = state.settings()
    st.slider(
        "Dimension: numbers per category",
        1,
        max(LARGEST_DIMENSION, chosen["dimension"]),
        help="Two can be drawn as they are. More hold more, and are flattened for the map.",
        **state.bound("dimension"),
    )
    distinct = profile.set_index("name")["distinct"].get(chosen["column"])
    if distinct is not None and distinct > 1:
        st.caption(f"Rules of thumb for {counted(int(distinct), 'category', 'categories')}:")
        with st.container(horizontal=True, gap="medium"):
            for rule in dimension_rules(int(distinct)):
                st.button(
                    f"{rule.dimension} · {rule.name}",
                    key=f"rule_{rule.name}",
                    type="tertiary",
                    help=rule.source,
                    on_click=state.set_setting,
                    args=("dimension", min(rule.dimension, LARGEST_DIMENSION)),
                )
