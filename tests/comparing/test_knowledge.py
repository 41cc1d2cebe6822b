"""What vectors know of a table's other columns: shares of levels count, not the commonest level alone."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec

SHOPS, ROWS = 60, 6_000


def shops(noise: int = 0) -> pd.DataFrame:
    """Return rows of shops on a line: what they sell, learned from; who pays in cash, 80 % or 50 %; coins."""
    rng = np.random.default_rng(3)
    shop = rng.integers(0, SHOPS, ROWS)
    place = shop / SHOPS
    frame = pd.DataFrame({"shop": [f"s{i:02d}" for i in shop], "cheap": rng.random(ROWS) < 0.1 + 0.8 * place})
    frame["pays"] = np.where(
        rng.random(ROWS) < np.where(place < 0.5, 0.8, 0.5), "cash", rng.choice(["card", "app"], ROWS)
    )
    frame["town"] = [f"town {i // 6}" for i in shop]
    for number in range(noise):
        frame[f"coin {number}"] = rng.choice(["head", "tail", "edge"], ROWS, p=[0.6, 0.3, 0.1])
    return frame


@pytest.fixture(scope="module")
def run() -> ec.Run:
    columns = shops()[["shop", "cheap"]]
    return ec.train(columns, column="shop", target="cheap", dimension=2, epochs=60, progress=False)


def test_a_share_is_found_that_does_not_change_the_commonest_level(run: ec.Run) -> None:
    frame = shops()
    assert (frame.groupby("shop")["pays"].agg(lambda own: own.mode()[0]) == "cash").mean() > 0.95
    found = ec.what_vectors_know(frame, run).set_index("name")
    assert found.loc["pays", ["kind", "level", "is_known"]].tolist() == ["shares", "cash", True]
    assert found.loc["pays", "score"] > 0.5 and found.loc["pays", "chance"] < 0.05
    assert found.loc["town", ["kind", "level", "is_known"]].tolist() == ["level", "", True]


def test_shares_that_differ_by_accident_are_not_known(run: ec.Run) -> None:
    found = ec.what_vectors_know(shops(noise=40), run).set_index("name")
    coins = found[found.index.str.startswith("coin")]
    assert len(coins) == 40 and set(coins["kind"]) == {"shares"}
    assert not coins["is_known"].any() and found.loc["pays", "is_known"]
    assert (coins["p_value"] <= 0.1).mean() < 0.25 and coins["p_value"].median() > 0.2


def test_what_most_have_and_few_have_not_is_a_share(run: ec.Run) -> None:
    frame, rng = shops(), np.random.default_rng(4)
    rare = np.where(frame["shop"] < "s30", 0.03, 0.001)
    frame["returned"] = np.where(rng.random(ROWS) < rare, "yes", "no")
    found = ec.what_vectors_know(frame, run).set_index("name")
    assert found.loc["returned", ["kind", "is_known"]].tolist() == ["shares", True]


def test_of_many_levels_the_rare_ones_are_taken_together(run: ec.Run) -> None:
    frame, rng = shops(), np.random.default_rng(5)
    shelf = (frame["shop"].str[1:].astype(int) // 2).to_numpy() + rng.integers(0, 12, ROWS)
    frame["shelf"] = [f"shelf {number}" for number in shelf]
    found = ec.what_vectors_know(frame, run).set_index("name")
    assert found.loc["shelf", ["kind", "is_known"]].tolist() == ["shares", True]
    assert frame["shelf"].nunique() > 30


@pytest.mark.parametrize("objective", ["context", "entity"])
def test_columns_that_were_learned_from_without_being_named_are_left_out(objective: str) -> None:
    frame = shops().assign(weight=1.5, day=pd.Timestamp("2026-01-01"), until=np.arange(ROWS) % 97 / 10)
    frame["day"] += pd.to_timedelta(np.arange(ROWS) % 300, unit="h")
    target = "cheap" if objective == "entity" else None
    settings: dict[str, Any] = {"epochs": 1, "dimension": 2, "prior_strength": 1.0, "progress": False}
    run = ec.train(frame, column="shop", objective=objective, target=target, **settings)
    later = frame.assign(came_later=frame["shop"].str[1:].astype(int) + np.arange(ROWS) % 7)
    assert ec.what_vectors_know(later, run)["name"].tolist() == ["came_later"]
