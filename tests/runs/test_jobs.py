"""Trainings on worker processes: what they report, how they are steered, and what a killed one harms."""

import os
import signal
import time
from pathlib import Path

import dask
import pandas as pd
import pytest

import embed_core as ec
from embed_core.comparing.dimensions.sweep import SweepConfig, as_results, run_sweep
from embed_core.runs.cluster import KILLED, Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.training.prepare import prepare
from embed_core.training.run import RunStatus
from tests.helpers.running import keys_of
from tests.helpers.waiting import until


def begin(jobs: Jobs, shops: pd.DataFrame, *, pace: float = 0.0, **settings: object) -> str:
    config = ec.TrainingConfig.checked(**({"column": "shop", "target": "late", "dimension": 2} | settings))
    return jobs.trainings.begin(prepare(ec.read_table(shops), config), config, name="shops", pace=pace)


def epochs_done(jobs: Jobs, run_id: str) -> int:
    return len(jobs.history(run_id))


def test_a_run_gives_the_same_numbers_as_the_library(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id = begin(jobs, shops, epochs=100, seed=5)
    record = jobs.trainings.wait(run_id)
    here = ec.train(shops, column="shop", target="late", dimension=2, epochs=100, seed=5)
    assert record.status is RunStatus.FINISHED
    pd.testing.assert_frame_equal(jobs.history(run_id), here.history)
    stored = jobs.store.embedding(run_id)
    assert stored.labels == here.embedding.labels
    assert (stored.vectors == here.embedding.vectors).all()
    assert jobs.store.model_file(run_id).read_bytes()[:2] == b"PK"
    assert record.last["accuracy"] > record.baseline["accuracy"] + 0.1


def test_a_sweep_on_two_workers_has_the_numbers_of_one_bit_for_bit(jobs: Jobs, shops: pd.DataFrame) -> None:
    training = ec.TrainingConfig.checked(column="shop", target="late", epochs=20)
    config = SweepConfig.checked(training=training, dimensions=(1, 2, 3), replicates=3)
    data, here = prepare(ec.read_table(shops), training), list[dict[str, object]]()
    job = jobs.comparisons.share(Job("sweep"), run_sweep, data, config, identity=("dimension", "replicate"))
    run_sweep(data, config, on_progress=here.append)
    until(lambda: not job.is_running)
    jobs.comparisons.drop("sweep")  # the pages know theirs by what it is about
    names = ["replicate", "dimension", "val_loss", "baseline"]
    found, wanted = (as_results(rows)[names].sort_values(names[:2]) for rows in (job.progress, here))
    assert (job.status, job.error) == ("done", "")
    pd.testing.assert_frame_equal(
        found.reset_index(drop=True), wanted.reset_index(drop=True), check_exact=True
    )


def test_snapshots_are_kept_evenly_and_at_most_sixty(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id = begin(jobs, shops, epochs=200)
    jobs.trainings.wait(run_id)
    epochs = jobs.store.snapshot_epochs(run_id)
    assert epochs == list(range(0, 201, 4))
    assert jobs.store.snapshot(run_id, 200) == pytest.approx(jobs.store.embedding(run_id).vectors)


def at_rest(jobs: Jobs, run_id: str) -> int:
    """Wait until what was on its way has come, and return how many epochs are done."""
    seen = -1
    while (done := epochs_done(jobs, run_id)) != seen:
        seen = done
        time.sleep(0.5)
    return done


def test_pause_step_go_on_and_stop(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id = begin(jobs, shops, epochs=100_000, pace=20)
    until(lambda: epochs_done(jobs, run_id) >= 3)
    jobs.trainings.pause(run_id)
    paused_at = at_rest(jobs, run_id)
    time.sleep(0.5)
    assert epochs_done(jobs, run_id) == paused_at
    assert jobs.record(run_id).status is RunStatus.PAUSED
    jobs.trainings.step(run_id)
    until(lambda: epochs_done(jobs, run_id) == paused_at + 1)
    time.sleep(0.3)
    assert epochs_done(jobs, run_id) == paused_at + 1
    jobs.trainings.resume(run_id)
    until(lambda: epochs_done(jobs, run_id) > paused_at + 3)
    jobs.trainings.stop(run_id)
    record = jobs.trainings.wait(run_id)
    assert record.status is RunStatus.STOPPED
    assert record.epochs_done == epochs_done(jobs, run_id) < 100_000
    assert jobs.store.embedding(run_id).labels == list("acbefd")


def test_a_training_gives_its_worker_back_and_goes_on_bit_for_bit(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id = begin(jobs, shops, epochs=300, seed=5, pace=50)
    until(lambda: epochs_done(jobs, run_id) >= 3)
    live = jobs.trainings.find(run_id)
    assert live is not None
    jobs.trainings.give_back(run_id)
    until(lambda: live.job.rest is not None)
    assert not jobs.workers.is_busy_with(live.job)
    left_at = epochs_done(jobs, run_id)
    others = [
        begin(jobs, shops, epochs=3, seed=seed) for seed in (1, 2, 3)
    ]  # each worker does something else
    assert {jobs.trainings.wait(each).status for each in others} == {RunStatus.FINISHED}
    assert jobs.record(run_id).status.is_live and epochs_done(jobs, run_id) == left_at < 300
    jobs.trainings.set_pace(run_id, 0)
    jobs.trainings.go_on(run_id)
    assert jobs.trainings.wait(run_id).status is RunStatus.FINISHED
    here = ec.train(shops, column="shop", target="late", dimension=2, epochs=300, seed=5)
    pd.testing.assert_frame_equal(jobs.history(run_id), here.history)
    assert (jobs.store.embedding(run_id).vectors == here.embedding.vectors).all()


def test_a_training_that_gave_its_worker_back_can_be_stopped(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id = begin(jobs, shops, epochs=100_000, pace=20)
    until(lambda: epochs_done(jobs, run_id) >= 3)
    live = jobs.trainings.find(run_id)
    assert live is not None
    jobs.trainings.give_back(run_id)
    until(lambda: live.job.rest is not None)
    jobs.trainings.stop(run_id)
    record = jobs.trainings.wait(run_id)
    assert record.status is RunStatus.STOPPED and 3 <= record.epochs_done < 100
    assert jobs.store.embedding(run_id).labels == list("acbefd")


def test_full_speed_is_faster_than_the_pace_that_was_set(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id = begin(jobs, shops, epochs=2_000, pace=5)
    until(lambda: epochs_done(jobs, run_id) >= 2)
    assert epochs_done(jobs, run_id) < 100
    jobs.trainings.set_pace(run_id, 0)
    assert jobs.trainings.wait(run_id).epochs_done == 2_000


def test_a_killed_worker_fails_its_own_run_and_nothing_else(jobs: Jobs, shops: pd.DataFrame) -> None:
    doomed = begin(jobs, shops, epochs=100_000, pace=20)
    until(lambda: epochs_done(jobs, doomed) >= 3)
    other = begin(jobs, shops, epochs=100_000, pace=20, seed=1)
    until(lambda: epochs_done(jobs, other) >= 3)
    os.kill(process_of(jobs, doomed), signal.SIGKILL)
    record = jobs.trainings.wait(doomed)
    assert record.status is RunStatus.FAILED
    assert record.error == KILLED
    assert len(jobs.history(doomed)) >= 3
    before = epochs_done(jobs, other)
    until(lambda: epochs_done(jobs, other) > before + 3)
    jobs.trainings.stop(other)
    assert jobs.trainings.wait(other).status is RunStatus.STOPPED
    assert jobs.trainings.wait(begin(jobs, shops, epochs=5)).status is RunStatus.FINISHED


def process_of(jobs: Jobs, run_id: str) -> int:
    client = jobs.workers.client
    running = client.processing()
    address = next(
        worker for worker, keys in running.items() if any(key.startswith(f"train-{run_id}") for key in keys)
    )
    return client.run(os.getpid, workers=[address])[address]


def test_a_training_that_explodes_fails_with_advice(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id = begin(
        jobs,
        shops,
        target="minutes",
        target_kind="number",
        optimizer="sgd",
        learning_rate=10,
        epochs=500,
        dimension=64,
    )
    record = jobs.trainings.wait(run_id)
    assert record.status is RunStatus.FAILED
    assert "Choose a smaller learning rate" in record.error


def test_an_existing_scheduler_takes_the_same_jobs(jobs: Jobs, shops: pd.DataFrame, tmp_path: Path) -> None:
    with dask.config.set(keys_of(jobs.workers)):
        guest = Jobs(RunStore(tmp_path / "runs"), Workers(jobs.workers.cluster.scheduler_address))
        guest.workers.start()
        guest.workers.warm.wait(60)
    try:
        record = guest.trainings.wait(begin(guest, shops, epochs=5))
        assert record.status is RunStatus.FINISHED
        assert guest.store.records() == [record]
    finally:
        guest.workers.close()
    assert jobs.trainings.wait(begin(jobs, shops, epochs=5)).status is RunStatus.FINISHED


def test_a_run_can_be_renamed_while_it_trains(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id = begin(jobs, shops, epochs=100_000, pace=20)
    until(lambda: epochs_done(jobs, run_id) >= 1)
    jobs.rename(run_id, "another name")
    jobs.trainings.stop(run_id)
    assert jobs.trainings.wait(run_id).name == "another name"


def test_a_result_that_cannot_be_written_fails_the_run_and_says_so(
    jobs: Jobs, shops: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(jobs.store, "finish", full)
    run_id = begin(jobs, shops, epochs=3)
    until(lambda: jobs.trainings.find(run_id) is None)
    until(lambda: jobs.record(run_id).status is RunStatus.FAILED)
    assert "no space left on device" in jobs.record(run_id).error


@pytest.mark.parametrize("failures", [1, 99])
def test_data_that_does_not_reach_a_worker_is_sent_again_and_at_last_fails_the_run(
    jobs: Jobs, shops: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    left, scatter = [failures], jobs.workers.client.scatter

    def broken(*args: object, **options: object) -> object:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError("the connection was closed")
        return scatter(*args, **options)

    monkeypatch.setattr(jobs.workers.client, "scatter", broken)
    monkeypatch.setattr("embed_core.runs.cluster.RETRIES", (0.0, 0.0, 0.0))
    record = jobs.trainings.wait(begin(jobs, shops, epochs=1))
    if failures == 1:
        assert record.status is RunStatus.FINISHED
    else:
        assert record.status is RunStatus.FAILED
        assert "the connection was closed" in record.error
