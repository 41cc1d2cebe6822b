"""The tab of clusters: how many there are, what each is like; choosing one makes it the group."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.errors import AtlasError
from embed_core.space.groups.clusters import Clusters
from embed_core.space.neighbors.stability import overall
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, number, plain
from embed_core.ui.app.words import color_title
from embed_core.ui.map_page.level_counts import counts_without_asking, names_of
from embed_core.ui.map_page.map_state import MapState, choose_group
from embed_core.ui.map_page.measures import clusters

_METHODS = {"hierarchical": "Hierarchical", "hdbscan": "HDBSCAN"}
_MOST, _FIRST_COUNT = 30, 4
_SHOWN_MEMBERS = 12


def clusters_in_hand(map_state: MapState) -> Clusters:
    """Return the clusters by the method and the number that were chosen.

    Raises:
        AtlasError: there are too many categories for a tree.
    """
    method = st.session_state.get(keys.CLUSTER_METHOD, "hierarchical")
    automatic = st.session_state.get(keys.CLUSTER_AUTOMATIC, True) or method != "hierarchical"
    most = min(_MOST, len(map_state.embedding))
    count = None if automatic else min(st.session_state.get(keys.CLUSTER_COUNT) or _FIRST_COUNT, most)
    return clusters(map_state, method, count)


def cluster_names(map_state: MapState, found: Clusters) -> list[str]:
    """Return a name for each cluster: what sets it apart, or its number; no two are the same."""
    try:
        counts = counts_without_asking(map_state)
    except AtlasError:
        counts = None
    key = (*map_state.key, map_state.metric, found.method, counts is not None, found.labels.tobytes())
    return _names(key, found, counts)


def cluster_tab(map_state: MapState) -> None:
    """Show the clusters as a table, with what decides on them.

    Raises:
        AtlasError: there are too many categories for a tree.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.segmented_control(
            "Method",
            list(_METHODS),
            format_func=_METHODS.__getitem__,
            default="hierarchical",
            required=True,
            key=keys.CLUSTER_METHOD,
            persist_state="session",
            help="Hierarchical puts every category somewhere; HDBSCAN finds dense regions and leaves the rest out",
        )
        most = min(_MOST, len(map_state.embedding))
        if method == "hierarchical" and most > 2:
            automatic = st.toggle(
                "Choose the number for me",
                value=True,
                key=keys.CLUSTER_AUTOMATIC,
                persist_state="session",
                help="The number from 2 to 12 whose clusters are furthest apart (the greatest mean silhouette)",
            )
            if not automatic:
                st.session_state[keys.CLUSTER_COUNT] = min(
                    st.session_state.get(keys.CLUSTER_COUNT) or _FIRST_COUNT, most
                )
                st.slider("Clusters", 2, most, key=keys.CLUSTER_COUNT, persist_state="session", width=220)
    found = clusters_in_hand(map_state)
    st.caption(_words(found, len(map_state.embedding)))
    for note in found.notes:
        st.caption(f":material/info: {plain(note)}")
    table = _table(map_state, found)
    st.dataframe(
        table,
        hide_index=True,
        key=keys.CLUSTER_TABLE,
        on_select=_take_cluster,
        selection_mode="single-row",
        column_config={
            "rows": st.column_config.NumberColumn(format="localized"),
            "categories": st.column_config.NumberColumn(format="localized"),
            "mean": st.column_config.NumberColumn(color_title(map_state.record), format="%.4g"),
        },
        alt="The clusters with their sizes and members",
    )
    st.session_state[keys.CLUSTER_MEMBERS] = [
        (name, [map_state.embedding.labels[row] for row in found.members(code)])
        for code, name in _rows(map_state, found)
    ]
    st.caption(
        "Choose a row: the cluster becomes the group on the map, and what sets it apart is listed there."
    )


def _take_cluster() -> None:
    rows = st.session_state[keys.CLUSTER_TABLE].selection.rows
    known = st.session_state.get(keys.CLUSTER_MEMBERS, [])
    if rows and rows[0] < len(known):
        choose_group(*known[rows[0]])


def _rows(map_state: MapState, found: Clusters) -> list[tuple[int, str]]:
    names = list(enumerate(cluster_names(map_state, found)))
    return [*names, (-1, "In no cluster")] if (found.labels < 0).any() else names


def _table(map_state: MapState, found: Clusters) -> pd.DataFrame:
    embedding = map_state.embedding
    lines = []
    for code, name in _rows(map_state, found):
        rows = found.members(code)
        rows = rows[np.argsort(-embedding.support[rows], kind="stable")]
        line: dict[str, Any] = {
            "cluster": name,
            "categories": len(rows),
            "rows": int(embedding.support[rows].sum()),
        }
        if embedding.target_mean is not None:
            line["mean"] = overall(embedding.target_mean[rows], support=embedding.support[rows])
        first = ", ".join(embedding.labels[row][:40] for row in rows[:_SHOWN_MEMBERS])
        line["members"] = first + (" …" if len(rows) > _SHOWN_MEMBERS else "")
        lines.append(line)
    return pd.DataFrame(lines)


def _words(found: Clusters, n: int) -> str:
    words = counted(max(found.n_clusters, 0), "cluster")
    outside = int((found.labels < 0).sum())
    if outside:
        words += f", {counted(outside, 'category', 'categories')} of {n:,} in none"
    if found.silhouette == found.silhouette:
        words += (
            f" · silhouette {number(found.silhouette, digits=2)} (1: far apart, 0: one runs into another)"
        )
    return words


@st.cache_resource(max_entries=32, show_spinner=False)
def _names(key: tuple[Any, ...], _found: Clusters, _counts: Any) -> list[str]:
    members = [_found.members(code) for code in range(_found.n_clusters)]
    # What is set apart from nothing has no name of its own.
    alone = len(members) < 2 and not (_found.labels < 0).any()
    names = [""] * len(members) if _counts is None or alone else names_of(_counts, members)
    texts = [f"{code + 1}. {name}" if name else f"Cluster {code + 1}" for code, name in enumerate(names)]
    return texts
