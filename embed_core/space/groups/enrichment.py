"""What categories have in common, read from how often they meet the levels of other columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, quoted
from embed_core.types import Counts

if TYPE_CHECKING:
    import pandas as pd

# Below this adjusted p-value a level names a cluster.
SIGNIFICANT = 0.05

FEWEST_ROWS = 5
"""A level with fewer rows is not named: its share says little."""

# A level is distinctive where it is a quarter more frequent than in all rows, or five points.
_DISTINCTIVE, _POINTS = 1.25, 0.05

_LONGEST_LEVEL = 24


@dataclass(frozen=True, slots=True, eq=False)
class LevelCounts:
    """How many rows each category has at each level of another column.

    Args:
        column: the other column's name, or a part of it, such as ``month of date``.
        levels: one text per level.
        counts: rows of the table, int64 (n, L).

    Raises:
        AtlasError: when the shapes disagree or a count is negative or not whole.

    >>> LevelCounts("late", ["no", "yes"], [[9, 1], [2, 8]]).shares().tolist()
    [[0.9, 0.1], [0.2, 0.8]]
    """

    column: str
    levels: Sequence[str]
    counts: Counts

    def __post_init__(self) -> None:
        given = np.asarray(self.counts)
        if given.ndim != 2 or given.shape[1] != len(self.levels):
            raise AtlasError(
                f"The counts of {quoted(self.column)} must have a column for each of its "
                f"{len(self.levels)} levels. Their shape is {given.shape}."
            )
        counts = given.astype(np.int64)
        if (counts != given).any() or (counts < 0).any():
            raise AtlasError(f"The counts of {quoted(self.column)} must be whole numbers from 0.")
        object.__setattr__(self, "counts", counts)
        object.__setattr__(self, "levels", tuple(self.levels))

    def shares(self) -> npt.NDArray[np.float64]:
        """Return each category's shares of the levels, float64 (n, L); 0 throughout where it has no rows."""
        return _divided(self.counts, self.counts.sum(axis=1, keepdims=True))


def distinguishing(tables: Iterable[LevelCounts], members: npt.ArrayLike) -> "pd.DataFrame":
    """Return the levels that are more frequent among some categories than among all the others.

    For a level that a of A rows inside and b of B rows outside have: the p-value is the chance to draw a or
    more of them in A rows drawn at random from all, P(X ≥ a) with X hypergeometric (Fisher's exact test,
    one-sided). It is adjusted over all levels of all columns by Y. Benjamini and Y. Hochberg, "Controlling
    the false discovery rate", Journal of the Royal Statistical Society B 57 (1995), 289-300. The lift, a / A
    over (a + b) / (A + B), is how many times more frequent the level is than in all rows (S. Brin, R. Motwani
    and C. Silverstein, SIGMOD (1997), 265-276).

    The test is about rows. Categories that were put together *because* they share levels do share them: the
    p-value then says that this is more than noise of few rows, not that the cluster is real.

    Args:
        tables: the counts of one or more columns, all with the same categories in the same order.
        members: rows of the categories inside.

    Returns:
        A row per level with a lift above 1: ``column``, ``level``, ``inside`` and ``outside`` (rows),
        ``share_inside``, ``share_outside``, ``lift``, ``p_value``, ``p_adjusted``, ``bits``. First those with
        an adjusted p-value up to .05, then by ``bits``, share_inside · log2(lift): the level's part in the
        divergence of the inside from all (S. Kullback and R. A. Leibler, 1951), which neither a rare level
        with a great lift nor a common one with a small lift can lead. A level is left out where there are fewer
        than 5 rows inside, or none outside.

    Raises:
        AtlasError: when there is no member, a member is no category, or tables differ in their categories.

    >>> late = LevelCounts("late", ["no", "yes"], [[90, 10], [80, 20], [10, 90]])
    >>> distinguishing([late], [2])[["level", "share_inside", "share_outside"]].to_dict("list")
    {'level': ['yes'], 'share_inside': [0.9], 'share_outside': [0.15]}
    """
    import pandas as pd
    from scipy.stats import false_discovery_control

    tables = _checked(tables)
    is_member = _membership(tables, members)
    parts = [_compared(table, is_member) for table in tables]
    frame = pd.concat(parts, ignore_index=True)
    frame["p_adjusted"] = (
        false_discovery_control(frame["p_value"].clip(upper=1)) if len(frame) else frame["p_value"]
    )
    frame["bits"] = frame["share_inside"] * np.log2(frame["lift"].clip(lower=1))
    is_named = (frame["lift"] > 1) & (frame["inside"] >= FEWEST_ROWS)
    frame = frame[is_named].assign(chance=lambda found: found["p_adjusted"] > SIGNIFICANT)
    frame = frame.sort_values(["chance", "bits"], ascending=[True, False], kind="stable", ignore_index=True)
    return frame.drop(columns="chance")


