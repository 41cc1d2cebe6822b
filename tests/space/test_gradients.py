"""Which way levels and numbers grow on a map."""

import numpy as np
import pytest

from embed_core.space.gradients import MOST, gradients
from embed_core.space.groups.enrichment import LevelCounts

RNG = np.random.default_rng(0)
PLACES = RNG.normal(size=(60, 2)) @ np.diag([3, 1])
ROWS = np.full(60, 40)


def counts(column: str, share: np.ndarray) -> LevelCounts:
    """Two levels, the second with this share of each category's 40 rows."""
    second = np.rint(40 * np.clip(share, 0, 1)).astype(int)
    return LevelCounts(column, ["no", "yes"], np.c_[40 - second, second])


def test_a_share_that_grows_to_one_side_points_there_and_noise_points_nowhere() -> None:
    late = counts("late", 0.5 + 0.1 * PLACES[:, 0])
    coin = counts("coin", RNG.binomial(40, 0.5, 60) / 40)
    [found] = gradients(PLACES, ROWS, levels=[late, coin])
    # "no" grows the opposite way, which says the same once more.
    assert (found.column, found.level in ("no", "yes")) == ("late", True)
    sign = 1 if found.level == "yes" else -1
    np.testing.assert_allclose(np.multiply(found.direction, sign), [1, 0], atol=0.1)
    assert found.explained > 0.9


def test_a_map_that_is_turned_turns_its_arrows() -> None:
    height = {"height": PLACES @ [1, 2] + RNG.normal(0, 0.1, 60)}
    [before], [after] = (
        gradients(places, ROWS, numbers=height) for places in (PLACES, PLACES @ [[0, 1], [-1, 0]])
    )
    np.testing.assert_allclose(after.direction, np.array(before.direction) @ [[0, 1], [-1, 0]], atol=1e-9)
    np.testing.assert_allclose(before.direction, np.array([1, 2]) / 5**0.5, atol=0.05)
    assert after.explained == pytest.approx(before.explained)


def test_few_rows_count_less() -> None:
    values, rows = PLACES[:, 1].copy(), np.full(60, 1_000)
    rows[:10], values[:10] = 1, 3  # a row each, and far off
    [found] = gradients(PLACES, rows, numbers={"height": values})
    assert (
        found.direction[1] > 0.99
        and found.explained > gradients(PLACES, ROWS, numbers={"height": values})[0].explained
    )


def test_the_best_told_come_first_and_there_are_few() -> None:
    numbers = {f"n{k}": PLACES @ [np.cos(k), np.sin(k)] + RNG.normal(0, 0.1 * k + 0.1, 60) for k in range(12)}
    found = gradients(PLACES, ROWS, numbers=numbers)
    assert len(found) == MOST
    assert [each.explained for each in found] == sorted((each.explained for each in found), reverse=True)


@pytest.mark.parametrize("n", [0, 1, 7])
def test_of_few_categories_nothing_can_be_said(n: int) -> None:
    places = PLACES[:n]
    assert gradients(places, ROWS[:n], numbers={"x": places[:, 0]}) == []


def test_what_is_missing_or_the_same_everywhere_has_no_direction() -> None:
    holes = np.where(np.arange(60) % 2, PLACES[:, 0], np.nan)
    found = gradients(
        PLACES, ROWS, numbers={"holes": holes, "same": np.ones(60), "none": np.full(60, np.nan)}
    )
    assert [(each.column, round(each.explained, 6)) for each in found] == [("holes", 1.0)]
