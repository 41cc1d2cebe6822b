"""What was chosen, in a sentence, and the button that trains."""

import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.counting.features import suitable
from embed_core.tables.table import Table
from embed_core.ui.app import starting as launch
from embed_core.ui.app import state
from embed_core.ui.app.words import named, summary


def train_button(table: Table) -> None:
    """Sum the choice up in a sentence, with the button that trains."""
    missing = state.missing()
    if missing:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/arrow_upward: Still to choose: {named(missing)}.",
                width="content",
            )
            free = next(objective for objective in OBJECTIVES.values() if not objective.needs)
            if "column" not in missing and suitable(table, without=(state.settings()["column"],)):
                st.button(
                    f"{free.title} instead",
                    type="tertiary",
                    key="take_context",
                    on_click=state.choose_objective,
                    args=(free.name,),
                    help="Needs no target.",
                )
        return
    st.markdown(f":material/summarize: {summary(table)}")
    launch.button("Train", key="train_here", then_open="pages/train.py")
