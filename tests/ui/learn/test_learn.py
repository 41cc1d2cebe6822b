"""The lesson in Streamlit's test harness: it works without a table, and its trainings stay out of the runs."""

import time
from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.lesson.network import keras_code
from embed_core.runs.jobs import Jobs
from tests.helpers.driving import csv, upload, words

PAGE = "pages/learn.py"


@pytest.fixture
def lesson(app: AppTest) -> AppTest:
    app.run()
    app.switch_page(PAGE).run()
    assert not app.exception and not app.error
    return app


def wait_for(app: AppTest, jobs: Jobs, key: str) -> AppTest:
    """Wait for a job of the page, and show what came of it."""
    end = time.monotonic() + 240
    while jobs.lessons.find(key).status == "running":
        assert time.monotonic() < end, f"{key} has not ended"
        time.sleep(0.05)
    assert jobs.lessons.find(key).status == "done", jobs.lessons.find(key).error
    app.run()
    assert not app.exception and not app.error, words(app)
    return app


def metric(app: AppTest, label: str) -> list[str]:
    return [each.value for each in app.metric if each.label == label]


def test_the_whole_lesson_is_there_without_a_table(lesson: AppTest) -> None:
    headers = [header.value for header in lesson.header]
    assert [header.split(".")[0] for header in headers] == [str(number) for number in range(1, 9)]
    assert "Open a table on the Data page" in words(lesson)
    for name in ("arxiv.org/abs/1604.06737", "arxiv.org/abs/1301.3781", "Greenacre", "Hinton", "Pargent"):
        assert name in words(lesson)


def test_one_step_is_presented_at_a_time_and_the_lesson_can_be_reset(lesson: AppTest) -> None:
    lesson.select_slider(key="learn_categories").set_value(100_000).run()
    lesson.segmented_control(key="step").set_value("2 Lookup").run()
    assert [header.value.split(".")[0] for header in lesson.header] == ["2"]
    lesson.button(key="turn_back").click().run()
    assert [header.value.split(".")[0] for header in lesson.header] == ["1"]
    assert lesson.button(key="turn_back").disabled
    lesson.button(key="turn_whole").click().run()
    assert len(lesson.header) == 8
    lesson.button(key="lesson_reset").click().run()
    assert metric(lesson, "Columns") == ["1,000"]


def test_columns_and_memory_grow_with_the_categories(lesson: AppTest) -> None:
    assert metric(lesson, "Columns") == ["1,000"]
    assert metric(lesson, "One-hot") == ["400 MB"]
    lesson.select_slider(key="learn_categories").set_value(100_000).run()
    assert metric(lesson, "Columns") == ["100,000"]
    assert metric(lesson, "One-hot") == ["40 GB"]
    assert metric(lesson, "Zeros") == ["99.999 %"]
    lesson.segmented_control(key="learn_rows").set_value(1_000).run()
    assert metric(lesson, "One-hot") == ["400 MB"]


def test_the_columns_of_the_open_table_are_counted(app: AppTest, shops: pd.DataFrame) -> None:
    upload(app, csv(shops))
    app.switch_page(PAGE).run()
    assert not app.exception and not app.error
    shown = next(frame.value for frame in app.dataframe if "one-hot columns" in frame.value)
    assert dict(zip(shown["column"], shown["one-hot columns"], strict=True)) == {"shop": 6, "late": 2}
    assert shown.set_index("column").loc["shop", "one-hot"] == "14.4 kB"  # 600 rows × 6 columns × 4 bytes


@pytest.mark.parametrize("letter", ["A", "C"])
def test_the_lookup_shows_the_row_of_the_chosen_category(lesson: AppTest, letter: str) -> None:
    lesson.segmented_control(key="learn_letter").set_value(letter).run()
    matrix = lesson.session_state["learn_matrix"]
    row = ", ".join(f"{value:g}" for value in matrix.iloc["ABC".index(letter)])
    said = f"Row {letter} of the matrix: ({row}). The sum of the products: ({row})."
    assert said in words(lesson)


def test_other_numbers_change_the_matrix_and_the_sum_still_is_the_row(lesson: AppTest) -> None:
    before = lesson.session_state["learn_matrix"]
    lesson.button(key="learn_other_numbers").click().run()
    after = lesson.session_state["learn_matrix"]
    assert not after.equals(before)
    row = ", ".join(f"{value:g}" for value in after.iloc[1])
    assert f"Row B of the matrix: ({row}). The sum of the products: ({row})." in words(lesson)


