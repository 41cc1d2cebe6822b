"""Measurements of trust on worker processes: what they report, how they end, and what a killed one harms."""

import os
import signal
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.runs.cluster import KILLED
from embed_core.runs.jobs import Jobs
from embed_core.runs.measurement import TrustState
from embed_core.runs.store import RunStore, new_id
from embed_core.training.prepare import prepare
from embed_core.training.run import RunStatus
from embed_core.training.trust_measures import measure
from embed_core.types import TrainingData
from tests.helpers.waiting import until


def counted(shops: pd.DataFrame, **settings: Any) -> tuple[TrainingData, ec.TrainingConfig]:
    config = ec.TrainingConfig.checked(
        **({"column": "shop", "target": "late", "dimension": 2, "epochs": 40} | settings)
    )
    return prepare(ec.read_table(shops), config), config


def trained(jobs: Jobs, shops: pd.DataFrame, **settings: Any) -> tuple[str, TrainingData]:
    data, config = counted(shops, **settings)
    run_id = jobs.trainings.begin(data, config, name="shops")
    assert jobs.trainings.wait(run_id).status is RunStatus.FINISHED
    return run_id, data


def endless(jobs: Jobs, shops: pd.DataFrame) -> tuple[str, TrainingData]:
    """Return a run whose retrainings take for ever: it says that it was trained for 100,000 epochs."""
    run_id, data = trained(jobs, shops, epochs=2)
    record = jobs.store.record(run_id)
    config = record.config.model_copy(update={"epochs": 100_000})
    jobs.store.write(record.changed(config=config, epochs_done=100_000))
    return run_id, data


def ended(jobs: Jobs, run_id: str, metric: str = "euclidean") -> TrustState:
    until(lambda: jobs.trust.find(run_id, metric).status != "measuring")
    return jobs.trust.find(run_id, metric)


def tasks(jobs: Jobs, run_id: str) -> list[str]:
    every = (key for keys in jobs.workers.client.processing().values() for key in keys)
    return [key for key in every if key.startswith(f"trust-{run_id}")]


def is_busy(jobs: Jobs, run_id: str) -> bool:
    return bool(tasks(jobs, run_id))


