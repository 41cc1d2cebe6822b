"""The tab of clusters: how many there are, what each is like; choosing one makes it the group."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.errors import AtlasError
from embed_core.space.embedding import Embedding
from embed_core.space.groups.cluster_names import cluster_names as names_of_clusters
from embed_core.space.groups.clusters import Clusters
from embed_core.space.neighbors.stability import overall
from embed_core.ui.app.clustering import FIRST_COUNT, MOST_CLUSTERS, clustering_in_hand
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, number, plain
from embed_core.ui.app.words import color_title
from embed_core.ui.map_page.level_counts import counts_without_asking, names_of
from embed_core.ui.map_page.map_state import MapState, choose_group
from embed_core.ui.map_page.measures import clusters

_METHODS = {"hierarchical": "Hierarchical", "hdbscan": "HDBSCAN"}
_SHOWN_MEMBERS = 12


def clusters_in_hand(map_state: MapState) -> Clusters:
    """Return the clusters by the method and the number that were chosen.

    Raises:
        AtlasError: there are too many categories for a tree.
    """
    return clusters(map_state, *clustering_in_hand(len(map_state.embedding)))


def cluster_names(map_state: MapState, found: Clusters) -> list[str]:
    """Return a name for each cluster: its members with most rows; no two are the same."""
    return _names((*map_state.key, found.method, found.labels.tobytes()), map_state.embedding, found)


def cluster_reasons(map_state: MapState, found: Clusters) -> list[str]:
    """Return what sets each cluster apart, in a few words; empty where nothing does, or it is not known."""
    try:
        counts = counts_without_asking(map_state)
    except AtlasError:
        counts = None
    key = (*map_state.key, map_state.metric, found.method, counts is not None, found.labels.tobytes())
    return _reasons(key, found, counts)


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
        most = min(MOST_CLUSTERS, len(map_state.embedding))
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
                    st.session_state.get(keys.CLUSTER_COUNT) or FIRST_COUNT, most
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
    reasons = [*cluster_reasons(map_state, found), ""]
    for code, name in _rows(map_state, found):
        rows = found.members(code)
        rows = rows[np.argsort(-embedding.support[rows], kind="stable")]
        line: dict[str, Any] = {
            "cluster": name,
            "set apart by": reasons[code],
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
def _names(key: tuple[Any, ...], _embedding: Embedding, _found: Clusters) -> list[str]:
    return names_of_clusters(_embedding.labels, _embedding.support, _found)


@st.cache_resource(max_entries=32, show_spinner=False)
def _reasons(key: tuple[Any, ...], _found: Clusters, _counts: Any) -> list[str]:
    members = [_found.members(code) for code in range(_found.n_clusters)]
    # What is set apart from nothing has no reason of its own.
    alone = len(members) < 2 and not (_found.labels < 0).any()
    return [""] * len(members) if _counts is None or alone else names_of(_counts, members)
