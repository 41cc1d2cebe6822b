"""The settings of a training: fields for what applies, and none that can be set to nonsense."""

import re
import time

import pytest
from streamlit.testing.v1 import AppTest

from embed_core.learning.config import BLOG_RECIPE
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.jobs import Jobs
from embed_core.training.run import RunStatus
from embed_core.ui.app import starting as launch
from embed_core.ui.app.state import keys
from tests.helpers.driving import config_of, open_sample, setting_fields, train, words

EVERYWHERE = {
    *("epochs", "batch_size", "optimizer", "learning_rate", "schedule", "dimension", "prior_strength"),
    *("validation_share", "patience", "restore_best", "seed", "aggregate"),
}
OF_SOME = {
    "target": {"category_dropout"},
    "context": {"category_dropout"},
    "entity": {"category_dropout", "hidden", "dropout"},
    "distance": set(),
}


def open_settings(app: AppTest, sample: str = "us_flights", **settings: object) -> AppTest:
    open_sample(app, sample)
    app.session_state[keys.SETTINGS] |= settings
    app.switch_page("pages/train.py").run()
    assert not app.exception and not app.error, words(app)
    return app


@pytest.mark.parametrize("objective", [name for name, each in OBJECTIVES.items() if each.is_offered])
def test_the_fields_are_those_that_apply(app: AppTest, objective: str) -> None:
    open_settings(app, objective=objective)
    assert setting_fields(app) - {keys.PACE} == EVERYWHERE | OF_SOME[objective]
    app.selectbox(key="setting_optimizer").set_value("sgd").run()
    assert setting_fields(app) - {keys.PACE} == EVERYWHERE | OF_SOME[objective] | {"momentum"}


def test_a_learning_rate_for_sgd_is_lowered_for_the_others(app: AppTest) -> None:
    open_settings(app)
    app.selectbox(key="setting_optimizer").set_value("sgd").run()
    app.number_input(key="setting_learning_rate").set_value(5.0).run()
    assert config_of(app).learning_rate == 5.0
    app.selectbox(key="setting_optimizer").set_value("adam").run()
    assert not app.exception
    assert app.number_input(key="setting_learning_rate").value == 1.0
    assert app.number_input(key="setting_learning_rate").max == 1.0


def test_early_stopping_needs_rows_to_watch_and_comes_back_with_them(app: AppTest) -> None:
    open_settings(app)
    app.selectbox(key="setting_patience").set_value(20).run()
    app.slider(key="setting_validation_share").set_value(0.0).run()
    assert app.selectbox(key="setting_patience").disabled
    assert config_of(app).stops_after is None
    app.slider(key="setting_validation_share").set_value(0.2).run()
    assert config_of(app).patience == 20


def test_the_recipe_of_the_blog_and_back(app: AppTest) -> None:
    open_settings(app, target="arr_delay_min")
    before = config_of(app)
    app.button(key="as_in_the_blog").click().run()
    config = config_of(app)
    assert {name: getattr(config, name) for name in BLOG_RECIPE} == BLOG_RECIPE
    assert "momentum" in setting_fields(app)
    app.session_state[keys.SETTINGS]["objective"] = "distance"
    app.run()
    app.button(key="back_to_start").click().run()
    assert config_of(app) == before


@pytest.mark.parametrize(
    ("sample", "settings"),
    [
        ("us_flights", {}),
        ("us_flights", {"aggregate": False}),
        ("english_phonemes", {}),
        ("diamonds", {"features": ["cut", "color"]}),
    ],
)
def test_the_steps_that_are_foretold_are_those_that_are_made(
    app: AppTest, jobs: Jobs, sample: str, settings: dict[str, object]
) -> None:
    open_settings(app, sample, **{"batch_size": "auto"} | settings)
    foretold = next(each.value for each in app.caption if "to learn from, auto is" in each.value)
    train(app, jobs, epochs=1)
    record = jobs.record(app.session_state[keys.RUN])
    size = int(re.search(r"auto is ([\d,]+) a step", foretold)[1].replace(",", ""))  # type: ignore[index]
    assert size == record.batch_size
    steps = int(re.search(r"([\d,]+) steps? an epoch", foretold)[1].replace(",", ""))  # type: ignore[index]
    made = next(each.value for each in app.caption if "in batches of" in each.value)
    real = int(re.search(r"([\d,]+) steps? an epoch", made)[1].replace(",", ""))  # type: ignore[index]
    assert steps == pytest.approx(real, rel=0.02)


def test_watching_takes_no_longer_than_a_quarter_of_a_minute() -> None:
    assert launch.pace(20) == launch.pace(150) == 10
    assert 3_000 / launch.pace(3_000) == 15


def test_a_step_from_the_start_trains_one_epoch_and_pauses(app: AppTest, jobs: Jobs) -> None:
    open_settings(app, "adult_income", epochs=30)
    app.button(key="first_step").click().run()
    run_id = app.session_state[keys.RUN]
    live = jobs.trainings.find(run_id)
    assert live is not None
    for _ in range(600):
        if live.rows or jobs.trainings.find(run_id) is None:
            break

        time.sleep(0.1)
    app.run()
    assert jobs.record(run_id).status is RunStatus.PAUSED
    assert len(live.rows) == 1
    assert not app.button(key="resume").disabled and app.button(key="pause").disabled
    app.button(key="stop").click().run()
    assert jobs.trainings.wait(run_id).status is RunStatus.STOPPED


def test_a_reset_leaves_the_run_and_shows_the_page_as_before(app: AppTest, jobs: Jobs) -> None:
    open_settings(app, "adult_income")
    before = words(app)
    train(app, jobs, epochs=2)
    run_id = app.session_state[keys.RUN]
    assert "What was reached" in words(app)
    app.session_state[keys.SETTINGS]["epochs"] = 100
    app.button(key="reset").click().run()
    without_the_list_of_runs = words(app).replace("Runs\n", "")
    assert without_the_list_of_runs == before.replace("Runs\n", "")
    assert jobs.record(run_id).status is RunStatus.FINISHED


def test_a_training_that_fails_says_why_and_keeps_what_was_typed(app: AppTest, jobs: Jobs) -> None:
    open_settings(
        app, "us_flights", objective="target", target="arr_delay_min", target_kind="log number", dimension=7
    )
    app.button(key="train").click().run()
    assert "log(1 + number)" in app.error[0].value.replace("\\", "")
    assert app.slider(key="setting_dimension").value == 7
    assert app.session_state[keys.RUN] is None


def test_the_pace_stays_as_it_was_chosen_when_the_page_is_left(app: AppTest) -> None:
    open_settings(app)
    assert app.segmented_control(key=keys.PACE).value == "watch"
    app.segmented_control(key=keys.PACE).set_value("full").run()
    app.switch_page("pages/data.py").run()
    app.switch_page("pages/train.py").run()
    assert app.segmented_control(key=keys.PACE).value == "full"
