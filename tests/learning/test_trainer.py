"""The compiled trainer against ``keras.Model.fit``, and what it promises of its own."""

import keras
import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.learning import models
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples, epoch_order
from embed_core.learning.trainer import Trainer

KINDS = {
    "binary": ("target", 1),
    "multiclass": ("target", 4),
    "number": ("target", 1),
    "distance": ("distance", 1),
}
LOSSES = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy"}
METRICS = {"binary": "binary_accuracy", "multiclass": "sparse_categorical_accuracy"}
EMPTY = Examples((), np.zeros(0, np.int32), np.zeros(0, np.int64))


def spec_for(kind: str, categories: int = 12) -> models.ModelSpec:
    objective, outputs = KINDS[kind]
    output = "number" if kind == "distance" else kind
    return models.ModelSpec(objective, categories, 3, output, outputs)  # type: ignore[arg-type]


def rows_for(kind: str, rows: int = 150, categories: int = 12, seed: int = 0) -> Examples:
    rng = np.random.default_rng(seed)
    inputs = tuple(
        rng.integers(0, categories, rows).astype(np.int32) for _ in range(2 if kind == "distance" else 1)
    )
    if kind in ("number", "distance"):
        truth = rng.normal(1.0, 0.5, rows).astype(np.float32)
    else:
        truth = (
            (inputs[0] + rng.integers(0, 2, rows)) % KINDS[kind][1]
            if kind == "multiclass"
            else (rng.random(rows) < inputs[0] / categories)
        ).astype(np.int32)
    return Examples(inputs, truth, np.ones(rows, np.int64))


def settings(**changes: object) -> TrainingConfig:
    values: dict[str, object] = {
        "column": "c",
        "target": "t",
        "batch_size": 32,
        "epochs": 3,
        "validation_share": 0.0,
    }
    return TrainingConfig.checked(**(values | changes))


def fit_with_keras(
    spec: models.ModelSpec, rows: Examples, config: TrainingConfig, kind: str
) -> tuple[list[dict[str, float]], list[np.ndarray]]:
    model = models.build(spec, seed=config.seed)
    optimizer = keras.optimizers.get(
        {"class_name": config.optimizer, "config": {"learning_rate": config.learning_rate}}
    )
    model.compile(optimizer, LOSSES.get(kind, "mean_squared_error"), metrics=[METRICS.get(kind, "mae")])
    history = []
    for epoch in range(1, config.epochs + 1):
        order = epoch_order(config.seed, epoch, len(rows))
        inputs = [codes[order, None] for codes in rows.inputs]
        result = model.fit(
            inputs if len(inputs) > 1 else inputs[0],
            rows.truth[order, None],
            batch_size=config.batch_size,
            shuffle=False,
            verbose=0,
        )
        history.append({name: values[0] for name, values in result.history.items()})
    return history, model.get_weights()


