"""What the Learn page has workers do: steps that begin it, follow it, and show what came of it.

A job has the same key for all who want the same: a class that presses the same button shares one training.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from embed_core.runs.job import Job
from embed_core.ui.app import state
from embed_core.ui.app.refreshing import while_running
from embed_core.ui.app.text import plain
from embed_core.ui.app.waiting import in_line

REFRESH_SECONDS = 0.3


def step(draw: Callable[[Job | None], None], key: Callable[[], str]) -> None:
    """Show a step with its job; it refreshes by itself while the job goes on.

    Args:
        draw: shows the step, given its job; None when it was never begun.
        key: says what the job in hand is called; asked at each refresh.
    """

    def job() -> Job | None:
        return state.jobs().lessons.find(key())

    while_running(lambda: draw(job()), every=lambda: REFRESH_SECONDS if _is_running(job()) else None)


def begin(key: str, work: Callable[..., Any], *arguments: Any) -> None:
    """Have a worker do it, unless that is known or under way."""
    job = state.jobs().lessons.find(key)
    if job is None or job.status in ("stopped", "failed"):
        state.jobs().lessons.begin(Job(key), work, *arguments)


def begin_button(label: str, key: str, work: Callable[..., Any], *, place: str = "") -> None:
    """Show the button that begins a job; once it is done there is nothing to press.

    Args:
        label: on the button.
        key: of the job.
        work: what a worker is to do.
        place: tells two buttons of one job apart.
    """
    job = state.jobs().lessons.find(key)
    if job is None or job.status in ("stopped", "failed"):
        st.button(
            label,
            type="primary",
            icon=":material/play_arrow:",
            key=f"begin_{key}{place}",
            on_click=begin,
            args=(key, work),
        )


def progress(job: Job | None, *, unit: str) -> None:
    """Show how far a running job is, with a way to stop it; or why it failed."""
    if job is None:
        return
    if job.status == "failed":
        st.error(plain(job.error, limit=2_000), icon=":material/error:")
    if job.status == "stopped":
        st.caption(":material/stop_circle: Stopped before its end.")
    if job.status != "running":
        return
    counted = [part for part in job.progress if "total" in part]
    done, total = (counted[-1]["done"], counted[-1]["total"]) if counted else (0, 1)
    words = f"{done:,} of {total:,} {unit}" if counted else "Getting ready…"
    if not state.jobs().workers.warm.is_set():
        words = "The workers are warming up: a few seconds…"
    elif waits := in_line(job):
        words = waits
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Stop",
            icon=":material/stop:",
            key=f"stop_{job.key}",
            on_click=state.jobs().lessons.stop,
            args=(job.key,),
        )
        st.progress(min(1.0, done / total), text=words)


def _is_running(job: Job | None) -> bool:
    return job is not None and job.status == "running"
