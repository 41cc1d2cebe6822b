"""Counts resampled: split in two, halved for replicates, or shuffled as a control without signal."""

import dataclasses

import numpy as np
import numpy.typing as npt

from embed_core.tables.counting.bags import spread, spread_counts
from embed_core.tables.counting.distinct import merged
from embed_core.tables.counting.joint import stacked, stacked_counts
from embed_core.types import CATEGORY, HEAD, Codes, CountedRows, Counts, TrainingData

# NumPy draws from the multivariate hypergeometric distribution below this many rows only.
_HYPERGEOMETRIC_LIMIT = 1_000_000_000
MOST_SHUFFLED = 5_000_000


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


def split_rows(data: TrainingData, *, share: float, seed: int) -> TrainingData:
    """Return the data split into training and validation as a random split of the table's rows would.

    A row is on the same side in all count tables and for all of its values, as far as the rows are known; else see
    `split_context`.
    """
    if data.joint is not None:
        left, drawn = split_counts(data.joint.counts, share=share, seed=seed)
        validation = _of_joint(data, drawn)
        training = data.rows.counts - validation
        return dataclasses.replace(
            data, training=training, validation=validation, drawn=left if data.bags else None
        )
    training, validation = split(data, data.rows.counts, share=share, seed=seed)
    return dataclasses.replace(data, training=training, validation=validation)


def split_training(data: TrainingData, *, share: float, seed: int) -> tuple[Counts, Counts]:
    """Split the counts that are learned from into some to learn from and others to be judged on."""
    if data.bags and data.joint is not None and data.drawn is not None:
        judged = _of_joint(data, split_counts(data.drawn, share=share, seed=seed)[1])
        return data.training - judged, judged
    return split(data, data.training, share=share, seed=seed)


def _of_joint(data: TrainingData, counts: Counts) -> Counts:
    """Return how many of each distinct row there are in so many of the joint ones."""
    assert data.joint is not None, "only counts are known"
    if data.stacked:
        return stacked_counts(data.joint, counts, data.rows, data.bags)
    return spread_counts(data.joint, data.bags, counts)


def split_context(rows: CountedRows, *, share: float, seed: int) -> tuple[Counts, Counts]:
    """Split count tables that stand one under the other, each by itself.

    So many rows of each category are drawn for validation, the same number in every table, and within each
    table of its levels, without replacement.
    """
    of_category = _of_category(rows)
    wanted = split_counts(of_category, share=share, seed=seed)[1]
    if not wanted.any():
        return rows.counts, np.zeros_like(rows.counts)
    validation = _drawn(rows, wanted, np.random.default_rng((seed, 5)))
    return rows.counts - validation, validation


