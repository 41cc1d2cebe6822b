"""Decoys are made-up categories that keep the company of all rows, and leave the others as they are."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.decoys import decoys_of, with_decoys
from embed_core.tables.counting.resampling import halves, on_all_rows
from embed_core.tables.counting.rows import count_training_data
from embed_core.tables.reading.read import read_table
from embed_core.types import CATEGORY, HEAD, LEVEL, TrainingData


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    c = rng.integers(0, 30, 6_000)
    said = (c + rng.integers(0, 3, 6_000)) % 6
    return pd.DataFrame(
        {"c": [f"c{i}" for i in c], "y": [f"y{i}" for i in said], "z": [f"z{i}" for i in said]}
    )


def counted(kind: str) -> TrainingData:
    if kind == "context":
        return count_context(read_table(table()), "c", ("y", "z"))
    kinds = ("multiclass", "number")
    return count_training_data(read_table(table()), ("c",), "y", others=("z",), target_kinds=kinds)


@pytest.mark.parametrize("kind", ["context", "entity"])
def test_decoys_come_last_with_as_many_rows_as_categories_have(kind: str) -> None:
    data = counted(kind)
    assert decoys_of(data, "c") == 40
    found = with_decoys(data, "c", 40, seed=0)
    known, with_them = data.vocabularies["c"], found.vocabularies["c"]
    assert with_them.labels[:30] == known.labels and len(with_them) == 70 == len(set(with_them.labels))
    name = CATEGORY if data.stacked else "c"
    heads = len(data.heads) or 1
    rows = np.bincount(found.rows.codes[name], found.training)
    np.testing.assert_array_equal(rows, heads * with_them.support)
    before = np.bincount(data.rows.codes[name], data.rows.counts)
    np.testing.assert_array_equal(rows[:30], before)
    assert 150 < with_them.support[30:].mean() < 250


def test_a_decoy_s_rows_are_the_same_in_all_count_tables_and_like_all_rows() -> None:
    found = with_decoys(counted("context"), "c", 40, seed=0)
    for data in (found, *halves(on_all_rows(found), 0, seed=0)):
        tables = []
        for place, head in enumerate(data.heads):
            here = data.rows.codes[HEAD] == place
            levels = np.zeros((70, 6))
            levels[data.rows.codes[CATEGORY][here], data.rows.codes[LEVEL][here]] = data.training[here]
            tables.append(levels[:, np.argsort(head.levels)])
        np.testing.assert_array_equal(*tables)
    shares = tables[0][30:] / tables[0][30:].sum(axis=1, keepdims=True)
    assert np.abs(shares.mean(axis=0) - 1 / 6).max() < 0.03  # a category has a half of them in two levels


def test_where_no_decoys_can_be_made_there_are_none() -> None:
    data = counted("context")
    assert decoys_of(dataclasses.replace(data, joint=None), "c") == 0
    assert with_decoys(data, "c", 0, seed=0) is data
    shared = data.vocabularies["c"]
    assert decoys_of(dataclasses.replace(data, vocabularies={"c": shared, "to": shared}), "c") == 0
