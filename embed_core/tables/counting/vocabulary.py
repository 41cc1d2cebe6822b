"""Which categories a column has, and the code of each."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.bags import taken_apart
from embed_core.tables.counting.weights import carried, counted_rows
from embed_core.tables.profile.columns import hardly_repeats
from embed_core.tables.table import Table
from embed_core.types import MISSING, RARE, Codes, Vocabulary


def count_vocabulary(
    table: Table,
    columns: tuple[str, ...],
    *,
    min_frequency: int = 1,
    embedded: bool = True,
    counted: Mapping[str, pd.DataFrame] | None = None,
) -> Vocabulary:
    """Count the categories of one column, or of several that share a vocabulary.

    Args:
        table: where they are.
        columns: the first names the vocabulary; support is summed over all.
        min_frequency: categories with fewer rows are pooled into *(rare)*; missing values never are.
        embedded: whether the categories are what is looked at; False takes columns of any kind.
        counted: the `frequencies` of the columns, where they are known; a label may come more than once.

    Raises:
        AtlasError: an embedded column has one category only, looks like an identifier, or pools into nothing; or
            columns that are to share a vocabulary have no category in common.
    """
    found = [counted[column] if counted else frequencies(table, column) for column in columns]
    _require_shared(columns, found)
    counts, missing = _sorted(pd.concat(found))
    if embedded:
        _require_repeats(columns, counts, min_frequency)
    vocabulary = _pooled(columns[0], counts, missing, (counts["rows"] >= min_frequency).to_numpy())
    if embedded and len(vocabulary) < 2:
        raise AtlasError(
            f"The column {quoted(columns[0])} has {len(vocabulary)} "
            + ("category" if min_frequency == 1 else f"category left with min_frequency {min_frequency}")
            + ", and an embedding compares at least 2. Choose another column"
            + (" or a smaller min_frequency." if min_frequency > 1 else ".")
        )
    return vocabulary


def pooled_notes(vocabulary: Vocabulary, min_frequency: int) -> list[str]:
    """Return a sentence on the categories that were pooled; nothing when none were."""
    if not vocabulary.pooled:
        return []
    return [f"{vocabulary.pooled:,} categories with fewer than {min_frequency:,} rows are pooled into one."]


def frequencies(table: Table, column: str) -> pd.DataFrame:
    """Count the rows of each text of a column: ``label``, missing where there is none, and ``rows``.

    A row whose cell holds several values counts for each; a label may then come more than once.

    Raises:
        AtlasError: there is no such column.
    """
    rows = table.expression.select(label=table.keys(column), **carried(table))
    found = table.execute(
        table.with_texts(rows.group_by("label").aggregate(**counted_rows(rows)), {"label": column})
    )
    return taken_apart(found, {"label": table.report.bags[column]}) if column in table.report.bags else found


def levels(column: str, counted: pd.DataFrame, *, most: int) -> Vocabulary:
    """Return the levels of a column that is not embedded: all past the ``most`` frequent ones are pooled.

    Args:
        column: its name.
        counted: ``label`` and ``rows``, as of `frequencies`; a label may come more than once.
        most: how many levels are kept.
    """
    counts, missing = _sorted(counted)
    return _pooled(column, counts, missing, np.arange(len(counts)) < most)


def _sorted(counted: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return labels with their rows, in a vocabulary's order, and the rows without a value."""
    missing = int(counted.loc[counted["label"].isna(), "rows"].sum())
    counts = counted.dropna().groupby("label", sort=False)["rows"].sum().reset_index()
    return counts.sort_values(["rows", "label"], ascending=[False, True], kind="stable"), missing


def _pooled(column: str, counts: pd.DataFrame, missing: int, frequent: npt.NDArray[np.bool_]) -> Vocabulary:
    labels, support = counts.loc[frequent, "label"].tolist(), counts.loc[frequent, "rows"].tolist()
    pooled = counts.loc[~frequent, "rows"]
    places: dict[str, int | None] = {RARE: None, MISSING: None}
    for label, rows in ((RARE, int(pooled.sum())), (MISSING, missing)):
        if rows:
            places[label] = len(labels)
            labels.append(_free_label(label, labels))
            support.append(rows)
    return Vocabulary(
        column, tuple(labels), np.array(support, np.int64), places[RARE], places[MISSING], len(pooled)
    )


def encode(vocabulary: Vocabulary, values: "pd.Series[str]") -> Codes:
    """Return the code of each value; missing and pooled values get those of their categories."""
    # Each different value is looked up once.
    places, different = pd.factorize(values)
    found = pd.Index(vocabulary.named, dtype=object).get_indexer(pd.Index(different).astype(object))
    missing = places < 0
    codes: npt.NDArray[np.intp] = np.append(found, -1)[places]
    for place, chosen in ((vocabulary.rare, (codes < 0) & ~missing), (vocabulary.missing, missing)):
        if chosen.any():
            assert place is not None, "the vocabulary was counted on another table"
            codes[chosen] = place
    return codes.astype(np.int32)


def _require_shared(columns: tuple[str, ...], counted: list[pd.DataFrame]) -> None:
    first = set(counted[0]["label"].dropna())
    for column, other in zip(columns[1:], counted[1:], strict=True):
        if first.isdisjoint(other["label"].dropna()):
            raise AtlasError(
                f"The columns {quoted(columns[0])} and {quoted(column)} have no category in common, so they cannot "
                f"share an embedding: one holds, for instance, {listed(sorted(first), limit=2)}, the other "
                f"{listed(sorted(other['label'].dropna()), limit=2)}. Choose two columns that name the same things."
            )


def _require_repeats(columns: tuple[str, ...], counts: pd.DataFrame, min_frequency: int) -> None:
    distinct, rows = len(counts), int(counts["rows"].sum())
    if min_frequency == 1 and hardly_repeats(distinct, rows):
        raise AtlasError(
            f"The column {quoted(columns[0])} has {distinct:,} different values in {rows:,} rows: it looks like "
            "an identifier. Choose a column whose values repeat, or set min_frequency above 1."
        )


def _free_label(label: str, taken: list[str]) -> str:
    while label in taken:
        label = f"({label})"
    return label
