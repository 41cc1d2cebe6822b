"""Counts that are redrawn are what redrawing the rows of the table would give."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from embed_core.tables.counting import resampling
from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.resampling import halves, shuffled, split_context, split_counts
from embed_core.tables.counting.rows import count_training_data
from embed_core.tables.reading.read import read_table
from embed_core.types import CATEGORY, HEAD, LEVEL, CountedRows, TrainingData


def planted(rows: int = 3_000) -> pd.DataFrame:
    """Return a table in which everything has to do with the category."""
    rng = np.random.default_rng(0)
    code = rng.choice(5, rows, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    to = rng.integers(0, 5, rows)
    return pd.DataFrame(
        {
            "c": np.array(list("abcde"))[code],
            "to": np.array(list("abcde"))[to],
            "way": np.where(rng.random(rows) < 0.1 + 0.2 * code, "air", "road"),
            "size": np.array(list("SMLX"))[(code + rng.integers(0, 2, rows)) % 4],
            "late": np.where(rng.random(rows) < 0.2 * code, "yes", "no"),
            "hours": (10.0 * code + rng.integers(0, 5, rows)).round(1),
            "km": 100.0 * np.abs(code - to),
        }
    )


def counted(kind: str, frame: pd.DataFrame | None = None) -> TrainingData:
    table = read_table(planted() if frame is None else frame)
    kinds = ("binary", "multiclass", "number")
    if kind in ("stacked", "rows"):
        aggregate = kind == "stacked"
        return count_context(table, "c", ("way", "size"), validation_share=0, aggregate=aggregate, splits=3)
    inputs, target, options = {
        "target": (("c",), "late", {}),
        "number": (("c",), "hours", {}),
        "distance": (("c", "to"), "km", {"centered": False, "target_kinds": ("number",)}),
        "entity": (("c",), "late", {"others": ("way", "hours")}),
        "entity with a partner": (("c", "to"), "late", {"others": ("way",)}),
    }[kind]
    given: dict[str, Any] = {"target_kinds": kinds, "validation_share": 0}
    return count_training_data(table, inputs, target, **(given | options))


ALL = ["stacked", "rows", "target", "number", "distance", "entity", "entity with a partner"]


def columns(data: TrainingData) -> pd.DataFrame:
    """Return the counted rows as a frame with one row for each row of the table (for each table, if stacked)."""
    frame = pd.DataFrame(
        {**data.rows.codes, **{f"number {name}": v for name, v in data.rows.numbers.items()}}
    )
    return frame.loc[np.repeat(frame.index, data.training)].reset_index(drop=True)


def chance(one: Any, other: Any) -> float:
    """Return how far the chi-square of two columns is from what chance gives, in standard deviations."""
    found = chi2_contingency(pd.crosstab(one, other), correction=False)
    return float((found.statistic - found.dof) / np.sqrt(2 * found.dof))


def per_category(rows: CountedRows, counts: np.ndarray) -> list[list[int]]:
    return [
        np.bincount(rows.codes[CATEGORY][here], counts[here].astype(float), minlength=5).astype(int).tolist()
        for here in (rows.codes[HEAD] == head for head in np.unique(rows.codes[HEAD]))
    ]


# The split of rows


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(0, 50), min_size=1, max_size=20).filter(any),
    share=st.floats(0, 0.9),
    seed=st.integers(0, 1000),
)
def test_a_split_draws_the_share_and_loses_nothing(counts: list[int], share: float, seed: int) -> None:
    given = np.array(counts)
    training, validation = split_counts(given, share=share, seed=seed)
    np.testing.assert_array_equal(training + validation, given)
    assert training.min() >= 0 <= validation.min()
    assert validation.sum() == min(round(share * given.sum()), given.sum() - 1)
    np.testing.assert_array_equal(split_counts(given, share=share, seed=seed)[1], validation)


def test_a_split_is_distributed_like_a_random_split_of_the_rows() -> None:
    counts, share, draws = np.array([1, 4, 20, 75]), 0.3, 2_000
    drawn = np.array([split_counts(counts, share=share, seed=seed)[1] for seed in range(draws)])
    total = counts.sum()
    variance = share * counts * (1 - counts / total) * (1 - share) * total / (total - 1)
    z = (drawn.mean(axis=0) - share * counts) / np.sqrt(variance / draws)
    assert np.abs(z).max() < 4
    np.testing.assert_allclose(drawn.var(axis=0), variance, rtol=0.15)


def test_without_a_share_everything_is_trained_on() -> None:
    counts = np.array([3, 1])
    training, validation = split_counts(counts, share=0.0, seed=0)
    assert training.tolist() == [3, 1]
    assert validation.tolist() == [0, 0]


def test_more_rows_than_numpy_can_draw_from_are_split_too() -> None:
    counts = np.array([3_000_000_000, 10])
    training, validation = split_counts(counts, share=0.2, seed=0)
    np.testing.assert_array_equal(training + validation, counts)
    assert validation.sum() == pytest.approx(0.2 * counts.sum(), rel=1e-3)


# The split of count tables that stand one under the other


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_every_head_has_the_same_rows_of_each_category_in_both_parts(share: float) -> None:
    rows = counted("stacked").rows
    training, validation = split_context(rows, share=share, seed=3)
    np.testing.assert_array_equal(training + validation, rows.counts)
    assert min(training.min(), validation.min()) >= 0
    for part in (training, validation):
        first, second = per_category(rows, part)
        assert first == second
    assert sum(per_category(rows, validation)[0]) == round(share * 3_000)
    np.testing.assert_array_equal(split_context(rows, share=share, seed=3)[1], validation)
    assert (split_context(rows, share=share, seed=4)[1] != validation).any()


def test_count_tables_are_split_as_a_random_split_of_the_rows_would() -> None:
    rows, share, draws = counted("stacked", planted(200)).rows, 0.3, 2_000
    drawn = np.array([split_context(rows, share=share, seed=seed)[1] for seed in range(draws)])
    # Each cell of each table is drawn hypergeometrically from the 200 rows.
    variance = share * rows.counts * (1 - rows.counts / 200) * (1 - share) * 200 / 199
    z = (drawn.mean(axis=0) - share * rows.counts) / np.sqrt(variance / draws)
    assert np.abs(z).max() < 4
    np.testing.assert_allclose(drawn.var(axis=0), variance, rtol=0.2)


def test_more_rows_than_numpy_can_draw_from_are_split_alike_in_every_table() -> None:
    codes = {
        HEAD: np.array([0, 0, 0, 1, 1], np.int32),
        CATEGORY: np.array([0, 0, 1, 0, 1], np.int32),
        LEVEL: np.array([0, 1, 0, 0, 0], np.int32),
    }
    rows = CountedRows(codes, {}, np.array([3_000_000_000, 1, 5, 3_000_000_001, 5]))
    for seed in range(300):
        training, validation = split_context(rows, share=0.2, seed=seed)
        first, second = per_category(rows, validation)
        assert first == second
        assert min(training.min(), validation.min()) >= 0


def test_without_a_share_count_tables_are_not_split() -> None:
    rows = counted("stacked").rows
    training, validation = split_context(rows, share=0.0, seed=0)
    np.testing.assert_array_equal(training, rows.counts)
    assert not validation.any()


# Halves


@pytest.mark.parametrize("kind", ALL)
def test_every_row_is_in_one_of_two_halves(kind: str) -> None:
    data = counted(kind)
    first, second = halves(data, 0, seed=1)
    np.testing.assert_array_equal(first.training + second.training, data.rows.counts)
    assert min(first.training.min(), second.training.min()) >= 0
    assert not first.validation.any() and not second.validation.any()
    total = data.rows.counts.sum()
    assert abs(first.training.sum() - total / 2) < 4 * np.sqrt(total) / 2 * (2 if data.stacked else 1)
    again, other = halves(data, 0, seed=1)[0], halves(data, 1, seed=1)[0]
    np.testing.assert_array_equal(again.training, first.training)
    assert (other.training != first.training).any()
    if data.stacked:
        one, another = per_category(data.rows, first.training)
        assert one == another


@pytest.mark.parametrize("kind", ["target", "distance"])
def test_a_half_is_distributed_like_rows_drawn_by_a_coin(kind: str) -> None:
    data, draws = counted(kind, planted(200)), 2_000
    drawn = np.array([halves(data, split, seed=0)[0].training for split in range(draws)])
    variance = data.rows.counts / 4
    z = (drawn.mean(axis=0) - data.rows.counts / 2) / np.sqrt(variance / draws)
    assert np.abs(z).max() < 4.5
    np.testing.assert_allclose(drawn.var(axis=0), variance, rtol=0.25)


# The shuffled control


@pytest.mark.parametrize("kind", ALL)
def test_a_shuffled_control_keeps_how_often_everything_occurs(kind: str) -> None:
    data = counted(kind)
    before, after = columns(data), columns(shuffled(data, "c", seed=0))
    assert len(before) == len(after)
    for name in before:
        assert before[name].value_counts().to_dict() == after[name].value_counts().to_dict()
    if data.stacked:
        for one, other in (("head", "category"), ("head", "level")):
            assert pd.crosstab(before[one], before[other]).equals(pd.crosstab(after[one], after[other]))


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("stacked", "level"),
        ("rows", "way"),
        ("rows", "size"),
        ("target", "late"),
        ("number", "number hours"),
        ("entity", "late"),
        ("entity", "way"),
        ("entity", "number hours"),
        ("entity with a partner", "late"),
    ],
)
def test_in_a_shuffled_control_a_category_says_nothing(kind: str, other: str) -> None:
    data = counted(kind)
    for part, mixed in zip(
        tables_of(data, columns(data)), tables_of(data, columns(shuffled(data, "c", seed=0))), strict=True
    ):
        column = "category" if data.stacked else "c"
        assert chance(part[column], part[other]) > 20, "the planted association is there"
        assert abs(chance(mixed[column], mixed[other])) < 4


def tables_of(data: TrainingData, frame: pd.DataFrame) -> list[pd.DataFrame]:
    return [part for _, part in frame.groupby("head")] if data.stacked else [frame]


@pytest.mark.parametrize("kind", ["distance", "entity with a partner"])
def test_columns_that_share_a_vocabulary_are_dealt_out_as_pairs(kind: str) -> None:
    frame = planted()
    frame["to"] = frame["c"].where(np.random.default_rng(1).random(len(frame)) < 0.7, frame["to"])
    data = counted(kind, frame)
    before, after = columns(data), columns(shuffled(data, "c", seed=0))
    assert pd.crosstab(before["c"], before["to"]).equals(pd.crosstab(after["c"], after["to"]))
    pairs, other = after["c"] * 5 + after["to"], "number km" if kind == "distance" else "late"
    assert abs(chance(pairs, after[other])) < 4 < chance(before["c"] * 5 + before["to"], before[other])


def test_what_the_other_columns_say_of_the_target_is_left_to_them() -> None:
    data = counted("entity")
    before, after = columns(data), columns(shuffled(data, "c", seed=0))
    others = ["way", "late", "number hours"]
    assert before[others].value_counts().to_dict() == after[others].value_counts().to_dict()


def test_a_shuffled_control_counts_its_distinct_rows() -> None:
    frame = planted().assign(hours=lambda frame: frame["hours"].where(frame["hours"] > 8) + 0.5)
    data = shuffled(counted("entity", frame), "c", seed=0)
    assert np.isnan(data.rows.numbers["hours"]).any()
    table = pd.DataFrame({**data.rows.codes, **data.rows.numbers})
    assert not table.duplicated().any()
    assert data.training.sum() == 3_000
    assert data.training is data.rows.counts or (data.training == data.rows.counts).all()


def test_the_same_seed_deals_the_same_and_another_seed_another_deal() -> None:
    data = counted("target")
    one, again, other = (shuffled(data, "c", seed=seed).training.tolist() for seed in (0, 0, 1))
    assert one == again != other


@pytest.mark.parametrize("kind", ["target", "stacked"])
def test_of_very_many_rows_some_are_dealt_out(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "MOST_SHUFFLED", 500)
    data = shuffled(dataclasses.replace(counted(kind), joint=None), "c", seed=0)
    assert data.training.sum() == 500
