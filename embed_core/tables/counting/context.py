"""The company that categories keep: how often each goes with each level of the other columns."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.counting.bags import separators
from embed_core.tables.counting.choosing import choice, count_pairs
from embed_core.tables.counting.distinct import merged
from embed_core.tables.counting.features import features
from embed_core.tables.counting.joint import MOST_ROWS, count_joint, stacked
from embed_core.tables.counting.resampling import split_rows
from embed_core.tables.counting.row_halves import count_halves, half_columns
from embed_core.tables.counting.selection import sample, sample_note
from embed_core.tables.counting.vocabulary import count_vocabulary, encode, levels, pooled_notes
from embed_core.tables.counting.weights import (
    carried,
    counts_of,
    of_each,
    rows_there,
    with_weights,
)
from embed_core.tables.table import Table
from embed_core.types import CATEGORY, HEAD, LEVEL, CountedRows, Counts, Head, TrainingData, Vocabulary

MOST_LEVELS = 65_536
# Of few categories many levels cost nothing.
_LEVELS_OF_MANY, _FREE_CELLS = 4_096, 4_000_000
# The count tables are trained on as dense float32 arrays: 1.2 GB at most.
_MOST_CELLS = 300_000_000


def count_context(
    table: Table,
    column: str,
    columns: Sequence[str] | None = None,
    *,
    min_frequency: int = 1,
    validation_share: float = 0.2,
    aggregate: bool = True,
    max_rows: int = 2_000_000,
    seed: int = 0,
    splits: int = 0,
    copies: int = 1,
) -> TrainingData:
    """Count, in the table's engine, how often each category goes with each level of other columns.

    Numbers are binned by their deciles, times taken in parts, and of each column the levels past the
    4,096 most frequent are pooled, more of few categories (and fewer are kept when the tables would not fit into
    memory, with a note). Whole numbers whose order tells nothing of the category, or far less than their values do, are
    taken as codes: every value is a level. By default a column of many levels that tell nothing which holds on other
    rows, see `embed_core.tables.counting.gain.held_out_gain`, is left out, with a note.

    Args:
        table: the table; only counts leave its engine.
        column: the categorical column.
        columns: the other columns, which are used as they are named; None takes all that are suitable: no identifiers,
            texts, constants, and none of many levels that cannot help.
        min_frequency: see `count_vocabulary`.
        validation_share: share of the rows drawn for validation, without replacement; of more than a million rows,
            of each count table by itself.
        aggregate: False keeps every row as it is, in order, with a count of 1.
        max_rows: more rows than this are sampled when they are not counted.
        seed: of the sample, the split and the halves.
        splits: how often more than a million rows are split into halves as well, for replicates (default 0); it takes
            some time.
        copies: how many times over every row is there: copies are put into the same half.

    Raises:
        AtlasError: a column is not there or cannot be embedded, or there is no other column.
    """
    table.require(column)
    table, found, notes = features(table, columns, without=(column,), binned=True)
    is_drawn_from = splits > 0 or validation_share > 0
    bags = separators(table, [column, *(feature.name for feature in found)])
    rows_are_known = aggregate and (is_drawn_from or bool(bags)) and rows_there(table) <= MOST_ROWS
    if bags and not rows_are_known:
        _refuse_bags(table, bags, aggregate=aggregate)
    splits = 0 if rows_are_known else splits

    def pairs(names: Sequence[str]) -> dict[str, pd.DataFrame]:
        if not (splits and aggregate):
            return {name: count_pairs(table, column, name) for name in names}
        return count_halves(
            table,
            (column, *names),
            lambda numbered: {name: count_pairs(numbered, column, name, splits) for name in names},
            splits=splits,
            seed=seed,
            copies=copies,
        )

    names = [feature.name for feature in found]
    # The first pairs say which categories there are, and whether there are too many, before others are counted.
    counted = {} if splits or bags else pairs(names[:1])
    supports = (
        {column: counted[names[0]][["category", "rows"]].set_axis(["label", "rows"], axis=1)}
        if counted
        else None
    )
    vocabulary = count_vocabulary(table, (column,), min_frequency=min_frequency, counted=supports)
    counted |= pairs(names[len(counted) :])
    most = min(
        MOST_LEVELS,
        max(_LEVELS_OF_MANY, _FREE_CELLS // len(vocabulary)),
        max(16, _MOST_CELLS // (len(vocabulary) * len(found))),
    )
    chosen = choice(table, vocabulary, found, counted, by_default=columns is None)
    names = chosen.names
    notes += chosen.notes(column)
    if splits and chosen.codes:  # their rows must be in the same halves as those of the others
        counted = pairs(names)
    heads = {name: levels(name, counted[name][["label", "rows"]], most=most) for name in names}
    heads = {name: head for name, head in heads.items() if len(head) > 1}
    if not heads:
        raise AtlasError(f"The other columns do not vary: {listed(names)}. Choose others to relate by.")
    notes += [
        f"{head.pooled:,} rare levels of {quoted(name)}, past the {most:,} most frequent, are pooled into one."
        for name, head in heads.items()
        if head.pooled
    ]
    notes += pooled_notes(vocabulary, min_frequency)
    halves = None
    joint, found_bags = count_joint(table, vocabulary, heads) if rows_are_known else (None, {})
    if joint is not None and found_bags:
        rows = stacked(joint, found_bags)
    elif aggregate:
        rows, halves = _stacked(vocabulary, heads, counted, splits)
    else:
        rows = _rows(table, vocabulary, heads, max_rows=max_rows, seed=seed)
    data = TrainingData(
        {column: vocabulary},
        rows,
        rows.counts,
        np.zeros_like(rows.counts),
        None,
        heads=tuple(Head(name, head.labels, head.rare) for name, head in heads.items()),
        stacked=aggregate,
        halves=halves,
        joint=joint,
        bags=found_bags,
        copies=copies,
        table_rows=table.n_rows,
        notes=(*rows.notes, *notes),
    )
    return split_rows(data, share=validation_share, seed=seed)


def _refuse_bags(table: Table, bags: Mapping[str, str], *, aggregate: bool) -> None:
    why = (
        f"to keep their rows together these are held in memory, at most {MOST_ROWS:,}, and the table has "
        f"{rows_there(table):,}. Keep some of its rows"
        if aggregate
        else "aggregate=False keeps every row as it is. Choose aggregate=True"
    )
    raise AtlasError(
        f"The cells of {listed(bags)} are read as several values each, and {why}, or leave these columns out."
    )


def _stacked(
    vocabulary: Vocabulary, heads: dict[str, Vocabulary], counted: dict[str, pd.DataFrame], splits: int
) -> tuple[CountedRows, Counts | None]:
    """Return the count tables one under the other, and how many of each of their rows are in a first half."""
    parts = []
    for place, (name, head) in enumerate(heads.items()):
        pairs = counted[name]
        codes = {
            HEAD: np.full(len(pairs), place, np.int32),
            CATEGORY: encode(vocabulary, pairs["category"]),
            LEVEL: encode(head, pairs["label"]),
        }
        parts.append((codes, counts_of(pairs, *half_columns(splits))))
    codes = {name: np.concatenate([part[name] for part, _ in parts]) for name in (HEAD, CATEGORY, LEVEL)}
    codes, _, counts = merged(codes, {}, np.concatenate([counts for _, counts in parts]))
    return with_weights(codes, {}, counts), counts.T[1 : splits + 1] if splits else None


def _rows(
    table: Table, vocabulary: Vocabulary, heads: dict[str, Vocabulary], *, max_rows: int, seed: int
) -> CountedRows:
    """Return every row as it is."""
    columns = {vocabulary.column: vocabulary, **heads}
    names = {column: f"column_{i}" for i, column in enumerate(columns)}
    wanted = table.expression.select(
        **{name: table.texts(column) for column, name in names.items()}, **carried(table)
    )
    notes, there = [], rows_there(table)
    if there > max_rows:
        notes.append(sample_note(max_rows, of=there, use="trained on"))
        wanted = sample(wanted, most=max_rows, of=there, seed=seed, in_order=True)
    frame = table.execute(wanted.mutate(**of_each(wanted)))
    codes = {column: encode(known, frame[names[column]]) for column, known in columns.items()}
    return dataclasses.replace(with_weights(codes, {}, counts_of(frame)), notes=tuple(notes))
