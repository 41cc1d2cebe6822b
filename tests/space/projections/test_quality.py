"""The claims of `embed_core.space.projections.quality`."""

import math

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from embed_core.errors import AtlasError
from embed_core.space.projections import quality
from embed_core.space.projections.quality import category_quality, describe, map_neighbors, projection_quality
from tests.helpers.vectors import Array

MEASURES = ("trustworthiness", "continuity", "neighbors_kept")


def points(n: int, d: int = 6, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(n, d))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize(("n", "k"), [(4, 1), (11, 5), (25, 10), (60, 3), (700, 10)])
def test_trustworthiness_and_continuity_are_those_of_scikit_learn(n: int, k: int, metric: str) -> None:
    x, y = points(n), points(n)[:, :2] + 0.3 * points(n, 2, seed=1)
    found = projection_quality(x, y, k=k, metric=metric)
    assert found["trustworthiness"] == pytest.approx(trustworthiness(x, y, n_neighbors=k, metric=metric))
    if metric == "euclidean":
        assert found["continuity"] == pytest.approx(trustworthiness(y, x, n_neighbors=k))


def test_neighbours_kept_is_the_overlap_of_the_two_sets() -> None:
    x, y = points(50), points(50)[:, :2]
    both = []
    for row in range(50):
        near = [set(np.argsort(np.linalg.norm(z - z[row], axis=1))[1:8].tolist()) for z in (x, y)]
        both.append(len(near[0] & near[1]) / 7)
    assert projection_quality(x, y, k=7)["neighbors_kept"] == pytest.approx(np.mean(both))


def test_the_same_space_is_perfect_and_a_random_map_is_at_chance() -> None:
    x = points(400)
    perfect = projection_quality(x, 3 * x + 1)
    assert [perfect[name] for name in MEASURES] == [1, 1, 1]
    chance = projection_quality(x, points(400, 2, seed=9))
    assert chance["neighbors_kept"] == pytest.approx(10 / 399, abs=0.01)
    assert chance["trustworthiness"] == pytest.approx(0.5, abs=0.03)


def test_a_torn_map_loses_continuity_and_a_folded_one_trustworthiness() -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.c_[np.cos(angle), np.sin(angle)]
    torn = projection_quality(circle, angle[:, None])
    folded = projection_quality(circle, circle[:, :1])
    assert torn["trustworthiness"] > torn["continuity"]
    assert folded["continuity"] > folded["trustworthiness"] + 0.2


@pytest.mark.parametrize(("n", "k"), [(4, 1), (5, 2), (10, 4), (20, 9), (21, 10), (300, 10)])
def test_k_adapts_to_the_number_of_categories(n: int, k: int) -> None:
    assert projection_quality(points(n), points(n)[:, :2])["k"] == k


@pytest.mark.parametrize("n", [1, 2, 3])
def test_too_few_categories_are_not_measured_and_it_is_said(n: int) -> None:
    found = projection_quality(points(n), points(n)[:, :2])
    assert all(math.isnan(found[name]) for name in MEASURES) and found["k"] == 0
    assert "at least 4" in describe(found)


@pytest.mark.parametrize("x", [np.ones((30, 3)), np.eye(30)], ids=["equal", "equidistant"])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_equal_distances_are_not_measured_and_it_is_said(x: Array, metric: str) -> None:
    found = projection_quality(x, points(30, 2), metric=metric)
    assert all(math.isnan(found[name]) for name in MEASURES)
    assert "equally far" in describe(found)


def test_a_heap_on_the_map_is_not_measured() -> None:
    assert math.isnan(projection_quality(points(30), np.zeros((30, 2)))["trustworthiness"])


def test_repeated_vectors_do_not_count_as_errors() -> None:
    x = np.repeat(points(5), 30, axis=0)
    spread = x[:, :2] * 100 + 1e-3 * points(150, 2, seed=3)
    for y in (x, spread):
        found = projection_quality(x, y)
        assert [found[name] for name in MEASURES] == [1, 1, 1]


def test_a_partly_collapsed_map_is_judged_against_it_in_any_order() -> None:
    x = points(60)
    y = np.where(np.arange(60)[:, None] < 30, 0.0, 1.0) * np.ones((60, 2))
    found = projection_quality(x, y)
    assert found["neighbors_kept"] < 0.1
    order = np.random.default_rng(5).permutation(60)
    assert projection_quality(x[order], y[order]) == found


def test_many_categories_are_measured_on_a_sample_that_is_always_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quality, "SAMPLED_CELLS", 600 * 900)
    x = points(900, 4)
    y = x[:, :2]
    found = projection_quality(x, y)
    assert found["sampled"] == 600
    assert found == projection_quality(x, y)
    whole = trustworthiness(x, y, n_neighbors=10)
    assert found["trustworthiness"] == pytest.approx(whole, abs=0.02)
    assert "600 categories drawn at random" in describe(found)
    assert found["neighbors_kept"] == pytest.approx(category_quality(x, y).neighbors_kept.mean(), abs=0.02)
    assert "sampled" not in projection_quality(x[:600], y[:600])


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(AtlasError, match="5 vectors and 4 points"):
        projection_quality(points(5), points(4))
    with pytest.raises(AtlasError, match="whole number from 1"):
        projection_quality(points(5), points(5), k=0)
    with pytest.raises(AtlasError, match="coordinates must be finite"):
        projection_quality(points(5), np.full((5, 2), np.nan))
    with pytest.raises(AtlasError, match="Choose one of"):
        projection_quality(points(5), points(5), metric="manhattan")


