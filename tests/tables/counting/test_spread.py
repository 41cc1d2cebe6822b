"""Deciles of many numbers are found without sorting them, and few whole numbers without counting them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from embed_core.tables import table
from embed_core.tables.counting import spread
from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.features import features
from embed_core.tables.counting.spread import deciles, spreads
from embed_core.tables.counting.weights import weighted
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table

rng = np.random.default_rng(0)
NUMBERS = {
    "in a bell": rng.normal(size=3_000),
    "over many magnitudes": np.exp(rng.normal(size=3_000) * 30),
    "below nothing": -np.exp(rng.normal(size=3_000) * 5),
    "few": rng.integers(0, 4, 3_000) * 0.3,
    "whole": rng.integers(-(2**40), 2**40, 3_000).astype(float),
    "the largest and the smallest": np.array([8e307, -8e307, *rng.normal(size=2_000)]),
    "next to nothing": rng.integers(0, 50, 500) * 5e-324,
    "one": np.full(50, 2.5),
    "nearly all the same": np.array([*np.zeros(2_000), *rng.normal(size=20)]),
    "with some missing": np.array([*rng.normal(size=300), *np.full(100, np.nan), np.inf]),
}


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take few numbers for many, which are looked for in several rounds."""
    for name, value in {"_SORTED": 0, "_PARTS": 16, "_COUNTED": 200}.items():
        monkeypatch.setattr(spread, name, value)


@pytest.mark.parametrize("name", NUMBERS)
def test_deciles_of_many_numbers_are_those_of_all_of_them(name: str, many: None) -> None:
    numbers = NUMBERS[name]
    rows = read_table(pd.DataFrame({"x": numbers}))
    finite = numbers[np.isfinite(numbers)]
    found, low, high = deciles(rows, rows.numbers("x"))
    assert np.array_equal(found, np.quantile(finite, np.arange(1, 10) / 10))
    assert (low, high) == (finite.min(), finite.max())


def test_no_numbers_have_no_deciles(many: None) -> None:
    both = read_table(pd.DataFrame({"x": [1.5, np.nan]}))
    rows = both.expression.filter(both.expression["x"].isnull())
    none = Table(rows, name="none", report=both.report)
    found, low, _ = deciles(none, none.numbers("x"))
    assert not len(found) and np.isnan(low)


def test_rows_that_stand_for_several_count_as_often(many: None) -> None:
    values, times = rng.normal(size=400), rng.integers(1, 9, 400)
    rows, _ = weighted(read_table(pd.DataFrame({"x": values, "times": times})), "times")
    found, *_ = deciles(rows, rows.numbers("x"))
    assert np.array_equal(found, np.quantile(np.repeat(values, times), np.arange(1, 10) / 10))


def orders() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "product": np.repeat(list("abcdef"), 50),
            "grade": rng.integers(-3, 9, 300),
            "price": np.round(rng.exponential(9, 300), 2),
        }
    )


def test_few_whole_numbers_and_amounts_are_known_by_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = orders()
    counted = count_context(read_table(frame), "product")

    def refuse(*args: Any, **known: Any) -> Any:
        raise AssertionError("values were counted")

    monkeypatch.setattr(table, "kinds", refuse)
    named = count_context(read_table(frame), "product", ["grade", "price"])
    assert (
        [head.name for head in named.heads]
        == ["grade", "price in bins"]
        == [head.name for head in counted.heads]
    )
    assert np.array_equal(named.rows.counts, counted.rows.counts)


def test_the_spread_of_numbers_says_whether_they_are_few_or_amounts() -> None:
    frame = pd.DataFrame(
        {
            "twenty": np.arange(60) % 20,
            "twenty-one": np.arange(60) % 21,
            "tens": np.arange(60) % 3 * 10,
            "halves": np.arange(60) / 2,
            "same": 0.5,
            "text": "a",
            "yes": np.arange(60) > 3,
        }
    )
    found = spreads(read_table(frame), [str(name) for name in frame])
    assert {name: (each.is_few, each.is_amount) for name, each in found.items()} == {
        "twenty": (True, False),
        "twenty-one": (False, False),
        "tens": (False, False),
        "halves": (False, True),
        "same": (False, False),
    }


def test_rows_are_grouped_by_places_of_labels_and_named_by_these() -> None:
    frame = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=400).date, "price": rng.random(400)})
    made, found, _ = features(read_table(frame), None, without=(), binned=True)
    names = [feature.name for feature in found]
    assert names == ["month of day", "weekday of day", "price in bins"]
    for name in names:
        groups = made.expression.select(key=made.keys(name)).group_by("key").aggregate()
        assert groups["key"].type().is_integer()
        labels = made.execute(made.with_texts(groups, {"key": name}))["key"]
        assert set(labels) == set(made.execute(made.expression)[name])
