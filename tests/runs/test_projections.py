"""A projection that moves beside the page: prepared before it is wanted, shared, stopped, and given up."""

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.runs import projections as module
from embed_core.runs.by_turns import ByTurns
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
    monkeypatch.setattr(module, "_DRAWN", module._Drawn(2))
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


def test_the_same_map_is_drawn_once_for_all_workspaces_and_again_for_whoever_asks_again(
    projections: Projections,
) -> None:
    first = projections.begin(("mine",), VECTORS, **TSNE)
    wait_until(lambda: not first.is_moving)
    assert first.iteration > 0
    theirs = Projections(Threads())
    copy = theirs.begin(("theirs",), VECTORS.copy(), **TSNE)
    wait_until(lambda: not copy.is_moving)
    assert copy.result is first.result and copy.iteration == 0, "it was drawn again"
    others = theirs.begin(("other",), VECTORS + 1, **TSNE)
    flatter = theirs.begin(("perplexity",), VECTORS, **TSNE, perplexity=5.0)
    wait_until(lambda: not others.is_moving and not flatter.is_moving)
    assert others.iteration > 0 and flatter.iteration > 0
    projections.drop(("mine",))
    again = projections.begin(("mine",), VECTORS, **TSNE)
    wait_until(lambda: not again.is_moving)
    assert again.iteration > 0, "who starts it over wants to see it move"


def test_few_compute_at_a_time_and_each_gets_on() -> None:
    by_turns, going, most = ByTurns(2), 0, 0
    lock, done, frames = threading.Lock(), threading.Barrier(6), list[int]()

    def draw(number: int) -> None:
        nonlocal going, most
        done.wait()
        with by_turns.present():
            for _ in range(5):
                with lock:
                    going += 1
                    most = max(most, going)
                time.sleep(0.002)
                with lock:
                    going -= 1
                    frames.append(number)
                with by_turns.away():
                    pass

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == 2 and len(frames) == 30
    assert len(set(frames[:8])) >= 5, "some had to wait until others were done"
    with by_turns.present(), by_turns.present():
        pass  # both places are free again


def test_one_that_is_paused_or_has_failed_keeps_no_place(
    projections: Projections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BY_TURNS", ByTurns(1))
    waiting = prepared(projections, "waiting")
    failed = projections.begin(("bad",), np.full((40, 5), np.nan, np.float32), **TSNE)
    wait_until(lambda: not failed.is_moving)
    done = projections.begin(("wanted",), VECTORS, **TSNE)
    wait_until(lambda: not done.is_moving)
    assert failed.error and done.result is not None and waiting.is_moving
