"""The whole app in a real Chromium: from a file of one's own to the neighbours of a category."""

import math
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from benchmarks.browsing import ROOT, serving
from tests.helpers.browsing import click_category, settle, sticks_out

RANGES = """() => { const {xaxis, yaxis} = document.querySelector(".atlas-plot").layout;
  return [...xaxis.range, ...yaxis.range]; }"""
FRAME = "() => Number(document.querySelector('.atlas')?.dataset.frame ?? -1)"


@pytest.fixture(scope="module")
def shops_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 shops on a ring; deliveries between two of them take as long as they are far apart."""
    rng = np.random.default_rng(0)
    start, end = rng.integers(0, 40, (2, 4_000))
    angle = 2 * math.pi * np.abs(start - end) / 40
    table = pd.DataFrame(
        {
            "from": [f"shop {i:02}" for i in start],
            "to": [f"shop {i:02}" for i in end],
            "km": np.round(100 * np.abs(np.sin(angle / 2)), 1),
        }
    )
    path = tmp_path_factory.mktemp("files") / "deliveries.csv"
    table.to_csv(path, index=False)
    return path


def choose(page: Any, key: str, option: str) -> None:
    page.locator(f".st-key-{key} input").click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def wait_for_frame(page: Any, least: int) -> None:
    page.wait_for_function(f"least => ({FRAME})() >= least", arg=least)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_upload_train_zoom_map_click_neighbours(
    open_app: Callable[..., Any], shops_file: Path, scheme: str
) -> None:
    page = open_app(scheme=scheme)
    page.wait_for_selector("text=Bring your own table")
    page.locator(".st-key-upload input[type=file]").set_input_files(shops_file)
    page.wait_for_selector("text=What do you want to know?")
    settle(page)
    choose(page, "setting_column", "from")
    page.get_by_text("Keep a measured distance").click()
    settle(page)
    choose(page, "setting_partner", "to")
    choose(page, "setting_target", "km")
    assert page.get_by_text("2 numbers per category").is_visible()
    page.get_by_role("link", name="Train").first.click()
    page.get_by_role("button", name="Step").click()

    wait_for_frame(page, 1)
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(1_500)
    zoomed, frame, mounts = page.evaluate(RANGES), page.evaluate(FRAME), mounts_of(page)
    page.get_by_role("button", name="Go on").click()
    wait_for_frame(page, int(frame) + 3)
    assert page.evaluate(RANGES) == pytest.approx(zoomed)
    assert mounts_of(page) == mounts

    page.wait_for_selector("text=What was reached")
    settle(page)
    page.locator(".st-key-train_curves [data-testid=stVegaLiteChart]").hover()
    tools, switch = (
        page.locator(f".st-key-train_curves [data-testid={part}]").last
        for part in ("stElementToolbar", "stButtonGroup")
    )
    tools.wait_for()
    page.wait_for_timeout(300)
    assert tools.bounding_box()["y"] >= switch.bounding_box()["y"] + switch.bounding_box()["height"]
    assert page.evaluate(RANGES) == pytest.approx(zoomed), "the map stays as it is when the training ends"
    page.locator(".st-key-open_map button").click()
    page.wait_for_selector(".st-key-map_tools")
    page.wait_for_selector(".atlas[data-ready=true]")
    settle(page)
    click_category(page, "shop 07")
    page.wait_for_selector(".atlas[data-selected='shop 07']")
    page.wait_for_selector(".atlas-panel button")
    page.wait_for_url("**category=shop*")  # the panel is there before Python has heard of the click
    settle(page)
    assert page.get_by_role("heading", name="shop 07").is_visible()
    assert {"shop 06", "shop 08"} <= set(page.locator(".atlas-name").all_text_contents())
    assert "category=shop+07" in page.url or "category=shop%2007" in page.url


def mounts_of(page: Any) -> str:
    return str(page.get_attribute(".atlas", "data-mounts"))


@pytest.mark.parametrize(
    ("sample", "summary", "reached"),
    [
        ("english_phonemes", "by the company they keep in 6 other columns", "off the uncertainty about"),
        ("diamonds", "a number, on a log scale", "always saying the mean misses by"),
    ],
)
def test_context_and_entity_train_from_the_gallery(
    open_app: Callable[..., Any], sample: str, summary: str, reached: str
) -> None:
    page = open_app()
    page.locator(f".st-key-open_{sample} button").click()
    page.wait_for_selector("text=What do you want to know?")
    settle(page)
    assert page.get_by_text(summary).count() == 1
    page.wait_for_function("window.Plotly")  # read before a map needs it
    page.locator(".st-key-train_here button").click()
    wait_for_frame(page, 1)
    page.get_by_text("Full speed").click()
    page.wait_for_selector("text=What was reached")
    settle(page)
    page.wait_for_selector(f"text={reached}")
    assert page.get_by_text("Best epoch").is_visible()


def test_a_reload_in_mid_training_finds_it_running_and_stop_keeps_the_result(
    open_app: Callable[..., Any],
) -> None:
    page = open_app("/train?table=gallery%3Adiamonds")
    page.locator(".st-key-setting_epochs input").fill("2000")
    page.keyboard.press("Enter")
    settle(page)
    page.locator(".st-key-train button").click()
    wait_for_frame(page, 3)
    page.reload()
    wait_for_frame(page, 5)
    page.locator(".st-key-pause button").click()
    page.wait_for_selector(".st-key-resume button")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("text=What was reached")


def test_on_a_phone_the_map_is_first_and_its_page_shows_it_by_itself_when_the_training_ends(
    open_app: Callable[..., Any],
) -> None:
    page = open_app("/train?table=gallery%3Adiamonds", width=390, height=844)
    page.locator(".st-key-setting_epochs input").fill("2000")
    page.keyboard.press("Enter")
    settle(page)
    page.locator(".st-key-train button").click()
    wait_for_frame(page, 3)
    curve = page.locator("[data-testid=stVegaLiteChart]").first
    assert page.locator(".atlas").bounding_box()["y"] < curve.bounding_box()["y"]
    other = open_app(f"/map?{page.url.split('?')[1]}")
    other.wait_for_selector("text=This training is still going on")
    page.get_by_role("button", name="Stop").click()
    other.wait_for_selector(".st-key-map_tools")


def test_back_needs_one_press_for_each_page(open_app: Callable[..., Any]) -> None:
    page = open_app("/")
    page.wait_for_selector(".st-key-card_films img")
    settle(page)
    page.locator(".st-key-card_films").click(position={"x": 60, "y": 60})
    page.wait_for_url("**table=gallery*films")
    settle(page)
    for name in ("Train", "Learn"):
        page.get_by_role("link", name=name).first.click()
        page.wait_for_url(f"**/{name.lower()}?table=*")
        settle(page)
    page.go_back()
    page.wait_for_url("**/train?table=*")
    settle(page)
    page.go_back()
    page.wait_for_selector("text=What do you want to know?")


def test_the_pictures_of_the_gallery_turn_dark_with_the_page(open_app: Callable[..., Any]) -> None:
    page = open_app("/")
    page.wait_for_selector(".st-key-card_films img")
    settle(page)
    scheme = (
        "document.querySelector('.st-key-card_films img').computedStyleMap().get('color-scheme').toString()"
    )
    assert page.evaluate(scheme) == "light"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{scheme} === 'dark'")  # by which an SVG takes its colours


def test_the_pictures_of_the_gallery_follow_a_theme_that_is_not_the_systems(
    open_app: Callable[..., Any],
) -> None:
    page = open_app("/?embed=true&embed_options=dark_theme", scheme="light")
    picture = page.locator(".st-key-card_films img")
    picture.wait_for()
    settle(page)
    picture.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    drawn = Image.open(BytesIO(picture.screenshot())).convert("L")
    assert np.asarray(drawn)[12, 12] < 70, "its ground is dark"


@pytest.mark.parametrize("path", ["/", "/train", "/map", "/data"])
def test_a_request_to_any_page_goes_through_the_app(open_app: Callable[..., Any], path: str) -> None:
    page = open_app(path)
    page.wait_for_selector("text=No table is open")
    assert page.get_by_role("link", name="Map").first.is_visible()
    assert page.locator("[data-testid=stException]").count() == 0


def test_the_first_request_after_the_servers_start_may_be_for_any_page(
    browser: Any, app_environment: dict[str, str]
) -> None:
    with serving(ROOT / "app.py", environment=app_environment) as address:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{address}/train?table=gallery%3Adiamonds")
        page.wait_for_selector(".st-key-settings_panel")
        settle(page)
        assert page.get_by_role("dialog").count() == 0
        page.locator(".st-key-setting_epochs input").fill("7")
        page.keyboard.press("Enter")
        settle(page)
        assert page.get_by_role("link", name="Map").first.is_visible()
        page.close()


def test_a_phone_has_one_column_and_nothing_sticks_out(open_app: Callable[..., Any]) -> None:
    page = open_app("/?table=gallery%3Aus_flights", width=390, touch=True)
    page.wait_for_selector("text=What do you want to know?")
    settle(page)
    assert sticks_out(page) == 0
    tab, tools = (
        page.get_by_role("tab").last,
        page.locator("[role=tabpanel] [data-testid=stElementToolbar]").first,
    )
    assert tools.bounding_box()["y"] >= tab.bounding_box()["y"] + tab.bounding_box()["height"], (
        "they can be pressed"
    )
    columns = page.locator("[role=tabpanel] [data-testid=stDataFrame]").first.bounding_box()
    below = page.get_by_text("Select a row to take its column").bounding_box()
    assert below["y"] >= columns["y"] + columns["height"], "and what stands below does not lie on the table"
