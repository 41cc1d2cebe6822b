"""Whether the training begins from nothing, or goes on from a run of another table."""

import streamlit as st

from embed_core.ui.app import starting
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain


def choose_start() -> None:
    """Offer to go on from the newest run of another table with such vectors; show nothing where there is none."""
    offered = starting.start_offered()
    if offered is None:
        return
    is_chosen = st.checkbox(
        f"Go on from {plain(offered.name, limit=40)}",
        value=st.session_state.get(keys.START) == offered.id,
        key=f"{keys.START}_{offered.id}",
        help="For the next month of the same table. Each category begins at its vector of that run and stays there "
        "unless this table tells otherwise; new ones are put among them. Compare then says who drifted.",
    )
    st.session_state[keys.START] = offered.id if is_chosen else None
    if is_chosen:
        st.caption("Its axes and vectors are kept, and new categories are added.")
