"""A worker that has grown is replaced, and no job waits for it or is lost."""

import os
import time
from collections.abc import Callable

import numpy as np

from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.renewal import Renewal

_held: list[np.ndarray] = []


def hold(megabytes: int, *, on_progress: Callable[..., object], keep_going: Callable[[], bool]) -> int:
    _held.append(np.ones(megabytes * 131_072))
    time.sleep(1.5)  # until the scheduler has heard of it
    return os.getpid()


def count(seconds: float, *, on_progress: Callable[..., object], keep_going: Callable[[], bool]) -> int:
    time.sleep(seconds)
    return os.getpid()


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_worker_that_has_grown_is_replaced_beside_what_goes_on(jobs: Jobs) -> None:
    client = jobs.workers.client
    renewal = Renewal(client, jobs.workers.cluster, grown_by=150_000_000)
    renewal.see()
    until(lambda: not renewal.is_looking)
    before = set(client.run(os.getpid).values())

    grown = jobs.lessons.begin(Job("grown"), hold, 300)
    until(lambda: not grown.is_running)
    renewal.see()
    beside = [jobs.lessons.begin(Job(f"beside {number}"), count, 2.0) for number in range(3)]
    until(lambda: not renewal.is_looking)

    after = set(client.run(os.getpid).values())
    assert grown.result in before - after
    assert len(after) == len(before) == 2
    until(lambda: not any(job.is_running for job in beside))
    assert [job.status for job in beside] == ["done"] * 3


def test_workers_that_have_not_grown_stay(jobs: Jobs) -> None:
    client = jobs.workers.client
    renewal = Renewal(client, jobs.workers.cluster, grown_by=10_000_000_000)
    before = set(client.run(os.getpid).values())
    for _ in range(2):
        renewal.see()
        until(lambda: not renewal.is_looking)
    assert set(client.run(os.getpid).values()) == before
