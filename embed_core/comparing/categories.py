"""What sets categories of a run apart, by the other columns of its table: counts, never rows."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.space.groups.enrichment import LevelCounts, distinguishing
from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.weights import weighted
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.run import Run, require_run
from embed_core.types import CATEGORY, HEAD, LEVEL, TrainingData

# Counts kept of a run: 160 MB.
_MOST_CELLS = 20_000_000
_FEWEST_LEVELS = 16
OTHER = "(other levels)"


def what_sets_apart(
    table: Any, run: Run, members: Sequence[str], *, column: str | None = None
) -> pd.DataFrame:
    """Return the levels of the other columns that are more frequent among some categories than among the others.

    Args:
        table: what the run was trained on: a `Table`, or anything that `read_table` takes.
        run: from `train`.
        members: one, or several: the categories, such as those of a cluster.
        column: of a run that embedded several columns, the one that they belong to; None is the run's own.

    Returns:
        A row per level, see `distinguishing`: ``column``, ``level``, ``inside`` and ``outside`` (rows),
        ``share_inside``, ``share_outside``, ``lift``, ``p_value``, ``p_adjusted``, ``bits``. Those with an adjusted
        p-value up to .05 come first: what is above it may be the noise of few rows.

    Raises:
        AtlasError: there is no such category or column, or the table has no other column to count by.

    >>> from embed_core.training.train import train
    >>> shops = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20})
    >>> run = train(shops, column="shop", target="late", dimension=2, epochs=3)
    >>> what_sets_apart(shops, run, ["c"])[["level", "inside", "outside"]].values.tolist()
    [['1', 40, 20]]
    """
    run = require_run(run)
    column = run.config.column if column is None else column
    if column not in run.embeddings:
        raise AtlasError(
            f"The run has no embedding of {quoted(column)}. Choose one of {listed(run.embeddings)}."
        )
    embedding = run.embeddings[column]
    several = [members] if isinstance(members, str) else members
    if not isinstance(several, Iterable):
        raise AtlasError(f"The members are names of categories, one or several; got {quoted(members)}.")
    rows = [embedding.index(member) for member in several]
    table = read_table(table)
    counted = count_levels(table, column, min_frequency=run.config.min_frequency, weight=run.config.weight)
    return distinguishing(counts_by_level(counted, column, embedding.labels), np.array(rows, np.int64))


def count_levels(
    table: Table, column: str, *, min_frequency: int = 1, weight: str | None = None
) -> TrainingData:
    """Count, in the table's engine, how often each category goes with each level of all other suitable columns.

    Args:
        table: the table.
        column: of the categories.
        min_frequency: categories with fewer rows are pooled.
        weight: the column that says how many rows each row stands for, if one does.

    Raises:
        AtlasError: a column is not there or cannot be embedded, or there is no other column.
    """
    if weight is not None:
        table, _ = weighted(table, weight)
    return count_context(table, column, min_frequency=min_frequency, validation_share=0.0)


def counts_by_level(data: TrainingData, column: str, labels: Sequence[str]) -> list[LevelCounts]:
    """Return the stacked counts as a table per other column, in the order of some labels.

    Args:
        data: from `count_levels`; the levels that it pooled are called `OTHER`.
        column: the column of categories.
        labels: those whose counts are wanted; one that was not counted has no rows.
    """
    position = {label: row for row, label in enumerate(labels)}
    rows = np.array([position.get(label, -1) for label in data.vocabularies[column].labels], np.int64)
    most = max(_FEWEST_LEVELS, _MOST_CELLS // (len(labels) * len(data.heads)))
    codes: dict[str, npt.NDArray[np.int32]] = dict(data.rows.codes)
    found = []
    for number, head in enumerate(data.heads):
        is_here = (codes[HEAD] == number) & (rows[codes[CATEGORY]] >= 0)
        levels = [OTHER if code == head.rare else level for code, level in enumerate(head.levels)]
        kept = levels if len(levels) <= most else [*levels[: most - 1], OTHER]
        counts = np.zeros((len(labels), len(kept)), np.int64)
        level = np.minimum(codes[LEVEL][is_here], len(kept) - 1)
        np.add.at(counts, (rows[codes[CATEGORY][is_here]], level), data.rows.counts[is_here])
        found.append(LevelCounts(head.name, kept, counts))
    return found
