"""Jobs on the workers: their progress, their end, and how they are stopped and found again."""

import time
from collections.abc import Callable
from typing import Any

import embed_core as ec
from embed_core.runs.job import Job, JobList
from embed_core.runs.jobs import Jobs


def count(
    upto: int, *, on_progress: Callable[[dict[str, Any]], object], keep_going: Callable[[], bool]
) -> int:
    for number in range(upto):
        if not keep_going():
            return -1
        on_progress({"number": number})
        time.sleep(0.01)
    return upto


def refuse(*, on_progress: Callable[[dict[str, Any]], object], keep_going: Callable[[], bool]) -> None:
    raise ec.AtlasError("Nothing can be counted. Count something else.")


def ended(jobs: JobList, key: str) -> Job:
    end = time.monotonic() + 30
    while jobs.find(key).status == "running":
        assert time.monotonic() < end, "it did not end in time"
        time.sleep(0.02)
    return jobs.find(key)


def test_a_job_reports_its_progress_in_order_and_then_its_result(jobs: Jobs) -> None:
    job = jobs.lessons.begin(Job("count"), count, 20)
    assert job.status == "running"
    assert ended(jobs.lessons, "count") is job
    assert (job.status, job.result, job.error) == ("done", 20, "")
    assert [part["number"] for part in job.progress] == list(range(20))


def test_a_running_job_is_found_again_and_an_ended_one_begins_again(jobs: Jobs) -> None:
    first = jobs.lessons.begin(Job("again"), count, 30)
    assert jobs.lessons.begin(Job("again"), count, 5) is first
    assert ended(jobs.lessons, "again").result == 30
    assert jobs.lessons.begin(Job("again"), count, 5) is not first
    assert ended(jobs.lessons, "again").result == 5


def test_a_stopped_job_keeps_its_progress_and_leaves_its_worker(jobs: Jobs) -> None:
    job = jobs.lessons.begin(Job("endless"), count, 1_000_000)
    end = time.monotonic() + 30
    while len(job.progress) < 3 and time.monotonic() < end:
        time.sleep(0.02)
    jobs.lessons.stop("endless")
    told = len(job.progress)
    assert job.status == "stopped" and told >= 3
    while jobs.lessons.is_busy("endless") and time.monotonic() < end:
        time.sleep(0.02)
    assert not jobs.lessons.is_busy("endless")
    assert (job.status, len(job.progress)) == ("stopped", told)


def test_what_the_work_refuses_or_cannot_be_kept_fails_it_with_the_sentence(jobs: Jobs) -> None:
    def full(result: object) -> None:
        raise ec.AtlasError("There is no room. Make some.")

    jobs.lessons.begin(Job("refused"), refuse)
    assert "Nothing can be counted" in ended(jobs.lessons, "refused").error
    jobs.lessons.begin(Job("kept", on_result=full), count, 1)
    assert ended(jobs.lessons, "kept").error == "There is no room. Make some."
    assert jobs.lessons.find("kept").status == "failed"
