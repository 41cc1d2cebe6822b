"""Two visitors who hold both workers for an hour keep a third from nothing, on the workers themselves.

After how many seconds the third has a first epoch is in `benchmarks.fair`: here that they give way, and lose nothing.
"""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import embed_core as ec
from benchmarks.browsing import wait_until
from benchmarks.fair import Begin, compares_long, seconds_of_a_third, taken_by_both, trains_long, visitor
from embed_core.comparing.dimensions.sweep import SweepConfig, run_sweep
from embed_core.learning.config import TrainingConfig
from embed_core.runs import turns
from embed_core.runs.jobs import Jobs
from embed_core.training.prepare import prepare
from embed_core.types import TrainingData

FITS = 270


@pytest.fixture(autouse=True)
def _short_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SLICE_SECONDS", 0.3)


@pytest.fixture(scope="module")
def config() -> TrainingConfig:
    return ec.TrainingConfig.checked(column="shop", target="late", dimension=2, epochs=20, prior_strength=1)


@pytest.fixture(scope="module")
def data(shops: pd.DataFrame, config: TrainingConfig) -> TrainingData:
    return prepare(ec.read_table(shops), config)


def trains(shops: pd.DataFrame, config: TrainingConfig) -> Begin:
    # Row by row: of six shops, counted, 20,000 epochs would end within seconds.
    slow = config.model_copy(update={"aggregate": False, "batch_size": 1})
    return trains_long(prepare(ec.read_table(shops), slow), slow)


def sweeps(data: TrainingData, config: TrainingConfig) -> Begin:
    replicates = 45
    tried = SweepConfig.checked(training=config, dimensions=(1, 2, 3, 4, 5, 6), replicates=replicates)
    assert tried.total == FITS
    return compares_long(run_sweep, data, tried, "dimension", "replicate")


@pytest.mark.parametrize("what", ["20,000 epochs", "270 fits"])
def test_a_third_has_a_first_epoch_while_two_go_on(
    what: str, jobs: Jobs, shops: pd.DataFrame, data: TrainingData, config: TrainingConfig, tmp_path: Path
) -> None:
    hold = trains(shops, config) if what == "20,000 epochs" else sweeps(data, config)
    short = config.model_copy(update={"epochs": 5})
    seconds = seconds_of_a_third(
        jobs.workers, tmp_path, hold, lambda third: third.trainings.begin(data, short, name="short")
    )
    assert seconds > 0  # and the two had not ended then


def test_who_gives_way_between_fits_ends_one_at_most_and_goes_on_from_there(
    jobs: Jobs, data: TrainingData, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_until(lambda: len(jobs.workers._pool.seats()) == 2, 300)
    holding = [visitor(jobs.workers, tmp_path / name) for name in ("first", "second")]
    third = visitor(jobs.workers, tmp_path / "third")
    asked: dict[Any, int] = {}
    left: dict[Any, int] = {}
    hold = sweeps(data, config)
    begun = [hold(each) for each in holding]
    for job in begun:
        ask, take = job.ask_back, job.take_result

        def ask_back(job: Any = job, ask: Any = ask) -> None:
            asked.setdefault(job.id, len(job.progress))
            ask()

        def take_result(result: Any, error: str = "", job: Any = job, take: Any = take) -> None:
            left.setdefault(job.id, len(job.progress))
            take(result, error)

        monkeypatch.setattr(job, "ask_back", ask_back)
        monkeypatch.setattr(job, "take_result", take_result)
    try:
        wait_until(lambda: taken_by_both(jobs.workers), 120)
        run = third.trainings.begin(data, config, name="short")
        assert third.trainings.wait(run, seconds=120).status.has_result
        wait_until(lambda: left, 60)
        assert set(left) <= set(asked), "they were asked before they ended"
        # Of 270 one ends meanwhile, and that another had ended may still have been on its way when they were asked.
        assert all(left[each] - asked[each] <= 2 for each in left), (asked, left)
        (gave_way, *_) = [job for job in begun if job.id in left]
        before = len(gave_way.progress)
        wait_until(lambda: len(gave_way.progress) > before, 60)
        done = [(row["dimension"], row["replicate"]) for row in gave_way.progress]
        assert len(done) == len(set(done)), "no fit is done twice"
    finally:
        for each in (*holding, third):
            each.end()
        wait_until(lambda: not jobs.workers._turns.seated, 60)
