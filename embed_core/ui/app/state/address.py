"""What the address bar says of a session, and how it brings it back."""

import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.gallery import SAMPLES
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.kept import keep_choices, linked_choices, names_in_address
from embed_core.ui.app.state.runs import current_record, open_table_of
from embed_core.ui.app.state.settings import defaults, good_start
from embed_core.ui.app.state.tables import GALLERY, current_table

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
        if (table_id := st.session_state[keys.TABLE]) and table_id.startswith(GALLERY):
            sample = SAMPLES.get(table_id.removeprefix(GALLERY))
            st.session_state[keys.SETTINGS] |= good_start(sample) if sample else {}
        record = current_record()
        if record is not None and OBJECTIVES[record.config.objective].is_offered:
            st.session_state[keys.SETTINGS] |= record.config.model_dump()
        if record is not None and current_table() is None:
            open_table_of(record)
        if table_id and current_table() is None:  # the address forgets it, so this is said once
            st.session_state[keys.TABLE] = None
            st.session_state[keys.NOTICE] = _TABLE_GONE


def remember() -> None:
    """Write to the address bar, and beside the run, what is needed to come back."""
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
