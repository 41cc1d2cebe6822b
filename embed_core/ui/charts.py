"""The curves of a training, as Altair charts that keep their place while they grow."""

import altair as alt
import pandas as pd
import streamlit as st

TRAINING, VALIDATION, BASELINE = "training", "validation", "knowing nothing"
HEIGHT = 190
MOST_POINTS = 400


def colors() -> dict[str, str]:
    """Return the project's colours for the theme in force."""
    dark = st.context.theme.type == "dark"
    return (
        {"accent": "#4CC3D1", "second": "#E3B04B", "faint": "#7C8A94", "ink": "#E6ECEF"}
        if dark
        else {"accent": "#0B6E7F", "second": "#B7791F", "faint": "#8A8578", "ink": "#1D2A33"}
    )


def curve(
    history: pd.DataFrame,
    metric: str,
    *,
    title: str,
    epochs: int,
    baseline: float | None,
    best_epoch: int | None = None,
) -> alt.LayerChart:
    """Return the curve of a metric over the epochs, with its validation twin.

    Args:
        history: a row per epoch.
        metric: a column of it; ``val_`` before it names the twin.
        title: of the axis.
        epochs: how far the axis reaches.
        baseline: where a model that knows nothing stands.
        best_epoch: marked with a point.
    """
    shade = colors()
    data = _long(history, metric)
    scale = alt.Scale(
        domain=[TRAINING, VALIDATION, BASELINE], range=[shade["accent"], shade["second"], shade["faint"]]
    )
    x = alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, max(epochs, 1)], nice=False))
    y = alt.Y("value:Q", title=title, scale=alt.Scale(zero=False))
    base = alt.Chart(data)
    # A curve and its points: the points carry the values on hover, and the only epoch of a short run.
    lines = base.mark_line(strokeWidth=2, interpolate="linear").encode(
        x=x,
        y=y,
        color=alt.Color("series:N", scale=scale, legend=alt.Legend(title=None, orient="top", offset=4)),
    )
    points = base.mark_circle(size=120, opacity=0).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("series:N", title="part"),
            alt.Tooltip("epoch:Q"),
            alt.Tooltip("value:Q", title=title, format=".4g"),
        ],
    )
    charts: list[alt.Chart] = [lines, points]
    if baseline is not None:
        rule = pd.DataFrame({"value": [baseline], "series": [BASELINE]})
        charts.append(
            alt.Chart(rule)
            .mark_rule(strokeDash=[5, 4], strokeWidth=1.5)
            .encode(
                y=y,
                color=alt.Color("series:N", scale=scale),
                tooltip=[alt.Tooltip("value:Q", title=BASELINE, format=".4g")],
            )
        )
    watched = f"val_{metric}" if f"val_{metric}" in history else metric
    if best_epoch and watched in history and best_epoch <= len(history):
        best = pd.DataFrame({"epoch": [best_epoch], "value": [history[watched].iloc[best_epoch - 1]]})
        charts.append(
            alt.Chart(best)
            .mark_point(size=90, filled=False, strokeWidth=2, color=shade["ink"])
            .encode(x="epoch:Q", y="value:Q", tooltip=[alt.Tooltip("epoch:Q", title="best epoch")])
        )
    return alt.layer(*charts).properties(height=HEIGHT)


def bars(frame: pd.DataFrame, *, label: str, value: str, title: str) -> alt.Chart:
    """Return horizontal bars, in the order of the rows, labelled with text as it is."""
    shade = colors()
    order = frame[label].tolist()
    return (
        alt.Chart(frame)
        .mark_bar(color=shade["accent"], cornerRadiusEnd=2, height={"band": 0.7})
        .encode(
            x=alt.X(f"{value}:Q", title=title),
            y=alt.Y(f"{label}:N", sort=order, title=None, axis=alt.Axis(labelLimit=150)),
            tooltip=[alt.Tooltip(f"{name}:{'N' if name == label else 'Q'}") for name in frame.columns],
        )
        .properties(height=max(90, 26 * len(frame) + 40))
    )


def _long(history: pd.DataFrame, metric: str) -> pd.DataFrame:
    thinned = history.iloc[:: max(1, -(-len(history) // MOST_POINTS))]
    if len(history) and thinned["epoch"].iloc[-1] != history["epoch"].iloc[-1]:
        thinned = pd.concat([thinned, history.tail(1)])
    parts = [
        pd.DataFrame({"epoch": thinned["epoch"], "value": thinned[name], "series": series})
        for name, series in ((metric, TRAINING), (f"val_{metric}", VALIDATION))
        if name in thinned
    ]
    return pd.concat(parts) if parts else pd.DataFrame({"epoch": [], "value": [], "series": []})
