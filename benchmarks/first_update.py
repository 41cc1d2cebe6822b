"""Seconds until a training is ready, from pressing Train to its first update, and updates per second while watching.

    python -m benchmarks.first_update [--times 5] [--table FILE --column COLUMN]

Each table of the gallery is trained from its good start by the app's own job manager, as the pages do: while the
person is still choosing it is counted, compiled on every worker, and its prior chosen, until the button says the time.
"first" is the first press in a session, "again" the later ones. The estimate is that of the button, at full speed,
beside the seconds that a whole training took. The updates are the states of curves and map that a page could draw,
over the first five seconds at the pace of watching. A table of one's own is embedded by its context.
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
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.prepare import settled

WATCH_PACE = 10.0
WATCHED_SECONDS = 5.0


def until_ready(jobs: Jobs, table: Table, config: TrainingConfig) -> tuple[float, float]:
    """Have a training made ready; return the seconds that it took, and those that all epochs are to take."""
    started = time.perf_counter()
    rehearsal = jobs.rehearsals.begin(table, config)
    while not rehearsal.has_ended:
        time.sleep(0.005)
    assert rehearsal.is_ready, rehearsal.error
    assert rehearsal.data is not None
    epochs = settled(config, rehearsal.data).planned_epochs
    return time.perf_counter() - started, rehearsal.seconds(epochs) or 0.0


def first_update(jobs: Jobs, table: Table, config: TrainingConfig, *, watched: bool) -> tuple[float, float]:
    """Start a training; return the seconds to its first epoch, and updates per second after it."""
    started = time.perf_counter()
    data, prior = jobs.rehearsals.counted(table, config)
    run = jobs.trainings.begin(data, config, name=table.name, pace=WATCH_PACE, prior=prior)
    while (live := jobs.trainings.find(run)) is not None and not live.rows:
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


def whole_training(jobs: Jobs, table: Table, config: TrainingConfig) -> float:
    """Train at full speed; return the seconds from the first epoch to the end."""
    data, prior = jobs.rehearsals.counted(table, config)
    run = jobs.trainings.begin(data, config, name=table.name, prior=prior)
    return jobs.trainings.wait(run, seconds=600).seconds


def line(jobs: Jobs, name: str, table: Table, config: TrainingConfig, times: int) -> str:
    """Measure a table; return its line of the printed table."""
    table.profile()  # which the Data page shows
    ready, estimate = until_ready(jobs, table, config)
    pressed, rates = zip(
        *(first_update(jobs, table, config, watched=turn == 1) for turn in range(times + 1)), strict=True
    )
    first, again = pressed[0], pressed[1:]
    took = whole_training(jobs, table, config)
    return (
        f"| {name} | {ready:.1f} s | {first:.2f} s | {statistics.median(again):.2f} s | {max(again):.2f} s | "
        f"{rates[1]:.1f} | {estimate:.1f} / {took:.1f} s |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--column")
    options = parser.parse_args()
    print(heading("tensorflow", "keras", "distributed"))
    print(
        "| table | until ready | first | again, median | again, slowest | updates a second | estimate / took |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    cases = [
        (name, load_sample(name), TrainingConfig.checked(**sample.start)) for name, sample in SAMPLES.items()
    ]
    if options.table:
        config = TrainingConfig.checked(column=options.column, objective="context")
        cases.append((options.table.name, read_table(options.table), config))
    with tempfile.TemporaryDirectory() as folder:
        jobs = Jobs(RunStore(Path(folder) / "runs"), Workers())
        jobs.workers.start()
        jobs.workers.warm.wait()
        for name, table, config in cases:
            print(line(jobs, name, table, config, options.times), flush=True)
        jobs.workers.close()


if __name__ == "__main__":
    main()
