"""What a person made of a run, kept with it and brought back with it."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.runs.made import Made
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.workspace import workspace

_CHOICES = (keys.METHOD, keys.METRIC, keys.DIMENSIONS, keys.COLOR, keys.SIZE, keys.CATEGORY)


def made_of(run_id: str) -> Made:
    """Return what was made of a run."""
    return workspace().jobs.store.made(run_id)


def keep(run_id: str, made: Made) -> None:
    """Keep what was made of a run; one that has been deleted meanwhile keeps nothing."""
    try:
        workspace().jobs.store.write_made(run_id, made)
    except AtlasError:
        return


def keep_choices() -> None:
    """Keep how the map of the run in hand is looked at; nothing where it is not looked at."""
    run_id = st.session_state.get(keys.RUN)
    if not run_id or st.session_state.get(keys.MAP_RUN) != run_id:
        return
    choices = {name: st.session_state[name] for name in _CHOICES if st.session_state.get(name) is not None}
    made = made_of(run_id)
    if choices != made.choices:
        keep(run_id, made.model_copy(update={"choices": choices}))


def bring_choices(run_id: str) -> None:
    """Look at the map of a run as it was left; the page itself puts right what does not suit it any more."""
    for name, value in made_of(run_id).choices.items():
        if name in _CHOICES and (name != keys.CATEGORY or st.session_state.get(name) is None):
            st.session_state[name] = value
