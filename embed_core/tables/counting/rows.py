"""Distinct rows with their counts: what a training needs of a table of any size."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.bags import taken_apart
from embed_core.tables.counting.bags import encoded, separators, spread
from embed_core.tables.counting.distinct import merged
from embed_core.tables.counting.features import Feature, features
from embed_core.tables.counting.resampling import split_rows
from embed_core.tables.counting.selection import left_out_notes, sample, sample_note
from embed_core.tables.counting.target import describe_target, scaled_target
from embed_core.tables.counting.vocabulary import count_vocabulary, encode, pooled_notes
from embed_core.tables.counting.weights import carried, counted_rows, counts_of, of_each, with_weights
from embed_core.tables.table import Table
from embed_core.types import Bags, CountedRows, Target, TrainingData, Vocabulary


def count_training_data(
    table: Table,
    inputs: Sequence[str],
    target: str,
    *,
    target_kinds: Sequence[str],
    target_kind: str = "auto",
    others: Sequence[str] | None = (),
    exposure: str | None = None,
    centered: bool = True,
    allow_negative: bool = True,
    paired: bool = False,
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
            to 20 different values and text are multi-class; other numbers are numbers. ``"log number"`` learns
            log(1 + number), ``"count"`` the rate of what cannot be negative.
        exposure: what a count in the table was divided by.
        others: more inputs, each with a vocabulary of its own or a number; None takes all that are suitable.
        centered: whether a number is measured from its mean (otherwise from 0).
        allow_negative: whether a number may be below 0, which a distance may not.
        paired: whether rows are split by the pair of the two inputs, whose rows go together.
        min_frequency: see `count_vocabulary`.
        validation_share: share of the rows drawn for validation, without replacement.
        aggregate: False keeps every row as it is, in order, with a count of 1.
        max_rows: when more (distinct) rows than this would leave the engine, rows are sampled.
        seed: of the sample and the split.

    Raises:
        AtlasError: a column is not there, cannot be embedded, or cannot be predicted.
    """
    table.require(*inputs, target)
    wanted_kind: dict[str, Any] = {"target_kind": target_kind, "allowed": target_kinds}
    # The classes of a text are among what is counted anyway.
    is_text = table.values(target).type().is_string()
    kind, classes = ("multiclass", ()) if is_text else describe_target(table, target, **wanted_kind)
    notes: list[str] = []
    more: list[Feature] = []
    if others is None or others:
        table, more, notes = features(table, others, without=(*inputs, target), binned=False)
    numeric = [feature.name for feature in more if feature.kind == "number"]
    asked = _Asked.of(table, (*inputs, *(f.name for f in more if f.kind == "levels")), numeric, target, kind)
    whole = _whole(table, asked, max_rows) if aggregate else None
    if is_text:
        labels = None if whole is None else whole["target"]
        kind, classes = describe_target(table, target, labels=labels, **wanted_kind)
    counted = asked.frequencies(whole, table.report.bags) if whole is not None else None
    vocabulary = count_vocabulary(table, tuple(inputs), min_frequency=min_frequency, counted=counted)
    vocabularies = dict.fromkeys(inputs, vocabulary)
    for feature in more:
        if feature.kind == "levels":
            found = count_vocabulary(
                table, (feature.name,), min_frequency=min_frequency, embedded=False, counted=counted
            )
            if len(found) > 1:
                vocabularies[feature.name] = found
    bags = separators(table, list(vocabularies))
    _require_one_each(bags, paired=paired, aggregate=aggregate)
    rows, found_bags = _count_rows(
        table, vocabularies, asked, classes, whole, bags, aggregate=aggregate, max_rows=max_rows, seed=seed
    )
    joint, rows = (rows, spread(rows, found_bags)) if bags else (None, rows)
    is_count = target_kind == "count"
    if (is_count or not allow_negative) and rows.numbers[target].min() < 0:
        raise AtlasError(
            f"The column {quoted(target)} holds negative numbers, such as {rows.numbers[target].min():g}, and a "
            f"{'count' if is_count else 'distance'} cannot be negative. Choose another target or objective."
        )
    data = TrainingData(
        vocabularies,
        rows,
        rows.counts,
        np.zeros_like(rows.counts),
        None,
        paired=paired,
        joint=joint,
        bags=found_bags,
        table_rows=table.n_rows,
    )
    data = split_rows(data, share=validation_share, seed=seed)
    wanted = Target(
        target, kind, classes, log=target_kind == "log number", count=is_count, exposure=exposure or ""
    )
    learned = rows.weighed(data.training)
    described = scaled_target(wanted, rows, learned, centered=centered)
    notes += pooled_notes(vocabulary, min_frequency)
    return dataclasses.replace(
        data,
        target=described,
        features={name: _spread(rows.numbers[name], learned) for name in numeric},
        notes=(*rows.notes, *notes),
    )


def _require_one_each(bags: Mapping[str, str], *, paired: bool, aggregate: bool) -> None:
    """Refuse cells of several values where a row must have one.

    Raises:
        AtlasError: there are some.
    """
    if bags and (paired or not aggregate):
        why = "a distance is between two things" if paired else "aggregate=False keeps every row as it is"
        raise AtlasError(
            f"The cells of {listed(bags)} are read as several values each, and {why}. Read them as one value, "
            "or choose " + ("other columns." if paired else "aggregate=True.")
        )


