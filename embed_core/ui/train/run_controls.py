"""The controls of a training: Train, Pause, Step, Stop, Reset, the epoch and the time, and the pace."""

import time
from typing import Any

import streamlit as st

from embed_core.runs.live_run import LiveRun
from embed_core.runs.record import RunRecord
from embed_core.training.run import RunStatus
from embed_core.ui.app import starting as launch
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.first_map import find_ahead
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import seconds
from embed_core.ui.app.waiting import in_line

_PACES = {"watch": "Watch", "full": "Full speed"}
_CLOCK_SECONDS = 4.0


def run_controls(record: RunRecord | None, live: LiveRun | None) -> None:
    """Show the bar, and below it how far the training is; what keeps it from beginning is said there."""
    begin = ""
    with st.container(horizontal=True, vertical_alignment="center", key="transport"):
        begin = _buttons(record, live)
        st.segmented_control(
            "Pace",
            list(_PACES),
            format_func=_PACES.__getitem__,
            key=_pace_key(),
            required=True,
            persist_state="session",  # else Streamlit may send it once, to a browser that is sent the next already
            label_visibility="collapsed",
            on_change=_change_pace,
            help="Watch: about ten epochs a second, more when that would take longer than 15 seconds",
        )
    if record is not None:
        st.progress(
            epochs_done(record, live) / record.config.planned_epochs, text=_progress_words(record, live)
        )
    if begin:
        with errors_in_place():
            launch.begin(one_step=begin == "step")
            st.rerun()


def epochs_done(record: RunRecord, live: LiveRun | None) -> int:
    """Return how many epochs have ended."""
    return min(record.config.planned_epochs, len(live.rows) if live else record.epochs_done)


def _buttons(record: RunRecord | None, live: LiveRun | None) -> str:
    """Show the five buttons; return which of them, if any, begins a training."""
    paused = live is not None and live.job.controls.paused
    begin = ""
    if live is None:
        done = record is not None and record.status.has_result
        if record is not None and done:
            find_ahead(record)
        if done and st.button("Open the map", key="open_map", type="primary", icon=":material/explore:"):
            st.switch_page("pages/map.py")
        if st.button(
            "Train again" if done else "Train",
            key="train",
            type="secondary" if done else "primary",
            icon=":material/play_arrow:",
        ):
            begin = "train"
        if done:
            _reset_button(record)
            return begin
    else:
        _command("Go on" if paused else "Train", "resume", ":material/play_arrow:", live, enabled=paused)
    _command("Pause", "pause", ":material/pause:", live, enabled=live is not None and not paused)
    step_help = "Train one epoch and pause"
    if live is None and record is None:
        if st.button("Step", key="first_step", icon=":material/skip_next:", help=step_help):
            begin = "step"
    else:
        _command("Step", "step", ":material/skip_next:", live, enabled=live is not None, help=step_help)
    _command(
        "Stop",
        "stop",
        ":material/stop:",
        live,
        enabled=live is not None,
        help="End now and keep what was learned",
    )
    _reset_button(record)
    return begin


def _reset_button(record: RunRecord | None) -> None:
    st.button(
        "Reset",
        key="reset",
        icon=":material/replay:",
        disabled=record is None,
        on_click=_reset,
        help="Put this run aside and begin from the start; it stays in the list of runs",
    )


def _command(
    label: str, action: str, icon: str, live: LiveRun | None, *, enabled: bool, help: str | None = None
) -> None:
    st.button(
        label,
        key=action,
        icon=icon,
        type="primary" if action == "resume" else "secondary",
        disabled=not enabled,
        help=help,
        on_click=getattr(state.jobs().trainings, action),
        args=(live.record.id if live else "",),
    )


def _pace_key() -> str:
    st.session_state.setdefault(keys.PACE, "watch")
    return keys.PACE


def _change_pace() -> None:
    record = state.current_record()
    if record is not None:
        state.jobs().trainings.set_pace(record.id, launch.pace(record.config.planned_epochs))


def _reset() -> None:
    run_id = st.session_state.get(keys.RUN)
    if run_id:
        state.jobs().trainings.stop(run_id)
    st.session_state[keys.RUN] = st.session_state[keys.CATEGORY] = None


def _progress_words(record: RunRecord, live: LiveRun | None) -> str:
    done, planned = epochs_done(record, live), record.config.planned_epochs
    words = f"Epoch **{done:,}** of {planned:,}"
    if live is None:
        return f"{words} · {record.status} · {seconds(record.seconds)}"
    if live.started_at is None:
        if not state.jobs().workers.warm.is_set():
            return "The workers are warming up, once after the server's start…"
        return in_line(live.job) or "Getting ready…"
    words += f" · {seconds(time.monotonic() - live.started_at)}"
    if live.trial:
        st.session_state.pop(keys.TRAINING_CLOCK, None)
        return (
            f"Choosing the strength of the prior: trial **{live.trial}**, judged on rows held out · {words}"
        )
    if record.status is RunStatus.PAUSED:
        st.session_state.pop(keys.TRAINING_CLOCK, None)
        return f"{words} · paused"
    if record.started_from and not done:
        return f"Fitting all else to the vectors that are kept · {words}"
    if waits := in_line(live.job):
        return f"{words} · others have their turn, it goes on by itself: {waits.lower()}"
    rate = _rate(record.id, done, live.started_at)
    return f"{words} · {seconds((planned - done) / rate)} left" if rate else words


def _rate(run_id: str, done: int, started_at: float) -> float:
    """Return epochs per second, as of the last few seconds: a pause or another pace does not blur it for long."""
    now = time.monotonic()
    clock: dict[str, Any] = st.session_state.setdefault(keys.TRAINING_CLOCK, {})
    if clock.get("run") != run_id:
        # Before a first look at it, a run has gone on from its beginning; after a pause, from here.
        clock.update(run=run_id, seen=[(started_at, 0)] if not done or now - started_at < 1 else [])
    seen: list[tuple[float, int]] = clock["seen"]
    seen.append((now, done))
    while len(seen) > 2 and now - seen[1][0] > _CLOCK_SECONDS:
        seen.pop(0)
    (then, before), span = seen[0], now - seen[0][0]
    return (done - before) / span if span > 0.5 or then == started_at else 0.0
