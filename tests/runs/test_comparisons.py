"""Comparisons on two workers: what the second one does, and that it keeps nobody waiting and harms nothing."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import pytest

from embed_core.progress import Take
from embed_core.runs import in_worker
from embed_core.runs.cluster import KILLED, Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from tests.helpers.waiting import until


def at_once() -> bool:
    return True


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """Jobs on workers of their own, which are killed here, and which need no TensorFlow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_worker, "warm_up", at_once)
        workers = Workers()
        workers.start()
        assert workers.warm.wait(120)
        yield Jobs(RunStore(tmp_path_factory.mktemp("home") / "runs"), workers, measures_unasked=False)
        workers.close()


def letters(
    seconds: float,
    groups: int,
    done: Sequence[dict[str, Any]],
    *,
    on_progress: Callable[[dict[str, Any]], object],
    keep_going: Callable[[], bool],
    take: Take,
) -> None:
    """Two reports of each of three letters in so many groups; nothing of it ends before its seconds have passed."""
    known = {(row["group"], row["letter"]) for row in done if row["half"]}
    for group, letter in take([part for part in product(range(groups), "abc") if part not in known]):
        for half in range(2):
            if not keep_going():
                return
            time.sleep(seconds / 2)
            on_progress({"group": group, "letter": letter, "half": half, "pid": os.getpid()})


def begin(jobs: Jobs, key: str, *, seconds: float, groups: int) -> Job:
    until(lambda: len(jobs.workers._pool.seats()) == 2)
    job = Job(key)
    return jobs.comparisons.share(job, letters, seconds, groups, identity=("group", "letter", "half"))


def every_one_once(job: Job, groups: int) -> bool:
    wanted = [(group, letter, half) for group in range(groups) for letter in "abc" for half in range(2)]
    return sorted((row["group"], row["letter"], row["half"]) for row in job.progress) == wanted


def workers_of(job: Job) -> list[int]:
    """Return who reported, in the order in which they began to."""
    return list(dict.fromkeys(row["pid"] for row in job.progress))


def test_two_workers_do_each_part_once_and_about_as_many(light: Jobs) -> None:
    job = begin(light, "halves", seconds=0.2, groups=4)
    until(lambda: not job.is_running)
    assert job.status == "done" and every_one_once(job, 4)
    shares = [sum(row["pid"] == each for row in job.progress) for each in workers_of(job)]
    assert len(shares) == 2 and min(shares) >= 6, shares


def test_somebody_who_waits_gets_the_second_worker_even_in_mid_part_and_nothing_is_lost(
    light: Jobs,
) -> None:
    job = begin(light, "long parts", seconds=3.0, groups=1)
    until(lambda: len(job.progress) >= 1)  # the first worker is in its first part
    other = light.lessons.begin(Job("somebody"), present)
    until(lambda: not other.is_running)
    assert other.status == "done" and len(job.progress) == 1, "it waited for the end of a part"
    until(lambda: not job.is_running)
    assert job.status == "done" and every_one_once(job, 1)


def present(*, on_progress: Any, keep_going: Any) -> int:
    return os.getpid()


def test_when_the_helping_worker_dies_the_first_one_does_all_of_it(light: Jobs) -> None:
    job = begin(light, "helper dies", seconds=0.4, groups=3)
    until(lambda: len(workers_of(job)) == 2)
    os.kill(workers_of(job)[1], signal.SIGKILL)
    until(lambda: not job.is_running)
    assert job.status == "done" and every_one_once(job, 3)


def test_when_the_first_worker_dies_the_comparison_says_so_and_the_other_is_free(light: Jobs) -> None:
    job = begin(light, "first dies", seconds=0.4, groups=50)
    until(lambda: len(workers_of(job)) == 2)
    first = next(row["pid"] for row in job.progress if (row["group"], row["letter"]) == (0, "a"))
    os.kill(first, signal.SIGKILL)
    until(lambda: not job.is_running)
    assert (job.status, job.error) == ("failed", KILLED)
    until(lambda: not light.workers._turns.seated)


def test_stopping_frees_both_workers_and_keeps_what_was_reported(light: Jobs) -> None:
    job = begin(light, "stopped", seconds=0.2, groups=50)
    until(lambda: len(workers_of(job)) == 2)
    light.comparisons.stop("stopped")
    reported = len(job.progress)
    assert job.status == "stopped"
    until(lambda: not light.workers._turns.seated, 10)
    assert len(job.progress) == reported
