"""What vectors know of the categories: whether a category's nearest tell a value that was not learned from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CategoryValues:
    """A value for each category: a number, or a level of something.

    Attributes:
        name: what it is.
        numbers: float64 (n,), NaN where there is none; None for levels.
        levels: int64 (n,) codes, -1 where there is none; None for numbers.
        share: of levels, which share of a category's rows has the one that is given, in the mean; NaN when unknown.
    """

    name: str
    numbers: Numbers | None = None
    levels: npt.NDArray[np.int64] | None = None
    share: float = float("nan")

    @classmethod
    def of_texts(
        cls, name: str, texts: Sequence[str | None], *, share: float = float("nan")
    ) -> "CategoryValues":
        """Return levels from texts, None where there is none.

        >>> CategoryValues.of_texts("side", ["left", None, "right", "left"]).levels.tolist()
        [0, -1, 1, 0]
        """
        places = {text: place for place, text in enumerate(dict.fromkeys(filter(None, texts)))}
        codes = np.array([-1 if text is None else places.get(text, -1) for text in texts], np.int64)
        return cls(name, levels=codes, share=share)

    def __len__(self) -> int:
        found = self.numbers if self.numbers is not None else self.levels
        return 0 if found is None else len(found)


def knowledge(
    vectors: npt.ArrayLike, values: Sequence[CategoryValues], *, metric: str, seed: int = 0
) -> "pd.DataFrame":
    """Return how well a category's nearest tell its values, against chance, best first.

    Each category is left out and guessed from its 10 nearest (fewer of few): a number by their mean, a level by the
    commonest of theirs. The score of numbers is R², 1 minus the squared error over that of the mean of all; of levels
    it is the accuracy. Chance is the mean score of 199 permutations of the values among the categories; the p-value
    is the share of those that score as well, (1 + hits) / 200. Of more than 10 values, where none has, more are made
    until one does or there are enough that a single value can be known among so many. It is adjusted over all values
    by Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society
    B 57 (1995), 289-300.

    Args:
        vectors: (n, d).
        values: each of n categories.
        metric: ``cosine`` or ``euclidean``.
        seed: of the permutations.

    Returns:
        A row for each of the values with at least 8 categories and more than one value: ``name``, ``kind`` ("number"
        or "level"), ``score``, ``chance``, ``p_value``, ``p_adjusted``, ``categories``, ``is_known``.

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
            rows.append({"name": each.name, "kind": "number" if each.levels is None else "level", **found})
    names = ["name", "kind", "score", "chance", "p_value", "categories"]
    frame = pd.DataFrame(rows, columns=names)
    frame.insert(5, "p_adjusted", false_discovery_control(frame["p_value"]) if rows else [])
    frame["is_known"] = frame["p_adjusted"] <= KNOWN
    above = (frame["score"] - frame["chance"]).where(
        frame["is_known"], -1 / frame["p_adjusted"].clip(lower=1e-9)
    )
    return frame.iloc[np.argsort(-above.to_numpy(float), kind="stable")].reset_index(drop=True)


def _judged(
    points: Numbers, values: CategoryValues, metric: str, rng: np.random.Generator, enough: int
) -> dict[str, float] | None:
    known = np.flatnonzero(
        np.isfinite(values.numbers) if values.numbers is not None else np.asarray(values.levels) >= 0
    )
    if len(known) > _MOST:
        known = np.sort(rng.choice(known, _MOST, replace=False))
    n = len(known)
    if n < _FEWEST:
        return None
    every: npt.NDArray[Any] = values.numbers if values.numbers is not None else np.asarray(values.levels)
    own = every[known]
    if len(np.unique(own)) < 2:
        return None
    near = nearest_rows(points[known], usable_k(n, _NEAREST), metric=metric)[0]
    score = _r_squared if values.numbers is not None else _accuracy
    reached = score(own, near)
    chance = [score(rng.permutation(own), near) for _ in range(_PERMUTATIONS)]
    while len(chance) < enough and max(chance) < reached - 1e-12:
        chance.append(score(rng.permutation(own), near))
    hits = sum(each >= reached - 1e-12 for each in chance)
    return {
        "score": reached,
        "chance": float(np.mean(chance)),
        "p_value": (1 + hits) / (1 + len(chance)),
        "categories": n,
    }


def _r_squared(values: Numbers, near: npt.NDArray[np.int64]) -> float:
    error = values - values[near].mean(axis=1)
    spread = values - values.mean()
    return float(1 - (error @ error) / (spread @ spread))


def _accuracy(levels: npt.NDArray[np.int64], near: npt.NDArray[np.int64]) -> float:
    """The share of the categories whose level is the commonest of their nearest; of equally common, the nearest's."""
    around = levels[near]
    same = (around[:, :, None] == around[:, None, :]).sum(axis=2)
    guessed = np.take_along_axis(around, same.argmax(axis=1)[:, None], axis=1)[:, 0]
    return float((guessed == levels).mean())
