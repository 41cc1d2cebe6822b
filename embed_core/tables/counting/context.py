"""The company that categories keep: how often each goes with each level of the other columns."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.counting.distinct import merged
from embed_core.tables.counting.features import features
from embed_core.tables.counting.joint import MOST_ROWS, count_joint
from embed_core.tables.counting.resampling import split_rows
from embed_core.tables.counting.row_halves import count_halves, half_columns, halved, own_number
from embed_core.tables.counting.selection import sample, sample_note
from embed_core.tables.counting.vocabulary import count_vocabulary, encode, frequencies, levels, pooled_notes
from embed_core.tables.table import Table
from embed_core.types import CATEGORY, HEAD, LEVEL, CountedRows, Counts, Head, TrainingData, Vocabulary

MOST_LEVELS = 4_096
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
    4,096 most frequent are pooled (fewer are kept when the tables would not fit into memory, with a note).

    Args:
        table: the table; only counts leave its engine.
        column: the categorical column.
        columns: the other columns; None takes all that are suitable: no identifiers, texts, constants.
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
    vocabulary = count_vocabulary(table, (column,), min_frequency=min_frequency)
    most = min(MOST_LEVELS, max(16, _MOST_CELLS // (len(vocabulary) * len(found))))
    names = [feature.name for feature in found]
    is_drawn_from = splits > 0 or validation_share > 0
    rows_are_known = aggregate and is_drawn_from and table.n_rows <= MOST_ROWS
    splits = 0 if rows_are_known else splits
    if not aggregate:
        counted = {name: frequencies(table, name) for name in names}
    elif not splits:
        counted = {name: _pairs(table, column, name) for name in names}
    else:
        counted = count_halves(
            table,
            (column, *names),
            lambda numbered: {name: _pairs(numbered, column, name, splits) for name in names},
            splits=splits,
            seed=seed,
            copies=copies,
        )
    heads = {name: levels(name, seen[["label", "rows"]], most=most) for name, seen in counted.items()}
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
    if aggregate:
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
        joint=count_joint(table, vocabulary, heads) if rows_are_known else None,
        copies=copies,
        table_rows=table.n_rows,
        notes=(*rows.notes, *notes),
    )
    training, validation = split_rows(data, share=validation_share, seed=seed)
    return dataclasses.replace(data, training=training, validation=validation)


def _pairs(table: Table, column: str, other: str, splits: int = 0) -> pd.DataFrame:
    """Count the rows of each category with each level, its ``label``, of another column; and those of first halves."""
    number = own_number(table) if splits else {}
    pairs = table.expression.select(category=table.texts(column), label=table.texts(other), **number)
    grouped = pairs.group_by(["category", "label"])
    return table.execute(grouped.aggregate(rows=lambda group: group.count(), **halved(splits)))


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
        parts.append((codes, pairs[["rows", *half_columns(splits)]].to_numpy(np.int64)))
    codes = {name: np.concatenate([part[name] for part, _ in parts]) for name in (HEAD, CATEGORY, LEVEL)}
    codes, _, counts = merged(codes, {}, np.concatenate([counts for _, counts in parts]))
    return CountedRows(codes, {}, np.ascontiguousarray(counts[:, 0])), counts.T[1:] if splits else None


def _rows(
    table: Table, vocabulary: Vocabulary, heads: dict[str, Vocabulary], *, max_rows: int, seed: int
) -> CountedRows:
    """Return every row as it is."""
    columns = {vocabulary.column: vocabulary, **heads}
    names = {column: f"column_{i}" for i, column in enumerate(columns)}
    wanted = table.expression.select(**{name: table.texts(column) for column, name in names.items()})
    notes = []
    if table.n_rows > max_rows:
        notes.append(sample_note(max_rows, of=table.n_rows, use="trained on"))
        wanted = sample(wanted, most=max_rows, of=table.n_rows, seed=seed)
    frame = table.execute(wanted)
    codes = {column: encode(known, frame[names[column]]) for column, known in columns.items()}
    return CountedRows(codes, {}, np.ones(len(frame), np.int64), tuple(notes))
