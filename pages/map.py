"""The map of a run: projections, neighbours, and how far the map can be trusted."""

from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.page_entry import through_app
from embed_core.ui.map_page.stage import stage
from embed_core.ui.map_page.tabs.below import below_the_map, no_map

through_app(__file__)

record = state.current_record()
if record is None or not record.status.has_result:
    no_map(record)
else:
    with errors_in_place():
        below_the_map(stage(record))
