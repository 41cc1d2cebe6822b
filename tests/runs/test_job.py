"""Tasks on the workers: their parts, their end, and how they are stopped and found again."""

import time
from collections.abc import Callable
from typing import Any

import embed_core as ec
from embed_core.runs.job import Task, Tasks
from embed_core.runs.jobs import JobManager


def count(upto: int, *, tell: Callable[[dict[str, Any]], object], keep_going: Callable[[], bool]) -> int:
    for number in range(upto):
        if not keep_going():
            return -1
        tell({"number": number})
        time.sleep(0.01)
    return upto


def refuse(*, tell: Callable[[dict[str, Any]], object], keep_going: Callable[[], bool]) -> None:
    raise ec.AtlasError("Nothing can be counted. Count something else.")


def ended(tasks: Tasks, key: str) -> Task:
    end = time.monotonic() + 30
    while tasks.get(key).status == "running":
        assert time.monotonic() < end, "it did not end in time"
        time.sleep(0.02)
    return tasks.get(key)


def test_a_task_tells_its_parts_in_order_and_then_its_result(jobs: JobManager) -> None:
    task = jobs.tasks.begin("count", count, 20)
    assert task.status == "running"
    assert ended(jobs.tasks, "count") is task
    assert (task.status, task.result, task.error) == ("done", 20, "")
    assert [part["number"] for part in task.parts] == list(range(20))


def test_a_running_task_is_found_again_and_an_ended_one_begins_anew(jobs: JobManager) -> None:
    first = jobs.tasks.begin("again", count, 30)
    assert jobs.tasks.begin("again", count, 5) is first
    assert ended(jobs.tasks, "again").result == 30
    assert jobs.tasks.begin("again", count, 5) is not first
    assert ended(jobs.tasks, "again").result == 5


def test_a_stopped_task_keeps_its_parts_and_leaves_its_worker(jobs: JobManager) -> None:
    task = jobs.tasks.begin("endless", count, 1_000_000)
    end = time.monotonic() + 30
    while len(task.parts) < 3 and time.monotonic() < end:
        time.sleep(0.02)
    jobs.tasks.stop("endless")
    told = len(task.parts)
    assert task.status == "stopped" and told >= 3
    while jobs.tasks.is_busy("endless") and time.monotonic() < end:
        time.sleep(0.02)
    assert not jobs.tasks.is_busy("endless")
    assert (task.status, len(task.parts)) == ("stopped", told)


def test_what_the_work_refuses_or_cannot_be_kept_fails_it_with_the_sentence(jobs: JobManager) -> None:
    def full(result: object) -> None:
        raise ec.AtlasError("There is no room. Make some.")

    jobs.tasks.begin("refused", refuse)
    assert "Nothing can be counted" in ended(jobs.tasks, "refused").error
    jobs.tasks.begin("kept", count, 1, keep=full)
    assert ended(jobs.tasks, "kept").error == "There is no room. Make some."
    assert jobs.tasks.get("kept").status == "failed"
