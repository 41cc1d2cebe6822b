"""What is said of who moved between two runs."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from embed_core.comparing.two_runs import compare_embeddings
from embed_core.space.embedding import Embedding
from embed_core.ui.compare.drift import drifted

VECTORS = np.random.default_rng(0).normal(size=(12, 3))


def _said(first: np.ndarray, second: np.ndarray) -> str:
    names = [f"s{number}" for number in range(12)]
    one, other = (Embedding(names, vectors, np.ones(12, int)) for vectors in (first, second))
    runs: Any = [SimpleNamespace(id=name, started_from=None) for name in "ab"]
    return drifted(*runs, compare_embeddings(one, other, k=3, metric="euclidean"))


def test_of_a_run_and_the_same_turned_nobody_is_named_for_having_moved() -> None:
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    assert _said(VECTORS, VECTORS @ turn) == "No category moved."


def test_who_moved_farthest_is_named_first() -> None:
    moved = VECTORS.copy()
    moved[4] += 3
    assert "farthest moved **s4**" in _said(VECTORS, moved)
