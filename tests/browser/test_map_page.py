"""The Map page in a real Chromium: clicks, areas, trust, replay, three dimensions, the tabs."""

from collections.abc import Callable
from typing import Any

import pytest

from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.jobs import Jobs
from embed_core.runs.made import Made
from embed_core.tables.gallery import load_sample
from embed_core.training.prepare import prepare
from tests.helpers.browsing import LOCATE, click_category, settle, sticks_out, violations

# Where the top dot of the tree is on the screen.
TOP_OF_TREE = """() => {
  const plot = document.querySelector("[data-testid=stPlotlyChart] .js-plotly-plot");
  const {xaxis, yaxis2, _size} = plot._fullLayout, dots = plot._fullData[2], box = plot.getBoundingClientRect();
  const i = dots.x.length - 2;
  return [box.left + _size.l + xaxis.l2p(dots.x[i]), box.top + yaxis2._offset + yaxis2.l2p(dots.y[i])];
}"""
# From where three dimensions are looked at.
CAMERA = "() => document.querySelector('.atlas-plot').layout.scene.camera.eye"


@pytest.fixture(scope="module")
def run_id(jobs: Jobs) -> str:
    table = load_sample("english_phonemes")
    start = dict(OBJECTIVES["context"].start) | {"epochs": 200}
    config = TrainingConfig.checked(column="phoneme", objective="context", dimension=8, **start)
    run = jobs.trainings.begin(
        prepare(table, config),
        config,
        name="sounds",
        table=table.name,
        source="gallery:english_phonemes",
        fingerprint=table.fingerprint(),
    )
    jobs.trainings.wait(run)
    return run


@pytest.fixture
def open_map(open_app: Callable[..., Any], run_id: str, jobs: Jobs) -> Callable[..., Any]:
    """Open the map of the run, with a projection other than that which keeps most unless None is asked for.

    The run opens as if for the first time: how another test has left its map is forgotten.
    """
    jobs.store.write_made(run_id, Made())

    def open_it(projection: str | None = "PCA", **options: Any) -> Any:
        page = open_app(f"/map?table=gallery%3Aenglish_phonemes&run={run_id}", **options)
        page.wait_for_selector(".atlas[data-ready=true]")
        settle(page)
        if projection is not None:
            page.get_by_text(projection, exact=True).click()
            page.wait_for_timeout(1_500)  # the points move to where they are on the other map
            settle(page)
            page.wait_for_selector(".atlas[data-still=true]")  # a click is aimed at where they rest
        return page

    return open_it


def labels_of(page: Any) -> list[str]:
    """Return the categories on the map."""
    return list(page.evaluate("document.querySelector('.atlas-plot').data[0].customdata"))


def draw_around(page: Any, *corners: tuple[float, float]) -> None:
    """Draw a lasso through points given as shares of the map."""
    page.locator(".atlas-do-area").click()
    box = page.locator(".atlas-stage").bounding_box()
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=4)
    page.mouse.up()
    settle(page)


def test_a_click_opens_the_panel_and_stays_in_the_address(open_map: Callable[..., Any]) -> None:
    page = open_map()
    click_category(page, "P")
    page.get_by_role("heading", name="P", exact=True).wait_for()
    assert page.locator(".atlas-panel ol button").count() == 10
    page.wait_for_url("**category=P*")  # the panel is there before Python has heard of the click
    settle(page)
    assert page.locator(".atlas").get_attribute("data-selected") == "P"
    page.get_by_label("Why close?").click()
    panel, offered = (
        page.locator(part).bounding_box() for part in (".st-key-map_panel", "[role=listbox]:visible")
    )
    assert offered["y"] + offered["height"] <= panel["y"] + panel["height"], "the whole list is in view"
    page.get_by_label("Why close?").fill("b")
    page.get_by_role("option", name="B", exact=True).click()
    page.wait_for_selector("text=They agree most in")
    assert page.locator(".atlas-player").is_visible()
    assert "loss" in page.locator(".atlas-player").inner_text()


