"""The parts of the Map page."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from embed_core.runs.run import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.projection import Projection
from embed_core.space.quality import describe
from embed_core.ui import charts, state
from embed_core.ui.atlas_map import MapView, atlas_map, clicked
from embed_core.ui.live_projection import LiveProjection, live_projection
from embed_core.ui.maps import color_title
from embed_core.ui.text import counted, number, plain

REFRESH_SECONDS = 0.2
MAP = "atlas_map"
HEIGHT = 640
SHOWN_NEIGHBOURS = 10
_METHODS = {"identity": "Vectors", "pca": "PCA", "tsne": "t-SNE"}
_METRICS = {"cosine": "Cosine", "euclidean": "Euclidean"}


def no_map(record: RunRecord | None) -> None:
    """Say what to do to get a map."""
    st.title("Map")
    if record is not None and record.status.is_live:
        st.markdown("This training is still going on. Its map moves on the Train page.")
        st.page_link("pages/train.py", label="Watch it", icon=":material/play_circle:")
        return
    st.markdown(
        "There is nothing on the map yet. Train an embedding first, or open an earlier run from the sidebar."
    )
    st.page_link("pages/data.py", label="Open a table", icon=":material/table:")


@dataclass(frozen=True)
class _Shown:
    """What is drawn: a finished projection or the newest frame of a moving one."""

    coordinates: np.ndarray[Any, Any]
    axes: tuple[str, ...]
    result: Projection | None
    live: LiveProjection | None = None


def atlas(record: RunRecord) -> None:
    """Show the map with its controls, and beside it what is known of the chosen category."""
    embedding = _embedding(record.id, state.jobs().store)
    method, color, metric = _controls(embedding)
    moving = (
        method == "tsne" and live_projection(record.id, embedding.vectors, metric=metric, seed=0).is_moving
    )
    left, right = st.columns([8, 3], gap="medium")
    with left:
        st.fragment(_map, run_every=REFRESH_SECONDS if moving else None)(
            record, embedding, method, color, metric, moving
        )
    with right:
        _find(embedding)
        _panel(record, embedding, metric)
    _vectors_table(embedding)


@st.cache_resource(max_entries=16, show_spinner=False)
def _embedding(run_id: str, _store: Any) -> Embedding:
    return _store.embedding(run_id)


@st.cache_resource(max_entries=64, show_spinner=False)
def _projection(run_id: str, method: str, metric: str, _embedding: Embedding) -> Projection:
    return _embedding.project(method, metric=metric)


def _controls(embedding: Embedding) -> tuple[str, str, str]:
    dimension = embedding.vectors.shape[1]
    methods = ["identity", "pca", "tsne"] if dimension <= 2 else ["pca", "tsne"]
    colors = ["target", "support", "none"] if embedding.target_mean is not None else ["support", "none"]
    names = {"target": "Target mean", "support": "Rows", "none": "Nothing"}
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_controls"):
        method = st.segmented_control(
            "Projection",
            methods,
            format_func=_METHODS.__getitem__,
            default=methods[0],
            required=True,
            key="method",
            persist_state="session",
        )
        metric = st.segmented_control(
            "Distance",
            list(_METRICS),
            format_func=_METRICS.__getitem__,
            required=True,
            key="metric",
            default="euclidean" if dimension <= 2 else "cosine",
            persist_state="session",
            help="Cosine compares directions only, euclidean lengths too",
        )
        color = st.segmented_control(
            "Colour by",
            colors,
            format_func=names.__getitem__,
            default=colors[0],
            required=True,
            key="color",
            persist_state="session",
        )
    return method or methods[0], color or colors[0], metric or "cosine"


def _find(embedding: Embedding) -> None:
    chosen = st.session_state.get(state.CATEGORY)
    if chosen not in embedding.labels:
        chosen = st.session_state[state.CATEGORY] = None
    if st.session_state.get("find") != chosen or "find" not in st.session_state:
        st.session_state["find"] = chosen
    st.selectbox(
        "Category",
        embedding.labels,
        placeholder="Find a category",
        label_visibility="collapsed",
        key="find",
        on_change=_take_search,
    )


def _take_search() -> None:
    st.session_state[state.CATEGORY] = st.session_state["find"]


def _take_click() -> None:
    st.session_state[state.CATEGORY] = clicked(MAP)
    st.session_state["map_clicked"] = True


def _map(
    record: RunRecord, embedding: Embedding, method: str, color: str, metric: str, was_moving: bool
) -> None:
    shown = _shown(record, embedding, method, metric)
    moving = shown.live is not None and shown.live.is_moving
    if was_moving and not moving:
        st.rerun()
    if shown.live is not None and moving:
        _moving_bar(shown.live)
    atlas_map(
        _view(record, embedding, shown, method, color, metric), key=MAP, height=HEIGHT, on_select=_take_click
    )
    if st.session_state.pop("map_clicked", False):
        st.rerun()
    if shown.live is not None and shown.live.error:
        st.error(plain(shown.live.error))
    if shown.result is not None:
        for note in shown.result.notes:
            st.caption(f":material/info: {plain(note)}")
        st.caption(plain(describe(shown.result.quality), limit=1_000))


def _moving_bar(live: LiveProjection) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            min(1.0, live.iteration / live.total),
            text=f"t-SNE, iteration {live.iteration:,} of {live.total:,}",
        )
        st.button("Stop here", icon=":material/stop:", key="stop_tsne", on_click=live.stop)


def _shown(record: RunRecord, embedding: Embedding, method: str, metric: str) -> _Shown:
    if method != "tsne":
        result = _projection(record.id, method, metric, embedding)
        return _Shown(result.coordinates, result.axes, result)
    live = live_projection(record.id, embedding.vectors, metric=metric, seed=0)
    if live.result is not None:
        return _Shown(live.result.coordinates, live.result.axes, live.result, live)
    coordinates = np.zeros((len(embedding.labels), 2)) if live.coordinates is None else live.coordinates
    return _Shown(coordinates, ("t-SNE 1", "t-SNE 2"), None, live)


def _view(
    record: RunRecord, embedding: Embedding, shown: _Shown, method: str, color: str, metric: str
) -> MapView:
    chosen = st.session_state.get(state.CATEGORY)
    neighbors: list[tuple[str, float]] = []
    if chosen is not None:
        found = embedding.neighbors(chosen, k=SHOWN_NEIGHBOURS, metric=metric)
        neighbors = list(zip(found["category"], found["distance"], strict=True))
    colors = {
        "target": embedding.target_mean,
        "support": np.log10(np.maximum(embedding.support, 1)),
        "none": None,
    }
    titles = {"target": color_title(record), "support": "rows, as a power of ten", "none": ""}
    is_tsne = shown.axes[0].startswith("t-SNE")
    return MapView(
        labels=embedding.labels,
        coordinates=shown.coordinates,
        support=embedding.support,
        color=colors[color],
        color_title=titles[color],
        axes=("", "") if is_tsne else (shown.axes[0], shown.axes[1]),
        revision=f"{record.id}:{method}:{metric if is_tsne else ''}",
        frame=shown.live.iteration if shown.live else 0,
        selected=chosen,
        neighbors=neighbors,
        description=f"{_METHODS[method]} map of {counted(len(embedding.labels), 'category', 'categories')} of "
        f"{record.config.column}. The table of vectors below says the same.",
        moving=shown.live is not None and shown.live.is_moving,
    )


def _panel(record: RunRecord, embedding: Embedding, metric: str) -> None:
    chosen = st.session_state.get(state.CATEGORY)
    if chosen is None:
        st.subheader("Nearest neighbours")
        st.caption(
            "Click a category on the map, or find it by name: its nearest neighbours light up, and are listed here."
        )
        return
    place = embedding.index(chosen)
    st.subheader(plain(chosen, limit=80), anchor=False)
    st.caption(_facts(record, embedding, place))
    found = embedding.neighbors(chosen, k=SHOWN_NEIGHBOURS, metric=metric)
    if found.empty:
        st.caption("There is no other category to compare it with.")
        return
    st.vega_lite_chart(
        charts.bars(found, label="category", value="distance", title=f"{_METRICS[metric].lower()} distance"),
        key="neighbours",
        alt=f"Distances to the nearest {len(found)} categories",
    )
    st.caption(
        f"Distances in the {counted(embedding.vectors.shape[1], 'original dimension')}, whatever the map shows."
    )
    st.dataframe(
        found,
        hide_index=True,
        key="neighbour_table",
        alt="The nearest categories with distance and rows",
        column_config={
            "distance": st.column_config.NumberColumn("distance", format="%.4g"),
            "support": st.column_config.NumberColumn("rows", format="localized"),
        },
    )


def _facts(record: RunRecord, embedding: Embedding, place: int) -> str:
    words = counted(int(embedding.support[place]), "row")
    if embedding.target_mean is None or record.target is None:
        return words
    words += f" · {plain(color_title(record), limit=60)} {number(embedding.target_mean[place])}"
    if embedding.target_interval is not None and not np.isnan(embedding.target_interval[place]).any():
        low, high = embedding.target_interval[place]
        words += f" (95 % interval {number(low)} to {number(high)})"
    return words


def _vectors_table(embedding: Embedding) -> None:
    with st.expander(
        "Table of vectors", icon=":material/table:", on_change="rerun", key="vectors_table"
    ) as table:
        if table.open:
            st.dataframe(
                embedding.to_frame(), hide_index=True, alt="Every category with its rows and its vector"
            )
