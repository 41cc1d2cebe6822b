"""Two visitors hold both workers for an hour: after how long does a third have a first epoch?

    python -m benchmarks.fair [--times 3] > benchmarks/results/fair.md

Each has a workspace of their own on the same two warm workers. They train 200,000 epochs, or compare encoders by 270
fits. The third comes when both workers are taken, and trains the same table with other settings; the first time pays
for what is compiled.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.browsing import wait_until
from benchmarks.machine import heading
from embed_core.comparing.encoders.compare import run_folds
from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.data import prepare_comparison
from embed_core.learning.config import TrainingConfig
from embed_core.runs.cluster import Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.training.prepare import prepare
from embed_core.types import TrainingData

EPOCHS, FITS = 200_000, 270  # of 20,000, which take ten seconds, the last may be over before the third begins
PATIENCE = 120.0

Begin = Callable[[Jobs], Any]


def visitor(workers: Workers, folder: Path) -> Jobs:
    """Return the jobs of a visitor."""
    return Jobs(RunStore(folder / "runs"), workers, measures_unasked=False)


def seconds_of_a_third(workers: Workers, folder: Path, hold: Begin, train: Callable[[Jobs], str]) -> float:
    """Have two visitors hold the workers, and return after how many seconds a third has a first epoch.

    Args:
        workers: two, which nobody uses.
        folder: of the workspaces.
        hold: begins what goes on for an hour.
        train: begins the training of the third, and returns its run.
    """
    wait_until(lambda: workers._pool is not None and len(workers._pool.seats()) == 2, 3 * PATIENCE)
    holding = [visitor(workers, folder / name) for name in ("first", "second")]
    third = visitor(workers, folder / "third")
    try:
        for jobs in holding:
            hold(jobs)
        wait_until(lambda: taken_by_both(workers), PATIENCE)
        begun = time.perf_counter()
        run = train(third)
        wait_until(lambda: len(third.history(run)) > 0, PATIENCE)
        seconds = time.perf_counter() - begun
        assert all(jobs.are_busy for jobs in holding), "they have ended, and held nothing"
    finally:
        for jobs in (*holding, third):
            jobs.end()
        wait_until(lambda: not workers._turns.seated, PATIENCE)
    return seconds


def taken_by_both(workers: Workers) -> bool:
    """Whether both workers do something for somebody, and for two."""
    seated = [turn for turn in workers._turns.seated if turn.job.id in workers._begun]
    return len(seated) == 2 and len({turn.owner for turn in seated}) == 2


def trains_long(data: TrainingData, config: TrainingConfig) -> Begin:
    """Return what begins a training of an hour."""
    long = config.model_copy(update={"epochs": EPOCHS, "patience": None})
    return lambda jobs: jobs.trainings.begin(data, long, name="long")


def compares_long(work: Callable[..., None], data: Any, config: Any, *identity: str) -> Begin:
    """Return what begins a comparison of hundreds of fits; arguments as of `Comparisons.share`."""

    def begin(jobs: Jobs) -> Job:
        return jobs.comparisons.share(Job(object()), work, data, config, identity=identity)

    return begin


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    table = load_sample("us_flights")
    config = TrainingConfig.checked(**SAMPLES["us_flights"].start)
    data = prepare(table, config)
    compared = ComparisonConfig.checked(columns=("origin",), target="distance_mi", folds=10)
    fits = len(compared.encoders) * len(compared.models) * compared.folds
    compared = compared.model_copy(update={"repeats": -(-FITS // fits)})
    holds = {
        f"two train {EPOCHS:,} epochs": trains_long(data, config),
        f"two compare encoders by {fits * compared.repeats:,} fits": compares_long(
            run_folds, prepare_comparison(table, compared), compared, "encoder", "model", "repeat", "fold"
        ),
    }
    short = config.model_copy(update={"epochs": 20, "dimension": 6})
    workers = Workers()
    workers.start()
    workers.warm.wait()
    print(heading("tensorflow", "distributed"))
    print("| while | a third's first epoch after, s | bar |\n|---|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for what, hold in holds.items():
            took = [
                seconds_of_a_third(
                    workers,
                    Path(folder) / f"{what} {number}",
                    hold,
                    lambda jobs: jobs.trainings.begin(data, short, name="short"),
                )
                for number in range(options.times)
            ]
            print(f"| {what} | {', '.join(f'{each:.1f}' for each in took)} | 10 |", flush=True)
    workers.close()


if __name__ == "__main__":
    main()
