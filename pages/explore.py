"""The map of a run: projections, neighbours, and how far the map can be trusted."""

from embed_core.ui import state
from embed_core.ui.explore_page import below_the_map, no_map
from embed_core.ui.explore_stage import stage
from embed_core.ui.shell import through_app

through_app(__file__)

record = state.current_record()
if record is None or not record.status.has_result:
    no_map(record)
else:
    with state.errors_in_place():
        below_the_map(stage(record))
