"""The claims of `embed_core.space.dimension` and `aligning`."""

import numpy as np
import pytest
from scipy.spatial import procrustes as scipy_procrustes

from embed_core.errors import AtlasError
from embed_core.space.dimension import effective_dimension, is_line
from embed_core.space.projections.aligning import procrustes
from tests.helpers.vectors import Array, points


@pytest.mark.parametrize("used", [1, 2, 5])
def test_directions_that_are_used_alike_are_counted(used: int) -> None:
    corners = np.vstack([np.eye(used), -np.eye(used)])
    turn, _ = np.linalg.qr(points(9, 9))
    x = 3 + 7 * np.pad(corners, ((0, 0), (0, 9 - used))) @ turn
    assert effective_dimension(x) == pytest.approx(used)
    assert is_line(x) == (used == 1)


def test_noise_fills_dn_over_n_plus_d_directions() -> None:
    found = [effective_dimension(points(50, 16, seed)) for seed in range(20)]
    assert np.mean(found) == pytest.approx(16 * 50 / 66, rel=0.05)


def test_it_does_not_depend_on_scale_place_or_direction() -> None:
    x = points(40) * [9, 4, 1, 1, 1, 1, 1, 1]
    turn, _ = np.linalg.qr(points(8, 8, seed=1))
    for factor in (1e-30, 1, 1e30):
        assert effective_dimension(factor * (x + 100) @ turn) == pytest.approx(effective_dimension(x))


def test_rank_one_learning_on_a_small_random_start_is_a_line_and_a_cloud_is_not() -> None:
    start = np.random.default_rng(0).uniform(-0.05, 0.05, size=(50, 8))
    learned = np.outer(points(50, 1), points(8, 1))
    assert is_line(start + learned) and effective_dimension(start + learned) < 1.1
    assert not is_line(points(50)) and not is_line(start)


def test_a_line_begins_at_95_per_cent() -> None:
    axes = np.vstack([np.eye(2), -np.eye(2)])
    assert is_line(axes * np.sqrt([0.951, 0.049])) and not is_line(axes * np.sqrt([0.949, 0.051]))


@pytest.mark.parametrize("x", [np.ones((5, 3)), np.full((7, 3), 0.1), np.zeros((4, 1)), points(1)])
def test_one_point_has_no_dimension_and_is_no_line(x: Array) -> None:
    assert effective_dimension(x) == 0 and not is_line(x)


def test_one_column_and_two_categories_are_a_line() -> None:
    assert is_line(points(9, 1)) and is_line(points(2)) and effective_dimension(points(2)) == pytest.approx(1)


# Procrustes


@pytest.mark.parametrize("d", [1, 2, 8])
def test_turning_mirroring_shifting_and_scaling_leave_no_disparity(d: int) -> None:
    x = points(40, d)
    turn, _ = np.linalg.qr(points(d, d, seed=5))
    found = procrustes(x, x @ -turn + 7)
    np.testing.assert_allclose(found.vectors, x, atol=1e-5)
    assert found.disparity == pytest.approx(0, abs=1e-9)
    assert procrustes(x, 100 * x @ turn).disparity == pytest.approx(0, abs=1e-9)


def test_the_disparity_is_that_of_scipy_and_grows_with_noise() -> None:
    x = points(60)
    found = []
    for noise in (0.1, 0.5, 5):
        y = x[:, ::-1] + noise * points(60, seed=1)
        found.append(procrustes(x, y).disparity)
        assert found[-1] == pytest.approx(scipy_procrustes(x, y)[2])
    assert found == sorted(found) and found[0] < 0.02 and found[-1] > 0.5


def test_chance_alone_aligns_many_dimensions_of_few_categories() -> None:
    few, many = (procrustes(points(n, 32), points(n, 32, seed=1)).disparity for n in (40, 2_000))
    assert few < 0.6 < 0.9 < many


def test_embeddings_of_different_width_can_be_laid_over_one_another() -> None:
    x = points(30, 3)
    found = procrustes(np.pad(x, ((0, 0), (0, 2))), x)
    assert found.vectors.shape == (30, 5) and found.disparity == pytest.approx(0, abs=1e-9)


def test_points_have_no_disparity_and_other_categories_are_refused() -> None:
    assert np.isnan(procrustes(points(5), np.ones((5, 2))).disparity)
    with pytest.raises(AtlasError, match="these have 5 and 6"):
        procrustes(points(5), points(6))
