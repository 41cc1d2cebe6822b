"""The map component alone, with made-up data, for the browser test and for looking at it.

    streamlit run tests/browser/map_demo.py --server.enableStaticServing=true

Address: ``?data=cloud|hostile|one|same|none&n=229&color=1&axes=1&seconds=0.2`` (seconds: moving frames).
"""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from embed_core.ui.atlas_map import MapView, atlas_map, clicked, publish_plotly  # noqa: E402

HOSTILE = [
    "<b>x</b>", '<a href="javascript:alert(1)">link</a>', "=1+1", "**bold**", "$x$", ":material/home:",
    "\u202eevil\u202c", "long " * 1000, "<img src=x onerror=alert(1)>", "a&amp;b", "", "  ", "line\nbreak",
    "東京都港区", "مرحبا", "👨‍👩‍👧‍👦 family", "<script>document.title='owned'</script>", "nan", "\ud800",
]  # fmt: skip


def cloud(count: int) -> np.ndarray:
    """Return places in a dozen clumps."""
    random = np.random.default_rng(3)
    middle = random.normal(0, 3, (12, 2))
    return middle[random.integers(0, 12, count)] + random.normal(0, 0.7, (count, 2))


def made_up(name: str, count: int) -> tuple[list[str], np.ndarray]:
    """Return labels and places."""
    if name == "hostile":
        return HOSTILE, np.c_[np.arange(len(HOSTILE)) % 4, np.arange(len(HOSTILE)) // 4]
    if name == "one":
        return ["only"], np.array([[3.0, 3.0]])
    if name == "same":
        return ["a", "b", "c"], np.zeros((3, 2))
    if name == "none":
        return [], np.zeros((0, 2))
    return [f"category {i}" for i in range(count)], cloud(count)


def neighbors(category: str | None, labels: list[str], places: np.ndarray) -> list[tuple[str, float]]:
    """Return the five nearest categories and one from afar, as a flattened map would have."""
    if category not in labels or len(labels) < 7:
        return []
    distance = np.hypot(*(places - places[labels.index(category)]).T)
    order = np.argsort(distance)[[1, 2, 3, 4, 5, -1]].tolist()
    return [(labels[i], float(distance[i])) for i in order]


def select_from_outside(category: str | None) -> None:
    """Do what a search box or the address bar would do."""
    st.session_state["category"] = category


def take_click() -> None:
    """Let the page follow the map."""
    st.session_state["category"] = clicked("map")


def main() -> None:
    """Show a search box, two buttons and the map."""
    st.set_page_config(layout="wide")
    query = st.query_params
    labels, places = made_up(query.get("data", "cloud"), int(query.get("n", 229)))
    rows = np.exp(np.random.default_rng(5).normal(4, 1.6, len(labels))).astype(int) + 1
    color = None
    if query.get("color"):
        color = places[:, 0] * 40 + 8000
        color[::9] = np.nan
    seconds = float(query.get("seconds", 0))

    search, clear, new = st.columns([2, 1, 1], vertical_alignment="bottom")
    search.text_input(
        "Category", key="typed", on_change=lambda: select_from_outside(st.session_state["typed"])
    )
    clear.button("Clear", on_click=select_from_outside, args=(None,))
    if new.button("New map"):
        st.session_state["revision"] = st.session_state.get("revision", 0) + 1

    def show_map() -> None:
        frame = st.session_state.get("frame", 0) + (1 if seconds else 0)
        st.session_state["frame"] = frame
        drift = np.random.default_rng(frame).normal(0, 0.08 if seconds else 0, places.shape)
        selected = st.session_state.get("category")
        atlas_map(
            MapView(
                labels=labels,
                coordinates=places + drift,
                support=rows,
                color=color,
                color_title="mean distance_mi",
                axes=("first component, 41 %", "second component, 22 %") if query.get("axes") else ("", ""),
                revision=str(st.session_state.get("revision", 0)),
                frame=frame,
                selected=selected,
                neighbors=neighbors(selected, labels, places),
                description=f"Map of {len(labels)} categories",
                moving=bool(seconds),
            ),
            key="map",
            height=int(query.get("height", 560)),
            on_select=take_click,
        )
        st.text(f"Python has: {str(selected)[:40]!r}")

    with st.tabs(["First", "Second"])[1] if query.get("tab") else st.container():
        if seconds:
            st.fragment(show_map, run_every=seconds)()
        elif st.checkbox("Show the map", value=True):
            show_map()


if __name__ == "__main__":
    publish_plotly(HERE / "static")
    main()
