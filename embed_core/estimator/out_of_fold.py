"""Vectors for rows whose own target they have not seen."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from embed_core.estimator.lookup import Lookup
from embed_core.estimator.values import Rows, Values
from embed_core.learning.config import TrainingConfig
from embed_core.space.embedding import Embedding
from embed_core.space.projections.aligning import laid_over
from embed_core.tables.counting.target import MOST_CLASSES
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.types import Floats, Vocabulary


@dataclass(frozen=True)
class Learned:
    """What the parts of the rows need beside what was learned from all of them.

    Attributes:
        frame: all columns, those that are embedded as texts, and the target.
        table: the same.
        values: of the columns that are embedded.
        names: of those.
        target: the column of what is predicted; None where nothing is.
        settings: of the transformer, see `embed_core.estimator.fitting.settled_settings`.
        configs: the settings of each training, with the prior that was chosen.
    """

    frame: pd.DataFrame
    table: Table
    values: list[Values]
    names: list[str]
    target: str | None
    settings: dict[str, Any]
    configs: dict[str, TrainingConfig]

    def part(self, rows: Rows) -> Table:
        """Return the table of some rows, whose columns are of the kinds that they are in all."""
        part = read_table(self.frame.iloc[rows].reset_index(drop=True))
        return Table(
            part.expression, name=part.name, report=part.report, keep=part, profile=self.table.profile
        )


def side_by_side(lookups: Sequence[Lookup], values: Sequence[Values]) -> Floats:
    """Return the vectors of the values of all columns side by side, float32 (rows, sum of the dimensions)."""
    parts = [lookup.vectors(each) for lookup, each in zip(lookups, values, strict=True)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def in_frame_of(reference: Embedding, e: Embedding, vocabulary: Vocabulary) -> tuple[Embedding, Vocabulary]:
    """Return an embedding that was learned from a part of the rows, turned onto that of all of them.

    Where all of those are 0 so is it, and not what rounding leaves, by which a model could tell the parts. Its
    *(unknown)* vector is that of all rows, which says nothing of single ones: strangers are the same in all parts, and
    what a model learns of them holds for those that come later.
    """
    vectors, _ = laid_over(reference, e)
    return dataclasses.replace(
        e, vectors=vectors * reference.vectors.any(axis=0), unknown=reference.unknown
    ), vocabulary


def folds(target: "pd.Series[Any]", parts: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield the rows to learn from and those left out, classes in equal shares where they have enough rows."""
    from sklearn.model_selection import KFold, StratifiedKFold  # here: a second or two to import

    codes = pd.factorize(target)[0]
    settings: dict[str, Any] = {"n_splits": parts, "shuffle": True, "random_state": seed}
    if (codes >= 0).all() and codes.max() < MOST_CLASSES and np.bincount(codes).min() >= parts:
        yield from StratifiedKFold(**settings).split(codes, codes)
    else:
        yield from KFold(**settings).split(codes)
