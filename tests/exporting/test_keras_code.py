"""A run in plain Keras, run: the lesson's numbers again, and of other runs a model that is as good."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.lesson.training import three_categories

NAME = "keras-code"
SETTINGS: dict[str, dict[str, Any]] = {
    "target": {"target": "sold", "epochs": 15, "prior_strength": 0.5},
    "context": {"context": ["kind", "size", "when"], "epochs": 25, "prior_strength": 0.5},
    "entity": {"target": "sold", "features": ["size", "kind", "when"], "hidden": [16], "epochs": 10},
    "entity with a prior": {
        **{"objective": "entity", "target": "sold", "features": ["size", "kind", "when"], "hidden": [16]},
        **{"epochs": 10, "prior_strength": 5.0},
    },
    "distance": {"partner": "to", "target": "km", "dimension": 2, "epochs": 30, "batch_size": 64},
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def shops() -> pd.DataFrame:
    """Twelve shops in a plane: how far apart they are, and what goes with where they lie."""
    rng = np.random.default_rng(0)
    places, (one, other) = rng.normal(size=(12, 2)), rng.integers(0, 12, (2, 900))
    frame = pd.DataFrame({"shop": [f"shop {i}" for i in one], "to": [f"shop {i}" for i in other]})
    frame["km"] = np.linalg.norm(places[one] - places[other], axis=1).round(3)
    frame["size"] = (2 * places[one, 0] + rng.normal(size=900)).round(2)
    frame["kind"] = np.where(places[one, 1] + rng.normal(size=900) > 0, "x", "y")
    frame["sold"] = (
        3 * places[one, 0] + frame["size"] + (frame["kind"] == "x") + rng.normal(size=900)
    ).round(2)
    frame["when"] = pd.date_range("2024-01-01", periods=900, freq="h").strftime("%Y-%m-%d %H:%M:%S")
    frame.loc[:20, "size"] = np.nan
    frame.loc[21:30, "shop"] = None
    return frame


def executed(run: ec.Run, table: ec.Table) -> dict[str, Any]:
    """Return the names that the script of a run leaves behind."""
    script = ec.export(run, NAME, "run.py", table=table).read_text()
    assert "embed_core" not in script
    names: dict[str, Any] = {}
    exec(compile(script, "run.py", "exec"), names)
    return names


def test_the_lesson_gives_its_numbers_again(here: Path) -> None:
    three_categories(seed=1).to_csv("three.csv", index=False)
    table = ec.read_table("three.csv")
    run = ec.train(table, column="category", target="answer", dimension=2, seed=1, **ec.BLOG_RECIPE)
    found = executed(run, table)
    assert found["vectors"].index.tolist() == run.embedding.labels
    # Compiled alike they are the same bit for bit in 23 of 24 seeds, and a last digit, 2.3e-10, apart in the other: XLA
    # lets LLVM add up a batch in an order of its own, and that of the bias is other in a loop over slices than in fit.
    np.testing.assert_allclose(found["vectors"], run.embedding.vectors, rtol=0, atol=1e-9)
    # Keras averages the losses of batches in float32.
    np.testing.assert_allclose(found["losses"], run.history["loss"], rtol=0, atol=2e-7)


@pytest.mark.parametrize("name", SETTINGS)
def test_other_runs_are_as_good_on_rows_that_were_held_out(
    here: Path, shops: pd.DataFrame, name: str
) -> None:
    shops.to_csv("shops.csv", index=False, sep=";", decimal=",")
    table = ec.read_table("shops.csv")
    runs = [
        ec.train(table, column="shop", seed=seed, **({"objective": name} | SETTINGS[name]))
        for seed in range(5)
    ]
    last = [run.best_epoch if run.trained_by.keeps_best else len(run.history) for run in runs]
    losses = [run.history["val_loss"].iloc[epoch - 1] for run, epoch in zip(runs, last, strict=True)]
    found = executed(runs[0], table)
    assert set(found["vectors"].index) == set(runs[0].embedding.labels)
    assert found["vectors"].shape == runs[0].embedding.vectors.shape
    assert found["held_out_loss"] < np.mean(losses) + 3 * np.std(losses, ddof=1)
    assert found["held_out_loss"] < 0.95 * np.mean([run.baseline["loss"] for run in runs])


def test_what_plain_keras_cannot_do_is_refused(shops: pd.DataFrame) -> None:
    table = ec.keep_rows(ec.read_table(shops), "kind", "is", "x")
    run = ec.train(table, column="shop", target="sold", epochs=1, prior_strength=0.0)
    with pytest.raises(ec.AtlasError, match=r"changed by hand.*take your own table back"):
        ec.export(run, NAME, "run.py", table=table)


@pytest.mark.parametrize(("above", "is_plain"), [("", True), ("Sales of 2024\n\n", False)])
def test_a_file_that_pandas_may_read_otherwise_is_said_to_be_one(
    here: Path, shops: pd.DataFrame, above: str, is_plain: bool
) -> None:
    Path("shops.csv").write_text(above + shops[["shop", "kind"]].to_csv(index=False))
    table = ec.read_table("shops.csv")
    run = ec.train(table, column="shop", objective="context", epochs=1, prior_strength=1.0)
    script = ec.export(run, NAME, "run.py", table=table).read_text()
    assert ("let FILE be the\n# CSV that the Export page makes" in script) is not is_plain


def test_a_run_that_is_kept_says_what_the_script_needs(
    here: Path, shops: pd.DataFrame, monkeypatch: Any
) -> None:
    monkeypatch.setenv("CATEGORY_ATLAS_HOME", str(here))
    run = ec.train(
        shops, column="shop", objective="context", context=["kind", "size"], epochs=1, prior_strength=1.0
    )
    again = ec.open_run(ec.keep_run(run))
    assert [layer.name for layer in again.layers] == ["Embedding", "Flatten", "Dense"]
    assert again.heads == run.heads == ("kind", "size in bins")
    assert (again.batch_size, again.distinct_rows) == (run.batch_size, run.distinct_rows) != (0, 0)
    assert ec.export(again, NAME, "one.py").read_text() == ec.export(run, NAME, "two.py").read_text()
