"""Many small trainings: trust, a sweep, a comparison of encoders, and halves of a large table, on two warm workers.

    python -m benchmarks.many_trainings [--times 3] [--folds 5] [--repeats 2] [--orders FILE]

Each is done by the app's own jobs, as the pages do, more than once: the first time pays for what is compiled. Beside
the seconds that a person waits are those of a processor that the workers took: on a machine that does other work these
alone can be compared. FILE is the table of 60,000 orders of 3,000 products, of which six halves are trained as trust
does. The comparison of encoders says how much of its time embeddings and models took.
"""

import argparse
import functools
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks.machine import heading
from embed_core.comparing.dimensions.sweep import SweepConfig, run_sweep
from embed_core.comparing.encoders.compare import run_folds
from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.data import prepare_comparison
from embed_core.learning.config import TrainingConfig
from embed_core.runs.cluster import Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.runs.trust_jobs import run_retraining
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.tables.reading.read import read_table
from embed_core.training.prepare import prepare, settled
from embed_core.training.replicates import drawn_for
from embed_core.training.trust_measures import SPLITS, to_retrain

PRIOR = 4.0  # that is chosen for the orders by held-out loss


def timed(jobs: Jobs, name: str, work: Callable[[], object]) -> None:
    """Do something, and print its line of the table."""
    before, started = _worker_seconds(jobs), time.perf_counter()
    found = work()
    waited, taken = time.perf_counter() - started, _worker_seconds(jobs) - before
    print(f"| {name} | {waited:.1f} | {taken:.1f} | {found if isinstance(found, str) else ''} |", flush=True)


def trust(jobs: Jobs, run: str, data: Any) -> str:
    """Measure how far a run can be trusted; return after how many seconds the verdict was there."""
    started, verdict = time.perf_counter(), 0.0
    jobs.trust.begin(run, data)
    while (state := jobs.trust.find(run, "cosine")).status == "measuring":
        if not verdict and state.seconds_left is None:
            verdict = time.perf_counter() - started
        time.sleep(0.005)
    assert state.status == "done", state.error
    return f"verdict after {verdict:.1f} s"


def parts(
    jobs: Jobs, work: Callable[..., None], data: Any, config: Any, *identity: str
) -> list[dict[str, Any]]:
    """Do all parts of a comparison; return what they reported."""
    job = jobs.comparisons.share(Job(object()), work, data, config, identity=identity)
    _wait([job])
    return list(job.progress)


def shares(rows: list[dict[str, Any]]) -> str:
    """Say what embeddings and models took of a comparison of encoders."""
    fits = {(row["encoder"], row["repeat"], row["fold"]): row["fit_seconds"] for row in rows}
    learned = sum(seconds or 0 for (name, *_), seconds in fits.items() if name.startswith("embedding"))
    models = sum(row["model_seconds"] or 0 for row in rows)
    return f"{len(rows)} fits; embeddings {learned:.1f} s, models {models:.1f} s"


def halves(jobs: Jobs, data: Any, config: TrainingConfig) -> None:
    """Train the halves of three splits."""
    source, epochs = to_retrain(data, config), settled(config, data).planned_epochs
    drawn = [drawn_for(source, config, number, "halves") for number in range(2 * SPLITS)]
    _wait(
        [
            jobs.lessons.begin(Job(object()), run_retraining, part, seed, 1.0, config, epochs)
            for part, seed in drawn
        ]
    )


def _wait(jobs: list[Job]) -> None:
    while any(job.is_running for job in jobs):
        time.sleep(0.005)
    assert all(job.status == "done" for job in jobs), [job.error for job in jobs]


def _worker_seconds(jobs: Jobs) -> float:
    """Return the seconds of a processor that the workers have taken."""
    processes = jobs.workers.client.run(os.getpid).values()
    return sum(sum(psutil.Process(process).cpu_times()[:2]) for process in processes)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--orders", type=Path)
    options = parser.parse_args()
    print(heading("tensorflow", "keras", "distributed"))
    print("| what | waited, s | processor, s | |")
    print("|---|--:|--:|---|")
    table = load_sample("us_flights")
    config = TrainingConfig.checked(**SAMPLES["us_flights"].start)
    with tempfile.TemporaryDirectory() as folder:
        jobs = Jobs(RunStore(Path(folder) / "runs"), Workers(), measures_unasked=False)
        jobs.workers.start()
        jobs.workers.warm.wait()
        while len(jobs.workers.client.scheduler_info(n_workers=-1)["workers"]) < 2:
            time.sleep(0.1)
        run = jobs.trainings.begin(prepare(table, config), config, name="flights")
        jobs.trainings.wait(run)
        halved = prepare(table, config, splits=SPLITS)
        for turn in range(options.times):
            timed(jobs, f"trust, us_flights, time {turn + 1}", lambda: trust(jobs, run, halved))
        for name in ("us_flights", "adult_income", "english_phonemes"):
            training = TrainingConfig.checked(**SAMPLES[name].start)
            tried, counted = SweepConfig.checked(training=training), prepare(load_sample(name), training)
            for turn in range(options.times):
                timed(
                    jobs,
                    f"sweep of 18, {name}, time {turn + 1}",
                    functools.partial(parts, jobs, run_sweep, counted, tried, "dimension", "replicate"),
                )
        compared = ComparisonConfig.checked(
            columns=("origin",), target="distance_mi", folds=options.folds, repeats=options.repeats
        )
        rows = prepare_comparison(table, compared)
        timed(
            jobs,
            "encoders, us_flights",
            lambda: shares(parts(jobs, run_folds, rows, compared, "encoder", "model", "repeat", "fold")),
        )
        if options.orders:
            products = TrainingConfig.checked(column="product", objective="context").with_prior(PRIOR)
            ordered = prepare(read_table(options.orders), products, splits=SPLITS)
            for turn in range(min(2, options.times)):
                timed(
                    jobs,
                    f"six halves of the orders, time {turn + 1}",
                    lambda: halves(jobs, ordered, products),
                )
        jobs.workers.close()


if __name__ == "__main__":
    main()
