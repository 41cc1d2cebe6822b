"""The settings of the next training, and the widgets that change them."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.gallery import Sample
from embed_core.ui.app.state import keys

# What is learned from what; the other settings say how.
_CHOICES = (
    *("column", "objective", "target", "target_kind", "partner", "features", "context", "measure"),
    *("dimension", "min_frequency", "weight", "exposure"),
)


def settings() -> dict[str, Any]:
    """Return the settings as they stand, which need not be valid."""
    return st.session_state[keys.SETTINGS]


def applies(name: str) -> bool:
    """Whether a setting has a meaning with the objective, and the other settings, in hand."""
    chosen = settings()
    if name == "momentum":
        return chosen["optimizer"] == "sgd"
    if name == "exposure" and chosen["target_kind"] != "count":
        return False
    if name == "patience":
        return bool(chosen["validation_share"]) or chosen["patience"] is None
    return OBJECTIVES[chosen["objective"]].takes(name)


def config() -> TrainingConfig:
    """Return the settings as a configuration, without those that do not apply.

    Raises:
        AtlasError: they are not valid.
    """
    chosen = {name: value for name, value in settings().items() if applies(name)}
    if not chosen.get("column"):
        raise AtlasError("No column to embed is chosen. Choose a category column on the Data page.")
    for name in ("features", "context"):
        if name in chosen:
            chosen[name] = tuple(chosen[name] or ()) or None
    return TrainingConfig.checked(**chosen)


def missing() -> list[str]:
    """Name the columns that the objective needs and that are still to be chosen."""
    needs = ("column", *OBJECTIVES[settings()["objective"]].needs)
    return [need for need in needs if not settings().get(need)]


def bound(name: str, *, options: Sequence[Any] | None = None, place: str = keys.SETTINGS) -> dict[str, Any]:
    """Return the key and callback that tie a widget to a setting, whichever page it is on.

    A widget's own value is lost when its page is left; the setting stays. A setting that is not
    among the ``options`` becomes the first of them; of one that is a list, those among them stay.
    It persists for Streamlit's sake, which then sends the value until the browser has it. Else it is sent once, and
    where that run is cut short by the next, the browser shows the widget's first option and takes it for chosen. And it
    is set again on another page: there it is another widget of Streamlit's, which begins at its first option where the
    browser never sent the value of the one before.
    The ``place`` is the name under which the session holds the settings: those of the training, or others.
    """
    key = keys.of_setting(name, place)
    held = st.session_state[place]
    value = held.get(name)
    if options is not None:
        if isinstance(value, list | tuple):
            value = held[name] = [each for each in value if each in options]
        elif value not in options:
            value = held[name] = options[0] if options else None
    pages, page = st.session_state.setdefault(keys.BOUND_ON, {}), st.session_state.get(keys.PAGE)
    is_elsewhere = pages.get(key) != page
    if is_elsewhere or st.session_state.get(key) != value or key not in st.session_state:
        pages[key], st.session_state[key] = page, value
    return {"key": key, "on_change": _store, "args": (name, place), "persist_state": "session"}


def set_setting(name: str, value: Any) -> None:
    """Change a setting from a callback."""
    settings()[name] = value


def choose_objective(name: str | None = None) -> None:
    """Take an objective, the chosen one when none is named, with the settings that suit it.

    Where it learns from another kind of target than the one before, it has the one that was chosen for it last. What
    was chosen by hand on the Data page stays.
    """
    targets, before = st.session_state.setdefault(keys.TARGETS, {}), OBJECTIVES[settings()["objective"]]
    if before.takes("target"):
        targets[before.target_kinds] = settings()["target"]
    if name is None:
        _store("objective")
    else:
        set_setting("objective", name)
    now = OBJECTIVES[settings()["objective"]]
    if now.takes("target") and now.target_kinds in targets:
        set_setting("target", targets[now.target_kinds])
    was = _start_of(before.name)
    by_hand = {name for name in was if name in _CHOICES and settings()[name] != was[name]}
    settings().update({name: value for name, value in _start_of(now.name).items() if name not in by_hand})


def back_to_start() -> None:
    """Give all settings of the training, but not what is learned from what, the values that they begin with."""
    kept = {name: value for name, value in settings().items() if name in _CHOICES}
    replace_settings(defaults() | _start_of(kept["objective"]) | kept)


def _store(name: str, place: str = keys.SETTINGS) -> None:
    st.session_state[place][name] = st.session_state[keys.of_setting(name, place)]


def _start_of(objective: str) -> dict[str, Any]:
    """Return the settings that any objective has a start of its own for, as they suit this one."""
    first = defaults()
    own = {name for each in OBJECTIVES.values() for name in each.start}
    return {name: first[name] for name in own} | dict(OBJECTIVES[objective].start)


def replace_settings(values: dict[str, Any]) -> None:
    """Take other settings than those in hand, which are no longer those of a link."""
    st.session_state[keys.SETTINGS] = values
    st.session_state[keys.HANDED_OUT] = None
    st.session_state.pop(keys.TARGETS, None)


def defaults() -> dict[str, Any]:
    """Return the value that each setting begins with; None of one that has none."""
    fields = TrainingConfig.model_fields
    return {name: None if field.is_required() else field.default for name, field in fields.items()}


def settings_fit(columns: Sequence[str], chosen: Mapping[str, Any]) -> bool:
    """Whether every column that settings name is among these."""
    named = [chosen[name] for name in ("column", "target", "partner", "weight", "exposure")]
    named += [column for name in ("features", "context") for column in chosen[name] or ()]
    return bool(chosen["column"]) and all(column in columns for column in named if column)


def first_settings(column: str | None) -> dict[str, Any]:
    """Return the settings with which a table of one's own is opened: those of what needs nothing but the column."""
    free = next(name for name, objective in OBJECTIVES.items() if not objective.needs)
    return defaults() | _start_of(free) | {"column": column, "objective": free}


def good_start(sample: Sample) -> dict[str, Any]:
    """Return the settings with which a table of the gallery is opened."""
    return defaults() | _start_of(sample.start["objective"]) | dict(sample.start)
