"""Train, and watch the curves and the map while they move."""

from embed_core.ui.app import state
from embed_core.ui.app.page_entry import through_app
from embed_core.ui.train.outcome import model_picture, outcome
from embed_core.ui.train.progress import nothing_to_train, watch
from embed_core.ui.train.settings import settings_panel

through_app(__file__)

record = state.current_record()
if record is None and state.current_table() is None:
    nothing_to_train()
else:
    watch()
    if record is not None:
        outcome(record)
        model_picture(record)
    settings_panel(expanded=record is None)
