"""A table's rows as they are, with all levels at once: what the count tables of a context are made of.

Count tables that were each split, halved or shuffled by itself would show one accident of the rows once a column
where columns depend on one another. Drawn here, a row is the same in all of them.
"""

from collections.abc import Mapping

import numpy as np

from embed_core.tables.counting.distinct import merged
from embed_core.tables.counting.vocabulary import encode
from embed_core.tables.counting.weights import carried, counted_rows, counts_of, with_weights
from embed_core.tables.table import Table
from embed_core.types import CATEGORY, HEAD, LEVEL, WEIGHT, CountedRows, Counts, Vocabulary

MOST_ROWS = 1_000_000
"""Of larger tables only counts leave the engine."""


def count_joint(table: Table, vocabulary: Vocabulary, heads: Mapping[str, Vocabulary]) -> CountedRows:
    """Count the distinct rows of a category with its levels: `CATEGORY`, and `level_of` each head by its number."""
    columns = {vocabulary.column: vocabulary, **heads}
    names = {column: f"column_{place}" for place, column in enumerate(columns)}
    values = table.expression.select(
        **{name: table.texts(column) for column, name in names.items()}, **carried(table)
    )
    frame = table.execute(values.group_by(list(names.values())).aggregate(**counted_rows(values)))
    found = [encode(known, frame[names[column]]) for column, known in columns.items()]
    keys = [CATEGORY, *map(level_of, range(len(heads)))]
    return with_weights(*merged(dict(zip(keys, found, strict=True)), {}, counts_of(frame)))


def level_of(head: int) -> str:
    """Return the name of the levels of a head.

    >>> level_of(0)
    'level 0'
    """
    return f"level {head}"


def stacked_counts(joint: CountedRows, counts: Counts, rows: CountedRows) -> Counts:
    """Return how many rows of each distinct row of the count tables are among some of the joint ones.

    Args:
        joint: from `count_joint`.
        counts: how many of each of its rows, int64 (rows,).
        rows: the count tables, one under the other, made of all of them.
    """
    size = int(rows.codes[CATEGORY].max()) + 1, int(rows.codes[LEVEL].max()) + 1
    place = (rows.codes[HEAD].astype(np.int64) * size[0] + rows.codes[CATEGORY]) * size[1] + rows.codes[LEVEL]
    found = np.zeros(len(place), np.int64)
    chosen = counts > 0
    for head in range(len(joint.codes) - 1):
        levels, categories = joint.codes[level_of(head)][chosen], joint.codes[CATEGORY][chosen]
        keys = (head * size[0] + categories.astype(np.int64)) * size[1] + levels
        np.add.at(found, np.searchsorted(place, keys), counts[chosen])
    return found


def stacked(joint: CountedRows) -> CountedRows:
    """Return the count tables of joint rows, one under the other, in the order of `HEAD`, `CATEGORY` and `LEVEL`."""
    heads, categories = len(joint.codes) - 1, joint.codes[CATEGORY]
    codes = {
        HEAD: np.repeat(np.arange(heads, dtype=np.int32), len(categories)),
        CATEGORY: np.tile(categories, heads),
        LEVEL: np.concatenate([joint.codes[level_of(head)] for head in range(heads)]),
    }
    counts = joint.counts[:, None]
    if WEIGHT in joint.numbers:
        counts = np.stack([joint.counts, joint.weighed(joint.counts)], axis=1)
    return with_weights(*merged(codes, {}, np.tile(counts, (heads, 1))))
