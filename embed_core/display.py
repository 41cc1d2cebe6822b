"""What notebooks show of an object: small HTML of which every text is escaped."""

import html
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

_STYLE = "font: 13px/1.5 system-ui, sans-serif; max-width: 900px"
_CELL = "text-align: left; padding: 2px 14px 2px 0; white-space: pre-wrap"
_MOST_DOTS = 3_000


def shown(title: str, *parts: str) -> str:
    """Return an object's display: a title, and parts that are HTML already."""
    return f'<div style="{_STYLE}"><strong>{html.escape(title)}</strong>{"".join(parts)}</div>'


def line(text: str) -> str:
    """Return a line of text.

    >>> line("<b>")
    '<div>&lt;b&gt;</div>'
    """
    return f"<div>{html.escape(text)}</div>"


def rows_of(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table of texts."""
    cells = [[f'<th style="{_CELL}">{html.escape(name)}</th>' for name in header]]
    cells += [[f'<td style="{_CELL}">{html.escape(str(cell))}</td>' for cell in row] for row in rows]
    lines = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    return f'<table style="border-collapse: collapse; margin: 4px 0">{lines}</table>'


def dots(places: npt.ArrayLike, *, size: int = 280) -> str:
    """Return places in two dimensions as a small drawing, of very many some drawn at random."""
    points = np.asarray(places, float)[:, :2]
    if len(points) > _MOST_DOTS:
        points = points[np.random.default_rng(0).choice(len(points), _MOST_DOTS, replace=False)]
    low, span = points.min(axis=0), float(np.ptp(points, axis=0).max()) or 1.0
    drawn = (points - low) / span * (size - 12) + 6
    circles = "".join(f'<circle cx="{x:.1f}" cy="{size - y:.1f}" r="2"/>' for x, y in drawn)
    return (
        f'<svg width="{size}" height="{size}" viewBox="0 0 {size} {size}" fill="#0b6e7f" fill-opacity=".6" '
        f'style="border: 1px solid #8884; margin: 4px 0; display: block">{circles}</svg>'
    )


def printable(text: str) -> str:
    r"""Return a text for a terminal: what would move its cursor, ring or colour is written out.

    >>> print(printable("a\x1b[2Jb\n"))
    a\x1b[2Jb\n
    """
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text
    )


class HasMap:
    """What has vectors, and so a map."""

    def map(self, **options: Any) -> Any:
        """Return the map as a widget for Jupyter, marimo and VS Code, the same map as in the dashboard.

        Its ``selection``, a list of categories, is what is clicked or drawn around on the map, and can be set. Without
        anywidget (``pip install "category-atlas[notebook]"``) it is a page that stands alone, and has none.

        Args:
            **options: of `show_map`: column, trust, projection and height.
        """
        # Named and not imported: how things are shown stands above what they are.
        return import_module("embed_core.exporting.shown_map").live_map(self, **options)
