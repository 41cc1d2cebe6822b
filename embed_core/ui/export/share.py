"""A link to a copy of the run, for other visitors of a shared server."""

import streamlit as st

from embed_core.exporting.run_file import packed
from embed_core.runs.record import RunRecord
from embed_core.ui.app import server, state
from embed_core.ui.app.shared_link import link_to
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.workspace import workspace_name


def share(record: RunRecord) -> None:
    """Offer a link that opens a copy, or take it back; nothing on a personal server."""
    name = workspace_name()
    if name is None or not server.current().is_shared:
        return
    st.header("For others on this server", anchor=False)
    token = server.current().copies.given(name).get(record.id)
    if token is None:
        st.markdown(
            "A link that opens a copy of this run, as it is now, in the workspace of whoever follows it. They see "
            "nothing else of yours, the rows of the table included."
        )
        st.button(
            "Make a link", icon=":material/link:", key="share_copy", on_click=_give, args=(name, record.id)
        )
        return
    st.markdown("Whoever has this link gets a copy of the run as it was when you made it:")
    st.code(link_to(token), language=None, wrap_lines=True)
    st.button(
        "Take the link back",
        icon=":material/link_off:",
        key="unshare_copy",
        on_click=_take_back,
        args=(name, record.id),
        help="It opens nothing from then on. Copies that were made stay with those who made them.",
    )


def _give(workspace: str, run_id: str) -> None:
    try:
        content = packed(state.jobs().store.folder / run_id)
        server.current().copies.give(content, workspace=workspace, run_id=run_id)
    except OSError as problem:
        st.session_state[keys.NOTICE] = (
            f"No link was made: the copy cannot be written ({problem.strerror or type(problem).__name__}). Whoever "
            "runs this server can make room."
        )


def _take_back(workspace: str, run_id: str) -> None:
    server.current().copies.take_back(workspace, run_id)
