"""At which scale two halves of the rows agree: on single neighbors, on groups, or on nothing."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.space.groups.repeated import RepeatedGroups
from embed_core.space.neighbors.nearest import usable_k
from embed_core.space.neighbors.scales import Scales

# The number of groups is the largest that is nearly as certain as the most certain one, and not less certain than
# slightly fewer groups are: to cut one of g equal groups in two loses 1 / 2g of the categories.
_NEARLY, _LOST, _SLIGHTLY = 0.9, 0.25, 0.75
_HALF = 0.5
# Halves of the rows have nothing in common where categories say nothing: chosen on 300 made tables, and tried on fresh
# ones (`benchmarks/results/verdicts.md`). Of noise, the lowest z of three splits was never above .8.
GROUPS_LEAST, Z_LEAST = 0.1, 1.0
# Halves of a few rows may have little in common by chance alone, where all rows show that categories differ: of 720
# small tables of noise, or of one odd category, none was above 2.9.
ALL_ROWS_LEAST = 3.5
# Earlier versions did not measure z: their limit falls with the number of categories.
_LEAST_OF_FEW, _LEAST_OF_MANY, _FALLS = 0.3, 0.15, 3.0
_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Scale:
    """What halves of the rows agree on. Chance gives 0 where it says "above chance", full agreement 1.

    Attributes:
        n: how many categories were compared.
        k: how many nearest are looked at: 10, fewer of few categories.
        near: agreement on the k nearest, above chance: R_NX(k).
        near_share: share of the k nearest that are the same.
        near_chance: the same of chance.
        groups: a number of groups on which they agree: with equal ones rarely too many, so "at least".
        groups_agree: the highest agreement on groups of all numbers of them, above chance: Cohen's kappa.
        group_share: share of the categories that are in the same of so many ``groups``.
        group_chance: the same of chance.
        half: of how many nearest half are the same, above chance; None when of no number.
        z: how many standard deviations what they have in common is above chance, see `mantel_z`, in the split where
            that is least; NaN where an earlier version measured it.
        all_rows: how many standard deviations most categories differ above chance, by all rows of a small table; else
            NaN.
    """

    n: int
    k: int
    near: float
    near_share: float
    near_chance: float
    groups: int
    groups_agree: float
    group_share: float
    group_chance: float
    half: int | None
    z: float = math.nan
    all_rows: float = math.nan

    @property
    def groups_least(self) -> float:
        """The agreement on groups below which halves agree on nothing.

        >>> [round(Scale(n, 10, 0, 0, 0, 2, 0, 0, 0, None).groups_least, 2) for n in (20, 225, 3_000)]
        [0.3, 0.2, 0.15]
        """
        if math.isnan(self.z):
            return float(np.clip(_FALLS / math.sqrt(self.n), _LEAST_OF_MANY, _LEAST_OF_FEW))
        return GROUPS_LEAST

    @property
    def is_chance(self) -> bool:
        """Whether halves agree no more than they would where categories say nothing."""
        is_unsure = self.z < Z_LEAST and not self.all_rows >= ALL_ROWS_LEAST
        return self.groups_agree < self.groups_least or is_unsure

    @property
    def near_by_groups(self) -> float:
        """Share of the k nearest that would be the same if any others of a category's group were as near."""
        others = max(1.0, self.n / self.groups - 1)
        return max(self.near_chance, self.group_share * min(1.0, self.k / others))


def scale_of(near: Scales, groups: RepeatedGroups, z: float = math.nan, all_rows: float = math.nan) -> Scale:
    """Return the scale at which halves agree.

    Args:
        near: shares of nearest that they have in common, for all numbers of nearest.
        groups: shares of categories in the same group, for all numbers of groups.
        z: how surely they have anything in common, see `mantel_z`.
        all_rows: how surely most categories differ by all rows, see `embed_core.training.all_rows.differ_z`.

    >>> near = Scales(np.array([1, 10, 40]), np.array([0.0, 0.2, 0.8]), 101)
    >>> groups = RepeatedGroups(np.array([2, 4, 8]), np.array([0.9, 0.9, 0.3]), np.array([0.5, 0.25, 0.1]))
    >>> found = scale_of(near, groups)
    >>> found.k, round(found.near, 2), found.groups, found.group_share, found.half
    (10, 0.11, 4, 0.9, 40)
    """
    k = usable_k(near.n, _LOOKED_AT)
    place = int(np.searchsorted(near.sizes, k))
    agree = groups.above_chance
    most = _most_certain(groups.counts, agree)
    half = np.flatnonzero(near.above_chance >= _HALF)
    return Scale(
        n=near.n,
        k=k,
        near=float(near.above_chance[place]),
        near_share=float(near.shares[place]),
        near_chance=float(near.by_chance[place]),
        groups=int(groups.counts[most]),
        groups_agree=float(agree.max()),
        group_share=float(groups.shares[most]),
        group_chance=float(groups.by_chance[most]),
        half=int(near.sizes[half[0]]) if len(half) else None,
        z=z,
        all_rows=all_rows,
    )


def _most_certain(counts: npt.NDArray[np.int64], agree: npt.NDArray[np.float64]) -> int:
    for place in np.flatnonzero(agree >= _NEARLY * agree.max())[::-1]:
        fewer = agree[(counts >= _SLIGHTLY * counts[place]) & (counts < counts[place])]
        if agree[place] >= fewer.max(initial=-1.0) - _LOST / counts[place]:
            return int(place)
    return int(np.argmax(agree))