def test_a_lasso_becomes_a_group_that_colours_the_map(open_map: Callable[..., Any]) -> None:
    page = open_map()
    draw_around(page, (0.02, 0.02), (0.55, 0.02), (0.55, 0.98), (0.02, 0.98))
    page.get_by_role("heading", name="Selected on the map", exact=True).wait_for()
    page.get_by_role("heading", name="What sets Selected on the map apart", exact=True).wait_for()
    page.wait_for_selector("text=What sets them apart")
    page.wait_for_selector("text=it does not say")
    page.locator("[class*=st-key-save_group_0] button").first.click()
    page.locator(".st-key-group_name input").fill("one side")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="one side", exact=True).wait_for()
    settle(page)
    choice = page.locator(".st-key-map_color .atlas-choice")
    assert choice.evaluate("(choice) => choice.selectedOptions[0].text") == "Saved groups"
    assert "one side" in page.locator(".atlas").inner_text()
    for width in (900, 1000, 1100):
        page.set_viewport_size({"width": width, "height": 800})
        settle(page)
        tops = page.evaluate("""() => [...document.querySelector(".st-key-map_tools").children]
          .map((tool) => tool.getBoundingClientRect().top)""")
        assert len(tops) > 5 and max(tops) - min(tops) < 20, f"all tools stand in one row of {width} pixels"
    page.get_by_text("Isolate").click()
    settle(page)
    assert int(page.get_attribute(".atlas", "data-area")) > 3


def test_trust_is_measured_with_progress_and_ends_in_numbers(open_map: Callable[..., Any]) -> None:
    page = open_map()
    page.locator(".st-key-verdict_chip button").first.click()
    page.get_by_role("button", name="Measure trust").click()
    page.wait_for_selector(".st-key-stop_trust button")
    page.wait_for_selector("text=two halves of the rows agree on", timeout=120_000)
    page.get_by_text("Control map").click()
    page.wait_for_selector("text=What chance alone draws")
    settle(page)
    assert page.locator(".atlas").count() == 2
    sticking_out = """() => [...document.querySelectorAll(".atlas-key")].filter((key) =>
      key.getBoundingClientRect().right > key.closest(".atlas").getBoundingClientRect().right + 1).length"""
    assert page.evaluate(sticking_out) == 0


def test_the_map_turns_in_three_dimensions_and_has_no_lasso_then(open_map: Callable[..., Any]) -> None:
    page = open_map()
    page.get_by_text("3-D", exact=True).click()
    page.wait_for_selector(".atlas[data-dimensions='3']")
    settle(page)
    assert not page.locator(".atlas-do-area").is_visible()
    before = page.evaluate(CAMERA)
    box = page.locator(".atlas-stage").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y + 40, steps=8)
    page.mouse.up()
    page.wait_for_function(f"before => JSON.stringify(({CAMERA})()) !== JSON.stringify(before)", arg=before)
    assert page.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0


def test_a_branch_of_the_tree_and_a_cluster_become_the_group(open_map: Callable[..., Any]) -> None:
    page = open_map()
    page.get_by_role("tab", name="Similarity").click()
    page.wait_for_selector(".js-plotly-plot .heatmaplayer image")
    settle(page)
    page.locator("[data-testid=stPlotlyChart]").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    page.mouse.click(*page.evaluate(TOP_OF_TREE))
    page.get_by_role("heading", name="Branch of the tree", exact=True).wait_for()
    page.get_by_role("tab", name="Clusters").click()
    page.wait_for_selector("text=silhouette")
    settle(page)
    table = page.locator("[data-testid=stDataFrame]").last
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 14, box["y"] + 52)
    first = table.locator("#glide-cell-1-0").text_content()  # the name of the first cluster
    assert first
    page.get_by_role("heading", name=first, exact=True).wait_for()


