"""Whether a column tells anything of a category that holds on rows which were not looked at."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from embed_core.types import Codes, Counts

CHANCE = 3.0
"""Below so many standard deviations a gain is chance; of columns that tell nothing one in 700 is above."""

_AXES, _SPARE, _ROUNDS = 8, 8, 4

_Axes = npt.NDArray[np.float64]


def held_out_gain(categories: Codes, levels: Codes, counts: Counts, *, seed: int = 0) -> float:
    """Return how surely one half of the rows tells which category goes with which level in the other half.

    Principal axes of a half's count table, as in correspondence analysis, score the pairs of the other half. Had they
    nothing to do with one another, the sum of the scores would be that of random pairs, whose mean and variance
    are known (W. Hoeffding, "A combinatorial central limit theorem", Annals of Mathematical Statistics 22, 1951).
    Each half scores the other, and the two are added.

    Args:
        categories: of each distinct pair, (pairs,).
        levels: of each.
        counts: how many rows each has.
        seed: of the halves.

    Returns:
        Standard deviations above chance.

    >>> codes = np.repeat(np.arange(30), 30), np.tile(np.arange(30), 30)
    >>> alike = codes[0] % 3 == codes[1] % 3
    >>> held_out_gain(*codes, np.where(alike, 6, 1)) > CHANCE
    True
    >>> held_out_gain(*codes, np.ones(900, int)) > CHANCE
    False
    """
    rng = np.random.default_rng((seed, 10))
    first = rng.binomial(counts, 0.5)
    size = int(categories.max()) + 1, int(levels.max()) + 1
    start = rng.normal(size=(size[1], min(_AXES + _SPARE, *size)))
    gains = [
        _gain(*_axes(categories, levels, half, size, start), categories, levels, counts - half)
        for half in (first, counts - first)
    ]
    return float(np.sum(gains) / np.sqrt(2))


def _axes(
    categories: Codes, levels: Codes, counts: Counts, size: tuple[int, int], start: _Axes
) -> tuple[_Axes, _Axes]:
    """Return the principal axes of categories and of levels, so that their products score a pair."""
    table = sparse.csr_array((counts.astype(float), (categories, levels)), shape=size)
    total = max(table.sum(), 1.0)
    rows, columns = (np.asarray(table.sum(axis=axis)).ravel() / total for axis in (1, 0))
    # As if each had an average one's rows more: else the rarest would make the first axes.
    by_row, by_column = (1 / np.sqrt(share + 1 / len(share)) for share in (rows, columns))
    scaled = sparse.diags_array(by_row) @ (table / total) @ sparse.diags_array(by_column)
    rows, columns = rows * by_row, columns * by_column
    basis = start
    for _ in range(_ROUNDS):
        left = np.linalg.qr(scaled @ basis - np.outer(rows, columns @ basis))[0]
        basis = np.linalg.qr(scaled.T @ left - np.outer(columns, rows @ left))[0]
    found, strength, turn = np.linalg.svd(
        scaled @ basis - np.outer(rows, columns @ basis), full_matrices=False
    )
    kept = slice(min(_AXES, len(strength)))
    return (found * strength)[:, kept] * by_row[:, None], (basis @ turn.T)[:, kept] * by_column[:, None]


def _gain(of_category: _Axes, of_level: _Axes, categories: Codes, levels: Codes, counts: Counts) -> float:
    total = counts.sum()
    if total < 2:
        return 0.0
    spreads, centered = [], []
    for axes, codes in ((of_category, categories), (of_level, levels)):
        rows = np.bincount(codes, counts, minlength=len(axes))
        axes = axes - rows @ axes / total
        centered.append(axes)
        spreads.append((axes * rows[:, None]).T @ axes)
    variance = (spreads[0] * spreads[1]).sum() / (total - 1)
    scored = counts @ (centered[0][categories] * centered[1][levels]).sum(axis=1)
    return float(scored / np.sqrt(variance)) if variance > 0 else 0.0
