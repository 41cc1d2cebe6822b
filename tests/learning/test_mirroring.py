"""What lies on the wrong side of its partners is put over, alone or with what has followed it."""

from collections.abc import Callable

import numpy as np
import pytest

from embed_core.learning.mirroring import Pairs, mirrored, put_right

# A town, two villages that meet one another, the town and one city each, and cities, the first three about in a line.
TOWN, VILLAGES, CITIES = 0, [1, 2], range(3, 18)


@pytest.fixture
def places() -> np.ndarray:
    others = np.random.default_rng(3).uniform((0, -8), (12, 8), (len(CITIES) - 3, 2))
    return np.vstack([[[5, 4], [4, 6], [6.5, 5.5], [3, 0], [5, 0.3], [8, 0]], others])


def measured(places: np.ndarray) -> Pairs:
    met = [(TOWN, place) for place in (*VILLAGES, *CITIES[:3])] + [(1, 2), (1, CITIES[0]), (2, CITIES[2])]
    met += [(one, other) for one in CITIES for other in CITIES if one < other]
    first, second = np.array(met).T
    return Pairs(first, second, np.linalg.norm(places[first] - places[second], axis=1), np.ones(len(met)))


def wrong(places: np.ndarray, those: list[int]) -> np.ndarray:
    return np.where(np.isin(np.arange(len(places)), those)[:, None], places * (1, -1), places)


def test_a_single_one_is_put_over(places: np.ndarray) -> None:
    pairs = measured(places)
    start = wrong(places, [TOWN])
    found = mirrored(start, pairs)
    assert pairs.misses(start).max() > 10
    np.testing.assert_allclose(found[TOWN], places[TOWN], atol=0.2)


def test_those_that_followed_come_along(places: np.ndarray) -> None:
    pairs = measured(places)
    start = wrong(places, [TOWN, *VILLAGES])
    found = mirrored(start, pairs)
    assert pairs.misses(found).sum() < 0.1 * pairs.misses(start).sum()
    assert (found[[TOWN, *VILLAGES], 1] > 0).all()


def test_hubs_that_miss_more_in_all_do_not_take_their_turn(places: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    n, hubs, leaves = len(places), range(120, 128), range(128, 168)
    every = np.vstack([places, rng.uniform((0, -8), (12, 8), (168 - n, 2))])
    cities = [(one, other) for one in range(3, 120) for other in range(one + 1, 120)]
    met = np.array([(hub, leaf) for hub in hubs for leaf in leaves] + [(hub, 20) for hub in hubs])
    near, far = measured(places), np.array(cities)
    first, second = (np.concatenate([near[end], far[:, end], met[:, end]]) for end in (0, 1))
    apart = np.linalg.norm(every[first] - every[second], axis=1)
    apart[-len(met) :] += rng.normal(0, 0.13, len(met))  # measured wrong, so that no place fits
    pairs, group = Pairs(first, second, apart, np.ones(len(first))), [TOWN, *VILLAGES]
    start = wrong(every, group)
    missed = [pairs.misses(start)[(first == place) | (second == place)].sum() for place in (TOWN, *hubs)]
    assert missed[0] < min(missed[1:])
    assert (mirrored(start, pairs)[group, 1] > 0).all()


def test_what_is_right_stays(places: np.ndarray) -> None:
    np.testing.assert_array_equal(put_right(places, measured(places)), places)
    wide = np.random.default_rng(0).normal(size=(10, 5))
    np.testing.assert_array_equal(put_right(wide, measured(places)), wide)


@pytest.mark.parametrize(
    ("measure", "made"), [("time", lambda far: 2 + 3 * far), ("similarity", lambda far: 2 - 3 * far)]
)
def test_times_and_similarities_are_read_as_distances(
    places: np.ndarray, measure: str, made: Callable[[np.ndarray], np.ndarray]
) -> None:
    pairs = measured(places)
    given = pairs._replace(apart=made(pairs.apart))
    np.testing.assert_allclose(given.measured(measure, 3, 2).apart, pairs.apart)
