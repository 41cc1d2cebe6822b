"""The row of controls above the map."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.runs.trust_jobs import TrustState
from embed_core.space.embedding import Embedding
from embed_core.space.projections.umap import is_installed
from embed_core.ui.app import state
from embed_core.ui.map_page.colors.colorings import color_choices
from embed_core.ui.map_page.colors.own_table import own_table
from embed_core.ui.map_page.live_projection import forget_projection
from embed_core.ui.map_page.map_state import METHODS, METRICS, WHOLE_PAGE, MapState, begin
from embed_core.ui.map_page.measures import columns_of, embedding_of
from embed_core.ui.map_page.trust_strip import trust_of

PERPLEXITY, EXAGGERATION = "tsne_perplexity", "tsne_exaggeration"
_has_umap = cache(is_installed)
_USUAL_PERPLEXITY, _MOST_PERPLEXITY = 30, 100


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
            "metric",
            help="Cosine compares directions only, euclidean lengths too",
        )
        settings = tsne_settings(len(embedding)) if method == "tsne" else ()
        map_state = MapState(record, column, embedding, method, dimensions, metric, "none", settings)
        color = _color(map_state, trust_of(map_state))
        own_table(map_state)
    return MapState(record, column, embedding, method, dimensions, metric, color, settings)


def tsne_settings(n: int) -> tuple[tuple[str, float], ...]:
    """Return t-SNE's settings as they stand, within what so many categories allow."""
    most = (n - 1) / 3
    usual = min(_USUAL_PERPLEXITY, most)
    perplexity = min(float(st.session_state.get(PERPLEXITY) or usual), most)
    return (
        ("perplexity", max(1.0, perplexity)),
        ("exaggeration", float(st.session_state.get(EXAGGERATION) or 1.0)),
    )


def tsne_popover(map_state: MapState) -> None:
    """Offer t-SNE's settings; others begin it anew."""
    most = min(_MOST_PERPLEXITY, (len(map_state.embedding) - 1) // 3)
    with st.popover("t-SNE settings", icon=":material/tune:", type="tertiary", key="tsne_settings"):
        if most > 2:
            st.session_state[PERPLEXITY] = int(dict(map_state.settings)["perplexity"])
            st.slider(
                "Perplexity",
                2,
                most,
                key=PERPLEXITY,
                persist_state="session",
                help="About how many neighbours each category keeps near: few show small groups, many the whole",
                on_change=_other_settings,
                args=(map_state.map_key,),
            )
        else:
            st.caption("There are too few categories to choose a perplexity.")
        st.slider(
            "Exaggeration",
            1.0,
            4.0,
            step=0.5,
            key=EXAGGERATION,
            persist_state="session",
            help="Above 1, groups are drawn tighter than they are: of use from thousands of categories on",
            on_change=_other_settings,
            args=(map_state.map_key,),
        )


def _other_settings(map_key: tuple[Any, ...]) -> None:
    forget_projection(map_key, if_moving=True)
    st.session_state[WHOLE_PAGE] = True


def _start(record: RunRecord, embedding: Embedding) -> None:
    """Begin another run with what suits it."""
    flat = embedding.dimension <= 2
    st.session_state["method"] = "identity" if flat else "pca"
    st.session_state["metric"] = "euclidean" if flat or record.config.objective == "distance" else "cosine"
    st.session_state["color"] = "target" if embedding.target_mean is not None else "support"
    st.session_state["dimensions"] = 2
    st.session_state.pop(PERPLEXITY, None)


def _column(record: RunRecord) -> str:
    columns = columns_of(record)
    if len(columns) < 2:
        return record.config.column
    _keep_valid("embedding_of", columns)
    return str(
        st.selectbox(
            "Embedding of",
            columns,
            key="embedding_of",
            persist_state="session",
            on_change=_forget_category,
            width=160,
        )
    )


def _forget_category() -> None:
    st.session_state[state.CATEGORY] = None


def _projection(embedding: Embedding) -> tuple[str, int]:
    _keep_valid("dimensions", [2, 3])
    dimensions = int(st.session_state["dimensions"])
    methods = ["pca", "tsne", *(["umap"] if _has_umap() else [])]
    if embedding.dimension <= dimensions:
        methods.insert(0, "identity")
    method = _segments("Projection", methods, METHODS, "method")
    _segments("Map", [2, 3], {2: "2-D", 3: "3-D"}, "dimensions")
    return method, dimensions


def _color(map_state: MapState, trust: TrustState) -> str:
    """Return what colours the points; it is chosen below the map."""
    _keep_valid("color", list(color_choices(map_state.record, map_state.embedding, map_state.column, trust)))
    return str(st.session_state["color"])


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
