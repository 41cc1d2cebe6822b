"""Halves of rows that are drawn in the engine: a row is in the same half wherever it is counted."""

from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from embed_core.errors import AtlasError
from embed_core.tables.counting import context, row_halves
from embed_core.tables.counting.context import count_context
from embed_core.tables.reading.read import read_table
from embed_core.types import CATEGORY, HEAD, LEVEL, TrainingData


@pytest.fixture(autouse=True)
def _as_of_large_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "MOST_ROWS", 0)


def rows(n: int = 4_000, seed: int = 0) -> pd.DataFrame:
    """Rows of which some are alike, whose columns y and z say the same."""
    rng = np.random.default_rng(seed)
    said = rng.integers(0, 6, n)
    return pd.DataFrame(
        {
            "c": [f"c{i}" for i in rng.integers(0, 20, n)],
            "y": [f"y{i}" for i in said],
            "z": [f"z{i}" for i in said],
        }
    )


def counted(source: Any, *, splits: int = 3, seed: int = 0) -> TrainingData:
    return count_context(read_table(source), "c", ("y", "z"), splits=splits, seed=seed)


def first_halves(data: TrainingData, head: int) -> np.ndarray:
    """How many rows of each category and level are in the first half, (splits, categories, levels)."""
    assert data.halves is not None
    here = data.rows.codes[HEAD] == head
    found = np.zeros((len(data.halves), 20, 6), int)
    labels = np.array([int(level[1:]) for level in data.heads[head].levels])
    for table, half in zip(found, data.halves, strict=True):
        table[data.rows.codes[CATEGORY][here], labels[data.rows.codes[LEVEL][here]]] = half[here]
    return found


def test_a_row_is_in_the_same_half_in_every_count_table() -> None:
    data = counted(rows())
    np.testing.assert_array_equal(first_halves(data, 0), first_halves(data, 1))


def test_a_half_is_half_of_each_cell_as_a_coin_for_each_row_would_make_it() -> None:
    data = counted(rows(), splits=20)
    assert data.halves is not None
    counts, halves = data.rows.counts, data.halves
    assert (halves <= counts).all() and (halves >= 0).all()
    z = (halves - counts / 2) / np.sqrt(counts / 4)
    assert abs(z.mean()) < 0.05 and z.var() == pytest.approx(1, abs=0.08)
    # The splits have nothing to do with one another.
    apart = np.corrcoef(z) - np.eye(20)
    assert np.abs(apart).max() < 0.4 and abs(apart.mean()) < 0.02


def test_rows_that_are_alike_are_not_all_in_the_same_half() -> None:
    frame = pd.DataFrame({"c": ["a", "b"] * 500, "y": ["u", "v"] * 500, "z": ["s", "t"] * 500})
    data = counted(frame, splits=1)
    assert data.halves is not None
    assert (np.abs(data.halves - 250) < 70).all()


def test_the_same_seed_gives_the_same_halves_and_another_seed_others() -> None:
    one, again, other = (counted(rows(), seed=seed).halves for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_nothing_is_halved_unless_it_is_wanted() -> None:
    assert counted(rows(), splits=0).halves is None


def test_where_the_order_of_rows_changes_from_query_to_query_they_are_numbered_as_sorted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An engine may read in another order each time, as this one does: it is noticed, and the halves still agree."""
    real, orders = row_halves._with_numbers, []
    rng = np.random.default_rng(0)
    table = ibis.memtable(rows())

    def shaken(source: Any, order: Any, *rest: Any) -> Any:
        orders.append(tuple(order))
        return real(source, order, *rest)

    counting = row_halves._agree
    monkeypatch.setattr(row_halves, "_with_numbers", shaken)
    monkeypatch.setattr(row_halves, "_agree", lambda *given: counting(*given) and False)
    data = counted(table.to_pandas().sample(frac=1, random_state=rng.integers(100)))
    assert orders == [(), ("c", "y", "z")]
    np.testing.assert_array_equal(first_halves(data, 0), first_halves(data, 1))
    # Sorted by all that is used, the halves do not depend on the order in which the rows came.
    np.testing.assert_array_equal(data.halves, counted(rows()).halves)


def test_count_tables_of_different_halves_are_told_apart() -> None:
    one = pd.DataFrame({"category": ["a", "a", "b", None], "half_0": [1, 2, 3, 0]})
    same = pd.DataFrame({"category": [None, "b", "a"], "half_0": [0, 3, 3]})
    other = same.assign(half_0=[0, 2, 4])
    assert row_halves._agree([one, same], ["half_0"])
    assert not row_halves._agree([one, same, other], ["half_0"])


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "polars"])
def test_engines_agree_on_a_row_s_half(engine: str, tmp_path: Path) -> None:
    connection = getattr(ibis, engine).connect()
    table = connection.create_table("rows", rows(500))
    data = counted(table)
    np.testing.assert_array_equal(first_halves(data, 0), first_halves(data, 1))
    np.testing.assert_array_equal(data.halves, counted(rows(500)).halves)


def test_more_splits_than_there_are_bits_are_refused() -> None:
    with pytest.raises(AtlasError, match=r"halved 20 times at most, for 40 replicates\. Got 21"):
        counted(rows(), splits=21)
