"""The map that keeps most of a run is looked for once, beside the page, and who asks waits as long as they will."""

import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.embedding import Embedding
from embed_core.space.projections.project import KeepsMost
from embed_core.ui.app import first_map as module

EMBEDDING = Embedding(list("abcdef"), np.arange(18, dtype=np.float32).reshape(6, 3), np.ones(6, np.int64))


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Any:
    config = SimpleNamespace(column="letter", objective="context")
    monkeypatch.setattr(module, "embedding_of", lambda record, column: EMBEDDING)
    module._begun.clear()
    return SimpleNamespace(id="a run", config=config)


def test_it_is_looked_for_once_and_beside_the_page(record: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, may_end = [], threading.Event()

    def keeps_most(vectors: Any, methods: list[str], *, metric: str) -> KeepsMost:
        asked.append((threading.current_thread().name, metric))
        may_end.wait(30)
        return KeepsMost("pca")

    monkeypatch.setattr(module, "keeps_most", keeps_most)
    module.find_ahead(record)
    module.find_ahead(record)
    metric = EMBEDDING.metric
    assert module.first_map(record, metric) is None, "nobody waits who does not want to"
    threading.Timer(0.2, may_end.set).start()
    found = module.first_map(record, metric, seconds=30)
    assert found is not None and found.method == "pca"
    assert asked == [("atlas-first-map", metric)]


def test_who_asks_is_told_why_nothing_was_found(record: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(vectors: Any, methods: list[str], *, metric: str) -> KeepsMost:
        raise AtlasError("It cannot be drawn.")

    monkeypatch.setattr(module, "keeps_most", fail)
    with pytest.raises(AtlasError, match="cannot be drawn"):
        module.first_map(record, "cosine", seconds=30)


def test_vectors_that_cannot_be_read_are_no_error_of_the_end_of_a_training(
    record: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(record: Any, column: str) -> Embedding:
        raise AtlasError("The run is damaged. Delete it.")

    monkeypatch.setattr(module, "embedding_of", damaged)
    module.find_ahead(record)
    assert not [each for each in threading.enumerate() if each.name == "atlas-first-map"]
