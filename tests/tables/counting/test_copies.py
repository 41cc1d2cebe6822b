"""Rows that are there several times over are noticed, and rows that are alike by chance are not taken for copies."""

import numpy as np
import pandas as pd
import pytest

from embed_core.tables.counting import context
from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.copies import times_copied
from embed_core.tables.counting.resampling import halves
from embed_core.tables.reading.read import read_table


def rows(n: int, levels: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({name: [f"{name}{i}" for i in rng.integers(0, levels, n)] for name in "cyz"})


@pytest.mark.parametrize("times", [1, 2, 3, 5])
def test_copies_are_counted(times: int) -> None:
    frame = pd.concat([rows(400)] * times).sample(frac=1, random_state=0)
    assert times_copied(read_table(frame)) == times


@pytest.mark.parametrize("n", [30, 600, 20_000])
def test_rows_that_are_alike_by_chance_are_no_copies(n: int) -> None:
    assert times_copied(read_table(rows(n, levels=4))) == 1


@pytest.mark.parametrize("most", [0, 1_000_000])
def test_copies_are_in_the_same_half_wherever_they_are_counted(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "MOST_ROWS", most)
    table = read_table(pd.concat([rows(400)] * 5).sample(frac=1, random_state=0))
    data = count_context(table, "c", ("y", "z"), splits=3, copies=5)
    found = np.array([halves(data, split, seed=0)[0].training for split in range(3)])
    assert data.copies == 5 and not (found % 5).any()
    assert found.sum() == pytest.approx(1.5 * data.rows.counts.sum(), rel=0.1)
