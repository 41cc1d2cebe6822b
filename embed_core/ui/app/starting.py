"""Beginning a training from the settings in hand."""

from itertools import islice

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.runs.record import RunRecord
from embed_core.runs.rehearsals import Rehearsal
from embed_core.tables.counting.same_kind import holds_many_of
from embed_core.tables.table import Table
from embed_core.training.prepare import prepare, settled
from embed_core.training.trust_measures import SPLITS
from embed_core.training.warm_start import goes_on
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain, seconds
from embed_core.ui.app.words import run_name

WATCH_PACE = 10.0
LONGEST_WATCH = 15.0
_ASKED = 20
_READY = "Ready: counted and compiled, so it moves at once. The time was measured on this table."


def rehearsal() -> Rehearsal | None:
    """Have the training of the settings in hand made ready; None where they cannot be trained.

    It is begun again with every other choice, and costs nothing to ask for twice.
    """
    table = state.current_table()
    if table is None or state.missing():
        return None
    start = start_chosen()
    try:
        return state.jobs().rehearsals.begin(table, state.config(), start=start.id if start else None)
    except AtlasError:
        return None


def start_offered() -> RunRecord | None:
    """Return the newest run of another table whose vectors a training with the settings in hand can go on from.

    Its column has not only the same name: it names the same things. Of those of that name the newest are asked.
    """
    table, chosen = state.current_table(), state.settings()
    if table is None or state.is_handed_out() or state.missing():
        return None
    here = table.fingerprint()
    fitting = (
        record
        for record in state.jobs().store.records()
        if record.status.has_result and record.fingerprint != here and goes_on(record.config, chosen)
    )
    asked = islice(fitting, _ASKED)
    return next(
        (each for each in asked if _names_the_same(here, chosen["column"], each.id, table, each)), None
    )


@st.cache_data(max_entries=1_000, show_spinner=False)
def _names_the_same(fingerprint: str, column: str, run_id: str, _table: Table, _record: RunRecord) -> bool:
    return holds_many_of(_table, column, _record.labels)


def start_chosen() -> RunRecord | None:
    """Return the run to go on from, where one is chosen and still offered."""
    offered = start_offered() if st.session_state.get(keys.START) else None
    return offered if offered is not None and offered.id == st.session_state[keys.START] else None


def start_words() -> str:
    """Return the sentence that says which run the next training goes on from, with a blank before it; "" if none."""
    start = start_chosen()
    return "" if start is None else f" It goes on from the run **{plain(start.name, limit=60)}**."


def readiness(ready: Rehearsal | None) -> str:
    """Return how far the training is made ready, in a few words."""
    if ready is None or ready.error:
        return ""
    if ready.data is None:
        return "Counting…"
    if not ready.has_ended:
        if ready.is_compiled:
            return "Choosing the strength of the prior…"
        return "Compiling, measuring the time…" if state.jobs().workers.warm.is_set() else "Warming up…"
    return ""


def button(*, key: str, ready: Rehearsal | None, then_open: str | None = None) -> None:
    """Show the button that trains, with the time it will take; what stands in the way is said below it."""
    label, icon = "Train", ":material/play_arrow:"
    if ready is not None and ready.is_ready and (span := _duration(ready)) is not None:
        label, icon = f"Train · about {seconds(span)}", ":material/bolt:"
    if not st.button(
        label, key=key, type="primary", icon=icon, help=_READY if ready and ready.is_ready else None
    ):
        return
    with errors_in_place():
        begin()
        if then_open:
            st.switch_page(then_open)
        st.rerun()


def _duration(ready: Rehearsal) -> float | None:
    """Return how many seconds all epochs take: as measured, and no faster than they are watched."""
    if ready.data is None:
        return None
    epochs = settled(state.config(), ready.data).planned_epochs
    slowest, measured = pace(epochs), ready.seconds(epochs)
    return measured and max(measured, epochs / slowest if slowest else 0.0)


def begin(*, one_step: bool = False) -> None:
    """Count the table and hand the training to the workers.

    Args:
        one_step: pause after the first epoch.

    Raises:
        AtlasError: a setting or a column cannot be used, or no table is open.
    """
    config = state.config()
    table, start = state.current_table(), start_chosen()
    if table is None:
        raise AtlasError("No table is open, so there is nothing to train on. Open one on the Data page.")
    with st.spinner(f"Counting {table.n_rows:,} rows…", show_time=True):
        data, prior = state.jobs().rehearsals.counted(table, config, start=start.id if start else None)
    st.session_state[keys.RUN] = state.jobs().trainings.begin(
        data,
        config,
        name=run_name(config),
        table=table.name,
        source=state.source_of_table(),
        fingerprint=table.fingerprint(),
        changes=table.changes,
        pace=pace(settled(config, data).planned_epochs),
        prior=prior,
        start=start.id if start else None,
    )
    run_id = st.session_state[keys.RUN]
    state.jobs().trust.expect(run_id, lambda: prepare(table, config, splits=SPLITS))
    if one_step:
        state.jobs().trainings.step(run_id)
    st.session_state[keys.CATEGORY] = None


def pace(epochs: int) -> float:
    """Return the pace in epochs per second, by which no training takes much longer to watch than 15 seconds.

    0 is full speed.
    """
    if st.session_state.get(keys.PACE, "watch") != "watch":
        return 0.0
    return max(WATCH_PACE, epochs / LONGEST_WATCH)
