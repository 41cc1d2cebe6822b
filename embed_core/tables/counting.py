"""Distinct rows with their counts: what a training needs of a table of any size."""

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.table import Table
from embed_core.tables.vocabulary import category_text, column_values, count_vocabulary, encode
from embed_core.types import CountedRows, Counts, Target, TrainingData, Vocabulary

NUMBER_DISTINCT = 20
MOST_CLASSES = 4_096
# NumPy draws from the multivariate hypergeometric distribution below this many rows only.
_HYPERGEOMETRIC_LIMIT = 1_000_000_000


def count_training_data(
    table: Table,
    inputs: Sequence[str],
    target: str,
    *,
    target_kinds: Sequence[str],
    target_kind: str = "auto",
    centred: bool = True,
    min_frequency: int = 1,
    validation_share: float = 0.2,
    aggregate: bool = True,
    max_rows: int = 2_000_000,
    seed: int = 0,
) -> TrainingData:
    """Count, in the table's engine, what a model of some categorical columns and a target needs.

    Args:
        table: the table; only counts leave its engine.
        inputs: categorical columns; several share one vocabulary.
        target: the column to predict. Rows in which it is missing are left out.
        target_kinds: the kinds of target that the model can learn.
        target_kind: one of those, or ``"auto"``: two different values are binary; whole numbers with up
            to 20 different values and text are multi-class; other numbers are numbers.
        centred: whether a number is measured from its mean (otherwise from 0).
        min_frequency: see `count_vocabulary`.
        validation_share: share of the rows drawn for validation, without replacement.
        aggregate: False keeps every row as it is, in order, with a count of 1.
        max_rows: when more (distinct) rows than this would leave the engine, rows are sampled.
        seed: of the sample and the split.

    Raises:
        AtlasError: a column is not there, cannot be embedded, or cannot be predicted.
    """
    for column in (*inputs, target):
        require_column(table, column)
    kind, classes = describe_target(table, target, target_kind=target_kind, allowed=target_kinds)
    vocabulary = count_vocabulary(table, tuple(inputs), min_frequency=min_frequency)
    vocabularies = dict.fromkeys(inputs, vocabulary)
    rows = _count_rows(
        table, vocabularies, target, kind, classes, aggregate=aggregate, max_rows=max_rows, seed=seed
    )
    if not centred and rows.numbers[target].min() < 0:
        raise AtlasError(
            f"The column {quoted(target)} holds negative numbers, such as {rows.numbers[target].min():g}, and a "
            "distance cannot be negative. Choose another target or objective."
        )
    training, validation = split_counts(rows.counts, share=validation_share, seed=seed)
    described = _scaled(Target(target, kind, classes), rows, training, centred=centred)
    notes = list(rows.notes)
    if vocabulary.pooled:
        notes.append(
            f"{vocabulary.pooled:,} categories with fewer than {min_frequency:,} rows are pooled into one."
        )
    return TrainingData(vocabularies, rows, training, validation, described, table.n_rows, tuple(notes))


def require_column(table: Table, column: str) -> None:
    """Raise an AtlasError that names the columns when there is no such one."""
    if column not in table.columns:
        raise AtlasError(f"There is no column {quoted(column)}. The columns are {listed(table.columns)}.")


