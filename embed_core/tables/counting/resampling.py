"""Counts resampled: split in two, halved for replicates, or shuffled as a control without signal."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.types import CATEGORY, HEAD, CountedRows, Counts, TrainingData

# NumPy draws from the multivariate hypergeometric distribution below this many rows only.
_HYPERGEOMETRIC_LIMIT = 1_000_000_000
MOST_SHUFFLED = 5_000_000

Columns = Mapping[str, npt.NDArray[Any]]


def split_counts(counts: Counts, *, share: float, seed: int) -> tuple[Counts, Counts]:
    """Split counts into training and validation as a random split of the rows would.

    The validation counts follow the multivariate hypergeometric distribution: so many rows drawn
    without replacement. At least one row stays in training.

    >>> training, validation = split_counts(np.array([6, 4]), share=0.5, seed=0)
    >>> int(validation.sum()), (training + validation).tolist()
    (5, [6, 4])
    """
    total = int(counts.sum())
    drawn = min(round(share * total), total - 1)
    if drawn <= 0:
        return counts, np.zeros_like(counts)
    rng = np.random.default_rng((seed, 1))
    if total < _HYPERGEOMETRIC_LIMIT:
        validation = rng.multivariate_hypergeometric(counts, drawn, method="marginals")
    else:
        validation = rng.binomial(counts, share)
    return counts - validation, validation


def split_context(rows: CountedRows, *, share: float, seed: int) -> tuple[Counts, Counts]:
    """Split count tables that stand one under the other as a random split of the table's rows would.

    So many rows of each category are drawn for validation, the same number in every table, and within each
    table of its levels, without replacement.
    """
    of_category = _of_category(rows)
    wanted = split_counts(of_category, share=share, seed=seed)[1]
    if not wanted.any():
        return rows.counts, np.zeros_like(rows.counts)
    validation = _drawn(rows, wanted, np.random.default_rng((seed, 5)))
    return rows.counts - validation, validation


def on_all_rows(data: TrainingData) -> TrainingData:
    """Return the data with all rows for training."""
    return dataclasses.replace(data, training=data.rows.counts, validation=np.zeros_like(data.rows.counts))


def halves(data: TrainingData, split: int, *, seed: int) -> tuple[TrainingData, TrainingData]:
    """Return the data with each half of the table's rows for training: two samples that have no row in common.

    Each row is in either half with the same chance, so a half of a distinct row's count is binomial; where every row is
    there several times over, its copies stay together. The counts of
    several tables come from the same rows, and are halved where they are counted.

    Args:
        data: of count tables, those that were counted with ``splits``.
        split: number of the split; each one is independent.
        seed: of the halves, where they were not drawn with the counts.
    """
    counts = data.rows.counts
    if data.stacked:
        assert data.halves is not None, "count tables of several columns are halved as they are counted"
        first = data.halves[split]
    else:
        rng, copies = np.random.default_rng((seed, 2, split)), data.copies
        first = copies * rng.binomial(counts // copies, 0.5) + rng.binomial(counts % copies, 0.5)
    parts = [dataclasses.replace(data, training=part, validation=np.zeros_like(part), halves=None)
             for part in (first, counts - first)]  # fmt: skip
    return parts[0], parts[1]


def shuffled(data: TrainingData, column: str, *, seed: int) -> TrainingData:
    """Return the data with a column's categories shuffled: what they go with is chance.

    How often each category, and everything else, occurs stays the same. All is for training. Of more than
    5 million rows, so many are drawn at random and shuffled.

    Args:
        data: counted rows.
        column: what is embedded; with it, columns that share its vocabulary are shuffled as pairs.
        seed: same seed, same order.
    """
    rng = np.random.default_rng((seed, 3))
    rows = data.rows
    shared = [name for name, known in data.vocabularies.items() if known is data.vocabularies[column]]
    moved = [CATEGORY] if data.stacked else shared
    counts = rows.counts
    if counts.sum() > MOST_SHUFFLED:
        share = MOST_SHUFFLED / counts.sum()
        if data.stacked:
            counts = split_context(rows, share=share, seed=seed)[1]
        else:
            counts = split_counts(counts, share=share, seed=seed)[1]
    stay, go = [], []
    for part in _parts(data):
        places = np.repeat(part, counts[part])
        stay.append(places)
        go.append(rng.permutation(places))
    left, right = np.concatenate(stay), np.concatenate(go)
    codes = {name: values[right if name in moved else left] for name, values in rows.codes.items()}
    numbers = {name: values[left] for name, values in rows.numbers.items()}
    mixed = CountedRows(*merged(codes, numbers, np.ones(len(left), np.int64)), rows.notes)
    return dataclasses.replace(
        data, rows=mixed, training=mixed.counts, validation=np.zeros_like(mixed.counts)
    )


def merged(
    codes: Columns, numbers: Columns, counts: Counts
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, npt.NDArray[Any]], Counts]:
    """Return distinct rows in a fixed order, with their counts, (rows,) or (rows, kinds), summed."""
    columns = {**codes, **numbers}
    order = np.lexsort([*reversed(columns.values())])
    changes = np.zeros(len(order), bool)
    changes[:1] = True
    for values in columns.values():
        before, after = values[order][:-1], values[order][1:]
        changes[1:] |= (before != after) & ((before == before) | (after == after))  # NaN equals NaN here
    starts = np.flatnonzero(changes)
    return (
        {name: values[order][starts] for name, values in codes.items()},
        {name: values[order][starts] for name, values in numbers.items()},
        np.add.reduceat(counts[order], starts) if len(starts) else counts,
    )


def _of_category(rows: CountedRows) -> Counts:
    """Return the rows of each category, which are the same in every count table."""
    first = rows.codes[HEAD] == 0
    counts = np.zeros(rows.codes[CATEGORY].max() + 1, np.int64)
    np.add.at(counts, rows.codes[CATEGORY][first], rows.counts[first])
    return counts


def _drawn(rows: CountedRows, wanted: Counts, rng: np.random.Generator) -> Counts:
    """Draw ``wanted`` rows of each category in each count table, level after level for all of them at once."""
    heads, categories = rows.codes[HEAD], rows.codes[CATEGORY]
    group = heads.astype(np.int64) * len(wanted) + categories
    starts = np.flatnonzero(np.diff(group, prepend=-1))  # rows are in the order of `merged`
    lengths = np.diff(starts, append=len(group))
    left_to_draw = wanted[categories[starts]].copy()
    left = np.add.reduceat(rows.counts, starts)
    drawn = np.zeros_like(rows.counts)
    for step in range(lengths.max()):
        here = np.flatnonzero(lengths > step)
        places = starts[here] + step
        seen = rows.counts[places]
        if left.max() >= _HYPERGEOMETRIC_LIMIT:
            found = rng.binomial(left_to_draw[here], seen / left[here])
            # Nor may more be left for the other levels than they have.
            found = np.clip(found, left_to_draw[here] - (left[here] - seen), seen)
        else:
            found = rng.hypergeometric(seen, left[here] - seen, left_to_draw[here])
        drawn[places] = found
        left_to_draw[here] -= found
        left[here] -= seen
    return drawn


def _parts(data: TrainingData) -> list[npt.NDArray[np.intp]]:
    """Return the places of the rows of each count table; of all rows when there is one table."""
    if not data.stacked:
        return [np.arange(len(data.rows))]
    heads = data.rows.codes[HEAD]
    return [np.flatnonzero(heads == head) for head in np.unique(heads)]
