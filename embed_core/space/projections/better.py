"""Whether another map shows more of what there is to see than the one on screen."""

from collections.abc import Mapping
from dataclasses import dataclass

from embed_core.errors import percent
from embed_core.space.neighbors.scales import Scales
from embed_core.space.projections.centres import STRESS_GOOD, STRESS_MOST
from embed_core.space.projections.registry import projection_method
from embed_core.space.scale import Scale
from embed_core.space.verdict import NEAR_GOOD

# Above chance: a difference that one sees, and one that one does not.
_CLEARLY, _HARDLY = 0.1, 0.05


@dataclass(frozen=True, slots=True)
class Kept:
    """What a map keeps.

    Attributes:
        scales: which share of the nearest, for all numbers of nearest.
        stress: how far distances between groups are from the true ones; NaN where there are none.
    """

    scales: Scales
    stress: float


@dataclass(frozen=True, slots=True)
class Better:
    """A map that shows more.

    Attributes:
        method: the name of the projection.
        sentence: in what it is better.
    """

    method: str
    sentence: str


def clearly_better(others: Mapping[str, Kept], here: Kept, scale: Scale) -> Better | None:
    """Return the map that is clearly better than this one where halves of the rows agree; None when none is.

    They agree on the nearest or on groups alone, and so many nearest are looked at. A map is better that keeps a tenth
    more of them, or as many and the distances between groups, which this one loses.

    Args:
        others: by the name of the projection, also of a sample of the categories.
        here: of the map on screen.
        scale: on what halves of the rows agree.

    >>> import numpy as np
    >>> sizes, some = np.array([1, 10, 40]), Scale(100, 10, 0.7, 0.73, 0.1, 4, 0.9, 0.95, 0.25, 3)
    >>> one, other = (Kept(Scales(sizes, np.array(shares), 100), 0.1) for shares in ([0.2, 0.4, 0.6], [0.5, 0.8, 0.8]))
    >>> clearly_better({"tsne": other}, one, some).sentence
    't-SNE keeps more: 80 % of the 10 nearest are still near on it, on this map 40 %.'
    """
    if scale.is_chance:
        return None
    wanted = scale.k if scale.near >= NEAR_GOOD else here.scales.n / scale.groups
    size, share, above = here.scales.at(wanted)
    found = {name: each.scales.at(wanted * each.scales.n / here.scales.n) for name, each in others.items()}
    most = max(found, key=lambda name: found[name][2], default=None)
    if most is not None and found[most][2] >= above + _CLEARLY:
        nearest = f"{size:,} nearest" if scale.near >= NEAR_GOOD else f"{size:,} nearest, about a group,"
        return Better(
            most,
            f"{projection_method(most).title} keeps more: {percent(found[most][1])} of the {nearest} are still near on "
            f"it, on this map {percent(share)}.",
        )
    if here.stress > STRESS_MOST:
        for name, kept in others.items():
            if kept.stress <= STRESS_GOOD and found[name][2] >= above - _HARDLY:
                title = projection_method(name).title
                return Better(
                    name, f"{title} keeps the distances between groups, too, and hardly fewer neighbours."
                )
    return None
