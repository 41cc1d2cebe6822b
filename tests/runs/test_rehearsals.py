"""Trainings that are made ready while a person is choosing."""

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.learning.training_state import PriorSearch
from embed_core.runs.controls import ControlledLoop, Controls, GivenBack
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.rehearsals import Rehearsal, Rehearsals, search_prior
from embed_core.runs.store import RunStore
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare
from tests.helpers.waiting import until


def ended(rehearsal: Rehearsal) -> Rehearsal:
    limit = time.monotonic() + 120
    while not rehearsal.has_ended:
        assert time.monotonic() < limit
        time.sleep(0.02)
    return rehearsal


def test_a_rehearsal_counts_once_and_times_an_epoch(jobs: Jobs, shops: pd.DataFrame) -> None:
    table = ec.read_table(shops)
    config = TrainingConfig.checked(column="shop", target="late", dimension=2, epochs=30)
    rehearsal = ended(jobs.rehearsals.begin(table, config))
    assert rehearsal.is_ready and not rehearsal.error
    few, many = rehearsal.seconds(30), rehearsal.seconds(3_000)
    assert few is not None and many is not None and 0 < few < many
    assert jobs.rehearsals.begin(table, config) is rehearsal
    data, prior = jobs.rehearsals.counted(table, config)
    assert data is rehearsal.data and prior == rehearsal.prior
    records = [
        jobs.trainings.wait(jobs.trainings.begin(data, config, name="after", prior=chosen))
        for chosen in (prior, None)
    ]
    assert [record.epochs_done for record in records] == [30, 30], records[0].error
    assert prior == records[0].prior_strength == records[1].prior_strength, "chosen before, or by itself"


class WantedBack(ControlledLoop):
    """Has its worker wanted back when it has been asked so often whether to go on."""

    def __init__(self, after: int) -> None:
        super().__init__(Controls())
        self.left = after

    def __call__(self) -> bool:
        self.left -= 1
        if not self.left:
            self.obey(Controls(give_back=True))
        return super().__call__()


@pytest.mark.parametrize("after", [1, 2])
def test_a_choice_of_the_prior_whose_worker_is_wanted_back_goes_on_later(
    shops: pd.DataFrame, after: int
) -> None:
    config = TrainingConfig.checked(column="shop", target="late", dimension=2, epochs=30)
    data = prepare(ec.read_table(shops), config)

    def searched(keep_going: ControlledLoop, **options: Any) -> Any:
        return search_prior(data, config, on_progress=lambda progress: None, keep_going=keep_going, **options)

    left = searched(WantedBack(after))
    assert isinstance(left, GivenBack), "it has chosen nothing, and is not at its end"
    assert searched(ControlledLoop(Controls()), state=left.state) == searched(ControlledLoop(Controls())) > 0
    assert searched(ControlledLoop(Controls(stop=True))) is None


class UntilWantedBack(ControlledLoop):
    """Goes on once, and then waits until its worker is wanted back."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.controls)
        self.job, self.asked = job, 0

    def __call__(self) -> bool:
        self.asked += 1
        if self.asked > 1:
            until(lambda: self.job.controls.give_back)
            self.obey(self.job.controls)
        return super().__call__()


class Here:
    """A place whose jobs run in threads of this process; a choice of the prior does not end by itself."""

    def submit(self, job: Job, work: Any, arguments: tuple[Any, ...], *, priority: int = 0) -> None:
        loop = UntilWantedBack(job) if job.can_give_back else ControlledLoop(job.controls)

        def run() -> None:
            job.take_result(work(*arguments, on_progress=job.take_progress, keep_going=loop))

        threading.Thread(target=run, daemon=True).start()

    def control(self, job: Job) -> None: ...

    def is_busy_with(self, job: Job) -> bool:
        return False


def test_whoever_trains_while_the_prior_is_chosen_has_that_gone_on_with(
    shops: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embed_core.runs.rehearsals._LEAVES_WITHIN", 120)
    table = ec.read_table(shops)
    config = TrainingConfig.checked(column="shop", target="late", dimension=2, epochs=30)
    rehearsals = Rehearsals(Here(), RunStore(tmp_path))
    rehearsal = rehearsals.begin(table, config)
    until(lambda: rehearsal.search)
    data, left = rehearsals.counted(table, config)
    assert isinstance(left, PriorSearch)
    assert rehearsal.search and rehearsal.search.status == "stopped", "it does not come back by itself"
    told: list[dict[str, float]] = []
    gone_on, anew = (fit(data, config, prior=prior, on_start=told.append) for prior in (left, None))
    assert gone_on.prior_strength == anew.prior_strength
    np.testing.assert_array_equal(gone_on.vectors["shop"], anew.vectors["shop"])
    assert told[0] == told[1], (
        "what knowing nothing comes to is told, although the choice was begun elsewhere"
    )


def test_another_choice_ends_what_was_begun_before(jobs: Jobs, shops: pd.DataFrame) -> None:
    table = ec.read_table(shops)
    first, second = (
        TrainingConfig.checked(column="shop", target="late", dimension=dimension) for dimension in (5, 6)
    )
    given_up = jobs.rehearsals.begin(table, first)
    wanted = jobs.rehearsals.begin(table, second)
    assert not given_up.wanted and wanted.wanted
    ended(wanted)
    assert given_up.data is None and not given_up.jobs
    assert len(jobs.rehearsals.counted(table, first)[0].training), (
        "it is counted when it is trained all the same"
    )


def test_what_cannot_be_trained_is_said_when_it_is(jobs: Jobs, shops: pd.DataFrame) -> None:
    table = ec.read_table(shops.assign(same="always"))
    config = TrainingConfig.checked(column="shop", target="same")
    rehearsal = ended(jobs.rehearsals.begin(table, config))
    assert "1 different value" in rehearsal.error and not rehearsal.is_ready
    with pytest.raises(AtlasError, match="1 different value"):
        jobs.rehearsals.counted(table, config)


def test_what_goes_on_from_a_run_is_rehearsed_with_that_run(jobs: Jobs, shops: pd.DataFrame) -> None:
    table = ec.read_table(shops)
    config = TrainingConfig.checked(column="shop", target="late", dimension=2, epochs=30)
    data, prior = jobs.rehearsals.counted(table, config)
    first = jobs.trainings.wait(jobs.trainings.begin(data, config, name="first", prior=prior))
    cold = ended(jobs.rehearsals.begin(table, config))
    warm = ended(jobs.rehearsals.begin(table, config, start=first.id))
    assert warm is not cold and warm.is_ready and warm.start is not None and list(warm.start) == ["shop"]
    assert warm.search is None and warm.prior is None, "the prior is that of the run"
    each = max(job.result["epoch"] for job in warm.jobs)
    span = warm.seconds(30)
    assert span is not None and span >= 60 * each, (
        "all else is fitted to what is kept for as many epochs first"
    )
    assert jobs.rehearsals.counted(table, config, start=first.id)[0] is warm.data
