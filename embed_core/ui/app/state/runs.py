"""The run in hand, and the jobs of the server."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.jobs import Jobs
from embed_core.runs.record import RunRecord
from embed_core.tables.changing.changes import changed
from embed_core.tables.gallery import SAMPLES
from embed_core.tables.table import Table
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.settings import defaults, replace_settings
from embed_core.ui.app.state.tables import GALLERY, current_table, gallery_table, held_table
from embed_core.ui.app.state.workspace import workspace


def jobs() -> Jobs:
    """Return the runs and jobs of this session's workspace."""
    return workspace().jobs


def current_record() -> RunRecord | None:
    """Return the run in hand; one that is not there any more is said to be gone, once, and forgotten."""
    run_id = st.session_state.get(keys.RUN)
    if not run_id:
        return None
    try:
        return jobs().record(run_id)
    except AtlasError:
        st.session_state[keys.RUN] = None
        st.session_state[keys.NOTICE] = (
            "The run of this link is not here: it was deleted, or belongs to another server. Open another, or train it "
            "again."
        )
        return None


def open_run(record: RunRecord) -> None:
    """Take up an earlier run, with its settings and, when it can be had, its table."""
    st.session_state[keys.RUN] = record.id
    st.session_state[keys.CATEGORY] = None
    open_table_of(record)
    if OBJECTIVES[record.config.objective].is_offered:
        replace_settings(defaults() | record.config.model_dump())


def open_table_of(record: RunRecord) -> None:
    """Open the table that a run was trained on; none where it must be brought again."""
    if record.source.startswith(GALLERY) and not record.changes:
        st.session_state[keys.TABLE] = record.source
    elif (table := current_table()) is None or table.fingerprint() != record.fingerprint:
        token = held_table(record.fingerprint)
        if token is None and (table := table_of(record)) is not None:
            token = workspace().uploads.add(table)
        st.session_state[keys.TABLE] = token


def table_of(record: RunRecord) -> Table | None:
    """Return the table that a run was trained on; None when it must be opened again for that."""
    table = current_table()
    if table is not None and table.fingerprint() == record.fingerprint:
        return table
    token = held_table(record.fingerprint)
    if token is not None or not record.source.startswith(GALLERY):
        return None if token is None else workspace().uploads.get(token)
    name = record.source.removeprefix(GALLERY)
    if name not in SAMPLES:
        return None
    try:
        table = changed(gallery_table(name), record.changes)
    except AtlasError:  # a run from elsewhere, of another table
        return None
    return table if table.fingerprint() == record.fingerprint else None
