"""A scheduler and workers that somebody else started, as processes of their own: looked at, told, and missed."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dask
import pytest
from distributed import Client

from embed_core.runs import in_worker
from embed_core.runs.cluster import Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from tests.helpers.waiting import until

ROOT = Path(__file__).parents[2]
WORKER = "from distributed.cli.dask_worker import main; main()"
WITHOUT = f"import sys; sys.modules['embed_core'] = None; {WORKER}"
Report, KeepGoing = Callable[..., object], Callable[[], bool]


def at_once() -> int:
    return 1


def count(*, on_progress: Report, keep_going: KeepGoing) -> int:
    """Count until it is stopped."""
    number = 0
    while keep_going():
        number += 1
        on_progress({"number": number})
        time.sleep(0.02)
    return number


def stands_still(job: Job) -> bool:
    before = len(job.progress)
    time.sleep(0.3)
    return len(job.progress) == before


class Processes:
    """Processes of Dask that end with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, code: str, *options: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-c", code, *options],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start_scheduler(self) -> None:
        file = self.folder / "scheduler.json"
        code = "from distributed.cli.dask_scheduler import main; main()"
        file.unlink(missing_ok=True)
        port = self.address.rpartition(":")[2] or "0"  # where it was before
        options = ("--host", "127.0.0.1", "--port", port, "--no-dashboard", "--scheduler-file", str(file))
        self.scheduler = self.start(code, *options)
        until(lambda: file.exists() and file.stat().st_size)
        self.address = json.loads(file.read_text())["address"]

    def start_worker(self, code: str = WORKER) -> None:
        options = (self.address, "--nthreads", "2", "--no-nanny", "--no-dashboard")
        self.workers.append(self.start(code, *options))

    def end_scheduler(self) -> None:
        """End it as a machine does that is switched off: its workers end by themselves."""
        assert self.scheduler is not None
        self.scheduler.kill()
        self.scheduler.wait()

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                process.kill()
                process.wait()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    found = Processes(tmp_path)
    found.start_scheduler()
    yield found
    found.end()


def test_workers_are_looked_at_told_and_missed(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_worker, "warm_up", at_once)
    workers = Workers(processes.address)
    jobs = Jobs(RunStore(tmp_path / "runs"), workers)
    try:
        early = jobs.lessons.begin(Job("early"), count)
        until(lambda: workers.none_yet)
        assert workers.none_yet == f"no worker has come to the scheduler {processes.address} yet"

        # One without the package is refused, and lives.
        processes.start_worker(WITHOUT)
        until(lambda: not early.is_running)
        assert "is given nothing: it has no embed_core. Install there what is installed here" in early.error
        assert processes.workers[0].poll() is None

        # Of two jobs in one process each hears what it is told.
        processes.start_worker()
        until(lambda: len(workers._pool.seats()) == 2)  # type: ignore[union-attr]
        first, second = (jobs.lessons.begin(Job(name), count) for name in ("first", "second"))
        until(lambda: first.progress and second.progress)
        assert not workers.none_yet
        jobs.lessons.control(second, paused=True)
        jobs.lessons.control(first, stop=True)
        until(lambda: not first.is_running)
        assert first.status == "stopped" and second.is_running
        until(lambda: stands_still(second))
        jobs.lessons.control(second, paused=False)
        until(lambda: not stands_still(second))
        jobs.lessons.control(second, stop=True)
        until(lambda: not second.is_running)

        # A scheduler that dies is a sentence, at once and later.
        last = jobs.lessons.begin(Job("last"), count)
        until(lambda: last.progress)
        processes.end_scheduler()
        until(lambda: not last.is_running)
        assert last.error.startswith(f"The Dask scheduler {processes.address} has gone")
    finally:
        workers.close()


def stumbling(close: Callable[[Client], None]) -> Callable[[Client], None]:
    """As Dask closes a client that is just looking for its scheduler."""

    def closed(client: Client) -> None:
        close(client)
        if sys._getframe(1).f_code.co_name == "__del__":  # nobody hears of what is raised there
            return
        raise RuntimeError("ConnectionPool is closed")

    return closed


def test_a_scheduler_that_comes_back_is_used_again(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_worker, "warm_up", at_once)
    monkeypatch.setattr(Client, "close", stumbling(Client.close))
    with dask.config.set({"distributed.comm.timeouts.connect": "6s"}):  # so long a client looks for it
        workers = Workers(processes.address)
        jobs = Jobs(RunStore(tmp_path / "runs"), workers)
        try:
            processes.start_worker()
            for name in ("before", "soon", "late"):
                job = jobs.lessons.begin(Job(name), count)
                until(lambda job=job: job.progress)  # its progress arrives as it did before
                assert not workers.none_yet
                processes.end_scheduler()
                until(lambda job=job: not job.is_running)
                assert job.error.startswith(f"The Dask scheduler {processes.address} has gone")
                if name == "soon":
                    until(lambda: workers.client.status == "closed")
                    refused = jobs.lessons.begin(Job("refused"), count)
                    until(lambda job=refused: not job.is_running)
                    assert refused.error.startswith(f"The Dask scheduler {processes.address} does not answer")
                processes.start_scheduler()
                processes.start_worker()
            pools = [thread for thread in threading.enumerate() if thread.name == "atlas-pool"]
            assert len(pools) <= 2  # but for one that is just ending
        finally:
            workers.close()
