"""The Mantel test: its variance is that of all orders, noise is at 0, and what is alike is far above."""

import itertools
import math

import numpy as np
import pytest

from embed_core.space.neighbors.mantel import _distances, _variance, mantel_z


def test_the_variance_is_that_of_all_orders() -> None:
    rng = np.random.default_rng(0)
    one, other = (_distances(rng.normal(size=(6, 2)), "euclidean") for _ in range(2))
    sums = [
        (one * other[np.ix_(order, order)]).sum() for order in map(list, itertools.permutations(range(6)))
    ]
    assert np.mean(sums) == pytest.approx(0, abs=1e-9)
    assert _variance(one, other, 6) == pytest.approx(np.var(sums), rel=1e-9)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_unrelated_embeddings_are_at_chance(metric: str) -> None:
    rng = np.random.default_rng(1)
    found = [mantel_z(rng.normal(size=(30, 3)), rng.normal(size=(30, 3)), metric=metric) for _ in range(300)]
    assert np.mean(found) == pytest.approx(0, abs=0.2)
    assert np.std(found) == pytest.approx(1, abs=0.15)
    assert np.mean(np.array(found) > 3) < 0.02


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_a_trace_of_the_same_is_found_turned_and_mirrored(metric: str) -> None:
    rng = np.random.default_rng(2)
    one = rng.normal(size=(60, 3))
    other = (one + 1.5 * rng.normal(size=one.shape)) @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    assert mantel_z(one, other, metric=metric) > 3
    assert mantel_z(one, rng.permutation(other), metric=metric) < 3


def test_of_many_categories_a_sample_says_the_same() -> None:
    rng = np.random.default_rng(3)
    one = rng.normal(size=(3_000, 3))
    assert mantel_z(one, one + rng.normal(size=one.shape), metric="euclidean") > 20
    assert abs(mantel_z(one, rng.normal(size=one.shape), metric="euclidean")) < 4


def test_three_categories_and_equal_distances_say_nothing() -> None:
    assert math.isnan(mantel_z(np.eye(3), np.eye(3), metric="euclidean"))
    assert mantel_z(np.ones((9, 2)), np.arange(18).reshape(9, 2), metric="euclidean") == 0
