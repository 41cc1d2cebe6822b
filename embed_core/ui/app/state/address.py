"""What the address bar says of a session, and how it brings it back."""

import streamlit as st

from embed_core.tables.gallery import SAMPLES
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.runs import current_record
from embed_core.ui.app.state.settings import defaults, good_start
from embed_core.ui.app.state.tables import GALLERY


def restore() -> None:
    """Take over what the address bar says, once a session."""
    if keys.SETTINGS not in st.session_state:
        st.session_state[keys.SETTINGS] = defaults()
        for name in keys.IN_ADDRESS:
            st.session_state[name] = st.query_params.get(name)
        if (table_id := st.session_state[keys.TABLE]) and table_id.startswith(GALLERY):
            sample = SAMPLES.get(table_id.removeprefix(GALLERY))
            st.session_state[keys.SETTINGS] |= good_start(sample) if sample else {}
        record = current_record()
        if record is not None:
            st.session_state[keys.SETTINGS] |= record.config.model_dump()


def remember() -> None:
    """Write to the address bar what is needed to come back."""
    for name in keys.IN_ADDRESS:
        value = st.session_state.get(name)
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