@pytest.mark.parametrize(
    ("kind", "optimizer"),
    [
        ("binary", "sgd"),
        ("binary", "adam"),
        ("binary", "rmsprop"),
        ("multiclass", "adamw"),
        ("number", "rmsprop"),
        ("distance", "adam"),
    ],
)
def test_losses_and_weights_are_those_of_keras_fit(kind: str, optimizer: str) -> None:
    spec, rows = spec_for(kind), rows_for(kind)
    config = settings(optimizer=optimizer, learning_rate=0.05, seed=3)
    trainer = Trainer(spec, rows, EMPTY, config)
    ours = [epoch.metrics for epoch in trainer.epochs()]
    theirs, weights = fit_with_keras(spec, rows, config, kind)
    metric = "mae" if "mae" in ours[0] else "accuracy"
    for mine, reference in zip(ours, theirs, strict=True):
        assert mine["loss"] == pytest.approx(reference["loss"], abs=1e-5)
        assert mine[metric] == pytest.approx(reference[METRICS.get(kind, "mae")], abs=1e-5)
    for mine, reference in zip(trainer.model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(mine, reference, atol=1e-5)


def test_the_lesson_as_written_gives_the_same_numbers() -> None:
    """Sequential Embedding, Flatten, Dense; SGD; binary cross-entropy; accuracy; 5 epochs of batches of 32."""
    codes = np.random.default_rng(1).integers(0, 3, 100)
    labels = (codes == 1).astype(np.int32)
    spec = models.ModelSpec("target", 3, 2, "binary")
    model = keras.Sequential(
        [keras.layers.Embedding(3, 2), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")]
    )
    model.build((None, 1))
    model.set_weights(models.build(spec, seed=0).get_weights())
    model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
    rows = Examples((codes.astype(np.int32),), labels, np.ones(100, np.int64))
    config = settings(optimizer="sgd", learning_rate=0.01, epochs=5)
    for epoch in Trainer(spec, rows, EMPTY, config).epochs():
        order = epoch_order(0, epoch.number, 100)
        history = model.fit(
            codes[order, None], labels[order], batch_size=32, shuffle=False, verbose=0
        ).history
        assert epoch.metrics["loss"] == pytest.approx(history["loss"][0], abs=1e-5)
        assert epoch.metrics["accuracy"] == pytest.approx(history["accuracy"][0], abs=1e-5)


@pytest.mark.parametrize("kind", list(KINDS))
def test_counts_give_the_same_gradient_as_rows(kind: str) -> None:
    spec, rows = spec_for(kind, categories=4), rows_for(kind, rows=600, categories=4)
    rows = Examples(rows.inputs, np.round(rows.truth).astype(rows.truth.dtype), rows.weights)
    table = np.stack([*rows.inputs, rows.truth], axis=1)
    distinct, counts = np.unique(table, axis=0, return_counts=True)
    counted = Examples(
        tuple(distinct[:, i].astype(np.int32) for i in range(len(rows.inputs))),
        distinct[:, -1].astype(rows.truth.dtype),
        counts,
    )
    assert len(counted) < len(rows)
    results = []
    for data in (rows, counted):
        trainer = Trainer(spec, data, data, settings(batch_size=1000, optimizer="sgd", learning_rate=0.5))
        results.append(([epoch.metrics for epoch in trainer.epochs()], trainer.vectors()))
    for one, other in zip(results[0][0], results[1][0], strict=True):
        assert one == pytest.approx(other, abs=2e-6)
    np.testing.assert_allclose(results[0][1], results[1][1], atol=1e-5)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    def vectors(seed: int) -> np.ndarray:
        trainer = Trainer(spec_for("binary"), rows_for("binary"), EMPTY, settings(seed=seed))
        list(trainer.epochs())
        return trainer.vectors()

    first = vectors(1)
    np.testing.assert_array_equal(first, vectors(1))
    assert np.abs(first - vectors(2)).max() > 1e-3


def test_early_stopping_restores_the_best_weights() -> None:
    rows, other = rows_for("binary", rows=40, seed=1), rows_for("binary", rows=400, seed=2)
    config = settings(epochs=400, patience=5, validation_share=0.2, learning_rate=0.2)
    trainer = Trainer(spec_for("binary"), rows, other, config)
    seen = {epoch.number: epoch.metrics["val_loss"] for epoch in trainer.epochs()}
    best = min(seen, key=seen.__getitem__)
    assert trainer.best_epoch == best < max(seen) < 400
    restored = keras.losses.binary_crossentropy(
        other.truth[:, None], trainer.model(other.inputs[0][:, None], training=False)
    )
    assert float(np.mean(restored)) == pytest.approx(seen[best], abs=1e-5)


def test_a_loss_that_explodes_stops_with_advice() -> None:
    rows = rows_for("number")
    rows = Examples(rows.inputs, rows.truth * np.float32(1e18), rows.weights)
    trainer = Trainer(spec_for("number"), rows, EMPTY, settings(optimizer="sgd", learning_rate=10, epochs=50))
    with pytest.raises(AtlasError, match="Choose a smaller learning rate"):
        list(trainer.epochs())


def test_the_checkpoint_stops_the_training() -> None:
    calls = iter([True, True, False])
    trainer = Trainer(
        spec_for("binary"), rows_for("binary"), EMPTY, settings(epochs=50), checkpoint=lambda: next(calls)
    )
    assert len(list(trainer.epochs())) < 50
    assert next(calls, None) is None


def test_a_prior_shrinks_rare_categories_more() -> None:
    rows = rows_for("binary", rows=2000)
    rare = Examples(rows.inputs, np.ones_like(rows.truth), np.where(rows.inputs[0] < 6, 100, 1))
    lengths = []
    for strength in (0.0, 20.0):
        config = settings(prior_strength=strength, epochs=60, learning_rate=0.05, batch_size=256)
        trainer = Trainer(spec_for("binary"), rare, EMPTY, config)
        list(trainer.epochs())
        lengths.append(np.linalg.norm(trainer.vectors(), axis=1))
    shrunk = lengths[1] / lengths[0]
    assert shrunk[6:].mean() < shrunk[:6].mean() < 1


def test_the_saved_model_predicts_in_the_targets_unit(tmp_path) -> None:  # type: ignore[no-untyped-def]
    model = models.in_target_unit(models.build(spec_for("distance"), seed=0), offset=0.0, scale=500.0)
    path = tmp_path / "model.keras"
    path.write_bytes(models.to_bytes(model))
    loaded = keras.models.load_model(path)
    inputs = [np.array([[0], [1]]), np.array([[2], [3]])]
    table = models.vectors(models.build(spec_for("distance"), seed=0))
    expected = 500 * np.linalg.norm(table[[0, 1]] - table[[2, 3]], axis=1)
    np.testing.assert_allclose(loaded.predict(inputs, verbose=0)[:, 0], expected, rtol=1e-4)
