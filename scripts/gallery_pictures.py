"""Draw the finished map of every table of the gallery, for its card on the first screen.

    python -m scripts.gallery_pictures [NAME ...]

Each table is trained from its good start, as a press of Train does, and drawn into ``embed_core/ui/data/pictures``,
light and dark in one file: the browser takes what the page around it has, also when that changes. Airports are laid on
latitude and longitude.
"""

import html
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import embed_core as ec
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.lesson.airports import places
from embed_core.space.projections.aligning import align
from embed_core.tables.gallery import SAMPLES, load_sample

FOLDER = Path(__file__).parents[1] / "embed_core" / "ui" / "data" / "pictures"
WIDTH, HEIGHT, MARGIN = 480, 240, 30
MOST_LABELS = 9
ASPECT = 1.35
"""Of the sides of the map, when a picture may stretch it that far."""


@dataclass(frozen=True)
class Inks:
    """The colours of a picture."""

    ground: str
    text: str
    points: tuple[str, ...]


LIGHT = Inks("#F2F0EA", "#1D2A33", ("#0B6E7F", "#B7791F", "#4E6E8E", "#A8553A", "#6B7F3A", "#7A5C8E"))
DARK = Inks("#18232B", "#E6ECEF", ("#4CC3D1", "#E3B04B", "#8FB2D6", "#E08A6A", "#A9C06A", "#B79AD0"))


def stylesheet() -> str:
    """Return what gives the parts of a picture their colours: the ground, the names, and the points by their group."""
    light, dark = (
        [f"rect{{fill:{inks.ground}}}text{{fill:{inks.text};stroke:{inks.ground}}}"]
        + [f".g{number}{{fill:{color}}}" for number, color in enumerate(inks.points)]
        for inks in (LIGHT, DARK)
    )
    return f"<style>{''.join(light)}@media (prefers-color-scheme:dark){{{''.join(dark)}}}</style>"


def coordinates_of(name: str, embedding: Any) -> np.ndarray[Any, Any]:
    """Return where each category lies, (n, 2), in an orientation that does not change."""
    if embedding.dimension == 2:
        drawn = embedding.vectors.astype(float)
    else:
        drawn = embedding.project("tsne" if len(embedding) > 30 else "pca", seed=0).coordinates
    drawn = drawn - drawn.mean(axis=0)
    if name == "us_flights":
        known = places().reindex(embedding.labels)
        real = np.c_[known["longitude"] * np.cos(np.radians(38)), known["latitude"]]
        there = ~np.isnan(real).any(axis=1)
        turned = align(real[there], drawn[there])
        turn, *_ = np.linalg.lstsq(drawn[there], turned - turned.mean(axis=0), rcond=None)
        return drawn @ turn
    _, _, axes = np.linalg.svd(drawn - drawn.mean(axis=0), full_matrices=False)
    turned = drawn @ axes.T
    return turned * np.where(np.abs(turned.max(axis=0)) >= np.abs(turned.min(axis=0)), 1, -1)


def far_from_the_mainland() -> set[str]:
    """Return the airports that would make the others small."""
    known = places()
    far = ~known["longitude"].between(-126, -66) | ~known["latitude"].between(24, 50)
    return set(known.index[far])


def placed(coordinates: np.ndarray[Any, Any], shown: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return places on the picture; a few that lie far out do not press the others together."""
    low, high = (np.quantile(shown, q, axis=0) for q in (0.01, 0.99))
    room = np.array([WIDTH, HEIGHT]) - 2 * MARGIN
    scale = room / np.maximum(high - low, 1e-9)
    scale = np.minimum(scale, scale.min() * ASPECT)
    middle = (low + high) / 2
    places_ = (coordinates - middle) * scale * [1, -1] + np.array([WIDTH, HEIGHT]) / 2
    return np.clip(places_, 8, np.array([WIDTH, HEIGHT]) - 8)


def labelled(labels: list[str], spots: np.ndarray[Any, Any], support: np.ndarray[Any, Any]) -> list[int]:
    """Return the rows that get a name: those with most rows whose names do not collide."""
    boxes: list[tuple[float, float, float, float]] = []
    chosen: list[int] = []
    for row in np.argsort(-support, kind="stable"):
        x, y = spots[row]
        width = 7.2 * min(len(labels[row]), 16)
        box = (x + 6, y - 9, x + 10 + width, y + 9)
        fits = box[2] < WIDTH - 4 and box[1] > 2 and box[3] < HEIGHT - 2
        if fits and all(box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in boxes):
            boxes.append(box)
            chosen.append(int(row))
        if len(chosen) == MOST_LABELS:
            break
    return chosen


def picture(name: str, embedding: Any) -> str:
    """Return the map as SVG."""
    left_out = {"(missing)", "(rare)"} | (far_from_the_mainland() if name == "us_flights" else set())
    keep = [i for i, label in enumerate(embedding.labels) if label not in left_out]
    coordinates = coordinates_of(name, embedding)
    spots = placed(coordinates, coordinates[keep])
    metric = "euclidean" if embedding.dimension == 2 else "cosine"
    groups = embedding.clusters(metric=metric) if len(embedding) >= 12 else None
    group_of = np.zeros(len(embedding), int) if groups is None else groups.labels % len(LIGHT.points)
    radius = 2.2 + 5.5 * np.sqrt(embedding.support / embedding.support.max())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">',
        stylesheet(),
        f'<rect width="{WIDTH}" height="{HEIGHT}"/>',
    ]
    for i in keep:
        x, y = spots[i]
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius[i]:.1f}" class="g{group_of[i]}" fill-opacity=".8"/>'
        )
    names = [embedding.labels[i] for i in keep]
    font = 'font-family="system-ui, sans-serif" font-size="13"'
    halo = 'stroke-width="3" paint-order="stroke"'
    for place in labelled(names, spots[keep], embedding.support[keep]):
        x, y = spots[keep[place]]
        text = names[place] if len(names[place]) <= 16 else names[place][:15] + "…"
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 4.5:.1f}" {font} {halo}>{html.escape(text)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    """Draw the pictures named, all where none is."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or list(SAMPLES):
        start = SAMPLES[name].start
        run = ec.train(load_sample(name), **{**OBJECTIVES[start["objective"]].start, **start})
        (FOLDER / f"{name}.svg").write_text(picture(name, run.embedding), "utf-8")
        print(name, len(run.embedding), flush=True)


if __name__ == "__main__":
    main()
