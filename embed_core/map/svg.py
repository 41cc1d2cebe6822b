"""A map as a drawing that stands still: SVG, for paper."""

import html
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

COLORS = (
    *("#332288", "#cc6677", "#117733", "#88ccee", "#ddaa33", "#882255"),
    *("#44aa99", "#999933", "#aa4499", "#0072b2", "#d55e00", "#661100"),
)
"""Of groups, the colours of the map itself by daylight (`frontend/src/color.js`)."""
NO_GROUP = "#7d8587"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARGIN, _LETTER, _LINE = 26, 6.1, 13
_MOST_NAMED, _LONGEST = 90, 26


def svg_map(
    labels: Sequence[str],
    coordinates: npt.ArrayLike,
    support: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    title: str,
    width: int = 960,
    height: int = 620,
) -> str:
    """Return a map as an ``<svg>`` element: the largest categories are named, where there is room.

    Args:
        labels: names, as they are; what they hold is never markup.
        coordinates: (n, 2), finite.
        support: rows of each, (n,), which set the size.
        groups: number of the group of each, (n,); -1 for none.
        title: the text alternative.
        width: of the drawing.
        height: of the drawing at most.
    """
    places = np.asarray(coordinates, float)
    rows, group = np.asarray(support, float), np.asarray(groups)
    low, span = places.min(axis=0), np.ptp(places, axis=0)
    unit = max(span[0] / (width - 2 * _MARGIN - 90), span[1] / (height - 2 * _MARGIN), 1e-12)
    height = min(height, max(180, round(span[1] / unit) + 2 * _MARGIN))
    middle = low + span / 2
    x = width / 2 + (places[:, 0] - middle[0]) / unit
    y = height / 2 - (places[:, 1] - middle[1]) / unit
    crowd = float(np.clip(22 / np.sqrt(len(rows)), 0.35, 1))
    weight = np.log1p(rows) / max(float(np.log1p(rows.max(initial=0))), 1e-12)
    radius = np.maximum(1.6, crowd * (2.5 + 7.5 * weight**1.6))
    order = np.argsort(-rows, kind="stable")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{_text(title)}" font-family="system-ui, sans-serif" font-size="11">',
        f'<rect x="1" y="1" width="{width - 2}" height="{height - 2}" fill="#fbfaf7" stroke="#9aa3a8"/>',
    ]
    for i in order:
        color = COLORS[group[i] % len(COLORS)] if group[i] >= 0 else NO_GROUP
        lines.append(
            f'<circle cx="{x[i]:.1f}" cy="{y[i]:.1f}" r="{radius[i]:.1f}" fill="{color}" fill-opacity=".8" '
            f'stroke="#fbfaf7" stroke-width=".7"><title>{_text(labels[i])}</title></circle>'
        )
    taken: list[tuple[float, float, float, float]] = []
    for i in order[:_MOST_NAMED]:
        name = " ".join(labels[i].split()) or "(empty)"
        name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
        left, wide = x[i] + radius[i] + 2, _LETTER * len(name)
        if left + wide > width - 4:
            left = x[i] - radius[i] - 2 - wide
        box = (left, y[i] - _LINE / 2, left + wide, y[i] + _LINE / 2)
        if left < 4 or any(_overlap(box, other) for other in taken):
            continue
        taken.append(box)
        lines.append(
            f'<text x="{left:.1f}" y="{y[i] + 4:.1f}" fill="#1d2a33" stroke="#fbfaf7" stroke-width="2.5" '
            f'paint-order="stroke" stroke-linejoin="round">{_text(name)}</text>'
        )
    return "\n".join([*lines, "</svg>"])


def _text(value: str) -> str:
    """Return text as XML can hold it: some control characters it cannot, not even escaped."""
    return html.escape(_NOT_XML.sub("\ufffd", value))


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
