"""Seconds from starting a training to its first update on a warm worker, and updates per second while watching.

    python -m benchmarks.first_update [--times 5]

Each table of the gallery is trained from its good start by the app's own job manager, counting included, as a press of
Train does. "compiled first" is the first training of its shape on a worker, "again" the later ones. The updates are
the states of curves and map that a page could draw, over the first five seconds at the pace of watching.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.machine import heading
from embed_core.learning.config import TrainingConfig
from embed_core.runs.cluster import Workers
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.tables.table import Table
from embed_core.training.prepare import prepare

WATCH_PACE = 10.0
WATCHED_SECONDS = 5.0


def first_update(jobs: Jobs, table: Table, sample: str, *, watched: bool) -> tuple[float, float]:
    """Start a training; return the seconds to its first epoch, and updates per second after it."""
    config = TrainingConfig.checked(**SAMPLES[sample].start)
    started = time.perf_counter()
    run = jobs.trainings.begin(prepare(table, config), config, name=sample, pace=WATCH_PACE)
    while not jobs.history(run).shape[0]:
        time.sleep(0.005)
    waited = time.perf_counter() - started
    seen, epoch = 0, 0
    end = time.perf_counter() + (WATCHED_SECONDS if watched else 0)
    while time.perf_counter() < end:
        live = jobs.trainings.find(run)
        if live is not None and live.epoch != epoch:
            seen, epoch = seen + 1, live.epoch
        time.sleep(0.005)
    jobs.trainings.stop(run)
    jobs.trainings.wait(run)
    return waited, seen / WATCHED_SECONDS


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    print(heading("tensorflow", "keras", "distributed"))
    print("| table | compiled first | again, median | again, slowest | updates a second |")
    print("|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        jobs = Jobs(RunStore(Path(folder) / "runs"), Workers())
        jobs.workers.start()
        jobs.workers.warm.wait()
        time.sleep(10)  # the second worker warms up after the first
        for sample in SAMPLES:
            table = load_sample(sample)
            table.profile()  # which the Data page shows
            first = [
                first_update(jobs, table, sample, watched=False)[0] for _ in range(2)
            ]  # once on each worker
            again, rates = zip(
                *(first_update(jobs, table, sample, watched=i == 0) for i in range(options.times)),
                strict=True,
            )
            print(
                f"| {sample} | {max(first):.2f} s | {statistics.median(again):.2f} s | {max(again):.2f} s | "
                f"{rates[0]:.1f} |",
                flush=True,
            )
        jobs.workers.close()


if __name__ == "__main__":
    main()
