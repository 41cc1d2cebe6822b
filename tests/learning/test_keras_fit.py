"""The compiled trainer computes what ``keras.Model.fit`` computes."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from embed_core.learning.baseline import head_weights
from embed_core.learning.batches import epoch_order
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.program import program
from embed_core.learning.trainer import Trainer
from tests.learning.cases import (
    CATEGORIES,
    EMPTY,
    SPECS,
    exported,
    network_of,
    parcels,
    prepared,
    rows_for,
    settings,
)

LOSSES = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy"}
METRICS = {"binary": "binary_accuracy", "multiclass": "sparse_categorical_accuracy"}


def fit_with_keras(
    spec: ModelSpec, rows: Examples, config: TrainingConfig
) -> tuple[list[dict[str, float]], list[np.ndarray]]:
    """Return loss and metric of every epoch, and the weights after the last."""
    model = network_of(spec).build(spec, seed=config.seed)
    momentum = {"momentum": config.momentum} if config.momentum else {}
    optimizer = keras.optimizers.get(
        {"class_name": config.optimizer, "config": {"learning_rate": config.learning_rate, **momentum}}
    )
    heads = len(spec.outputs)
    loss = "poisson" if spec.count else LOSSES.get(spec.kind, "mean_squared_error")
    metric = METRICS.get(spec.kind, "mae")
    if heads == 1:
        model.compile(optimizer, loss, metrics=[metric])
    else:
        weights = head_weights(rows, spec.outputs).tolist()
        model.compile(optimizer, [loss] * heads, loss_weights=weights, metrics=[[metric]] * heads)
    numbers = [] if rows.numbers is None else [rows.numbers]
    history = []
    for epoch in range(1, config.epochs + 1):
        order = epoch_order(config.seed, epoch, len(rows))
        inputs = [*(codes[order, None] for codes in rows.inputs), *(values[order] for values in numbers)]
        truth = [values[order, None] for values in rows.truth]
        found = model.fit(
            inputs if len(inputs) > 1 else inputs[0],
            truth if heads > 1 else truth[0],
            batch_size=config.batch_size,
            shuffle=False,
            verbose=0,
        ).history
        metrics = [values[0] for name, values in found.items() if name.endswith(metric)]
        assert len(metrics) == heads
        history.append({"loss": found["loss"][0], "metric": float(np.mean(metrics))})
    return history, model.get_weights()


# Every kind of output and every optimizer is met once; the other pairs are slow, as each is compiled by itself.
CASES: list[tuple[str, dict[str, Any]]] = [
    ("binary", {"optimizer": "sgd", "momentum": 0.9}),
    ("context", {"optimizer": "rmsprop"}),
    ("entity", {"optimizer": "adamw", "learning_rate": 0.01}),
    ("distance", {"optimizer": "adam"}),
    ("count", {"optimizer": "adam"}),
]
MORE_CASES: list[tuple[str, dict[str, Any]]] = [
    ("binary", {"optimizer": "adam"}),
    ("multiclass", {"optimizer": "adamw"}),
    ("number", {"optimizer": "rmsprop"}),
    ("context", {"optimizer": "adam"}),
    ("entity of a number", {"optimizer": "adam", "learning_rate": 0.01}),
    ("entity of classes", {"optimizer": "sgd", "momentum": 0.5, "learning_rate": 0.2}),
    ("time", {"optimizer": "sgd", "momentum": 0.9}),
    ("similarity", {"optimizer": "adamw"}),
]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [*CASES, *(pytest.param(*case, marks=pytest.mark.slow) for case in MORE_CASES)],
    ids=[f"{kind}-{c['optimizer']}" for kind, c in [*CASES, *MORE_CASES]],
)
def test_losses_and_weights_are_those_of_keras_fit(kind: str, changes: dict[str, Any]) -> None:
    spec = SPECS[kind]
    rows = rows_for(spec)
    config = settings(seed=3, **changes)
    assert len(rows) % 32, "the last batch of an epoch is a short one"
    assert_like_fit(spec, rows, config)


def test_the_context_of_a_table_is_learned_as_keras_fit_learns_it_from_the_rows() -> None:
    case = prepared(parcels(150), "context", context=("way", "size", "weight"), aggregate=False, seed=3)
    assert len(case.spec.outputs) == 3
    assert len(case.training) == 150
    assert_like_fit(case.spec, case.training, case.config)


def assert_like_fit(spec: ModelSpec, rows: Examples, config: TrainingConfig) -> None:
    trainer = Trainer(spec, rows, EMPTY, config)
    ours = [epoch.metrics for epoch in trainer.epochs()]
    theirs, weights = fit_with_keras(spec, rows, config)
    metric = "mae" if spec.kind == "number" else "accuracy"
    for mine, reference in zip(ours, theirs, strict=True):
        assert mine["loss"] == pytest.approx(reference["loss"], abs=1e-5)
        assert mine[metric] == pytest.approx(reference["metric"], abs=1e-5)
    assert ours[-1]["loss"] != pytest.approx(ours[0]["loss"], abs=1e-4), "something was learned"
    plain = exported(trainer.weights(), spec)
    for mine, reference in zip(plain.get_weights(), weights, strict=True):
        np.testing.assert_allclose(mine, reference, atol=1e-5)


def test_the_lesson_as_written_gives_the_same_numbers() -> None:
    """Sequential Embedding, Flatten, Dense; SGD; binary cross-entropy; accuracy; 5 epochs of batches of 32."""
    codes = np.random.default_rng(1).integers(0, 3, 100)
    labels = (codes == 1).astype(np.int32)
    spec = ModelSpec("target", ((3, 2),))
    model = keras.Sequential(
        [keras.layers.Embedding(3, 2), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")]
    )
    model.build((None, 1))
    model.set_weights(network_of(spec).build(spec, seed=0).get_weights())
    model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
    rows = Examples((codes.astype(np.int32),), (labels,), np.ones(100, np.int64))
    config = settings(optimizer="sgd", learning_rate=0.01, epochs=5)
    for epoch in Trainer(spec, rows, EMPTY, config).epochs():
        order = epoch_order(0, epoch.number, 100)
        history = model.fit(
            codes[order, None], labels[order], batch_size=32, shuffle=False, verbose=0
        ).history
        assert epoch.metrics["loss"] == pytest.approx(history["loss"][0], abs=1e-5)
        assert epoch.metrics["accuracy"] == pytest.approx(history["accuracy"][0], abs=1e-5)


def test_a_cosine_schedule_is_that_of_keras_set_at_every_epoch() -> None:
    spec, rows = SPECS["binary"], rows_for(SPECS["binary"])
    config = settings(schedule="cosine", epochs=4)
    decay = keras.optimizers.schedules.CosineDecay(0.05, decay_steps=4)
    rates = []
    program.cache_clear()  # one that knows its pace does several epochs a call
    trainer = Trainer(spec, rows, EMPTY, config)
    for _ in trainer.epochs():
        rates.append(float(trainer._program.optimizer.learning_rate))
    np.testing.assert_allclose(rates, [float(decay(step)) for step in range(4)], rtol=1e-6)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "number", "distance"])
def test_counts_give_the_same_gradient_as_rows(kind: str) -> None:
    spec = replace(SPECS[kind], tables=((4, 3),))
    rows = rows_for(spec, rows=600)
    truth = np.round(rows.truth[0]).astype(rows.truth[0].dtype)
    table = np.stack([*rows.inputs, truth], axis=1)
    distinct, counts = np.unique(table, axis=0, return_counts=True)
    counted = Examples(
        tuple(distinct[:, i].astype(np.int32) for i in range(len(rows.inputs))),
        (distinct[:, -1].astype(truth.dtype),),
        counts,
    )
    assert len(counted) < len(rows) / 5
    assert_same_training(spec, Examples(rows.inputs, (truth,), rows.weights), counted)


@pytest.mark.parametrize("prior", [0.0, 5.0])
def test_count_tables_of_context_give_the_same_gradient_as_the_rows(prior: float) -> None:
    rows, counted = (
        prepared(parcels(), "context", context=("way", "size", "time"), dimension=3, aggregate=aggregate)
        for aggregate in (False, True)
    )
    assert (len(rows.training), len(counted.training)) == (600, 6)
    assert rows.spec == counted.spec
    vectors = assert_same_training(
        rows.spec, rows.training, counted.training, prior_strength=prior, learning_rate=2.0, epochs=30
    )
    assert np.abs(vectors).max() > 0.2, "something was learned"


def assert_same_training(spec: ModelSpec, one: Examples, other: Examples, **changes: Any) -> np.ndarray:
    found = []
    full = {"batch_size": 10_000, "optimizer": "sgd", "learning_rate": 0.5}
    for rows in (one, other):
        trainer = Trainer(spec, rows, EMPTY, settings(**(full | changes)))
        found.append(([epoch.metrics for epoch in trainer.epochs()], trainer.vectors()))
    for mine, reference in zip(found[0][0], found[1][0], strict=True):
        assert mine == pytest.approx(reference, abs=1e-5)
    np.testing.assert_allclose(found[0][1], found[1][1], atol=1e-4)
    assert found[0][1].shape == (len(found[1][1]), 3) != (CATEGORIES, 3)
    return found[0][1]
