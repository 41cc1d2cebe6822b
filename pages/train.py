"""Train, and watch the curve and the map while they move."""

import streamlit as st

from embed_core.ui.app import state
from embed_core.ui.app.page_entry import through_app
from embed_core.ui.app.text import plain, unbroken
from embed_core.ui.train.outcome import model_picture, outcome
from embed_core.ui.train.progress import is_from_elsewhere, not_trained_here, nothing_to_train, watch
from embed_core.ui.train.settings import settings_drawer, settings_panel

through_app(__file__)

record = state.current_record()
if record is None and state.current_table() is None:
    nothing_to_train()
elif record is not None and is_from_elsewhere(record) and state.current_table() is None:
    not_trained_here(record)
elif record is None:
    st.title("Train")
    watch()
    if not state.is_handed_out():
        settings_panel()
else:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(unbroken(plain(record.name, limit=80)), width="content")
        if not state.is_handed_out():
            settings_drawer()
    watch()
    outcome(record)
    model_picture(record)
