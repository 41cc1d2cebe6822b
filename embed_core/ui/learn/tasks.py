"""What the Learn page has workers do: steps that begin it, follow it, and show what came of it.

A task has the same key for all who want the same: a class that presses the same button shares one training.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from embed_core.runs.job import Task
from embed_core.ui.app import state
from embed_core.ui.app.text import plain

REFRESH_SECONDS = 0.3


def step(draw: Callable[[Task | None], None], key: Callable[[], str]) -> None:
    """Show a step with its task; it refreshes by itself while the task goes on.

    Args:
        draw: shows the step, given its task; None when it was never begun.
        key: says what the task in hand is called; asked again at each refresh.
    """
    is_running = _is_running(state.jobs().tasks.get(key()))
    st.fragment(_refreshed, run_every=REFRESH_SECONDS if is_running else None)(draw, key, is_running)


def begin(key: str, work: Callable[..., Any], *arguments: Any) -> None:
    """Have a worker do it, unless that is known or under way."""
    task = state.jobs().tasks.get(key)
    if task is None or task.status in ("stopped", "failed"):
        state.jobs().tasks.begin(key, work, *arguments)


def begin_button(label: str, key: str, work: Callable[..., Any], *, place: str = "") -> None:
    """Show the button that begins a task; once it is done there is nothing to press.

    Args:
        label: on the button.
        key: of the task.
        work: what a worker is to do.
        place: tells two buttons of one task apart.
    """
    task = state.jobs().tasks.get(key)
    if task is None or task.status in ("stopped", "failed"):
        st.button(
            label,
            type="primary",
            icon=":material/play_arrow:",
            key=f"begin_{key}{place}",
            on_click=begin,
            args=(key, work),
        )


def progress(task: Task | None, *, unit: str) -> None:
    """Show how far a running task is, with a way to stop it; or why it failed."""
    if task is None:
        return
    if task.status == "failed":
        st.error(plain(task.error, limit=2_000), icon=":material/error:")
    if task.status == "stopped":
        st.caption(":material/stop_circle: Stopped before its end.")
    if task.status != "running":
        return
    counted = [part for part in task.parts if "total" in part]
    done, total = (counted[-1]["done"], counted[-1]["total"]) if counted else (0, 1)
    words = f"{done:,} of {total:,} {unit}" if counted else "Getting ready…"
    if not state.jobs().workers.warm.is_set():
        words = "The workers are warming up: a few seconds…"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Stop",
            icon=":material/stop:",
            key=f"stop_{task.key}",
            on_click=state.jobs().tasks.stop,
            args=(task.key,),
        )
        st.progress(min(1.0, done / total), text=words)


def _is_running(task: Task | None) -> bool:
    return task is not None and task.status == "running"


def _refreshed(draw: Callable[[Task | None], None], key: Callable[[], str], was_running: bool) -> None:
    task = state.jobs().tasks.get(key())
    if _is_running(task) != was_running:
        st.rerun()
    draw(task)
