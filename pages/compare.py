"""Compare two runs, several dimensions, and the embedding with other encoders."""

import streamlit as st

from embed_core.ui.compare_page import tabs
from embed_core.ui.shell import through_app

through_app(__file__)

st.title("Compare")
tabs()
