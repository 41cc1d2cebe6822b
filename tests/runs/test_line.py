"""Jobs that wait for a worker: their place, their end before they begin, and how many one may have. No worker comes."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import embed_core as ec
from embed_core.errors import AtlasError
from embed_core.progress import Take
from embed_core.runs.cluster import NO_WORKER, NOT_BEGUN, Workers
from embed_core.runs.comparisons import run_parts
from embed_core.runs.controls import ControlledLoop, Controls, GivenBack
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.training.prepare import prepare
from embed_core.training.run import RunStatus
from tests.helpers.waiting import until


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Workers that hear and have a line, and of which none ever comes."""
    made = Workers("tcp://127.0.0.1:1")
    monkeypatch.setattr(made, "start", lambda: None)
    threads = [threading.Thread(target=each, daemon=True) for each in (made._listen, made._give_seats)]
    for thread in threads:
        thread.start()
    yield made
    made._closing = True
    made._inbox.put(None)
    made.warm.set()
    for thread in threads:
        thread.join(10)


def visitor(workers: Workers, folder: Path, **options: Any) -> Jobs:
    return Jobs(RunStore(folder / "runs"), workers, measures_unasked=False, **options)


def begin(jobs: Jobs, shops: pd.DataFrame) -> str:
    config = ec.TrainingConfig.checked(column="shop", target="late", dimension=2)
    return jobs.trainings.begin(prepare(ec.read_table(shops), config), config, name="shops")


def test_each_who_waits_has_a_place_and_can_leave_before_it_begins(
    workers: Workers, shops: pd.DataFrame, tmp_path: Path
) -> None:
    visitors = [visitor(workers, tmp_path / name) for name in "abc"]
    runs = [begin(jobs, shops) for jobs in visitors]
    waiting = [jobs.trainings.find(run) for jobs, run in zip(visitors, runs, strict=True)]
    assert [workers.place_in_line(live.job) for live in waiting if live] == [1, 2, 3]
    visitors[0].trainings.stop(runs[0])
    until(lambda: visitors[0].trainings.find(runs[0]) is None)
    record = visitors[0].store.record(runs[0])
    assert (record.status, record.error) == (RunStatus.FAILED, NOT_BEGUN)
    assert [workers.place_in_line(live.job) for live in waiting if live] == [None, 1, 2]


def test_a_comparison_that_is_stopped_before_it_began_waits_no_longer(
    workers: Workers, tmp_path: Path
) -> None:
    jobs = visitor(workers, tmp_path)
    job = jobs.comparisons.begin(Job("a sweep"), print)
    assert workers.place_in_line(job) == 1
    jobs.comparisons.stop("a sweep")
    until(lambda: not workers.is_busy_with(job))
    assert job.status == "stopped" and workers.place_in_line(job) is None


def test_where_no_worker_comes_who_waits_is_told_so(
    workers: Workers, shops: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embed_core.runs.cluster.NO_WORKER_SECONDS", 0.3)
    jobs = visitor(workers, tmp_path)
    run_id = begin(jobs, shops)
    workers.warm.set()
    until(lambda: jobs.trainings.find(run_id) is None)
    assert jobs.store.record(run_id).error == NO_WORKER


def test_a_visitor_has_so_many_at_a_time_and_may_begin_again_when_one_has_ended(
    workers: Workers, shops: pd.DataFrame, tmp_path: Path
) -> None:
    jobs, other = visitor(workers, tmp_path / "a", most=2), visitor(workers, tmp_path / "b", most=2)
    first, _ = begin(jobs, shops), begin(jobs, shops)
    with pytest.raises(AtlasError, match="At most 2 trainings"):
        begin(jobs, shops)
    assert begin(other, shops) and len(jobs.store.ids()) == 2
    jobs.trainings.stop(first)
    until(lambda: jobs.trainings.find(first) is None)
    assert begin(jobs, shops)
    for number in range(2):
        jobs.comparisons.begin(Job(number), print)
    with pytest.raises(AtlasError, match="At most 2 comparisons"):
        jobs.comparisons.begin(Job("one more"), print)


def test_what_is_ended_as_a_whole_leaves_nothing_in_line(
    workers: Workers, shops: pd.DataFrame, tmp_path: Path
) -> None:
    jobs = visitor(workers, tmp_path)
    run_id = begin(jobs, shops)
    live = jobs.trainings.find(run_id)
    assert live is not None and jobs.are_busy
    jobs.comparisons.begin(Job("a sweep"), print)
    jobs.end()
    assert not jobs.are_busy and workers.place_in_line(live.job) is None
    until(lambda: not workers.is_busy_with(live.job))


def parts(
    data: int,
    config: Any,
    done: tuple[int, ...],
    *,
    on_progress: Callable[[Any], object],
    keep_going: Any,
    take: Take,
) -> None:
    """Work of so many parts; others begin to wait in the middle of the second of a turn."""
    for (part,) in take([(part,) for part in range(data) if part not in done]):
        if not keep_going():
            return
        on_progress(part)
        if len(done) + 1 <= part and not config["asked"]:
            config["asked"] = True
            config["loop"].obey(Controls(give_back=True))


def test_a_comparison_does_a_part_a_turn_at_least_and_none_twice() -> None:
    told: list[dict[str, Any]] = []
    state = None
    for turn in range(10):
        loop = ControlledLoop(Controls(give_back=turn > 0))
        config = {"loop": loop, "asked": turn > 0}
        found = run_parts(parts, 5, config, (), on_progress=told.append, keep_going=loop, state=state)
        if found is None:
            break
        assert isinstance(found, GivenBack)
        state = found.state
        if len(state) == 5:
            break
    assert [message["row"] for message in told if "row" in message] == [0, 1, 2, 3, 4]
