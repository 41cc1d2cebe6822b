"""A projection that moves beside the page: prepared before it is wanted, shared, and given up."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.projections.project import project
from embed_core.ui.map_page import live_projection as module
from embed_core.ui.map_page.live_projection import LiveProjection, _Projections

VECTORS = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
TSNE = {"method": "tsne", "metric": "euclidean", "n_components": 2, "seed": 0}


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def projections(monkeypatch: pytest.MonkeyPatch) -> _Projections:
    monkeypatch.setattr(module, "_PAUSE", 0.01)
    return _Projections()


def prepared(projections: _Projections, *key: object) -> LiveProjection:
    """Expect a t-SNE, and wait until it has done all that it does unasked."""
    projections.expect(key, VECTORS, **TSNE)
    live = projections._known[key]
    wait_until(lambda: live.iteration)
    return live


def test_what_is_expected_waits_in_its_first_iterations_until_it_is_wanted(projections: _Projections) -> None:
    live = prepared(projections, "a")
    time.sleep(0.2)
    assert live.is_moving and live.iteration == 5 and live.total == 750
    assert projections.get(("a",), VECTORS, **TSNE) is live
    wait_until(lambda: not live.is_moving)
    assert live.result is not None and not live.error
    alone = project(VECTORS, **TSNE)  # type: ignore[arg-type]
    np.testing.assert_array_equal(live.result.coordinates, alone.coordinates)


def test_only_what_was_expected_last_is_kept_waiting(projections: _Projections) -> None:
    first = prepared(projections, "a")
    second = prepared(projections, "b")
    wait_until(lambda: not first.is_moving)
    assert first.error and first.result is None and list(projections._known) == [("b",)]
    projections.get(("b",), VECTORS, **TSNE)
    prepared(projections, "c")
    wait_until(lambda: not second.is_moving)
    assert second.result is not None and not second.was_stopped


def test_what_is_looked_at_already_is_not_begun_again(projections: _Projections) -> None:
    live = projections.get(("a",), VECTORS, **TSNE)
    projections.expect(("a",), VECTORS, **TSNE)
    assert projections.get(("a",), VECTORS, **TSNE) is live


def test_a_stopped_one_keeps_its_map(projections: _Projections) -> None:
    live = prepared(projections, "a")
    live.stop()
    projections.get(("a",), VECTORS, **TSNE)
    wait_until(lambda: not live.is_moving)
    assert live.was_stopped and live.result is not None


@pytest.mark.parametrize("iteration", [0, 5])
def test_one_given_up_has_no_map_however_far_it_was(iteration: int) -> None:
    live = LiveProjection()
    live.want()
    assert not live.take(iteration, 750, VECTORS[:, :2])
    live.abandon()
    with pytest.raises(AtlasError, match="given up"):
        live.take(iteration, 750, VECTORS[:, :2])


def test_one_that_is_forgotten_is_given_up(projections: _Projections) -> None:
    live = prepared(projections, "a")
    projections.forget(("a",), if_moving=True)
    wait_until(lambda: not live.is_moving)
    assert live.result is None and "given up" in live.error and not projections._known


def test_waiting_for_news_ends_with_another_frame_or_with_its_time() -> None:
    live = LiveProjection()
    live.want()
    live.take(5, 750, VECTORS[:, :2])
    live.wait_for_news(None, 60)
    began = time.monotonic()
    live.wait_for_news(5, 0.05)
    assert time.monotonic() - began >= 0.05
    live.take(10, 750, VECTORS[:, :2])
    live.wait_for_news(5, 60)
