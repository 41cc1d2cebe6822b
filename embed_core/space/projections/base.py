"""What a projection is: how a method of drawing answers for itself, and the map that it draws."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from embed_core.display import dots, line, shown
from embed_core.errors import AtlasError, check_kind, percent, quoted
from embed_core.space.neighbors.scales import Scales
from embed_core.types import Floats

OnFrame = Callable[[int, int, Floats], object]
"""Takes the iteration, the number of iterations and the coordinates; something true ends the movement."""

Pace = Literal["at once", "in frames", "apart"]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A map of the categories, and what it is worth.

    Attributes:
        method: what was drawn, the name of a `ProjectionMethod`. It differs from what was asked for when that
            was not possible; ``notes`` say why.
        coordinates: float32 (n, n_components).
        quality: numbers about the map: those of `projection_quality`, the ``area`` of its ``scales``, the ``stress``
            of the distances between groups, see `embed_core.space.projections.centres.stress`; the method's settings
            as used, and what it knows: ``variance`` (share shown) with ``variance_1`` ... per axis; ``iterations``
            and ``kl_divergence``.
        axes: a title per axis.
        has_axes: whether a position along an axis means something.
        notes: plain sentences that belong under the map.
        scales: which share of the nearest the map keeps, for all numbers of nearest; None when not measured.
    """

    method: str
    coordinates: Floats
    quality: Mapping[str, float]
    axes: tuple[str, ...]
    has_axes: bool = False
    notes: tuple[str, ...] = ()
    scales: Scales | None = field(default=None, repr=False)

    def _repr_html_(self) -> str:
        kept = self.quality.get("neighbors_kept", math.nan)
        words = (
            ""
            if math.isnan(kept)
            else line(f"{percent(kept)} of the nearest neighbours are still near on it.")
        )
        title = f"{self.method} map of {len(self.coordinates):,} categories"
        return shown(title, dots(self.coordinates), words, *(line(note) for note in self.notes))


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that a method takes.

    Attributes:
        name: the keyword of `project`.
        title: what it is called, such as ``Perplexity``.
        default: what is used when it is not given.
        least: the least that is accepted.
        most: the most that is accepted (default: any).
        is_whole: whether it must be a whole number (default False).
        limit: the most that so many categories allow; a larger one is lowered to it (default: any).
        tried: values of which `keeps_most` takes the one that keeps most (default: none are compared).
        slider: lowest, highest and step, where the page offers it (default: it does not).
        help: what it does, in one sentence for the page.
    """

    name: str
    title: str
    default: float
    least: float
    most: float = math.inf
    is_whole: bool = False
    limit: Callable[[int], float] | None = None
    tried: tuple[float, ...] = ()
    slider: tuple[float, float, float] | None = None
    help: str = ""

    def highest(self, n: int) -> float:
        """Return the most that ``n`` categories allow."""
        return math.inf if self.limit is None else float(self.limit(n))

    def check(self, value: object) -> float:
        """Return a value that is accepted as a float, else raise an `AtlasError`."""
        kind = int | np.integer if self.is_whole else int | float | np.number
        if isinstance(value, kind) and not isinstance(value, bool):
            number = float(value)
            if math.isfinite(number) and self.least <= number <= self.most:
                return number
        rule = f"a {'whole ' if self.is_whole else ''}number from {self.least:g}"
        rule += f" to {self.most:g}" if math.isfinite(self.most) else ""
        what = self.title.lower()
        what += "" if what == self.name else f" {self.name}"
        raise AtlasError(f"The {what} must be {rule}. Got {quoted(value)}.")


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What a method is asked for.

    Attributes:
        n_components: axes of the map, 2 or 3.
        seed: of all that is drawn at random.
        metric: of the original space.
        settings: each setting of the method, within what the number of categories allows.
        start: coordinates to move on from, float32 (n, n_components), or None.
        on_frame: to call while the map moves, or None.
    """

    n_components: int = 2
    seed: int = 0
    metric: str = "euclidean"
    settings: Mapping[str, float] = field(default_factory=dict)
    start: Floats | None = None
    on_frame: OnFrame | None = None


class ProjectionMethod(ABC):
    """A way of drawing vectors in two or three dimensions. It says all that others need to know of it.

    To add one, write a subclass in a file of its own and add a line to
    `embed_core.space.projections.registry`: library and page then offer it.

    Attributes:
        name: what `project` calls it.
        title: what people call it.
        has_axes: whether a position along an axis means something (default False).
        uses_metric: whether the metric changes the map (default False).
        fewest: how many categories it takes, not all of them alike (default 1: any). PCA is drawn of fewer.
        settings: what can be set.
        pace: ``at once`` (default); ``in frames`` when it takes time, calls ``on_frame`` as it moves, and ends
            when that returns something true; ``apart`` when it needs a process of its own.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    has_axes: ClassVar[bool] = False
    uses_metric: ClassVar[bool] = False
    fewest: ClassVar[int] = 1
    settings: ClassVar[tuple[Setting, ...]] = ()
    pace: ClassVar[Pace] = "at once"

    @abstractmethod
    def draw(self, vectors: npt.NDArray[np.float64], request: Request) -> Projection:
        """Return the map of vectors (n, d); `drawn` puts it together."""

    def missing(self) -> str:
        """Return what must be done before it can be used; empty when it can (default)."""
        return ""

    def suits(self, dimension: int, n_components: int) -> bool:
        """Return whether vectors of so many dimensions can be drawn in so many (default True)."""
        return True

    def basis(
        self, vectors: npt.ArrayLike, n_components: int = 2
    ) -> Callable[[npt.ArrayLike], Floats] | None:
        """Return what draws other vectors on the map of these; None when nothing can (default)."""
        return None

    def axes(self, n_components: int) -> tuple[str, ...]:
        """Return a title per axis."""
        return tuple(f"{self.title} {axis + 1}" for axis in range(n_components))

    def drawn(
        self,
        coordinates: npt.NDArray[np.floating],
        *,
        quality: Mapping[str, float] | None = None,
        axes: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> Projection:
        """Return the map with these coordinates (n, n_components); axes are called as `axes` says by default."""
        return Projection(
            self.name,
            coordinates.astype(np.float32, copy=False),
            quality or {},
            axes or self.axes(coordinates.shape[1]),
            self.has_axes,
            notes,
        )


def short_of_axes(d: int, n_components: int) -> tuple[str, ...]:
    """Return a note where vectors have fewer dimensions than their map."""
    if d >= n_components:
        return ()
    if d == 1:
        return ("The vectors have one dimension: a line.",)
    return (f"The vectors have {d} dimensions, so the remaining axis is 0 throughout.",)


def require_projection(given: Any) -> Projection | None:
    """Return what was given for a map, or None for none.

    Raises:
        AtlasError: it is neither.
    """
    way_out = 'Give what embedding.project("tsne") returns.'
    return None if given is None else check_kind(given, Projection, "a projection", way_out=way_out)
