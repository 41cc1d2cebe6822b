"""What two halves of the rows agree on, and which distances a map keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from embed_core.ui.charts import curves as charts

_HEIGHT = 180


def agreement_chart(
    values: Mapping[int, float], *, x: str, title: str, limit: float, marked: int | None = None
) -> charts.Spec:
    """Return a line of agreement above chance, from 0 to 1, over a number that rises by factors.

    Args:
        values: the agreement for each number.
        x: what the number counts.
        title: above the chart.
        limit: a dashed line: what the verdict asks for.
        marked: the number with a ring, which the verdict names.
    """
    shade = charts.colors()
    frame = pd.DataFrame(
        {"number": list(values), "agreement": [round(value, 4) for value in values.values()]}
    )
    across: dict[str, Any] = {
        "field": "number",
        "type": "quantitative",
        "title": x,
        "scale": {"type": "log", "nice": False},
        "axis": {"grid": False, "tickCount": 5, "format": ",d"},
    }
    up = _from_nought("agreement", None)
    tooltip = [
        {"field": "number", "type": "quantitative", "title": x, "format": ",d"},
        {"field": "agreement", "type": "quantitative", "title": "agreement", "format": ".2f"},
    ]
    return {
        "height": _HEIGHT,
        "title": {"text": title, "anchor": "start", "fontSize": 12},
        "data": {"values": frame.to_dict("records")},
        "layer": [
            {
                "mark": {"type": "rule", "color": shade["faint"], "strokeDash": [4, 4]},
                "encoding": {"y": {"datum": limit, "type": "quantitative"}},
            },
            {
                "mark": {"type": "line", "color": shade["accent"], "clip": True},
                "encoding": {"x": across, "y": up, "tooltip": tooltip},
            },
            {
                "transform": [{"filter": f"datum.number == {marked if marked is not None else -1}"}],
                "mark": {"type": "point", "size": 80, "color": shade["accent"], "filled": False},
                "encoding": {"x": across, "y": up, "tooltip": tooltip},
            },
        ],
    }


def distances_chart(true: Sequence[float], drawn: Sequence[float]) -> charts.Spec:
    """Return drawn over true distances between groups, a point for each pair, and where they would be the same."""
    shade = charts.colors()
    frame = pd.DataFrame({"true": list(true), "drawn": list(drawn)})
    most = float(frame.to_numpy().max())
    fields = [
        {"field": name, "type": "quantitative", "title": f"{name} distance", "format": ".3g"}
        for name in frame
    ]
    return {
        "height": _HEIGHT,
        "title": {"text": "Distances between groups", "anchor": "start", "fontSize": 12},
        "layer": [
            {
                "data": {"values": [{"true": 0, "drawn": 0}, {"true": most, "drawn": most}]},
                "mark": {"type": "line", "color": shade["faint"], "strokeDash": [4, 4]},
                "encoding": {
                    "x": {"field": "true", "type": "quantitative", "title": "true"},
                    "y": {"field": "drawn", "type": "quantitative", "title": "drawn"},
                },
            },
            {
                "data": {"values": frame.to_dict("records")},
                "mark": {"type": "point", "color": shade["accent"], "filled": True, "opacity": 0.7},
                "encoding": {
                    "x": {"field": "true", "type": "quantitative", "axis": {"tickCount": 4}},
                    "y": {"field": "drawn", "type": "quantitative", "axis": {"tickCount": 4}},
                    "tooltip": fields,
                },
            },
        ],
    }


def _from_nought(field: str, title: str | None) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [-0.1, 1.05], "nice": False},  # a line at 1 is seen whole
        "axis": {"values": [0, 0.25, 0.5, 0.75, 1]},
    }
