"""What the trainer promises of its own: the same numbers again, an end when asked, and the best weights."""

import threading
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.learning import orders, pace
from embed_core.learning import trainer as trainer_module
from embed_core.learning.baseline import head_weights
from embed_core.learning.batches import epoch_order
from embed_core.learning.examples import Examples, examples
from embed_core.learning.trainer import Trainer
from embed_core.tables.counting.resampling import split_context
from tests.learning.cases import (
    EMPTY,
    SPECS,
    exported,
    network_of,
    parcels,
    prepared,
    rows_for,
    settings,
    trained,
)

DEEP = replace(SPECS["entity"], dropout=0.2)
EVERY_OBJECTIVE = {
    "target": SPECS["binary"],
    "context": SPECS["context"],
    "entity": DEEP,
    "distance": SPECS["distance"],
}


@pytest.mark.parametrize("objective", EVERY_OBJECTIVE)
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(objective: str) -> None:
    spec = EVERY_OBJECTIVE[objective]
    rows = rows_for(spec)

    def vectors(seed: int) -> np.ndarray:
        return trained(spec, rows, seed=seed).vectors()

    first = vectors(1)
    other = vectors(2)
    np.testing.assert_array_equal(first, vectors(1))
    assert np.abs(first - other).max() > 1e-3


def test_dropout_drops_others_with_another_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "epoch_order", lambda seed, epoch, rows: np.arange(rows))
    rows = rows_for(DEEP)
    shape = network_of(DEEP).padded(DEEP)
    start = network_of(DEEP).build(shape, seed=0, to_train=True).trainable_variables

    def loss(seed: int) -> float:
        """Return the loss of the first step on all rows, always from one start and in one order."""
        trainer = Trainer(DEEP, rows, EMPTY, settings(seed=seed, batch_size=1_000, epochs=1))
        for variable, value in zip(trainer.model.trainable_variables, start, strict=True):
            variable.assign(value)
        return next(iter(trainer.epochs())).metrics["loss"]

    assert loss(1) == loss(1) != loss(2)


def test_the_validation_loss_of_count_tables_is_the_cross_entropy_of_their_counts() -> None:
    case = prepared(parcels(), "context", context=("way", "size"), epochs=2, batch_size=1_000)
    judged = examples(case.data, split_context(case.data.rows, share=0.3, seed=0)[1])
    assert judged.weights.sum() == 180
    trainer = case.trainer(judged)
    last = list(trainer.epochs())[-1].metrics
    plain = exported(trainer.weights(), case.spec)
    scale = head_weights(case.training, case.spec.outputs)
    expected = 0.0
    for place, shares in enumerate(judged.shares):
        likely = plain(judged.inputs[0][:, None])[place].numpy()
        expected -= scale[place] * np.average((shares * np.log(likely)).sum(axis=1), weights=judged.weights)
    assert last["val_loss"] == pytest.approx(expected, abs=1e-5)


def test_early_stopping_restores_the_best_weights() -> None:
    spec = SPECS["binary"]
    rows, other = rows_for(spec, rows=40, seed=1), rows_for(spec, rows=400, seed=2)
    config = settings(epochs=400, patience=5, validation_share=0.2, learning_rate=0.2)
    trainer = Trainer(spec, rows, other, config)
    seen = {epoch.number: epoch.metrics["val_loss"] for epoch in trainer.epochs()}
    best = min(seen, key=seen.__getitem__)
    assert trainer.best_epoch == best < max(seen) == best + 5 < 400
    restored = keras.losses.binary_crossentropy(
        other.truth[0][:, None], trainer.model(other.inputs[0][:, None], training=False)
    )
    assert float(np.mean(restored)) == pytest.approx(seen[best], abs=1e-5)


# Many epochs a call

MANY = {"epochs": 25, "validation_share": 0.2, "schedule": "cosine"}


