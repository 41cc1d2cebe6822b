"""What is predicted: how a target column is read, and what it is per category."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.profile.columns import is_amount
from embed_core.tables.table import Table
from embed_core.types import WEIGHT, CountedRows, Target, TrainingData

MOST_CLASSES = 4_096


def describe_target(
    table: Table,
    column: str,
    *,
    target_kind: str = "auto",
    allowed: Sequence[str],
    labels: "pd.Series[str] | None" = None,
) -> tuple[str, tuple[str, ...]]:
    """Return the kind of a target and its classes, in the order of their codes.

    A ``target_kind`` of ``"log number"`` or ``"count"`` is a number here.

    Args:
        table: where it is.
        column: the target.
        target_kind: one of those that are allowed, or ``"auto"``.
        allowed: the kinds that the model can learn.
        labels: the texts that a column of texts holds, some perhaps several times, where they are known.

    Raises:
        AtlasError: there is no such column, it has one value or too many classes, or is not what the model can
            learn.
    """
    if column in table.report.bags:
        raise AtlasError(
            f"The cells of {quoted(column)} are read as several values each, and a target has one in each row. Choose "
            "another target, or read its cells as one value."
        )
    values = table.values(column)
    dtype = values.type()
    if labels is not None:
        labels = labels.dropna().drop_duplicates()
    elif dtype.is_string():  # few classes are all in one answer; of more, only their number is wanted
        found = table.expression.select(table.texts(column).name("label")).distinct().limit(MOST_CLASSES + 2)
        few = table.execute(found)["label"].dropna()
        labels = few if len(few) <= MOST_CLASSES else None
    if labels is not None:
        distinct = len(labels)
    else:
        distinct = int(table.execute(table.expression.aggregate(n=values.nunique()))["n"].iloc[0])
    if distinct < 2:
        raise AtlasError(
            f"The target {quoted(column)} has {distinct} different value{'' if distinct == 1 else 's'}, and there "
            "must be at least 2 to learn from. Choose another target."
        )
    kind = "number" if target_kind == "count" else target_kind.removeprefix("log ")
    if kind == "auto":
        kind = _guessed_kind(dtype, distinct, allowed)
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
    if labels is None:
        text = table.texts(column).name("label")
        labels = table.execute(table.expression.select(text).distinct())["label"].dropna()
    return kind, tuple(sorted(labels, key=float if dtype.is_numeric() else None))


def _guessed_kind(dtype: ibis.expr.datatypes.DataType, distinct: int, allowed: Sequence[str]) -> str:
    if len(allowed) == 1:
        return allowed[0]
    if distinct == 2:
        return "binary"
    is_number = dtype.is_numeric() and is_amount(distinct, whole=dtype.is_integer())
    return "number" if is_number else "multiclass"


def scaled_target(target: Target, rows: CountedRows, training: npt.NDArray[Any], *, centered: bool) -> Target:
    """Return a number's target with the mean and the scale of the training part; others as they are.

    The scale of a count is its overall rate.

    Raises:
        AtlasError: the number does not vary in the training part, or has no logarithm.
    """
    if target.kind != "number":
        return target
    values = rows.numbers[target.column]
    if target.log:
        if values.min() <= -1:
            raise AtlasError(
                f"The target {quoted(target.column)} is to be learned as log(1 + number) and holds {values.min():g}: "
                "every value must be above -1. Read it as a plain number."
            )
        values = np.log1p(values)
    mean = float(np.average(values, weights=training))
    scale = float(np.sqrt(np.average((values - mean) ** 2, weights=training)))
    if np.ptp(values[training > 0]) == 0 or not scale > 0:
        raise AtlasError(
            f"The target {quoted(target.column)} is always {mean:g} in the training part, and there is nothing to "
            "learn from it. Choose another target."
        )
    if target.count:
        return dataclasses.replace(target, scale=mean)
    return dataclasses.replace(target, offset=mean if centered else 0.0, scale=scale)


def target_summary(
    data: TrainingData, column: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Return per category the mean of the target and its 95 % interval, (n,) and (n, 2).

    The mean of a number with its normal interval, or the share of the second class with Wilson's
    score interval (1927); NaN where there is no row, or one row of a number. None for several classes, or
    without a target.
    """
    if data.target is None or data.target.kind == "multiclass":
        return None
    size = len(data.vocabularies[column])
    counts = data.rows.weighed(data.rows.counts)
    is_number = data.target.kind == "number"
    value = (data.rows.numbers if is_number else data.rows.codes)[data.target.column].astype(np.float64)
    # Squares of numbers far from 0, such as years or timestamps, would leave nothing of the variance.
    shift = np.average(value, weights=counts) if is_number else 0.0
    value -= shift
    rows, total, squares, weights = np.zeros((4, size))
    for name, vocabulary in data.vocabularies.items():
        if vocabulary is data.vocabularies[column]:
            codes = data.rows.codes[name]
            rows += np.bincount(codes, counts, minlength=size)
            total += np.bincount(codes, counts * value, minlength=size)
            squares += np.bincount(codes, counts * value**2, minlength=size)
            weights += np.bincount(codes, data.rows.weighed(counts), minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, spread = total / rows, squares / rows
        if WEIGHT in data.rows.numbers:
            rows = rows**2 / weights  # as many rows of one weight are as certain (L. Kish, 1965)
        if is_number:
            variance = np.maximum(spread - mean**2, 0) * rows / (rows - 1)
            reach = 1.96 * np.sqrt(variance / rows)
            mean += shift
            return mean, np.stack([mean - reach, mean + reach], axis=1)
        center = (mean + 1.96**2 / (2 * rows)) / (1 + 1.96**2 / rows)
        reach = 1.96 / (1 + 1.96**2 / rows) * np.sqrt(mean * (1 - mean) / rows + 1.96**2 / (4 * rows**2))
        return mean, np.stack([center - reach, center + reach], axis=1)
