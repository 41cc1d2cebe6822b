"""Two runs are compared in what they share; what does not matter to a map does not matter here."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.comparing.two_runs import compare_embeddings, differing_settings, metric_for, relative_losses


def vectors(n: int = 40, d: int = 3, *, seed: int = 0) -> ec.Embedding:
    rng = np.random.default_rng(seed)
    return ec.Embedding([f"c{i:02d}" for i in range(n)], rng.normal(size=(n, d)), rng.integers(1, 99, n))


def turned(embedding: ec.Embedding, *, scale: float = 2.0) -> ec.Embedding:
    turn, _ = np.linalg.qr(np.random.default_rng(9).normal(size=(embedding.dimension,) * 2))
    return dataclasses.replace(embedding, vectors=scale * embedding.vectors @ turn)


def test_an_embedding_that_is_turned_and_scaled_is_the_same_one() -> None:
    found = compare_embeddings(vectors(), turned(vectors()), metric="euclidean")
    assert found.mean_kept == pytest.approx(1.0)
    assert found.disparity == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(found.maps[1], 2 * found.maps[0], atol=1e-4)  # laid on it, in its own size


def test_unrelated_embeddings_share_what_chance_gives() -> None:
    found = compare_embeddings(vectors(200), vectors(200, seed=1), metric="euclidean")
    assert found.chance_kept == pytest.approx(10 / 199)
    assert found.mean_kept == pytest.approx(found.chance_kept, abs=0.03)
    assert found.disparity == pytest.approx(found.chance_disparity, abs=0.03)


def test_shares_are_in_the_order_of_the_first_and_only_of_what_both_name() -> None:
    one, other = vectors(30), vectors(30)
    kept = [label for label in reversed(other.labels) if label != "c05"]
    rows = [other.index(label) for label in kept]
    other = ec.Embedding(kept, other.vectors[rows], other.support[rows])
    found = compare_embeddings(one, other, k=4, metric="euclidean")
    assert (
        found.embeddings[0].labels == [label for label in one.labels if label != "c05"] and len(found) == 29
    )
    by_name = found.changes.set_index("category")["kept"]
    assert found.kept.tolist() == [by_name[label] for label in found.embeddings[0].labels]


def test_three_categories_have_no_neighbours_to_compare() -> None:
    found = compare_embeddings(vectors(3), vectors(3, seed=1))
    assert found.k == 0 and found.changes.empty
    assert np.isnan([found.mean_kept, found.chance_kept, *found.kept]).all()
    with pytest.raises(ec.AtlasError, match="at least 3; these share 2"):
        compare_embeddings(vectors(2), vectors(2))


def test_runs_are_compared_with_their_settings_by_the_distance_that_suits_both() -> None:
    shops = pd.DataFrame({"shop": list("aabbccddee") * 20, "late": [0, 0, 0, 1, 1, 1, 0, 1, 1, 0] * 20})
    common = {"column": "shop", "target": "late", "epochs": 3}
    one, other = ec.train(shops, **common, dimension=4), ec.train(shops, **common, dimension=2, seed=3)
    found = ec.compare_runs(one, other)
    assert found.settings.values.tolist() == [["dimension", 4, 2], ["seed", 0, 3]]
    assert (found.metric, found.k, len(found)) == ("euclidean", 2, 5)
    assert ec.compare_runs(one, one, metric="cosine").mean_kept == 1.0
    assert ec.compare_runs(one, one).settings.empty
    assert repr(found).startswith("TwoRuns(5 categories in common")


def test_distances_are_compared_by_length_too() -> None:
    context = ec.TrainingConfig(column="a", objective="context", dimension=8)
    distance = ec.TrainingConfig(column="a", objective="distance", partner="b", target="c", dimension=8)
    angles, lengths = (
        ec.Embedding(["x", "y"], np.eye(2), [1, 1], metric=name) for name in ("cosine", "euclidean")
    )
    assert metric_for(angles, angles) == "cosine"
    assert metric_for(angles, lengths) == metric_for(lengths, angles) == "euclidean"
    assert "objective" in differing_settings(context, distance)["setting"].tolist()


def test_losses_are_shares_of_knowing_nothing_where_that_is_known() -> None:
    history = pd.DataFrame(
        {"epoch": [1, 2], "loss": [0.5, 0.25], "val_loss": [1.0, 0.75], "accuracy": [0.1, 0.2]}
    )
    found = relative_losses(history, {"loss": 0.5})
    assert found.to_dict("list") == {"epoch": [1, 2], "loss": [1.0, 0.5], "val_loss": [2.0, 1.5]}
    assert relative_losses(history, {})["loss"].tolist() == [0.5, 0.25]
    assert len(relative_losses(pd.DataFrame(), {"loss": 0.5})) == 0
