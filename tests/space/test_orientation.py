"""Which way up a map is."""

import numpy as np
import pytest

from embed_core.space.orientation import Orientation, applied, flat, is_plain, onto, orientation_of, upright
from embed_core.tables.gallery import about_categories


@pytest.fixture
def shape() -> np.ndarray:
    """A cloud with a long tail in both directions."""
    return np.random.default_rng(0).gamma(1, 1, (200, 2)) * [3, 1]


def test_a_shape_lies_the_same_however_it_was_turned_and_mirrored(shape: np.ndarray) -> None:
    at_rest = applied(shape, upright(shape))
    for angle in (10, 100, 190, 280):
        for mirrored in (False, True):
            moved = applied(shape, Orientation(angle, mirrored).matrix)
            np.testing.assert_allclose(applied(moved, upright(moved)), at_rest, atol=1e-3)
    assert at_rest[:, 0].var() > at_rest[:, 1].var()


def test_a_turn_bends_nothing(shape: np.ndarray) -> None:
    for matrix in (upright(shape), onto(shape, shape[::-1]), Orientation(33, True).matrix):
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(2), atol=1e-9)


def test_a_map_of_the_country_is_laid_north_up() -> None:
    about = about_categories("us_flights")
    assert about is not None
    truth = flat(about["longitude"], about["latitude"])
    learned = applied(truth - truth.mean(axis=0), Orientation(123, True).matrix)
    known = truth.copy()
    known[::3] = np.nan
    found = applied(learned, onto(learned, known))
    place = {code: found[row] for row, code in enumerate(about.index)}
    assert place["SEA"][1] > place["LAX"][1] and place["BOS"][0] > place["SEA"][0]
    assert place["MIA"][1] < place["BOS"][1] and place["HNL"][0] < place["LAX"][0]


@pytest.mark.parametrize("points", [[[1, 1], [1, 1]], [[0, 0], [0, 3]], [[5, 5]]])
def test_maps_without_a_shape_have_an_orientation_too(points: list[list[float]]) -> None:
    matrix = upright(points)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(2), atol=1e-9)
    assert np.isfinite(onto(points, np.full((len(points), 2), np.nan))).all()


@pytest.mark.parametrize(
    "kept", [None, [], {"turn": "x"}, {"turn": float("nan")}, {"turn": True}, {"mirrored": 1}]
)
def test_what_cannot_be_read_turns_nothing(kept: object) -> None:
    assert orientation_of(kept) == Orientation() and is_plain(orientation_of(kept).matrix)
