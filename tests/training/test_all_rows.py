"""By all rows of a small table most categories differ, or do not: noise is at 0, and a few odd ones say nothing."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.training.all_rows import AllRows, differ_z
from embed_core.training.prepare import prepare

CONTEXT = {"objective": "context"}


def table(seed: int, *, apart: int, copies: int = 1, n: int = 40, each: int = 6) -> pd.DataFrame:
    """Return rows of n categories; so many of them, taken in turn, have one of two manners of their own."""
    rng = np.random.default_rng(seed)
    item = rng.integers(0, n, n * each)
    manner = np.where(item < apart, 1 + item % 2, 0)
    own = rng.random(len(item)) < 0.7
    colour, taste = (np.where(own & (manner > 0), manner, rng.integers(0, 4, len(item))) for _ in range(2))
    price = rng.normal(size=len(item)) + np.where(manner == 1, 1.5, np.where(manner == 2, -1.5, 0))
    frame = pd.DataFrame(
        {"item": item.astype(str), "colour": [f"c{v}" for v in colour], "taste": [f"t{v}" for v in taste]}
    )
    return pd.concat([frame.assign(price=price)] * copies, ignore_index=True)


def z_of(frame: pd.DataFrame, **settings: Any) -> float:
    config = ec.TrainingConfig.checked(**({"column": "item", "validation_share": 0.0} | settings))
    return differ_z(prepare(ec.read_table(frame), config, splits=1), config)


@pytest.mark.parametrize(
    "settings", [CONTEXT, {"target": "colour"}, {"target": "price"}], ids=["context", "classes", "a number"]
)
def test_noise_is_at_chance_and_structure_far_above(settings: dict[str, str]) -> None:
    columns = ["item", settings.get("target", "colour")]
    columns += ["taste"] if settings is CONTEXT else []
    noise = [z_of(table(seed, apart=0)[columns], **settings) for seed in range(20)]
    assert abs(np.mean(noise)) < 0.8 and max(noise) < 3.5
    assert z_of(table(0, apart=40)[columns], **settings) > 5


def test_a_few_odd_categories_say_nothing() -> None:
    assert z_of(table(1, apart=4).drop(columns="price"), **CONTEXT) < 2


def test_rows_that_are_there_twice_say_what_they_say_once() -> None:
    once, twice = (
        z_of(table(2, apart=0, copies=copies).drop(columns="price"), **CONTEXT) for copies in (1, 2)
    )
    assert twice == pytest.approx(once, abs=0.5)


def test_where_one_category_alone_is_not_what_is_learned_or_halves_do_it_is_not_asked() -> None:
    frame = table(3, apart=40)
    assert math.isnan(z_of(frame, objective="entity", target="colour"))
    assert math.isnan(z_of(table(3, apart=0, n=400, each=2).drop(columns="price"), **CONTEXT))
    assert math.isnan(z_of(frame.assign(n=range(len(frame))), target="n", target_kind="count"))
    assert math.isnan(AllRows().z)
