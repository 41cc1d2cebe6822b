"""The lesson in a real Chromium: trained, drawn, and usable on a phone."""

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.browsing import wait_until
from embed_core.runs.jobs import Jobs
from tests.helpers.browsing import settle, sticks_out


def test_the_lesson_is_trained_from_top_to_bottom(open_app: Callable[..., Any], jobs: Jobs) -> None:
    page = open_app("/learn")
    page.wait_for_selector("text=8. Read on")
    settle(page)
    runs = [run.id for run in jobs.store.records()]
    page.locator(".st-key-learn_train button").click()
    page.wait_for_selector("text=in epoch 5;", timeout=200_000)  # a worker may be warming up
    for words in (
        "Curve of the loss over 5 epochs",
        "Curve of the accuracy over 5",
        "Where the three vectors",
    ):
        page.wait_for_selector(f"[role=graphics-document][aria-label^='{words}'] svg")
    page.locator(".st-key-begin_learn_outputs button").click()
    page.get_by_text("of the movement lies in the first direction").wait_for(timeout=200_000)
    page.locator(".st-key-learn_classes button").nth(1).click()
    page.wait_for_selector("text=of the movement lies in the first 2 directions")
    page.locator(".st-key-begin_learn_airports button").click()
    page.get_by_text("True neighbours kept").first.wait_for(timeout=200_000)
    drawn = page.locator("[role=graphics-document][aria-label*='of the true neighbours']")
    wait_until(lambda: drawn.count() == 3)
    # Side by side, once all that stands above them has come.
    wait_until(lambda: len({round(drawn.nth(i).bounding_box()["y"]) for i in range(3)}) == 1)
    assert [run.id for run in jobs.store.records()] == runs, "a lesson's training is no run"


def test_a_number_typed_into_the_matrix_changes_the_products(open_app: Callable[..., Any]) -> None:
    page = open_app("/learn")
    page.wait_for_selector("text=8. Read on")
    settle(page)
    cells = page.locator(".st-key-learn_matrix_0 canvas").first
    cells.scroll_into_view_if_needed()
    page.wait_for_timeout(1_000)
    box = cells.bounding_box()
    page.mouse.dblclick(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.62)  # row B, dimension 1
    page.wait_for_selector("#portal textarea, #portal input")
    page.keyboard.press("Control+a")
    page.keyboard.type("2.5")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 × 2.5 = 2.5")
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("heading", name="Category Atlas").wait_for()
    page.get_by_role("link", name="Learn", exact=True).click()
    page.wait_for_selector("text=1 × 2.5 = 2.5")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(open_app: Callable[..., Any], scheme: str) -> None:
    page = open_app("/learn", width=390, scheme=scheme)
    page.wait_for_selector("text=8. Read on")
    settle(page)
    assert sticks_out(page) == 0


def test_a_step_that_was_clicked_is_left_by_the_arrow_keys(open_app: Callable[..., Any]) -> None:
    page = open_app("/learn?step=1", height=500)
    page.get_by_role("radio", name="2 Lookup").click()
    page.get_by_role("heading", name="2. One-hot").wait_for()
    settle(page)
    page.keyboard.press("ArrowRight")
    page.get_by_role("heading", name="3. The network").wait_for()
    settle(page)
    page.get_by_text("Question:").scroll_into_view_if_needed()
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    assert page.evaluate(scrolled) > 0
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"{scrolled} === 0")  # a step begins at its top
    page.get_by_role("heading", name="2. One-hot").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector("text=8. Read on")
    page.wait_for_url("**/learn")
