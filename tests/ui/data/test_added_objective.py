"""An objective of somebody else's, registered in one line, is trained and chosen like those that are there."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import embed_core as ec
from embed_core.learning.objectives.registry import OBJECTIVES, register
from embed_core.runs.jobs import Jobs
from embed_core.training.prepare import prepare
from embed_core.training.run import RunStatus
from tests.helpers.driving import choose_objective, config_of, csv, train, upload, words
from tests.helpers.toy.objective import Sum

SETTINGS: dict[str, Any] = {"column": "shop", "objective": "sum", "target": "minutes", "dimension": 2}


@pytest.fixture(autouse=True)
def _registered(request: pytest.FixtureRequest) -> Iterator[None]:
    register(Sum())
    yield
    if (
        "jobs" in request.fixturenames
    ):  # a run without its objective would be in the list of runs of every later test
        jobs: Jobs = request.getfixturevalue("jobs")
        for record in jobs.records():
            if record.config.objective == "sum":
                jobs.store.delete(record.id)
    del OBJECTIVES["sum"]


def test_it_learns_what_it_is_for(shops: pd.DataFrame) -> None:
    run = ec.train(shops, **SETTINGS)
    assert run.config.learning_rate == 0.1 and len(run.history) == 50, "its own start"
    means = shops.groupby("shop")["minutes"].mean()[list(run.embedding.labels)]
    sums = run.embedding.vectors.sum(axis=1)
    assert np.corrcoef(sums, means)[0, 1] > 0.99
    assert run.history["val_mae"].iloc[-1] < 0.95 * run.baseline["mae"]
    assert run.model[:2] == b"PK"


def test_it_refuses_what_it_does_not_use_and_is_named_among_the_others() -> None:
    with pytest.raises(ec.AtlasError, match='"sum" does not use the setting "measure"; got "time"'):
        ec.TrainingConfig.checked(**SETTINGS, measure="time")
    with pytest.raises(ec.AtlasError, match=r'Choose one of "target", .*"sum"'):
        ec.TrainingConfig.checked(**SETTINGS | {"objective": "produkt"})


def test_it_goes_along_to_a_worker_process(jobs: Jobs, shops: pd.DataFrame) -> None:
    """Nothing was registered there: the configuration brings its objective along."""
    config = ec.TrainingConfig.checked(**SETTINGS)
    run_id = jobs.trainings.begin(prepare(ec.read_table(shops), config), config, name="toy")
    record = jobs.trainings.wait(run_id)
    assert record.status is RunStatus.FINISHED, record.error
    assert [layer.name for layer in record.layers] == ["Embedding", "Sum"]
    here = ec.train(shops, **SETTINGS)
    np.testing.assert_array_equal(jobs.store.embedding(run_id).vectors, here.embedding.vectors)


def test_it_is_chosen_on_the_page(app: AppTest, jobs: Jobs, shops: pd.DataFrame) -> None:
    upload(app, csv(shops))
    assert "**Sum up to a number**" in app.radio(key="setting_objective").options
    choose_objective(app, "sum")
    assert Sum.limit in words(app)
    assert app.selectbox(key="setting_target").label == "Number to sum up to"
    app.selectbox(key="setting_target").set_value("minutes").run()
    assert "learned from minutes, 600 rows." in words(app)
    assert config_of(app).objective == "sum"
    train(app, jobs)
    assert "Sum" in words(app)
