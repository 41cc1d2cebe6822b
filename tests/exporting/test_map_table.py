"""The vectors with names, rows and places, as others read them."""

import io

import numpy as np
import pandas as pd
import pytest

from embed_core.exporting.map_table import csv_of, defused, map_table, parquet_of
from embed_core.space.embedding import Embedding

LABELS = ["=1+1", "-5", "+cmd|' /C calc'!A0", "@x", 'a "quoted", one', " =2", "-1.5", "line\nbreak"]


@pytest.fixture
def table() -> pd.DataFrame:
    vectors = np.arange(16, dtype=np.float32).reshape(8, 2)
    return map_table(Embedding(LABELS, vectors, list(range(8))), vectors[:, ::-1])


def test_csv_comes_back_with_formulas_defused_and_nothing_else_changed(table: pd.DataFrame) -> None:
    back = pd.read_csv(io.BytesIO(csv_of(table)), encoding="utf-8-sig", keep_default_na=False)
    assert list(back) == ["category", "support", "map_x", "map_y", "v0", "v1"]
    assert [text.removeprefix("'") for text in back["category"]] == LABELS
    assert [text.startswith("'") for text in back["category"]] == [1, 0, 1, 1, 0, 1, 0, 0]
    np.testing.assert_array_equal(back[["v0", "v1"]].to_numpy(np.float32), table[["v0", "v1"]])


def test_parquet_keeps_texts_and_numbers_as_they_are(table: pd.DataFrame) -> None:
    back = pd.read_parquet(io.BytesIO(parquet_of(table)))
    assert back["category"].tolist() == LABELS
    assert back["map_x"].dtype == np.float32 and back["support"].dtype == np.int64


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "-1+2", "+1 2", "=", "@"])
def test_what_a_spreadsheet_would_compute_begins_with_an_apostrophe(text: str) -> None:
    assert defused(text) == "'" + text