def test_the_code_and_the_parameters_follow_the_sliders(lesson: AppTest) -> None:
    lesson.slider(key="learn_n").set_value(7).run()
    lesson.slider(key="learn_d").set_value(5).run()
    assert lesson.code[0].value == keras_code(7, 5).strip()
    assert "41 parameters" in words(lesson)  # 7 × 5 + 5 + 1
    lesson.segmented_control(key="learn_layer").set_value("Dense").run()
    assert "shape `(1, 1)`" in words(lesson)


def test_what_was_chosen_is_still_there_after_another_page(lesson: AppTest) -> None:
    lesson.slider(key="learn_n").set_value(9).run()
    lesson.select_slider(key="learn_epochs").set_value(50).run()
    lesson.switch_page("pages/data.py").run()
    lesson.switch_page(PAGE).run()
    assert lesson.slider(key="learn_n").value == 9
    assert lesson.select_slider(key="learn_epochs").value == 50


def test_five_epochs_are_trained_and_are_no_run(lesson: AppTest, jobs: Jobs) -> None:
    runs = len(jobs.store.records())
    assert lesson.button(key="learn_again").disabled
    lesson.button(key="learn_train").click().run()
    wait_for(lesson, jobs, "learn_epochs_5_1")
    assert "in epoch 5;" in words(lesson)
    assert "Seed 1;" in words(lesson)
    lesson.button(key="learn_again").click().run()
    wait_for(lesson, jobs, "learn_epochs_5_2")
    assert "Seed 2;" in words(lesson)
    assert len(jobs.store.records()) == runs


def test_fifty_epochs_reach_a_lower_loss_than_five(lesson: AppTest, jobs: Jobs) -> None:
    lesson.select_slider(key="learn_epochs").set_value(50).run()
    lesson.button(key="learn_train").click().run()
    wait_for(lesson, jobs, "learn_epochs_50_1")
    assert "in epoch 50;" in words(lesson)


def test_each_number_of_outputs_shows_its_directions(lesson: AppTest, jobs: Jobs) -> None:
    lesson.button(key="begin_learn_outputs").click().run()
    wait_for(lesson, jobs, "learn_outputs")
    assert "of the movement lies in the first direction," in words(lesson)
    lesson.segmented_control(key="learn_classes").set_value(5).run()
    assert "**100.0 %** of the movement lies in the first 4 directions, 0.0 % in the other 4" in words(lesson)


def test_the_airports_are_learned_once_for_both_steps(lesson: AppTest, jobs: Jobs) -> None:
    lesson.button(key="begin_learn_airports").click().run()
    wait_for(lesson, jobs, "learn_airports")
    one_hot, components, learned = (
        float(value.split()[0]) for value in metric(lesson, "True neighbours kept")
    )
    assert one_hot == 2.2 and components < 5 < 45 < learned
    lesson.selectbox(key="learn_airport").select("JFK").run()
    found = next(table.value for table in lesson.table if "city" in table.value)
    assert {"LGA", "EWR"} <= set(found["nearest"])


def test_the_scores_of_the_encodings_are_shown(lesson: AppTest, jobs: Jobs) -> None:
    lesson.button(key="begin_learn_routes").click().run()
    wait_for(lesson, jobs, "learn_routes")
    assert "4 columns and the better of the two models miss by" in words(lesson)


@pytest.fixture
def begun(lesson: AppTest, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """Show the page with the airports' job in a state that is hard to come by."""

    def with_status(status: str) -> AppTest:
        from embed_core.runs.job import Job

        job = Job(
            "learn_airports", status=status, progress=[{"done": 30, "total": 100}], error="No room left."
        )
        find = jobs.lessons.find
        monkeypatch.setattr(jobs.lessons, "find", lambda key: job if key == "learn_airports" else find(key))
        return lesson.run()

    return with_status


def test_a_training_that_failed_says_why_and_can_be_begun_again(begun: Callable[[str], AppTest]) -> None:
    app = begun("failed")
    assert "No room left" in app.error[0].value
    assert app.button(key="begin_learn_airports")


def test_a_training_that_goes_on_shows_how_far_it_is_and_can_be_stopped(
    begun: Callable[[str], AppTest], jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    monkeypatch.setattr(jobs.lessons, "stop", stopped.append)
    app = begun("running")
    app.button(key="stop_learn_airports").click().run()
    assert stopped == ["learn_airports"]
