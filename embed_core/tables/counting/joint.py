"""A table's rows as they are, with all levels at once: what the count tables of a context are made of.

Count tables that were each split, halved or shuffled by itself would show one accident of the rows once a column
where columns depend on one another. Drawn here, a row is the same in all of them.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from embed_core.tables.counting.bags import Places, encoded, rows_and_units, taken_apart
from embed_core.tables.counting.distinct import merged
from embed_core.tables.counting.vocabulary import encode
from embed_core.tables.counting.weights import carried, counted_rows, counts_of, with_weights
from embed_core.tables.table import Table
from embed_core.types import CATEGORY, HEAD, LEVEL, WEIGHT, Bags, Codes, CountedRows, Counts, Vocabulary

NO_BAGS: Mapping[str, Bags] = MappingProxyType({})
MOST_ROWS = 1_000_000
"""Of larger tables only counts leave the engine."""


def count_joint(
    table: Table, vocabulary: Vocabulary, heads: Mapping[str, Vocabulary]
) -> tuple[CountedRows, dict[str, Bags]]:
    """Count the distinct rows of a category with its levels: `CATEGORY`, and `level_of` each head by its number.

    Of columns whose cells hold several values, these are places among the bags, which are returned as well.
    """
    columns = {vocabulary.column: vocabulary, **heads}
    names = {column: f"column_{place}" for place, column in enumerate(columns)}
    values = table.expression.select(
        **{name: table.keys(column) for column, name in names.items()}, **carried(table)
    )
    groups = values.group_by(list(names.values())).aggregate(**counted_rows(values))
    frame = table.execute(table.with_texts(groups, {name: column for column, name in names.items()}))
    keys = [CATEGORY, *map(level_of, range(len(heads)))]
    codes, bags = {}, {}
    for key, (column, known) in zip(keys, columns.items(), strict=True):
        if column in table.report.bags:
            codes[key], bags[key] = encoded(known, frame[names[column]], table.report.bags[column])
        else:
            codes[key] = encode(known, frame[names[column]])
    return with_weights(*merged(codes, {}, counts_of(frame))), bags


def level_of(head: int) -> str:
    """Return the name of the levels of a head.

    >>> level_of(0)
    'level 0'
    """
    return f"level {head}"


def stacked_counts(
    joint: CountedRows, counts: Counts, rows: CountedRows, bags: Mapping[str, Bags] = NO_BAGS
) -> Counts:
    """Return how many rows of each distinct row of the count tables are among some of the joint ones.

    Args:
        joint: from `count_joint`.
        counts: how many of each of its rows, int64 (rows,).
        rows: the count tables, one under the other, made of all of them.
        bags: from `count_joint`.
    """
    size = int(rows.codes[CATEGORY].max()) + 1, int(rows.codes[LEVEL].max()) + 1
    place = (rows.codes[HEAD].astype(np.int64) * size[0] + rows.codes[CATEGORY]) * size[1] + rows.codes[LEVEL]
    found = np.zeros(len(place), np.int64)
    chosen = np.flatnonzero(counts > 0)
    drawn = counts[chosen]
    for head in range(len(joint.codes) - 1):
        codes, of = _of_head(joint, head, bags, chosen)
        keys = (head * size[0] + codes[CATEGORY].astype(np.int64)) * size[1] + codes[LEVEL]
        np.add.at(found, np.searchsorted(place, keys), drawn if of is None else drawn[of])
    return found


def stacked(joint: CountedRows, bags: Mapping[str, Bags] = NO_BAGS) -> CountedRows:
    """Return the count tables of joint rows, one under the other, in the order of `HEAD`, `CATEGORY` and `LEVEL`."""
    counts = joint.counts[:, None]
    if WEIGHT in joint.numbers:
        counts = (
            rows_and_units(joint) if bags else np.stack([joint.counts, joint.weighed(joint.counts)], axis=1)
        )
    parts = [_of_head(joint, head, bags) for head in range(len(joint.codes) - 1)]
    codes = {
        HEAD: np.repeat(np.arange(len(parts), dtype=np.int32), [len(part[CATEGORY]) for part, _ in parts]),
        CATEGORY: np.concatenate([part[CATEGORY] for part, _ in parts]),
        LEVEL: np.concatenate([part[LEVEL] for part, _ in parts]),
    }
    return with_weights(
        *merged(codes, {}, np.concatenate([counts if of is None else counts[of] for _, of in parts]))
    )


def _of_head(
    joint: CountedRows, head: int, bags: Mapping[str, Bags], chosen: slice | Places = slice(None)
) -> tuple[dict[str, Codes], Places | None]:
    """Return the categories and levels of a head for some joint rows; and of which each is, where there are bags."""
    names = {CATEGORY: CATEGORY, LEVEL: level_of(head)}
    codes = {name: joint.codes[key][chosen] for name, key in names.items()}
    mine = {name: bags[key] for name, key in names.items() if key in bags}
    return taken_apart(codes, mine) if mine else (codes, None)
