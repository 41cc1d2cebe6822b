"""A training that is left between two chunks goes on to the same numbers, bit for bit."""

import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from embed_core.learning.config import TrainingConfig
from embed_core.learning.training_state import TrainingState
from embed_core.space.embedding import Embedding
from embed_core.tables.reading.read import read_table
from embed_core.training.fit import Fitted, embeddings_of, fit
from embed_core.training.prepare import prepare
from embed_core.types import TrainingData
from tests.learning.cases import parcels

SETTINGS: dict[str, dict[str, Any]] = {
    "target": {"target": "late", "batch_size": 16, "aggregate": False, "optimizer": "adam"},
    "patience": {"target": "late", "patience": 1, "batch_size": 32, "aggregate": False, "epochs": 30},
    "full batch": {"target": "hours", "batch_size": 600, "optimizer": "rmsprop"},
    "context": {"objective": "context", "context": ("way", "time"), "batch_size": 1},
    "entity": {"objective": "entity", "target": "late", "features": ("way", "weight"), "dropout": 0.3}
    | {"batch_size": 16, "hidden": (6, 4), "aggregate": False},
    "distance": {"objective": "distance", "target": "km", "partner": "to", "batch_size": 4},
    "distance unfolded": {
        "objective": "distance",
        "target": "km",
        "partner": "to",
        "batch_size": 600,
        "epochs": 40,
    },
}


def counted(name: str) -> tuple[TrainingData, TrainingConfig]:
    settings = {"column": "c", "dimension": 2, "epochs": 4, "seed": 3, "schedule": "cosine"} | SETTINGS[name]
    config = TrainingConfig.checked(**settings)
    return prepare(read_table(parcels()), config), config


class After:
    """Leaves when it was asked so often."""

    def __init__(self, times: int) -> None:
        self._left = times

    def keep_going(self) -> bool:
        self._left -= 1
        return self._left > 0

    def has_left(self) -> bool:
        return self._left <= 0


def in_one(
    data: TrainingData, config: TrainingConfig, *, start: Mapping[str, Embedding] | None = None
) -> tuple[Fitted, list[Any]]:
    """Train without leaving."""
    history: list[Any] = []
    fitted = fit(
        data,
        config,
        on_update=lambda update: history.append((update.epoch, update.metrics)) or None,
        with_vectors=True,
        start=start,
    )
    return fitted, history


def in_pieces(
    data: TrainingData,
    config: TrainingConfig,
    *,
    chunks: int,
    start: Mapping[str, Embedding] | None = None,
) -> tuple[Fitted, list[Any], int]:
    """Train, leaving after every so many chunks, in the form in which a state travels."""
    state: TrainingState | None = None
    history: list[Any] = []
    for left in range(10_000):
        leaves = After(chunks)
        fitted = fit(
            data,
            config,
            on_update=lambda update: history.append((update.epoch, update.metrics)) or None,
            keep_going=leaves.keep_going,
            with_vectors=True,
            state=state,
            goes_on_later=leaves.has_left,
            start=start,
        )
        if not fitted.stopped:
            return fitted, history, left
        assert fitted.state is not None
        state = pickle.loads(pickle.dumps(fitted.state))
    raise AssertionError("it does not come to an end")


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("chunks", [2, 5])
def test_a_training_in_pieces_is_the_training_in_one(
    name: str, chunks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embed_core.learning.pace.CALL_SECONDS", 1e-4)
    data, config = counted(name)
    once, whole = in_one(data, config)
    pieces, history, left = in_pieces(data, config, chunks=chunks)
    assert left, "it was never left"
    assert history == whole
    assert pieces.best_epoch == once.best_epoch
    for column, vectors in once.vectors.items():
        np.testing.assert_array_equal(pieces.vectors[column], vectors)


@pytest.mark.parametrize("name", ["target", "distance"])
def test_a_training_that_goes_on_from_a_run_is_the_same_in_pieces(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embed_core.learning.pace.CALL_SECONDS", 1e-4)
    data, config = counted(name)
    start = embeddings_of(data, config, fit(data, config))
    once, whole = in_one(data, config, start=start)
    pieces, history, left = in_pieces(data, config, chunks=2, start=start)
    assert left > 1 and history == whole
    np.testing.assert_array_equal(pieces.vectors["c"], once.vectors["c"])


def test_a_training_that_was_left_for_good_keeps_no_state() -> None:
    data, config = counted("target")
    fitted = fit(data, config, keep_going=lambda: False)
    assert fitted.stopped and fitted.state is None


def test_a_training_that_is_left_while_its_prior_is_chosen_goes_on_with_the_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("embed_core.learning.pace.CALL_SECONDS", 1e-4)
    data, config = counted("target")
    config = config.model_copy(update={"prior_strength": "auto"})
    trials: list[tuple[int, float]] = []

    def note(number: int, vectors: dict[str, Any]) -> None:
        trials.append((number, float(vectors["c"].sum())))

    once = fit(data, config, on_trial=note)
    whole, searched = list(trials), 0
    trials.clear()
    state: TrainingState | None = None
    for _ in range(10_000):
        leaves = After(3)
        fitted = fit(
            data,
            config,
            on_start=lambda baseline: trials.append((0, 0.0)),
            on_trial=note,
            keep_going=leaves.keep_going,
            state=state,
            goes_on_later=leaves.has_left,
        )
        if not fitted.stopped:
            break
        assert fitted.state is not None
        searched += fitted.state.search is not None
        state = pickle.loads(pickle.dumps(fitted.state))
    assert searched > max(number for number, _ in whole), "it was left within trials"
    assert trials == [(0, 0.0), *whole]
    assert fitted.prior_strength == once.prior_strength
    np.testing.assert_array_equal(fitted.vectors["c"], once.vectors["c"])
