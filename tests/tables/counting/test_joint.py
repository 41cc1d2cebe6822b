"""Rows of which all levels are known are split, halved and shuffled once, for all count tables."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.joint import stacked, stacked_counts
from embed_core.tables.counting.resampling import halves, on_all_rows, shuffled
from embed_core.tables.reading.read import read_table
from embed_core.types import CATEGORY, HEAD, LEVEL, Counts, TrainingData


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Two columns that say the same; some values of the category are missing, some levels rare."""
    rng = np.random.default_rng(0)
    said = rng.integers(0, 6, 4_000)
    frame = pd.DataFrame(
        {
            "c": [None if i == 7 else f"c{i}" for i in rng.integers(0, 20, 4_000)],
            "y": [f"y{i}" for i in said],
            "z": [f"z{i}" for i in said],
        }
    )
    return count_context(read_table(frame), "c", ("y", "z"), validation_share=0.3)


def tables(data: TrainingData, counts: Counts) -> list[np.ndarray]:
    """The count tables, their levels in the order of the labels."""
    found = []
    for place, head in enumerate(data.heads):
        here = data.rows.codes[HEAD] == place
        table = np.zeros((len(data.vocabularies["c"]), len(head.levels)), int)
        table[data.rows.codes[CATEGORY][here], data.rows.codes[LEVEL][here]] = counts[here]
        found.append(table[:, np.argsort(head.levels)])
    return found


Drawn = Callable[[TrainingData], tuple[TrainingData, Counts]]


@pytest.mark.parametrize(
    "drawn",
    [
        lambda data: (data, data.validation),
        lambda data: (data, halves(data, 1, seed=3)[1].training),
        lambda data: (mixed := shuffled(on_all_rows(data), "c", seed=3), mixed.training),
    ],
    ids=["validation", "half", "shuffled"],
)
def test_columns_that_say_the_same_go_on_saying_the_same(data: TrainingData, drawn: Drawn) -> None:
    one, other = tables(*drawn(data))
    np.testing.assert_array_equal(one, other)
    assert one.sum() > 1_000


def test_the_share_for_validation_is_drawn_and_nothing_is_lost(data: TrainingData) -> None:
    assert data.validation.sum() == 2 * 1_200
    np.testing.assert_array_equal(data.training + data.validation, data.rows.counts)
    assert data.training.min() >= 0


def test_all_rows_make_the_count_tables(data: TrainingData) -> None:
    assert data.joint is not None and data.joint.total == 4_000
    np.testing.assert_array_equal(stacked_counts(data.joint, data.joint.counts, data.rows), data.rows.counts)
    again = stacked(data.joint)
    np.testing.assert_array_equal(again.counts, data.rows.counts)
    for name in (HEAD, CATEGORY, LEVEL):
        np.testing.assert_array_equal(again.codes[name], data.rows.codes[name])
