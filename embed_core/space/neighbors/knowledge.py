"""What vectors know of the categories: whether a category's nearest tell a value that was not learned from."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space.neighbors.nearest import nearest_rows, usable_k

if TYPE_CHECKING:
    import pandas as pd

KNOWN = 0.05
"""Of what is called known, so many are chance at most, in expectation."""

_NEAREST = 10
_PERMUTATIONS = 199
_FEWEST = 8
# Finding the nearest of each takes time with their square: of more, so many drawn at random stand for all.
_MOST = 5_000
# A share's own accident is as large as what sets categories apart, roughly, at so many rows.
_FEW_ROWS = 10

Numbers = npt.NDArray[np.float64]
Order = npt.NDArray[np.int64]
Told = Callable[[Order], Numbers]


@dataclass(frozen=True, slots=True, eq=False)
class CategoryValues:
    """A value for each category: a number, a level of something, or the shares of its rows at each level.

    Attributes:
        name: what it is.
        numbers: float64 (n,), NaN where there is none; None for levels.
        levels: int64 (n,) codes, -1 where there is none; None for numbers and shares.
        counts: of shares, how many of a category's rows have each level, int64 (n, levels); else None.
        level_names: of shares, what the levels are called.
    """

    name: str
    numbers: Numbers | None = None
    levels: npt.NDArray[np.int64] | None = None
    counts: npt.NDArray[np.int64] | None = None
    level_names: tuple[str, ...] = ()

    @classmethod
    def of_texts(cls, name: str, texts: Sequence[str | None]) -> "CategoryValues":
        """Return levels from texts, None where there is none.

        >>> CategoryValues.of_texts("side", ["left", None, "right", "left"]).levels.tolist()
        [0, -1, 1, 0]
        """
        places = {text: place for place, text in enumerate(dict.fromkeys(filter(None, texts)))}
        codes = np.array([-1 if text is None else places.get(text, -1) for text in texts], np.int64)
        return cls(name, levels=codes)

    def __len__(self) -> int:
        found = next((each for each in (self.numbers, self.levels, self.counts) if each is not None), ())
        return len(found)

    @property
    def kind(self) -> str:
        """What a value is: ``number``, ``level`` or ``shares``."""
        return "number" if self.numbers is not None else "level" if self.levels is not None else "shares"


def knowledge(
    vectors: npt.ArrayLike, values: Sequence[CategoryValues], *, metric: str, seed: int = 0
) -> "pd.DataFrame":
    """Return how well a category's nearest tell its values, against chance, best first.

    Each category is left out and guessed from its 10 nearest (fewer of few): a number by their mean, shares by the
    mean of theirs, a level by the commonest of theirs. The score of numbers is R², 1 minus the squared error over
    that of the mean of all; of shares it is the same, summed over the levels, where a category of r rows weighs r /
    (r + 10), as shares of few rows are mostly accident; of levels it is the accuracy. Chance is the mean score of 199
    permutations of the values among the categories; the p-value is the share of those that score as well, (1 + hits)
    / 200. Of more than 10 values, where none has, more are made until one does or there are enough that a single
    value can be known among so many. It is adjusted over all values by Y. Benjamini and Y. Hochberg, "Controlling the
    false discovery rate", Journal of the Royal Statistical Society B 57 (1995), 289-300. Known is what is told more
    surely than chance, and of numbers and shares also better than by the mean of all.

    Args:
        vectors: (n, d).
        values: each of n categories.
        metric: ``cosine`` or ``euclidean``.
        seed: of the permutations.

    Returns:
        A row for each of the values with at least 8 categories and more than one value: ``name``, ``kind`` ("number",
        "level" or "shares"), ``level`` (of shares, the one whose share is told best; else ""), ``score``, ``chance``,
        ``p_value``, ``p_adjusted``, ``categories``, ``is_known``.

    Raises:
        AtlasError: values are not of these categories.

    >>> side = CategoryValues.of_texts("side", ["left"] * 6 + ["right"] * 6)
    >>> place = np.r_[np.zeros((6, 2)), np.ones((6, 2))] + np.arange(24).reshape(12, 2) / 100
    >>> knowledge(place, [side], metric="euclidean")[["name", "score", "is_known"]].values.tolist()
    [['side', 1.0, True]]
    """
    import pandas as pd
    from scipy.stats import false_discovery_control

    points = np.asarray(vectors, np.float64)
    rng = np.random.default_rng((seed, 15))
    rows = []
    enough = max(_PERMUTATIONS, math.ceil(len(values) / KNOWN) - 1)
    for each in values:
        if len(each) != len(points):
            raise AtlasError(
                f"The values of {each.name} must be of the vectors' categories: there are {len(points)}, and "
                f"{len(each)} values. Give one for each."
            )
        found = _judged(points, each, metric, rng, enough)
        if found is not None:
            rows.append({"name": each.name, "kind": each.kind, **found})
    names = ["name", "kind", "level", "score", "chance", "p_value", "categories"]
    frame = pd.DataFrame(rows, columns=names)
    frame.insert(6, "p_adjusted", false_discovery_control(frame["p_value"]) if rows else [])
    frame["is_known"] = (frame["p_adjusted"] <= KNOWN) & (frame["score"] > 0)
    above = (frame["score"] - frame["chance"]).where(
        frame["is_known"], -1 / frame["p_adjusted"].clip(lower=1e-9)
    )
    return frame.iloc[np.argsort(-above.to_numpy(float), kind="stable")].reset_index(drop=True)


def _judged(
    points: Numbers, values: CategoryValues, metric: str, rng: np.random.Generator, enough: int
) -> dict[str, float | str] | None:
    known = np.flatnonzero(_is_known(values))
    if len(known) > _MOST:
        known = np.sort(rng.choice(known, _MOST, replace=False))
    n = len(known)
    if n < _FEWEST:
        return None
    amounts, weights = _amounts(values, known)
    if (amounts == amounts[0]).all():
        return None
    near = nearest_rows(points[known], usable_k(n, _NEAREST), metric=metric)[0]
    told = (
        _told_by_means(amounts, weights, near)
        if values.levels is None
        else _told_by_commonest(values.levels[known], near)
    )
    reached = float(told(np.arange(n)).sum())
    chance = [float(told(rng.permutation(n)).sum()) for _ in range(_PERMUTATIONS)]
    while len(chance) < enough and max(chance) < reached - 1e-12:
        chance.append(float(told(rng.permutation(n)).sum()))
    hits = sum(each >= reached - 1e-12 for each in chance)
    return {
        "level": values.level_names[int(told(np.arange(n)).argmax())] if values.level_names else "",
        "score": reached,
        "chance": float(np.mean(chance)),
        "p_value": (1 + hits) / (1 + len(chance)),
        "categories": n,
    }


def _is_known(values: CategoryValues) -> npt.NDArray[np.bool_]:
    if values.numbers is not None:
        return np.isfinite(values.numbers)
    return values.levels >= 0 if values.levels is not None else np.asarray(values.counts).sum(axis=1) > 0


def _amounts(values: CategoryValues, known: Order) -> tuple[Numbers, Numbers]:
    """Return what is told of the categories, (n, columns), and what each of them weighs."""
    if values.counts is None:
        every = values.numbers if values.numbers is not None else np.asarray(values.levels, np.float64)
        return every[known, None], np.ones(len(known))
    counts = values.counts[known].astype(np.float64)
    rows = counts.sum(axis=1)
    return counts / rows[:, None], rows / (rows + _FEW_ROWS)


def _told_by_means(amounts: Numbers, weights: Numbers, near: Order) -> Told:
    """Return what tells, for an order of the values, which part of their variance each column's nearest tell."""
    from scipy.sparse import csr_array

    n, k = near.shape
    around = csr_array((np.ones(n * k), near.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    away = amounts - np.average(amounts, axis=0, weights=weights)
    spread = weights @ away**2

    def told(order: Order) -> Numbers:
        weigh, own = weights[order], away[order]
        error = own - (around @ (weigh[:, None] * own)) / (around @ weigh)[:, None]
        return (spread - weigh @ error**2) / spread.sum()

    return told


def _told_by_commonest(levels: Order, near: Order) -> Told:
    """Return what tells the share of the categories whose level is the commonest of their nearest, for an order.

    Of equally common ones it is the nearest's.
    """

    def told(order: Order) -> Numbers:
        own = levels[order]
        around = own[near]
        same = (around[:, :, None] == around[:, None, :]).sum(axis=2)
        guessed = np.take_along_axis(around, same.argmax(axis=1)[:, None], axis=1)[:, 0]
        return np.array([(guessed == own).mean()])

    return told
