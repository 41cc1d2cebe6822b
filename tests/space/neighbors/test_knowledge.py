"""Vectors are said to know what their neighbourhoods tell, and nothing of what was shuffled."""

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.neighbors.knowledge import CategoryValues, knowledge


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.repeat(3 * np.eye(4), 20, axis=0) + 0.3 * rng.normal(size=(80, 4))


def test_what_was_planted_is_known_and_what_was_not_is_not(vectors: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(4), 20)
    values = [
        CategoryValues("noise", rng.normal(size=80)),
        CategoryValues("height", 10.0 * group + rng.normal(size=80)),
        CategoryValues.of_texts("letter", [str(rng.choice(list("abc"))) for _ in group]),
        CategoryValues.of_texts("side", ["left" if each < 2 else "right" for each in group]),
    ]
    found = knowledge(vectors, values, metric="cosine").set_index("name")
    assert found["is_known"].to_dict() == {"height": True, "side": True, "letter": False, "noise": False}
    assert found.loc["side", "score"] == 1.0 and found.loc["side", "chance"] < 0.6
    assert found.loc["height", "score"] > 0.95 and found.loc["height", "chance"] < 0.05
    assert found.index[:2].tolist() == ["height", "side"]  # the farther above chance, the earlier


def test_one_that_is_known_is_found_among_many_that_are_not(vectors: np.ndarray) -> None:
    rng = np.random.default_rng(4)
    noise = [CategoryValues(f"noise {i}", numbers=rng.normal(size=len(vectors))) for i in range(40)]
    near = CategoryValues("first axis", numbers=vectors[:, 0].astype(float))
    found = knowledge(vectors, [*noise, near], metric="euclidean")
    assert found["name"][0] == "first axis" and found["is_known"].tolist() == [True] + [False] * 40


def test_of_many_columns_of_noise_hardly_any_is_called_known(vectors: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    tables = [[CategoryValues(f"x{i}", rng.normal(size=80)) for i in range(30)] for _ in range(8)]
    known = [knowledge(vectors, values, metric="euclidean")["is_known"].sum() for values in tables]
    assert sum(known) <= 1


def test_shares_are_told_where_their_commonest_level_is_the_same(vectors: np.ndarray) -> None:
    rng = np.random.default_rng(5)
    side = np.repeat(np.arange(4), 20) % 2
    rows = rng.integers(5, 60, 80)
    of = [rng.binomial(rows, share) for share in (np.where(side, 0.8, 0.55), np.full(80, 0.7))]
    values = [
        CategoryValues(name, counts=np.stack([own, rows - own], axis=1), level_names=("cash", "card"))
        for name, own in zip(("pays", "coin"), of, strict=True)
    ]
    assert all((each.counts[:, 0] > each.counts[:, 1]).mean() > 0.8 for each in values)
    found = knowledge(vectors, values, metric="euclidean").set_index("name")
    assert found["is_known"].to_dict() == {"pays": True, "coin": False}
    assert found["kind"].tolist() == ["shares"] * 2 and found.loc["pays", "level"] in ("cash", "card")


def test_shares_of_noise_are_at_chance_where_rare_ones_lie_together() -> None:
    rng = np.random.default_rng(6)
    rows = np.maximum(1, 2_000 // np.arange(1, 121))
    vectors = rng.normal(size=(120, 3)) * (rows / (rows + 20))[:, None]  # as a prior leaves them
    values = []
    for number in range(60):
        own = rng.binomial(rows, 0.3)
        counts = np.stack([own, rows - own], axis=1)
        values.append(CategoryValues(f"coin {number}", counts=counts, level_names=("head", "tail")))
    found = knowledge(vectors, values, metric="euclidean")
    assert not found["is_known"].any() and (found["p_value"] <= 0.05).sum() <= 7


def test_what_is_told_worse_than_by_the_mean_of_all_is_not_known() -> None:
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(2_000, 4))
    found = knowledge(
        vectors, [CategoryValues("hint", 0.25 * vectors[:, 0] + rng.normal(size=2_000))], metric="euclidean"
    )
    assert found.loc[0, "p_value"] <= 0.05 and found.loc[0, "chance"] < found.loc[0, "score"] < 0
    assert not found.loc[0, "is_known"]


def test_what_cannot_be_judged_is_left_out(vectors: np.ndarray) -> None:
    few = np.full(80, np.nan)
    few[:5] = 1, 2, 3, 4, 5
    values = [CategoryValues("few", few), CategoryValues.of_texts("same", ["a"] * 80)]
    found = knowledge(vectors, values, metric="cosine")
    assert found.empty and list(found)[:4] == ["name", "kind", "level", "score"]
    with pytest.raises(AtlasError, match="there are 80, and 3 values"):
        knowledge(vectors, [CategoryValues("x", np.zeros(3))], metric="cosine")


def test_a_category_does_not_tell_its_own_value(vectors: np.ndarray) -> None:
    own = CategoryValues.of_texts("name", [f"n{i}" for i in range(80)])
    assert knowledge(vectors, [own], metric="cosine")["score"].tolist() == [0.0]
