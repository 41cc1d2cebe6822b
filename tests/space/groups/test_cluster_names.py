"""What clusters are called."""

import numpy as np

from embed_core.space.groups.cluster_names import cluster_names
from embed_core.space.groups.clusters import cluster

TWO_GROUPS = np.array([[1, 0.01 * i] for i in range(6)] + [[0.01 * i, 1] for i in range(6)])


def test_how_many_there_are_besides_is_never_what_is_cut_from_a_name() -> None:
    labels = [f"product {number:04d}" for number in range(12)]
    names = cluster_names(labels, range(12, 0, -1), cluster(TWO_GROUPS, n_clusters=2))
    assert sorted(names) == ["product 0000, product 0001 + 4", "product 0006, product 0007 + 4"]


def test_one_long_name_stands_for_its_cluster() -> None:
    labels = [f"{letter * 20} {letter}" for letter in "abcdefghijkl"]
    names = cluster_names(labels, range(12, 0, -1), cluster(TWO_GROUPS, n_clusters=2))
    assert all(name.count(",") == 0 and name.endswith("… + 5") for name in names)
