"""Replicates are laid over the run, and each category gets its places on the map."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.space.projections.places import aligned_places, places_on_map
from embed_core.types import Floats


@dataclass
class Learned:
    vectors: Floats
    is_drawn: npt.NDArray[np.bool_]
    loose: tuple[int, ...] = ()

    @property
    def is_sure(self) -> npt.NDArray[np.bool_]:
        return self.is_drawn & ~np.isin(np.arange(len(self.is_drawn)), self.loose)


def turned(vectors: np.ndarray, seed: int, size: float) -> np.ndarray:
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=(vectors.shape[1],) * 2))[0]
    return (size * vectors @ rotation + 5).astype(np.float32)


def test_a_turned_mirrored_and_smaller_copy_lies_on_the_run() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    seen = np.arange(30) != 7
    found = aligned_places(vectors, [Learned(turned(vectors, seed, 0.5), seen) for seed in range(3)])
    assert found.shape == (3, 30, 4) and np.isnan(found[:, 7]).all()
    for place in found:
        np.testing.assert_allclose(place[seen], vectors[seen], atol=1e-4)


def test_what_has_no_sure_place_is_shown_and_turns_nothing() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
    moved = turned(vectors, 1, 1.0)
    moved[4] += 100
    (place,) = aligned_places(vectors, [Learned(moved, np.ones(30, bool), loose=(4,))])
    others = np.arange(30) != 4
    np.testing.assert_allclose(place[others], vectors[others], atol=1e-4)
    assert np.linalg.norm(place[4] - vectors[4]) > 100


def test_what_hardly_any_category_was_seen_by_says_nothing() -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    assert np.isnan(aligned_places(vectors, [Learned(vectors, np.arange(6) < 2)])).all()


def test_a_place_is_at_the_categories_that_are_nearest_to_it() -> None:
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(3), 10, axis=0) + 0.01 * rng.normal(size=(30, 3))
    coordinates = np.repeat([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]], 10, axis=0)
    found = places_on_map(np.eye(3), vectors, coordinates, metric="cosine")
    np.testing.assert_allclose(found, [[0, 0], [10, 0], [0, 10]], atol=1e-4)
    own = places_on_map(vectors[[3, 14]], vectors, coordinates + rng.normal(size=(30, 2)), metric="euclidean")
    assert own.shape == (2, 2)
