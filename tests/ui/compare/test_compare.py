"""The Compare page: empty, filled, stopped and gone on with; what it says of what was planted."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.comparing.dimensions.recommend import compared
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.map.view import MapView
from embed_core.runs.jobs import Jobs
from embed_core.space.projections.aligning import align
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.prepare import prepare
from embed_core.ui.app.state import keys
from embed_core.ui.charts.scores import curves_chart, scores_chart, sweep_chart
from embed_core.ui.compare import runs as compare_runs
from embed_core.ui.compare import work as compare_tasks
from embed_core.ui.compare.pair import differing, losses
from tests.helpers.driving import csv, open_run, upload, words

PAGE = "pages/compare.py"
TABS = ("Two runs", "Dimensions", "Encoders")
NAMES = [f"s{i}" for i in range(12)]


@pytest.fixture(scope="module")
def stalls() -> pd.DataFrame:
    """12 stalls of 2 kinds: what is sold there, and whether it rained on it, go with the kind."""
    rng = np.random.default_rng(0)
    stall = rng.integers(0, 12, 900)
    kind = stall % 2
    return pd.DataFrame(
        {
            "stall": [NAMES[i] for i in stall],
            "sold": np.where(rng.random(900) < 0.1 + 0.8 * kind, "fish", "fruit"),
            "rain": np.where(rng.random(900) < 0.2 + 0.6 * kind, "wet", "dry"),
            "price": np.round(3.0 * kind + rng.random(900), 2),
        }
    )


def learned(jobs: Jobs, table: Table, name: str, **settings: Any) -> str:
    """Train and return the run's id."""
    objective = OBJECTIVES[settings.get("objective", "target")]
    config = TrainingConfig.checked(
        **{**objective.start, "column": "stall", "dimension": 4, "epochs": 20, **settings}
    )
    run_id = jobs.trainings.begin(
        prepare(table, config),
        config,
        name=name,
        table=table.name,
        source="upload",
        fingerprint=table.fingerprint(),
    )
    assert jobs.trainings.wait(run_id).status.has_result
    return run_id


@pytest.fixture
def pair(jobs: Jobs, stalls: pd.DataFrame) -> Any:
    """The ids of two runs alone on the server: by what is sold, and by the company kept."""
    forget(jobs)
    table = read_table(stalls)
    ids = [
        learned(jobs, table, "by what is sold", target="sold"),
        learned(jobs, table, "by company", objective="context", dimension=2),
    ]
    yield ids
    forget(jobs)


def forget(jobs: Jobs) -> None:
    for record in jobs.store.records():
        jobs.store.delete(record.id)


