"""What a run's vectors know of the columns of its table that they were not learned from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, check_kind, listed, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.space.neighbors.knowledge import CategoryValues, knowledge
from embed_core.tables.counting.by_category import levels_of, means_of
from embed_core.tables.counting.features import suitable
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.run import Run, require_run

# Where so many rows of a column have their category's commonest level, it is taken as a value of the category.
_ONE_LEVEL = 0.99
# Of a column with more levels, the others are taken together.
_MOST_LEVELS = 30
_OTHERS = "all other levels"


def what_vectors_know(table: Any, run: Run, *, about: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return how well the run's vectors tell the values of other columns, best first.

    Args:
        table: what the run was trained on, for its columns that were not learned from: a `Table`, or anything that
            `read_table` takes.
        run: from `train`.
        about: more of the categories, a column for each thing that is known, with the categories as its index
            (default: none).

    Returns:
        See `knowledge`: ``name``, ``kind``, ``level``, ``score`` (R² of a number and of the shares of levels, accuracy
        where each category has one level only), ``chance``, ``p_value``, ``p_adjusted``, ``categories``, ``is_known``.

    >>> from embed_core.training.train import train
    >>> rng = np.random.default_rng(0)
    >>> shop = rng.integers(0, 16, 2_000)
    >>> frame = pd.DataFrame({"shop": [f"s{i}" for i in shop], "late": rng.random(2_000) < (shop % 2) * 0.5 + 0.2})
    >>> frame["size"] = shop % 2 + rng.random(2_000)
    >>> run = train(frame, column="shop", target="late", dimension=2, epochs=30)
    >>> what_vectors_know(frame, run)[["name", "is_known"]].values.tolist()
    [['size', True]]
    """
    embedding = require_run(run).embedding
    table = read_table(table)
    columns = not_learned_from(table, run.config, also=(*run.heads, *run.embeddings, *run.numbers))
    found = category_values(table, run.config, embedding.labels, columns)
    if about is not None:
        check_kind(about, pd.DataFrame, "a table of pandas", way_out="Its index has to be the categories.")
        if not about.index.isin(embedding.labels).any():
            raise AtlasError(
                f"A table about categories has them as its index, and {listed(about.index, limit=3)} are none of "
                f"{quoted(run.config.column)}. Set it with about.set_index(…)."
            )
        found += values_about(about, embedding.labels)
    return knowledge(embedding.vectors, found, metric=embedding.metric)


def not_learned_from(table: Table, config: TrainingConfig, *, also: Sequence[str]) -> list[str]:
    """Return the columns of a table that could tell something and that a run has not learned from.

    Args:
        table: the run's.
        config: its settings.
        also: what was learned from where the settings do not say it: what `context` predicted, and the columns and
            numbers that `entity` took.
    """
    used = {
        config.column,
        config.target,
        config.partner,
        *(config.features or ()),
        *(config.context or ()),
        *also,
    }
    names = suitable(table, without=tuple(used))
    # A time was learned from by its parts, a number in bins.
    return [
        name
        for name in names
        if not any(learned.endswith(f" of {name}") or learned == f"{name} in bins" for learned in also)
    ]


def category_values(
    table: Table, config: TrainingConfig, labels: Sequence[str], columns: Sequence[str]
) -> list[CategoryValues]:
    """Return the mean of each number, and the level of every other column or how often each is there, by category.

    Args:
        table: the run's.
        config: its settings.
        labels: the categories.
        columns: which columns.
    """
    kinds = table.profile().set_index("name")["kind"]
    found = []
    for column in columns:
        if kinds[column] == "time":
            continue
        found.append(
            _means(table, config.column, column, labels)
            if kinds[column] == "number"
            else _levels(table, config.column, column, labels)
        )
    return found


def values_about(about: pd.DataFrame, labels: Sequence[str]) -> list[CategoryValues]:
    """Return the columns of a table about the categories, which are its index.

    Raises:
        AtlasError: a category stands there twice.
    """
    if about.index.has_duplicates:
        twice = about.index[about.index.duplicated()][0]
        raise AtlasError(
            f"A table about categories has a row for each, and {quoted(twice)} has two. Keep one of them."
        )
    matched = about.reindex(list(labels))
    found = []
    for name, values in matched.items():
        if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
            found.append(CategoryValues(str(name), values.to_numpy(np.float64, na_value=np.nan)))
        else:
            texts = [None if pd.isna(value) else str(value) for value in values]
            found.append(CategoryValues.of_texts(str(name), texts))
    return found


def _means(table: Table, column: str, other: str, labels: Sequence[str]) -> CategoryValues:
    values = means_of(table, column, other).reindex(list(labels))
    return CategoryValues(other, values.to_numpy(np.float64, na_value=np.nan))


def _levels(table: Table, column: str, other: str, labels: Sequence[str]) -> CategoryValues:
    """Return the level of each category where hardly any has two, else the shares of the most common levels."""
    frame = levels_of(table, column, other)
    frame = frame[frame["category"].isin(list(labels))]
    own = frame.drop_duplicates("category").set_index("category")
    if len(frame) and own["rows"].sum() >= _ONE_LEVEL * frame["rows"].sum() and own["level"].nunique() > 1:
        texts = own["level"].reindex(list(labels))
        return CategoryValues.of_texts(other, [None if pd.isna(text) else str(text) for text in texts])
    by_level = frame.groupby("level")["rows"].sum()
    names = [str(level) for level in by_level.nlargest(_MOST_LEVELS).index]
    row = {label: number for number, label in enumerate(labels)}
    place = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(labels), len(names) + (len(by_level) > len(names))), np.int64)
    at = frame["category"].map(row), frame["level"].map(place).fillna(len(names)).astype(int)
    np.add.at(counts, at, frame["rows"])
    return CategoryValues(other, counts=counts, level_names=(*names, _OTHERS)[: counts.shape[1]])
