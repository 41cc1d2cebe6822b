"""Places by distances: whether halves determine them, and what a map says of distances that were held out."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.training.placed import (
    are_too_few_to_halve,
    placed,
    told_of_held_out,
    without_a_sixth,
)
from embed_core.training.prepare import prepare
from embed_core.types import TrainingData

N = 60


def distances(each: int, *, shuffled: bool = False, seed: int = 0) -> pd.DataFrame:
    """Return distances between 60 places of a plane, each with about twice as many as asked for."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 100, (N, 2))
    one, other = rng.integers(0, N, (2, N * each))
    apart = np.linalg.norm(places[one] - places[other], axis=1)
    frame = pd.DataFrame({"a": [f"p{i:02d}" for i in one], "b": [f"p{i:02d}" for i in other], "far": apart})
    return frame.assign(far=rng.permutation(apart)) if shuffled else frame


def config(**settings: Any) -> ec.TrainingConfig:
    given = {"column": "a", "partner": "b", "target": "far", "objective": "distance", "dimension": 3}
    return ec.TrainingConfig.checked(**(given | {"validation_share": 0.0, "epochs": 400} | settings))


def prepared(frame: pd.DataFrame, **settings: Any) -> TrainingData:
    return prepare(ec.read_table(frame), config(**settings), splits=3)


def pairs_of(data: TrainingData, is_wanted: Any) -> set[tuple[int, int]]:
    first, second = (data.rows.codes[name][is_wanted] for name in ("a", "b"))
    return {(min(pair), max(pair)) for pair in zip(first.tolist(), second.tolist(), strict=True)}


def test_few_distances_are_too_few_to_halve_and_many_are_not() -> None:
    assert are_too_few_to_halve(prepared(distances(5)), config())
    assert not are_too_few_to_halve(prepared(distances(20)), config())
    assert are_too_few_to_halve(prepared(distances(1)), config()), "all of them determine no place"
    # On a line two distances determine a place.
    assert not are_too_few_to_halve(prepared(distances(5)), config(dimension=1))


def test_other_objectives_are_always_halved() -> None:
    other = ec.TrainingConfig.checked(column="a", target="far", objective="target")
    assert not are_too_few_to_halve(prepare(ec.read_table(distances(1)), other), other)


def test_a_sixth_is_left_out_pairs_whole_and_another_one_each_time() -> None:
    data = prepared(distances(5))
    parts = [without_a_sixth(data, seed) for seed in range(2)]
    for part in parts:
        assert part.training.sum() == pytest.approx(5 / 6 * data.rows.counts.sum(), abs=1)
        left_out = pairs_of(data, part.training == 0)
        assert left_out and not left_out & pairs_of(data, part.training > 0)
    assert (parts[0].training != parts[1].training).any()


@pytest.mark.parametrize(("measure", "sign"), [("distance", 1), ("similarity", -1)])
def test_true_places_tell_what_was_held_out_and_places_of_chance_do_not(measure: str, sign: int) -> None:
    frame = distances(10)
    frame["far"] = 200 - frame["far"] if sign < 0 else frame["far"]
    part = without_a_sixth(prepared(frame, measure=measure), 0)
    rng = np.random.default_rng(0)
    true = rng.uniform(0, 100, (N, 2))  # as `distances` draws them
    order = [int(label[1:]) for label in part.vocabularies["a"].labels]
    known = config(measure=measure)
    assert told_of_held_out(part, known, true[order].astype(np.float32)) == pytest.approx(1, abs=1e-6)
    assert told_of_held_out(part, known, rng.permutation(true).astype(np.float32)) < 0.2
    other = config(measure="similarity" if sign > 0 else "distance")
    assert told_of_held_out(part, other, true[order].astype(np.float32)) == 0


def test_only_places_that_are_determined_are_asked_about() -> None:
    part = without_a_sixth(prepared(distances(5)), 0)
    sure = placed(part, config())
    loose = np.flatnonzero(~sure)
    assert 0 < len(loose) < N
    vectors = np.random.default_rng(1).normal(size=(N, 3)).astype(np.float32)
    moved = vectors.copy()
    moved[loose] += 100
    assert told_of_held_out(part, config(), vectors) == told_of_held_out(part, config(), moved)
    assert np.isnan(told_of_held_out(dataclasses.replace(part, training=part.rows.counts), config(), vectors))


def test_a_map_of_few_distances_is_judged_by_those_held_out() -> None:
    run = ec.train(distances(5), **config().model_dump(exclude_unset=True), progress=False)
    found = ec.trust(distances(5), run, progress=False)
    assert found.scale is None and found.measures is not None and found.measures.held_out > 0.8
    # Each place has ten distances or fewer, which are enough for one.
    assert found.few_rows > 15 and found.verdict.level == "good"
    assert any("were held out, a sixth at a time, it tells" in reason for reason in found.verdict.reasons)


def test_distances_that_determine_no_place_are_condemned_for_that() -> None:
    few = distances(1)
    run = ec.train(few, **config(epochs=20).model_dump(exclude_unset=True), progress=False)
    found = ec.trust(few, run, progress=False)
    assert found.holds_out and found.is_compared and found.measures is not None
    assert np.isnan(found.measures.held_out)
    assert found.verdict.sentence == (
        "Do not rely on this map. The distances are too few to hold any out, so nothing tells this map from chance."
    )


def test_few_distances_of_chance_are_condemned() -> None:
    noise = distances(5, shuffled=True)
    run = ec.train(noise, **config().model_dump(exclude_unset=True), progress=False)
    found = ec.trust(noise, run, progress=False)
    assert found.measures is not None and found.measures.held_out < 0.2
    assert found.verdict.sentence == (
        "Do not rely on this map. Distances that were held out cannot be read from it: where things lie is chance."
    )
