"""The rule by which maps were judged before halves of the rows were compared, to be held against today's.

Bootstraps of the rows against bootstraps of shuffled ones, the ten nearest alone. In count tables of several columns
each column was drawn by itself, so one accident of the rows counted once a column where columns copy one another.
"""

import dataclasses
from itertools import combinations

import numpy as np

from embed_core.learning.config import TrainingConfig
from embed_core.space.neighbors.overlap import above_chance, chance_overlap
from embed_core.space.neighbors.stability import neighbor_stability
from embed_core.tables.counting.resampling import on_all_rows, shuffled
from embed_core.training.fit import fit
from embed_core.types import CATEGORY, HEAD, CountedRows, Counts, Floats, TrainingData

STRUCTURE_LEAST, STABLE_LEAST = 0.05, 0.25
REPLICATES = 5


def believed_before(data: TrainingData, config: TrainingConfig, vectors: Floats) -> bool:
    """Whether the rule did not say "do not rely"; 2 · 5 + 1 trainings."""
    whole = dataclasses.replace(on_all_rows(data), joint=None)
    mixed = shuffled(whole, config.column, seed=config.seed)
    real = [_trained(bootstrap(whole, seed), config, seed) for seed in range(REPLICATES)]
    control = [_trained(bootstrap(mixed, seed), config, seed) for seed in range(REPLICATES)]
    again = neighbor_stability(vectors, real).mean()
    chance = neighbor_stability(_trained(mixed, config, 0), control).mean()
    above = _structure(real) - _structure(control)
    is_stable = float(above_chance(again, float(chance))) >= STABLE_LEAST
    return is_stable and above >= max(STRUCTURE_LEAST, 1 / len(vectors))


def bootstrap(data: TrainingData, seed: int) -> TrainingData:
    """Return the data with as many rows drawn with replacement, of count tables each by itself."""
    rng, rows = np.random.default_rng((seed, 2)), data.rows
    counts = rows.counts
    if not data.stacked:
        drawn = rng.multinomial(counts.sum(), counts / counts.sum())
    else:
        first = rows.codes[HEAD] == 0
        of_category = np.bincount(rows.codes[CATEGORY][first], counts[first])
        drawn = _drawn(rows, rng.multinomial(counts[first].sum(), of_category / of_category.sum()), rng)
    return dataclasses.replace(data, training=drawn, validation=np.zeros_like(drawn))


def _drawn(rows: CountedRows, wanted: Counts, rng: np.random.Generator) -> Counts:
    group = rows.codes[HEAD].astype(np.int64) * len(wanted) + rows.codes[CATEGORY]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    drawn = np.zeros_like(rows.counts)
    for start, end in zip(starts, [*starts[1:], len(group)], strict=True):
        seen = rows.counts[start:end]
        drawn[start:end] = rng.multinomial(wanted[rows.codes[CATEGORY][start]], seen / seen.sum())
    return drawn


def _structure(copies: list[Floats]) -> float:
    shares = [neighbor_stability(one, [other]).mean() for one, other in combinations(copies, 2)]
    return float(above_chance(np.mean(shares), chance_overlap(len(copies[0]), 10)))


def _trained(data: TrainingData, config: TrainingConfig, seed: int) -> Floats:
    fitted = fit(data, config.model_copy(update={"seed": seed + 1, "patience": None}))
    return fitted.vectors[config.column]
