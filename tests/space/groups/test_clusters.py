"""The claims of `embed_core.space.groups.clusters`, `dendrogram` and `similarity`."""

from typing import Any

import numpy as np
import pytest
from scipy.cluster import hierarchy
from scipy.spatial.distance import pdist
from sklearn.metrics import adjusted_rand_score, silhouette_score

from embed_core.errors import AtlasError
from embed_core.space.groups import clusters, dendrogram
from embed_core.space.groups.clusters import cluster, silhouette
from embed_core.space.groups.dendrogram import branch_members
from embed_core.space.neighbors.similarity import most_supported, similarity
from tests.helpers.vectors import Array, points

METHODS, METRICS = ("hierarchical", "hdbscan"), ("cosine", "euclidean")


def planted(groups: int = 5, size: int = 12, d: int = 16, seed: int = 0) -> tuple[Array, Array]:
    """Groups in directions at right angles to one another."""
    group = np.arange(groups * size) % groups
    turn, _ = np.linalg.qr(points(d, d, seed))
    return 16 * turn[group] + points(groups * size, d, seed + 1), group


# Clusters


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("groups", [2, 5, 9])
def test_planted_groups_are_found_with_their_number(method: str, metric: str, groups: int) -> None:
    x, group = planted(groups)
    found = cluster(x, method=method, metric=metric)
    inside = found.labels >= 0
    assert found.n_clusters == groups and inside.mean() > 0.9
    assert adjusted_rand_score(group[inside], found.labels[inside]) == 1
    assert found.silhouette > 0.5 and found.notes == ()
    assert found.labels.dtype == np.int64 and (found.method, found.metric) == (method, metric)


@pytest.mark.parametrize("method", METHODS)
def test_noise_has_no_clusters_worth_the_name_and_it_is_said(method: str) -> None:
    found = cluster(points(200), method=method)
    assert not found.silhouette > 0.25
    assert len(found.notes) == 1


def test_the_two_sides_of_a_line_are_no_groups_and_it_is_said() -> None:
    line = np.outer(points(60, 1)[:, 0], points(1, 8, seed=1)[0])
    found = cluster(line)
    assert found.n_clusters == 2 and found.silhouette > 0.99
    assert found.notes[0].startswith("The vectors are on a line through zero")
    assert cluster(line, metric="euclidean").notes == ()
    for groups in (2, 5):
        assert cluster(planted(groups)[0]).notes == ()


def test_lengths_matter_to_euclidean_clusters_only() -> None:
    x = np.abs(points(40, 3)) + np.array([9, 0, 0])
    x[20:] *= 50
    by_length = np.arange(40) >= 20
    assert adjusted_rand_score(by_length, cluster(x, n_clusters=2, metric="euclidean").labels) == 1
    assert adjusted_rand_score(by_length, cluster(x, n_clusters=2, metric="cosine").labels) < 0.2
    longer = x * np.random.default_rng(1).uniform(0.1, 9, size=(40, 1))
    assert (cluster(x).labels == cluster(longer).labels).all()


def test_clusters_are_numbered_by_size_and_their_members_can_be_asked_for() -> None:
    x = np.repeat([[30, 0], [0, 0], [0, 30]], [5, 20, 10], axis=0) + points(35, 2)
    found = cluster(x, metric="euclidean")
    assert np.bincount(found.labels).tolist() == [20, 10, 5]
    assert found.members(2).tolist() == [0, 1, 2, 3, 4]


def test_the_number_can_be_chosen() -> None:
    x, _ = planted()
    assert [cluster(x, n_clusters=count).n_clusters for count in (1, 2, 7, 60)] == [1, 2, 7, 60]
    assert np.isnan(cluster(x, n_clusters=1).silhouette)
    repeated = cluster(np.repeat(points(3), 5, axis=0), n_clusters=7)
    assert repeated.n_clusters == 3 and "Only 3 clusters can be distinguished" in repeated.notes[0]