def test_t_sne_moves_and_rests_with_its_settings_at_hand(open_map: Callable[..., Any]) -> None:
    asked: list[object] = []
    page = open_map(projection=None, on_ask=asked.append)
    page.get_by_role("radio", name="t-SNE").and_(page.locator("[aria-checked=true]")).wait_for()
    page.locator(".atlas").press("Enter")  # a category is chosen, maybe while the map asks for more by itself
    page.wait_for_selector(".st-key-stop_projection", state="detached")
    settle(page)
    assert f"category={page.locator('.atlas').get_attribute('data-selected')}" in page.url
    asked.clear()
    page.wait_for_timeout(6_000)
    assert not asked, "a map at rest asks the server for nothing"
    page.locator(".st-key-map_more button").first.click()
    page.locator(".st-key-tsne_perplexity").wait_for()


def test_a_phone_has_the_map_in_one_column(open_map: Callable[..., Any]) -> None:
    page = open_map(width=390)
    assert sticks_out(page) == 0


def test_on_a_phone_the_buttons_stand_in_a_row_over_the_map_and_not_on_it(
    open_map: Callable[..., Any],
) -> None:
    page = open_map(width=390, height=844, touch=True)
    row = page.locator(".atlas-buttons").bounding_box()
    assert row["width"] > 3 * row["height"]
    tops = [page.evaluate(LOCATE, [label, 0])[1] for label in labels_of(page)]
    assert min(tops) > row["y"] + row["height"], "a map that is shown whole lies below them"
    for each in page.locator(".atlas-name").all():
        name = each.bounding_box()
        assert name["y"] >= row["y"] + row["height"] - 2 or name["x"] + name["width"] <= row["x"]


def test_a_tap_on_a_phone_selects_what_is_below_the_finger_and_leaves_it_in_view(
    open_map: Callable[..., Any],
) -> None:
    page = open_map(width=390, height=844, touch=True)
    stage = page.locator(".atlas-stage").bounding_box()
    places = {label: page.evaluate(LOCATE, [label, 0]) for label in labels_of(page)}
    lowest = max(places, key=lambda label: places[label][1])
    assert places[lowest][1] > stage["y"] + stage["height"] / 2
    page.touchscreen.tap(*places[lowest])
    page.wait_for_selector(".atlas-panel ol")
    page.wait_for_selector(".st-key-neighbours_as_table")
    settle(page)
    page.wait_for_selector(".atlas[data-still=true]")
    assert page.get_attribute(".atlas", "data-selected") == lowest
    x, y = page.evaluate(LOCATE, [lowest, 0])
    hit = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('.atlas-stage') !== null", [x, y]
    )
    assert hit, "neither the sheet nor the buttons cover it"
    assert sticks_out(page) == 0


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_the_map_fills_the_window(open_map: Callable[..., Any], width: int, height: int) -> None:
    page = open_map(width=width, height=height)
    assert page.locator(".atlas-player").is_visible(), "it takes room from the paper"
    assert page.locator(".atlas-axes").is_visible(), "and so would they, beside it"
    paper, whole = (page.locator(part).bounding_box() for part in (".atlas-stage", ".atlas"))
    assert paper["width"] * paper["height"] >= 0.6 * width * height
    assert whole["y"] + whole["height"] <= height
    page.add_style_tag(content=".st-key-map_heading h1 { width: 20rem; }")  # as a long heading does
    page.evaluate("window.dispatchEvent(new Event('resize'))")
    page.wait_for_timeout(500)
    sheet, heading = (
        page.locator(part).bounding_box() for part in (".atlas-sheet", ".st-key-map_heading h1")
    )
    assert heading["height"] > 45, "it takes two lines"
    assert sheet["width"] * sheet["height"] >= 0.6 * width * height


# What Streamlit draws and an app cannot mend: this list may only shrink.
STREAMLITS = {"region"}  # a popover is drawn outside of the page's landmarks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_keeps_nothing_from_those_who_hear_it_or_use_keys(
    open_map: Callable[..., Any], scheme: str
) -> None:
    page = open_map(projection=None, scheme=scheme)
    found = violations(page)
    page.locator(".atlas").press("Enter")
    page.wait_for_selector(".atlas-panel ol")
    settle(page)
    found |= violations(page)
    page.locator(".st-key-map_more button").first.click()
    page.get_by_label("Size").wait_for()
    found |= violations(page)
    assert {name: each for name, each in found.items() if name not in STREAMLITS} == {}
