"""The parts of the Train page."""

from typing import Any

import numpy as np
import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.live_run import LiveRun
from embed_core.runs.record import RunRecord
from embed_core.training.run import RunStatus
from embed_core.ui.app import starting as launch
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.heavy_imports import import_early
from embed_core.ui.app.refreshing import while_running
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, number, plain, unbroken
from embed_core.ui.app.words import named, summary
from embed_core.ui.charts import curves as charts
from embed_core.ui.component.category_map import category_map, clicked
from embed_core.ui.train import frame
from embed_core.ui.train.outcome import reached
from embed_core.ui.train.run_controls import run_controls

Rows = list[dict[str, float]]

REFRESH_SECONDS = 0.25
READY_SECONDS = 0.5
WAITING_SECONDS = 0.15
MAP_HEIGHT = 460
_CURVE_HEIGHT = MAP_HEIGHT - 60
_SCALES = {"linear": "Linear", "log": "Log"}


def nothing_to_train() -> None:
    """Say what to do first."""
    st.title("Train")
    st.markdown(
        "There is no table yet. Open one from the gallery or upload your own, and choose what to embed."
    )
    st.page_link("pages/data.py", label="Open a table", icon=":material/table:")


def is_from_elsewhere(record: RunRecord) -> bool:
    """Whether it holds vectors that were not trained here."""
    return not OBJECTIVES[record.config.objective].is_offered


def not_trained_here(record: RunRecord) -> None:
    """Say that vectors from elsewhere were not trained, and where their map is."""
    st.title(unbroken(plain(record.name, limit=80)))
    st.markdown("These vectors come from elsewhere: nothing was trained here. To train, open a table.")
    st.page_link("pages/map.py", label="Open the map", icon=":material/explore:")
    st.page_link("pages/data.py", label="Open a table", icon=":material/table:")


def watch() -> None:
    """Show the controls, the curves and the map; they refresh by themselves while a training goes on."""
    while_running(_watch, every=_every)


def _every() -> float | None:
    record = state.current_record()
    if record is None:
        ready = launch.rehearsal()
        return None if ready is None or ready.has_ended else READY_SECONDS
    if not record.status.is_live:
        return None
    return WAITING_SECONDS if record.status is RunStatus.WAITING else REFRESH_SECONDS


def _watch() -> None:
    record = state.current_record()
    live = state.jobs().trainings.find(record.id) if record else None
    run_controls(record, live)
    if record is None:
        _about_to_train()
        return
    with (
        st.container()
    ):  # always there: the browser would draw all that follows again for a line more above it
        _how_it_ended(record)
    if record.status is RunStatus.WAITING:
        st.skeleton(height=MAP_HEIGHT)
        return
    rows = live.rows.copy() if live else _rows(record)
    if rows:
        import_early()  # what the map needs next
    if not rows and live is None:
        return
    # The map first: on a phone, where they stand below one another, it is what one came to see.
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _moving_map(record, live)
    with right, st.container(key="train_curves"):
        _curves(record, rows)


def _how_it_ended(record: RunRecord) -> None:
    if record.status is RunStatus.FAILED:
        st.error(plain(record.error, limit=2_000), icon=":material/error:")
    if record.status is RunStatus.INTERRUPTED:
        st.warning(
            f"The server ended in the middle of this training. Its first {counted(record.epochs_done, 'epoch')} are "
            "shown. Train again for a result.",
            icon=":material/link_off:",
        )
    if record.status.has_result:
        reached(record)
    elif record.status.is_live:
        st.caption(":material/flag: What it reaches is said here when it ends.")


def _about_to_train() -> None:
    table = state.current_table()
    missing = state.missing()
    if table is None or missing:
        st.markdown(
            f"Still to choose: {named(missing)}."
            if missing
            else "The table of these settings is not open any more."
        )
        st.page_link("pages/data.py", label="Choose it on the Data page", icon=":material/table:")
        return
    with errors_in_place():
        st.markdown(f":material/summarize: {summary(table)}{launch.start_words()}")
        words = launch.readiness(launch.rehearsal())
        st.caption(words or "Press Train: the curve and the map appear here, and move.")


def _rows(record: RunRecord) -> Rows:
    history: Any = state.jobs().history(record.id)
    return history.to_dict("records")


def _curves(record: RunRecord, rows: Rows) -> None:
    """Show one chart, and the switches of what it shows and how."""
    finished = record.best_epoch if not record.status.is_live else None
    metric = "mae" if record.target and record.target.kind == "number" else "accuracy"
    titles = {"loss": _loss_title(record), metric: _metric_title(record)}
    words = {"loss": "Loss", "mae": "Error", "accuracy": "Accuracy"}
    if st.session_state.get(keys.CURVE) not in titles:
        st.session_state[keys.CURVE] = "loss"
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        chosen = st.segmented_control(
            "Curve",
            list(titles),
            format_func=words.__getitem__,
            key=keys.CURVE,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
        scale = st.segmented_control(
            "Scale",
            list(_SCALES),
            default="linear",
            format_func=_SCALES.__getitem__,
            key=keys.CURVE_SCALE,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
    name = str(chosen)
    st.vega_lite_chart(
        charts.curve(
            rows,
            name,
            title=titles[name],
            epochs=record.config.planned_epochs,
            baseline=record.baseline.get(name),
            best_epoch=finished if name == "loss" else None,
            log=scale == "log",
            height=_CURVE_HEIGHT,
        ),
        key=f"curve_{name}",
        alt=_curve_words(rows, name),
    )


def _loss_title(record: RunRecord) -> str:
    if record.target is not None and record.target.count:
        return "Poisson loss, scaled"
    nothing = record.baseline.get("loss")
    is_scaled = record.target is None or record.target.kind == "number"
    if not is_scaled or nothing is None:
        return "loss"
    model = "knowing nothing" if record.target is None else "always saying the mean"
    return f"loss ({model}: {number(nothing)})"


def _metric_title(record: RunRecord) -> str:
    if record.target is None:
        return "accuracy, mean of the other columns"
    if record.target.kind == "number":
        return f"mean absolute error, {record.target.column[:30]}"
    return "accuracy"


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
    chosen = clicked(keys.TRAINING_MAP)
    view = frame.training_view(record, vectors, epoch, moving=live is not None, selected=chosen)
    category_map(view, key=keys.TRAINING_MAP, height=MAP_HEIGHT)


def _newest_vectors(record: RunRecord, live: LiveRun | None) -> tuple[np.ndarray[Any, Any] | None, int]:
    if live is not None:
        return live.vectors, live.epoch
    store = state.jobs().store
    if record.status.has_result:
        return store.embedding(record.id).vectors, record.epochs_done
    epochs = store.snapshot_epochs(record.id)
    return (store.snapshot(record.id, epochs[-1]), epochs[-1]) if epochs else (None, 0)
