"""Whole weights are counts: a row of weight w is learned from as w rows; others scale its loss."""

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
from embed_core.types import WEIGHT

ROWS = 240
KINDS: dict[str, dict[str, Any]] = {
    "target": {"objective": "target", "target": "late"},
    "target, a number": {"objective": "target", "target": "hours", "min_frequency": 55},
    "target, a count": {
        "target": "miles",
        "target_kind": "count",
        "exposure": "hours",
        "prior_strength": 1.0,
    },
    "entity": {"objective": "entity", "target": "late", "hidden": (4,)},
    "context": {"objective": "context"},
    "context of some columns": {"objective": "context", "context": ("way", "hours")},
    "distance": {"objective": "distance", "partner": "to", "target": "miles"},
}


def flights() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    start, to = rng.integers(0, 6, ROWS), rng.integers(0, 6, ROWS)
    frame = {
        "from": [f"airport {place}" for place in start],
        "to": [f"airport {place}" for place in to],
        "miles": 10.0 * abs(start - to),
        "way": np.array(["road", "rail", "ship"])[(start + rng.integers(0, 2, ROWS)) % 3],
        "hours": rng.gamma(2.0, size=ROWS).round(2) + start,
        "late": np.where(rng.random(ROWS) < start / 6, "yes", "no"),
        "day": rng.integers(0, 200, ROWS),
        "rows": rng.integers(0, 4, ROWS),
    }
    return pd.DataFrame(frame)


def repeated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.loc[frame.index.repeat(frame["rows"])].drop(columns="rows")


@pytest.mark.parametrize("kind", KINDS)
def test_whole_weights_are_rows_repeated_bit_for_bit(kind: str) -> None:
    settings = {"column": "from", "dimension": 2, "epochs": 4, "seed": 3} | KINDS[kind]
    by_weight = train(flights(), weight="rows", **settings)
    by_rows = train(repeated(flights()), **settings)
    assert by_weight.history.equals(by_rows.history)
    assert by_weight.prior_strength == by_rows.prior_strength
    assert list(by_weight.embeddings) == list(by_rows.embeddings)
    for column, embedding in by_weight.embeddings.items():
        other = by_rows.embeddings[column]
        assert embedding.labels == other.labels
        np.testing.assert_array_equal(embedding.support, other.support)
        np.testing.assert_array_equal(embedding.vectors, other.vectors)
        if other.target_interval is not None:
            np.testing.assert_array_equal(embedding.target_interval, other.target_interval)


@pytest.mark.parametrize("kind", ["target", "context"])
def test_one_fractional_weight_for_all_rows_changes_nothing(kind: str) -> None:
    settings = {"column": "from", "dimension": 2, "epochs": 3, "min_frequency": 5} | KINDS[kind]
    frame = flights().drop(columns="rows")
    weighted = train(frame.assign(share=0.3), weight="share", **settings)
    plain = train(frame, **settings)
    np.testing.assert_array_equal(weighted.embedding.vectors, plain.embedding.vectors)
    np.testing.assert_array_equal(weighted.embedding.support, plain.embedding.support)


def test_fractional_weights_scale_the_loss_and_rows_stay_rows() -> None:
    frame = flights().drop(columns="rows")
    frame["share"] = np.where(frame["late"] == "yes", 2.0, 0.5) + np.arange(ROWS) % 3 / 10
    config = TrainingConfig.checked(column="from", objective="target", target="late", weight="share")
    data = prepare(read_table(frame), config)
    assert data.vocabularies["from"].support.sum() == data.rows.total == ROWS
    assert (data.training + data.validation).sum() == ROWS
    sums = frame.groupby(["from", "late"])["share"].sum() / frame["share"].mean()
    found = dict(zip(zip(data.rows.codes["from"].tolist(), data.rows.codes["late"].tolist(), strict=True),
                     data.rows.weighed(data.rows.counts).tolist(), strict=True))  # fmt: skip
    for (category, late), weight in sums.items():
        place = (data.vocabularies["from"].labels.index(category), int(late == "yes"))
        assert found[place] == pytest.approx(weight)
    learned = examples(data, data.rows.counts)
    assert learned.weights.sum() == pytest.approx(ROWS)


def test_fractional_weights_of_a_context_are_those_of_its_rows() -> None:
    frame = flights()[["from", "way"]].assign(share=1.5 + np.arange(ROWS) % 4)
    config = TrainingConfig.checked(
        column="from", objective="context", context=("way",), weight="share", validation_share=0
    )
    data = prepare(read_table(frame), config)
    found = examples(data, data.training)
    sums = frame.groupby(["from", "way"])["share"].sum().unstack(fill_value=0)
    labels, ways = data.vocabularies["from"].labels, data.heads[0].levels
    wanted = sums.loc[list(labels), list(ways)].to_numpy()
    np.testing.assert_allclose(found.shares[0], wanted / wanted.sum(axis=1, keepdims=True), rtol=1e-6)
    np.testing.assert_allclose(found.weights, wanted.sum(axis=1) / frame["share"].mean(), rtol=1e-9)


