"""What a map shows: plain data, drawn by the component in `embed_core.ui.component.category_map`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class Frames:
    """The snapshots of a training, replayed in the browser without asking the server.

    Arguments:
        numbers: Number of each frame, for example the epoch, shape (f,).
        coordinates: Positions in each frame, float, shape (f, n, 2), in the order of ``MapView.labels``.
            The last frame is the map at rest: the browser shows ``MapView.coordinates`` for it.
        values: A few words for each frame, for example "loss 0.412", or nothing at all.
        name: What is counted, written before the number.
    """

    numbers: Sequence[float]
    coordinates: np.ndarray
    values: Sequence[str] = ()
    name: str = "epoch"


@dataclass(frozen=True)
class Coloring:
    """One of the things that can colour the points: numbers, groups, or neither.

    Arguments:
        title: What the values or the groups are, for example "mean distance_mi".
        numbers: A value for each category, float, shape (n,), nan where it is missing (drawn grey).
        groups: A group for each category, None where it has none. The twelve with most rows have a colour each,
            the others share one.
        scale: "sequential" for values from little to much, "diverging" for values on both sides of 0, "rows"
            for logarithms to base 10 of the rows, which the key shows as they are.
        name: What it is called among several.
        label: The words for it in the choice.
        waits: Its values are made when it is chosen; until then the map stays as it is.
    """

    title: str = ""
    numbers: np.ndarray | None = None
    groups: Sequence[str | None] | None = None
    scale: Literal["sequential", "diverging", "rows"] = "sequential"
    name: str = ""
    label: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Sizing:
    """One of the things that can size the points.

    Arguments:
        title: What the values are.
        numbers: A value for each category, float, shape (n,), nan where it is missing. None for the rows.
        name: What it is called among several.
        label: The words for it in the choice.
        waits: Its values are made when it is chosen.
    """

    title: str = ""
    numbers: np.ndarray | None = None
    name: str = ""
    label: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Arrow:
    """Which way something grows on the map.

    Arguments:
        text: What grows.
        direction: To the right and up, of length 1.
        length: From 0 to 1, the longest that there can be.
    """

    text: str
    direction: tuple[float, float]
    length: float


@dataclass(frozen=True)
class MapView:
    """Everything that is on the map.

    All text is data: the map shows it as it is, never as markup. The sequences and arrays of length n are
    in the order of ``labels``.

    Arguments:
        labels: Category names.
        coordinates: Position of each category, float, shape (n, 2), or (n, 3) for a map that can be
            turned. Categories without a finite position are left out.
        support: Rows seen of each category, int, shape (n,). Sets a marker's area and opacity.
        colorings: What can colour the points. Without any, all have the accent colour.
        colored: Name of the one that does.
        sizings: What can size the points. Without any, the rows do.
        sized: Name of the one that does.
        regions: The name of the cluster of each category, None where it has none; written across the cluster.
        axes: Titles of the axes. Empty ones say that the axes mean nothing, and hide their numbers.
        arrows: Which way things grow, from the middle of the places; of two dimensions.
        revision: Names the map. Zoom and camera are kept while it stays the same.
        frame: Number of the frame, an epoch or a t-SNE iteration. It may go back: a replay.
        selected: The category lit up.
        neighbors: Its true neighbours, in the original space, nearest first, with distances. One that is
            not among as many nearest on this map is joined by a dashed line. Not needed with ``nearest``.
        description: The text alternative of the map.
        moving: More frames will follow: let points glide to their new places.
        group: The members of an area, lit up while all others fade.
        isolated: Show the members of the group only, and frame the map on them.
        false_neighbors: Categories near the selected one on the map, and not in the original space.
        cloud: Where else the selected one may be, positions in two dimensions, float, shape (r, 2): drawn around it.
        fade: How much to believe in each category, float from 0 to 1, shape (n,): a factor of its opacity.
        fade_title: What a faded category stands for, for the key below the map, for example "few rows".
        details: A line of text for each category, shown beside it when it is pointed at.
        nearest: The nearest categories of each one in the original space, nearest first: indices, int, and
            distances, float, both of shape (n, k). With them, a click lights up neighbours by itself; the
            first three are named beside a category likewise.
        stability: How stable each category's surroundings are, float from 0 to 1, shape (n,), nan where that
            is unknown; shown beside the neighbours (`category_panel`).
        frames: The way to these coordinates, with a slider below the map; for two dimensions.
        title: Heads the pictures that are saved from the map, and names their files.
        notes: Lines below the title of a saved picture: the table, the date, how far to believe it.
    """

    labels: Sequence[str]
    coordinates: np.ndarray
    support: np.ndarray
    colorings: Sequence[Coloring] = ()
    colored: str = ""
    sizings: Sequence[Sizing] = ()
    sized: str = ""
    regions: Sequence[str | None] | None = None
    axes: Sequence[str] = ("", "")
    arrows: Sequence[Arrow] = ()
    revision: str = ""
    frame: float = 0
    selected: str | None = None
    neighbors: Sequence[tuple[str, float]] = ()
    description: str = ""
    moving: bool = False
    group: Sequence[str] = ()
    isolated: bool = False
    false_neighbors: Sequence[str] = ()
    cloud: np.ndarray | None = None
    fade: np.ndarray | None = None
    fade_title: str = ""
    details: Sequence[str] | None = None
    nearest: tuple[np.ndarray, np.ndarray] | None = None
    stability: np.ndarray | None = None
    frames: Frames | None = None
    title: str = ""
    notes: Sequence[str] = ()
