"""The curve of a training as a drawing that stands still."""

import html

import numpy as np
import pandas as pd

_WIDTH, _HEIGHT = 960, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 12, 34
_MOST_POINTS = 600
_LINES = (("val_loss", "#0b6e7f", "rows kept for validation"), ("loss", "#b7791f", "rows learned from"))


def svg_curves(history: pd.DataFrame, baseline: float | None) -> str:
    """Return the losses by epoch as an ``<svg>`` element; empty where there are none.

    Args:
        history: ``epoch``, ``loss`` and perhaps ``val_loss``.
        baseline: the loss of knowing nothing.
    """
    lines = [(name, color, words) for name, color, words in _LINES if name in history]
    if not lines or not len(history):
        return ""
    shown = history.iloc[np.unique(np.linspace(0, len(history) - 1, _MOST_POINTS).astype(int))]
    values = np.concatenate([shown[name].to_numpy(float) for name, _, _ in lines])
    values = np.append(values, [] if baseline is None else [baseline])
    values = values[np.isfinite(values)]
    if not len(values):
        return ""
    low, high = float(values.min()), float(values.max())
    pad = (high - low or abs(high) or 1.0) * 0.06
    low, high = low - pad, high + pad
    first, last = float(shown["epoch"].iloc[0]), float(shown["epoch"].iloc[-1])

    def across(epoch: float) -> float:
        return _LEFT + (epoch - first) / max(last - first, 1) * (_WIDTH - _LEFT - _RIGHT)

    def down(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="Loss by epoch" font-family="system-ui, sans-serif" font-size="12" fill="#1d2a33">'
    ]
    for value in np.linspace(low + pad, high - pad, 4):
        y = down(value)
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd8cc"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>'
        )
    for epoch, anchor in ((first, "start"), (last, "end")):
        parts.append(
            f'<text x="{across(epoch):.1f}" y="{_HEIGHT - 12}" text-anchor="{anchor}">epoch {epoch:,.0f}</text>'
        )
    if baseline is not None and np.isfinite(baseline):
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{down(baseline):.1f}" y2="{down(baseline):.1f}" '
            'stroke="#5b6670" stroke-dasharray="5 4"/>'
            f'<text x="{_WIDTH - _RIGHT - 4}" y="{down(baseline) - 5:.1f}" text-anchor="end">knowing nothing</text>'
        )
    for number, (name, color, words) in enumerate(lines):
        points = " ".join(
            f"{across(float(epoch)):.1f},{down(float(value)):.1f}"
            for epoch, value in zip(shown["epoch"], shown[name], strict=True)
            if np.isfinite(value)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.8"/>')
        left = _LEFT + 130 + 210 * number
        parts.append(
            f'<path d="M{left} {_HEIGHT - 16}h22" stroke="{color}" stroke-width="2.5"/>'
            f'<text x="{left + 28}" y="{_HEIGHT - 12}">{html.escape(words)}</text>'
        )
    return "\n".join([*parts, "</svg>"])
