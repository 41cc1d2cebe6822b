"""The parts of the Train page."""

import time
from typing import Any

import numpy as np
import streamlit as st

from embed_core.learning.config import OBJECTIVES
from embed_core.runs.live import LiveRun
from embed_core.runs.run import RunRecord, RunStatus
from embed_core.ui import charts, launch, maps, state
from embed_core.ui.atlas_map import atlas_map, clicked
from embed_core.ui.text import counted, number, plain, seconds

Rows = list[dict[str, float]]

REFRESH_SECONDS = 0.25
WAITING_SECONDS = 0.5
MAP_HEIGHT = 2 * charts.HEIGHT + 150
MAP = "train_map"
_PACES = {"watch": "Watch", "full": "Full speed"}


def nothing_to_train() -> None:
    """Say what to do first."""
    st.title("Train")
    st.markdown(
        "There is no table yet. Open one from the gallery or upload your own, and choose what to embed."
    )
    st.page_link("pages/data.py", label="Open a table", icon=":material/table:")


def watch(record: RunRecord | None) -> None:
    """Show the transport bar, the curves and the map; they refresh by themselves while a training goes on."""
    status = record.status if record is not None else None
    waiting = status is RunStatus.WAITING
    seconds = WAITING_SECONDS if waiting else REFRESH_SECONDS if status and status.is_live else None
    st.fragment(_watch, run_every=seconds)(status)


def _watch(was: RunStatus | None) -> None:
    record = state.current_record()
    live = state.jobs().live(record.id) if record else None
    if record and record.status is not was and (record.status is not RunStatus.PAUSED or live is None):
        st.rerun()
    _transport(record, live)
    if record is None:
        _about_to_train()
        return
    if record.status is RunStatus.FAILED:
        st.error(plain(record.error, limit=2_000), icon=":material/error:")
    if record.status is RunStatus.INTERRUPTED:
        st.warning(
            f"The server ended in the middle of this training. Its first {counted(record.epochs_done, 'epoch')} are "
            "shown. Train again for a result.",
            icon=":material/link_off:",
        )
    if record.status is RunStatus.WAITING:
        st.skeleton(height=MAP_HEIGHT)
        return
    rows = live.rows.copy() if live else _rows(record)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        _curves(record, rows)
    with right:
        _moving_map(record, live)


def _about_to_train() -> None:
    chosen = state.settings()
    if not chosen.get("column"):
        st.caption("Choose a column of categories on the Data page first.")
        return
    objective = OBJECTIVES[chosen["objective"]]
    sources = [chosen[need] for need in reversed(objective.needs) if chosen.get(need)]
    st.markdown(
        f"**{plain(chosen['column'], limit=60)}** in {counted(chosen['dimension'], 'dimension')}, "
        f"from {plain(' and '.join(sources), limit=120) or 'nothing yet'}. "
        "Press Train: the curves and the map appear here, and move."
    )


def _rows(record: RunRecord) -> Rows:
    history: Any = state.jobs().history(record.id)
    return history.to_dict("records")


def _transport(record: RunRecord | None, live: LiveRun | None) -> None:
    jobs = state.jobs()
    paused = record is not None and record.status is RunStatus.PAUSED
    with st.container(horizontal=True, vertical_alignment="center", key="transport"):
        if live is None:
            if st.button("Train", key="train", type="primary", icon=":material/play_arrow:"):
                with state.errors_in_place():
                    launch.begin()
                    st.rerun()
        elif paused:
            st.button(
                "Go on",
                key="resume",
                type="primary",
                icon=":material/play_arrow:",
                on_click=jobs.resume,
                args=(live.record.id,),
            )
        else:
            st.button(
                "Pause",
                key="pause",
                type="primary",
                icon=":material/pause:",
                on_click=jobs.pause,
                args=(live.record.id,),
            )
        for label, icon, action, help_text in (
            ("Step", ":material/skip_next:", "step", "Train one epoch and pause"),
            ("Stop", ":material/stop:", "stop", "End now and keep what was learned"),
        ):
            st.button(
                label,
                key=action,
                icon=icon,
                disabled=live is None,
                help=help_text,
                on_click=getattr(jobs, action),
                args=(live.record.id if live else "",),
            )
        st.button(
            "Reset",
            key="reset",
            icon=":material/replay:",
            disabled=record is None,
            on_click=_reset,
            help="Put this run aside and begin from the start; it stays in the list of runs",
        )
        st.segmented_control(
            "Pace",
            list(_PACES),
            format_func=_PACES.__getitem__,
            key=_pace_key(),
            required=True,
            label_visibility="collapsed",
            on_change=_change_pace,
            help="Watch: about ten epochs a second",
        )
        if record is not None:
            st.markdown(_progress_words(record, live), width="content")
    if record is not None:
        st.progress(_epochs(record, live) / record.config.epochs)


