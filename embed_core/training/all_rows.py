"""What is known of a table's rows before any half of them is trained on.

Of a small table that includes whether its categories differ, by all rows: halves of few do not always show it.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.learning.config import TrainingConfig
from embed_core.training.placed import are_too_few_to_halve
from embed_core.types import CATEGORY, TrainingData

_MOST_CATEGORIES, _MOST_ROWS = 300, 20_000
_SHUFFLES = 200

_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AllRows:
    """What is known of a table's rows.

    Attributes:
        copies: how many times over every row is there.
        z: how surely most categories differ, see `differ_z`.
        can_be_halved: whether halves of them are compared: not where distances are too few.
    """

    copies: int = 1
    z: float = math.nan
    can_be_halved: bool = True

    @classmethod
    def of(cls, data: TrainingData, config: TrainingConfig) -> "AllRows":
        """Return what is known of the rows of a training."""
        return cls(data.copies, differ_z(data, config), not are_too_few_to_halve(data, config))


def differ_z(data: TrainingData, config: TrainingConfig) -> float:
    """Return how many standard deviations most categories differ above chance.

    What a category's rows go with is set against what all rows go with: Pearson's chi-square of the levels, or the
    square of a number's mean times its rows. Of these the median counts, each in units of its own chance, so that a few
    odd categories alone say nothing. Chance is that the categories are shuffled over the rows (a permutation test).

    Args:
        data: from `prepare`, of the target or of the context.
        config: the run's settings.

    Returns:
        0 in the mean where categories say nothing; NaN of more than 300 categories or 20,000 rows, whose halves show
        what there is, and where more is learned than what one category goes with.
    """
    rows = data.rows if data.joint is None else data.joint
    counts = rows.counts // data.copies
    is_small = len(data.vocabularies[config.column]) <= _MOST_CATEGORIES and counts.sum() <= _MOST_ROWS
    if not is_small or not _is_of_one_category(data, config):
        return math.nan
    category, target = CATEGORY if data.heads else config.column, data.target.column if data.target else ""
    places = np.repeat(np.arange(len(counts)), counts)
    columns = [codes[places] for name, codes in rows.codes.items() if name != category]
    numbers = [values[places] for name, values in rows.numbers.items() if name == target]
    found = _Differences(columns, numbers)
    codes, rng = rows.codes[category][places], np.random.default_rng((config.seed, 16))
    here, chance = found.of(codes), np.stack([found.of(rng.permutation(codes)) for _ in range(_SHUFFLES)])
    spread = np.maximum(chance.std(axis=0), np.finfo(float).tiny)
    medians = np.median((chance - chance.mean(axis=0)) / spread, axis=1)
    median = np.median((here - chance.mean(axis=0)) / spread)
    return float((median - medians.mean()) / medians.std()) if medians.std() > 0 else 0.0


def _is_of_one_category(data: TrainingData, config: TrainingConfig) -> bool:
    """Whether all that is learned is what the category of a row goes with."""
    is_counted_over = data.target is not None and data.target.count
    has_rows = data.joint is not None or not data.stacked
    others = set(data.vocabularies) - {config.column}
    return has_rows and not (data.bags or data.features or others or is_counted_over)


class _Differences:
    def __init__(self, columns: list[npt.NDArray[np.int32]], numbers: list[_Numbers]) -> None:
        self.columns = [(codes, np.bincount(codes) / len(codes)) for codes in columns]
        self.numbers = [(each - each.mean()) / (each.std() or 1.0) for each in numbers]

    def of(self, category: npt.NDArray[np.int32]) -> _Numbers:
        """Return how far what each category goes with is from what all do, (n,)."""
        rows = np.bincount(category).astype(float)
        n, found = len(rows), np.zeros(len(rows))
        for codes, shares in self.columns:
            levels = len(shares)
            seen = np.bincount(category.astype(np.int64) * levels + codes, minlength=n * levels).reshape(
                n, levels
            )
            expected = rows[:, None] * shares
            found += np.divide(
                (seen - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0
            ).sum(1)
        for number in self.numbers:
            found += np.bincount(category, number, n) ** 2 / np.maximum(rows, 1)
        return found
