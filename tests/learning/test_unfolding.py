"""A map of distances comes out unfolded, whatever its random start."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.errors import AtlasError
from embed_core.learning.unfolding import Unfolding, principal_axes

SETTINGS: dict[str, Any] = {
    "column": "a",
    "objective": "distance",
    "partner": "b",
    "target": "km",
    "dimension": 2,
}


@pytest.fixture(scope="module")
def places() -> np.ndarray:
    return np.random.default_rng(5).uniform((0, 0), (1_000, 500), (40, 2))


@pytest.fixture(scope="module")
def routes(places: np.ndarray) -> pd.DataFrame:
    """A third of all pairs."""
    pairs = [(i, j) for i in range(40) for j in range(i)]
    chosen = np.random.default_rng(1).permutation(pairs)[: len(pairs) // 3]
    km = [np.linalg.norm(places[i] - places[j]) for i, j in chosen]
    a, b = ([f"town {i:02d}" for i in ends] for ends in chosen.T)
    return pd.DataFrame({"a": a, "b": b, "km": km})


@pytest.mark.parametrize("seed", range(3))
def test_places_come_back_from_some_of_their_distances(
    routes: pd.DataFrame, places: np.ndarray, seed: int
) -> None:
    run = ec.train(routes, seed=seed, validation_share=0.0, **SETTINGS)
    labels, vectors = run.embedding.labels, run.embedding.vectors
    known = places[[int(label[-2:]) for label in labels]]
    learned, real = (np.linalg.norm(each[:, None] - each[None], axis=-1) for each in (vectors, known))
    assert np.corrcoef(learned.ravel(), real.ravel())[0, 1] > 0.999
    assert run.history["mae"].iloc[-1] < 5
    assert run.embedding.metric == "euclidean" and vectors.shape == (40, 2) and not run.notes


def test_held_out_routes_are_held_out_whole_and_the_best_epoch_has_no_axis_too_many(
    routes: pd.DataFrame,
) -> None:
    both_ways = pd.concat([routes, routes.rename(columns={"a": "b", "b": "a"}), routes])
    run = ec.train(both_ways, **SETTINGS)
    assert run.best_epoch > 0.7 * run.config.epochs
    assert run.history["val_mae"].iloc[-1] > run.history["mae"].iloc[-1], "of routes that it has not seen"
    best = run.history.iloc[run.best_epoch - 1]
    assert best["val_mae"] < 30


def test_whoever_stops_before_the_end_gets_the_first_axes_and_a_note(routes: pd.DataFrame) -> None:
    shown: list[np.ndarray] = []

    def stop(update: ec.TrainingUpdate) -> bool:
        shown.append(update.vectors["a"])
        return update.epoch == 300

    run = ec.train(routes, on_update=stop, **SETTINGS)
    assert any("cut to the first 2 of 5 principal axes" in note for note in run.notes)
    np.testing.assert_allclose(run.embedding.vectors, shown[-1], atol=1e-4)
    spread = shown[-1].var(axis=0)
    assert spread[0] > spread[1] > 0
    assert run.status == "stopped" and run.model


def test_columns_that_name_nothing_in_common_are_refused(routes: pd.DataFrame) -> None:
    with pytest.raises(AtlasError, match='"a" and "b" have no category in common'):
        ec.train(routes.assign(b="shop " + routes["b"]), **SETTINGS)


def test_the_penalty_rises_between_the_turn_and_the_cut_and_calls_end_there() -> None:
    stages = Unfolding.of(3, 100)
    presses = stages.presses(1, 100)
    assert (presses[:30] == 0).all() and (np.diff(presses[30:70]) > 0).all() and (presses[70:] == 0).all()
    assert [stages.left_from(epoch, 50) for epoch in (1, 30, 31, 70, 71)] == [30, 1, 40, 1, 50]
    none = Unfolding.of(0, 100)
    assert none.left_from(1, 50) == 50 and not none.is_open(1) and not none.presses(1, 100).any()


def test_principal_axes_do_not_depend_on_how_vectors_were_turned() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 3)) * (3, 2, 1)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    np.testing.assert_allclose(principal_axes(vectors), principal_axes(vectors @ turn + 7), atol=1e-9)