def fine(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, [each.value for each in (*app.exception, *app.error)]
    return app


def open_tab(app: AppTest, name: str) -> AppTest:
    app.query_params["compare"] = name
    return fine(app.switch_page(PAGE).run())


@pytest.fixture
def with_table(app: AppTest, stalls: pd.DataFrame) -> AppTest:
    """The app with the stalls open, and few epochs."""
    upload(app, csv(stalls))
    app.session_state[keys.SETTINGS] |= {
        "column": "stall",
        "objective": "target",
        "target": "sold",
        "dimension": 8,
        "epochs": 4,
    }
    return app


def choose(app: AppTest, **chosen: Any) -> AppTest:
    app.session_state[keys.COMPARE_CHOICES] |= chosen
    return fine(app.run())


def until(app: AppTest, holds: Callable[[], Any], seconds: float = 60) -> AppTest:
    """Look again, as the page's timer would, until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, words(app)
        time.sleep(0.1)
        fine(app.run())
    return app


def table_of(app: AppTest, *columns: str) -> pd.DataFrame:
    return next(each.value for each in app.dataframe if set(columns) <= set(each.value))


def has(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def done(app: AppTest, place: str) -> bool:
    found = compare_tasks._begun().get(app.session_state[place] or "")
    return found is not None and found.status == "done" and has(app, f"start_{place}")


# Empty


@pytest.mark.parametrize("tab", TABS)
def test_an_empty_tab_says_what_to_do_next(app: AppTest, jobs: Jobs, tab: str) -> None:
    forget(jobs)
    app.run()
    open_tab(app, tab)
    assert "It takes a table" in words(app) or "it takes two to compare" in words(app)
    assert len(app.get("page_link")) == 1


def test_one_run_is_not_enough_and_the_way_on_is_to_train(
    app: AppTest, jobs: Jobs, pair: list[str], with_table: AppTest
) -> None:
    jobs.store.delete(pair[1])
    open_tab(app, "Two runs")
    assert "There is one run, and it takes two" in words(app)


def test_a_sweep_without_a_target_names_what_is_missing(with_table: AppTest) -> None:
    with_table.session_state[keys.SETTINGS] |= {"target": None}
    assert "Still to choose: a target" in words(open_tab(with_table, "Dimensions"))


# Two runs


def test_two_runs_are_compared_in_neighbours_curves_and_settings(app: AppTest, pair: list[str]) -> None:
    app.query_params["run"], app.query_params["against"] = pair
    app.run()
    open_tab(app, "Two runs")
    assert "12 categories in common" in words(app) and "by chance 45" in words(app).replace("\\", "")
    changed = table_of(app, "category", "kept", "went", "came")
    assert sorted(changed["category"]) == sorted(NAMES)
    assert changed["kept"].is_monotonic_increasing
    settings = table_of(app, "setting", "first", "second").set_index("setting")
    assert settings.loc["objective"].tolist() == ["target", "context"]
    assert settings.loc["dimension"].tolist() == ["4", "2"]
    assert "learn from different things" in words(app)


def test_who_drifted_is_said_coloured_and_listed_first_after_a_warm_start(
    app: AppTest, jobs: Jobs, pair: list[str], stalls: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[MapView] = []
    monkeypatch.setattr(compare_runs, "category_map", lambda view, **rest: drawn.append(view))
    app.query_params["run"], app.query_params["against"] = pair
    app.run()
    open_tab(app, "Two runs")
    assert drawn[0].colorings[0].title == "share of neighbours in both", "neither went on from the other"
    # s3 sells the other thing in the next month; all else is as it was
    sold = stalls["sold"].mask(stalls["stall"] == "s3", "fruit")
    table, earlier = read_table(stalls.assign(sold=sold)), jobs.store.record(pair[0])
    config = earlier.config.model_copy(update={"seed": 1})
    later = jobs.trainings.begin(prepare(table, config), config, name="later", start=pair[0])
    assert jobs.trainings.wait(later).status.has_result
    drawn.clear()
    app.query_params["run"], app.query_params["against"] = pair[0], later
    app.session_state[keys.RUN], app.session_state[keys.AGAINST] = pair[0], later
    open_tab(app, "Two runs")
    assert "The second run went on from the first" in words(app) and "farthest moved **s3**" in words(app)
    listed = table_of(app, "category", "kept", "moved")
    assert listed["category"].iloc[0] == "s3" and listed["moved"].is_monotonic_decreasing
    view = drawn[0]
    assert view.colorings[0].numbers is not None and view.labels[np.argmax(view.colorings[0].numbers)] == "s3"
    fine(app.segmented_control(key=keys.COMPARE_CHANGE).set_value("kept").run())
    assert table_of(app, "category", "kept", "moved")["kept"].is_monotonic_increasing


def test_a_click_in_one_map_is_marked_in_both_which_lie_alike(
    app: AppTest, pair: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: dict[str, MapView] = {}
    monkeypatch.setattr(compare_runs, "category_map", lambda view, *, key, **_: shown.update({key: view}))
    monkeypatch.setattr(compare_runs, "clicked", lambda key: {keys.COMPARE_MAPS[1]: "s3"}.get(key))
    app.query_params["run"], app.query_params["against"] = pair
    app.run()
    open_tab(app, "Two runs")
    compare_runs_click(app)
    first, second = (shown[key] for key in keys.COMPARE_MAPS)
    assert first.selected == second.selected == "s3"
    assert len(first.neighbors) == len(second.neighbors) == 5
    assert first.labels == second.labels
    np.testing.assert_allclose(align(first.coordinates, second.coordinates), second.coordinates, atol=1e-4)
    kept = first.colorings[0].numbers
    assert kept is not None and kept[first.labels.index("s3")] == pytest.approx(
        table_of(app, "category", "kept").set_index("category").loc["s3", "kept"]
    )


def compare_runs_click(app: AppTest) -> None:
    """Do what a click on the second map does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare_runs.st, "session_state", app.session_state)
        compare_runs._take_second_click()
    fine(app.run())


def test_the_first_run_follows_the_run_in_hand_until_another_is_chosen(app: AppTest, pair: list[str]) -> None:
    app.query_params["run"] = pair[0]
    app.run()
    open_tab(app, "Two runs")
    assert app.selectbox(key="compare_first_choice").value == pair[0]
    fine(open_run(app, pair[1]))
    app.switch_page("pages/compare.py").run()
    open_tab(app, "Two runs")
    assert app.selectbox(key="compare_first_choice").value == pair[1]
    assert app.selectbox(key="compare_second_choice").value == pair[0]
    fine(app.selectbox(key="compare_first_choice").set_value(pair[0]).run())
    assert app.selectbox(key="compare_second_choice").value == pair[1]