def _all_of(spec: Any, changes: dict[str, Any], stop_after: int | None = None) -> tuple[Any, ...]:
    """Return the metrics and vectors of every epoch, the weights left at the end, and the best epoch."""
    trainer = Trainer(spec, rows_for(spec), rows_for(spec, 70, 5), settings(**changes))
    seen, calls, run = [], [], trainer._program.run

    def counted(size: Any, *rest: Any, **options: Any) -> Any:
        calls.append(size)
        return run(size, *rest, **options)

    trainer._program.run = counted  # type: ignore[method-assign]
    epochs = trainer.epochs()
    for epoch in epochs:
        seen.append((epoch.metrics, [table.copy() for table in epoch.vectors]))
        if epoch.number == stop_after:
            break
    epochs.close()
    trainer._program.run = run  # type: ignore[method-assign]
    return seen, trainer.model.get_weights(), trainer.best_epoch, calls


@pytest.mark.parametrize("patience", [None, 3])
@pytest.mark.parametrize("batch_size", [32, 1_000])
@pytest.mark.parametrize("objective", EVERY_OBJECTIVE)
def test_many_epochs_a_call_are_the_epochs_one_by_one(
    objective: str, batch_size: int, patience: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = EVERY_OBJECTIVE[objective]
    changes = MANY | {"batch_size": batch_size, "patience": patience, "learning_rate": 0.1}
    monkeypatch.setattr(pace, "CALL_SECONDS", 5.0)  # many in a call on a busy machine, too
    _all_of(spec, changes)  # so that the pace is known
    many, weights, best, calls = _all_of(spec, changes)
    assert max(size.epochs for size in calls) > 5
    monkeypatch.setattr(trainer_module, "MOST_EPOCHS", 1)
    single, expected, best_of_single, calls = _all_of(spec, changes)
    assert max(size.epochs for size in calls) <= 1
    exact = {"rtol": 1e-5, "atol": 1e-5} if objective == "context" else {"rtol": 0, "atol": 0}
    assert best == best_of_single
    assert len(many) == len(single)
    for (metrics, tables), (expected_metrics, expected_tables) in zip(many, single, strict=True):
        np.testing.assert_allclose([*metrics.values()], [*expected_metrics.values()], **exact)
        for table, other in zip(tables, expected_tables, strict=True):
            np.testing.assert_allclose(table, other, **exact)
    for value, other in zip(weights, expected, strict=True):
        np.testing.assert_allclose(value, other, **exact)


@pytest.mark.parametrize("batch_size", [32, 1_000])
@pytest.mark.parametrize("objective", EVERY_OBJECTIVE)
def test_who_leaves_in_the_middle_of_a_call_has_the_model_of_that_epoch(
    objective: str, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = EVERY_OBJECTIVE[objective]
    changes = MANY | {"batch_size": batch_size, "restore_best": False}
    monkeypatch.setattr(pace, "CALL_SECONDS", 5.0)
    _all_of(spec, changes)
    whole, *_ = _all_of(spec, changes)
    seen, weights, _, calls = _all_of(spec, changes, stop_after=7)
    assert len(seen) == 7
    assert sum(size.epochs for size in calls[:-1]) > 7, "no more was done than was looked at"
    vectors = whole[6][1][0]
    np.testing.assert_array_equal(weights[0][: len(vectors)], vectors)


# Losses that make no sense


@pytest.mark.parametrize(
    ("scale", "says"),
    [(1e18, "stopped being a number in epoch"), (1.0, "has grown ten thousandfold in epoch")],
)
def test_a_loss_that_explodes_stops_with_advice(scale: float, says: str) -> None:
    spec = SPECS["number"]
    rows = rows_for(spec)
    rows = replace(rows, truth=(rows.truth[0] * np.float32(scale),))
    trainer = Trainer(
        spec, rows, EMPTY, settings(optimizer="sgd", learning_rate=3, epochs=50, batch_size=1_000)
    )
    with pytest.raises(AtlasError, match=says + r".*learning rate 3\. Choose a smaller .*, such as 0\.3\."):
        list(trainer.epochs())


def test_a_validation_loss_that_is_no_number_stops_too() -> None:
    spec = SPECS["number"]
    rows = rows_for(spec)
    broken = replace(rows, truth=(np.full_like(rows.truth[0], np.nan),))
    with pytest.raises(AtlasError, match="stopped being a number in epoch 1"):
        list(Trainer(spec, rows, broken, settings()).epochs())


# Stopping


def test_an_epoch_ends_in_its_middle_when_it_may_not_go_on() -> None:
    spec = replace(SPECS["binary"], tables=((12, 5),))  # of its own, so that nothing is known of its pace
    rows = rows_for(spec)
    trainer = Trainer(
        spec, rows, EMPTY, settings(batch_size=1, optimizer="sgd"), keep_going=lambda: not moved().any()
    )
    start = trainer.vectors()

    def moved() -> np.ndarray:
        return (trainer.vectors() != start).any(axis=1)

    assert list(trainer.epochs()) == []
    assert trainer.stopped
    assert moved().sum() == 1, "one of 150 steps was done"


def test_a_stop_during_validation_leaves_the_epoch_out() -> None:
    spec = replace(SPECS["binary"], tables=((12, 6),))  # of its own: the first epoch goes by parts
    rows = rows_for(spec)
    calls: list[bool] = []

    def in_validation() -> bool:
        calls.append(len(calls) < 2)  # one step, the other steps; the validation is the third part
        return calls[-1]

    trainer = Trainer(spec, rows, rows, settings(epochs=1), keep_going=in_validation)
    assert list(trainer.epochs()) == []
    assert trainer.stopped
    assert calls == [True, True, False]


@pytest.mark.parametrize("blocked", [1, 2])
def test_who_stops_need_not_wait_for_the_order_of_an_epoch(
    blocked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, free, stopping = threading.Event(), threading.Event(), threading.Event()

    def slow_order(seed: int, epoch: int, rows: int) -> Any:
        if epoch == blocked:
            drawing.set()
            assert free.wait(60)
        return epoch_order(seed, epoch, rows)

    monkeypatch.setattr(orders, "epoch_order", slow_order)
    monkeypatch.setattr(orders, "BLOCK_STEPS", 1)
    spec = SPECS["binary"]
    trainer = Trainer(spec, rows_for(spec), EMPTY, settings(), keep_going=lambda: not stopping.is_set())
    try:
        epochs = trainer.epochs()
        seen = [next(epochs).number for _ in range(blocked - 1)]
        stopping.set()
        assert [*seen, *(epoch.number for epoch in epochs)] == list(range(1, blocked))
        assert drawing.is_set()
        assert trainer.stopped
    finally:
        free.set()


def test_leaving_the_epochs_leaves_the_trainer_usable() -> None:
    spec = SPECS["binary"]
    rows = rows_for(spec)
    whole = trained(spec, rows).vectors()
    epochs = Trainer(spec, rows, EMPTY, settings()).epochs()
    next(epochs)
    epochs.close()
    np.testing.assert_array_equal(trained(spec, rows).vectors(), whole)


# Heads


def test_on_data_without_structure_several_heads_end_near_a_loss_of_one() -> None:
    rng = np.random.default_rng(0)
    rows = 20_000
    spec = replace(SPECS["context"], outputs=(2, 40))
    levels = (rng.random(rows) < 0.9, np.minimum(rng.geometric(0.1, rows) - 1, 39))
    codes = rng.integers(0, 12, rows).astype(np.int32)
    nothing = Examples((codes,), tuple(level.astype(np.int32) for level in levels), np.ones(rows, np.int64))
    loss = [
        epoch.metrics["loss"]
        for epoch in Trainer(spec, nothing, EMPTY, settings(batch_size=256, learning_rate=0.02)).epochs()
    ]
    assert loss[0] > loss[-1]
    assert loss[-1] == pytest.approx(1.0, abs=0.02)
