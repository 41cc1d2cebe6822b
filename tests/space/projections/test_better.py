"""Whether another map shows clearly more than the one on screen, where halves of the rows agree."""

from dataclasses import replace

import numpy as np
import pytest

from embed_core.space.neighbors.scales import Scales
from embed_core.space.projections.better import Kept, clearly_better
from embed_core.space.projections.project import keeps_most, project
from embed_core.space.scale import Scale

NEAREST = Scale(200, 10, 0.7, 0.73, 0.05, 4, 0.9, 0.95, 0.25, 3)
GROUPS = replace(NEAREST, near=0.05)
SIZES = np.array([1, 10, 50, 150])


def kept(*shares: float, stress: float = 0.1) -> Kept:
    return Kept(Scales(SIZES, np.array(shares), 200), stress)


def test_the_nearest_count_where_they_are_certain_and_groups_where_those_alone_are() -> None:
    near, far = kept(0.5, 0.8, 0.5, 0.8), kept(0.2, 0.4, 0.9, 0.9)
    found = clearly_better({"tsne": near}, far, NEAREST)
    assert found is not None and found.method == "tsne"
    assert "80 % of the 10 nearest" in found.sentence and "on this map 40 %" in found.sentence
    assert clearly_better({"tsne": near}, far, GROUPS) is None
    found = clearly_better({"pca": far}, near, GROUPS)
    assert found is not None and "90 % of the 50 nearest, about a group, are" in found.sentence


def test_nothing_is_offered_for_little_or_where_halves_agree_on_nothing() -> None:
    here, little, much = kept(0.4, 0.5, 0.6, 0.8), kept(0.4, 0.55, 0.6, 0.8), kept(0.8, 0.9, 0.9, 0.9)
    assert clearly_better({"tsne": little}, here, NEAREST) is None
    assert clearly_better({"tsne": much}, here, NEAREST) is not None
    assert clearly_better({"tsne": much}, here, replace(NEAREST, groups_agree=0.1)) is None
    assert clearly_better({}, here, NEAREST) is None


@pytest.mark.parametrize(
    ("other", "is_offered"),
    [
        (kept(0.4, 0.47, 0.6, 0.8, stress=0.1), True),
        (kept(0.4, 0.47, 0.6, 0.8, stress=0.3), False),
        (kept(0.4, 0.40, 0.6, 0.8, stress=0.1), False),
    ],
)
def test_distances_count_between_maps_that_keep_as_much(other: Kept, is_offered: bool) -> None:
    found = clearly_better({"pca": other}, kept(0.4, 0.5, 0.6, 0.8, stress=0.5), NEAREST)
    assert (found is not None) == is_offered
    assert clearly_better({"pca": other}, kept(0.4, 0.5, 0.6, 0.8, stress=0.3), NEAREST) is None


def test_a_bent_sheet_of_many_is_better_drawn_by_tsne() -> None:
    rng = np.random.default_rng(0)
    angles, height = rng.uniform(0, 4 * np.pi, 700), rng.uniform(0, 9, 700)
    roll = np.stack([angles * np.cos(angles), angles * np.sin(angles), height, height**2 / 9], axis=1)
    compared = keeps_most(roll, ["pca", "tsne"], metric="euclidean")
    assert compared.method == "tsne" and set(compared.kept) == {"pca", "tsne"}
    shown = project(roll, method="pca")
    assert shown.scales is not None
    here = Kept(shown.scales, shown.quality["stress"])
    found = clearly_better({"tsne": compared.kept["tsne"]}, here, replace(NEAREST, n=700))
    assert found is not None and found.method == "tsne"
