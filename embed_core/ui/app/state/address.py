"""What the address bar says of a session, and how it brings it back."""

import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.tables.gallery import SAMPLES
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.handed_out import take_handed_out
from embed_core.ui.app.state.kept import keep_choices, linked_choices, names_in_address
from embed_core.ui.app.state.runs import current_record, open_table_of
from embed_core.ui.app.state.settings import defaults, good_start
from embed_core.ui.app.state.tables import (
    GALLERY,
    begin_settings,
    current_table,
    keep_left_settings,
    take_left_settings,
)

_TABLE_GONE = (
    "The table of this link is not held any more: bring it again. Runs and maps that were made of it are "
    "still here."
)


def restore() -> None:
    """Take over what the address bar says, once a session."""
    if keys.SETTINGS not in st.session_state:
        st.session_state[keys.SETTINGS] = defaults()
        for name in keys.IN_ADDRESS:
            st.session_state[name] = st.query_params.get(name)
        st.session_state[keys.LINKED] = st.session_state[keys.RUN], linked_choices()
        table_id, record = st.session_state[keys.TABLE], current_record()
        handed_out = st.session_state[keys.HANDED_OUT]
        if not take_left_settings():
            _take_first_settings(record)
        if handed_out:
            take_handed_out(handed_out)
        if record is not None and current_table() is None:
            open_table_of(record)
        if table_id and current_table() is None:  # the address forgets it, so this is said once
            st.session_state[keys.TABLE] = None
            st.session_state[keys.NOTICE] = _TABLE_GONE


def _take_first_settings(record: RunRecord | None) -> None:
    """Take the settings of the run, or those with which a table is opened."""
    table_id, table = st.session_state[keys.TABLE], current_table()
    if table_id and table_id.startswith(GALLERY):
        sample = SAMPLES.get(table_id.removeprefix(GALLERY))
        st.session_state[keys.SETTINGS] |= good_start(sample) if sample else {}
    elif table is not None and record is None:
        begin_settings(table)
    if record is not None and OBJECTIVES[record.config.objective].is_offered:
        st.session_state[keys.SETTINGS] |= record.config.model_dump()


def remember() -> None:
    """Write to the address bar, and beside the run and the table, what is needed to come back."""
    keep_left_settings()
    looked_at = keep_choices()
    held = {name: st.session_state.get(name) for name in keys.IN_ADDRESS}
    held |= {name: looked_at.get(name) for name in names_in_address()}
    for name, value in held.items():
        if value is None:
            st.query_params.pop(name, None)
    changed = {
        name: str(value) for name, value in held.items() if value and st.query_params.get(name) != str(value)
    }
    if changed:  # at once: each change is a message to the browser
        st.query_params.update(changed)
