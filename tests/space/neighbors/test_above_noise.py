"""Noise is seldom distinct from noise, and what returns in the other half is."""

import numpy as np
import pytest

from embed_core.space.neighbors.above_noise import above_noise, nearest_of_a_group, shared_with_other_half


def test_noise_is_as_often_above_the_decoys_as_they_are_themselves() -> None:
    rng = np.random.default_rng(0)
    wrong, told = [], []
    for _ in range(200):
        real = rng.normal(2.5, 1, 60)
        shares = [np.concatenate([real, rng.normal(0, 1, 40), rng.normal(0, 1, 60)])]
        found = above_noise(shares, 100)
        told.append(found[:60].mean())
        wrong.append(found[60:].sum() / max(1, found.sum()))
    assert np.mean(wrong) < 0.1 * 40 / 100 * 1.3  # the bound of Benjamini and Hochberg, for 40 of 100
    assert np.mean(told) > 0.4


def test_of_noise_alone_hardly_any_is_told() -> None:
    rng = np.random.default_rng(0)
    found = [above_noise([rng.normal(size=200)], 150).any() for _ in range(300)]
    assert np.mean(found) < 0.15


def test_the_splits_are_averaged_and_who_is_in_none_is_not_distinct() -> None:
    decoys = np.linspace(0, 0.5, 40)
    splits = [np.r_[0.9, np.nan, np.nan, decoys], np.r_[0.9, 0.9, np.nan, decoys]]
    assert above_noise(splits, 3).tolist() == [True, True, False]
    assert not above_noise([np.r_[0.9, np.full(5, np.nan)]], 1).any()


def test_shared_neighbors_are_categories_that_are_in_both_halves() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.eye(3), 10, axis=0)
    one, other = (
        np.r_[groups + 0.01 * rng.normal(size=groups.shape), rng.normal(size=(5, 3))] for _ in range(2)
    )
    is_drawn = np.arange(35) != 4
    found = shared_with_other_half(one, other, is_drawn, n=30, k=8, metric="cosine")
    assert np.isnan(found[4]) and np.isfinite(np.delete(found, 4)).all()
    assert np.nanmin(found[:30]) >= 7 / 8  # of ten, nine others, of which one was not drawn
    assert found[30:].mean() < 0.8


@pytest.mark.parametrize(("n", "groups", "k"), [(100, 4, 20), (4, 2, 1), (3_000, 12, 200)])
def test_as_many_nearest_as_make_most_of_a_group(n: int, groups: int, k: int) -> None:
    assert nearest_of_a_group(n, groups) == min(k, (n - 1) // 2)