def test_the_sentence_says_what_was_measured() -> None:
    full = {"trustworthiness": 0.966, "continuity": 0.9, "neighbors_kept": 0.744, "k": 10.0}
    expected = (
        "Of each category's 10 nearest neighbours, 74 % are still near on this map (trustworthiness 0.97)."
    )
    assert describe(full) == expected
    assert describe(full | {"k": 1.0}).startswith("For 74 % of the categories")
    assert describe({"variance": 0.5}) == "The neighbours on this map were not measured."


# Per category


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_the_measures_of_the_map_are_the_means_of_its_categories(metric: str) -> None:
    x, y = points(80), points(80)[:, :2]
    whole, each = projection_quality(x, y, metric=metric), category_quality(x, y, metric=metric)
    for name in MEASURES:
        assert getattr(each, name).shape == (80,)
        assert getattr(each, name).mean() == pytest.approx(whole[name])
        assert getattr(each, name).min() >= 0 and getattr(each, name).max() <= 1
    assert each.k == whole["k"] == 10


def test_the_category_that_a_map_misplaces_is_the_one_that_is_named() -> None:
    x = points(60, 2)
    y = x.copy()
    y[7] = x[np.argmax(np.linalg.norm(x - x[7], axis=1))] + 0.01
    each = category_quality(x, y)
    for name in MEASURES:
        assert np.argmin(getattr(each, name)) == 7
        assert np.median(getattr(each, name)) > 0.85
    assert each.trustworthiness[7] < 0.4 and each.neighbors_kept[7] == 0


def test_too_few_or_equidistant_categories_have_no_measures() -> None:
    for x in (points(3), np.eye(30)):
        each = category_quality(x, points(len(x), 2))
        assert all(
            np.isnan(getattr(each, name)).all() and len(getattr(each, name)) == len(x) for name in MEASURES
        )


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_true_false_and_missing_neighbours_are_those_of_the_two_sets(metric: str) -> None:
    x, y = points(50), points(50)[:, :2] + 0.2 * points(50, 2, seed=1)
    kept = category_quality(x, y, k=7, metric=metric).neighbors_kept
    for i in (0, 13, 49):
        z = x / np.linalg.norm(x, axis=1, keepdims=True) if metric == "cosine" else x
        here, there = (np.argsort(np.linalg.norm(a - a[i], axis=1))[1:8].tolist() for a in (z, y))
        found = map_neighbors(x, y, i, k=7, metric=metric)
        assert found.true.tolist() == [j for j in here if j in there]
        assert found.false.tolist() == [j for j in there if j not in here]
        assert found.missing.tolist() == [j for j in here if j not in there]
        assert len(found.true) / 7 == pytest.approx(kept[i])


def test_a_line_folded_into_a_hairpin_has_false_neighbours_across_the_fold_and_misses_none() -> None:
    along = np.arange(21.0)
    hairpin = np.c_[np.minimum(along, 20 - along), np.where(along > 10, 0.1, 0.0)]
    found = map_neighbors(along[:, None], hairpin, 2, k=4)
    assert 18 in found.false and set(found.false.tolist()) <= {17, 18, 19}
    assert set(found.true.tolist()) | set(found.missing.tolist()) == {0, 1, 3, 4}


def test_a_perfect_map_has_neither_false_nor_missing_neighbours_even_with_repeated_vectors() -> None:
    for x in (points(40), np.repeat(points(5), 8, axis=0), points(1), points(3)):
        for i in range(len(x)):
            found = map_neighbors(x, 5 * x, i)
            assert len(found.false) == len(found.missing) == 0
            assert len(found.true) == (min(10, (len(x) - 1) // 2) if len(x) > 3 else 0)


def test_a_heap_on_the_map_is_judged_against_it_for_one_category_too() -> None:
    x = points(40)
    y = np.where(np.arange(40)[:, None] < 20, 0.0, 1.0) * np.ones((40, 2))
    kept = category_quality(x, y).neighbors_kept
    found = [len(map_neighbors(x, y, i).true) / 10 for i in range(40)]
    np.testing.assert_allclose(found, kept)
    assert np.mean(found) < 0.15


def test_a_row_that_is_not_there_is_refused() -> None:
    for i in (5, -1, 1.5, True):
        with pytest.raises(AtlasError):
            map_neighbors(points(5), points(5), i)


# Classic faults


def test_neighbours_are_not_those_of_unnormalised_dot_products() -> None:
    """A viewer that sorts by a·b on long and short vectors calls the longest everybody's neighbour."""
    x = points(60) * np.geomspace(1, 100, 60)[:, None]
    x[59] = 100 * np.abs(x[59])
    hub = np.argsort(-(x @ x.T), axis=1)[:, :10]
    assert (hub == 59).any(axis=1).mean() > 0.3
    found = [map_neighbors(x, x[:, :2], i, metric="cosine") for i in range(60)]
    near = [set(f.true.tolist()) | set(f.missing.tolist()) for f in found]
    assert np.mean([59 in row for row in near]) < 0.3
    shorter = [map_neighbors(x / 7, x[:, :2], i, metric="cosine") for i in range(60)]
    assert [set(f.true.tolist()) | set(f.missing.tolist()) for f in shorter] == near


def test_thousands_of_categories_are_measured_one_by_one() -> None:
    x = points(3_000, 4)
    each = category_quality(x, x[:, :2])
    assert each.neighbors_kept.mean() == pytest.approx(
        projection_quality(x, x[:, :2])["neighbors_kept"], abs=0.01
    )
