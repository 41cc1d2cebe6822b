"""What a session holds, under which names, and how the address bar brings it back."""

from embed_core.ui.app.state.address import remember, restore
from embed_core.ui.app.state.databases import databases, open_from_database, tables_of
from embed_core.ui.app.state.handed_out import handed_out_query, is_handed_out
from embed_core.ui.app.state.kept import about_of, bring_choices, keep, keep_about, made_of
from embed_core.ui.app.state.runs import current_record, jobs, open_run, table_of
from embed_core.ui.app.state.settings import (
    applies,
    back_to_start,
    bound,
    choose_objective,
    config,
    missing,
    set_setting,
    settings,
)
from embed_core.ui.app.state.tables import (
    change_table,
    close_table,
    current_table,
    gallery_table,
    held_tables,
    open_held,
    open_sample,
    open_upload,
    read_again,
    read_upload,
    source_of_table,
)
from embed_core.ui.app.state.workspace import delete_everything
from embed_core.ui.app.uploads import MOST_HELD

__all__ = [
    "MOST_HELD",
    "about_of",
    "applies",
    "back_to_start",
    "bound",
    "bring_choices",
    "change_table",
    "choose_objective",
    "close_table",
    "config",
    "current_record",
    "current_table",
    "databases",
    "delete_everything",
    "gallery_table",
    "handed_out_query",
    "held_tables",
    "is_handed_out",
    "jobs",
    "keep",
    "keep_about",
    "made_of",
    "missing",
    "open_from_database",
    "open_held",
    "open_run",
    "open_sample",
    "open_upload",
    "read_again",
    "read_upload",
    "remember",
    "restore",
    "set_setting",
    "settings",
    "source_of_table",
    "table_of",
    "tables_of",
]
