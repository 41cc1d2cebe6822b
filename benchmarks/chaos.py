"""Workers and servers are killed at random moments while somebody trains, measures and compares: what is lost?

``python -m benchmarks.chaos [--workers 20] [--servers 10]`` says how often each is killed. The scheduler lives in the
server's process, and dies with it.
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, Queue

import numpy as np
import pandas as pd
import psutil

import embed_core as ec
from embed_core.comparing.dimensions.sweep import SweepConfig, run_sweep
from embed_core.errors import AtlasError
from embed_core.runs.cluster import Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.training.prepare import prepare
from embed_core.training.trust_measures import SPLITS

PATIENCE = 180.0
GONE_SECONDS = 20.0


def work(home: Path) -> None:
    """Train, measure and compare for ever, and say which runs have ended: what is killed."""
    rng = np.random.default_rng()
    shop = rng.choice(list("abcdefgh"), 2_000)
    late = np.where(rng.random(2_000) < np.where(shop < "d", 0.8, 0.2), "yes", "no")
    table = ec.read_table(pd.DataFrame({"shop": shop, "late": late}))
    config = ec.TrainingConfig.checked(
        column="shop", target="late", dimension=2, epochs=200, prior_strength=1
    )
    data = prepare(table, config)
    jobs = Jobs(RunStore(home / "runs"), Workers())
    jobs.workers.start()
    sweep = SweepConfig.checked(training=config, dimensions=(1, 2), replicates=2)
    for number in range(1_000_000):
        run_id = jobs.trainings.begin(data, config, name="shops")
        jobs.trust.expect(run_id, lambda: prepare(table, config, splits=SPLITS))
        job = Job(f"sweep {number}")
        jobs.comparisons.share(job, run_sweep, data, sweep, identity=("dimension", "replicate"))
        status = jobs.trainings.wait(run_id, seconds=PATIENCE).status
        print("ended" if status.has_result else "failed", run_id, flush=True)


class Server:
    """The process that is killed, and what it says."""

    def __init__(self, home: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.chaos", "--home", str(home)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.said: Queue[tuple[str, str]] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def family(self) -> list[psutil.Process]:
        """Return the processes that it has started."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def next_run(self, ended: set[str]) -> float:
        """Wait for a training that ends well; return the seconds, and add all runs that have ended to a set."""
        began = time.monotonic()
        while True:
            word, run_id = self.said.get(timeout=PATIENCE)
            if word == "ended":
                ended.add(run_id)
                return time.monotonic() - began

    def hear(self, ended: set[str]) -> None:
        """Take what it has said meanwhile."""
        while True:
            try:
                word, run_id = self.said.get_nowait()
            except Empty:
                return
            if word == "ended":
                ended.add(run_id)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            word, _, run_id = line.strip().partition(" ")
            self.said.put((word, run_id))


def killed_workers(home: Path, times: int, ended: set[str]) -> list[float]:
    """Kill a process of the pool, often; return the seconds until each next training ended well."""
    server, waits = Server(home), []
    server.next_run(ended)
    for _ in range(times):
        time.sleep(random.uniform(0.0, 3.0))
        server.hear(ended)
        victims = [each for each in server.family() if "spawn_main" in " ".join(_command(each))]
        if victims:
            _kill(random.choice(victims).pid)
        waits.append(server.next_run(ended))
        _say("process of the pool", waits[-1])
    _end(server)
    return waits


def killed_servers(home: Path, times: int, ended: set[str]) -> tuple[list[float], int, int]:
    """Kill the server, often; return the seconds until the next one trains, orphans, and runs said to be running."""
    waits, orphans, running = [], 0, 0
    server = Server(home)
    for _ in range(times):
        waits.append(server.next_run(ended))
        time.sleep(random.uniform(0.0, 5.0))
        family = server.family()
        _kill(server.process.pid)
        server.process.wait()
        server.hear(ended)
        _, left = psutil.wait_procs(family, timeout=GONE_SECONDS)
        orphans += len(left)
        for each in left:
            _kill(each.pid)
        _say("server", waits[-1])
        running += sum(record.status.is_live for record in RunStore(home / "runs").records())
        server = Server(home)
    waits.append(server.next_run(ended))
    _end(server)
    return waits[1:], orphans, running


def lost_and_damaged(home: Path, ended: set[str]) -> tuple[int, int]:
    """Return how many runs that had ended have no result any more, and how many cannot be read."""
    store, lost = RunStore(home / "runs"), 0
    for run_id in ended:
        try:
            store.embedding(run_id)
            store.history(run_id)
        except AtlasError:
            lost += 1
    return lost, len(store.unreadable())


def _say(what: str, seconds: float) -> None:
    print(f"{what} killed; the training before or after it took {seconds:.1f} s", file=sys.stderr, flush=True)


def _command(process: psutil.Process) -> list[str]:
    try:
        found: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return found


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _end(server: Server) -> None:
    family = server.family()
    server.process.terminate()
    server.process.wait()
    for each in psutil.wait_procs(family, timeout=GONE_SECONDS)[1]:
        _kill(each.pid)


def main() -> None:
    """Kill, count and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--workers", type=int, default=20, help="how often a process of the pool is killed")
    parser.add_argument("--servers", type=int, default=10, help="how often the server is killed")
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.home is not None:
        return work(asked.home)
    with tempfile.TemporaryDirectory() as folder:
        home, ended = Path(folder), set[str]()
        workers = killed_workers(home, asked.workers, ended)
        servers, orphans, running = killed_servers(home, asked.servers, ended)
        lost, damaged = lost_and_damaged(home, ended)
    print("| | |\n|---|--:|")
    print(f"| processes of the pool killed | {asked.workers} |\n| servers killed | {asked.servers} |")
    print(f"| runs that had ended | {len(ended)} |\n| of these lost | {lost} |\n| runs damaged | {damaged} |")
    print(f'| orphans {GONE_SECONDS:.0f} s later | {orphans} |\n| "running" that is not | {running} |')
    for name, waits in (("a process", workers), ("a server", servers)):
        if waits:
            words = f"{np.median(waits):.1f} s, at most {max(waits):.1f} s"
            print(f"| next training after {name} was killed | {words} |")


if __name__ == "__main__":
    main()
