"""Beginning a training from the settings in hand."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.training.prepare import prepare
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.words import run_name

WATCH_PACE = 10.0
LONGEST_WATCH = 15.0


def button(label: str, *, key: str, then_open: str | None = None) -> None:
    """Show the button that trains; what stands in the way is said below it."""
    if not st.button(label, key=key, type="primary", icon=":material/play_arrow:"):
        return
    with errors_in_place():
        begin()
        if then_open:
            st.switch_page(then_open)
        st.rerun()


def begin(*, one_step: bool = False) -> None:
    """Count the table and hand the training to the workers.

    Args:
        one_step: pause after the first epoch.

    Raises:
        AtlasError: a setting or a column cannot be used, or no table is open.
    """
    config = state.config()
    table = state.current_table()
    if table is None:
        raise AtlasError("No table is open, so there is nothing to train on. Open one on the Data page.")
    with st.spinner(f"Counting {table.n_rows:,} rows…", show_time=True):
        data = prepare(table, config)
    st.session_state[keys.RUN] = state.jobs().trainings.begin(
        data,
        config,
        name=run_name(config),
        table=table.name,
        source=state.source_of_table(),
        fingerprint=table.fingerprint(),
        pace=pace(config.epochs),
    )
    if one_step:
        state.jobs().trainings.step(st.session_state[keys.RUN])
    st.session_state[keys.CATEGORY] = None


def pace(epochs: int) -> float:
    """Return the pace in epochs per second, by which no training takes much longer to watch than 15 seconds.

    0 is full speed.
    """
    if st.session_state.get(keys.PACE, "watch") != "watch":
        return 0.0
    return max(WATCH_PACE, epochs / LONGEST_WATCH)
