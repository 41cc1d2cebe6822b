"""All runs in a table: to open, rename or delete one."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.line import open_run
from embed_core.ui.app.run_words import last_loss, told_apart
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain

_ROW, _HEAD, _MOST_ROWS = 35, 37, 14


@dataclass(frozen=True)
class _Listed:
    """The runs as they are listed.

    Attributes:
        of: all runs, newest first.
        records: the same in the order of the table's rows.
        table: what is shown.
    """

    of: list[RunRecord]
    records: list[RunRecord]
    table: pa.Table


def run_list() -> None:
    """Show all runs, those of a table together and the newest first; what can be done with the selected one."""
    before: _Listed | None = st.session_state.get(keys.LISTED_RUNS)
    listed = _listed(state.jobs().records(), before)
    st.session_state[keys.LISTED_RUNS] = listed
    _unreadable()
    if not listed.records:
        st.markdown("There is no run yet.")
        st.page_link("pages/data.py", label="Open a table", icon=":material/table:")
        return
    chosen = _selected(listed, before)
    if listed is not before and keys.RUN_TABLE in st.session_state:
        # The browser keeps the number of the row, which may be another run's now.
        row = [] if chosen is None else [listed.records.index(chosen)]
        st.session_state[keys.RUN_TABLE] = {"selection": {"rows": row, "columns": [], "cells": []}}
    _actions(chosen)
    st.dataframe(
        listed.table,
        key=keys.RUN_TABLE,
        hide_index=True,
        height=_HEAD + _ROW * min(_MOST_ROWS, len(listed.records)),
        on_select="rerun",
        selection_mode="single-row",
        alt="All runs, with their tables and settings",
        column_config={
            "run": st.column_config.TextColumn(width=320, pinned=True),
            "begun": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
            "epochs": st.column_config.NumberColumn(format="localized"),
            "categories": st.column_config.NumberColumn(format="localized"),
            "last loss": st.column_config.NumberColumn(format="%.4g"),
        },
    )


def _listed(records: list[RunRecord], before: _Listed | None) -> _Listed:
    """Return the list, the one before where no run is another now: there may be thousands."""
    if before is not None and before.of == records:
        return before
    ordered = _by_table(records)
    return _Listed(records, ordered, pa.Table.from_pandas(_table(ordered), preserve_index=False))


def _by_table(records: Sequence[RunRecord]) -> list[RunRecord]:
    """Return the runs, newest first, those of a table together: where its newest one is."""
    place: dict[str, int] = {}
    for number, record in enumerate(records):
        place.setdefault(record.fingerprint or record.table, number)
    return sorted(records, key=lambda record: place[record.fingerprint or record.table])


def _selected(listed: _Listed, before: _Listed | None) -> RunRecord | None:
    """Return the run whose row was selected: in the list as it was shown."""
    held = st.session_state.get(keys.RUN_TABLE)
    rows = held["selection"]["rows"] if held else []
    if before is None or not rows or rows[0] >= len(before.records):
        return None
    chosen = before.records[rows[0]].id
    return next((record for record in listed.records if record.id == chosen), None)


def _actions(record: RunRecord | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="run_actions"):
        off = record is None
        if (
            st.button("Open", icon=":material/explore:", type="primary", key="open_selected", disabled=off)
            and record
        ):
            open_run(record)
        if st.button("Rename", icon=":material/edit:", key="rename_selected", disabled=off) and record:
            _rename(record)
        st.button(
            "Delete",
            icon=":material/delete:",
            key="delete_selected",
            disabled=record is None or record.status.is_live,
            help="It can be taken back until another is deleted. One that is training must be stopped first.",
            on_click=_delete,
            args=(record.id, record.name) if record else None,
        )
        st.caption(plain(record.name, limit=80) if record else "Select a run in the table.", width="content")


def _table(records: Sequence[RunRecord]) -> pd.DataFrame:
    names = told_apart(records)
    return pd.DataFrame(
        {
            "run": [names[record.id] for record in records],
            "table": [record.table for record in records],
            "learned": [OBJECTIVES[record.config.objective].title for record in records],
            "categories": [len(record.labels) for record in records],
            "dimension": [record.config.dimension for record in records],
            "epochs": [record.epochs_done for record in records],
            "last loss": [last_loss(record) for record in records],
            "status": [str(record.status) for record in records],
            "begun": [record.created.astimezone().replace(tzinfo=None) for record in records],
        }
    )


@st.dialog("Rename the run")
def _rename(record: RunRecord) -> None:
    with st.form("rename_form", border=False, enter_to_submit=True):
        name = st.text_input("Name", value=record.name, max_chars=80, required=True)
        is_given = st.form_submit_button("Rename", type="primary", key="rename_now")
    if is_given:
        with errors_in_place():
            state.jobs().rename(record.id, name)
            st.rerun()


def _delete(run_id: str, name: str) -> None:
    try:
        state.jobs().set_aside(run_id)
    except AtlasError as refusal:
        st.session_state[keys.NOTICE] = str(refusal)
        return
    st.session_state[keys.DELETED] = run_id, name
    if st.session_state.get(keys.RUN) == run_id:
        st.session_state[keys.RUN] = None


def _unreadable() -> None:
    """List the runs that cannot be read, and why; each can be deleted."""
    for run_id, sentence in state.jobs().store.unreadable().items():
        with st.container(horizontal=True, vertical_alignment="center", key=f"unreadable_{run_id}"):
            st.caption(f":material/broken_image: {plain(sentence, limit=1_000)}", width="stretch")
            st.button(
                "Delete",
                icon=":material/delete:",
                type="tertiary",
                key=f"delete_{run_id}",
                on_click=_delete,
                args=(run_id, f"the run {run_id}"),
            )
