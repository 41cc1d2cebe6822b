"""Neighbours that came and went: found where they were planted, and nowhere else."""

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.movement import chance_disparity, changed_neighbors, in_common
from embed_core.space.projections.aligning import procrustes

LABELS = [f"c{i:02d}" for i in range(30)]


def embedding(vectors: np.ndarray, labels: list[str] = LABELS, support: int = 5) -> Embedding:
    return Embedding(labels, vectors, np.full(len(labels), support))


def scattered(dimension: int = 3, seed: int = 0, n: int = 30) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, dimension))


def test_the_one_category_that_moved_is_listed_first_with_its_old_and_new_neighbours() -> None:
    before = scattered()
    after = before.copy()
    target = int(np.argmax(np.linalg.norm(before - before[7], axis=1)))
    after[7] = after[target] + 1e-3
    found = changed_neighbors(embedding(before), embedding(after), k=5, metric="euclidean")
    first = found.iloc[0]
    assert first["category"] == "c07" and first["kept"] == 0
    assert first["came"][0] == LABELS[target]
    near = embedding(before).neighbors("c07", k=5, metric="euclidean")["category"].tolist()
    assert first["went"] == near
    assert found["kept"].iloc[1:].min() >= 0.8
    assert all(len(came) == len(went) for came, went in zip(found["came"], found["went"], strict=True))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_turning_mirroring_and_scaling_change_no_neighbour(metric: str) -> None:
    vectors = scattered()
    turn = np.linalg.qr(scattered(seed=1, n=3))[0]
    found = changed_neighbors(embedding(vectors), embedding(3 * vectors @ turn), k=5, metric=metric)
    assert (found["kept"] == 1).all()
    assert not any(found["came"]) and not any(found["went"])


def test_embeddings_of_other_dimensions_and_orders_are_compared_by_name() -> None:
    vectors = scattered()
    wide = np.hstack([vectors, np.zeros((30, 2))])
    backwards = Embedding([*LABELS[::-1], "other"], np.vstack([wide[::-1], np.ones(5)]), np.arange(31))
    one, other = in_common(embedding(vectors), backwards)
    assert one.labels == other.labels == LABELS
    assert other.support.tolist() == list(range(29, -1, -1))
    assert (changed_neighbors(one, other)["kept"] == 1).all()


def test_unrelated_embeddings_keep_as_many_neighbours_as_chance() -> None:
    labels = [str(i) for i in range(300)]
    one, other = (embedding(scattered(8, seed, 300), labels) for seed in (0, 1))
    found = changed_neighbors(one, other, k=10)
    assert found["kept"].mean() == pytest.approx(10 / 299, abs=0.02)


def test_the_disparity_of_unrelated_embeddings_is_that_of_chance_and_of_turned_ones_far_below() -> None:
    one, other = scattered(4), scattered(4, seed=1)
    turn = np.linalg.qr(scattered(4, seed=2, n=4))[0]
    assert procrustes(one, other).disparity == pytest.approx(chance_disparity(one, other), abs=0.1)
    assert procrustes(one, one @ turn).disparity < 1e-6 < chance_disparity(one, one @ turn) / 2


@pytest.mark.parametrize(("shared", "rule"), [(2, "at least 3; these share 2"), (0, "share 0")])
def test_too_few_categories_in_common_are_told(shared: int, rule: str) -> None:
    others = [*LABELS[:shared], *(f"x{i}" for i in range(30 - shared))]
    with pytest.raises(AtlasError, match=rule):
        in_common(embedding(scattered()), embedding(scattered(), others))


def test_three_categories_can_be_laid_over_one_another_but_have_no_neighbours_to_change() -> None:
    one, other = in_common(embedding(scattered()), embedding(scattered(n=3), LABELS[:3]))
    with pytest.raises(AtlasError, match=r"With 3 categories .* at least 4"):
        changed_neighbors(one, other)


def test_other_categories_are_refused() -> None:
    with pytest.raises(AtlasError, match="same categories"):
        changed_neighbors(embedding(scattered()), embedding(scattered(), LABELS[::-1]))
