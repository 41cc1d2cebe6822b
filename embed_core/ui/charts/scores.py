"""The charts of the Compare page, as Vega-Lite."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.ui.charts import curves as charts

Rows = Sequence[Mapping[str, float]]

_MOST_POINTS = 300
_LEGEND: charts.Spec = {
    "title": None,
    "orient": "bottom",
    "labelLimit": 320,
    "symbolSize": 60,
    "direction": "vertical",
}


def sweep_chart(
    results: pd.DataFrame, table: pd.DataFrame, *, recommended: int | None, title: str
) -> charts.Spec:
    """Return the validation loss against the dimension: every replicate, the means, and how far from the best.

    Args:
        results: of the trainings so far: ``dimension``, ``replicate``, ``val_loss``.
        table: what `embed_core.comparing.dimensions.recommend.compared` says of them; may be empty.
        recommended: the dimension that is marked; None marks none.
        title: of the loss.
    """
    shade = charts.colors()
    lowest, highest = results["val_loss"].min(), results["val_loss"].max()
    low, high = (table["val_loss"] + sign * table["standard_error"] for sign in (-1, 1))
    spread = table.assign(low=low.clip(lower=lowest / 2), high=high)  # a logarithm needs more than 0
    dimensions = sorted(results["dimension"].unique().tolist())
    drawn = [results["val_loss"].to_numpy(), *(spread[name].to_numpy() for name in ("low", "high"))]
    y = {"type": "quantitative", "title": None, **_loss_axis(lowest, highest, _reach(drawn))}
    x = {
        "field": "dimension",
        "type": "ordinal",
        "title": "dimension",
        "scale": {"domain": dimensions},
        "axis": {"labelAngle": 0},
    }
    value = {"field": "val_loss", "type": "quantitative", "title": "validation loss", "format": ".4g"}
    means = {"values": _plain(spread)}
    tips = [
        {"field": "dimension", "title": "dimension"},
        value | {"title": "mean"},
        {"field": "excess", "type": "quantitative", "title": "above the lowest", "format": ".2g"},
        {
            "field": "standard_error",
            "type": "quantitative",
            "title": "standard error of that",
            "format": ".2g",
        },
    ]
    layers: list[charts.Spec] = [
        {
            "data": {"values": _plain(results)},
            "mark": {"type": "circle", "size": 34, "color": shade["faint"], "opacity": 0.7},
            "encoding": {
                "x": x,
                "y": y | {"field": "val_loss"},
                "tooltip": [tips[0], {"field": "replicate"}, value],
            },
        }
    ]
    if len(table):
        layers += [
            {
                "data": {"values": [{"lowest": float(table["val_loss"].min())}]},
                "mark": {"type": "rule", "strokeDash": [5, 4], "color": shade["faint"], "strokeWidth": 1.5},
                "encoding": {"y": y | {"field": "lowest"}},
            },
            {
                "data": means,
                "mark": {"type": "line", "color": shade["accent"], "strokeWidth": 2},
                "encoding": {"x": x, "y": y | {"field": "val_loss"}},
            },
            {
                "data": means,
                "mark": {"type": "rule", "color": shade["accent"], "strokeWidth": 2},
                "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": means,
                "mark": {"type": "circle", "size": 80, "color": shade["accent"], "opacity": 1},
                "encoding": {"x": x, "y": y | {"field": "val_loss"}, "tooltip": tips},
            },
        ]
    if recommended is not None:
        chosen = {"values": _plain(spread[spread["dimension"] == recommended])}
        layers += [
            {
                "data": chosen,
                "mark": {"type": "point", "size": 320, "strokeWidth": 2.5, "color": shade["second"]},
                "encoding": {"x": x, "y": y | {"field": "val_loss"}, "tooltip": tips},
            },
            {
                "data": chosen,
                "mark": {"type": "text", "dy": -8, "fontSize": 12, "fontWeight": 600, "color": shade["ink"]},
                "encoding": {"x": x, "y": {"value": 0}, "text": {"value": "recommended"}},
            },
        ]
    return _titled(title, offset=20) | {"height": 330, "layer": layers}


def curves_chart(runs: Mapping[str, Rows], *, title: str) -> charts.Spec:
    """Return the losses of two runs over their epochs, validation solid and training dashed.

    Args:
        runs: by the name of the run its epochs, with ``epoch``, ``loss`` and perhaps ``val_loss``.
        title: above the chart.
    """
    shade = charts.colors()
    values: list[dict[str, Any]] = [
        {"run": name, "part": part, "epoch": row["epoch"], "value": row[column]}
        for name, rows in runs.items()
        for column, part in (("val_loss", charts.VALIDATION), ("loss", charts.TRAINING))
        for row in _thinned(rows)
        if column in row
    ]
    settled = sorted(value["value"] for value in values)
    # The first epochs can lie far above the rest and would press it flat.
    usual = settled[int(0.9 * (len(settled) - 1))] if settled else 1.0
    low, high = (settled[0], settled[-1]) if settled else (0.0, 1.0)
    top = min(high, 2 * usual - low) if usual > low else high
    last = max((value["epoch"] for value in values), default=1)
    encoding = {
        "x": {
            "field": "epoch",
            "type": "quantitative",
            "title": "epoch",
            "axis": {"tickCount": 6, "tickMinStep": 1, "format": ",d"},
            # Vega draws a chart before its numbers are there, and complains where it must find a domain.
            "scale": {"domain": [0, last]},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": None,
            "axis": {"tickCount": 5},
            "scale": {"domain": [low, top if top > low else low + 1], "zero": False},
        },
        "color": {
            "field": "run",
            "type": "nominal",
            "scale": {"domain": list(runs), "range": [shade["accent"], shade["second"]]},
            "legend": _LEGEND,
        },
        "strokeDash": {
            "field": "part",
            "type": "nominal",
            "scale": {"domain": [charts.VALIDATION, charts.TRAINING], "range": [[1, 0], [4, 3]]},
            "legend": None,
        },
    }
    tips = [
        {"field": "run"},
        {"field": "part"},
        {"field": "epoch", "type": "quantitative"},
        {"field": "value", "type": "quantitative", "title": "loss", "format": ".4g"},
    ]
    return _titled(title) | {
        "height": charts.HEIGHT + 30,
        "data": {"values": values},
        "encoding": encoding,
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2, "clip": True}},
            # The points carry the values on hover.
            {
                "mark": {"type": "circle", "size": 90, "opacity": 0, "clip": True},
                "encoding": {"tooltip": tips},
            },
        ],
    }


def _loss_axis(lowest: float, highest: float, reach: list[float]) -> charts.Spec:
    """Return scale and axis: in powers of ten where losses fall many times over, as from one dimension to two."""
    if not 0 < 20 * lowest < highest:
        return {"axis": {"tickCount": 5}, "scale": {"zero": False, "domain": reach}}
    powers = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
    ticks = [10.0**power for power in powers]
    scale = {"type": "log", "nice": False, "padding": 12, "domain": reach}
    return {"axis": {"values": ticks, "format": "~g"}, "scale": scale}


def _reach(drawn: Sequence[npt.NDArray[np.float64]]) -> list[float]:
    """Return from where to where numbers reach: Vega complains where it must find that of none."""
    numbers = np.concatenate([np.asarray(each, np.float64) for each in drawn])
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return [0.0, 1.0]
    low, high = float(numbers.min()), float(numbers.max())
    return [low, high] if high > low else [low - abs(low) / 10 - 1e-9, high + abs(high) / 10 + 1e-9]


def _titled(title: str, *, offset: int = 6) -> charts.Spec:
    return {"title": {"text": title, "anchor": "start", "fontSize": 13, "offset": offset}}


def _thinned(rows: Rows) -> list[Mapping[str, float]]:
    step = max(1, -(-len(rows) // _MOST_POINTS))
    last = [rows[-1]] if rows and (len(rows) - 1) % step else []
    return [*rows[::step], *last]


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as JSON takes them: no NaN."""
    return [
        {
            str(name): (None if isinstance(value, float) and value != value else value)
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]


def scores_chart(
    table: pd.DataFrame, *, score: str, reference: str, encoders: Sequence[str], models: Sequence[str]
) -> charts.Spec:
    """Return the mean score of each encoder with each model, with its interval.

    Args:
        table: ``encoder``, ``model``, ``mean``, ``low`` and ``high``, the first two as they are shown.
        score: what it is.
        reference: the encoder whose mean is drawn through all rows, for each model.
        encoders: from top to bottom.
        models: in the order of their marks.
    """
    shade = charts.colors()
    known = table[table["mean"].notna()]
    marks = {
        "scale": {
            "domain": list(models),
            "range": [shade["accent"], shade["second"], shade["ink"]][: len(models)],
        },
        "legend": {"title": None, "orient": "top", "symbolSize": 70, "labelLimit": 260},
    }
    shapes = {
        **marks,
        "scale": {"domain": list(models), "range": ["circle", "square", "triangle-up"][: len(models)]},
    }
    x = {
        "type": "quantitative",
        "title": score,
        "scale": {
            "zero": False,
            "nice": True,
            "domain": _reach([known[name].to_numpy() for name in ("mean", "low", "high")]),
        },
        "axis": {"tickCount": 6},
    }
    y = {
        "field": "encoder",
        "type": "nominal",
        "sort": list(encoders),
        "title": None,
        "scale": {"domain": list(encoders)},
        "axis": {"labelLimit": 200, "grid": True, "tickBand": "extent"},
    }
    rows = {"y": y, "yOffset": {"field": "model", "type": "nominal", "scale": {"domain": list(models)}}}
    color = {"field": "model", "type": "nominal", **marks}
    tips = [
        {"field": "encoder"},
        {"field": "model"},
        {"field": "mean", "type": "quantitative", "title": score, "format": ".4f"},
        {"field": "low", "type": "quantitative", "title": "from", "format": ".4f"},
        {"field": "high", "type": "quantitative", "title": "to", "format": ".4f"},
        {"field": "folds", "type": "quantitative", "title": "folds"},
    ]
    return {
        "height": max(120, len(encoders) * (14 * len(models) + 14)) + 60,
        "data": {"values": _plain(known[["encoder", "model", "mean", "low", "high", "folds"]])},
        "layer": [
            {
                "transform": [{"filter": {"field": "encoder", "equal": reference}}],
                "mark": {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5, "opacity": 0.8},
                "encoding": {"x": x | {"field": "mean"}, "color": color},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {**rows, "x": x | {"field": "low"}, "x2": {"field": "high"}, "color": color},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 75, "opacity": 1},
                "encoding": {
                    **rows,
                    "x": x | {"field": "mean"},
                    "color": color,
                    "shape": {"field": "model", "type": "nominal", **shapes},
                    "tooltip": tips,
                },
            },
        ],
    }
