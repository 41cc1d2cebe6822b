"""What is told of a category by a column, and holds on other rows."""

import numpy as np
import pandas as pd
import pytest

from embed_core.tables.counting.choosing import cannot_help
from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.gain import CHANCE, held_out_gain
from embed_core.tables.reading.read import read_table


def gain(categories: np.ndarray, levels: np.ndarray, seed: int = 0) -> float:
    pairs = (
        pd.DataFrame({"category": categories, "level": levels})
        .groupby(["category", "level"])
        .size()
        .reset_index()
    )
    codes = (pairs[name].to_numpy(np.int32) for name in ("category", "level"))
    return held_out_gain(*codes, pairs[0].to_numpy(np.int64), seed=seed)


def baskets(count: int = 600, seed: int = 0) -> pd.DataFrame:
    """Three items a basket, of its theme but for a quarter."""
    rng = np.random.default_rng(seed)
    theme = rng.integers(0, 5, count)
    own = rng.integers(0, 6, (count, 3)) * 5 + theme[:, None]
    item = np.where(rng.random((count, 3)) < 0.25, rng.integers(0, 30, (count, 3)), own)
    return pd.DataFrame(
        {"basket": np.repeat(np.arange(count) + 5_000, 3), "item": [f"item {v:02d}" for v in item.ravel()]}
    )


def orders(seed: int = 0, rows: int = 6_000) -> pd.DataFrame:
    """Orders of 200 products in 5 families; what customers tell is nothing."""
    rng = np.random.default_rng(seed)
    product = rng.integers(0, 200, rows)
    share = np.cumsum(rng.dirichlet(np.full(12, 0.3), 5), axis=1)[product % 5]
    return pd.DataFrame(
        {
            "product": [f"product {v:03d}" for v in product],
            "store": [f"store {v}" for v in (share < rng.random(rows)[:, None]).sum(axis=1)],
            "customer": [f"C{v:04d}" for v in rng.integers(0, 900, rows)],
            "amount": np.round(rng.lognormal(product % 5, 0.5), 2),
        }
    )


def test_noise_is_at_chance_whatever_its_shape() -> None:
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rows, categories, levels = rng.integers((500, 10, 30), (5_000, 500, 1_500))
        found.append(
            gain(rng.integers(0, categories, rows), (levels * rng.random(rows) ** 2).astype(int), seed)
        )
    assert abs(np.mean(found)) < 0.5 and 0.6 < np.std(found) < 1.5
    assert np.mean(np.array(found) > CHANCE) <= 1 / 60


@pytest.mark.parametrize("seed", range(3))
def test_three_rows_a_level_tell_when_they_keep_the_same_company(seed: int) -> None:
    frame = baskets(300, seed)
    assert gain(pd.factorize(frame["item"])[0], frame["basket"].to_numpy() - 5_000) > 2 * CHANCE


def test_by_default_a_column_of_many_values_that_tell_nothing_is_left_out_by_name_and_on_demand_used() -> (
    None
):
    table = read_table(orders())
    data = count_context(table, "product")
    assert [head.name for head in data.heads] == ["store", "amount in bins"]
    assert any("Left out, as their many values" in note and '"customer"' in note for note in data.notes)
    assert cannot_help(table, "product") == ["customer"]
    asked = count_context(table, "product", ["store", "customer"])
    assert [head.name for head in asked.heads] == ["store", "customer"]


@pytest.mark.parametrize("slips", [0.0, 0.01])
def test_by_default_a_second_name_of_the_categories_is_left_out(slips: float) -> None:
    rng = np.random.default_rng(0)
    part = rng.integers(0, 60, 3_000)
    code = np.where(rng.random(3_000) < slips, rng.integers(0, 60, 3_000), part)
    columns = {"part": part, "sku": 7_000 + code, "name": code, "group": part % 12, "seen": part % 3}
    frame = pd.DataFrame({name: [f"{name} {v}" for v in values] for name, values in columns.items()})
    frame["sku"] = 7_000 + code  # whole numbers
    data = count_context(read_table(frame), "part")
    assert [head.name for head in data.heads] == ["group", "seen"]
    assert any('"part" in other words' in note and '"sku", "name"' in note for note in data.notes)
    assert [head.name for head in count_context(read_table(frame), "part", ["name"]).heads] == ["name"]
    only = read_table(frame[["part", "name"]])
    assert [head.name for head in count_context(only, "part").heads] == ["name"]


def test_where_no_column_helps_all_stay() -> None:
    table = read_table(orders()[["product", "customer"]])
    assert [head.name for head in count_context(table, "product").heads] == ["customer"]
    assert cannot_help(table, "product") == []


def test_whole_numbers_whose_order_tells_nothing_are_codes() -> None:
    table = read_table(baskets())
    data = count_context(table, "item", splits=1)
    assert [(head.name, len(head.levels)) for head in data.heads] == [("basket", 600)]
    assert any("taken as codes" in note for note in data.notes)
    as_text = count_context(
        read_table(baskets().assign(basket=lambda b: "B" + b["basket"].astype(str))), "item"
    )
    assert sorted(data.rows.counts) == sorted(as_text.rows.counts)


def test_whole_numbers_whose_order_tells_stay_in_bins_unless_their_name_says_codes() -> None:
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 20, 4_000)
    years = rng.poisson(20 + 4 * kind)
    frame = pd.DataFrame({"kind": [f"k{v}" for v in kind], "age": years, "postcode": years})
    heads = count_context(read_table(frame), "kind").heads
    assert [head.name for head in heads] == ["age in bins", "postcode"]


def test_whole_numbers_whose_values_tell_far_more_than_their_order_are_codes() -> None:
    rng = np.random.default_rng(1)
    zone = rng.integers(0, 10, 8_000)
    places = rng.permutation(np.arange(10_000, 99_999))[: 10 * 40].reshape(10, 40)
    frame = pd.DataFrame({"route": [f"r{v}" for v in zone * 6 + rng.integers(0, 6, len(zone))]})
    frame["branch"] = places[zone, rng.integers(0, 40, len(zone))]
    data = count_context(read_table(frame), "route")
    assert [head.name for head in data.heads] == ["branch"]
    assert any("taken as codes" in note and '"branch"' in note for note in data.notes)
