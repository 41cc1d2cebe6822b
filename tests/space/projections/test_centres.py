"""The claims of `embed_core.space.projections.centres`: distances between groups that a map keeps or loses."""

import numpy as np
import pytest

from embed_core.space.evidence import Evidence
from embed_core.space.projections.centres import (
    STRESS_GOOD,
    STRESS_MOST,
    centre_distances,
    lost_distances,
    stress,
)
from embed_core.space.projections.project import project
from embed_core.space.verdict import map_verdict
from tests.helpers.vectors import Array, points
from tests.space.test_verdict import GOOD


def far_and_near() -> Array:
    """Three groups, of which two are ten times as near to each other as the third is to them."""
    middle = np.zeros((3, 8))
    middle[1, 0], middle[2, 0] = 10, 11
    return np.repeat(middle, 40, axis=0) + 0.15 * points(120)


def test_a_map_that_keeps_neighbours_and_loses_distances_says_so() -> None:
    x = far_and_near()
    drawn = {method: project(x, method=method) for method in ("pca", "tsne")}
    assert drawn["tsne"].quality["trustworthiness"] > 0.9
    assert drawn["tsne"].quality["stress"] > STRESS_MOST
    assert "Do not read distances between groups" in lost_distances(drawn["tsne"].quality)
    assert drawn["pca"].quality["stress"] < 0.05
    assert not lost_distances(drawn["pca"].quality)


def test_a_ring_is_kept_by_either() -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(200)]) + 0.03 * points(200, 3)
    for method in ("pca", "tsne"):
        assert project(ring, method=method).quality["stress"] < STRESS_GOOD


def test_turning_and_stretching_a_map_changes_nothing() -> None:
    x = points(300)
    one = stress(*centre_distances(x, x[:, :2], metric="euclidean"))
    other = stress(*centre_distances(x, 7 * x[:, [1, 0]] + 3, metric="euclidean"))
    assert one == pytest.approx(other) and 0.1 < one < 0.8
    assert stress(*centre_distances(x, -x, metric="euclidean")) == pytest.approx(0, abs=1e-9)


def test_a_map_in_one_point_keeps_nothing_and_equal_vectors_have_no_distances() -> None:
    assert stress(*centre_distances(points(30), np.zeros((30, 2)), metric="euclidean")) == 1
    assert np.isnan(stress(*centre_distances(np.ones((30, 3)), points(30, 2), metric="euclidean")))
    assert np.isnan(stress(*centre_distances(points(2), points(2, 2), metric="cosine")))


def test_the_area_is_one_for_the_same_space_and_nought_for_a_random_map() -> None:
    x = points(200, 2)
    assert project(x, method="identity").quality["area"] == pytest.approx(1)
    assert project(points(200, 30), method="pca").quality["area"] < 0.4


def test_the_verdict_on_a_good_map_whose_distances_are_lost_says_what_can_be_read() -> None:
    found = map_verdict(Evidence(**GOOD, stress=0.5))
    assert found.level == "good"
    assert found.sentence.startswith(
        "The neighbours on this map can be read. Do not read distances between groups"
    )
    assert "rough" in " ".join(map_verdict(Evidence(**GOOD, stress=0.25)).reasons)
    assert map_verdict(Evidence(**GOOD, stress=0.1)).sentence.startswith("This map can be read.")
