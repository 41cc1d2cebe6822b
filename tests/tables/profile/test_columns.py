"""Profiles: kinds of columns, exact counts, and which columns can be embedded."""

import contextlib
import sqlite3
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from embed_core.errors import AtlasError
from embed_core.tables.gallery import load_sample
from embed_core.tables.profile import measures as measuring
from embed_core.tables.profile.suggestions import embeddable, first_embeddable
from embed_core.tables.reading.read import read_table

ROWS = 600


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    city = rng.choice([f"city {number}" for number in range(40)], ROWS).astype(object)
    city[:5] = None
    return pd.DataFrame(
        {
            "running": np.arange(1, ROWS + 1),
            "key": [f"id-{number:05d}" for number in range(ROWS)],
            "city": city,
            "size": rng.choice(["S", "M", "L"], ROWS),
            "price": rng.normal(50, 10, ROWS),
            "zone": rng.integers(100, 160, ROWS),
            "stars": rng.integers(1, 6, ROWS),
            "half": rng.choice([0.5, 1.5], ROWS),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 9, ROWS), "D"),
            "same": ["x"] * ROWS,
            "empty": pd.Series([None] * ROWS, dtype=object),
            "story": [f"{number} " + "long free text " * 6 for number in range(ROWS)],
            "open": rng.choice([True, False], ROWS),
        }
    )


@pytest.fixture(scope="module")
def described(frame: pd.DataFrame) -> pd.DataFrame:
    return read_table(frame).profile().set_index("name")


def test_every_kind_is_told(described: pd.DataFrame) -> None:
    assert described["kind"].to_dict() == {
        "running": "identifier",
        "key": "identifier",
        "city": "category",
        "size": "category",
        "price": "number",
        "zone": "number",
        "stars": "category",
        "half": "number",
        "day": "time",
        "same": "constant",
        "empty": "constant",
        "story": "text",
        "open": "category",
    }


def test_counts_are_those_of_pandas(described: pd.DataFrame, frame: pd.DataFrame) -> None:
    assert described["distinct"].to_dict() == frame.nunique().to_dict()
    assert described["missing"].to_dict() == frame.isna().sum().to_dict()
    counts = frame["city"].value_counts()
    assert described.loc["city", "top_count"] == counts.iloc[0]
    assert described.loc["city", "distribution"] == counts.iloc[:12].tolist()
    assert described.loc["price", "distribution"] == np.histogram(frame["price"], 12)[0].tolist()
    assert described.loc["empty", "distribution"] == []


def test_suggestions_say_what_a_column_is_good_for(described: pd.DataFrame) -> None:
    assert described.loc["same", "suggestion"] == "Always the same."
    assert described.loc["key", "suggestion"] == "Looks like an identifier: its values hardly repeat."
    assert described.loc["city", "suggestion"].startswith("Good to embed: 40 categories, 15 rows each")


def test_categories_of_few_rows_are_not_called_good_without_a_word() -> None:
    users = [f"u{at}" for at in range(400)] * 2 + ["v"] * 400
    (said,) = read_table(pd.DataFrame({"user": users})).profile()["suggestion"]
    assert said.startswith("Can be embedded, with few rows for each: 401 categories, 3 rows each on average.")


def test_the_columns_to_embed_come_best_first(described: pd.DataFrame) -> None:
    assert embeddable(described.reset_index()) == ["city", "size", "stars", "open", "zone"]


def test_a_profile_is_the_same_on_another_engine(frame: pd.DataFrame, tmp_path: Path) -> None:
    part = frame[["city", "size", "price", "zone", "key"]]
    with contextlib.closing(sqlite3.connect(tmp_path / "t.sqlite")) as database:
        part.to_sql("t", database, index=False)
    there = ibis.sqlite.connect(tmp_path / "t.sqlite").table("t")
    columns = ["name", "kind", "distinct", "missing", "top", "top_count", "suggestion"]
    expected = read_table(part).profile()[columns]
    pd.testing.assert_frame_equal(read_table(there).profile()[columns], expected)


def test_wide_tables_are_described_as_narrow_ones_are(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = read_table(frame).profile()
    monkeypatch.setattr(measuring, "_BATCH", 4)
    in_memory = read_table(frame).profile()
    monkeypatch.setattr(measuring, "_CELLS_IN_MEMORY", 0)
    in_batches = read_table(frame).profile()
    pd.testing.assert_frame_equal(in_batches, narrow)
    pd.testing.assert_frame_equal(in_memory.drop(columns="top"), narrow.drop(columns="top"))


def test_infinite_numbers_do_not_spoil_the_histogram() -> None:
    expression = ibis.memtable(_numbers([float("inf"), float("-inf"), *range(30), 7.5]))
    described = read_table(expression).profile().iloc[0]
    assert described["kind"] == "number"
    assert sum(described["distribution"]) == 31


def _numbers(values: list[float]) -> pa.Table:
    return pa.table({"value": pa.array(values, pa.float64())})


def test_lists_and_bytes_are_described_too() -> None:
    table = read_table(
        pa.table({"tags": pa.array([["a"], ["a"], ["b", "c"]]), "flag": pa.array([b"x", b"x", b"y"])})
    )
    assert table.profile()["distinct"].tolist() == [2, 2]


def test_a_profile_is_kept_and_cannot_be_spoilt() -> None:
    table = read_table(pd.DataFrame({"a": ["x", "x"], "b": [1, 2]}))
    spoilt = table.profile()
    spoilt["kind"] = "?"
    assert table.profile()["kind"].tolist() == ["constant", "category"]


def test_a_single_column_says_what_is_lacking() -> None:
    described = read_table(pd.DataFrame({"a": ["x", "y", "x"]})).profile()
    with pytest.raises(AtlasError, match="at least two"):
        first_embeddable(described)


def test_a_table_without_categories_says_so() -> None:
    described = read_table(pd.DataFrame({"a": ["x"] * 3, "b": [0.5, 1.5, 2.5]})).profile()
    with pytest.raises(AtlasError, match=r"1 constant, 1 number"):
        first_embeddable(described)


def test_the_gallery_leads_to_its_categories() -> None:
    assert embeddable(load_sample("us_flights").profile())[:2] == ["origin", "destination"]
    assert first_embeddable(load_sample("films").profile()) in {"country", "language", "production_company"}
    kinds = load_sample("films").profile().set_index("name")["kind"]
    assert kinds["title"] == "identifier"


def test_numbers_larger_than_any_whole_number_of_the_engine_are_numbers() -> None:
    frame = pd.DataFrame({"x": [0.0, 1.0, -2.0, 1e20, -1e300], "y": [0.0, 1.5, -2.0, 1e20, -1e300]})
    described = read_table(frame).profile().set_index("name")
    assert described["kind"].tolist() == ["category", "number"]
    assert described["whole"].tolist() == [True, False]
