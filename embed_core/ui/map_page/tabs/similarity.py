"""The tab of similarities: an ordered heatmap with its tree, in which a branch can be picked."""

from typing import Any

import numpy as np
import streamlit as st

from embed_core.space.groups.dendrogram import Dendrogram, branch_members, dendrogram
from embed_core.space.neighbors.similarity import Similarity, most_supported, similarity
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted
from embed_core.ui.charts import curves as charts
from embed_core.ui.map_page.map_state import MapState, choose_group
from embed_core.ui.map_page.measures import OF_DISTANCES

MOST = 300
_NAMED = 70
_LONGEST_NAME = 28
_BLUE_OCHRE = {
    "light": [[0, "#8A5A10"], [0.25, "#D9A441"], [0.5, "#F2F0EA"], [0.75, "#4FA3B1"], [1, "#064B57"]],
    "dark": [[0, "#E3B04B"], [0.25, "#8A6A2C"], [0.5, "#18232B"], [0.75, "#1F7C8A"], [1, "#7FE3F0"]],
}


def similarity_tab(map_state: MapState) -> None:
    """Show how alike every two categories are, ordered by their tree."""
    embedding = map_state.embedding
    n = len(embedding)
    if n < 2:
        st.caption("There is no other category to compare with.")
        return
    alike, tree, rows = _tree(map_state)
    labels = [embedding.labels[row] for row in rows]
    if len(rows) < n:
        st.caption(
            f"The {len(rows)} of {counted(n, 'category', 'categories')} with the most rows: more could not be "
            "distinguished here."
        )
    st.session_state[keys.SIMILARITY_BRANCHES] = (labels, tree.links)
    is_dark = st.context.theme.type == "dark"
    st.plotly_chart(
        _figure(alike, tree, labels, "dark" if is_dark else "light"),
        key=keys.SIMILARITY_CHART,
        theme=None,
        on_select=_take_branch,
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False},
        alt=f"Heatmap of the {alike.name} of every two of {len(labels)} categories, ordered by their tree",
    )
    st.caption(
        f"{alike.name.capitalize()} of every two categories, in the order of Ward's tree. Click a dot of the tree: "
        "the categories below it become the group on the map."
    )


def _take_branch() -> None:
    points = st.session_state[keys.SIMILARITY_CHART].selection.points
    held = st.session_state.get(keys.SIMILARITY_BRANCHES)
    merges = [point.get("customdata") for point in points]
    if not merges or held is None or merges[0] is None:
        return
    merge = merges[0][0] if isinstance(merges[0], list | tuple) else merges[0]
    labels, links = held
    if 0 <= int(merge) < len(links):
        choose_group("Branch of the tree", [labels[row] for row in branch_members(links, int(merge))])


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=OF_DISTANCES)
def _tree(map_state: MapState) -> tuple[Similarity, Dendrogram, np.ndarray[Any, Any]]:
    rows = most_supported(map_state.embedding.support, most=MOST)
    vectors = map_state.embedding.vectors[rows]
    return similarity(vectors, metric=map_state.metric), dendrogram(vectors, metric=map_state.metric), rows


def _figure(alike: Similarity, tree: Dendrogram, labels: list[str], theme: str) -> dict[str, Any]:
    """Return the figure in Plotly's own terms: names are text, so its pseudo-HTML is escaped."""
    shade = charts.colors()
    n = len(labels)
    names = [_text(labels[row]) for row in tree.order]
    ticks = {
        "tickmode": "array",
        "tickvals": list(range(n)),
        "ticktext": names,
        "showgrid": False,
        "zeroline": False,
    }
    font = {"color": shade["ink"], "size": 11, "family": "Source Sans, sans-serif"}
    gaps = np.full((len(tree.x), 1), np.nan)
    size = tree.links[:, 3].astype(int) if len(tree.links) else np.zeros(0, int)
    return {
        "data": [
            {
                "type": "heatmap",
                "z": alike.values[np.ix_(tree.order, tree.order)].astype(np.float32),
                "zmin": alike.lowest,
                "zmax": 1,
                "colorscale": _BLUE_OCHRE[theme] if alike.lowest < 0 else "Cividis",
                "hovertemplate": "%{x}<br>%{y}<br>%{z:.2f}<extra></extra>",
                "colorbar": {
                    "thickness": 10,
                    "len": 0.5,
                    "y": 0.4,
                    "outlinewidth": 0,
                    "tickfont": font,
                },
            },
            {
                "type": "scatter",
                "mode": "lines",
                "x": np.hstack([tree.x, gaps]).ravel(),
                "y": np.hstack([tree.y, gaps]).ravel(),
                "yaxis": "y2",
                "line": {"color": shade["faint"], "width": 1},
                "hoverinfo": "skip",
                "showlegend": False,
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": tree.x[:, 1:3].mean(axis=1),
                "y": tree.y[:, 1],
                "yaxis": "y2",
                "customdata": np.arange(len(tree.x)),
                "text": [f"{each:,} categories" for each in size],
                "hovertemplate": "%{text}<extra>click: they become the group</extra>",
                "marker": {"color": shade["accent"], "size": 6},
                "showlegend": False,
            },
        ],
        "layout": {
            "height": 760,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": font,
            "hoverlabel": {"font": {"size": 12}},
            "clickmode": "event+select",
            "dragmode": False,
            "xaxis": {
                **ticks,
                "range": [-0.5, n - 0.5],
                "showticklabels": n <= _NAMED,
                "tickangle": -90,
                "automargin": True,
            },
            "yaxis": {
                **ticks,
                "range": [n - 0.5, -0.5],
                "domain": [0, 0.8],
                "showticklabels": n <= _NAMED,
                "automargin": True,
            },
            "yaxis2": {"domain": [0.81, 1], "visible": False, "rangemode": "tozero"},
        },
    }


def _text(label: str) -> str:
    """Return a name for Plotly, on one line, shortened, with what it would take for markup escaped."""
    line = " ".join(label.split())
    short = line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
