"""The map component alone, with made-up data, for the browser test and for looking at it.

    streamlit run tests/browser/map_demo.py

Address: ``?data=cloud|hostile|one|same|none&n=229&color=1&axes=1&seconds=0.2`` (seconds: moving frames), and
``dimensions=3``, ``groups=14``, ``scale=diverging``, ``frames=40``, ``fade=1``, ``false=1``, ``cards=1``, ``title=…``,
``choose=1`` (colours to choose from, and the panel). The field "Settings" takes the same and
begins again without loading the page again.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import streamlit as st

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from embed_core.ui.component.category_map import (  # noqa: E402
    Coloring,
    Frames,
    MapView,
    category_finder,
    category_map,
    category_panel,
    clicked,
    lassoed,
    map_chooser,
    picked,
    recolored,
)
from embed_core.ui.component.serving import script_routes  # noqa: E402

SWITCHES = ("Mirror", "Plain", "Isolate")
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


def neighbors(
    category: str | None, labels: list[str], places: np.ndarray, ranks: list[int]
) -> list[tuple[str, float]]:
    """Return the categories that are so many places away from one; 0 is itself."""
    if category not in labels or len(labels) < 7:
        return []
    distance = np.hypot(*(places - places[labels.index(category)]).T)
    order = np.argsort(distance)[ranks].tolist()
    return [(labels[i], float(distance[i])) for i in order]


def select_from_outside(category: str | None) -> None:
    """Do what a search box or the address bar would do."""
    st.session_state["category"] = category


def take_click() -> None:
    """Let the page follow the map."""
    st.session_state["category"] = clicked("map")


def take_area() -> None:
    """Let the page follow the lasso."""
    st.session_state["group"] = lassoed("map")


def take_color() -> None:
    """Let the page follow the choice below the map."""
    st.session_state["colored"] = recolored("map")


def replay(places: np.ndarray, count: int) -> Frames | None:
    """Return the way from a crowd to the places."""
    if not count:
        return None
    start = np.random.default_rng(8).normal(places.mean(axis=0), 1.0, places.shape)
    shares = np.linspace(0, 1, count)[:, None, None] ** 0.7
    return Frames(
        numbers=[5 * k for k in range(count)],
        coordinates=(start + shares * (places - start)).astype(np.float32),
        values=[f"loss {0.9 - 0.5 * k / count:.3f}" for k in range(count)],
    )


def colors(query: Any, places: np.ndarray) -> dict[str, Any]:
    """Return what the colours are to be."""
    count = int(query.get("groups", 0))
    if query.get("choose"):
        colored = st.session_state.get("colored", "height")
        late = Coloring("half", places[:, 1]) if colored == "late" else Coloring(waits=True)
        return {
            "colorings": [
                Coloring("mean height", places[:, 0], name="height", label="<b>Height</b>"),
                Coloring(
                    "side",
                    groups=["left" if x < 0 else "right" for x in places[:, 0]],
                    name="side",
                    label="Side",
                ),
                replace(late, name="late", label="Late"),
            ],
            "colored": colored,
        }
    if count:
        names = [*HOSTILE[:4], *(f"cluster {k}" for k in range(count))][:count]
        codes = np.random.default_rng(4).geometric(0.18, len(places)) - 1
        return {
            "colorings": [
                Coloring("cluster", groups=[names[k] if k < count else None for k in codes.tolist()])
            ],
        }
    if not query.get("color"):
        return {}
    values = places[:, 0] * 40 + (0 if query.get("scale") == "diverging" else 8000)
    values[::9] = np.nan
    if query.get("scale") == "rows":
        values = np.linspace(1, 3, len(values))
    return {
        "colorings": [Coloring("mean distance_mi", values, scale=query.get("scale", "sequential"))],
    }


def texts(query: Any, labels: list[str], places: np.ndarray) -> dict[str, Any]:
    """Return what the cards say."""
    if not query.get("cards") and not query.get("choose"):
        return {}
    order = np.array([np.argsort(np.square(places - place).sum(axis=1))[1:4] for place in places])
    return {
        "details": [f"on time in {i % 100} % of <i>{name[:8]}" for i, name in enumerate(labels)],
        "stability": np.linspace(0, 1, len(labels)),
        "nearest": (order, np.linalg.norm(places[order] - places[:, None], axis=2)),
    }


def begin_again() -> None:
    """Forget what has been done, as a reload would."""
    for name in ("category", "group", "frame", "colored"):
        st.session_state.pop(name, None)
    for name in SWITCHES:
        st.session_state[name] = False
    st.session_state["find"] = ""
    st.session_state["revision"] = st.session_state.get("revision", 0) + 1


def main() -> None:
    """Show a search box, buttons and the map."""
    st.set_page_config(layout="wide")
    st.text_input("Settings", key="settings", on_change=begin_again)
    query = dict(parse_qsl(st.session_state["settings"])) or st.query_params
    labels, places = made_up(query.get("data", "cloud"), int(query.get("n", 229)))
    if query.get("dimensions") == "3":
        places = np.c_[places, np.random.default_rng(9).normal(0, 2, len(places))]
    if st.session_state.get("Mirror"):
        places = places * -1
    rows = np.exp(np.random.default_rng(5).normal(4, 1.6, len(labels))).astype(int) + 1
    seconds = float(query.get("seconds", 0))

    search, clear, new, *switches = st.columns([3, 1, 1, 1, 1, 1], vertical_alignment="bottom")
    search.text_input("Category", key="find", on_change=lambda: select_from_outside(st.session_state["find"]))
    clear.button("Clear", on_click=select_from_outside, args=(None,))
    if new.button("New map"):
        st.session_state["revision"] = st.session_state.get("revision", 0) + 1
    for place, name in zip(switches, SWITCHES, strict=True):
        place.toggle(name, key=name)

    def show_map() -> None:
        frame = st.session_state.get("frame", 0) + (1 if seconds else 0)
        st.session_state["frame"] = frame
        drift = np.random.default_rng(frame).normal(0, 0.08 if seconds else 0, places.shape)
        selected = st.session_state.get("category")
        # As many as the cards know, or one from afar, as a flattened map would have.
        near = neighbors(selected, labels, places, [1, 2, 3] if query.get("choose") else [1, 2, 3, 4, 5, -1])
        group = st.session_state.get("group", [])
        category_map(
            MapView(
                labels=labels,
                coordinates=places + drift,
                support=rows,
                axes=("first component, 41 %", "second component, 22 %", "third, 9 %")
                if query.get("axes")
                else ("", ""),
                revision=str(st.session_state.get("revision", 0)),
                frame=frame,
                selected=selected,
                neighbors=near,
                false_neighbors=[labels[k] for k in np.flatnonzero(np.arange(len(labels)) % 60 == 7)]
                if query.get("false") and near
                else (),
                description=f"Map of {len(labels)} categories",
                moving=bool(seconds),
                group=group,
                isolated=st.session_state["Isolate"],
                fade=np.linspace(0, 1, len(labels)) if query.get("fade") else None,
                fade_title="few rows",
                frames=replay(places, int(query.get("frames", 0))),
                title=query.get("title", "Made-up categories"),
                **({} if st.session_state["Plain"] else colors(query, places)),
                **texts(query, labels, places),
            ),
            key="map",
            height=int(query.get("height", 560)),
            on_select=take_click,
            on_area=take_area,
            on_color=take_color if query.get("choose") else None,
        )
        if query.get("choose"):
            map_chooser("map", key="colors", label="Colour by", of="coloring")
            category_finder("map", key="finder", label="Name", placeholder="Find a name")
            category_finder(
                "map",
                key="second",
                label="Another",
                placeholder="Find another",
                value=picked("second"),
                on_pick=lambda: None,
            )
            st.text(f"Picked: {picked('second')!r}")
            category_panel(
                "map",
                key="panel",
                title="Nothing yet",
                invitation="Click.",
                note="Distances.",
                stability_note="Per cent.",
            )
        colored = st.session_state.get("colored")
        st.text(f"Python has: {str(selected)[:40]!r} and {len(group)} in the area, coloured by {colored}")

    with st.tabs(["First", "Second"])[1] if query.get("tab") else st.container():
        if seconds:
            st.fragment(show_map, run_every=seconds)()
        elif st.checkbox("Show the map", value=True):
            show_map()


app = st.App(__file__, routes=script_routes())

if __name__ == "__main__":
    main()
