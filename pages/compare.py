"""Compare two runs, several dimensions, and the embedding with other encoders."""

import streamlit as st

from embed_core.ui.app.page_entry import through_app
from embed_core.ui.compare.tabs import tabs

through_app(__file__)

st.title("Compare")
tabs()