def name_of(levels: "pd.DataFrame", *, fallback: str = "") -> str:
    """Return a short name for a cluster, from the first one or two levels of `distinguishing`.

    The second is taken when it says at least half as much as the first (in bits). Only significant levels
    count; without any, the name is ``fallback`` (default: empty). Long levels are shortened to 24 characters.

    >>> tables = [LevelCounts("next1", ["(edge)", "a"], [[95, 5], [90, 10], [9, 91], [5, 95]])]
    >>> name_of(distinguishing(tables, [0, 1]))
    'next1: (edge)'
    """
    found = levels[levels["p_adjusted"] <= SIGNIFICANT].head(2)
    if found.empty:
        return fallback
    if len(found) == 2 and found["bits"].iloc[1] < found["bits"].iloc[0] / 2:
        found = found.head(1)
    columns, texts = found["column"].tolist(), [_short(level) for level in found["level"]]
    if len(set(columns)) == 1:
        return f"{columns[0]}: {' or '.join(texts)}"
    return ", ".join(f"{column}: {text}" for column, text in zip(columns, texts, strict=True))


def compare_pair(tables: Iterable[LevelCounts], i: int, j: int) -> "pd.DataFrame":
    """Return, level by level, in what two categories agree and differ.

    With p and q the shares of a level in the two and m its share in all rows:

    - ``agreement`` = (p - m)(q - m) / m: how far both depart from all rows in the same direction, positive
      also when both avoid the level. Summed over the levels of a column it is the scalar product of the two
      profiles under the χ² distance (M. Greenacre, "Correspondence analysis in practice", 3rd ed. (2017)).
    - ``divergence`` = ½ p log2(2p / (p + q)) + ½ q log2(2q / (p + q)), in bits, never negative. Summed over
      the levels of a column it is the Jensen-Shannon divergence, from 0 (the same shares) to 1 (no level in
      common): J. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information
      Theory 37 (1991), 145-151.
    - ``z``: the two-proportion z-score (pooled) of p - q. Within 2 either way, the difference is one that few
      rows make by themselves.
    - ``z_shared``: the same of the rows of both together against those of all others.

    Args:
        tables: the counts of one or more columns, all with the same categories in the same order.
        i: row of the one category.
        j: row of the other.

    Returns:
        A row per level that either has: ``column``, ``level``, ``count_1``, ``count_2``, ``share_1``,
        ``share_2``, ``share_all``, ``agreement``, ``divergence``, ``z``, ``z_shared``; greatest divergence
        first. A column in which one of them has no rows is left out.

    Raises:
        AtlasError: when there is no such category, or tables differ in their categories.

    >>> late = LevelCounts("late", ["no", "yes"], [[50, 50], [100, 0], [80, 20]])
    >>> compare_pair([late], 0, 1).round(2)[["level", "share_1", "share_2", "divergence"]].to_dict("list")
    {'level': ['yes', 'no'], 'share_1': [0.5, 0.5], 'share_2': [0.0, 1.0], 'divergence': [0.25, 0.06]}
    """
    import pandas as pd

    tables = _checked(tables)
    for row in (i, j):
        _membership(tables, [row])
    parts = [_paired(table, i, j) for table in tables]
    parts = [part for part in parts if len(part)] or parts[:1]
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values("divergence", ascending=False, kind="stable", ignore_index=True)


def agreements(levels: "pd.DataFrame") -> "pd.DataFrame":
    """Return the levels of `compare_pair` that two categories share, those that say most first.

    Both have them more often than all rows, by a quarter or by five points, by more than they differ, and at least 5
    rows of each; together, by more than few rows make by themselves among so many levels (as in `distinguishing`).
    """
    return levels[_are_shared(levels)].sort_values("agreement", ascending=False, kind="stable")


def differences(levels: "pd.DataFrame") -> "pd.DataFrame":
    """Return the levels of `compare_pair` whose difference is greater than few rows make among so many levels.

    One of the two has at least 5 rows of them, and they are not among the `agreements`.
    """
    many = levels[["count_1", "count_2"]].max(axis=1) >= FEWEST_ROWS
    return levels[_are_real(levels["z"].abs(), sides=2) & many & ~_are_shared(levels)]


def _are_shared(levels: "pd.DataFrame") -> "pd.Series[bool]":
    many = levels[["count_1", "count_2"]].min(axis=1) >= FEWEST_ROWS
    least, usual = levels[["share_1", "share_2"]].min(axis=1), levels["share_all"]
    is_distinctive = (least >= _DISTINCTIVE * usual) | (least >= usual + _POINTS)
    is_common = least - usual >= (levels["share_1"] - levels["share_2"]).abs()
    return many & is_distinctive & is_common & _are_real(levels["z_shared"], sides=1)


