"""Places that distances determine: whether halves of the distances do, and what a map says of those held out."""

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.space.undetermined import determined
from embed_core.tables.counting.resampling import halves, on_all_rows, split
from embed_core.types import Codes, Floats, TrainingData

Flags = npt.NDArray[np.bool_]

# Halves are compared where both determine at least this share of the places that all distances determine,
# and of four at least: fewer are not compared, see `compared.LEAST_CATEGORIES`.
_DETERMINED_LEAST, _PLACES_LEAST = 0.5, 4
_HELD_OUT = 1 / 6
_LEAST_PAIRS = 10


def ends(data: TrainingData, column: str) -> tuple[Codes, Codes]:
    """Return the categories of both ends of each row, whose columns share the vocabulary."""
    vocabulary = data.vocabularies[column]
    first, second = (data.rows.codes[name] for name, each in data.vocabularies.items() if each is vocabulary)
    return first, second


def placed(data: TrainingData, config: TrainingConfig) -> Flags:
    """Return which categories the rows that are learned from determine the place of, bool (n,)."""
    learned, vocabulary = data.training > 0, data.vocabularies[config.column]
    first, second = (codes[learned] for codes in ends(data, config.column))
    return determined(len(vocabulary), first, second, dimension=config.dimension)


def are_too_few_to_halve(data: TrainingData, config: TrainingConfig) -> bool:
    """Whether distances are so few that halves of them leave open most places that all of them determine.

    A plane of 1,200 places with five rows each is determined by all of them, and by half of them nowhere.
    """
    if not OBJECTIVES[config.objective].is_placed_by_distances():
        return False
    whole = placed(on_all_rows(data), config)
    both = np.logical_and(*(placed(half, config) for half in halves(on_all_rows(data), 0, seed=config.seed)))
    return bool(both.sum() < max(_PLACES_LEAST, _DETERMINED_LEAST * whole.sum()))


def without_a_sixth(data: TrainingData, seed: int) -> TrainingData:
    """Return the data without a sixth of the rows, pairs of categories whole."""
    learned, held = split(data, data.rows.counts, share=_HELD_OUT, seed=seed)
    return dataclasses.replace(data, training=learned, validation=np.zeros_like(held))


def told_of_held_out(data: TrainingData, config: TrainingConfig, vectors: Floats) -> float:
    """Return which share of the variance of distances that were not learned from their places on the map tell.

    The squared correlation of the number and of the distance of the two vectors, over pairs that were not learned from
    either way round, both of whose places are determined; 0 where it has the wrong sign, NaN for fewer than ten.
    """
    first, second = ends(data, config.column)
    low, high = np.minimum(first, second).astype(np.int64), np.maximum(first, second)
    pair = low * len(data.vocabularies[config.column]) + high
    sure = placed(data, config)
    held = ~np.isin(pair, pair[data.training > 0]) & sure[first] & sure[second] & (low < high)
    if held.sum() < _LEAST_PAIRS:
        return math.nan
    apart = np.linalg.norm(vectors[first[held]] - vectors[second[held]], axis=1)
    number = data.rows.numbers[str(config.target)][held]
    if not (np.ptp(apart) and np.ptp(number)):
        return 0.0
    sign = -1 if config.measure == "similarity" else 1
    return float(max(0.0, sign * np.corrcoef(apart, number)[0, 1]) ** 2)
