"""Train, and watch the curves and the map while they move."""

import streamlit as st

from embed_core.ui import state
from embed_core.ui.train_parts import model_picture, nothing_to_train, outcome, settings_panel, watch

record = state.current_record()
if record is None and state.current_table() is None:
    nothing_to_train()
else:
    watch(record)
    if record is not None:
        outcome(record)
        model_picture(record)
    settings_panel()
