"""Halves of the rows agree on an order where there is one, and on none where rare categories only lie together."""

import numpy as np
import pytest

from embed_core.space.order import agreed_order


def test_an_order_that_halves_share_is_found_whatever_lies_in_the_other_directions() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=200)
    own, *halves = (np.c_[truth, np.zeros((200, 3))] + 0.2 * rng.normal(size=(200, 4)) for _ in range(5))
    assert agreed_order(own, halves) > 0.9
    assert agreed_order(own, [halves[0], -halves[1]]) < -0.9


def test_chance_gives_nothing_though_rare_categories_stay_in_the_middle() -> None:
    rng = np.random.default_rng(1)
    sizes = rng.uniform(0.01, 1, (500, 1))
    own, *halves = (sizes * rng.normal(size=(500, 1)) for _ in range(7))
    assert abs(agreed_order(own, halves)) < 0.1


def test_categories_that_one_half_lacks_have_no_say() -> None:
    line = np.arange(9.0)[:, None]
    other = line.copy()
    other[[0, 8]] = np.nan
    assert agreed_order(line, [line, other]) == pytest.approx(1)


def test_of_fewer_than_three_or_of_one_place_nothing_is_said() -> None:
    line = np.arange(4.0)[:, None]
    missing = np.array([[0.0], [1.0], [np.nan], [np.nan]])
    assert np.isnan(agreed_order(line, [line, missing]))
    assert np.isnan(agreed_order(line, [line, np.ones((4, 1))]))
    assert np.isnan(agreed_order(line, np.empty((0, 4, 1))))
