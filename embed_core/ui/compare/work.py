"""Comparisons that go on in the background: begun, stopped, resumed, and found again by any visit."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.runs.job import Job
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.refreshing import while_running
from embed_core.ui.app.text import counted, plain, seconds
from embed_core.ui.app.waiting import in_line

REFRESH_SECONDS = 0.5
_ENDED = {"done": "done", "stopped": "stopped", "failed": "failed"}


@dataclass(frozen=True)
class Comparison:
    """A comparison that can be begun, or was begun, whoever began it.

    Attributes:
        config: its settings.
        fingerprint: of its table.
        shared: text of the settings that every part depends on: comparisons that have them in common share parts.
        own: text of the settings that say which parts there are.
        identity: the names of what differs from part to part.
        is_part: whether a part of a comparison with the same ``shared`` is one of this, too.
        unit: what a part is called.
        total: how many parts there will be, once that is known.
        facts: what was found out when the table was counted.
        earlier: how many parts there were when it began, or went on.
        began: when that was, on the monotonic clock.
    """

    config: Any = field(repr=False)
    fingerprint: str
    shared: str
    own: str
    identity: tuple[str, ...]
    is_part: Callable[[Mapping[str, Any]], bool]
    unit: str
    total: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    earlier: int = 0
    began: float = 0.0

    @property
    def key(self) -> str:
        """Name of the work: the same table and settings have the same one."""
        return hashlib.sha256(f"{self.fingerprint} {self.shared} {self.own}".encode()).hexdigest()[:24]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What is known of it by now, measured by this comparison or by others that share parts with it."""
        alike = [each for each in _begun().values() if (each.fingerprint, each.shared) == self._sharing]
        found = {
            tuple(part[name] for name in self.identity): part
            for each in alike
            for part in _reported(each.key)
            if self.is_part(part)
        }
        return list(found.values())

    @property
    def status(self) -> str:
        """Return ``running``, ``done``, ``stopped`` or ``failed``; ``new`` when the server knows nothing of it."""
        job = state.jobs().comparisons.find(self.key)
        return job.status if job is not None else "new"

    @property
    def is_running(self) -> bool:
        """Whether more will come."""
        return self.status == "running"

    @property
    def _sharing(self) -> tuple[str, str]:
        return self.fingerprint, self.shared


@dataclass(frozen=True)
class Work:
    """How a comparison is done.

    Attributes:
        place: the name in `state` under which the session, and the address bar, hold what is looked at.
        prepare: counts the table, here in the server; returns what the worker needs, and the comparison with its
            total and facts.
        run: called on a worker with that, the configuration and the parts known before.
    """

    place: str
    prepare: Callable[[Comparison], tuple[Any, Comparison]]
    run: Callable[..., Any]


def in_hand(place: str, table: Table, wanted: Comparison | None) -> Comparison | None:
    """Return the comparison to look at: the one last begun here, or else one that somebody began with these settings.

    Args:
        place: under which the session holds its key.
        table: that it must be of.
        wanted: what the current settings say.
    """
    found = _begun().get(st.session_state.get(place) or "")
    if found is not None and found.fingerprint == table.fingerprint():
        return found
    return _begun().get(wanted.key) if wanted is not None else None


def while_measured(
    place: str, table: Table, wanted: Comparison | None, draw: Callable[[Comparison | None], None]
) -> None:
    """Draw the comparison to look at, and draw it again while it goes on; arguments as of `in_hand`."""

    def every() -> float | None:
        shown = in_hand(place, table, wanted)
        return REFRESH_SECONDS if shown is not None and shown.is_running else None

    while_running(lambda: draw(in_hand(place, table, wanted)), every=every)


def begin(work: Work, wanted: Comparison) -> None:
    """Begin a comparison, or let it go on behind what is known already, and look at it.

    Raises:
        AtlasError: the table cannot be counted as the settings say.
    """
    done = wanted.parts
    with st.spinner("Counting the table…", show_time=True):
        data, comparison = work.prepare(wanted)
    about = replace(comparison, earlier=len(done), began=time.monotonic())
    earlier = [{"earlier": done}] if done else []
    job = Job(comparison.key, about=about, progress=earlier)
    state.jobs().comparisons.share(job, work.run, data, comparison.config, done, identity=comparison.identity)
    st.session_state[work.place] = comparison.key


def progress_and_controls(work: Work, wanted: Comparison | None, shown: Comparison | None) -> None:
    """Show the button that starts, stops or resumes, and how far the comparison is.

    Args:
        work: how it is done.
        wanted: what the current settings say; None when they say nothing valid.
        shown: what was begun before, if anything.
    """
    with st.container(horizontal=True, vertical_alignment="center", key=f"controls_{work.place}"):
        if shown is not None and shown.is_running:
            st.button(
                "Stop",
                icon=":material/stop:",
                key=f"stop_{work.place}",
                on_click=state.jobs().comparisons.stop,
                args=(shown.key,),
            )
        elif _start_button(work.place, wanted) and wanted is not None:
            with errors_in_place():
                begin(work, wanted)
                st.rerun()
        if shown is not None:
            done = len(shown.parts)
            st.progress(min(1.0, done / max(1, shown.total)), text=_progress_words(shown, done))
    job = state.jobs().comparisons.find(shown.key) if shown is not None else None
    if job is not None and job.status == "failed":
        st.error(plain(job.error, limit=2_000), icon=":material/error:")
    if shown is not None and wanted is not None and wanted.key != shown.key:
        st.caption(
            ":material/history: What follows was measured with other settings than those above. Start again to measure "
            "with these."
        )


def valid(make: Callable[[], Comparison]) -> Comparison | None:
    """Return the comparison that the current settings make, or say in place what is wrong with them."""
    try:
        return make()
    except AtlasError as error:
        st.caption(f":material/error: {plain(error, limit=2_000)}")
        return None


def _start_button(place: str, wanted: Comparison | None) -> bool:
    is_complete = wanted is not None and wanted.status == "done"
    goes_on = wanted is not None and wanted.status in ("stopped", "failed") and bool(wanted.parts)
    return st.button(
        "Resume" if goes_on else "Start",
        type="primary",
        icon=":material/play_arrow:",
        key=f"start_{place}",
        disabled=wanted is None or is_complete,
        help="All of this has been measured. Other settings can be measured as well."
        if is_complete
        else None,
    )


def _progress_words(shown: Comparison, done: int) -> str:
    words = f"**{done:,}** of {counted(shown.total, shown.unit)}"
    if not shown.is_running:
        return f"{words} · {_ENDED.get(shown.status, 'no longer known')}"
    job = state.jobs().comparisons.find(shown.key)
    if job is not None and (waits := in_line(job)):
        return f"{words} · {waits.lower()}"
    since, fresh = time.monotonic() - shown.began, done - shown.earlier
    if not fresh:
        is_warm = state.jobs().workers.warm.is_set()
        return f"{words} · " + ("getting ready…" if is_warm else "the workers are warming up…")
    left = seconds(since / fresh * (shown.total - done))
    return f"{words} · {seconds(since)} · about {left} left"


def _reported(key: str) -> list[dict[str, Any]]:
    job = state.jobs().comparisons.find(key)
    parts = list(job.progress) if job is not None else []
    return [part for each in parts for part in each.get("earlier", [each])]


def _begun() -> dict[str, Comparison]:
    return {job.about.key: job.about for job in state.jobs().comparisons}
