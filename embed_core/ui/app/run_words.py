"""What is said of a run where several are listed."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import streamlit as st

from embed_core.learning.config import TrainingConfig
from embed_core.runs.record import RunRecord
from embed_core.training.run import RunStatus
from embed_core.ui.app import state
from embed_core.ui.app.text import number
from embed_core.ui.app.words import WORDS

STATUS_ICONS = {
    RunStatus.WAITING: ":material/play_circle:",
    RunStatus.RUNNING: ":material/play_circle:",
    RunStatus.PAUSED: ":material/pause_circle:",
    RunStatus.FINISHED: ":material/check_circle:",
    RunStatus.STOPPED: ":material/stop_circle:",
    RunStatus.FAILED: ":material/error:",
    RunStatus.INTERRUPTED: ":material/link_off:",
}
_MOST_DIFFERENCES = 2


def how_to_get_a_run(why: str) -> None:
    """Say what to do where a run is needed: also that there are earlier ones, where there are."""
    earlier = ", or open an earlier run above." if state.jobs().records() else "."
    st.markdown(f"{why} Train an embedding first{earlier}")
    if state.current_table() is None:
        st.page_link("pages/data.py", label="Open a table", icon=":material/table:")
    else:
        st.page_link("pages/train.py", label="Train", icon=":material/play_circle:")


def told_apart(records: Sequence[RunRecord]) -> dict[str, str]:
    """Return a name for every run: its own, and what tells it apart from others of the same name and table.

    Args:
        records: the runs.

    Returns:
        by id, such as "origin by miles, 2-D · epochs 50", or with the time of day where no setting differs.
    """
    alike: dict[tuple[str, str], list[RunRecord]] = defaultdict(list)
    for record in records:
        alike[record.fingerprint, record.name].append(record)
    found = {}
    for group in alike.values():
        settings = [_settings_of(record.config) for record in group] if len(group) > 1 else [()]
        differing, same = _differing(settings), Counter(settings)
        for record, own in zip(group, settings, strict=True):
            said = [_setting(name, getattr(record.config, name)) for name in differing[:_MOST_DIFFERENCES]]
            if same[own] > 1:
                said.append(created_words(record))
            found[record.id] = " · ".join([record.name, *said])
    return {record.id: found[record.id] for record in records}


def created_words(record: RunRecord) -> str:
    """Return when a run was begun, to the second."""
    return f"{record.created.astimezone():%d %b, %H:%M:%S}"


def last_loss(record: RunRecord) -> float | None:
    """Return the last loss, of the rows kept for validation where there are any."""
    return record.last.get("val_loss", record.last.get("loss"))


def _differing(settings: Sequence[tuple[Any, ...]]) -> list[str]:
    """Name the settings in which some differ."""
    places = {
        place
        for other in settings[1:]
        for place, (one, another) in enumerate(zip(settings[0], other, strict=True))
        if one != another
    }
    return [name for place, name in enumerate(TrainingConfig.model_fields) if place in places]


# Of thousands of runs at a time.
_settings_of = attrgetter(*TrainingConfig.model_fields)


def _setting(name: str, value: object) -> str:
    title = WORDS.get(name, name.replace("_", " "))
    if isinstance(value, bool):
        return f"{title} {'on' if value else 'off'}"
    if isinstance(value, int | float):
        return f"{title} {number(float(value))}"
    if isinstance(value, tuple):
        return f"{title} {', '.join(map(str, value)) or 'none'}"
    return f"{title} {'all' if value is None else value}"
