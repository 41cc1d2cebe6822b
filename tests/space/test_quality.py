"""The claims of `embed_core.space.quality`."""

import math

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from embed_core.errors import AtlasError
from embed_core.space import quality
from embed_core.space.quality import describe, projection_quality

MEASURES = ("trustworthiness", "continuity", "neighbours_kept")


def points(n, d=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize(("n", "k"), [(4, 1), (11, 5), (25, 10), (60, 3), (700, 10)])
def test_trustworthiness_and_continuity_are_those_of_scikit_learn(n, k, metric):
    x, y = points(n), points(n)[:, :2] + 0.3 * points(n, 2, seed=1)
    found = projection_quality(x, y, k=k, metric=metric)
    assert found["trustworthiness"] == pytest.approx(trustworthiness(x, y, n_neighbors=k, metric=metric))
    if metric == "euclidean":
        assert found["continuity"] == pytest.approx(trustworthiness(y, x, n_neighbors=k))


def test_neighbours_kept_is_the_overlap_of_the_two_sets():
    x, y = points(50), points(50)[:, :2]
    both = []
    for row in range(50):
        near = [set(np.argsort(np.linalg.norm(z - z[row], axis=1))[1:8].tolist()) for z in (x, y)]
        both.append(len(near[0] & near[1]) / 7)
    assert projection_quality(x, y, k=7)["neighbours_kept"] == pytest.approx(np.mean(both))


def test_the_same_space_is_perfect_and_a_random_map_is_at_chance():
    x = points(400)
    perfect = projection_quality(x, 3 * x + 1)
    assert [perfect[name] for name in MEASURES] == [1, 1, 1]
    chance = projection_quality(x, points(400, 2, seed=9))
    assert chance["neighbours_kept"] == pytest.approx(10 / 399, abs=0.01)
    assert chance["trustworthiness"] == pytest.approx(0.5, abs=0.03)


def test_a_torn_map_loses_continuity_and_a_folded_one_trustworthiness():
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.c_[np.cos(angle), np.sin(angle)]
    torn = projection_quality(circle, angle[:, None])
    folded = projection_quality(circle, circle[:, :1])
    assert torn["trustworthiness"] > torn["continuity"]
    assert folded["continuity"] > folded["trustworthiness"] + 0.2


@pytest.mark.parametrize(("n", "k"), [(4, 1), (5, 2), (10, 4), (20, 9), (21, 10), (300, 10)])
def test_k_adapts_to_the_number_of_categories(n, k):
    assert projection_quality(points(n), points(n)[:, :2])["k"] == k


@pytest.mark.parametrize("n", [1, 2, 3])
def test_too_few_categories_are_not_measured_and_it_is_said(n):
    found = projection_quality(points(n), points(n)[:, :2])
    assert all(math.isnan(found[name]) for name in MEASURES) and found["k"] == 0
    assert "at least 4" in describe(found)


@pytest.mark.parametrize("x", [np.ones((30, 3)), np.eye(30)], ids=["equal", "equidistant"])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_equal_distances_are_not_measured_and_it_is_said(x, metric):
    found = projection_quality(x, points(30, 2), metric=metric)
    assert all(math.isnan(found[name]) for name in MEASURES)
    assert "equally far" in describe(found)


def test_a_heap_on_the_map_is_not_measured():
    assert math.isnan(projection_quality(points(30), np.zeros((30, 2)))["trustworthiness"])


def test_repeated_vectors_do_not_count_as_errors():
    x = np.repeat(points(5), 30, axis=0)
    spread = x[:, :2] * 100 + 1e-3 * points(150, 2, seed=3)
    for y in (x, spread):
        found = projection_quality(x, y)
        assert [found[name] for name in MEASURES] == [1, 1, 1]


def test_a_partly_collapsed_map_is_judged_against_it_in_any_order():
    x = points(60)
    y = np.where(np.arange(60)[:, None] < 30, 0.0, 1.0) * np.ones((60, 2))
    found = projection_quality(x, y)
    assert found["neighbours_kept"] < 0.1
    order = np.random.default_rng(5).permutation(60)
    assert projection_quality(x[order], y[order]) == found


def test_many_categories_are_measured_on_a_sample_that_is_always_the_same(monkeypatch):
    monkeypatch.setattr(quality, "SAMPLE_SIZE", 600)
    x = points(900, 4)
    y = x[:, :2]
    found = projection_quality(x, y)
    assert found["sampled"] == 600
    assert found == projection_quality(x, y)
    whole = trustworthiness(x, y, n_neighbors=10)
    assert found["trustworthiness"] == pytest.approx(whole, abs=0.02)
    assert "600 categories drawn at random" in describe(found)
    assert "sampled" not in projection_quality(x[:600], y[:600])


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(AtlasError, match="5 vectors and 4 points"):
        projection_quality(points(5), points(4))
    with pytest.raises(AtlasError, match="whole number from 1"):
        projection_quality(points(5), points(5), k=0)
    with pytest.raises(AtlasError, match="coordinates must be finite"):
        projection_quality(points(5), np.full((5, 2), np.nan))
    with pytest.raises(AtlasError, match="Choose one of"):
        projection_quality(points(5), points(5), metric="manhattan")


def test_the_sentence_says_what_was_measured():
    full = {"trustworthiness": 0.966, "continuity": 0.9, "neighbours_kept": 0.744, "k": 10.0}
    expected = (
        "Of each category's 10 nearest neighbours, 74 % are still near on this map (trustworthiness 0.97)."
    )
    assert describe(full) == expected
    assert describe(full | {"k": 1.0}).startswith("For 74 % of the categories")
    assert describe({"variance": 0.5}) == "The neighbours on this map were not measured."