def _are_real(scores: "pd.Series[float]", *, sides: int) -> "pd.Series[bool]":
    """Whether scores are higher than by chance, adjusted for how many there are by Benjamini and Hochberg."""
    from scipy.stats import false_discovery_control, norm

    if not len(scores):
        return scores > 0
    p_values = (sides * norm.sf(scores)).clip(max=1)
    return (scores > 0) & (false_discovery_control(p_values) <= SIGNIFICANT)


def _checked(tables: Iterable[LevelCounts]) -> list[LevelCounts]:
    tables = list(tables)
    if not tables:
        raise AtlasError(
            "There is no other column to compare categories by. Give the counts of at least one."
        )
    sizes = {len(table.counts) for table in tables}
    if len(sizes) > 1:
        raise AtlasError(f"All tables must have the same categories; they have {sorted(sizes)} of them.")
    return tables


def _membership(tables: list[LevelCounts], members: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    n = len(tables[0].counts)
    rows = np.asarray(members)
    if rows.size == 0:
        raise AtlasError("There are no categories to describe. Choose at least one.")
    if rows.dtype.kind not in "iu" or (rows < 0).any() or (rows >= n).any():
        raise AtlasError(
            f"Categories are given by their rows, whole numbers from 0 to {n - 1}. Got {quoted(rows)}."
        )
    is_member = np.zeros(n, dtype=bool)
    is_member[rows] = True
    return is_member


def _compared(table: LevelCounts, is_member: npt.NDArray[np.bool_]) -> "pd.DataFrame":
    import pandas as pd
    from scipy.stats import hypergeom

    inside, outside = table.counts[is_member].sum(axis=0), table.counts[~is_member].sum(axis=0)
    rows_inside, rows_outside = inside.sum(), outside.sum()
    seen = (inside + outside > 0) & (rows_inside > 0) & (rows_outside > 0)
    inside, outside = inside[seen], outside[seen]
    share = inside / max(rows_inside, 1)
    return pd.DataFrame(
        {
            **_names(table, seen),
            "inside": inside,
            "outside": outside,
            "share_inside": share,
            "share_outside": outside / max(rows_outside, 1),
            "lift": _divided(share, (inside + outside) / max(rows_inside + rows_outside, 1)),
            "p_value": hypergeom.sf(inside - 1, rows_inside + rows_outside, inside + outside, rows_inside),
        }
    )


def _paired(table: LevelCounts, i: int, j: int) -> "pd.DataFrame":
    import pandas as pd

    one, other, both = table.counts[i], table.counts[j], table.counts.sum(axis=0)
    has_rows = one.sum() > 0 and other.sum() > 0
    seen = (one + other > 0) & has_rows
    p, q, m = (_divided(counts, counts.sum())[seen] for counts in (one, other, both))
    middle = (p + q) / 2
    return pd.DataFrame(
        {
            **_names(table, seen),
            "count_1": one[seen],
            "count_2": other[seen],
            "share_1": p,
            "share_2": q,
            "share_all": m,
            "agreement": (p - m) * (q - m) / m,
            "divergence": ((_part(p, middle) + _part(q, middle)) / 2).clip(min=0),
            "z": _z(one, other)[seen],
            "z_shared": _z(one + other, both - one - other)[seen],
        }
    )


def _z(one: Counts, other: Counts) -> npt.NDArray[np.float64]:
    """Return the two-proportion z-scores (pooled) of the shares of levels; 0 where one side has no rows."""
    rows, others = one.sum(), other.sum()
    if not rows or not others:
        return np.zeros(len(one))
    pooled = (one + other) / (rows + others)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / others))
    return _divided(one / rows - other / others, spread)


def _names(table: LevelCounts, seen: npt.NDArray[np.bool_]) -> "dict[str, pd.Series]":
    import pandas as pd

    levels = [level for level, is_seen in zip(table.levels, seen, strict=True) if is_seen]
    return {
        "column": pd.Series([table.column] * len(levels), dtype="str"),
        "level": pd.Series(levels, dtype="str"),
    }


def _part(p: npt.NDArray[np.float64], middle: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(p > 0, p * np.log2(np.where(p > 0, p, 1) / middle), 0)


def _divided(above: npt.ArrayLike, below: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Quotients, 0 where the divisor is 0."""
    top, bottom = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
    return np.divide(top, bottom, out=np.zeros(top.shape), where=bottom > 0)


def _short(level: str) -> str:
    return level if len(level) <= _LONGEST_LEVEL else level[: _LONGEST_LEVEL - 1] + "…"
