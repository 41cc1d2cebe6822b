"""The workspace of a session: the only way to a run, a job or an uploaded table; and the readers of the server."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.tables.reader_process.readers import Readers
from embed_core.ui.app import server
from embed_core.ui.app.server import LOCAL, Deleted, Workspace
from embed_core.ui.app.state import keys
from embed_core.ui.app.visitors import COOKIE, is_key, workspace_of_key, workspace_of_login


def workspace() -> Workspace:
    """Return the workspace of this session.

    Raises:
        AtlasError: nobody says whose session this is, see `workspace_name`.
    """
    name = workspace_name()
    if name is None:
        raise AtlasError("This page belongs to no workspace any more. Load it again.")
    return server.current().workspace(name)


def workspace_name() -> str | None:
    """Return the name of the workspace; None where a visitor must log in first, or keeps no cookies.

    While a browser is away, nothing says its cookies: the session remembers whose it is.
    """
    if not server.current().is_shared:
        return LOCAL
    if asks_for_login():
        user: Mapping[str, Any] = st.user
        if not user["is_logged_in"]:
            return None
        return workspace_of_login(str(user.get("iss", "")), str(user["sub"]))
    key = private_key()
    if key is not None:
        st.session_state[keys.WORKSPACE] = workspace_of_key(key)
    return st.session_state.get(keys.WORKSPACE)


def asks_for_login() -> bool:
    """Whether visitors log in: the operator has set up a provider, see ``st.login``."""
    return "is_logged_in" in st.user


def private_key() -> str | None:
    """Return the key of this browser's workspace; None where there is none."""
    key = st.context.cookies.get(COOKIE)
    return key if is_key(key) else None


def delete_everything() -> Deleted:
    """Delete all that is in this session's workspace, and forget what the session had in hand of it."""
    name = workspace_name()
    if name is None:
        raise AtlasError("This page belongs to no workspace any more. Load it again.")
    deleted = server.current().delete(name)
    for key in list(st.session_state):
        if key != keys.WORKSPACE:
            del st.session_state[key]
    st.query_params.clear()
    return deleted


def readers() -> Readers:
    """Return the processes in which uploads are read."""
    return server.current().readers
