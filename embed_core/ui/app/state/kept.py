"""What a person made of a run, kept with it and brought back with it; and by the address, which holds the same view."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from embed_core.errors import AtlasError, quoted
from embed_core.runs.made import Made
from embed_core.space.projections.registry import METHODS
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.workspace import workspace

_TEXTS = (keys.EMBEDDING_OF, keys.METHOD, keys.METRIC, keys.COLOR, keys.SIZE, keys.CATEGORY, keys.GROUP_NAMED)
_SWITCHES = (keys.ARROWS,)
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,3})?")


@dataclass(frozen=True)
class Group:
    """Some categories that are looked at together.

    Attributes:
        title: what it is, in a few words; may hold text of the table.
        members: their labels.
    """

    title: str
    members: tuple[str, ...]


def made_of(run_id: str) -> Made:
    """Return what was made of a run."""
    return workspace().jobs.store.made(run_id)


def keep(run_id: str, made: Made) -> None:
    """Keep what was made of a run; one that has been deleted meanwhile keeps nothing."""
    try:
        workspace().jobs.store.write_made(run_id, made)
    except AtlasError:
        return


def about_of(run_id: str) -> pd.DataFrame | None:
    """Return the table about its categories that a person brought to a run, a row each, by name."""
    known: dict[str, pd.DataFrame | None] = st.session_state.setdefault(keys.ABOUT, {})
    if run_id not in known:
        known[run_id] = workspace().jobs.store.about(run_id)
    return known[run_id]


def keep_about(run_id: str, about: pd.DataFrame | None) -> None:
    """Keep a table about the categories of a run; None removes the one that there is."""
    workspace().jobs.store.write_about(run_id, about)
    st.session_state.setdefault(keys.ABOUT, {})[run_id] = about


def keep_choices() -> dict[str, Any]:
    """Keep how the map of the run in hand is looked at, and return it; nothing where it is not looked at."""
    run_id = st.session_state.get(keys.RUN)
    if not run_id or st.session_state.get(keys.MAP_RUN) != run_id:
        return {}
    made = made_of(run_id)
    held = {name: st.session_state.get(name) for name in (*_TEXTS, *_numbers())}
    held |= {name: True for name in _SWITCHES if st.session_state.get(name)}
    held[keys.GROUP_NAMED] = _named_group(run_id, made)
    if st.session_state.get(keys.FINDING) is not None:  # nobody has chosen the one that is shown meanwhile
        held[keys.METHOD] = None
    choices = {name: value for name, value in held.items() if value is not None}
    if choices != made.choices:
        keep(run_id, made.model_copy(update={"choices": choices}))
    return choices


def bring_choices(run_id: str) -> None:
    """Look at the map of a run as the address says, or as it was left.

    The page itself puts right what does not suit the run any more.
    """
    made = made_of(run_id)
    linked_run, linked = st.session_state.pop(keys.LINKED, (None, {}))
    choices = made.choices | (linked if linked_run == run_id else {})
    for name in _SWITCHES:
        st.session_state[name] = choices.get(name) is True
    for name, value in choices.items():
        kind = str if name in _TEXTS else int | float if name in _numbers() else None
        is_one = kind is not None and isinstance(value, kind)
        if is_one and (name != keys.CATEGORY or st.session_state.get(name) is None):
            st.session_state[name] = value
    _bring_group(run_id, made)


def linked_choices() -> dict[str, str | float]:
    """Return what the address says of how a map is looked at."""
    found: dict[str, str | float] = {
        name: st.query_params[name] for name in _TEXTS if name in st.query_params
    }
    found |= {name: True for name in _SWITCHES if st.query_params.get(name) == "True"}
    for name in _numbers():
        text = st.query_params.get(name, "")
        if _NUMBER.fullmatch(text):
            found[name] = float(text) if "." in text else int(text)
    return found


def names_in_address() -> tuple[str, ...]:
    """Return the parameters by which an address says how a map is looked at."""
    return (*(name for name in _TEXTS if name != keys.CATEGORY), *_SWITCHES, *_numbers())


def _numbers() -> tuple[str, ...]:
    of_projections = (
        keys.of_projection(name, setting.name)
        for name, method in METHODS.items()
        for setting in method.settings
    )
    return (keys.DIMENSIONS, *of_projections)


def _named_group(run_id: str, made: Made) -> str | None:
    """Return the name of the saved group that is lit up, of the column that is looked at."""
    group: Group | None = st.session_state.get(keys.GROUP)
    if group is None or (st.session_state.get(keys.CATEGORY) and st.session_state.get(keys.FRONT) != "group"):
        return None
    groups = _groups_in_hand(run_id, made)
    return group.title if groups.get(group.title) == list(group.members) else None


def _groups_in_hand(run_id: str, made: Made) -> dict[str, list[str]]:
    """Return the saved groups of the column that is looked at: another column may have one of the same name."""
    column = st.session_state.get(keys.EMBEDDING_OF) or workspace().jobs.record(run_id).config.column
    return made.groups.get(str(column), {})


def _bring_group(run_id: str, made: Made) -> None:
    if (name := st.session_state.pop(keys.GROUP_NAMED, None)) is None:
        return
    members = _groups_in_hand(run_id, made).get(name)
    if members is None:
        st.session_state[keys.NOTICE] = f"There is no group {quoted(name)} any more: it was deleted."
        st.session_state[keys.WHOLE_PAGE] = True  # the line above has been drawn already
    else:
        st.session_state[keys.GROUP] = Group(name, tuple(members))
        st.session_state[keys.FRONT] = "group"
