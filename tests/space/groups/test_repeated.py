"""The claims of `embed_core.space.groups.repeated` and of the scale that follows, where the answer is known."""

import numpy as np
import pytest

from embed_core.space.groups.repeated import RepeatedGroups, group_counts, repeated_groups
from embed_core.space.neighbors.scales import shared_neighbors
from embed_core.space.scale import Scale, scale_of
from tests.helpers.vectors import Array, points


def halves(n: int, groups: int, *, spread: float, seed: int = 0) -> tuple[Array, Array]:
    """Two looks at the same groups, which have nothing in common within a group."""
    rng = np.random.default_rng(seed)
    middle = rng.normal(size=(groups, 8))[rng.permutation(n) % groups]
    one, other = (middle + spread * rng.normal(size=(n, 8)) for _ in range(2))
    return one, other @ np.linalg.qr(rng.normal(size=(8, 8)))[0]


def scale(one: Array, other: Array) -> Scale:
    return scale_of(
        shared_neighbors(one, other, metric="cosine"), repeated_groups(one, other, metric="cosine")
    )


@pytest.mark.parametrize(("n", "groups"), [(40, 4), (300, 6), (1_200, 12)])
def test_planted_groups_are_found_again_and_counted(n: int, groups: int) -> None:
    found = scale(*halves(n, groups, spread=0.25))
    assert found.groups == groups
    assert found.groups_agree > 0.9 and found.group_share > 0.9
    assert found.group_chance == pytest.approx(1 / groups, abs=0.05)


def test_groups_are_sure_where_single_neighbours_are_chance() -> None:
    found = scale(*halves(1_200, 12, spread=0.3))
    assert found.near < 0.1 and found.groups_agree > 0.8
    assert found.half is not None and 50 < found.half <= 120


def test_of_noise_nothing_is_found_again() -> None:
    found = [scale(points(60, seed=seed), points(60, seed=seed + 100)) for seed in range(10)]
    assert np.mean([each.near for each in found]) == pytest.approx(0, abs=0.03)
    assert np.mean([each.groups_agree for each in found]) < 0.25
    assert all(each.half is None for each in found)


def test_a_ring_agrees_on_neighbours_and_on_any_number_of_groups() -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    rng = np.random.default_rng(0)
    one, other = (
        np.column_stack([np.cos(angle), np.sin(angle)]) + 0.02 * rng.normal(size=(200, 2)) for _ in range(2)
    )
    found = scale(one, other)
    assert found.near > 0.6 and found.groups_agree > 0.9


def test_it_does_not_matter_which_is_first_nor_how_they_are_turned() -> None:
    one, other = halves(100, 4, spread=0.3)
    forth, back = repeated_groups(one, other, metric="cosine"), repeated_groups(other, one, metric="cosine")
    np.testing.assert_allclose(forth.shares, back.shares)
    turned = repeated_groups(one, 5 * other[:, ::-1], metric="cosine")
    np.testing.assert_allclose(turned.shares, forth.shares)


def test_one_category_alone_is_no_group_that_is_found_again() -> None:
    one = np.vstack([np.zeros((19, 2)) + 0.01 * points(19, 2), [[50.0, 50.0]]])
    found = repeated_groups(one, one, metric="euclidean")
    assert found.shares[0] == pytest.approx(19 / 20)
    assert found.above_chance[0] == pytest.approx(0, abs=0.05)


def test_equal_vectors_are_in_no_groups() -> None:
    found = repeated_groups(np.ones((30, 3)), np.ones((30, 3)), metric="cosine")
    assert np.isfinite(found.above_chance).all()
    assert found.above_chance.max() <= 1e-6


def test_the_numbers_of_groups_leave_four_in_each() -> None:
    assert group_counts(20).tolist() == [2, 3, 4, 5]
    assert group_counts(4).tolist() == [2]
    assert group_counts(10_000)[-1] == 64


def test_one_group_cut_in_two_is_not_counted_as_two() -> None:
    counts = np.arange(2, 17)
    agree = np.array(
        [0.99, 0.98, 0.97, 0.96, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.96, 0.91, 0.89, 0.86, 0.8]
    )
    near = shared_neighbors(points(100), points(100, seed=1), metric="cosine")
    assert scale_of(near, RepeatedGroups(counts, agree, np.zeros(15))).groups == 12
