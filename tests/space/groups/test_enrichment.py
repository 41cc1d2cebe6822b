"""The claims of `embed_core.space.groups.enrichment`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import false_discovery_control, fisher_exact

from embed_core.errors import AtlasError
from embed_core.space.groups.enrichment import (
    LevelCounts,
    agreements,
    compare_pair,
    differences,
    distinguishing,
    name_of,
)

COLUMNS = ["column", "level", "inside", "outside", "share_inside", "share_outside"]
MEASURES = ["lift", "p_value", "p_adjusted", "bits"]


def drawn(
    n: int = 40, levels: int = 6, rows: int = 200, seed: int = 0, tilt: Sequence[int] = ()
) -> LevelCounts:
    """Counts of categories with one profile; the rows ``tilt`` have three times as much of level 2."""
    rng = np.random.default_rng(seed)
    counts = np.empty((n, levels), dtype=np.int64)
    for i in range(n):
        profile = np.ones(levels)
        profile[2] = 3 if i in tilt else 1
        counts[i] = rng.multinomial(rows, profile / profile.sum())
    return LevelCounts(f"column {seed}", [f"level {j}" for j in range(levels)], counts)


def test_the_level_that_was_planted_comes_first_and_gives_the_name() -> None:
    members = [3, 4, 5, 6]
    tables = [drawn(seed=0), drawn(seed=1, tilt=members), drawn(seed=2)]
    found = distinguishing(tables, members)
    assert list(found.columns) == COLUMNS + MEASURES
    first = found.iloc[0]
    assert (first["column"], first["level"]) == ("column 1", "level 2")
    assert first["inside"] == tables[1].counts[members, 2].sum()
    assert first["share_inside"] == pytest.approx(3 / 8, abs=0.05)
    assert first["share_outside"] == pytest.approx(1 / 6, abs=0.02)
    assert first["p_adjusted"] < 1e-20
    assert name_of(found) == "column 1: level 2"


def test_p_values_are_those_of_fishers_exact_test_and_adjusted_over_all_levels() -> None:
    tables = [drawn(n=8, rows=30, seed=seed, tilt=[0]) for seed in range(3)]
    found = distinguishing(tables, [0, 1]).set_index(["column", "level"])
    expected, keys = [], []
    for table in tables:
        inside, outside = table.counts[:2].sum(axis=0), table.counts[2:].sum(axis=0)
        for level in range(6):
            rest = [inside.sum() - inside[level], outside.sum() - outside[level]]
            square = [[inside[level], outside[level]], rest]
            expected.append(fisher_exact(square, alternative="greater").pvalue)
            keys.append((table.column, table.levels[level]))
    adjusted = false_discovery_control(expected)
    assert 4 < len(found) < len(keys)
    for key, p_value, p_adjusted in zip(keys, expected, adjusted, strict=True):
        if key in found.index:
            assert found.loc[key, "p_value"] == pytest.approx(p_value)
            assert found.loc[key, "p_adjusted"] == pytest.approx(p_adjusted)
            assert found.loc[key, "lift"] > 1


def test_members_drawn_at_random_have_nothing_in_common_and_no_name() -> None:
    named = 0
    for seed in range(40):
        found = distinguishing([drawn(seed=seed)], np.random.default_rng(seed).choice(40, 6, replace=False))
        named += name_of(found) != ""
    assert named <= 6
    assert name_of(found.assign(p_adjusted=0.5), fallback="cluster 3") == "cluster 3"


def test_neither_a_rare_level_nor_a_common_one_leads() -> None:
    table = LevelCounts(
        "next", ["common", "telling", "rare"], [[600, 392, 8], [600, 392, 8], [700, 299, 1], [700, 300, 0]]
    )
    everywhere = LevelCounts("day", ["weekday", "weekend"], [[900, 100], [900, 100], [870, 130], [870, 130]])
    found = distinguishing([everywhere, table], [0, 1])
    assert found["level"].tolist()[0] == "telling"
    assert found.set_index("level").loc["rare", "lift"] > found.set_index("level").loc["telling", "lift"]


def test_what_is_not_significant_comes_after_what_is() -> None:
    few = LevelCounts("few", ["a", "b"], [[6, 0], [3, 5]])
    many = LevelCounts("many", ["a", "b"], [[600, 400], [500, 500]])
    found = distinguishing([few, many], [0])
    assert found["column"].tolist() == ["many", "few"]
    assert found["bits"].tolist()[0] < found["bits"].tolist()[1]


def test_a_level_of_hardly_any_rows_is_not_named() -> None:
    table = LevelCounts("x", ["rare", "common"], [[4, 96], [0, 1_000], [0, 1_000]])
    assert distinguishing([table], [0]).empty
    table = LevelCounts("x", ["rare", "common"], [[5, 95], [0, 1_000], [0, 1_000]])
    assert distinguishing([table], [0])["level"].tolist() == ["rare"]


def test_what_two_share_and_in_what_they_differ_are_different_levels() -> None:
    table = LevelCounts(
        "x", ["shared", "apart", "few", "usual"], [[300, 300, 3, 400], [320, 20, 3, 657], [10, 10, 0, 9_980]]
    )
    found = compare_pair([table], 0, 1)
    agree, differ = agreements(found)["level"].tolist(), differences(found)["level"].tolist()
    assert agree == ["shared"] and set(differ) == {"apart", "usual"}


def test_two_that_go_with_nothing_share_nothing_and_do_not_differ() -> None:
    named = {"agree": 0, "differ": 0}
    for rows in (30, 3_000):
        tables = [drawn(rows=rows, levels=12, seed=seed) for seed in range(4)]
        for i in range(0, 40, 2):
            found = compare_pair(tables, i, i + 1)
            named["agree"] += not agreements(found).empty
            named["differ"] += not differences(found).empty
    # Of pairs in which all is chance one in twenty may be named, in two sizes of twenty pairs each.
    assert named["agree"] <= 4 and named["differ"] <= 5
    planted = compare_pair([*tables, drawn(rows=3_000, seed=9, tilt=[0, 1])], 0, 1)
    assert agreements(planted)[["column", "level"]].values.tolist() == [["column 9", "level 2"]]


def test_what_is_hardly_more_frequent_than_in_all_rows_is_not_shared() -> None:
    rest = [[33_000, 67_000]] * 10
    for rows, agree in (([34_500, 65_500], []), ([40_000, 60_000], ["b"])):
        found = compare_pair([LevelCounts("x", ["b", "other"], [rows, rows, *rest])], 0, 1)
        assert found.set_index("level").loc["b", "z_shared"] > 5
        assert agreements(found)["level"].tolist() == agree


def test_counts_of_a_large_table_are_exact_and_quick() -> None:
    counts = np.array([[30_000_000, 20_000_000], [29_990_000, 20_010_000]])
    found = distinguishing([LevelCounts("x", ["a", "b"], counts)], [0])
    assert found["level"].tolist() == ["a"] and 0 < found["p_value"].iloc[0] < 0.05


def test_columns_without_rows_on_both_sides_are_left_out() -> None:
    empty = LevelCounts("empty", ["a", "b"], [[0, 0], [5, 5], [5, 5]])
    full = LevelCounts("full", ["a", "never", "b"], [[9, 0, 1], [1, 0, 9], [1, 0, 9]])
    found = distinguishing([empty, full], [0])
    assert found["column"].tolist() == ["full"] and found["level"].tolist() == ["a"]
    everything = distinguishing([full], [0, 1, 2])
    assert everything.empty and list(everything.columns) == COLUMNS + MEASURES and name_of(everything) == ""


def test_names_join_two_levels_when_the_second_says_enough() -> None:
    def named(*levels: tuple[str, str, int]) -> str:
        tables = [
            LevelCounts(c, [name, "other"], [[inside, 100 - inside], [10, 90]]) for c, name, inside in levels
        ]
        return name_of(distinguishing(tables, [0]))

    assert named(("next", "(edge)", 90), ("size", "big", 80)) == "next: (edge), size: big"
    assert named(("next", "(edge)", 90), ("size", "big", 30)) == "next: (edge)"
    assert named(("next", "x" * 50, 90)) == "next: " + "x" * 23 + "…"
    three = LevelCounts("next", ["a", "b", "c"], [[50, 45, 5], [10, 10, 80]])
    assert name_of(distinguishing([three], [0])) == "next: a or b"


@pytest.mark.parametrize("members", [[], [5], [-1], [0.5], [True, False]])
def test_members_that_are_none_are_refused(members: list[Any]) -> None:
    with pytest.raises(AtlasError):
        distinguishing([drawn(n=5)], members)


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AtlasError, match="at least one"):
        distinguishing([], [0])
    with pytest.raises(AtlasError, match=r"same categories; they have \[5, 6\]"):
        distinguishing([drawn(n=5), drawn(n=6)], [0])
    with pytest.raises(AtlasError, match="each of its 2 levels"):
        LevelCounts("x", ["a", "b"], [[1, 2, 3]])
    for wrong in ([[1, -1]], [[1, 1.5]]):
        with pytest.raises(AtlasError, match="whole numbers from 0"):
            LevelCounts("x", ["a", "b"], wrong)


# Two categories


def test_divergences_add_up_to_that_of_jensen_and_shannon() -> None:
    tables = [drawn(seed=0, rows=50), drawn(seed=1, rows=50)]
    found = compare_pair(tables, 3, 7)
    for table in tables:
        p, q = table.shares()[[3, 7]]
        total = found.loc[found["column"] == table.column, "divergence"].sum()
        assert total == pytest.approx(jensenshannon(p, q, base=2) ** 2)
    assert found["divergence"].is_monotonic_decreasing and (found["divergence"] >= 0).all()


def test_opposites_differ_fully_and_twins_not_at_all() -> None:
    table = LevelCounts("x", ["a", "b"], [[50, 0], [0, 80], [20, 0]])
    apart, twins = compare_pair([table], 0, 1), compare_pair([table], 0, 2)
    assert apart["divergence"].sum() == pytest.approx(1)
    assert twins["divergence"].sum() == 0 and twins["z"].tolist() == [0]
    assert twins["level"].tolist() == ["a"] and twins["count_1"].tolist() == [50]


def test_agreement_is_in_what_both_have_more_than_all_not_in_what_all_have() -> None:
    table = LevelCounts("next", ["usual", "special"], [[60, 40], [62, 38], *([[95, 5]] * 20)])
    found = compare_pair([table], 0, 1).set_index("level")
    assert found["agreement"].idxmax() == "special"
    assert found.loc["usual", "share_1"] > found.loc["special", "share_1"]
    other = compare_pair([table], 0, 5).set_index("level")
    assert (other["agreement"] < 0).all() and other["divergence"].idxmax() == "special"


def test_differences_that_few_rows_make_by_themselves_have_a_small_z() -> None:
    same = drawn(n=300, rows=40)
    z = np.concatenate([compare_pair([same], i, i + 1)["z"] for i in range(0, 300, 2)])
    assert 0.02 < (np.abs(z) > 2).mean() < 0.08
    tilted = drawn(n=40, rows=400, tilt=[0])
    assert abs(compare_pair([tilted], 0, 1).iloc[0]["z"]) > 4


def test_a_category_without_rows_cannot_be_compared_and_one_that_is_not_there_is_refused() -> None:
    table = LevelCounts("x", ["a", "b"], [[0, 0], [3, 4]])
    assert compare_pair([table], 0, 1).empty
    assert compare_pair([table, drawn(n=2)], 0, 1)["column"].unique().tolist() == ["column 0"]
    with pytest.raises(AtlasError, match="from 0 to 1"):
        compare_pair([table], 0, 2)
