"""The claims of `embed_core.space.neighbors.stability`, `scales` and `overlap`, where the answer is known."""

from itertools import combinations

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.neighbors.overlap import above_chance, chance_overlap
from embed_core.space.neighbors.scales import shared_neighbors, sizes_of
from embed_core.space.neighbors.stability import neighbor_changes, neighbor_stability, overall
from tests.helpers.vectors import Array, points


def agreement(replicates: Array | list[Array]) -> float:
    """How far all pairs agree on the ten nearest, above chance."""
    found = [shared_neighbors(one, other, metric="cosine") for one, other in combinations(replicates, 2)]
    place = int(np.searchsorted(found[0].sizes, 10))
    return float(np.mean([each.above_chance[place] for each in found]))


def retrained(x: Array, *, noise: float, times: int = 5, seed: int = 1) -> Array:
    """The same structure seen with noise, each time turned, stretched and shifted again."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(times):
        turn, _ = np.linalg.qr(rng.normal(size=(x.shape[1], x.shape[1])))
        found.append((rng.uniform(0.5, 9) * (x + noise * rng.normal(size=x.shape)) @ turn).astype(np.float32))
    return np.stack(found)


def profiles(counts: Array, rng: np.random.Generator) -> Array:
    """Vectors of count tables, as a training would learn them: turned at random."""
    share = np.sqrt((counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True))
    left, size, _ = np.linalg.svd(share - share.mean(axis=0), full_matrices=False)
    turn, _ = np.linalg.qr(rng.normal(size=(8, 8)))
    return left[:, :8] * size[:8] @ turn


def redrawn(counts: Array, rng: np.random.Generator) -> Array:
    """A bootstrap of the rows of every category."""
    return np.stack([rng.multinomial(row.sum(), row / row.sum()) for row in counts])


def tables(strength: float, *, n: int = 100, seed: int = 0) -> tuple[Array, Array, np.random.Generator]:
    """Counts of categories whose profiles differ by ``strength``, and counts of the same sizes without that."""
    rng = np.random.default_rng(seed)
    base = rng.dirichlet(np.full(20, 3.0))
    profile = base * np.exp(strength * rng.normal(size=(n, 20)))
    profile /= profile.sum(axis=1, keepdims=True)
    size = np.maximum(3, rng.geometric(1 / 200, size=n))
    real = np.stack([rng.multinomial(s, p) for s, p in zip(size, profile, strict=True)])
    shuffled = np.stack([rng.multinomial(s, real.sum(axis=0) / real.sum()) for s in size])
    return real, shuffled, rng


# Stability


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_planted_structure_is_stable_and_noise_is_at_chance(metric: str) -> None:
    x = points(120)
    stable = neighbor_stability(x, retrained(x, noise=0.05), metric="cosine")
    assert stable.shape == (120,) and stable.mean() > 0.8
    noise = neighbor_stability(x, points(5 * 120, seed=7).reshape(5, 120, 8), metric=metric)
    assert noise.mean() == pytest.approx(chance_overlap(120, 10), abs=0.015)
    assert above_chance(noise, chance_overlap(120, 10)).mean() == pytest.approx(0, abs=0.015)


def test_more_noise_is_less_stability() -> None:
    x = points(120)
    means = [neighbor_stability(x, retrained(x, noise=noise)).mean() for noise in (0.02, 0.2, 0.6, 2)]
    assert means == sorted(means, reverse=True) and means[0] - means[-1] > 0.6


def test_turning_stretching_and_more_dimensions_change_nothing() -> None:
    x = points(60)
    wider = [np.pad(each, ((0, 0), (0, 5))) for each in retrained(x, noise=0)]
    assert (neighbor_stability(x, wider) == 1).all()


def test_it_is_the_mean_overlap_of_the_sets() -> None:
    x, replicates = points(40), points(3 * 40, seed=3).reshape(3, 40, 8)
    expected = np.zeros(40)
    for y in replicates:
        for i in range(40):
            here, there = (set(np.argsort(np.linalg.norm(z - z[i], axis=1))[1:7].tolist()) for z in (x, y))
            expected[i] += len(here & there) / 6 / 3
    np.testing.assert_allclose(neighbor_stability(x, replicates, k=6, metric="euclidean"), expected)


def test_the_categories_that_wander_are_the_ones_that_are_named() -> None:
    x = points(100, 2)
    replicates = retrained(x, noise=0.01)
    rng = np.random.default_rng(5)
    for replicate in replicates:
        replicate[:5] = rng.permutation(replicate)[:5]
    stable = neighbor_stability(x, replicates, metric="euclidean")
    assert stable[:5].max() < 0.5 < 0.75 < np.median(stable[5:])


def test_ties_count_in_part_and_do_not_depend_on_the_order() -> None:
    groups = np.repeat(points(5), 20, axis=0)
    assert (neighbor_stability(groups, retrained(groups, noise=0), metric="euclidean") == 1).all()
    assert (neighbor_stability(groups, [3 * groups], metric="euclidean") == 1).all()
    x, order = points(100), np.random.default_rng(1).permutation(100)
    one = neighbor_stability(groups, [x], metric="euclidean")
    other = neighbor_stability(groups[order], [x[order]], metric="euclidean")
    np.testing.assert_allclose(one[order], other)
    by_chance = [neighbor_stability(groups, [points(100, seed=s)]).mean() for s in range(2, 9)]
    assert np.mean(by_chance) == pytest.approx(chance_overlap(100, 10), abs=0.02)


def test_vectors_that_are_all_the_same_are_at_chance_and_not_stable() -> None:
    flat, x = np.ones((50, 4)), points(50)
    for one, other in ((flat, x), (x, flat), (flat, flat), (np.zeros((50, 4)), np.zeros((50, 2)))):
        np.testing.assert_allclose(neighbor_stability(one, [other]), 10 / 49)
    # Of those that are equally near chance decides, so equal vectors agree on nothing.
    assert agreement([flat, flat, flat]) == pytest.approx(0, abs=0.25)


def test_k_adapts_and_too_few_categories_are_not_measured() -> None:
    assert [chance_overlap(n, 10) for n in (4, 5, 21)] == [1 / 3, 0.5, 0.5]
    for n in (1, 2, 3):
        assert np.isnan(neighbor_stability(points(n), [points(n)])).tolist() == [True] * n
        assert np.isnan(chance_overlap(n, 10))
    assert (neighbor_stability(points(4), [points(4)]) == 1).all()


def test_thousands_of_categories() -> None:
    x = points(2_000, 16)
    assert neighbor_stability(x, retrained(x, noise=0.01, times=1)).mean() > 0.9


def test_changes_between_two_embeddings_are_the_same_both_ways_round() -> None:
    x, y = points(50), points(50, seed=1)
    np.testing.assert_array_equal(neighbor_changes(x, y), neighbor_changes(y, x))
    assert (neighbor_changes(x, 5 * x) == 1).all()


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(AtlasError, match="at least one replicate"):
        neighbor_stability(points(9), [])
    with pytest.raises(AtlasError, match="same categories; got 9 and 8"):
        neighbor_stability(points(9), [points(8)])
    with pytest.raises(AtlasError, match="replicate 2 must be finite"):
        neighbor_stability(points(9), [points(9), points(9) * np.nan])
    with pytest.raises(AtlasError, match="metric"):
        neighbor_stability(points(9), [points(9)], metric="dot")


# Structure above chance


def test_replicates_of_structure_agree_and_those_of_noise_do_not() -> None:
    x = points(100)
    assert agreement(retrained(x, noise=0.05)) > 0.75
    assert agreement(points(500, seed=4).reshape(5, 100, 8)) == pytest.approx(0, abs=0.015)


def test_structure_does_not_depend_on_scale_direction_or_dimension() -> None:
    x = retrained(points(60), noise=0.3)
    wide = [np.pad(1e4 * each[:, ::-1], ((0, 0), (3, 0))) for each in x]
    assert agreement(wide) == pytest.approx(agreement(x), abs=1e-3)


def test_bootstraps_of_pure_noise_agree_above_k_over_n_and_only_the_control_shows_it() -> None:
    """They share the accidents of one sample: the level of chance is what a control treated alike reaches."""
    real, shuffled, rng = tables(strength=0)
    found = {}
    for name, counts in (("real", real), ("control", shuffled)):
        replicates = [profiles(redrawn(counts, rng), rng) for _ in range(5)]
        found[name] = agreement(replicates), neighbor_stability(profiles(counts, rng), replicates).mean()
    assert found["real"][1] > chance_overlap(100, 10) + 0.1
    assert found["real"][0] - found["control"][0] == pytest.approx(0, abs=0.03)
    assert found["real"][1] - found["control"][1] == pytest.approx(0, abs=0.03)


def test_separate_halves_of_pure_noise_agree_by_chance_only() -> None:
    real, _, rng = tables(strength=0)
    halves = [rng.binomial(real, 0.5) for _ in range(4)]
    found = [agreement([profiles(half, rng), profiles(real - half, rng)]) for half in halves]
    assert np.mean(found) == pytest.approx(0, abs=0.03)


def test_real_structure_is_above_its_control() -> None:
    real, shuffled, rng = tables(strength=1)
    found = [agreement([profiles(redrawn(c, rng), rng) for _ in range(5)]) for c in (real, shuffled)]
    assert found[0] - found[1] > 0.2


# All scales


def test_groups_that_are_alike_within_are_seen_at_their_size() -> None:
    rng = np.random.default_rng(0)
    middle = rng.normal(size=(5, 8))[np.arange(500) % 5]
    one, other = (middle + 0.2 * rng.normal(size=(500, 8)) for _ in range(2))
    found = shared_neighbors(one, other, metric="cosine")
    at = dict(zip(found.sizes.tolist(), found.above_chance, strict=True))
    near = [size for size in at if size <= 3]
    assert max(at[size] for size in near) < 0.1  # who of a hundred alike is nearest is chance
    assert max(at[size] for size in at if 90 <= size <= 110) > 0.9


def test_a_sample_of_many_says_what_all_say() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(size=(1_000, 5))
    other = one + 0.5 * rng.normal(size=one.shape)
    sampled = shared_neighbors(one, other, metric="euclidean", sizes=np.array([10, 100]))
    distances = [np.linalg.norm(each[:, None] - each[None], axis=2) for each in (one, other)]
    for size, share in zip(sampled.sizes, sampled.shares, strict=True):
        nearest = [np.argsort(each, axis=1)[:, 1 : size + 1] for each in distances]
        whole = [len(set(a) & set(b)) / size for a, b in zip(*nearest, strict=True)]
        assert share == pytest.approx(np.mean(whole), abs=0.03)


def test_the_sizes_rise_and_hold_ten() -> None:
    for n in (4, 5, 12, 30, 3_000):
        sizes = sizes_of(n)
        assert (np.diff(sizes) > 0).all() and sizes[0] >= 1 and sizes[-1] <= n - 2
        assert min(10, (n - 1) // 2) in sizes
    assert not len(sizes_of(2))


# One number


def test_the_mean_can_be_weighted_by_support_and_leaves_out_what_is_not_known() -> None:
    shares = [0.2, 1.0, np.nan]
    assert overall(shares) == pytest.approx(0.6)
    assert overall(shares, support=[3, 1, 100]) == pytest.approx(0.4)
    assert np.isnan(overall([np.nan])) and np.isnan(overall([1.0], support=[0]))
    with pytest.raises(AtlasError, match="one support per category"):
        overall(shares, support=[1, 2])


def test_chance_is_nought_and_full_overlap_is_one() -> None:
    assert above_chance([0.25, 1, 0], 0.25).tolist() == pytest.approx([0, 1, -1 / 3])
    assert np.isnan(above_chance([1.0], 1.0)).all()
