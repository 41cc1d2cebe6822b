"""The curves and bars, as Vega-Lite: they keep their place on the page while they grow."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

TRAINING, VALIDATION, BASELINE = "training", "validation", "knowing nothing"
HEIGHT = 310
LEAST_ON_LOG = 1e-6
MOST_POINTS = 300

Spec = dict[str, Any]


def colors() -> dict[str, str]:
    """Return the project's colours for the theme in force."""
    if st.context.theme.type == "dark":
        return {"accent": "#4CC3D1", "second": "#E3B04B", "faint": "#7C8A94", "ink": "#E6ECEF"}
    return {"accent": "#0B6E7F", "second": "#B7791F", "faint": "#8A8578", "ink": "#1D2A33"}


def curve(
    rows: Sequence[dict[str, float]],
    metric: str,
    *,
    title: str,
    epochs: int,
    baseline: float | None,
    best_epoch: int | None = None,
    legend: bool = True,
    log: bool = False,
    height: int = HEIGHT,
) -> Spec:
    """Return the Vega-Lite chart of a metric over the epochs, with its validation twin.

    Args:
        rows: an epoch each.
        metric: a key of them; ``val_`` before it names the twin.
        title: above the chart.
        epochs: how many are planned; the axis grows towards them in steps.
        baseline: where a model that knows nothing stands.
        best_epoch: marked with a ring.
        legend: whether the lines are named below.
        log: whether the axis of the values is logarithmic; what is not above 0 is not drawn then.
        height: of the chart, in pixels.
    """
    shade = colors()
    values = [row for row in _long(rows, metric) if not log or row["value"] > LEAST_ON_LOG]
    domain = [TRAINING, VALIDATION, BASELINE]
    x = {
        "field": "epoch",
        "type": "quantitative",
        "title": "epoch",
        "scale": {"domain": [0, _reach(len(rows), epochs)], "nice": False},
        "axis": {"tickCount": 5, "tickMinStep": 1, "format": ",d"},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "scale": _scale(values, baseline, log=log),
        "axis": {"tickCount": 4, "format": "~g"} if log else {"tickCount": 4},
    }
    color = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": domain, "range": [shade["accent"], shade["second"], shade["faint"]]},
        "legend": {
            "title": None,
            "orient": "bottom",
            "columns": {"expr": "width < 280 ? 2 : 3"},
            "columnPadding": 8,
            "symbolSize": 40,
            "labelFontSize": 11,
        }
        if legend
        else None,
    }
    tooltip = [
        {"field": "series", "title": "part"},
        {"field": "epoch", "type": "quantitative"},
        {"field": "value", "type": "quantitative", "title": title, "format": ".4g"},
    ]
    layers: list[Spec] = [
        {
            "mark": {"type": "line", "strokeWidth": 2, "clip": True},
            "encoding": {"x": x, "y": y, "color": color},
        },
        # The points carry the values on hover; they are seen only where a single epoch makes no line.
        {
            "mark": {"type": "circle", "size": 90, "opacity": 1 if len(rows) == 1 else 0, "clip": True},
            "encoding": {"x": x, "y": y, "color": color, "tooltip": tooltip},
        },
    ]
    if baseline is not None:
        layers.append(
            {
                "data": {"values": [{"value": baseline, "series": BASELINE}]},
                "mark": {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5},
                "encoding": {"y": y, "color": color, "tooltip": tooltip[2:]},
            }
        )
    watched = f"val_{metric}" if rows and f"val_{metric}" in rows[0] else metric
    if best_epoch and best_epoch <= len(rows):
        layers.append(
            {
                "data": {
                    "values": [
                        {"epoch": best_epoch, "value": rows[best_epoch - 1][watched], "series": "best epoch"}
                    ]
                },
                "mark": {"type": "point", "size": 90, "strokeWidth": 2, "color": shade["ink"]},
                "encoding": {"x": x, "y": y, "tooltip": tooltip},
            }
        )
    return {
        "title": {"text": title, "anchor": "start", "fontSize": 13, "offset": 6},
        "height": height,
        "data": {"values": values},
        "layer": layers,
    }


def bars(frame: pd.DataFrame, *, label: str, value: str, title: str) -> Spec:
    """Return horizontal bars, in the order of the rows, labelled with text as it is."""
    return {
        "height": max(90, 26 * len(frame) + 40),
        "data": {"values": frame.to_dict("records")},
        "mark": {"type": "bar", "color": colors()["accent"], "cornerRadiusEnd": 2, "height": {"band": 0.7}},
        "encoding": {
            "x": {"field": value, "type": "quantitative", "title": title},
            "y": {
                "field": label,
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {"labelLimit": 150},
            },
            "tooltip": [{"field": name} for name in frame.columns],
        },
    }


def _reach(done: int, planned: int) -> int:
    """Return the end of the axis of epochs: the next of 10, 20, 50, 100 ..., or the planned ones."""
    steps = (factor * 10**power for power in range(1, 7) for factor in (1, 2, 5))
    return min(max(planned, 1), next(step for step in steps if step > done))


def _scale(values: Sequence[dict[str, Any]], baseline: float | None, *, log: bool) -> Spec:
    """Return the scale of the values; a start far above knowing nothing does not press the rest flat.

    It always has a domain: Vega draws a chart before its numbers are there, and complains where it must find one.
    """
    if not values:
        return {"domain": [0, 1]}
    seen = [row["value"] for row in values]
    if baseline and not log and max(seen) > 4 * baseline > 0:
        return {"domain": [0, 2 * baseline], "nice": False}
    if baseline is not None and (baseline > 0 or not log):
        seen.append(baseline)
    low, high = min(seen), max(seen)
    if low == high:
        low, high = low / 2, high * 2 or 1
    return {"domain": [low, high], "zero": False} | ({"type": "log"} if log else {})


def _long(rows: Sequence[dict[str, float]], metric: str) -> list[dict[str, Any]]:
    step = max(1, -(-len(rows) // MOST_POINTS))
    thinned = list(rows[::step])
    if rows and (len(rows) - 1) % step:
        thinned.append(rows[-1])
    return [
        {"epoch": row["epoch"], "value": row[name], "series": series}
        for name, series in ((metric, TRAINING), (f"val_{metric}", VALIDATION))
        for row in thinned
        if name in row
    ]