def split_pairs(
    first: Codes, second: Codes, counts: Counts, *, share: float, seed: int
) -> tuple[Counts, Counts]:
    """Split counts so that a pair of categories, either way round, is learned from or judged on, and never both.

    Pairs are kept for validation in random order, until they have the share of the rows. One without which a category
    would meet nobody, and have no place, stays in training.

    >>> training, validation = split_pairs(
    ...     np.array([0, 1, 0, 1]), np.array([1, 0, 2, 2]), np.array([5, 5, 4, 4]), share=0.4, seed=0
    ... )
    >>> (training + validation).tolist(), bool((training * validation).any())
    ([5, 5, 4, 4], False)
    """
    size = int(max(first.max(), second.max())) + 1
    low, high = np.minimum(first, second).astype(np.int64), np.maximum(first, second)
    pairs, pair_of = np.unique(low * size + high, return_inverse=True)
    rows = np.bincount(pair_of, counts)
    met = np.bincount(np.concatenate([pairs // size, pairs % size]), np.tile(rows > 0, 2), minlength=size)
    wanted, is_kept = share * counts.sum(), np.zeros(len(pairs), bool)
    for pair in np.random.default_rng((seed, 1)).permutation(len(pairs)):
        ends = pairs[pair] // size, pairs[pair] % size
        if rows[pair] and min(met[end] for end in ends) > 1 and rows[pair] <= wanted:
            is_kept[pair] = True
            wanted -= rows[pair]
            for end in ends:
                met[end] -= 1
    validation = np.where(is_kept[pair_of], counts, 0)
    return counts - validation, validation


def split(data: TrainingData, counts: Counts, *, share: float, seed: int) -> tuple[Counts, Counts]:
    """Split counts of the data's rows into those that are learned from and those that are judged on."""
    if data.stacked:
        return split_context(dataclasses.replace(data.rows, counts=counts), share=share, seed=seed)
    if data.paired:
        first, second = (data.rows.codes[column] for column in list(data.vocabularies)[:2])
        return split_pairs(first, second, counts, share=share, seed=seed)
    return split_counts(counts, share=share, seed=seed)


def on_all_rows(data: TrainingData) -> TrainingData:
    """Return the data with all rows for training."""
    drawn = data.joint.counts if data.bags and data.joint is not None else None
    return dataclasses.replace(
        data, training=data.rows.counts, validation=np.zeros_like(data.rows.counts), drawn=drawn
    )


def halves(data: TrainingData, split: int, *, seed: int) -> tuple[TrainingData, TrainingData]:
    """Return the data with each half of the table's rows for training: two samples that have no row in common.

    Each row is in either half with the same chance, so a half of a distinct row's count is binomial; where every row is
    there several times over, its copies stay together. The counts of
    several tables come from the same rows, and are halved where they are counted.

    Args:
        data: of large count tables, those that were counted with ``splits``.
        split: number of the split; each one is independent.
        seed: of the halves, where they were not drawn with the counts.
    """
    counts = data.rows.counts
    drawn: tuple[Counts | None, Counts | None] = (None, None)
    if data.joint is not None:
        half = _half(data.joint.counts, split, data.copies, seed)
        first = _of_joint(data, half)
        drawn = (half, data.joint.counts - half) if data.bags else drawn
    elif data.stacked:
        assert data.halves is not None, "count tables of several columns are halved as they are counted"
        first = data.halves[split]
    else:
        first = _half(counts, split, data.copies, seed)
    joint = data.joint if data.bags else None
    parts = [dataclasses.replace(data, training=part, validation=np.zeros_like(part), halves=None, joint=joint,
             drawn=mine) for part, mine in zip((first, counts - first), drawn, strict=True)]  # fmt: skip
    return parts[0], parts[1]


def _half(counts: Counts, split: int, copies: int, seed: int) -> Counts:
    rng = np.random.default_rng((seed, 2, split))
    found: Counts = copies * rng.binomial(counts // copies, 0.5) + rng.binomial(counts % copies, 0.5)
    return found


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
    if data.bags:
        return _shuffled_bags(data, column, rng, seed)
    if data.joint is not None:
        mixed = stacked(
            _shuffled_rows(data.joint, [CATEGORY], [np.arange(len(data.joint))], data.joint.counts, rng)
        )
        return dataclasses.replace(
            data,
            rows=mixed,
            training=mixed.counts,
            validation=np.zeros_like(mixed.counts),
            joint=None,
            halves=None,
        )
    rows = data.rows
    moved = _moved(data, column)
    counts = rows.counts
    if counts.sum() > MOST_SHUFFLED:
        share = MOST_SHUFFLED / counts.sum()
        if data.stacked:
            counts = split_context(rows, share=share, seed=seed)[1]
        else:
            counts = split_counts(counts, share=share, seed=seed)[1]
    mixed = _shuffled_rows(rows, moved, _parts(data), counts, rng)
    return dataclasses.replace(
        data, rows=mixed, training=mixed.counts, validation=np.zeros_like(mixed.counts)
    )


def _shuffled_bags(data: TrainingData, column: str, rng: np.random.Generator, seed: int) -> TrainingData:
    """Return the data with the cells of a column shuffled: all values of a row move together."""
    joint = data.joint
    assert joint is not None, "only counts are known"
    counts = joint.counts
    if counts.sum() > MOST_SHUFFLED:
        counts = split_counts(counts, share=MOST_SHUFFLED / counts.sum(), seed=seed)[1]
    mixed = _shuffled_rows(joint, _moved(data, column), [np.arange(len(joint))], counts, rng)
    rows = stacked(mixed, data.bags) if data.stacked else spread(mixed, data.bags)
    return on_all_rows(dataclasses.replace(data, rows=rows, joint=mixed, halves=None))


def _moved(data: TrainingData, column: str) -> list[str]:
    """Return the codes that a column's categories are in, with those of columns that share its vocabulary."""
    if data.stacked:
        return [CATEGORY]
    return [name for name, known in data.vocabularies.items() if known is data.vocabularies[column]]


def _shuffled_rows(
    rows: CountedRows,
    moved: list[str],
    parts: list[npt.NDArray[np.intp]],
    counts: Counts,
    rng: np.random.Generator,
) -> CountedRows:
    """Return so many of the rows, in which some columns' codes go with the others by chance, within each part."""
    stay, go = [], []
    for part in parts:
        places = np.repeat(part, counts[part])
        stay.append(places)
        go.append(rng.permutation(places))
    left, right = np.concatenate(stay), np.concatenate(go)
    codes = {name: values[right if name in moved else left] for name, values in rows.codes.items()}
    numbers = {name: values[left] for name, values in rows.numbers.items()}
    return CountedRows(*merged(codes, numbers, np.ones(len(left), np.int64)), rows.notes)


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
