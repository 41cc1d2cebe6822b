"""The charts of the Learn page, as Vega-Lite: small, square where distances are to be read."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from embed_core.lesson.encoding import one_hot_sizes
from embed_core.ui.charts import curves as charts

SIDE = 240
_PLAIN_AXIS: charts.Spec = {"grid": False, "ticks": False, "labels": False, "domain": False, "title": None}


def memory(categories: int, *, rows: int, most: int) -> charts.Spec:
    """Return the memory that one column takes in three ways, against the number of categories; one is marked."""
    shade = charts.colors()
    names = {"dense": "one-hot", "sparse": "one-hot, ones only", "embedding": "embedding of 8"}
    values = [
        {"categories": n, "way": words, "bytes": getattr(one_hot_sizes(n, rows=rows), name)}
        for n in np.unique(np.geomspace(3, most, 40).round().astype(int)).tolist()
        for name, words in names.items()
    ]
    x = {
        "field": "categories",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [3, most], "nice": False},
        "axis": {"values": [3, 10, 100, 1_000, 10_000, 100_000], "format": ",d", "grid": False},
        "title": "categories",
    }
    sizes = [row["bytes"] for row in values]
    y = {
        "field": "bytes",
        "type": "quantitative",
        # Streamlit gives Vega the values after the chart, which has no extent until then.
        "scale": {"type": "log", "domain": [min(sizes), max(sizes)]},
        "axis": {"format": ".0s", "tickCount": 5},
        "title": "bytes",
    }
    color = {
        "field": "way",
        "type": "nominal",
        "scale": {
            "domain": list(names.values()),
            "range": [shade["second"], shade["faint"], shade["accent"]],
        },
        "legend": {"title": None, "orient": "bottom", "direction": "vertical", "symbolSize": 40},
    }
    # One legend shows both: what Vega-Lite is given for one and not for the other is a conflict.
    dash = {
        "field": "way",
        "type": "nominal",
        "scale": {"domain": list(names.values()), "range": [[1, 0], [6, 3], [1, 0]]},
        "legend": color["legend"],
    }
    tooltip = [
        {"field": "way", "title": "kept as"},
        {"field": "categories", "format": ",d"},
        {"field": "bytes", "format": ",d"},
    ]
    here = [row for row in values if row["categories"] == min(values, key=_near(categories))["categories"]]
    return {
        "height": 310,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"x": x, "y": y, "color": color, "strokeDash": dash, "tooltip": tooltip},
            },
            {
                "data": {"values": [row | {"categories": categories} for row in here]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "color": shade["faint"]},
                "encoding": {"x": x},
            },
        ],
    }


def paths(frames: Sequence[npt.ArrayLike], labels: Sequence[str]) -> charts.Spec:
    """Return the way of every vector: a ring where it began, a point where it is.

    Args:
        frames: the vectors at one epoch after the other, (n, 2) each.
        labels: of the vectors.
    """
    shade = charts.colors()
    places = np.asarray(frames, float)
    reach = 1.15 * float(np.abs(places).max())
    steps = [
        {"label": label, "step": step, "x": x, "y": y}
        for step, frame in enumerate(places.tolist())
        for label, (x, y) in zip(labels, frame, strict=True)
    ]
    first, last = steps[: len(labels)], steps[-len(labels) :]
    position = {
        axis: {
            "field": axis,
            "type": "quantitative",
            "title": f"dimension {number}",
            "scale": {"domain": [-reach, reach], "nice": False},
            "axis": {"tickCount": 4, "format": ".2~g"},
        }
        for axis, number in (("x", 1), ("y", 2))
    }
    tooltip = [{"field": name} for name in ("label", "x", "y")]
    for tip in tooltip[1:]:
        tip["format"] = ".3f"
    return _square(
        [
            {
                "data": {"values": steps},
                "mark": {"type": "line", "strokeWidth": 1.5, "color": shade["accent"], "opacity": 0.7},
                "encoding": position | {"detail": {"field": "label"}, "order": {"field": "step"}},
            },
            {
                "data": {"values": first},
                "mark": {"type": "point", "size": 60, "filled": False, "color": shade["faint"]},
                "encoding": position | {"tooltip": tooltip},
            },
            {
                "data": {"values": last},
                "mark": {"type": "point", "size": 70, "filled": True, "color": shade["accent"], "opacity": 1},
                "encoding": position | {"tooltip": tooltip},
            },
            {
                "data": {"values": last},
                "mark": {"type": "text", "dx": 10, "dy": -8, "fontWeight": "bold", "color": shade["ink"]},
                "encoding": position | {"text": {"field": "label"}},
            },
        ],
        "Vectors, before and after",
        side=SIDE - 80,  # the axes have figures, which need room
    )


def ring(coordinates: npt.ArrayLike, labels: Sequence[str]) -> charts.Spec:
    """Return the hours on their map, each joined to the next; the colour runs from midnight to midnight.

    Args:
        coordinates: (n, 2).
        labels: two figures each: hours.
    """
    shade = charts.colors()
    order = np.argsort(labels)
    hours = [
        {"hour": int(labels[i]), "label": labels[i], "x": x, "y": y, "turn": turn}
        for turn, (i, (x, y)) in enumerate(
            zip(order, np.asarray(coordinates, float)[order].tolist(), strict=True)
        )
    ]
    position = _free_axes(np.asarray(coordinates, float))
    return _square(
        [
            {
                "data": {"values": [*hours, hours[0] | {"turn": len(hours)}]},
                "mark": {"type": "line", "strokeWidth": 1, "color": shade["faint"], "opacity": 0.6},
                "encoding": position | {"order": {"field": "turn"}},
            },
            {
                "data": {"values": hours},
                "mark": {"type": "circle", "size": 110, "opacity": 1},
                "encoding": position
                | {
                    "color": {
                        "field": "hour",
                        "type": "quantitative",
                        "scale": {"scheme": _scheme("cividis"), "domain": [0, 23]},
                        "legend": None,
                    },
                    "tooltip": [{"field": "label", "title": "hour"}],
                },
            },
            {
                "data": {"values": hours[::3]},
                "mark": {"type": "text", "dy": -11, "fontSize": 10, "color": shade["ink"]},
                "encoding": position | {"text": {"field": "label"}},
            },
        ],
        "The hours, on the first two principal axes",
    )


def directions(shares: Sequence[float]) -> charts.Spec:
    """Return the share of the movement along each direction, with the figures beside the bars."""
    shade = charts.colors()
    values = [
        {"direction": number, "share": share, "words": f"{100 * share:.1f} %"}
        for number, share in enumerate(shares, start=1)
    ]
    y = {
        "field": "direction",
        "type": "ordinal",
        "title": "direction",
        "axis": {"ticks": False, "labelOverlap": False},
    }
    x = {"field": "share", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1.3]}}
    return {
        "title": {"text": "Share of the movement", "anchor": "start", "fontSize": 13, "offset": 6},
        "height": {"step": 18},
        "data": {"values": values},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "bar", "color": shade["accent"], "cornerRadiusEnd": 2}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": shade["ink"]},
                "encoding": {"text": {"field": "words"}},
            },
        ],
    }


def airports(
    coordinates: pd.DataFrame, *, title: str, facts: pd.DataFrame, chosen: str, true: Sequence[str]
) -> charts.Spec:
    """Return airports on a map, one of them lit up, and those that are nearest to it on the globe.

    Args:
        coordinates: ``x`` and ``y`` by code.
        title: above the map.
        facts: ``city`` and ``longitude`` by code.
        chosen: the code that is lit up.
        true: codes of its nearest on the globe.
    """
    shade = charts.colors()
    values: list[dict[str, Any]] = [
        {"code": code, "x": x, "y": y, "city": facts.at[code, "city"], "west": facts.at[code, "longitude"]}
        for code, x, y in zip(coordinates.index, coordinates["x"], coordinates["y"], strict=True)
    ]
    position = _free_axes(coordinates.to_numpy(float))
    lit = [row for row in values if row["code"] == chosen or row["code"] in true]
    return _square(
        [
            {
                "data": {"values": values},
                "mark": {"type": "circle", "size": 26, "opacity": 0.75},
                "encoding": position
                | {
                    "color": {
                        "field": "west",
                        "type": "quantitative",
                        "scale": {"scheme": _scheme("viridis"), "domain": [-125, -68], "clamp": True},
                        "legend": None,
                    },
                    "tooltip": [{"field": "code", "title": "airport"}, {"field": "city"}],
                },
            },
            {
                "data": {"values": lit},
                "mark": {"type": "point", "size": 110, "filled": False, "strokeWidth": 2},
                "encoding": position
                | {
                    "color": {
                        "condition": {"test": {"field": "code", "equal": chosen}, "value": shade["ink"]},
                        "value": shade["second"],
                    },
                    "tooltip": [{"field": "code", "title": "airport"}, {"field": "city"}],
                },
            },
            {
                "data": {"values": [row for row in lit if row["code"] == chosen]},
                "mark": {"type": "text", "dy": -13, "fontWeight": "bold", "color": shade["ink"]},
                "encoding": position | {"text": {"field": "code"}},
            },
        ],
        title,
    )


def _scheme(name: str) -> charts.Spec:
    """Return a colour scheme without the end that the paper would swallow."""
    dark = st.context.theme.type == "dark"
    return {"name": name, "extent": [0.25, 1.0] if dark else [0.0, 0.9]}


def _near(categories: int) -> Any:
    return lambda row: abs(np.log(row["categories"] / categories))


def _free_axes(places: npt.NDArray[np.float64]) -> dict[str, Mapping[str, Any]]:
    """Return axes without figures on which a unit is as long across as it is up."""
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    half = 1.15 * float(np.ptp(places, axis=0).max()) / 2 or 1.0
    return {
        axis: {
            "field": axis,
            "type": "quantitative",
            "axis": _PLAIN_AXIS,
            "scale": {"domain": [center - half, center + half], "nice": False, "zero": False},
        }
        for axis, center in zip(("x", "y"), middle.tolist(), strict=True)
    }


def _square(layers: list[charts.Spec], title: str, *, side: int = SIDE) -> charts.Spec:
    return {
        "title": {"text": title, "anchor": "start", "fontSize": 13, "offset": 6},
        "width": side,
        "height": side,
        # Streamlit would fit title and axes into these sizes, and a circle would not be round.
        "autosize": {"type": "pad"},
        "layer": layers,
    }
