"""The sidebar: the table, the column and objective in hand, and the runs."""

import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.training.run import RunStatus
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, number, plain

SHOWN_RUNS = 30
_STATUS_ICONS = {
    RunStatus.WAITING: ":material/play_circle:",
    RunStatus.RUNNING: ":material/play_circle:",
    RunStatus.PAUSED: ":material/play_circle:",
    RunStatus.FINISHED: ":material/check_circle:",
    RunStatus.STOPPED: ":material/stop_circle:",
    RunStatus.FAILED: ":material/error:",
    RunStatus.INTERRUPTED: ":material/link_off:",
}


def sidebar() -> None:
    """Show the sidebar."""
    with st.sidebar:
        _in_hand()
        _runs()


def _in_hand() -> None:
    table = state.current_table()
    if table is None:
        st.caption("No table is open. Start with one from the gallery, or upload your own.")
        return
    st.markdown(f"**{plain(table.name, limit=60)}**")
    st.caption(f"{counted(table.n_rows, 'row')} × {counted(len(table.columns), 'column')}")
    chosen = state.settings()
    if chosen.get("column"):
        objective = OBJECTIVES[chosen["objective"]]
        st.caption(f"{plain(chosen['column'], limit=40)} · {objective.title}")


def _runs() -> None:
    records = state.jobs().records()
    if not records:
        return
    st.subheader("Runs")
    with st.container(gap=None):
        for record in records[:SHOWN_RUNS]:
            _run(record)
    if len(records) > SHOWN_RUNS:
        st.caption(f"{len(records) - SHOWN_RUNS} older runs are not listed.")


def _run(record: RunRecord) -> None:
    is_open = record.id == st.session_state.get(keys.RUN)
    with st.container(
        horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall", key=f"run_{record.id}"
    ):
        st.button(
            plain(record.name, limit=34),
            key=f"open_{record.id}",
            icon=_STATUS_ICONS[record.status],
            type="secondary" if is_open else "tertiary",
            help=_details(record),
            on_click=state.open_run,
            args=(record,),
        )
        _actions(record)


def _actions(record: RunRecord) -> None:
    chosen = st.menu_button(
        "",
        ["Rename", "Delete"],
        type="tertiary",
        key=f"actions_{record.id}",
        help="Rename or delete this run",
    )
    if chosen == "Rename":
        _rename(record)
    if chosen == "Delete":
        _delete(record)


@st.dialog("Rename the run")
def _rename(record: RunRecord) -> None:
    name = st.text_input("Name", value=record.name, max_chars=80, required=True)
    if st.button("Rename", type="primary"):
        with errors_in_place():
            state.jobs().rename(record.id, name)
            st.rerun()


@st.dialog("Delete the run?")
def _delete(record: RunRecord) -> None:
    st.markdown(f"**{plain(record.name)}** and its vectors, curves and model will be gone.")
    if record.status.is_live:
        st.caption("It is still training. Stop it first.")
    elif st.button("Delete", type="primary", icon=":material/delete:"):
        state.jobs().store.delete(record.id)
        if st.session_state.get(keys.RUN) == record.id:
            st.session_state[keys.RUN] = None
        st.rerun()


def _details(record: RunRecord) -> str:
    loss = record.last.get("val_loss", record.last.get("loss"))
    parts = [
        plain(record.table, limit=60),
        f"{plain(record.config.column, limit=40)}, {OBJECTIVES[record.config.objective].title.lower()}",
        counted(record.config.dimension, "dimension"),
        f"loss {number(loss)}" if loss is not None else "",
        f"{record.status.value}, {record.created.astimezone():%d %B, %H:%M}",
    ]
    return " · ".join(part for part in parts if part)
