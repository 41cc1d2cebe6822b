"""Levels that were pooled are called so, and levels of the table keep their names."""

import pandas as pd
import pytest

import embed_core as ec
from embed_core.comparing.categories import OTHER, counts_by_level
from embed_core.space.groups.enrichment import LevelCounts
from embed_core.tables.counting import context
from embed_core.tables.counting.context import count_context
from embed_core.tables.reading.read import read_table

CATEGORIES = ["a", "b"]


def counts_of(levels: dict[str, tuple[int, int]]) -> LevelCounts:
    """Return the counts by category of a table with so many rows of "a" and of "b" at each level."""
    rows = [
        (category, level)
        for level, counts in levels.items()
        for category, count in zip(CATEGORIES, counts, strict=True)
        for _ in range(count)
    ]
    data = count_context(read_table(pd.DataFrame(rows, columns=["c", "level"])), "c", validation_share=0.0)
    return counts_by_level(data, "c", CATEGORIES)[0]


def by_level(counts: LevelCounts) -> dict[str, list[int]]:
    assert len(set(counts.levels)) == len(counts.levels)
    return dict(zip(counts.levels, counts.counts.T.tolist(), strict=True))


def test_a_level_of_the_table_that_is_called_rare_keeps_its_name() -> None:
    assert by_level(counts_of({"(rare)": (7, 1), "x": (2, 3)})) == {"(rare)": [7, 1], "x": [2, 3]}


def test_levels_that_were_pooled_are_called_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "MOST_LEVELS", 2)
    counts = counts_of({"x": (7, 1), "y": (2, 3), "z": (1, 2), "w": (0, 1)})
    assert by_level(counts) == {"x": [7, 1], "y": [2, 3], OTHER: [1, 3]}


def test_a_level_called_rare_and_pooled_levels_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "MOST_LEVELS", 2)
    counts = counts_of({"(rare)": (7, 1), "y": (2, 3), "z": (1, 2), "w": (0, 1)})
    assert by_level(counts) == {"(rare)": [7, 1], "y": [2, 3], OTHER: [1, 3]}


def test_what_sets_members_apart_is_found_by_their_names() -> None:
    frame = pd.DataFrame(
        {
            "plant": [f"plant {i % 8}" for i in range(400)],
            "soil": ["sand" if i % 8 < 3 else "clay" for i in range(400)],
            "wind": [("calm", "rough", "calm")[i % 3] for i in range(400)],
            "tall": [i % 2 for i in range(400)],
        }
    )
    run = ec.train(frame, column="plant", target="tall", dimension=2, epochs=1)
    found = ec.what_sets_apart(frame, run, ["plant 2", "plant 0", "plant 1"])
    first = found.iloc[0]
    assert (first["column"], first["level"], first["inside"], first["outside"]) == ("soil", "sand", 150, 0)
    assert (found.loc[found["column"] == "wind", "p_adjusted"] > 0.05).all()
    assert ec.what_sets_apart(frame, run, "plant 2").equals(ec.what_sets_apart(frame, run, ["plant 2"]))
    with pytest.raises(ec.AtlasError, match='no category "plant 9" in "plant"'):
        ec.what_sets_apart(frame, run, ["plant 9"])
    with pytest.raises(ec.AtlasError, match='no embedding of "soil"'):
        ec.what_sets_apart(frame, run, ["plant 1"], column="soil")