def test_hdbscan_leaves_out_what_belongs_nowhere() -> None:
    x, _ = planted(3, 15)
    far = np.vstack([x, 60 * points(3, 16, seed=9)])
    found = cluster(far, method="hdbscan", metric="euclidean")
    assert found.n_clusters == 3 and found.labels[-3:].tolist() == [-1, -1, -1]
    assert found.members(-1).tolist() == [45, 46, 47]
    assert cluster(far, method="hdbscan", metric="euclidean", min_cluster_size=16).n_clusters <= 2
    none = cluster(points(5), method="hdbscan", min_cluster_size=9)
    assert (none.labels == -1).all() and none.n_clusters == 0 and "No 9 categories" in none.notes[0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    "x",
    [points(1), points(2), points(3), np.ones((30, 3)), np.zeros((9, 2)), np.full((8, 3), 0.1)],
    ids=["1", "2", "3", "equal", "zero", "tenths"],
)
def test_few_or_equal_vectors_are_one_cluster_and_it_is_said(method: str, metric: str, x: Array) -> None:
    found = cluster(x, method=method, metric=metric)
    assert (found.labels == 0).all() and np.isnan(found.silhouette) and "all are in one" in found.notes[0]
    tree = dendrogram.dendrogram(x, metric=metric)
    assert sorted(tree.order.tolist()) == list(range(len(x))) and tree.links.shape == (len(x) - 1, 4)


@pytest.mark.parametrize("method", METHODS)
def test_size_does_not_matter_and_parallel_vectors_are_one_direction(method: str) -> None:
    x, _ = planted()
    for factor in (1e-30, 1e30):
        assert (cluster(factor * x, method=method).labels == cluster(x, method=method).labels).all()
        euclidean = [cluster(f * x, method=method, metric="euclidean").labels for f in (1, factor)]
        assert (euclidean[0] == euclidean[1]).all()
    parallel = np.outer(np.arange(1, 31), points(1, 4)).astype(np.float32)
    assert (cluster(parallel, method=method).labels == 0).all()


def test_thousands_of_categories_are_clustered(monkeypatch: pytest.MonkeyPatch) -> None:
    x, group = planted(6, 400)
    monkeypatch.setattr(clusters, "_SILHOUETTE_ROWS", 500)
    found = cluster(x)
    assert adjusted_rand_score(group, found.labels) > 0.99
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    assert found.silhouette == pytest.approx(silhouette_score(unit, found.labels), abs=0.02)
    monkeypatch.setattr(dendrogram, "MOST_IN_A_TREE", 1_000)
    with pytest.raises(AtlasError, match=r"at most 1,000 categories; there are 2,400\. Take"):
        cluster(x)


