"""The lesson: what an embedding is, step by step, every figure worked out on the spot."""

import streamlit as st

from embed_core.ui.app.page_entry import through_app
from embed_core.ui.learn.encoding import lookup_step, one_hot_step
from embed_core.ui.learn.network import epochs_step, network_step
from embed_core.ui.learn.outputs import outputs_step
from embed_core.ui.learn.read_on import read_on
from embed_core.ui.learn.uses import map_use, maps_step, model_step, neighbors_step

through_app(__file__)

with st.container(width=1120):
    st.title("What an embedding is")
    st.markdown(
        "Seven small steps from a column of names to a map of them. Every figure is worked out on the spot, and no "
        "table needs to be open."
    )
    st.space("medium")
    one_hot_step()
    st.space("medium")
    lookup_step()
    st.space("medium")
    network_step()
    st.space("medium")
    epochs_step()
    st.space("medium")
    outputs_step()
    st.space("medium")
    neighbors_step()
    st.space("small")
    model_step()
    st.space("small")
    map_use()
    st.space("medium")
    maps_step()
    st.space("medium")
    read_on()
