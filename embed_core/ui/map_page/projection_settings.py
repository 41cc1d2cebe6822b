"""The settings of a projection that the page offers."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from embed_core.space.projections.base import Setting
from embed_core.space.projections.registry import METHODS, projection_method
from embed_core.ui.app import state
from embed_core.ui.app.first_map import first_map
from embed_core.ui.app.state import keys
from embed_core.ui.map_page.map_state import MapState


def settings_of(method: str, n: int) -> tuple[tuple[str, float], ...]:
    """Return the settings that the page offers of a projection as they stand, within what ``n`` categories allow.

    Where there is nothing to choose from, one is left to its default.
    """
    return tuple(
        (setting.name, max(ends[0], min(_held(method, setting), ends[1])))
        for setting in projection_method(method).settings
        if (ends := _ends(setting, n)) is not None
    )


def _held(method: str, setting: Setting) -> float:
    return float(st.session_state.get(keys.of_projection(method, setting.name)) or setting.default)


def settings_fields(map_state: MapState) -> None:
    """Offer the settings of the projection; with others it begins again."""
    method = map_state.projection
    offered = [setting for setting in method.settings if setting.slider is not None]
    if offered:
        st.markdown(f"**{method.title}**")
    for setting in offered:
        _slider(map_state, setting)


def begin_settings(chosen: Mapping[str, Mapping[str, float]]) -> None:
    """Let another run begin with what was chosen for what it keeps, and its defaults where the limits are its own.

    Args:
        chosen: settings by projection.
    """
    for name, method in METHODS.items():
        for setting in method.settings:
            if setting.limit is not None:
                st.session_state.pop(keys.of_projection(name, setting.name), None)
            if setting.name in chosen.get(name, {}):
                st.session_state[keys.of_projection(name, setting.name)] = int(chosen[name][setting.name])


def chosen_words(map_state: MapState) -> str:
    """Return which settings were chosen for what they keep, as long as they stand; else nothing."""
    found = first_map(map_state.record, map_state.metric)
    chosen = found.settings.get(map_state.method, {}) if found is not None else {}
    words = []
    for setting in map_state.projection.settings:
        value = chosen.get(setting.name)
        if value is not None and int(value) == dict(map_state.settings).get(setting.name):
            most = setting.highest(len(map_state.embedding))
            others = sorted({int(min(each, most)) for each in setting.tried} - {int(value)})
            words.append(
                f"{setting.title} {int(value)} keeps more of near and far than {' and '.join(map(str, others))}."
            )
    return " ".join(words)


def _slider(map_state: MapState, setting: Setting) -> None:
    ends = _ends(setting, len(map_state.embedding))
    if ends is None:
        st.caption(f"There are too few categories to choose a {setting.title.lower()}.")
        return
    lowest, highest, step = ends
    key = keys.of_projection(map_state.method, setting.name)
    kind = int if step == int(step) else float
    st.session_state[key] = kind(dict(map_state.settings)[setting.name])
    st.slider(
        setting.title,
        kind(lowest),
        kind(highest),
        step=kind(step),
        key=key,
        persist_state="session",
        help=setting.help or None,
        on_change=_other_settings,
        args=(map_state.map_key,),
    )


def _ends(setting: Setting, n: int) -> tuple[float, float, float] | None:
    """Return from where to where a setting can be moved, and by what; None when nowhere."""
    if setting.slider is None:
        return None
    lowest, highest, step = setting.slider
    if setting.limit is not None:
        highest = min(highest, setting.limit(n) // step * step)
    return (lowest, highest, step) if highest > lowest else None


def _other_settings(map_key: tuple[Any, ...]) -> None:
    state.jobs().projections.drop(map_key, if_moving=True)
    st.session_state[keys.WHOLE_PAGE] = True
