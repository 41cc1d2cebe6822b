"""The open table: of the gallery, or uploaded."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from embed_core.errors import AtlasError
from embed_core.tables.changing.changes import changed
from embed_core.tables.changing.steps import Change
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.tables.profile.suggestions import embeddable
from embed_core.tables.reading.read import stored
from embed_core.tables.table import Table
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.settings import (
    defaults,
    first_settings,
    good_start,
    replace_settings,
    settings,
    settings_fit,
)
from embed_core.ui.app.state.workspace import readers, workspace

GALLERY = "gallery:"
"""How the id of a table of the gallery begins."""


def current_table() -> Table | None:
    """Return the open table; None when there is none, or the server has forgotten it since."""
    table_id = st.session_state.get(keys.TABLE)
    if not table_id:
        return None
    if table_id.startswith(GALLERY):
        name = table_id.removeprefix(GALLERY)
        return gallery_table(name) if name in SAMPLES else None
    return workspace().uploads.get(table_id)


def open_sample(name: str) -> None:
    """Open a table of the gallery with its good start."""
    st.session_state[keys.TABLE] = GALLERY + name
    st.session_state[keys.RUN] = st.session_state[keys.CATEGORY] = None
    replace_settings(good_start(SAMPLES[name]))


def open_upload(file: Any, **options: Any) -> None:
    """Read an uploaded file and open it, with the best column chosen.

    Raises:
        AtlasError: it is larger than the server allows, or cannot be read.
    """
    open_table(read_upload(file, **options), file.size)
    _forget_file(file)


def read_upload(file: Any, **options: Any) -> Table:
    """Read an uploaded file, in a process that may die.

    Raises:
        AtlasError: it is larger than the server allows, or cannot be read.
    """
    limit = int(st.get_option("server.maxUploadSize"))
    if file.size > limit * 1024**2:
        raise AtlasError(
            f"The file {file.name} has {file.size / 1024**2:,.1f} MB, and uploads may have {limit:,} MB. Upload a part "
            "of it, or a Parquet file of the columns that matter."
        )
    return readers().read(stored(file), **options)


def read_again(table: Table, **options: Any) -> None:
    """Read the file of an uploaded table with other options, and open that in its place.

    What was chosen stays where the columns are still there. The table as it was stays at hand where runs were trained
    on it.

    Raises:
        AtlasError: it cannot be read so.
    """
    _put_in_place(table, table.read_again(**options))


def change_table(table: Table, changes: Sequence[Change]) -> None:
    """Open a table with these changes made to it, in its place; what was changed before, and is not here, is undone.

    Raises:
        AtlasError: it cannot be changed so.
    """
    _put_in_place(table, changed(table, changes))


def _put_in_place(table: Table, other: Table) -> None:
    uploads, token = workspace().uploads, st.session_state[keys.TABLE]
    trained = any(record.fingerprint == table.fingerprint() for record in workspace().jobs.records())
    is_new = trained or token.startswith(GALLERY)
    st.session_state[keys.TABLE] = uploads.add(other, None if is_new else token)
    if not settings_fit(other.columns, settings()):
        _begin(other)


def open_table(table: Table, size: int = 0) -> None:
    """Open a table that was brought, with the best column chosen.

    Args:
        table: the table.
        size: of its file in bytes.
    """
    _take(workspace().uploads.add(table, held_table(table.fingerprint()), size=size), table)


def _forget_file(file: Any) -> None:
    """Have Streamlit hold the file no longer than it is read: it would until the browser goes."""
    session = get_script_run_ctx()
    files = runtime.get_instance().uploaded_file_mgr if session is not None and runtime.exists() else None
    if session is not None and isinstance(files, MemoryUploadedFileManager):
        files.remove_file(session.session_id, file.file_id)


def _take(token: str, table: Table) -> None:
    st.session_state[keys.TABLE] = token
    _begin(table)


def _begin(table: Table) -> None:
    st.session_state[keys.RUN] = st.session_state[keys.CATEGORY] = None
    begin_settings(table)


def begin_settings(table: Table) -> None:
    """Take the settings with which a table of one's own is opened: its best column, and what needs no more."""
    columns = embeddable(table.profile())
    replace_settings(first_settings(columns[0] if columns else None))


def take_left_settings() -> bool:
    """Take the settings with which the table and the run in hand were left; return whether they are known, and fit."""
    table = current_table()
    if table is None:
        return False
    left = workspace().left_settings.of(st.session_state[keys.TABLE], st.session_state.get(keys.RUN))
    if left is None or not settings_fit(table.columns, left):
        return False
    replace_settings(left)
    return True


def keep_left_settings() -> None:
    """Keep the settings of the table and the run in hand, for who comes back to them."""
    if table_id := st.session_state.get(keys.TABLE):
        workspace().left_settings.keep(table_id, st.session_state.get(keys.RUN), settings())


def held_tables() -> dict[str, Table]:
    """Return the tables that were brought and are still held, by id, the last one first."""
    return workspace().uploads.held()


def held_table(fingerprint: str) -> str | None:
    """Return the id of the table with these contents, None when it is not held any more."""
    for token, table in held_tables().items():
        if table.fingerprint() == fingerprint:
            return token
    return None


def open_held(token: str) -> None:
    """Open a table that is still held, as it was left; nothing when it has been forgotten since."""
    table = workspace().uploads.get(token)
    if table is not None:
        _take(token, table)
        take_left_settings()


def close_table() -> None:
    """Go back to the first screen; what was brought and trained is still there."""
    st.session_state[keys.TABLE] = st.session_state[keys.RUN] = st.session_state[keys.CATEGORY] = None
    replace_settings(defaults())


def source_of_table() -> str:
    """Return how the open table can be opened again."""
    table_id = st.session_state[keys.TABLE] or ""
    table = current_table()
    if table is not None and table.base is not None:
        base = table.base
        names = (name for name, sample in SAMPLES.items() if sample.title == base.name)
        table_id = next((GALLERY + name for name in names if gallery_table(name) is base), table_id)
    return table_id if table_id.startswith(GALLERY) else "upload"


@st.cache_resource(max_entries=len(SAMPLES), show_spinner=False)
def gallery_table(name: str) -> Table:
    """Return a table of the gallery, read once for all."""
    return load_sample(name)
