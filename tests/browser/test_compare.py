"""The Compare page in a real Chromium: linked maps, a sweep that goes on behind a reload, encoders, a phone."""

from collections.abc import Callable
from typing import Any

import pytest

from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.jobs import Jobs
from embed_core.tables.gallery import load_sample
from embed_core.training.prepare import prepare
from tests.helpers.browsing import click_category, settle, sticks_out

SAMPLE = "english_phonemes"


@pytest.fixture(scope="module")
def run_ids(jobs: Jobs) -> list[str]:
    table = load_sample(SAMPLE)
    ids = []
    for dimension in (8, 2):
        config = TrainingConfig.checked(
            **{
                **OBJECTIVES["context"].start,
                "column": "phoneme",
                "objective": "context",
                "epochs": 150,
                "dimension": dimension,
            }
        )
        run = jobs.trainings.begin(
            prepare(table, config),
            config,
            name=f"sounds, {dimension}-D",
            table=table.name,
            source=f"gallery:{SAMPLE}",
            fingerprint=table.fingerprint(),
        )
        assert jobs.trainings.wait(run, seconds=300).status.has_result
        ids.append(run)
    return ids


@pytest.fixture
def open_tab(open_app: Callable[..., Any], run_ids: list[str]) -> Callable[..., Any]:
    """Open a tab of the page."""

    def open_it(tab: str, *, width: int = 1280) -> Any:
        first, second = run_ids
        page = open_app(
            f"/compare?table=gallery%3A{SAMPLE}&run={first}&against={second}&compare={tab}",
            width=width,
            height=1400,
        )
        page.get_by_role("heading", name="Compare").wait_for()
        settle(page)
        return page

    return open_it


def marked(page: Any) -> list[str]:
    return [str(each.get_attribute("data-selected")) for each in page.locator(".atlas").all()]


def test_a_click_on_either_map_marks_both_and_stays_in_the_address(open_tab: Callable[..., Any]) -> None:
    page = open_tab("Two runs")
    page.wait_for_function(
        "document.querySelectorAll('.atlas[data-ready=true][data-still=true]').length === 2"
    )
    for number, category in ((1, "P"), (0, "AA")):
        click_category(page, category, number=number)
        page.wait_for_function(
            "name => [...document.querySelectorAll('.atlas')].every((map) => map.dataset.selected === name)",
            arg=category,
        )
        settle(page)
        assert marked(page) == [category, category]
        assert f"category={category}" in page.url
    assert page.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0


def test_a_sweep_shows_its_parts_is_stopped_and_goes_on_after_a_reload(open_tab: Callable[..., Any]) -> None:
    page = open_tab("Dimensions")
    for dimension in ("8", "16", "32"):
        page.get_by_role("button", name=dimension, exact=True).click()
        settle(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_text("So far").wait_for(timeout=120_000)
    page.wait_for_selector("[data-testid=stVegaLiteChart]")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").wait_for()
    settle(page)  # what was chosen is in the address then
    page.reload()
    page.get_by_text("So far").wait_for()
    page.get_by_role("button", name="Resume").click()
    page.get_by_text("of 9 trainings · done").wait_for(timeout=400_000)
    settle(page)
    use = page.locator(".st-key-use_dimension button").first
    chosen = next(word for word in use.inner_text().split() if word.isdigit())
    use.click()
    page.get_by_text(f"The next training has {chosen} dimension").wait_for()


def test_settings_of_the_encoders_are_what_the_screen_says(open_tab: Callable[..., Any]) -> None:
    page = open_tab("Encoders")
    page.get_by_text("Settings", exact=True).click()
    page.locator(".st-key-compare_choices_max_rows input").wait_for()
    values = {
        name: page.locator(f".st-key-compare_choices_{name} input").input_value()
        for name in ("folds", "repeats", "max_rows")
    }
    assert values == {"folds": "5", "repeats": "2", "max_rows": "10000"}
    page.locator(".st-key-compare_choices_max_rows input").fill("1000")
    page.keyboard.press("Enter")
    settle(page)
    assert page.locator(".st-key-compare_choices_folds input").input_value() == "5"


def test_encoders_come_in_fold_by_fold(open_tab: Callable[..., Any]) -> None:
    page = open_tab("Encoders")
    for name in (
        "Hashing",
        "Embedding, from the target",
        "Embedding, with the other columns",
        "Gradient boosting",
    ):
        page.get_by_role("button", name=name).first.click()
        settle(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_text("So far").wait_for(timeout=120_000)
    form = page.locator("details", has_text="What is compared")
    assert not form.evaluate("form => form.open"), "once it is begun, one looks at what comes of it"
    page.wait_for_selector("[data-testid=stVegaLiteChart]")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").wait_for()
    assert page.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0


@pytest.mark.parametrize("tab", ["Two runs", "Dimensions", "Encoders"])
def test_a_phone_has_everything_in_one_column(open_tab: Callable[..., Any], tab: str) -> None:
    page = open_tab(tab, width=390)
    assert sticks_out(page) == 0


def test_names_of_runs_are_whole_in_a_narrow_window(open_tab: Callable[..., Any]) -> None:
    page = open_tab("Two runs", width=900)
    for choice in ("first", "second"):
        page.wait_for_function(
            """(key) => {
              const field = document.querySelector(`.st-key-${key} input`);
              const pen = document.createElement("canvas").getContext("2d");
              pen.font = getComputedStyle(field).font;
              const name = "neighbourhood by its context, 16-D · 30 Nov, 12:29";
              return pen.measureText(name).width <= field.clientWidth;
            }""",
            arg=f"compare_{choice}_choice",
        )


def test_enter_in_the_name_of_a_run_renames_it(
    open_tab: Callable[..., Any], jobs: Jobs, run_ids: list[str]
) -> None:
    page = open_tab("Runs")
    page.locator("[data-testid=stDataFrame]").first.click(position={"x": 16, "y": 52})
    settle(page)
    page.locator(".st-key-rename_selected button").click()
    page.get_by_role("dialog").get_by_label("Name").fill("<b>sounds</b> of English")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for(state="detached")
    assert "<b>sounds</b> of English" in [jobs.record(run_id).name for run_id in run_ids]
