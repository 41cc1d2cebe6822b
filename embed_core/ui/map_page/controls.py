"""The row of controls above the map."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.measurement import TrustState
from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.projections.base import Setting
from embed_core.space.projections.registry import METHODS, projection_method
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.words import METRICS
from embed_core.ui.map_page.colors.colorings import color_choices
from embed_core.ui.map_page.colors.own_table import own_table
from embed_core.ui.map_page.map_state import MapState, begin
from embed_core.ui.map_page.measures import columns_of, embedding_of, first_map
from embed_core.ui.map_page.trust_strip import trust_of


def controls(record: RunRecord) -> MapState:
    """Show the controls and return what they say is to be shown."""
    is_new = begin(record)
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_controls"):
        column = _column(record)
        embedding = embedding_of(record, column)
        if is_new:
            _start(record, embedding)
        method, dimensions = _projection(embedding)
        metric = _segments(
            "Distance",
            list(METRICS),
            METRICS,
            keys.METRIC,
            help="Cosine compares directions only, euclidean lengths too",
        )
        settings = settings_of(method, len(embedding))
        map_state = MapState(record, column, embedding, method, dimensions, metric, "none", settings)
        color = _color(map_state, trust_of(map_state))
        own_table(map_state)
    return MapState(record, column, embedding, method, dimensions, metric, color, settings)


def settings_of(method: str, n: int) -> tuple[tuple[str, float], ...]:
    """Return the settings that the page offers of a projection as they stand, within what ``n`` categories allow.

    Where there is nothing to choose from, one is left to its default.
    """
    return tuple(
        (setting.name, min(float(st.session_state.get(_key(method, setting)) or setting.default), ends[1]))
        for setting in projection_method(method).settings
        if (ends := _ends(setting, n)) is not None
    )


def chosen_words(map_state: MapState) -> str:
    """Return which settings were chosen for what they keep, as long as they stand; else nothing."""
    chosen = st.session_state.get(keys.CHOSEN_SETTINGS, {}).get(map_state.method, {})
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


def settings_popover(map_state: MapState) -> None:
    """Offer the settings of the projection; with others it begins again."""
    method = map_state.projection
    key = f"{method.name}_settings"
    with st.popover(f"{method.title} settings", icon=":material/tune:", type="tertiary", key=key):
        for setting in method.settings:
            if setting.slider is not None:
                _slider(map_state, setting)


def _slider(map_state: MapState, setting: Setting) -> None:
    ends = _ends(setting, len(map_state.embedding))
    if ends is None:
        st.caption(f"There are too few categories to choose a {setting.title.lower()}.")
        return
    lowest, highest, step = ends
    key = _key(map_state.method, setting)
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


def _key(method: str, setting: Setting) -> str:
    """Return the key of a setting in the session's state."""
    return f"{method}_{setting.name}"


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


def _start(record: RunRecord, embedding: Embedding) -> None:
    """Begin another run with what suits it."""
    metric = OBJECTIVES[record.config.objective].metric(embedding.dimension)
    st.session_state[keys.METRIC] = metric
    chosen = first_map(record, metric, _methods(embedding, 2))
    st.session_state[keys.METHOD] = chosen.method
    st.session_state[keys.COLOR] = "target" if embedding.target_mean is not None else "support"
    st.session_state[keys.DIMENSIONS] = 2
    for name, method in METHODS.items():
        for setting in method.settings:
            if setting.limit is not None:
                st.session_state.pop(_key(name, setting), None)
            if setting.name in chosen.settings.get(name, {}):
                st.session_state[_key(name, setting)] = int(chosen.settings[name][setting.name])
    st.session_state[keys.CHOSEN_SETTINGS] = chosen.settings
    state.bring_choices(record.id)


def _column(record: RunRecord) -> str:
    columns = columns_of(record)
    if len(columns) < 2:
        return record.config.column
    _keep_valid(keys.EMBEDDING_OF, columns)
    return str(
        st.selectbox(
            "Embedding of",
            columns,
            key=keys.EMBEDDING_OF,
            persist_state="session",
            on_change=_forget_category,
            width=160,
        )
    )


def _forget_category() -> None:
    st.session_state[keys.CATEGORY] = None


def _projection(embedding: Embedding) -> tuple[str, int]:
    _keep_valid(keys.DIMENSIONS, [2, 3])
    dimensions = int(st.session_state[keys.DIMENSIONS])
    titles = {name: method.title for name, method in METHODS.items()}
    method = _segments("Projection", _methods(embedding, dimensions), titles, keys.METHOD)
    _segments("Map", [2, 3], {2: "2-D", 3: "3-D"}, keys.DIMENSIONS)
    return method, dimensions


def _methods(embedding: Embedding, dimensions: int) -> list[str]:
    """Return the names of the projections that can draw an embedding here."""
    return [
        name
        for name, method in METHODS.items()
        if _is_there(name) and method.suits(embedding.dimension, dimensions)
    ]


@cache
def _is_there(name: str) -> bool:
    return not projection_method(name).missing()


def _color(map_state: MapState, trust: TrustState) -> str:
    """Return what colours the points; it is chosen below the map."""
    _keep_valid(keys.COLOR, list(color_choices(map_state, trust)))
    return str(st.session_state[keys.COLOR])


def _segments(label: str, options: Sequence[Any], words: dict[Any, str], key: str, help: str = "") -> Any:
    _keep_valid(key, options)
    return st.segmented_control(
        label,
        options,
        format_func=words.__getitem__,
        required=True,
        key=key,
        persist_state="session",
        help=help or None,
    )


def _keep_valid(key: str, options: Sequence[Any]) -> None:
    """Put the first option in the place of a choice that another run, or another choice, has taken away."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