def test_runs_of_other_things_are_not_offered(app: AppTest, jobs: Jobs, pair: list[str], shops: Any) -> None:
    other = learned(jobs, read_table(shops), "shops", column="shop", target="late")
    app.query_params["run"] = pair[0]
    app.run()
    open_tab(app, "Two runs")
    assert len(app.selectbox(key="compare_second_choice").options) == 1
    fine(app.selectbox(key="compare_first_choice").set_value(other).run())
    assert "No other run has at least 3 categories in common with shops" in words(app)


def test_names_are_shown_as_they_are(app: AppTest, jobs: Jobs, pair: list[str]) -> None:
    jobs.rename(pair[0], "**bold** :material/home: $x$")
    app.query_params["run"] = pair[0]
    app.run()
    open_tab(app, "Two runs")
    assert "**bold**" not in words(app) and ":material/home:" not in words(app)
    assert "\\*\\*bold" in words(app)


def test_losses_are_shares_of_knowing_nothing(app: AppTest, jobs: Jobs, pair: list[str]) -> None:
    record = jobs.record(pair[0])
    history = jobs.history(pair[0])
    found = losses(record)
    assert found[-1]["val_loss"] == pytest.approx(history["val_loss"].iloc[-1] / record.baseline["loss"])
    assert found[-1]["val_loss"] < 1


def test_the_same_settings_differ_in_nothing(jobs: Jobs, pair: list[str]) -> None:
    record = jobs.record(pair[0])
    assert not len(differing(record, record))


# Dimensions


def test_a_sweep_of_as_many_epochs_as_suit_a_table_is_offered(app: AppTest, stalls: pd.DataFrame) -> None:
    upload(app, csv(stalls))
    app.session_state[keys.SETTINGS] |= {"column": "stall"}
    assert app.session_state[keys.SETTINGS]["epochs"] == "auto", "as any table of one's own begins"
    open_tab(app, "Dimensions")
    assert "as many epochs as suit the table" in words(app) and has(app, f"start_{keys.SWEEP}")


def test_a_sweep_ends_in_a_recommendation_that_can_be_used(with_table: AppTest) -> None:
    app = open_tab(with_table, "Dimensions")
    choose(app, dimensions=[1, 3], replicates=2)
    fine(app.button(key="start_sweep").click().run())
    until(app, lambda: done(app, "sweep"))
    assert "over 2 replicates" in words(app)
    assert table_of(app, "dimension", "mean loss")["dimension"].tolist() == [1, 3]
    fine(app.button(key="use_dimension").click().run())
    assert app.session_state[keys.SETTINGS]["dimension"] in (1, 3)
    assert app.button(key="use_dimension").disabled
    assert app.button(key="start_sweep").disabled, "the dimension in hand makes it no other sweep"


def test_a_sweep_is_stopped_keeps_what_it_has_and_goes_on_after_a_reload(
    with_table: AppTest, jobs: Jobs
) -> None:
    app = open_tab(with_table, "Dimensions")
    app.session_state[keys.SETTINGS]["epochs"] = 60
    choose(app, dimensions=[1, 2, 4], replicates=5)
    fine(app.button(key="start_sweep").click().run())
    key = app.session_state[keys.SWEEP]
    until(app, lambda: len(compare_tasks._reported(key)) >= 2)
    fine(app.button(key="stop_sweep").click().run())
    reported = len(compare_tasks._reported(key))
    assert 2 <= reported < 15 and jobs.comparisons.find(key).status == "stopped"
    assert app.button(key="start_sweep").label == "Resume"

    again = AppTest.from_file(app._script_path, default_timeout=60)
    for name in (keys.TABLE, keys.SWEEP):
        again.query_params[name] = app.session_state[name]
    again.run()
    again.session_state[keys.SETTINGS] |= app.session_state[keys.SETTINGS]
    open_tab(again, "Dimensions")
    assert again.session_state[keys.COMPARE_CHOICES]["dimensions"] == [1, 2, 4]
    assert again.button(key="start_sweep").label == "Resume" and "So far" in words(again)
    fine(again.button(key="start_sweep").click().run())
    until(again, lambda: done(again, "sweep"))
    rows = compare_tasks._reported(key)
    assert len({(row["dimension"], row["replicate"]) for row in rows}) == len(rows) == 15


def test_another_dimension_takes_over_what_is_known(with_table: AppTest, jobs: Jobs) -> None:
    app = open_tab(with_table, "Dimensions")
    choose(app, dimensions=[1, 2], replicates=2)
    fine(app.button(key="start_sweep").click().run())
    until(app, lambda: done(app, "sweep"))
    choose(app, dimensions=[1, 2, 4])
    assert "measured with other settings" in words(app)
    fine(app.button(key="start_sweep").click().run())
    first = jobs.comparisons.find(app.session_state[keys.SWEEP]).progress[0]
    assert len(first["earlier"]) == 4
    until(app, lambda: done(app, "sweep"))
    assert table_of(app, "dimension", "mean loss")["dimension"].tolist() == [1, 2, 4]


