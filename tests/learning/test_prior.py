"""The prior on the vectors weighs as much as so many rows, however many there are."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from embed_core.learning.examples import Examples
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.trainer import Trainer
from tests.learning.cases import SPECS, rows_for, trained

KINDS = ["binary", "context", "entity", "distance"]


def times(rows: Examples, factor: int) -> Examples:
    return replace(rows, weights=factor * rows.weights)


def weights_of(trainer: Trainer) -> list[np.ndarray]:
    return [np.array(value) for value in trainer.model.get_weights()]


@pytest.mark.parametrize("kind", KINDS)
def test_so_many_rows_more_and_so_much_more_prior_change_nothing(kind: str) -> None:
    rows = rows_for(SPECS[kind])
    one = weights_of(trained(SPECS[kind], rows, prior_strength=4.0))
    for factor in (3, 100_000):
        other = weights_of(trained(SPECS[kind], times(rows, factor), prior_strength=4.0 * factor))
        for mine, reference in zip(one, other, strict=True):
            np.testing.assert_allclose(mine, reference, atol=1e-5)


def test_more_rows_alone_are_as_less_prior() -> None:
    spec, rows = SPECS["binary"], rows_for(SPECS["binary"])
    one = trained(spec, times(rows, 4), prior_strength=8.0).vectors()
    other = trained(spec, rows, prior_strength=2.0).vectors()
    np.testing.assert_allclose(one, other, atol=1e-6)
    assert np.abs(one - trained(spec, rows, prior_strength=8.0).vectors()).max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_a_prior_makes_vectors_shorter(kind: str) -> None:
    rows = rows_for(SPECS[kind])
    lengths = [
        np.linalg.norm(trained(SPECS[kind], rows, prior_strength=strength, epochs=20).vectors())
        for strength in (1e-9, 1.0, 100.0)
    ]
    assert lengths[0] > lengths[1] > lengths[2]


# Pairs of categories that meet nobody else, each at its distance: the optimum is known.

PAIRS, SEEN, APART = 6, np.array([1, 2, 4, 16, 64, 256]), np.array([1.0, 2.0, 1.5, 1.0, 3.0, 2.0])
PAIR_SPEC = ModelSpec("distance", ((2 * PAIRS, 2),), (0, 0), "number")
FULL: dict[str, Any] = {"batch_size": 100, "epochs": 500, "learning_rate": 0.1, "schedule": "cosine"}


def distances(strength: float, factor: int = 1) -> np.ndarray:
    codes = np.arange(2 * PAIRS, dtype=np.int32)
    rows = Examples((codes[::2], codes[1::2]), (APART.astype(np.float32),), factor * SEEN)
    vectors = trained(PAIR_SPEC, rows, prior_strength=strength, **FULL).vectors()
    return np.linalg.norm(vectors[::2] - vectors[1::2], axis=1)


@pytest.mark.parametrize("strength", [0.5, 8.0])
def test_the_optimum_is_that_of_the_loss_over_the_rows_plus_the_squared_lengths(strength: float) -> None:
    # Wherever the middle of a pair is, n (d - y)² + s · 2 (d/2)² is least at d = n y / (n + s/2).
    found = distances(strength)
    np.testing.assert_allclose(found, SEEN * APART / (SEEN + strength / 2), rtol=1e-2, atol=5e-3)
    shrunk = found / APART
    assert (np.diff(shrunk) > 0).all(), "the fewer rows, the more"
    np.testing.assert_allclose(distances(strength * 10, factor=10), found, rtol=1e-2, atol=5e-3)


def test_the_optimum_for_categories_that_share_partners_is_that_of_another_optimiser() -> None:
    rng = np.random.default_rng(1)
    first, second = (codes.astype(np.int32) for codes in np.triu_indices(5, 1))
    seen, strength = rng.integers(1, 30, len(first)), 3.0
    place = rng.normal(size=(5, 2))
    truth = np.linalg.norm(place[first] - place[second], axis=1).astype(np.float32)

    def total(flat: np.ndarray) -> float:
        v = flat.reshape(5, 2)
        apart = np.sqrt(((v[first] - v[second]) ** 2).sum(axis=1) + 1e-12)
        return float(seen @ (apart - truth) ** 2 + strength * (v**2).sum())

    rows = Examples((first, second), (truth,), seen)
    found = trained(PAIR_SPEC, rows, prior_strength=strength, **FULL).vectors()[:5].astype(float)
    again = minimize(total, found.ravel(), method="BFGS")
    assert total(found.ravel()) == pytest.approx(again.fun, rel=1e-3)
    best = min(minimize(total, rng.normal(size=10)).fun for _ in range(10))
    assert total(found.ravel()) == pytest.approx(best, rel=1e-2)


def test_a_prior_shrinks_rare_categories_more() -> None:
    spec = replace(SPECS["number"], tables=((12, 3),))
    codes = np.arange(12, dtype=np.int32)
    # Truths of one size on both sides of 0, so that without a prior all vectors grow to one length.
    truth = np.where(codes % 2, 1.0, -1.0).astype(np.float32)
    rows = Examples((codes,), (truth,), np.where(codes < 6, 100, 1))
    lengths = [
        np.linalg.norm(
            trained(spec, rows, prior_strength=s, epochs=300, batch_size=100, learning_rate=0.02).vectors(),
            axis=1,
        )
        for s in (0.0, 5.0)
    ]
    shrunk = lengths[1] / lengths[0]
    assert shrunk[6:].max() < 0.7 * shrunk[:6].min()


@pytest.mark.parametrize("kind", ["number", "context"])
def test_with_a_prior_the_distances_on_the_map_do_not_depend_on_the_start(kind: str) -> None:
    rows = rows_for(SPECS[kind], 600)

    def distances_from(seed: int, strength: float) -> np.ndarray:
        vectors = trained(
            SPECS[kind],
            rows,
            prior_strength=strength,
            seed=seed,
            **(FULL | {"batch_size": 600, "learning_rate": 0.05}),
        ).vectors()
        apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
        return apart / apart.mean()

    def disagreement(strength: float) -> float:
        return float(np.abs(distances_from(0, strength) - distances_from(1, strength)).max())

    assert disagreement(1.0) < 0.02
    assert disagreement(0.0) > 0.05


def test_vectors_are_as_long_in_each_direction_as_the_weights_that_they_meet() -> None:
    # What is left where neither can grow in the other's place: a nuclear norm of their product.
    spec = ModelSpec("entity", ((12, 3),), (0,), numbers=1, hidden=(6,))
    found = trained(
        spec,
        rows_for(spec, 300),
        prior_strength=3.0,
        **(FULL | {"batch_size": 300, "epochs": 1_000, "learning_rate": 0.05}),
    )
    vectors, kernel = found.vectors().astype(float), weights_of(found)[1].astype(float)
    assert kernel.shape == (3 + 1, 6)
    lengths = np.linalg.eigvalsh(vectors.T @ vectors)
    # One direction says how likely the class is; the others die.
    assert lengths[2] > 0.3 and lengths[1] < 1e-3
    np.testing.assert_allclose(kernel[:3] @ kernel[:3].T, vectors.T @ vectors, atol=0.03 * lengths[2])
