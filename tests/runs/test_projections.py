"""A projection that moves beside the page: prepared before it is wanted, shared, stopped, and given up."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.runs import projections as module
from embed_core.runs.controls import ControlledLoop, Controls
from embed_core.runs.projections import LiveProjection, Projections, compute_in_frames
from embed_core.runs.threads import Threads
from embed_core.space.projections.project import project

VECTORS = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
TSNE = {"method": "tsne", "metric": "euclidean", "n_components": 2, "seed": 0}


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def projections(monkeypatch: pytest.MonkeyPatch) -> Projections:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.01)
    return Projections(Threads())


def prepared(projections: Projections, *key: object) -> LiveProjection:
    """Expect a t-SNE, and wait until it has done all that it does unasked."""
    projections.expect(key, VECTORS, **TSNE)
    live = projections.find(key)
    assert live is not None
    wait_until(lambda: live.iteration)
    return live


def test_what_is_expected_waits_in_its_first_iterations_until_it_is_wanted(projections: Projections) -> None:
    live = prepared(projections, "a")
    time.sleep(0.2)
    assert live.is_moving and live.iteration == 5 and live.total == 750
    assert projections.begin(("a",), VECTORS, **TSNE) is live
    wait_until(lambda: not live.is_moving)
    assert live.result is not None and not live.error
    alone = project(VECTORS, **TSNE)  # type: ignore[arg-type]
    np.testing.assert_array_equal(live.result.coordinates, alone.coordinates)


def test_only_what_was_expected_last_is_kept_waiting(projections: Projections) -> None:
    first = prepared(projections, "a")
    second = prepared(projections, "b")
    wait_until(lambda: not first.is_moving)
    assert first.result is None and projections.find(("a",)) is None
    projections.begin(("b",), VECTORS, **TSNE)
    prepared(projections, "c")
    wait_until(lambda: not second.is_moving)
    assert second.result is not None and not second.was_stopped


def test_what_is_looked_at_already_is_not_begun_again(projections: Projections) -> None:
    live = projections.begin(("a",), VECTORS, **TSNE)
    projections.expect(("a",), VECTORS, **TSNE)
    assert projections.begin(("a",), VECTORS, **TSNE) is live


def test_a_stopped_one_keeps_its_map(projections: Projections) -> None:
    live = prepared(projections, "a")
    projections.stop(("a",))
    projections.begin(("a",), VECTORS, **TSNE)
    wait_until(lambda: not live.is_moving)
    assert live.was_stopped and live.result is not None


@pytest.mark.parametrize("frames", [1, 2])
def test_one_given_up_has_no_map_however_far_it_was(frames: int) -> None:
    loop = ControlledLoop(Controls())
    taken: list[int] = []

    def take(frame: dict[str, int]) -> None:
        taken.append(frame["iteration"])
        if len(taken) == frames:
            loop.obey(Controls(abandon=True))

    with pytest.raises(AtlasError, match="given up"):
        compute_in_frames(VECTORS, dict(TSNE), on_progress=take, keep_going=loop)
    assert len(taken) == frames


def test_one_that_is_dropped_is_given_up_and_leaves_no_thread(projections: Projections) -> None:
    live = prepared(projections, "a")
    projections.drop(("a",), if_moving=True)
    assert not live.is_moving and projections.find(("a",)) is None
    wait_until(lambda: not projections.is_busy(live))
    assert live.result is None


def test_one_that_fails_says_why(projections: Projections) -> None:
    live = projections.begin(("a",), VECTORS, **TSNE | {"metric": "nonsense"})
    wait_until(lambda: not live.is_moving)
    assert "nonsense" in live.error and live.result is None


def test_waiting_for_news_ends_with_another_frame_or_with_its_time() -> None:
    def frame(iteration: int) -> None:
        live.job.take_progress({"iteration": iteration, "total": 750, "coordinates": VECTORS[:, :2]})

    live = LiveProjection("a")
    frame(5)
    live.wait_for_news(None, 60)
    began = time.monotonic()
    live.wait_for_news(5, 0.05)
    assert time.monotonic() - began >= 0.05
    frame(10)
    live.wait_for_news(5, 60)
