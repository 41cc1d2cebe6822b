"""The claims of `embed_core.space.neighbors.distances` and `nearest` that the other tests take for granted."""

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.neighbors import nearest
from embed_core.space.neighbors.distances import METRICS, between, blocks
from embed_core.space.neighbors.nearest import nearest_rows, usable_k

KINDS = {
    "normal": lambda x: x,
    "grid": lambda x: np.round(x),
    "repeated": lambda x: np.repeat(x[: len(x) // 3 + 1], 3, axis=0)[: len(x)],
    "far away": lambda x: x * 1e-6 + 1e6,
    "small": lambda x: x * 1e-25,
    "large": lambda x: x * 1e25,
    "with zeros": lambda x: x * (np.arange(len(x)) % 3 > 0)[:, None],
    "all equal": lambda x: np.ones_like(x),
}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize(("n", "d", "k"), [(2, 3, 1), (30, 1, 29), (200, 40, 7), (900, 8, 20)])
def test_the_nearest_are_to_the_last_bit_those_of_sorting_all_distances(
    kind: str, metric: str, n: int, d: int, k: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "_FEW", few)
    x = KINDS[kind](np.random.default_rng(n).normal(size=(n, d)).astype(np.float32).astype(float))
    order = np.random.default_rng(1).permutation(n)
    table = between(x, x[order], metric=metric)
    table[np.arange(n), np.argsort(order)] = np.inf
    columns = np.argsort(table, axis=1, kind="stable")[:, :k]
    positions, distances = nearest_rows(x, k, metric=metric, order=order)
    np.testing.assert_array_equal(positions, order[columns])
    np.testing.assert_array_equal(distances, np.take_along_axis(table, columns, axis=1))


def test_blocks_cover_all_rows_once() -> None:
    for n, rows in ((10, None), (700, None), (700, 3), (5_000, 0), (300_000, 4)):
        covered = [row for block in blocks(n, rows=rows) for row in range(block.start, block.stop)]
        assert covered == list(range(n if rows is None else rows))


def test_k_is_at_most_half_of_the_others() -> None:
    assert [usable_k(n, 10) for n in (1, 2, 3, 4, 5, 20, 21, 5_000)] == [0, 0, 0, 1, 2, 9, 10, 10]
    with pytest.raises(AtlasError, match="whole number from 1"):
        usable_k(10, 0)
