"""The report: what was asked, what came out, and how far to believe it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
import markupsafe
import numpy as np

from embed_core.comparing.two_runs import setting_text
from embed_core.errors import percent
from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.map_page import drawing_of, source_line, target_title
from embed_core.exporting.report.curves import svg_curves
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.map.svg import COLORS
from embed_core.space.projections.quality import describe
from embed_core.space.projections.registry import projection_method

_LARGEST, _NEIGHBORS, _MEMBERS = 20, 5, 40
_LEVELS = {
    "good": "This map can be read",
    "careful": "Read with care",
    "do not rely": "Do not rely on this map",
}


@dataclass(frozen=True)
class ClusterLine:
    """A cluster in the table of clusters.

    Attributes:
        color: on the map.
        name: of the cluster.
        categories: how many there are.
        rows: of the table that are theirs.
        mean: of the target, None where there is none.
        members: names, those with most rows first.
        more: how many members are not named.
    """

    color: str
    name: str
    categories: int
    rows: int
    mean: float | None
    members: list[str]
    more: int


@cache
def _template() -> jinja2.Template:
    folder = jinja2.FileSystemLoader(Path(__file__).parent)
    # Every text of the table is escaped; only our own drawings are markup.
    environment = jinja2.Environment(
        loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["percent"] = lambda value: percent(float(value))
    environment.filters["number"] = lambda value: "–" if value is None or value != value else f"{value:,.4g}"
    return environment.get_template("report.html")


def report_html(content: Content) -> str:
    """Return the report as one HTML page."""
    embedding, record, trust = content.embedding, content.record, content.trust
    assert record is not None and trust is not None
    config = record.config
    objective = OBJECTIVES[config.objective]
    loss = record.baseline.get("loss")
    read = [] if content.table is None else content.table.report.lines()
    return _template().render(
        title=content.title,
        name=record.name,
        source=source_line(content),
        level=trust.verdict.level,
        verdict=trust.verdict,
        opening=trust.verdict.sentence.partition(". ")[0].rstrip("."),
        reasons=[f"{reason.rstrip('.')}." for reason in trust.verdict.reasons],
        trust=trust,
        asked=_asked(content),
        objective=objective,
        map_title=projection_method(content.map.method).title,
        map_quality=describe(content.map.quality),
        drawing=markupsafe.Markup(drawing_of(content)),
        curves=markupsafe.Markup(svg_curves(content.history, loss)),
        reached=_reached(content),
        clusters=_clusters(content),
        silhouette=None if content.clusters is None else content.clusters.silhouette,
        mean_title=target_title(content),
        neighbors=_neighbors(content),
        unit=record.unit_of(embedding.metric),
        groups=_groups(content),
        read=read,
        notes=record.notes,
        settings=[
            (name.replace("_", " "), setting_text(value))
            for name, value in config.model_dump().items()
            if objective.takes(name)
        ],
        versions=record.versions,
        record=record,
        metric=embedding.metric,
    )


def _asked(content: Content) -> str:
    record, n = content.record, len(content.embedding)
    assert record is not None
    if not OBJECTIVES[record.config.objective].is_offered:
        return f"{n:,} categories have {record.config.dimension:,} numbers each."
    return (
        f"Each of the {n:,} categories of {record.config.column} was given {record.config.dimension:,} numbers, "
        f"learned {_learned(content)} from {record.table_rows or record.rows:,} rows of the table."
    )


def _learned(content: Content) -> str:
    assert content.record is not None
    return OBJECTIVES[content.record.config.objective].placed(content.record.config)


def _reached(content: Content) -> list[tuple[str, float, float | None]]:
    """Return each measure of the best or last epoch, with that of knowing nothing."""
    record, history = content.record, content.history
    assert record is not None
    if not len(history):
        return []
    last = history.iloc[-1]
    if record.config.keeps_best and (history["epoch"] == record.best_epoch).any():
        last = history[history["epoch"] == record.best_epoch].iloc[0]
    measures = [str(name) for name in history if name != "epoch"]
    return [
        (
            name.replace("val_", "held out: "),
            float(last[name]),
            record.baseline.get(name.removeprefix("val_")),
        )
        for name in measures
    ]


def _clusters(content: Content) -> list[ClusterLine]:
    found, embedding = content.clusters, content.embedding
    if found is None:
        return []
    lines = []
    for number, name in enumerate(content.cluster_names):
        rows = found.members(number)
        rows = rows[np.argsort(-embedding.support[rows], kind="stable")]
        mean = None
        if embedding.target_mean is not None:
            known = rows[np.isfinite(embedding.target_mean[rows])]
            weights = embedding.support[known]
            if weights.sum():
                mean = float(np.average(embedding.target_mean[known], weights=weights))
        members = [embedding.labels[row] for row in rows[:_MEMBERS]]
        lines.append(
            ClusterLine(
                COLORS[content.cluster_places[number] % len(COLORS)],
                name,
                len(rows),
                int(embedding.support[rows].sum()),
                mean,
                members,
                len(rows) - len(members),
            )
        )
    return lines


def _groups(content: Content) -> list[tuple[str, list[str], int]]:
    """Return the saved groups: name, those of the members that are named, and how many are not."""
    embedding = content.embedding
    rows = dict(zip(embedding.labels, embedding.support.tolist(), strict=True))
    lines = []
    for name, members in content.groups.items():
        named = sorted(members, key=lambda member: -rows.get(member, 0))[:_MEMBERS]
        lines.append((name, named, len(members) - len(named)))
    return lines


def _neighbors(content: Content) -> list[tuple[str, int, list[tuple[str, float]]]]:
    """Return the largest categories, with their rows and their nearest."""
    embedding = content.embedding
    if len(embedding) < 2:
        return []
    lines, unit = [], content.distance_unit
    for row in content.by_rows[:_LARGEST]:
        label = embedding.labels[row]
        near = embedding.neighbors(label, k=min(_NEIGHBORS, len(embedding) - 1))
        pairs = list(zip(near["category"].tolist(), (unit * near["distance"]).tolist(), strict=True))
        lines.append((label, int(embedding.support[row]), pairs))
    return lines


REPORT = Exporter(
    "report",
    "Report",
    "One page for people who were not there: the question, the map, how far to believe it and why, clusters, "
    "neighbours, curve and settings. HTML without scripts; it prints to PDF.",
    ".html",
    lambda content: report_html(content).encode(),
    needs=("run",),
    section="To read and to show",
)
