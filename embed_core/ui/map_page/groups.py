"""Groups of categories that a person has saved, kept with the run."""

import streamlit as st

from embed_core.errors import AtlasError, quoted
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.map_page.map_state import MapState

MOST_GROUPS = 20
LONGEST_NAME = 40

Groups = dict[str, tuple[str, ...]]


def saved_groups(run_id: str, column: str) -> Groups:
    """Return the groups saved of a run's column, by name, in the order in which they were saved."""
    every: dict[tuple[str, str], Groups] = st.session_state.setdefault(keys.GROUPS, {})
    if (run_id, column) not in every:
        kept = state.made_of(run_id).groups.get(column, {})
        every[run_id, column] = {name: tuple(members) for name, members in kept.items()}
    return every[run_id, column]


def save_group(map_state: MapState, name: str, members: tuple[str, ...]) -> str:
    """Save categories under a name, and return the name.

    Raises:
        AtlasError: the name is empty, too long or taken, or there are too many groups.
    """
    saved = saved_groups(*map_state.key)
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= LONGEST_NAME:
        raise AtlasError(
            f"A group's name has 1 to {LONGEST_NAME} characters; got {len(cleaned)}: {quoted(cleaned)}. "
            "Choose another."
        )
    if cleaned in saved:
        raise AtlasError(
            f"There is a group {quoted(cleaned)} already. Choose another name, or delete that one."
        )
    if len(saved) >= MOST_GROUPS:
        raise AtlasError(f"There are {MOST_GROUPS} groups already, the most there can be. Delete one first.")
    saved[cleaned] = members
    _keep(*map_state.key)
    return cleaned


def delete_group(run_id: str, column: str, name: str) -> None:
    """Forget a group."""
    saved_groups(run_id, column).pop(name, None)
    _keep(run_id, column)


def _keep(run_id: str, column: str) -> None:
    made = state.made_of(run_id)
    groups = made.groups | {column: {name: list(each) for name, each in saved_groups(run_id, column).items()}}
    state.keep(run_id, made.model_copy(update={"groups": groups}))


def colored_groups(map_state: MapState) -> list[str | None]:
    """Return the saved group of each category, the last saved of several; None where it is in none."""
    place = map_state.embedding.positions
    found: list[str | None] = [None] * len(place)
    for name, members in saved_groups(*map_state.key).items():
        for member in members:
            if member in place:
                found[place[member]] = name
    return found
