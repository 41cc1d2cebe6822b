"""What is said of work that waits for a worker, and where a page waits for work to end."""

import streamlit as st

from embed_core.runs.job import Job
from embed_core.runs.record import RunRecord
from embed_core.ui.app import state
from embed_core.ui.app.refreshing import follow

_LOOK_SECONDS = 1.0
_ORDINALS = ("Next", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def in_line(job: Job) -> str:
    """Say which in line a job is; "" when it does not wait."""
    workers = state.jobs().workers
    place = workers.place_in_line(job)
    if place is None:
        return ""
    which = _ORDINALS[place - 1] if place <= len(_ORDINALS) else f"Number {place}"
    return f"{which} in line for a worker" + (f": {workers.none_yet}" if workers.none_yet else "")


def until_it_ends(record: RunRecord, then: str) -> None:
    """Say that a run still trains and what comes then, and draw the page again when it has ended."""
    st.markdown(f"This training is still going on. {then}")
    st.page_link("pages/train.py", label="Watch it", icon=":material/play_circle:")
    follow(_is_live, seen=True, every=_LOOK_SECONDS)


def _is_live() -> bool:
    record = state.current_record()
    return record is not None and record.status.is_live
