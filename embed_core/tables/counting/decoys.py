"""Decoys: made-up categories of rows drawn from all rows, which nothing sets apart; noise looks like them."""

import dataclasses

import numpy as np
import numpy.typing as npt

from embed_core.tables.counting.bags import spread
from embed_core.tables.counting.distinct import merged
from embed_core.tables.counting.joint import stacked
from embed_core.types import CATEGORY, Bags, CountedRows, TrainingData, Vocabulary

_FEWEST, _MOST, _ONE_IN = 40, 200, 5


def decoys_of(data: TrainingData, column: str) -> int:
    """Return how many decoys suit a column: a fifth of its categories, 40 to 200; 0 where they cannot be made.

    They cannot of rows that only counts are known of, nor where another column has the same categories.
    """
    vocabulary = data.vocabularies[column]
    is_shared = sum(each is vocabulary for each in data.vocabularies.values()) > 1
    if is_shared or (data.stacked and data.joint is None):
        return 0
    return min(_MOST, max(_FEWEST, len(vocabulary) // _ONE_IN))


def with_decoys(data: TrainingData, column: str, count: int, *, seed: int) -> TrainingData:
    """Return the data with decoys as the last categories of a column: all rows are for training.

    Each has as many rows as a category that is drawn at random.

    Args:
        data: counted rows.
        column: whose categories they join.
        count: how many.
        seed: of all that is drawn.
    """
    if not count:
        return data
    rng = np.random.default_rng((seed, 14))
    known = data.vocabularies[column]
    support = rng.choice(known.support, count)
    # Copies of a row go together, as they do in the halves.
    sizes = np.maximum(1, support // data.copies)
    labels = (*known.labels, *(f"decoy {number} of {column}" for number in range(count)))
    vocabulary = Vocabulary(
        column, labels, np.concatenate([known.support, support]), known.rare, known.missing, known.pooled
    )
    rows = data.rows if data.joint is None else data.joint
    name = CATEGORY if data.stacked else column
    drawn = rng.choice(len(rows), int(sizes.sum()), p=rows.counts / rows.counts.sum())
    numbers = np.repeat(np.arange(count, dtype=np.int32), sizes)
    bags = dict(data.bags)
    if name in bags:
        first = len(bags[name].starts) - 1
        bags[name] = _with_each(bags[name], np.arange(count, dtype=np.int32) + np.int32(len(known)))
    else:
        first = len(known)
    joined = _joined(rows, drawn, name, numbers + np.int32(first), data.copies)
    counted = stacked(joined, bags) if data.stacked else spread(joined, bags) if bags else joined
    return dataclasses.replace(
        data,
        vocabularies={**data.vocabularies, column: vocabulary},
        rows=counted,
        training=counted.counts,
        validation=np.zeros_like(counted.counts),
        joint=None if data.joint is None else joined,
        bags=bags,
        drawn=joined.counts if bags else None,
        halves=None,
    )


def _joined(
    rows: CountedRows,
    drawn: npt.NDArray[np.int64],
    column: str,
    mine: npt.NDArray[np.int32],
    copies: int,
) -> CountedRows:
    codes = {
        name: np.concatenate([values, mine if name == column else values[drawn]])
        for name, values in rows.codes.items()
    }
    numbers = {name: np.concatenate([values, values[drawn]]) for name, values in rows.numbers.items()}
    counts = np.concatenate([rows.counts, np.full(len(drawn), copies, np.int64)])
    return CountedRows(*merged(codes, numbers, counts), rows.notes)


def _with_each(bags: Bags, categories: npt.NDArray[np.int32]) -> Bags:
    """Return bags with some more, of one category each."""
    more = bags.starts[-1] + 1 + np.arange(len(categories))
    return Bags(np.concatenate([bags.starts, more]), np.concatenate([bags.members, categories]))
