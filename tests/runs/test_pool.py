"""The worker processes of a server: what they survive, when they are replaced, and who may speak to them."""

import os
import signal
import time
from collections.abc import Callable

import numpy as np
import pytest
from distributed import Client
from distributed.security import Security

from embed_core.runs.cluster import KILLED
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.pool import Pool

_held: list[np.ndarray] = []
Report, KeepGoing = Callable[..., object], Callable[[], bool]


def hold(megabytes: int, *, on_progress: Report, keep_going: KeepGoing) -> int:
    _held.append(np.ones(megabytes * 131_072))
    time.sleep(1.5)  # until the scheduler has heard of it
    return os.getpid()


def wait(seconds: float, *, on_progress: Report, keep_going: KeepGoing) -> int:
    on_progress({"pid": os.getpid()})
    time.sleep(seconds)
    return os.getpid()


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def processes(jobs: Jobs) -> set[int]:
    return set(jobs.workers.client.run(os.getpid).values())


def test_a_worker_that_has_grown_is_replaced_beside_what_goes_on(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = processes(jobs)
    pool = jobs.workers._pool
    until(lambda: len(pool._warm_bytes) >= 2)
    monkeypatch.setattr(pool, "_grown_by", 150_000_000)
    grown = jobs.lessons.begin(Job("grown"), hold, 300)
    until(lambda: not grown.is_running)
    beside = [jobs.lessons.begin(Job(f"beside {number}"), wait, 1.0) for number in range(3)]
    until(lambda: grown.result not in processes(jobs))
    assert grown.result in before
    assert len(processes(jobs)) == 2
    until(lambda: not any(job.is_running for job in beside))
    assert [job.status for job in beside] == ["done"] * 3


def test_what_had_not_begun_is_done_by_another_worker_when_all_die(jobs: Jobs) -> None:
    doomed = [jobs.lessons.begin(Job(f"doomed {number}"), wait, 300.0) for number in range(2)]
    until(lambda: all(job.progress for job in doomed))
    waiting = [jobs.lessons.begin(Job(f"waiting {number}"), wait, 0.0) for number in range(3)]
    for job in doomed:
        os.kill(job.progress[0]["pid"], signal.SIGKILL)
    until(lambda: not any(job.is_running for job in doomed + waiting))
    assert [job.error for job in doomed] == [KILLED] * 2
    assert [job.status for job in waiting] == ["done"] * 3
    # And while the new ones warm up: whoever dies then is missed no more than later.
    os.kill(next(iter(processes(jobs))), signal.SIGKILL)
    after = jobs.lessons.begin(Job("after"), wait, 0.0)
    until(lambda: not after.is_running)
    assert after.status == "done"
    until(lambda: len(jobs.workers.client.scheduler_info(n_workers=-1)["workers"]) == 2)


@pytest.mark.parametrize("security", [None, "another's"])
def test_without_its_keys_nobody_speaks_to_the_scheduler(jobs: Jobs, security: str | None) -> None:
    stranger = Security.temporary() if security else None
    with pytest.raises((OSError, TypeError, RuntimeError)):
        Client(jobs.workers.cluster.scheduler_address, security=stranger, timeout=2, set_as_default=False)
    assert jobs.workers.cluster.scheduler_address.startswith("tls://127.0.0.1:")


def test_the_pool_of_somebody_else_is_only_warmed_up(jobs: Jobs) -> None:
    pool = Pool(jobs.workers.client, None)
    assert pool.warm.wait(120)
    pool.close()
    assert len(processes(jobs)) == 2