def _spread(values: npt.NDArray[np.float64], counts: npt.NDArray[Any]) -> tuple[float, float]:
    """Return mean and standard deviation over the rows in which a number is known; 1 for one that is constant."""
    known = np.isfinite(values) & (counts > 0)
    if not known.any():
        return 0.0, 1.0
    mean = float(np.average(values[known], weights=counts[known]))
    deviation = float(np.sqrt(np.average((values[known] - mean) ** 2, weights=counts[known])))
    return mean, deviation or 1.0


@dataclass(frozen=True)
class _Asked:
    """The columns that are counted, as their engine is asked for them.

    Attributes:
        texts: the name of each categorical column in ``rows``.
        numbers: the name of each number.
        target: the column to predict, which is ``target`` in ``rows``.
        kind: of the target.
        rows: all rows of the table.
    """

    texts: dict[str, str]
    numbers: dict[str, str]
    target: str
    kind: str
    rows: ibis.Table

    @classmethod
    def of(
        cls, table: Table, columns: Sequence[str], numeric: Sequence[str], target: str, kind: str
    ) -> "_Asked":
        texts = {column: f"input_{place}" for place, column in enumerate(columns)}
        numbers = {column: f"number_{place}" for place, column in enumerate(numeric)}
        values: dict[str, ibis.Value] = {name: table.keys(column) for column, name in texts.items()}
        values |= {name: table.numbers(column) for column, name in numbers.items()}
        value = table.numbers(target) if kind == "number" else table.keys(target)
        return cls(
            texts, numbers, target, kind, table.expression.select(**values, target=value, **carried(table))
        )

    def execute(self, table: Table, rows: ibis.Table) -> pd.DataFrame:
        """Return rows, or groups of them, with the texts of what is categorical."""
        categorical = {name: column for column, name in self.texts.items()}
        if self.kind != "number":
            categorical["target"] = self.target
        return table.execute(table.with_texts(rows, categorical))

    def grouped(self, rows: ibis.Table) -> ibis.Table:
        """Return the distinct ones of some rows with their counts."""
        names = [*self.texts.values(), *self.numbers.values(), "target"]
        return rows.group_by(names).aggregate(**counted_rows(rows))

    def frequencies(self, whole: pd.DataFrame, bags: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        """Return how many rows have each text of a column, of all distinct rows; each of several in a cell."""
        counted = {
            column: whole[[name, "rows"]].set_axis(["label", "rows"], axis=1)
            for column, name in self.texts.items()
        }
        return {
            column: taken_apart(
                found.groupby("label", as_index=False, dropna=False).sum(), {"label": bags[column]}
            )
            if column in bags
            else found
            for column, found in counted.items()
        }


def _whole(table: Table, asked: _Asked, most: int) -> pd.DataFrame | None:
    """Return all distinct rows with their counts, those without a target too; None where they are too many.

    Everything else that is to be known of the columns is in them: the engine reads its rows once.
    """
    frame = asked.execute(table, asked.grouped(asked.rows).limit(most + 1))
    return frame if len(frame) <= most else None


def _count_rows(
    table: Table,
    vocabularies: dict[str, Vocabulary],
    asked: _Asked,
    classes: tuple[str, ...],
    whole: pd.DataFrame | None,
    separators: Mapping[str, str],
    *,
    aggregate: bool,
    max_rows: int,
    seed: int,
) -> tuple[CountedRows, dict[str, Bags]]:
    target, notes = asked.target, []
    if whole is not None:
        frame = whole[whole["target"].notna()]
        kept = int(frame["rows"].sum())
    else:
        known = asked.rows.filter(asked.rows["target"].notnull())
        there = table.count(known)
        kept = int(table.execute(known.aggregate(**counted_rows(known)))["rows"].iloc[0])

        def counted(rows: ibis.Table) -> ibis.Table:
            return asked.grouped(rows) if aggregate else rows.mutate(**of_each(rows))

        chosen = counted(known)
        if there > max_rows and (not aggregate or table.count(chosen) > max_rows):
            notes.append(sample_note(max_rows, of=there, use="trained on"))
            chosen = counted(sample(known, most=max_rows, of=there, seed=seed, in_order=not aggregate))
        frame = asked.execute(table, chosen)
    if frame.empty:
        raise AtlasError(
            f"No row is left to learn {quoted(target)} from: {kept:,} of {table.n_rows:,} rows have a value that can "
            f"be used, and about {max_rows:,} were to be taken. Choose another target or a larger max_rows."
        )
    notes = [*left_out_notes(table.n_rows, kept, [target]), *notes]
    codes, bags = {}, {}
    for column, vocabulary in vocabularies.items():
        cells = frame[asked.texts[column]]
        if column in separators:
            codes[column], bags[column] = encoded(vocabulary, cells, separators[column])
        else:
            codes[column] = encode(vocabulary, cells)
    numbers = {
        column: frame[name].to_numpy(np.float64, na_value=np.nan) for column, name in asked.numbers.items()
    }
    if asked.kind == "number":
        numbers[target] = frame["target"].to_numpy(np.float64)
    else:
        codes[target] = pd.Index(classes).get_indexer(pd.Index(frame["target"])).astype(np.int32)
    counts = counts_of(frame)
    if aggregate:
        # Engines answer a group-by in any order, and pooled categories make rows equal again.
        codes, numbers, counts = merged(codes, numbers, counts)
    return dataclasses.replace(with_weights(codes, numbers, counts), notes=tuple(notes)), bags
