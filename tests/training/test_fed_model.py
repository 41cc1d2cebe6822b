"""The kept model takes words and numbers by the names of columns, in plain Keras, and predicts what codes predict."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec

TRAPS = ["<b>x</b>", "=1+1", "a\tb", "two\nlines", "", "[UNK]", "Zürich", '"q"']


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    shop = rng.choice(TRAPS, 400)
    frame = pd.DataFrame(
        {
            "shop/<i>": shop,
            "to": rng.choice(TRAPS, 400),
            "zone": rng.integers(1, 5, 400),
            "n": rng.normal(size=400),
            "when": pd.date_range("2024-01-01", periods=400, freq="37h"),
            "km": 1.0 + rng.random(400),
            "late": np.where(rng.random(400) < np.where(shop < "a", 0.8, 0.2), "yes", "no"),
        }
    )
    frame.loc[:5, "shop/<i>"] = None
    frame.loc[6:19, "n"] = np.nan
    return frame


@pytest.fixture(scope="module")
def runs(table: pd.DataFrame) -> dict[str, ec.Run]:
    given: dict[str, dict[str, Any]] = {
        "target": {"target": "late", "prior_strength": 1.0},
        "rare": {"target": "late", "prior_strength": 1.0, "min_frequency": 47},
        "entity": {
            "objective": "entity",
            "target": "late",
            "features": ["zone", "n", "when"],
            "hidden": (4,),
        },
        "context": {"objective": "context", "context": ["zone", "late"], "prior_strength": 1.0},
        "distance": {"objective": "distance", "target": "km", "partner": "to"},
    }
    return {
        name: ec.train(table, column="shop/<i>", dimension=2, epochs=2, **settings)
        for name, settings in given.items()
    }


def codes(run: ec.Run, table: pd.DataFrame) -> Any:
    """Return the codes, and the numbers, that the inner model takes for some rows."""
    found = []
    for column, embedding in run.embeddings.items():
        if column.startswith(("month of", "weekday of", "hour of")):
            when = table["when"]
            texts = {
                "month of when": when.dt.month_name(),
                "weekday of when": when.dt.day_name(),
                "hour of when": when.dt.strftime("%H:00"),
            }[column]
        else:
            texts = table[column].astype(object).where(table[column].notna(), "(missing)").astype(str)
        stranger = embedding.positions.get("(rare)", len(embedding))
        found.append(np.array([[embedding.positions.get(text, stranger)] for text in texts], np.int32))
    if run.numbers:
        found.append(table[list(run.numbers)].to_numpy(np.float32))
    return found if len(found) > 1 else found[0]


def flat(answer: Any) -> np.ndarray[Any, Any]:
    return np.concatenate(answer, axis=1) if isinstance(answer, list) else np.asarray(answer)


def test_words_and_numbers_predict_what_their_codes_predict(
    runs: dict[str, ec.Run], table: pd.DataFrame, tmp_path: Path
) -> None:
    import keras

    for name, run in runs.items():
        for kind, content in (("codes", run.model), ("fed", run.fed_model)):
            (tmp_path / f"{kind}.keras").write_bytes(content)
        fed = keras.models.load_model(tmp_path / "fed.keras")
        inputs = run.model_inputs(table)
        columns = [*run.embeddings, *run.numbers]
        assert sorted(inputs) == sorted(column.replace("/", "_") for column in columns), name
        predicted = flat(fed.predict(inputs, verbose=0))
        of_codes = keras.models.load_model(tmp_path / "codes.keras")
        expected = flat(of_codes.predict(codes(run, table), verbose=0))
        np.testing.assert_array_equal(predicted, expected, err_msg=name)
        assert len(fed.get_layer("codes").weights) == len(of_codes.weights)


def test_a_word_that_was_never_seen_is_unknown_or_rare(runs: dict[str, ec.Run], tmp_path: Path) -> None:
    import keras

    strangers = pd.DataFrame({"shop/<i>": ["never seen", "Zürich"]})
    for name in ("target", "rare"):
        run = runs[name]
        (tmp_path / "fed.keras").write_bytes(run.fed_model)
        model = keras.models.load_model(tmp_path / "fed.keras")
        found = model.predict(run.model_inputs(strangers), verbose=0)
        label = "(rare)" if name == "rare" else "(unknown)"
        stranger = len(run.embedding) if name == "target" else run.embedding.index(label)
        expected = model.get_layer("codes").predict(np.array([[stranger]], np.int32), verbose=0)
        assert found[0] == pytest.approx(expected[0])


def test_it_loads_in_a_fresh_process_that_has_keras_alone(
    runs: dict[str, ec.Run], table: pd.DataFrame, tmp_path: Path
) -> None:
    run = runs["entity"]
    (tmp_path / "fed.keras").write_bytes(run.fed_model)
    row = {"shop_<i>": [["two\nlines"]], "zone": [["3"]], "n": [[0.5]], "month of when": [["January"]]}
    row |= {"weekday of when": [["Monday"]], "hour of when": [["13:00"]]}
    code = (
        "import json, sys, keras, tensorflow as tf\n"
        "row = json.load(sys.stdin)\n"
        "model = keras.models.load_model('fed.keras')\n"
        "print('P', float(model.predict({k: tf.constant(v) for k, v in row.items()}, verbose=0)[0, 0]))\n"
        "assert 'embed_core' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        input=json.dumps(row),
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    here = pd.DataFrame(
        {"shop/<i>": ["two\nlines"], "zone": [3], "n": [0.5], "when": [pd.Timestamp("2024-01-01 13:00")]}
    )
    import keras

    expected = keras.models.load_model(tmp_path / "fed.keras").predict(run.model_inputs(here), verbose=0)
    assert float(done.stdout.split("P ")[1]) == pytest.approx(float(expected[0, 0]), rel=1e-6)


def test_a_whole_number_beside_a_missing_one_is_still_that_category(runs: dict[str, ec.Run]) -> None:
    frame = pd.DataFrame({"shop/<i>": ["a", "b"], "zone": [3.0, np.nan], "n": [0.0, 1.0]})
    frame["when"] = pd.Timestamp("2024-01-01")
    found = runs["entity"].model_inputs(frame)
    assert found["zone"].numpy().tolist() == [[b"3"], [b"(missing)"]]


def test_a_column_that_is_not_there_is_named(runs: dict[str, ec.Run]) -> None:
    with pytest.raises(ec.AtlasError, match='There is no column "zone"'):
        runs["entity"].model_inputs(pd.DataFrame({"shop/<i>": ["a", "b"], "n": [1.0, 2.0]}))