def test_what_cannot_be_swept_is_said_in_place_and_what_was_chosen_stays(with_table: AppTest) -> None:
    app = open_tab(with_table, "Dimensions")
    choose(app, dimensions=[])
    assert "1 to 12 different dimensions" in words(app) and app.button(key="start_sweep").disabled
    app.session_state[keys.SETTINGS]["validation_share"] = 0.0
    choose(app, dimensions=[2, 6])
    assert "validation share is 0" in words(app)
    app.switch_page("pages/train.py").run()
    app.switch_page(PAGE).run()
    assert app.session_state[keys.COMPARE_CHOICES]["dimensions"] == [2, 6]


# Encoders


def test_encoders_are_compared_against_dropping_the_column(with_table: AppTest) -> None:
    app = open_tab(with_table, "Encoders")
    assert app.multiselect(key="compare_choices_columns").value == ["stall"]
    assert app.selectbox(key="compare_choices_target").value == "sold"
    choose(app, encoders=["drop", "one_hot", "target"], models=["linear"], folds=3, repeats=1)
    fine(app.button(key="start_encoders").click().run())
    until(app, lambda: done(app, "encoders"))
    found = table_of(app, "encoder", "model", "folds")
    assert set(found["encoder"]) == {"Drop the column", "One-hot", "Target encoding"}
    assert (found["folds"] == 3).all()
    costs = table_of(app, "encoder", "columns", "fit").set_index("encoder")
    assert costs["columns"].to_dict() == {"Drop the column": 0, "One-hot": 12, "Target encoding": 1}
    assert "ROC AUC" in words(app)
    app.switch_page("pages/data.py").run()
    open_tab(app, "Encoders")
    assert app.session_state[keys.COMPARE_CHOICES]["folds"] == 3 and len(table_of(app, "encoder", "model"))


def test_a_grouped_split_asks_for_its_column(with_table: AppTest) -> None:
    app = open_tab(with_table, "Encoders")
    fine(app.segmented_control(key="compare_choices_split").set_value("grouped").run())
    assert app.selectbox(key="compare_choices_group").options == ["stall", "rain", "price"]
    fine(app.segmented_control(key="compare_choices_split").set_value("ordered").run())
    assert app.selectbox(key="compare_choices_order").options == ["price"]


def test_a_choice_that_cannot_be_is_said_in_place(with_table: AppTest) -> None:
    app = open_tab(with_table, "Encoders")
    choose(app, encoders=[])
    assert '"encoders"' in words(app).replace("\\", "") and app.button(key="start_encoders").disabled


# Charts


def test_the_charts_hold_no_nan_and_what_is_marked_is_what_is_recommended() -> None:
    losses_ = pd.DataFrame(
        {"dimension": [1, 2], "replicate": [0, 0], "val_loss": [0.9, 0.001], "seconds": 1.0}
    )
    spec = sweep_chart(losses_, compared(losses_), recommended=2, title="loss")
    marked = [layer for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    assert [row["dimension"] for row in marked[0]["data"]["values"]] == [2]
    assert spec["layer"][0]["encoding"]["y"]["scale"]["type"] == "log"
    assert "nan" not in repr(spec).lower()
    scores = pd.DataFrame(
        {
            "encoder": ["a", "b"],
            "model": "m",
            "mean": [0.5, np.nan],
            "low": np.nan,
            "high": np.nan,
            "folds": [1, 0],
        }
    )
    spec = scores_chart(scores, score="R²", reference="a", encoders=["a", "b"], models=["m"])
    assert "nan" not in repr(spec).lower() and len(spec["data"]["values"]) == 1
    none = scores_chart(scores.assign(mean=np.nan), score="R²", reference="a", encoders=["a"], models=["m"])
    for each in (spec, none):
        low, high = each["layer"][0]["encoding"]["x"]["scale"]["domain"]
        assert low < high, "or Vega complains in the browser's console"


def test_long_curves_are_thinned_and_keep_their_last_epoch() -> None:
    rows = [{"epoch": float(i), "loss": 1.0 / i} for i in range(1, 2_001)]
    values = curves_chart({"one": rows, "two": []}, title="loss")["data"]["values"]
    assert len(values) <= 301 and values[-1]["epoch"] == 2_000


def test_curves_have_a_domain_before_their_numbers_are_there() -> None:
    rows = [{"epoch": 1.0, "loss": 0.5}, {"epoch": 2.0, "loss": 0.5}]
    for runs in ({"one": rows, "two": []}, {"one": [], "two": []}):
        encoding = curves_chart(runs, title="loss")["encoding"]
        for axis in ("x", "y"):
            low, high = encoding[axis]["scale"]["domain"]
            assert low < high, "or Vega complains in the browser's console"
