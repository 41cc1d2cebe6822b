"""A target that counts is learned as a rate: how many there are per unit of what they were counted over."""

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from embed_core.errors import AtlasError
from embed_core.learning.batches import epoch_order
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import examples
from embed_core.learning.networks.base import vectors
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.reading.read import read_table
from embed_core.training.prepare import prepare
from embed_core.training.train import train

ROWS = 400
RATES = np.array([0.2, 0.5, 1.0, 3.0])
PLAIN: dict[str, Any] = {
    "column": "region",
    "target": "claims",
    "target_kind": "count",
    "dimension": 2,
    "validation_share": 0.0,
    "patience": None,
    "prior_strength": 0.0,
    "category_dropout": 0.0,
}


def policies() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    region = rng.integers(0, 4, ROWS)
    years = rng.integers(1, 9, ROWS) / 4
    return pd.DataFrame(
        {
            "region": np.array(["north", "east", "south", "west"])[region],
            "years": years,
            "claims": rng.poisson(RATES[region] * years),
            "car": np.array(["old", "new"])[rng.integers(0, 2, ROWS)],
        }
    )


def rates(frame: pd.DataFrame) -> dict[str, float]:
    sums = frame.groupby("region")[["claims", "years"]].sum()
    return (sums["claims"] / sums["years"]).to_dict()


@pytest.fixture(scope="module")
def trained() -> Any:
    return train(policies(), exposure="years", learning_rate=0.1, epochs=300, schedule="cosine", **PLAIN)


def opened(content: bytes) -> keras.Model:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(content)
        return keras.models.load_model(path)


def test_the_model_says_the_rate_of_each_category(trained: Any) -> None:
    frame, model = policies(), opened(trained.fed_model)
    assert [each.name for each in model.inputs] == ["region"], "nothing is to be said of the exposure"
    said = model.predict(trained.model_inputs(frame), verbose=0)[:, 0]
    np.testing.assert_allclose(said, frame["region"].map(rates(frame)), rtol=1e-3)


def test_the_base_line_is_the_overall_rate(trained: Any) -> None:
    frame = policies()
    overall = frame["claims"].sum() / frame["years"].sum()
    assert trained.target.scale == pytest.approx(overall)
    assert trained.baseline["loss"] == pytest.approx(1, abs=1e-5)
    errors = abs(frame["claims"] / frame["years"] - overall)
    assert trained.baseline["mae"] == pytest.approx(np.average(errors, weights=frame["years"]))
    assert trained.baseline["least_loss"] < trained.history["loss"].iloc[-1] < trained.baseline["loss"]


def test_the_means_of_categories_are_their_rates(trained: Any) -> None:
    found = dict(zip(trained.embedding.labels, trained.embedding.target_mean, strict=True))
    assert found == pytest.approx(rates(policies()))
    assert trained.target.mean_title == "claims per years"


def test_an_exposure_is_what_a_log_offset_is_in_keras() -> None:
    frame, settings = policies(), {"batch_size": 32, "epochs": 3, "aggregate": False}
    config = TrainingConfig.checked(exposure="years", **settings, **PLAIN)
    data = prepare(read_table(frame), config)
    learned = examples(data, data.training)
    rows = (frame["years"] / frame["years"].mean()).to_numpy(np.float32)
    counts = (frame["claims"] / frame["claims"].mean()).to_numpy(np.float32)
    network = OBJECTIVES["target"].network().build(OBJECTIVES["target"].spec(data, config), seed=0)
    codes, offset = network.inputs[0], keras.Input((1,))
    flat = network.layers[-2].output
    dense = network.layers[-1]
    dense.activation = keras.activations.linear
    model = keras.Model([codes, offset], keras.ops.exp(dense(flat) + offset))
    model.compile(keras.optimizers.Adam(config.learning_rate), "poisson")
    for epoch in range(1, 4):
        order = epoch_order(config.seed, epoch, ROWS)
        model.fit(
            [learned.inputs[0][order, None], np.log(rows)[order, None]], counts[order, None],
            batch_size=32, shuffle=False, verbose=0,
        )  # fmt: skip
    run = train(frame, exposure="years", **settings, **PLAIN)
    np.testing.assert_allclose(run.embedding.vectors, vectors(network), atol=1e-5)


def test_without_an_exposure_each_row_is_one() -> None:
    run = train(policies(), epochs=2, **PLAIN)
    assert run.target.scale == pytest.approx(policies()["claims"].mean())
    assert run.target.mean_title == "mean claims"


def test_the_exposure_is_no_input_of_a_model_with_other_columns() -> None:
    settings = PLAIN | {"objective": "entity", "hidden": (4,), "epochs": 1}
    run = train(policies(), exposure="years", **settings)
    assert {*run.numbers, *run.embeddings} == {"region", "car"}


def test_rows_counted_over_nothing_are_left_out_and_said() -> None:
    frame = policies()
    frame.loc[:9, "years"] = 0
    data = prepare(read_table(frame), TrainingConfig.checked(exposure="years", **PLAIN))
    assert data.rows.total == ROWS - 10
    assert data.notes[0] == '10 of 400 rows have no finite "years" above 0, and are left out.'


@pytest.mark.parametrize(
    ("changes", "settings", "message"),
    [
        ({"claims": -1}, {}, 'The column "claims" holds negative numbers, such as -1, and a count cannot be'),
        ({"claims": 0}, {}, 'The target "claims" has 1 different value'),
        ({"years": -1}, {"exposure": "years"}, 'The exposure "years" holds negative numbers'),
        ({}, {"exposure": "car"}, 'The exposure "car" must be a number and holds string'),
        (
            {},
            {"exposure": "years", "target_kind": "number"},
            'The setting "exposure" goes with a count alone',
        ),
        ({}, {"exposure": "claims"}, "must differ"),
    ],
)
def test_what_is_no_count_is_refused(changes: dict[str, Any], settings: dict[str, Any], message: str) -> None:
    frame = policies()
    for name, value in changes.items():
        frame.loc[frame.index[5:] if value == -1 else frame.index, name] = value
    with pytest.raises(AtlasError, match=message):
        train(frame, **PLAIN | settings)
