"""The lesson: what an embedding is, step by step, every figure worked out on the spot."""

import streamlit as st

from embed_core.ui.app.page_entry import through_app
from embed_core.ui.learn.steps import steps

through_app(__file__)

with st.container(width=1120):
    st.title("What an embedding is")
    st.markdown(
        "Small steps from a column of names to a map of them. Every figure is worked out on the spot, and no "
        "table needs to be open."
    )
    steps()