def test_every_row_by_itself_is_learned_as_keras_fit_learns_it_with_a_sample_weight() -> None:
    frame = flights().drop(columns="rows")
    frame["share"] = 0.25 + np.arange(ROWS) % 5
    settings: dict[str, Any] = {"column": "from", "objective": "target", "target": "late", "dimension": 2,
                                "epochs": 3, "batch_size": 32, "validation_share": 0.0, "patience": None,
                                "prior_strength": 0.0, "category_dropout": 0.0, "aggregate": False}  # fmt: skip
    config = TrainingConfig.checked(weight="share", **settings)
    data = prepare(read_table(frame), config)
    learned = examples(data, data.training)
    spec = OBJECTIVES["target"].spec(data, config)
    model = OBJECTIVES["target"].network().build(spec, seed=config.seed)
    model.compile(keras.optimizers.Adam(config.learning_rate), "binary_crossentropy")
    for epoch in range(1, config.planned_epochs + 1):
        order = epoch_order(config.seed, epoch, len(learned))
        model.fit(
            learned.inputs[0][order, None], learned.truth[0][order, None], batch_size=32, shuffle=False,
            sample_weight=learned.weights[order], verbose=0,
        )  # fmt: skip
    run = train(frame, weight="share", **settings)
    np.testing.assert_allclose(run.embedding.vectors, vectors(model), atol=1e-5)


def test_means_of_the_target_are_weighted() -> None:
    frame = pd.DataFrame(
        {"c": list("aaabbb"), "y": [0.5, 1.5, 4.0, 1.0, 2.0, 6.0], "w": [0.5, 1, 2, 1, 1, 1.0]}
    )
    run = train(frame, column="c", target="y", target_kind="number", weight="w", dimension=1, epochs=1)
    means = dict(zip(run.embedding.labels, run.embedding.target_mean, strict=True))
    assert means["a"] == pytest.approx((0.25 + 1.5 + 8) / 3.5)
    assert means["b"] == pytest.approx(3.0)


def test_rows_of_no_weight_are_left_out_and_said() -> None:
    frame = pd.DataFrame({"c": list("aabbcc"), "y": list("pqpqpq"), "w": [1, 2, 3, None, 0, 0]})
    data = prepare(
        read_table(frame), TrainingConfig.checked(column="c", objective="target", target="y", weight="w")
    )
    assert data.vocabularies["c"].labels == ("a", "b")
    assert data.notes[:2] == (
        '3 of 6 rows have no finite "w" above 0, and are left out.',
        '3 rows stand for 6, as "w" says.',
    )


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -2, 1, 1], 'The weight "w" holds negative numbers, such as -2'),
        ([0, 0, 0, 0], 'The weight "w" holds no finite number above 0'),
        ([np.inf, np.nan, 0, -np.inf], 'The weight "w" holds no finite number above 0'),
        (list("abcd"), 'The weight "w" must be a number and holds string'),
        ([10**17, 1, 1, 1], 'The weights "w" add up to 1e\\+17'),
        ([1e300, 1, 1, 1], 'The weights "w" add up to 1e\\+300'),
        (np.array([2**63 + 5, 1, 1, 1], np.uint64), 'The weights "w" add up to 9.22337e\\+18'),
    ],
)
def test_weights_that_are_none_are_refused(weights: list[Any], message: str) -> None:
    frame = pd.DataFrame({"c": list("aabb"), "y": list("pqpq"), "w": weights})
    with pytest.raises(AtlasError, match=message):
        train(frame, column="c", target="y", weight="w")


@pytest.mark.parametrize("unit", [1e-300, 5e-324 * 2**4])
def test_only_the_shares_of_weights_count(unit: float) -> None:
    frame = flights().assign(share=0.5 + np.arange(ROWS) % 3)
    settings = {"objective": "target", "column": "from", "target": "late", "weight": "share"}
    plain = prepare(read_table(frame), TrainingConfig.checked(**settings))
    scaled = prepare(
        read_table(frame.assign(share=frame["share"] * unit)), TrainingConfig.checked(**settings)
    )
    np.testing.assert_allclose(scaled.rows.numbers[WEIGHT], plain.rows.numbers[WEIGHT], rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": "y", "weight": "y"}, "must differ"),
        ({"target": "y", "weight": "nowhere"}, 'There is no column "nowhere"'),
        ({"objective": "context", "context": ("y", "w"), "weight": "w"}, "cannot be learned from as well"),
    ],
)
def test_a_weight_is_a_column_of_its_own(settings: dict[str, Any], message: str) -> None:
    frame = pd.DataFrame({"c": list("aabb"), "y": [1, 2, 1, 2], "w": [1, 2, 1, 2]})
    with pytest.raises(AtlasError, match=message):
        train(frame, column="c", **settings)


def test_the_weights_of_rows_are_not_among_the_numbers_of_a_model() -> None:
    frame = flights().assign(share=0.5 + np.arange(ROWS) % 3).drop(columns="rows")
    run = train(
        frame, column="from", objective="entity", target="late", hidden=(4,), epochs=1, weight="share"
    )
    assert WEIGHT not in run.numbers
    assert "share" not in {*run.numbers, *run.embeddings}
