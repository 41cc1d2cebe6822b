"""The prior that is chosen keeps a training from learning by heart, and is no stronger than that takes."""

import numpy as np
import pandas as pd
import pytest

import embed_core as ec


def baskets(count: int = 1_000, seed: int = 0, *, whole_numbers: bool = False) -> pd.DataFrame:
    """Three items a basket, of the basket's theme but for a quarter; an item's theme is its number modulo 5."""
    rng = np.random.default_rng(seed)
    theme = rng.integers(0, 5, count)
    own = rng.integers(0, 6, (count, 3)) * 5 + theme[:, None]
    item = np.where(rng.random((count, 3)) < 0.25, rng.integers(0, 30, (count, 3)), own)
    number = np.repeat(np.arange(count) + 5_000, 3)
    basket = number if whole_numbers else [f"B{value}" for value in number]
    return pd.DataFrame({"basket": basket, "item": [f"item {value:02d}" for value in item.ravel()]})


def same_theme(e: ec.Embedding) -> float:
    """Return the share of the five nearest that are of the same theme."""
    themes = np.array([int(label[-2:]) % 5 for label in e.labels])
    return float((themes[e.nearest(5)[0]] == themes[:, None]).mean())


@pytest.mark.parametrize("whole_numbers", [False, True])
def test_themes_come_out_of_three_rows_a_basket(whole_numbers: bool) -> None:
    run = ec.train(baskets(whole_numbers=whole_numbers), column="item", objective="context")
    assert run.prior_strength >= 2
    assert same_theme(run.embedding) >= 0.95
    assert len(run.history) == run.config.epochs, "to the end"
    if not whole_numbers:
        weak = ec.train(
            baskets(), column="item", objective="context", prior_strength=0.15, restore_best=False
        )
        assert same_theme(weak.embedding) < 0.8 and weak.prior_strength == 0.15


def test_of_categories_that_say_nothing_little_is_learned_and_of_those_that_say_much_a_lot() -> None:
    rng = np.random.default_rng(0)
    shop = rng.integers(0, 60, 1_200)
    chance = {"nothing": np.full(60, 0.5), "much": rng.uniform(0.02, 0.98, 60)}
    chosen = {}
    for name, of_shop in chance.items():
        late = np.where(rng.random(1_200) < of_shop[shop], "yes", "no")
        frame = pd.DataFrame({"shop": [f"s{place}" for place in shop], "late": late})
        chosen[name] = ec.train(frame, column="shop", target="late").prior_strength
    assert chosen["nothing"] >= 8 * chosen["much"]