def test_a_measurement_gives_the_numbers_of_the_library_and_is_kept(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id, data = trained(jobs, shops)
    assert jobs.trust.find(run_id, "euclidean") == TrustState("none")
    seen: list[tuple[int, int]] = []
    jobs.trust.begin(run_id, data, k=2, splits=2)
    while (state := jobs.trust.find(run_id, "euclidean")).status == "measuring":
        seen.append((state.done, state.total))
        time.sleep(0.01)
    assert (state.status, state.done, state.total, state.error) == ("done", 5, 5, "")
    assert seen == sorted(seen) and {total for _, total in seen} == {5}
    record, vectors = jobs.store.record(run_id), jobs.store.embedding(run_id).vectors
    for metric in ("euclidean", "cosine"):
        here = measure(data, record.config, vectors, k=2, splits=2, metric=metric)
        kept = RunStore(jobs.store.folder).trust(run_id, metric)
        for found in (jobs.trust.find(run_id, metric).result, kept):
            assert found is not None and here is not None
            for name, value in vars(here).items():
                np.testing.assert_array_equal(getattr(found, name), value)
    jobs.store.delete(run_id)
    assert jobs.trust.find(run_id, "euclidean") == TrustState("none")


def test_asking_twice_measures_once(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id, data = endless(jobs, shops)
    for _ in range(3):
        jobs.trust.begin(run_id, data, k=2, splits=2)
    until(lambda: len(tasks(jobs, run_id)) == 2)
    assert len({key.split("-")[2] for key in tasks(jobs, run_id)}) == 2  # two trainings, one on each worker
    jobs.trust.stop(run_id)
    until(lambda: not is_busy(jobs, run_id))


def test_stopping_is_seen_at_once_frees_the_worker_and_keeps_what_was_measured_before(
    jobs: Jobs, shops: pd.DataFrame
) -> None:
    run_id, data = trained(jobs, shops, epochs=2)
    jobs.trust.begin(run_id, data, k=2, splits=2)
    before = ended(jobs, run_id).result
    assert before is not None
    record = jobs.store.record(run_id)
    longer = record.config.model_copy(update={"epochs": 100_000})
    jobs.store.write(record.changed(config=longer, epochs_done=100_000))
    jobs.trust.begin(run_id, data, k=2, splits=2)
    assert jobs.trust.find(run_id, "euclidean").status == "measuring"
    until(lambda: is_busy(jobs, run_id))
    jobs.trust.stop(run_id)
    after = jobs.trust.find(run_id, "euclidean")
    assert after.status == "done" and after.result is not None
    np.testing.assert_array_equal(after.result.stability, before.stability)
    until(lambda: not is_busy(jobs, run_id), seconds=20)
    until(lambda: not jobs.trust.is_busy(run_id))
    assert jobs.trust.find(run_id, "euclidean").status == "done"
    jobs.trust.stop(run_id)  # there is nothing to stop, and nothing happens


def test_a_measurement_that_was_stopped_before_it_began_ends_too(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id, data = endless(jobs, shops)
    jobs.trust.begin(run_id, data, k=2, splits=2)
    jobs.trust.stop(run_id)
    assert jobs.trust.find(run_id, "cosine") == TrustState("none")
    until(lambda: not jobs.trust.is_busy(run_id))


def test_a_killed_worker_fails_its_own_measurement_and_nothing_else(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id, data = endless(jobs, shops)
    jobs.trust.begin(run_id, data, k=2, splits=2)
    until(lambda: is_busy(jobs, run_id))
    other = jobs.trainings.begin(*counted(shops, epochs=100_000), name="other", pace=20)
    until(lambda: len(jobs.history(other)) >= 3)
    until(lambda: len(tasks(jobs, run_id)) == 1)  # the other one has given its worker back
    os.kill(process_of(jobs, run_id), signal.SIGKILL)
    state = ended(jobs, run_id)
    assert (state.status, state.error) == ("failed", KILLED)
    before = len(jobs.history(other))
    until(lambda: len(jobs.history(other)) > before + 3)
    jobs.trainings.stop(other)
    assert jobs.trainings.wait(other).status is RunStatus.STOPPED
    record = jobs.store.record(run_id)
    assert record.status is RunStatus.FINISHED
    jobs.store.write(record.changed(config=record.config.model_copy(update={"epochs": 2}), epochs_done=2))
    jobs.trust.begin(run_id, data, k=2, splits=2)
    assert ended(jobs, run_id).status == "done"


def process_of(jobs: Jobs, run_id: str) -> int:
    client = jobs.workers.client
    address = next(
        worker
        for worker, keys in client.processing().items()
        if any(key.startswith(f"trust-{run_id}") for key in keys)
    )
    return client.run(os.getpid, workers=[address])[address]


def test_a_run_that_is_deleted_meanwhile_leaves_nothing(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id, data = trained(jobs, shops, epochs=2)
    jobs.trust.begin(run_id, data, k=2, splits=2)
    jobs.store.delete(run_id)
    assert ended(jobs, run_id) == TrustState("none")
    assert not (jobs.store.folder / run_id).exists()


def test_another_table_fails_with_the_reason(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id, _ = trained(jobs, shops, epochs=2)
    data, _ = counted(shops[shops["shop"] != "c"])
    jobs.trust.begin(run_id, data)
    state = ended(jobs, run_id)
    assert state.status == "failed"
    assert "the table has changed, or is another one" in state.error


def test_what_the_worker_refuses_fails_with_its_sentence(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id, data = trained(jobs, shops, epochs=2)
    jobs.trust.begin(run_id, data, splits=0)
    assert "whole number from 1" in ended(jobs, run_id).error


def test_what_cannot_be_written_fails_with_the_reason(
    jobs: Jobs, shops: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    run_id, data = trained(jobs, shops, epochs=2)
    monkeypatch.setattr(jobs.store, "write_trust", full)
    jobs.trust.begin(run_id, data, k=2, splits=2)
    state = ended(jobs, run_id)
    assert state.status == "failed" and "no space left on device" in state.error


def test_no_run_no_result_and_no_metric_are_refused(jobs: Jobs, shops: pd.DataFrame) -> None:
    data, config = counted(shops, epochs=100_000)
    with pytest.raises(ec.AtlasError, match="There is no run"):
        jobs.trust.begin(new_id(), data)
    going = jobs.trainings.begin(data, config, name="going", pace=20)
    with pytest.raises(ec.AtlasError, match="has no embedding"):
        jobs.trust.begin(going, data)
    live = jobs.trainings.find(going)
    until(lambda: bool(live and live.rows))  # stopped before it begins, it would have failed
    jobs.trainings.stop(going)
    assert jobs.trainings.wait(going).status is RunStatus.STOPPED
    with pytest.raises(ec.AtlasError, match="There is no metric"):
        jobs.trust.find(going, "dot")


# Unasked


def test_a_run_is_measured_by_itself_as_soon_as_its_training_has_ended(
    jobs: Jobs, shops: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.trust, "unasked", True)
    data, config = counted(shops)
    run_id = jobs.trainings.begin(data, config, name="shops")
    jobs.trust.expect(run_id, lambda: data)
    assert jobs.trainings.wait(run_id).status is RunStatus.FINISHED
    until(lambda: jobs.trust.find(run_id, "euclidean").status == "done")
    later, _ = trained(jobs, shops)
    jobs.trust.expect(later, lambda: data)  # it has ended already
    until(lambda: jobs.trust.find(later, "cosine").status == "done")


def test_a_training_of_a_person_goes_before_the_measurement_which_then_goes_on(
    jobs: Jobs, shops: pd.DataFrame
) -> None:
    run_id, data = endless(jobs, shops)
    jobs.trust.begin(run_id, data, k=2, splits=2)
    until(lambda: len(tasks(jobs, run_id)) == 2)  # both workers would be taken for ever
    counted_data, config = counted(shops, epochs=5)
    other = jobs.trainings.begin(counted_data, config, name="other")
    assert jobs.trainings.wait(other).status is RunStatus.FINISHED
    until(lambda: len(tasks(jobs, run_id)) == 2)
    assert jobs.trust.find(run_id, "euclidean").status == "measuring"
    jobs.trust.stop(run_id)
    until(lambda: not jobs.trust.is_busy(run_id))


def test_the_time_that_is_left_comes_from_the_run_s_own(jobs: Jobs, shops: pd.DataFrame) -> None:
    run_id, data = endless(jobs, shops)
    jobs.store.write(jobs.store.record(run_id).changed(seconds=100.0))
    jobs.trust.begin(run_id, data, k=2, splits=2)
    left = jobs.trust.find(run_id, "euclidean").seconds_left
    assert left is not None and 190 < left <= 200  # four trainings of that time, two at once
    jobs.trust.stop(run_id)
    until(lambda: not jobs.trust.is_busy(run_id))
