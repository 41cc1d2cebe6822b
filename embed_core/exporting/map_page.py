"""The map as one HTML file that keeps hover, search and neighbours."""

from typing import Any

import numpy as np

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.map.standalone import map_html
from embed_core.map.svg import svg_map
from embed_core.map.view import Coloring, MapView
from embed_core.space.neighbors.nearest import usable_k

_NEIGHBORS = 10
_MOST_FOUND = 10_000


def view_of(content: Content) -> MapView:
    """Return the map as it opens: coloured by clusters, all colourings ready."""
    embedding, drawn = content.embedding, content.map
    n = len(embedding)
    clusters = content.cluster_of
    colors = []
    if content.clusters is not None:
        colors.append(Coloring("cluster", groups=clusters, name="cluster", label="Cluster"))
    if embedding.target_mean is not None:
        title = target_title(content)
        colors.append(Coloring(title, embedding.target_mean, name="target", label="Target mean"))
    rows = np.log10(np.maximum(embedding.support, 1))
    colors.append(Coloring("rows", rows, scale="rows", name="support", label="Rows"))
    if content.groups:
        colors.append(Coloring("saved group", groups=content.group_of, name="group", label="Saved groups"))
    colors.append(Coloring(name="none", label="Nothing"))
    k = usable_k(n, _NEIGHBORS) or n - 1
    return MapView(
        labels=embedding.labels,
        coordinates=drawn.coordinates,
        support=embedding.support,
        colorings=colors,
        colored=colors[0].name,
        regions=clusters if content.clusters is not None else None,
        axes=drawn.axes if drawn.has_axes else ("", ""),
        revision="standalone",
        description=f"Map of {content.title}",
        nearest=_nearest(content, k) if k >= 1 and n <= _MOST_FOUND else None,
        stability=None if content.measures is None else content.measures.stability,
        title=content.title,
        notes=(source_line(content), verdict_line(content)),
    )


def _nearest(content: Content, k: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the nearest of each category, as rows and distances in the run's unit."""
    rows, distances = content.embedding.nearest(k)
    return rows, content.distance_unit * distances


def target_title(content: Content) -> str:
    """Return what the means of the target are."""
    target = None if content.record is None else content.record.target
    return "target mean" if target is None else target.mean_title


def source_line(content: Content) -> str:
    """Return the table and the day of the training."""
    record = content.record
    if record is None:
        return ""
    return " · ".join(filter(None, (record.table, f"{record.created.astimezone():%d %B %Y}")))


def verdict_line(content: Content) -> str:
    """Return how far to believe the map, in one sentence."""
    return "" if content.trust is None else content.trust.verdict.sentence


def _make(content: Content) -> bytes:
    embedding = content.embedding
    lead = ". ".join(filter(None, (source_line(content), verdict_line(content))))
    distance = f"{embedding.metric.capitalize()} distance in the {embedding.dimension:,} original dimensions"
    return map_html(
        view_of(content),
        title=content.title,
        lead=lead,
        note=f"{distance}, whatever the map shows.",
        stability_note="Per cent: how stable each neighbour's own surroundings are.",
    ).encode()


def drawing_of(content: Content) -> str:
    """Return the map as a drawing that stands still, coloured by clusters."""
    embedding = content.embedding
    numbers = np.full(len(embedding), -1)
    if content.clusters is not None:
        found = content.clusters.labels
        numbers[found >= 0] = content.cluster_places[found[found >= 0]]
    return svg_map(
        embedding.labels, content.map.coordinates, embedding.support, numbers, title=f"Map of {content.title}"
    )


MAP_DRAWING = Exporter(
    "svg",
    "The map as a drawing",
    "SVG, for papers and slides: points coloured by cluster, the largest categories named. The Map page saves PNG and "
    "SVG of what it shows.",
    ".svg",
    lambda content: drawing_of(content).encode(),
    section="To read and to show",
)
MAP_PAGE = Exporter(
    "map",
    "The map as a page",
    "One HTML file that opens anywhere without a server: points answer, names are found, neighbours light up.",
    ".html",
    _make,
    section="To read and to show",
)
