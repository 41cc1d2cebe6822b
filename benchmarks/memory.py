"""What a worker takes after many trainings of different shapes, and how long they wait for a worker.

    python -m benchmarks.memory [--trainings 100]

Tables of different sizes are trained, one after the other on each of the two workers, by `target`, `context` and
`entity` in turn, so that each is compiled again: XLA gives nothing of that back, and a worker that has grown is
replaced. Memory is the largest that a worker took after one of the trainings since the row before. A training waits
from being handed over to its beginning in a worker.
"""

import argparse
import functools
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil

import embed_core as ec
from benchmarks.machine import heading
from embed_core.runs.cluster import Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare
from embed_core.types import TrainingData

OBJECTIVES: tuple[dict[str, Any], ...] = (
    {"objective": "target", "target": "late", "prior_strength": 1.0},
    {"objective": "context", "prior_strength": 1.0},
    {"objective": "entity", "target": "late"},
)
AFTER = (5, 10, 25, 50, 75, 100)


def trained(data: TrainingData, config: ec.TrainingConfig, **_: Any) -> tuple[int, float, int]:
    """Train in a worker; return its process, when it began, and the bytes that it takes after it."""
    began = time.time()
    fit(data, config, with_model=True)
    return os.getpid(), began, psutil.Process().memory_info().rss


def shape(number: int) -> tuple[TrainingData, ec.TrainingConfig]:
    """Return counted data of a shape that no other number has, and settings."""
    rng, size = np.random.default_rng(number), 20 + number
    columns = {"shop": size, "kind": 5, "hour": 12}
    frame = pd.DataFrame({name: rng.integers(0, most, 40 * size) for name, most in columns.items()}).astype(
        str
    )
    config = ec.TrainingConfig.checked(
        column="shop", dimension=4, epochs=3, **OBJECTIVES[number % len(OBJECTIVES)]
    )
    return prepare(
        ec.read_table(frame.assign(late=rng.integers(0, 2, 40 * size).astype(str))), config
    ), config


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trainings", type=int, default=100)
    count = parser.parse_args().trainings
    print(heading("tensorflow", "keras", "distributed"))
    print("| after trainings | larger worker, MB | × that after 5 | processes so far | longest wait, s |")
    print("|--:|--:|--:|--:|--:|")
    places, sent = threading.Semaphore(2), dict[int, float]()
    found: list[tuple[int, float, int]] = []
    rows: list[int] = []

    def take(number: int, result: tuple[int, float, int]) -> None:
        found.append((result[0], result[1] - sent[number], result[2]))
        if len(found) in AFTER:
            rows.append(len(found))
            print(_row(found, rows), flush=True)
        places.release()

    def fail(sentence: str) -> None:
        print(sentence, flush=True)
        places.release()

    with tempfile.TemporaryDirectory() as folder:
        jobs = Jobs(RunStore(Path(folder) / "runs"), Workers())
        jobs.workers.start()
        jobs.workers.warm.wait()
        while len(jobs.workers.client.scheduler_info(n_workers=-1)["workers"]) < 2:
            time.sleep(0.1)
        for number in range(count):
            work = shape(number)
            places.acquire()
            sent[number] = time.time()
            jobs.lessons.begin(
                Job(number, on_result=functools.partial(take, number), on_failure=fail), trained, *work
            )
        for _ in range(2):
            places.acquire()
        jobs.workers.close()


def _row(found: list[tuple[int, float, int]], rows: list[int]) -> str:
    """Return the line of the trainings since the row before."""
    part = found[rows[-2] if len(rows) > 1 else 0 :]
    most, first = (max(taken for _, _, taken in each) for each in (part, found[: AFTER[0]]))
    processes = len({process for process, _, _ in found})
    waited = max(waited for _, waited, _ in part)
    return f"| {rows[-1]} | {most / 1e6:,.0f} | {most / first:.2f} | {processes} | {waited:.2f} |"


if __name__ == "__main__":
    main()