def test_the_silhouette_is_that_of_scikit_learn() -> None:
    x, group = planted()
    group[:3] = [10, 11, 11]
    assert silhouette(x, group) == pytest.approx(silhouette_score(x, group))
    without = np.where(group > 9, -1, group)
    assert silhouette(x, without) == pytest.approx(silhouette_score(x[3:], group[3:]))
    assert silhouette(np.repeat(points(2), 3, axis=0), [0, 0, 0, 1, 1, 1]) == 1
    assert np.isnan(silhouette(x, np.zeros(60)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "kmeans"}, '"hierarchical", "hdbscan"'),
        ({"metric": "dot"}, '"cosine", "euclidean"'),
        ({"n_clusters": 0}, "whole number from 1"),
        ({"n_clusters": 10}, "9 categories cannot be put into 10 clusters. Choose at most 9"),
        ({"n_clusters": 3, "method": "hdbscan"}, "leave n_clusters out"),
        ({"min_cluster_size": 3}, "for hdbscan only"),
        ({"min_cluster_size": 1, "method": "hdbscan"}, "whole number from 2"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        cluster(points(9), **options)


# The tree


@pytest.mark.parametrize("n", [2, 3, 40])
def test_the_tree_is_wards_and_its_leaves_stand_side_by_side(n: int) -> None:
    x = points(n)
    tree = dendrogram.dendrogram(x, metric="euclidean")
    np.testing.assert_allclose(tree.links[:, 2:], hierarchy.ward(pdist(x))[:, 2:])
    assert tree.order.tolist() == hierarchy.leaves_list(tree.links).tolist()
    for merge in range(n - 1):
        below = branch_members(tree.links, merge)
        assert len(below) == tree.links[merge, 3]
        places = np.sort(np.argsort(tree.order)[below])
        assert (np.diff(places) == 1).all(), "what merges stands together"
        assert places[0] <= tree.x[merge, 0] < tree.x[merge, 2] <= places[-1]
        assert tree.y[merge].max() == tree.links[merge, 2] == tree.y[merge, 1] == tree.y[merge, 2]


def test_the_brackets_are_those_that_scipy_draws() -> None:
    tree = dendrogram.dendrogram(points(25), metric="cosine")
    drawn = hierarchy.dendrogram(tree.links, no_plot=True)
    ours = sorted(np.c_[10 * tree.x + 5, tree.y].round(9).tolist())
    assert ours == sorted(np.c_[drawn["icoord"], drawn["dcoord"]].round(9).tolist())


def test_the_order_puts_neighbours_nearer_than_an_unordered_tree() -> None:
    x = np.random.default_rng(0).permutation(np.linspace(0, 1, 60))[:, None]
    tree = dendrogram.dendrogram(x, metric="euclidean")
    along = x[tree.order, 0]
    assert (np.diff(along) > 0).all() or (np.diff(along) < 0).all()
    plain = hierarchy.leaves_list(hierarchy.ward(x))
    assert np.abs(np.diff(along)).sum() < np.abs(np.diff(x[plain, 0])).sum()


def test_a_deep_tree_can_be_drawn() -> None:
    x = np.geomspace(1, 1e200, 1_500)[:, None]
    tree = dendrogram.dendrogram(x, metric="euclidean")
    assert sorted(tree.order.tolist()) == list(range(1_500))


def test_a_merge_that_is_not_there_is_refused() -> None:
    links = dendrogram.dendrogram(points(5)).links
    for merge in (4, -1):
        with pytest.raises(AtlasError, match=r"merge"):
            branch_members(links, merge)


# Similarity


def test_cosine_similarity_is_the_normalised_product() -> None:
    x = points(30)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    found = similarity(x)
    np.testing.assert_allclose(found.values, unit @ unit.T, atol=1e-12)
    assert (np.diag(found.values) == 1).all() and (found.values == found.values.T).all()
    assert found.name == "cosine similarity" and found.lowest == -1
    assert similarity([[0, 0], [1, 0]]).values.tolist() == [[1, 0], [0, 1]]


def test_the_gaussian_kernel_does_not_depend_on_scale() -> None:
    x = points(30)
    found = similarity(x, metric="euclidean")
    np.testing.assert_allclose(found.values, similarity(1e6 * x, metric="euclidean").values)
    away = pdist(x)
    assert found.values[0, 1] == pytest.approx(np.exp(-(away[0] ** 2) / (2 * np.median(away) ** 2)))
    assert found.lowest == 0 and found.name.startswith("Gaussian kernel of width")
    assert (similarity(np.ones((4, 2)), metric="euclidean").values == 1).all()


def test_the_most_supported_are_taken_in_their_own_order() -> None:
    support = np.random.default_rng(0).integers(0, 50, size=1_000)
    found = most_supported(support)
    assert len(found) == 300 and (np.diff(found) > 0).all()
    assert support[found].min() >= np.delete(support, found).max()
    assert most_supported([3, 1]).tolist() == [0, 1]
    with pytest.raises(AtlasError, match="whole number from 1"):
        most_supported([3, 1], most=0)
