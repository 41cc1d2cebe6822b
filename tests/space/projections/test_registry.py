"""A projection is added by a class and a line: the library offers it without any other change."""

from collections.abc import Iterator

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.embedding import Embedding
from embed_core.space.projections import registry
from embed_core.space.projections.base import Request
from embed_core.space.projections.registry import METHODS
from tests.helpers.toy_projections import Circle, Growing

NAMES = [f"c{i}" for i in range(8)]
EMBEDDING = Embedding(NAMES, np.random.default_rng(0).normal(size=(8, 4)), [1] * 8)


@pytest.fixture(autouse=True)
def _toys() -> Iterator[None]:
    for toy in (Circle(), Growing()):
        registry.register(toy)
    yield
    for name in ("circle", "growing"):
        del METHODS[name]


def test_an_added_projection_draws_and_is_measured() -> None:
    found = EMBEDDING.project("circle", radius=3)
    assert found.method == "circle" and found.axes == ("Circle 1", "Circle 2") and not found.has_axes
    np.testing.assert_allclose(np.linalg.norm(found.coordinates, axis=1), 3, rtol=1e-6)
    assert found.coordinates.dtype == np.float32
    assert found.quality["radius"] == 3 and 0 <= found.quality["neighbors_kept"] <= 1
    assert EMBEDDING.project("circle").quality["radius"] == 2


def test_its_settings_are_checked_like_those_of_others() -> None:
    with pytest.raises(AtlasError, match=r"The radius must be a number from 1\. Got"):
        EMBEDDING.project("circle", radius=0)
    with pytest.raises(AtlasError, match=r'Circle has no setting "perplexity"\. It takes: "radius"'):
        EMBEDDING.project("circle", perplexity=3)
    with pytest.raises(AtlasError, match='"umap", "circle", "growing"'):
        EMBEDDING.project("square")


def test_its_needs_are_met_or_pca_is_drawn() -> None:
    few = Embedding(["a", "b"], [[1, 2], [3, 4]], [1, 1]).project("growing")
    assert few.method == "pca"
    assert few.notes[0] == "Growing circle needs at least 3 categories; this map is PCA."
    alike = Embedding(["a", "b", "c"], [[1, 2]] * 3, [1, 1, 1], metric="euclidean")
    same = alike.project("growing")
    assert "same vector: Growing circle cannot" in same.notes[0]


def test_one_that_moves_can_be_watched_and_stopped() -> None:
    frames: list[int] = []

    def watch(iteration: int, total: int, _coordinates: object) -> bool:
        frames.append(iteration)
        return iteration == 4

    assert EMBEDDING.project("growing", on_frame=watch).quality["iterations"] == 4
    assert frames == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("name", ["identity", "pca", "tsne", "umap"])
def test_every_method_says_what_it_is(name: str) -> None:
    method = registry.projection_method(name)
    assert method.name == name and method.title
    assert method.has_axes == (name in ("identity", "pca"))
    for setting in method.settings:
        assert setting.check(setting.default) == setting.default


def test_a_basis_draws_its_own_vectors_as_the_map_does() -> None:
    flat = EMBEDDING.vectors[:, :2]
    for name, vectors in (("pca", EMBEDDING.vectors), ("identity", flat)):
        draw = METHODS[name].basis(vectors)
        assert draw is not None
        drawn = METHODS[name].draw(np.asarray(vectors, np.float64), Request())
        np.testing.assert_array_equal(draw(vectors), drawn.coordinates)
    assert METHODS["tsne"].basis(flat) is None