def _pace_key() -> str:
    st.session_state.setdefault(state.PACE, "watch")
    if "pace_control" not in st.session_state:
        st.session_state["pace_control"] = st.session_state[state.PACE]
    return "pace_control"


def _change_pace() -> None:
    st.session_state[state.PACE] = st.session_state["pace_control"]
    if run_id := st.session_state.get(state.RUN):
        state.jobs().set_pace(run_id, launch.pace())


def _reset() -> None:
    run_id = st.session_state.get(state.RUN)
    if run_id:
        state.jobs().stop(run_id)
    st.session_state[state.RUN] = st.session_state[state.CATEGORY] = None


def _epochs(record: RunRecord, live: LiveRun | None) -> int:
    return min(record.config.epochs, len(live.rows) if live else record.epochs_done)


def _progress_words(record: RunRecord, live: LiveRun | None) -> str:
    done, planned = _epochs(record, live), record.config.epochs
    words = f"Epoch **{done:,}** of {planned:,}"
    if live is None:
        return f"{words} · {record.status} · {seconds(record.seconds)}"
    if live.started_at is None:
        warm = state.jobs().warm.is_set()
        return "Getting ready…" if warm else "The workers are warming up, once after the server's start…"
    elapsed = time.monotonic() - live.started_at
    words += f" · {seconds(elapsed)}"
    if record.status is RunStatus.PAUSED:
        return f"{words} · paused"
    return f"{words} · {seconds(elapsed / done * (planned - done))} left" if done else words


def _curves(record: RunRecord, rows: Rows) -> None:
    unit = record.target.column if record.target else ""
    metric, title = ("accuracy", "accuracy")
    if record.target and record.target.kind == "number":
        metric, title = "mae", f"mean absolute error, {unit[:30]}"
    finished = record.best_epoch if not record.status.is_live else None
    for name, axis in (("loss", "loss"), (metric, title)):
        st.vega_lite_chart(
            charts.curve(
                rows,
                name,
                title=axis,
                epochs=record.config.epochs,
                baseline=record.baseline.get(name),
                best_epoch=finished if name == "loss" else None,
            ),
            key=f"curve_{name}",
            alt=_curve_words(rows, name),
        )


def _curve_words(rows: Rows, metric: str) -> str:
    if not rows:
        return f"Curve of the {metric}; no epoch has ended yet"
    first, last = rows[0][metric], rows[-1][metric]
    return f"Curve of the {metric} over {counted(len(rows), 'epoch')}, from {number(first)} to {number(last)}"


def _moving_map(record: RunRecord, live: LiveRun | None) -> None:
    vectors, epoch = _newest_vectors(record, live)
    if vectors is None:
        st.caption("The map appears with the first epoch.")
        return
    chosen = clicked(MAP)
    view = maps.training_view(record, vectors, epoch, moving=live is not None, selected=chosen)
    atlas_map(view, key=MAP, height=MAP_HEIGHT)


def _newest_vectors(record: RunRecord, live: LiveRun | None) -> tuple[np.ndarray[Any, Any] | None, int]:
    if live is not None:
        return live.vectors, live.epoch
    store = state.jobs().store
    if record.status.has_result:
        return store.embedding(record.id).vectors, record.epochs_done
    epochs = store.snapshot_epochs(record.id)
    return (store.snapshot(record.id, epochs[-1]), epochs[-1]) if epochs else (None, 0)
