"""The worker processes of a server: what they survive, when they are replaced, and who may speak to them."""

import functools
import os
import signal
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest
from distributed.security import Security

from embed_core.runs import in_worker
from embed_core.runs import pool as pool_module
from embed_core.runs.cluster import KILLED, Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.pool import Pool
from embed_core.runs.store import RunStore
from tests.helpers.waiting import until

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


def warm_late(folder: str) -> bool:
    """Warm up as soon as somebody says so."""
    Path(folder, "begun").touch()
    until(Path(folder, "warm").exists)
    return True


def at_once() -> bool:
    return True


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """Jobs on workers of their own, which are killed here, and which need no TensorFlow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_worker, "warm_up", at_once)
        workers = Workers()
        workers.start()
        assert workers.warm.wait(120)
        yield Jobs(RunStore(tmp_path_factory.mktemp("home") / "runs"), workers)
        workers.close()


def processes(jobs: Jobs) -> set[int]:
    """The processes that answer: one that is just being replaced may have gone since the scheduler knew it."""
    return set(jobs.workers.client.run(os.getpid, on_error="ignore").values())


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
    assert grown.result in before
    until(lambda: len(now := processes(jobs)) == 2 and grown.result not in now)
    until(lambda: not any(job.is_running for job in beside))
    assert [job.status for job in beside] == ["done"] * 3


def test_a_worker_gets_no_job_before_it_is_warm_while_there_is_another(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pool = jobs.workers._pool
    until(lambda: len(pool.seats()) == 2)
    monkeypatch.setattr(pool_module, "WARM_SECONDS", 0.1)
    monkeypatch.setattr(in_worker, "warm_up", functools.partial(warm_late, str(tmp_path)))
    os.kill(next(iter(processes(jobs))), signal.SIGKILL)
    until(lambda: (tmp_path / "begun").exists())
    job = jobs.lessons.begin(Job("beside one that is not warm"), wait, 0.0)
    until(lambda: not job.is_running)
    assert (job.status, len(pool.seats())) == ("done", 1)
    (tmp_path / "warm").touch()
    until(lambda: len(pool.seats()) == 2)


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
    assert (after.status, after.error) == ("done", "")
    until(lambda: len(jobs.workers.client.scheduler_info(n_workers=-1)["workers"]) == 2)


@pytest.mark.parametrize("with_keys", [False, True])
def test_with_no_keys_or_others_nobody_speaks_to_the_scheduler(
    jobs: Jobs, tmp_path: Path, with_keys: bool
) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if with_keys:
        others = Security.temporary()
        for name in ("tls_client_cert", "tls_client_key"):
            (tmp_path / name).write_text(getattr(others, name))
        context.load_cert_chain(tmp_path / "tls_client_cert", tmp_path / "tls_client_key")
    address = urlsplit(jobs.workers.cluster.scheduler_address)
    assert (address.scheme, address.hostname) == ("tls", "127.0.0.1")
    with (
        socket.create_connection((address.hostname, address.port), timeout=60) as plain,
        context.wrap_socket(plain) as connection,
        pytest.raises((ssl.SSLError, ConnectionError)),  # and no TimeoutError, as of one who is listened to
    ):
        connection.sendall(b"hello")
        connection.recv(1)


def test_no_port_of_the_cluster_answers_without_keys(jobs: Jobs) -> None:
    until(lambda: len(jobs.workers._pool.seats()) == 2)
    workers = processes(jobs)
    family = [
        psutil.Process(),
        *map(psutil.Process, workers),
    ]  # other children, such as a browser, have theirs
    ports = {
        (each.pid, found.laddr.port)
        for each in family
        for found in each.net_connections("tcp")
        if found.status == psutil.CONN_LISTEN
    }
    assert sorted(pid for pid, _ in ports if pid in workers) == sorted(workers), "one port each"
    for _, port in ports:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.settimeout(5)
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            try:
                answer = connection.recv(100)
            except OSError:
                answer = b""
        assert not answer.startswith(b"HTTP"), port


def test_the_pool_of_somebody_else_is_only_warmed_up(jobs: Jobs) -> None:
    pool = Pool(jobs.workers.client, None)
    assert pool.warm.wait(120)
    pool.close()
    assert len(processes(jobs)) == 2