def describe_target(
    table: Table, column: str, *, target_kind: str = "auto", allowed: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Return the kind of a target and its classes, in the order of their codes.

    Raises:
        AtlasError: the target has one value, too many classes, or is not what the model can learn.
    """
    require_column(table, column)
    dtype = table.expression[column].type()
    different = column_values(table, column).nunique()
    distinct = int(table.execute(table.expression.aggregate(n=different))["n"].iloc[0])
    if distinct < 2:
        raise AtlasError(
            f"The target {quoted(column)} has {distinct} different value{'' if distinct == 1 else 's'}, and there "
            "must be at least 2 to learn from. Choose another target."
        )
    kind = target_kind if target_kind != "auto" else _guessed_kind(dtype, distinct, allowed)
    if kind not in allowed:
        raise AtlasError(
            f"The target {quoted(column)} is to be read as {kind}, and this objective learns from "
            f"{listed(allowed)}. Choose another target or objective."
        )
    if kind == "number":
        if not dtype.is_numeric():
            raise AtlasError(
                f"The target {quoted(column)} must be a number and holds {dtype}. "
                "Choose a column of numbers, or read it as classes."
            )
        return kind, ()
    most = 2 if kind == "binary" else MOST_CLASSES
    if distinct > most:
        raise AtlasError(
            f"The target {quoted(column)} has {distinct:,} different values, and a {kind} target at most "
            f"{most:,}. Choose another target" + (" or read it as a number." if dtype.is_numeric() else ".")
        )
    text = category_text(table, column).name("label")
    labels = table.execute(table.expression.select(text).distinct())["label"].dropna()
    return kind, tuple(sorted(labels, key=float if dtype.is_numeric() else None))


def _guessed_kind(dtype: ibis.expr.datatypes.DataType, distinct: int, allowed: Sequence[str]) -> str:
    if len(allowed) == 1:
        return allowed[0]
    if distinct == 2:
        return "binary"
    is_number = dtype.is_numeric() and (distinct > NUMBER_DISTINCT or not dtype.is_integer())
    return "number" if is_number else "multiclass"


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


def target_summary(
    data: TrainingData, column: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Return per category the mean of the target and its 95 % interval, (n,) and (n, 2).

    The mean of a number with its normal interval, or the share of the second class with Wilson's
    score interval (1927); NaN where there is no row, or one row of a number. None for several classes.
    """
    if data.target.kind == "multiclass":
        return None
    size = len(data.vocabularies[column])
    counts = data.rows.counts
    is_number = data.target.kind == "number"
    value = (data.rows.numbers if is_number else data.rows.codes)[data.target.column].astype(np.float64)
    # Squares of numbers far from 0, such as years or timestamps, would leave nothing of the variance.
    shift = np.average(value, weights=counts) if is_number else 0.0
    value -= shift
    rows, total, squares = np.zeros((3, size))
    for name, vocabulary in data.vocabularies.items():
        if vocabulary is data.vocabularies[column]:
            codes = data.rows.codes[name]
            rows += np.bincount(codes, counts, minlength=size)
            total += np.bincount(codes, counts * value, minlength=size)
            squares += np.bincount(codes, counts * value**2, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / rows
        if is_number:
            variance = np.maximum(squares / rows - mean**2, 0) * rows / (rows - 1)
            reach = 1.96 * np.sqrt(variance / rows)
            mean += shift
            return mean, np.stack([mean - reach, mean + reach], axis=1)
        centre = (mean + 1.96**2 / (2 * rows)) / (1 + 1.96**2 / rows)
        reach = 1.96 / (1 + 1.96**2 / rows) * np.sqrt(mean * (1 - mean) / rows + 1.96**2 / (4 * rows**2))
        return mean, np.stack([centre - reach, centre + reach], axis=1)


def _count_rows(
    table: Table,
    vocabularies: dict[str, Vocabulary],
    target: str,
    kind: str,
    classes: tuple[str, ...],
    *,
    aggregate: bool,
    max_rows: int,
    seed: int,
) -> CountedRows:
    value = column_values(table, target).cast("float64") if kind == "number" else category_text(table, target)
    names = {column: f"input_{i}" for i, column in enumerate(vocabularies)}
    texts = {name: category_text(table, column) for column, name in names.items()}
    wanted = table.expression.select(**texts, target=value)
    known = wanted.filter(wanted["target"].notnull())
    if kind == "number":
        known = known.filter(~known["target"].isnan() & ~known["target"].isinf())
    notes = []
    seen, kept = table.n_rows, _rows_in(table, known)
    if kept < seen:
        notes.append(f"{seen - kept:,} of {seen:,} rows have no {quoted(target)} and are left out.")

    def counted(rows: ibis.Table) -> ibis.Table:
        if not aggregate:
            return rows.mutate(rows=ibis.literal(1, "int64"))
        return rows.group_by([*names.values(), "target"]).aggregate(rows=lambda group: group.count())

    chosen = counted(known)
    if kept > max_rows and (not aggregate or _rows_in(table, chosen) > max_rows):
        notes.append(f"A random sample of about {max_rows:,} of {kept:,} rows is trained on.")
        chosen = counted(known.sample(max_rows / kept, method="row", seed=seed))
    frame = table.execute(chosen)
    if frame.empty:
        raise AtlasError(
            f"No row is left to learn {quoted(target)} from: {kept:,} of {seen:,} rows have a value that can "
            f"be used, and about {max_rows:,} were to be taken. Choose another target or a larger max_rows."
        )
    codes = {column: encode(vocabularies[column], frame[name]) for column, name in names.items()}
    numbers: dict[str, npt.NDArray[np.float64]] = {}
    if kind == "number":
        numbers[target] = frame["target"].to_numpy(np.float64)
    else:
        codes[target] = pd.Index(classes).get_indexer(pd.Index(frame["target"])).astype(np.int32)
    counts = frame["rows"].to_numpy(np.int64)
    if aggregate:
        # Engines answer a group-by in any order, and pooled categories make rows equal again.
        codes, numbers, counts = _merged(codes, numbers, counts)
    return CountedRows(codes, numbers, counts, tuple(notes))


def _rows_in(table: Table, expression: ibis.Table) -> int:
    return int(table.execute(expression.aggregate(n=expression.count()))["n"].iloc[0])


def _merged(
    codes: dict[str, npt.NDArray[np.int32]], numbers: dict[str, npt.NDArray[np.float64]], counts: Counts
) -> tuple[dict[str, npt.NDArray[np.int32]], dict[str, npt.NDArray[np.float64]], Counts]:
    columns: dict[str, npt.NDArray[Any]] = {**codes, **numbers}
    order = np.lexsort([*reversed(columns.values())])
    changes = np.zeros(len(order), bool)
    changes[:1] = True
    for values in columns.values():
        changes[1:] |= np.diff(values[order]) != 0
    starts = np.flatnonzero(changes)
    return (
        {name: values[order][starts] for name, values in codes.items()},
        {name: values[order][starts] for name, values in numbers.items()},
        np.add.reduceat(counts[order], starts) if len(starts) else counts,
    )


def _scaled(target: Target, rows: CountedRows, training: Counts, *, centred: bool) -> Target:
    if target.kind != "number":
        return target
    values = rows.numbers[target.column]
    mean = float(np.average(values, weights=training))
    scale = float(np.sqrt(np.average((values - mean) ** 2, weights=training)))
    if np.ptp(values[training > 0]) == 0 or not scale > 0:
        raise AtlasError(
            f"The target {quoted(target.column)} is always {mean:g} in the training part, and there is nothing to "
            "learn from it. Choose another target."
        )
    return Target(target.column, target.kind, (), mean if centred else 0.0, scale)
