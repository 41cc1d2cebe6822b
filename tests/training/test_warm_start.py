"""A training that goes on from a run keeps its axes, puts new categories among them, and shows who drifted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.comparing.two_runs import compare_embeddings
from embed_core.exporting.content import Content
from embed_core.exporting.python_code import PYTHON

SHOPS, GROUPS = 16, 4
SETTINGS: dict[str, Any] = {"column": "shop", "objective": "context", "dimension": 3, "progress": False}


def month(seed: int, *, shops: int = SHOPS, changed: Sequence[int] = ()) -> pd.DataFrame:
    """Shops of four kinds, of which day and goods tell; those that changed are of the kind across."""
    rng = np.random.default_rng(seed)
    shop = rng.integers(0, shops, 4_000)
    kind = (shop % GROUPS + 2 * np.isin(shop, changed)) % GROUPS
    day = np.where(rng.random(4_000) < 0.7, 2 * kind + rng.integers(0, 2, 4_000), rng.integers(0, 8, 4_000))
    goods = np.where(rng.random(4_000) < 0.6, kind + shop % 3, rng.integers(0, 7, 4_000))
    return pd.DataFrame({"shop": [f"s{each:02d}" for each in shop], "day": day, "goods": goods}).astype(str)


@pytest.fixture(scope="module")
def first() -> ec.Run:
    return ec.train(month(0), **SETTINGS, replicates=2)


def cosines(one: ec.Embedding, other: ec.Embedding) -> pd.Series:
    """The cosine of the two vectors of each category that both have, as they stand."""
    shared = [label for label in one.labels if label in other]
    a, b = (
        each.vectors[[each.index(label) for label in shared]]
        / np.linalg.norm(each.vectors[[each.index(label) for label in shared]], axis=1, keepdims=True)
        for each in (one, other)
    )
    return pd.Series((a * b).sum(axis=1), shared)


def test_the_same_table_again_keeps_the_axes_and_nobody_drifts(first: ec.Run) -> None:
    again = ec.train(month(0), start=first, progress=False)
    from_nothing = ec.train(month(0), **SETTINGS, seed=7)
    assert cosines(first.embedding, again.embedding).min() > 0.99
    assert cosines(first.embedding, from_nothing.embedding).mean() < 0.9
    halves = [
        ec.Embedding(first.embedding.labels, copy["shop"], first.embedding.support)
        for copy in first.replicates
    ]
    by_chance = compare_embeddings(*halves, k=5).changes["kept"]
    kept = ec.compare_runs(first, again, k=5).changes["kept"]
    assert kept.min() >= by_chance.min() and kept.mean() > by_chance.mean()


def test_who_changed_is_named_first_and_who_is_new_stands_among_their_kind(first: ec.Run) -> None:
    later = ec.train(month(1, shops=SHOPS + 1, changed=[5]), start=first, progress=False)
    changes = ec.compare_runs(first, later).changes
    moved = changes.set_index("category")["moved"].sort_values(ascending=False)
    assert changes["category"].iloc[0] == moved.index[0] == "s05"
    assert moved.iloc[0] > 3 * moved.iloc[1]
    stayed = cosines(first.embedding, later.embedding)
    assert stayed["s05"] < 0.8 < 0.9 < stayed.drop("s05").mean()
    assert (
        later.embedding.neighbors("s16", k=1)["category"].item() == "s04"
    )  # of its kind, and the same goods
    assert 'new is "s16"' in later.notes[-1] and "16 of 16 categories" in later.notes[-1]


def test_a_place_that_is_another_now_is_learned_as_well_as_the_others() -> None:
    rng = np.random.default_rng(5)
    places = rng.random((12, 2)) * 100
    a, b = rng.integers(0, 12, (2, 600))

    def between(places: np.ndarray) -> pd.DataFrame:
        minutes = 5 + np.linalg.norm(places[a] - places[b], axis=1) + rng.normal(0, 1, 600)
        table = pd.DataFrame({"from": a, "to": b, "minutes": minutes.clip(0)}).loc[a != b]
        return table.astype({"from": str, "to": str})

    settings = {"column": "from", "partner": "to", "target": "minutes", "objective": "distance"}
    run = ec.train(between(places), **settings, measure="time", dimension=2, epochs=200, progress=False)  # type: ignore[arg-type]
    places[3] = 100 - places[3]
    later = ec.train(between(places), start=run, progress=False)
    moved = ec.compare_runs(run, later).changes.set_index("category")["moved"]
    assert moved.idxmax() == "3" and moved["3"] > 5 * moved.drop("3").max()
    assert later.history["val_mae"].min() < 1.5 * run.history["val_mae"].min()


def test_settings_that_are_not_given_are_the_runs(first: ec.Run) -> None:
    short = ec.train(month(0), start=first, epochs=2, progress=False)
    own = first.trained_by.model_dump()
    assert short.config.model_dump() == own | {"epochs": 2}
    assert short.prior_strength == first.prior_strength
    assert short.started_from == repr(first) and not first.started_from


@pytest.mark.parametrize(
    "settings",
    [
        {"objective": "entity", "target": "day", "features": ["goods"], "hidden": [4]},
        {"objective": "distance", "target": "km", "partner": "to", "dimension": 2, "epochs": 40},
    ],
)
def test_it_begins_where_the_run_ended(settings: dict[str, Any]) -> None:
    table = month(2).head(300)
    rng = np.random.default_rng(0)
    table["to"], table["km"] = rng.permutation(table["shop"]), rng.random(300) * 100
    run = ec.train(table, **(SETTINGS | {"epochs": 3} | settings))
    on = ec.train(table, start=run, epochs=1, learning_rate=1e-7, restore_best=False, progress=False)
    np.testing.assert_allclose(on.embedding.vectors, run.embedding.vectors, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"dimension": 4}, 'has the same dimension: "3"; got "4". Leave the setting out'),
        ({"objective": "target", "target": "day"}, 'the same objective: "context"; got "target"'),
        ({"column": "day"}, 'the same column: "shop"; got "day"'),
        ({"dimention": 3}, "Did you mean"),
        ({"start": "newest"}, 'must be a run, from ec.train or ec.open_run; got "newest"'),
    ],
)
def test_what_makes_other_vectors_is_refused(first: ec.Run, settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ec.AtlasError) as refused:
        ec.train(month(0), **({"start": first} | settings))
    assert sentence in str(refused.value)


def test_a_table_of_other_categories_is_refused(first: ec.Run) -> None:
    others = month(0).assign(shop=lambda frame: "x" + frame["shop"])
    with pytest.raises(ec.AtlasError, match=r'none of the column "shop" is in that run, which has "s\d\d"'):
        ec.train(others, start=first, progress=False)


def test_a_column_or_a_start_must_be_given() -> None:
    with pytest.raises(ec.AtlasError, match='The setting "column" must be given'):
        ec.train(month(0), target="day")


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_code_of_a_run_goes_on_from_the_same_run(
    first: ec.Run, is_kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATEGORY_ATLAS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    month(1).to_csv("shops.csv", index=False)
    table = ec.read_table("shops.csv")
    start = ec.open_run(ec.keep_run(first)) if is_kept else first
    first.save("start.atlas.zip")
    run = ec.train(table, start=start, epochs=5, progress=False)
    names: dict[str, Any] = {}
    exec(compile(PYTHON.make(Content.of(run, table=table)).decode(), "run.py", "exec"), names)
    np.testing.assert_array_equal(names["run"].embedding.vectors, run.embedding.vectors)
    assert names["run"].config == run.config


def test_a_run_that_is_saved_is_loaded_as_it_was(first: ec.Run, tmp_path: Path) -> None:
    run = ec.train(month(0), start=first, epochs=1, progress=False)
    loaded = ec.Run.load(run.save(tmp_path / "here" / "month.atlas.zip"))
    assert loaded.config == run.config and loaded.started_from == run.started_from
    assert loaded.notes == run.notes and loaded.model == run.model
    np.testing.assert_array_equal(loaded.embedding.vectors, run.embedding.vectors)
    with pytest.raises(ec.AtlasError, match="cannot be read"):
        ec.Run.load(tmp_path / "nowhere.atlas.zip")
