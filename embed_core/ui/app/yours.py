"""A visitor of a shared server: how they come in, and what they are shown of their workspace."""

import streamlit as st

from embed_core.ui.app import server, state
from embed_core.ui.app.admission import PRIVATE_LINK
from embed_core.ui.app.server import Deleted
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.workspace import asks_for_login, private_key, workspace_name
from embed_core.ui.app.text import counted
from embed_core.ui.app.visitors import own_address


def let_in() -> None:
    """Go on with the page for who has a workspace; others are shown how to get one."""
    if server.current().is_shared:
        server.current().sessions.note(private_key())
    if workspace_name() is not None:
        return
    st.title("Category Atlas")
    if asks_for_login():
        st.markdown("Your tables and runs are kept apart from those of others: log in to see them.")
        st.button("Log in", type="primary", icon=":material/login:", key="log_in", on_click=st.login)
    else:
        st.error(
            "This server keeps your tables and runs apart from those of others by a cookie, and your browser sent "
            "none. Allow cookies for this site, and load the page again.",
            icon=":material/cookie:",
        )
    st.stop()


def yours() -> None:
    """Show the menu of one's own workspace; nothing on a personal server."""
    if not server.current().is_shared:
        return
    with st.popover("Yours", type="tertiary", icon=":material/lock:", key="yours"):
        if deleted := st.session_state.get(keys.DELETED_ALL):
            st.success(_words(deleted), icon=":material/delete_forever:")
        st.markdown("**Your workspace.** Nobody else sees the tables, runs and comparisons in it.")
        if asks_for_login():
            st.button("Log out", icon=":material/logout:", key="log_out", on_click=st.logout)
        elif key := private_key():
            st.markdown("Your private link opens it in another browser:")
            st.code(own_address(f"{PRIVATE_LINK}#{key}"), language=None, wrap_lines=True)
            st.caption("Whoever has the link has all that is in it, and without it nobody can bring it back.")
        st.caption(f"The operator knows it as {workspace_name()}.")
        if given := len(server.current().copies.given(workspace_name() or "")):
            st.button(
                f"Take {counted(given, 'link')} to copies back",
                icon=":material/link_off:",
                key="take_links_back",
                on_click=_take_links_back,
            )
        with st.expander("Delete everything of mine", icon=":material/delete_forever:"):
            _delete()


def welcome() -> None:
    """Say once to a new visitor whose this place is; and what was deleted, when everything was."""
    if deleted := st.session_state.pop(keys.DELETED_ALL, None):
        st.success(_words(deleted), icon=":material/delete_forever:")
    if not server.current().is_shared or st.session_state.get(keys.WELCOMED):
        return
    if state.jobs().store.ids() or asks_for_login():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="welcome"):
        st.caption(
            ":material/lock: What you bring and train here is seen by you alone. Keep your private link, under "
            "*Yours*: it is the way back from another browser.",
            width="content",
        )
        st.button(
            "", icon=":material/close:", type="tertiary", key="welcomed", on_click=_be_welcomed, help="Hide"
        )


def _delete() -> None:
    runs, tables = len(state.jobs().store.ids()), len(state.held_tables())
    st.markdown(
        f"{counted(runs, 'run')}, {counted(tables, 'uploaded table')} and all comparisons are removed at once. What is "
        "going on is ended. Nobody can bring it back."
    )
    if st.button("Delete everything now", type="primary", key="delete_everything"):
        deleted = state.delete_everything()
        st.session_state[keys.DELETED_ALL] = deleted
        st.switch_page("pages/data.py")


def _take_links_back() -> None:
    server.current().copies.take_back(workspace_name() or "")


def _be_welcomed() -> None:
    st.session_state[keys.WELCOMED] = True


def _words(deleted: Deleted) -> str:
    return (
        f"Deleted: {counted(deleted.runs, 'run')}, {counted(deleted.tables, 'uploaded table')} and "
        f"{counted(deleted.comparisons, 'comparison')}. Nothing of yours is left on this server."
    )
