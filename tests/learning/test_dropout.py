"""Dropout from a hash drops what chance would drop, and is not in the model that is kept."""

import keras
import numpy as np
import pytest

from embed_core.learning.dropout import HashedDropout

SHAPE = (400, 50)


def masks(rate: float, *, calls: int = 1, seed: int = 0) -> np.ndarray:
    """Return which of many ones were kept in call after call, (calls, rows, columns)."""
    layer = HashedDropout(rate, seed=seed)
    ones = keras.ops.ones(SHAPE)
    return np.stack(
        [np.asarray(keras.ops.convert_to_numpy(layer(ones, training=True))) for _ in range(calls)]
    )


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.9])
def test_the_share_that_was_asked_for_is_dropped_and_the_rest_makes_up_for_it(rate: float) -> None:
    found = masks(rate, calls=3)
    noise = np.sqrt(rate * (1 - rate) / found.size)
    assert np.mean(found == 0) == pytest.approx(rate, abs=4 * noise)
    np.testing.assert_allclose(found[found > 0], 1 / (1 - rate), rtol=1e-5)
    assert found.mean() == pytest.approx(1, abs=4 * noise / (1 - rate))


def test_rows_and_columns_are_dropped_no_oftener_than_by_chance() -> None:
    dropped = masks(0.3)[0] == 0
    for axis in (0, 1):
        counts = dropped.sum(axis=axis)
        size = dropped.shape[axis]
        z = (counts - 0.3 * size) / np.sqrt(0.3 * 0.7 * size)
        assert np.abs(z).max() < 4.5
        assert z.std() == pytest.approx(1, abs=0.35)


def test_what_is_dropped_says_nothing_of_other_calls_columns_rows_and_seeds() -> None:
    found = masks(0.5, calls=4)
    chance = 4.5 / np.sqrt(found[0].size)
    for call in range(1, 4):
        assert abs(correlation(found[0], found[call])) < chance
    assert abs(correlation(found[0][:, :-1], found[0][:, 1:])) < chance
    assert abs(correlation(found[0][:-1], found[0][1:])) < chance
    for seed in (1, 2, 100, 2**31 - 1):
        assert abs(correlation(found[0], masks(0.5, seed=seed)[0])) < chance


def test_the_same_seed_drops_the_same() -> None:
    np.testing.assert_array_equal(masks(0.5, calls=2, seed=7), masks(0.5, calls=2, seed=7))


def test_nothing_is_dropped_outside_training() -> None:
    layer, ones = HashedDropout(0.5, seed=0), keras.ops.ones((4, 3))
    np.testing.assert_array_equal(layer(ones, training=False), ones)
    np.testing.assert_array_equal(layer(ones), ones)
    np.testing.assert_array_equal(HashedDropout(0.0, seed=0)(ones, training=True), ones)
