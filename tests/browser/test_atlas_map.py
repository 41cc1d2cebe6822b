"""The map component in a real Chromium: what a person does, and what is then on the screen."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import serving, wait_until

DEMO = Path(__file__).with_name("map_demo.py")
THEME = {
    "theme.light.backgroundColor": "#FBFAF7",
    "theme.light.textColor": "#1D2A33",
    "theme.dark.backgroundColor": "#10181E",
    "theme.dark.textColor": "#E6ECEF",
}
# Where a category is on the screen, read from Plotly's own numbers: they must agree with what is drawn.
LOCATE = """(label) => {
  const plot = document.querySelector(".atlas-plot"), trace = plot.data[0];
  const box = plot.getBoundingClientRect();
  const i = trace.customdata.indexOf(label), [x, y] = [plot.layout.xaxis.range, plot.layout.yaxis.range];
  return [box.left + box.width * (trace.x[i] - x[0]) / (x[1] - x[0]),
          box.bottom - box.height * (trace.y[i] - y[0]) / (y[1] - y[0])];
}"""
RANGES = """() => { const {xaxis, yaxis} = document.querySelector(".atlas-plot").layout;
  return [...xaxis.range, ...yaxis.range]; }"""
NAMES = """() => [...document.querySelectorAll(".atlas-name")].map((name) => {
  const {x, y, width, height} = name.getBBox();
  return {text: name.textContent, x, y, width, height}; })"""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Run the demo on a free port."""
    with serving(DEMO, options=THEME) as root:
        yield root


@pytest.fixture
def open_map(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open the demo with the given query; a message of error on the console fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def complain(message: Any) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def open_page(
        query: str = "", *, width: int = 1280, scheme: str = "light", until: str = "visible", **options: Any
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="no-preference",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/?{query}")
        selector = ".atlas[data-ready=true]" if until == "visible" else ".atlas"
        page.wait_for_selector(selector, state=until, timeout=60_000)
        page.wait_for_timeout(600)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _data(page: Any, name: str) -> str:
    return page.get_attribute(".atlas", f"data-{name}")


def _click(page: Any, label: str) -> None:
    page.mouse.click(*page.evaluate(LOCATE, label))


def _wait_for(page: Any, **values: Any) -> None:
    selector = "".join(f'[data-{name}="{value}"]' for name, value in values.items())
    page.wait_for_selector(f".atlas{selector}", timeout=20_000, state="attached")


def _meeting(names: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (a["text"], b["text"])
        for k, a in enumerate(names)
        for b in names[:k]
        if a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        # Boxes of text hold the line's full height; letters fill about three quarters of it.
        and abs(a["y"] + a["height"] / 2 - b["y"] - b["height"] / 2) < 0.75 * (a["height"] + b["height"]) / 2
    ]


def test_one_mount_outlives_many_frames_and_zoom_is_kept(open_map: Callable[..., Any]) -> None:
    page = open_map("seconds=0.3")
    box = page.locator(".atlas-stage").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
    fitted = page.evaluate(RANGES)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(700)
    zoomed = page.evaluate(RANGES)
    assert zoomed[1] - zoomed[0] < 0.8 * (fitted[1] - fitted[0])
    first = int(_data(page, "frame"))
    wait_until(lambda: int(_data(page, "frame")) >= first + 6)
    assert page.evaluate(RANGES) == zoomed
    assert _data(page, "mounts") == "1"
    assert page.locator(".atlas").count() == 1


def test_frames_that_overtake_one_another_leave_one_map(open_map: Callable[..., Any]) -> None:
    page = open_map("seconds=0.04&n=900")
    page.wait_for_timeout(3000)
    assert _data(page, "mounts") == "1"
    texts = [name["text"] for name in page.evaluate(NAMES)]
    assert len(set(texts)) == len(texts)


def test_a_new_map_and_a_double_click_show_everything_again(open_map: Callable[..., Any]) -> None:
    page = open_map()
    fitted = page.evaluate(RANGES)
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(700)
    assert page.evaluate(RANGES)[0] > fitted[0]
    page.get_by_role("button", name="New map").click()
    wait_until(lambda: page.evaluate(RANGES) == pytest.approx(fitted))
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(700)
    box = page.locator(".atlas-stage").bounding_box()
    page.mouse.dblclick(box["x"] + 8, box["y"] + 8)
    wait_until(lambda: page.evaluate(RANGES) == pytest.approx(fitted))
    assert _data(page, "mounts") == "1"


def test_both_axes_have_the_same_scale(open_map: Callable[..., Any]) -> None:
    page = open_map()
    box = page.locator(".atlas-plot").bounding_box()
    x0, x1, y0, y1 = page.evaluate(RANGES)
    assert (x1 - x0) / box["width"] == pytest.approx((y1 - y0) / box["height"], rel=1e-3)


def test_a_drag_moves_the_paper_and_selects_nothing(open_map: Callable[..., Any]) -> None:
    page = open_map()
    before = page.evaluate(RANGES)
    x, y = page.evaluate(LOCATE, "category 5")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=5)
    page.mouse.up()
    page.wait_for_timeout(700)
    unit = (before[1] - before[0]) / page.locator(".atlas-plot").bounding_box()["width"]
    assert before[0] - page.evaluate(RANGES)[0] == pytest.approx(60 * unit, rel=0.15)
    assert _data(page, "selected") == ""


def test_a_click_lights_the_neighbours_and_escape_clears(open_map: Callable[..., Any]) -> None:
    page = open_map()
    _click(page, "category 12")
    # The browser does not wait for Python to light the point ...
    assert _data(page, "selected") == "category 12"
    # ... and Python then says which its neighbours are, however far away on the map.
    _wait_for(page, selected="category 12", neighbors=6)
    assert page.locator(".atlas-thread").count() >= 1
    assert page.locator(".atlas-ring:not(.atlas-chosen):not(.atlas-hovered)").count() == 6
    assert page.locator(".atlas-selected").text_content() == "category 12"
    assert "category 12" in page.locator(".atlas-live").text_content()
    page.get_by_text("Python has: 'category 12'").wait_for()
    page.keyboard.press("Escape")
    assert _data(page, "selected") == ""
    page.get_by_text("Python has: 'None'").wait_for()
    assert page.locator(".atlas-thread").count() == 0


def test_python_owns_the_selection_and_a_click_is_told_once(open_map: Callable[..., Any]) -> None:
    page = open_map()
    _click(page, "category 12")
    page.get_by_text("Python has: 'category 12'").wait_for()
    page.get_by_role("button", name="Clear").click()
    _wait_for(page, selected="")
    page.get_by_role("button", name="New map").click()
    page.wait_for_timeout(800)
    assert _data(page, "selected") == ""
    page.get_by_label("Category").fill("category 30")
    page.get_by_label("Category").press("Enter")
    _wait_for(page, selected="category 30", neighbors=6)


def test_a_selection_survives_the_frames_of_a_running_training(open_map: Callable[..., Any]) -> None:
    page = open_map("seconds=0.25&n=40")
    spot = """() => {
      const b = document.querySelector('.atlas-plot .points path').getBoundingClientRect();
      return [b.x + b.width / 2, b.y + b.height / 2]; }"""
    page.mouse.click(*page.evaluate(spot))
    chosen = _data(page, "selected")
    assert chosen != ""
    first = int(_data(page, "frame"))
    while int(_data(page, "frame")) < first + 6:
        assert _data(page, "selected") == chosen
        page.wait_for_timeout(30)
    assert _data(page, "neighbors") == "6"


def test_an_empty_spot_clears_the_selection(open_map: Callable[..., Any]) -> None:
    page = open_map()
    _click(page, "category 12")
    page.get_by_text("Python has: 'category 12'").wait_for()
    box = page.locator(".atlas-stage").bounding_box()
    page.mouse.click(box["x"] + 6, box["y"] + 6)
    page.get_by_text("Python has: 'None'").wait_for()
    assert _data(page, "selected") == ""


def test_arrow_keys_walk_to_the_category_in_that_direction(open_map: Callable[..., Any]) -> None:
    page = open_map()
    page.locator(".atlas").focus()
    page.keyboard.press("ArrowRight")
    start = _data(page, "selected")
    assert start != ""
    page.keyboard.press("ArrowLeft")
    stop = _data(page, "selected")
    assert page.evaluate(LOCATE, stop)[0] < page.evaluate(LOCATE, start)[0]
    page.get_by_text(f"Python has: '{stop}'").wait_for()


def test_hostile_names_are_text(open_map: Callable[..., Any]) -> None:
    page = open_map("data=hostile")
    texts = [name["text"] for name in page.evaluate(NAMES)]
    for literal in ["<b>x</b>", "=1+1", "**bold**", "$x$", ":material/home:", "a&amp;b", '""', "line break"]:
        assert literal in texts
    assert max(map(len, texts)) <= 24
    assert not any("\u202e" in text for text in texts)
    assert page.locator(".atlas :is(b, a, img, script)").count() == 0
    for label in ["<b>x</b>", '<a href="javascript:alert(1)">link</a>', "long " * 1000]:
        page.mouse.move(*page.evaluate(LOCATE, label))
        shown = page.locator(".atlas-card-name").text_content()
        assert shown == (label if len(label) <= 90 else ("long " * 18)[:89].rstrip() + "…")
        _click(page, label)
        assert _data(page, "selected") == label
        page.wait_for_timeout(300)
    assert page.locator(".atlas :is(b, a, img, script)").count() == 0
    assert page.title() != "owned"


def test_a_card_tells_rows_and_value(open_map: Callable[..., Any]) -> None:
    page = open_map("color=1")
    page.mouse.move(*page.evaluate(LOCATE, "category 12"))
    card = page.locator(".atlas-card")
    assert card.is_visible()
    facts = card.locator(".atlas-card-fact").all_text_contents()
    assert facts[0].endswith(("row", "rows"))
    assert facts[1].startswith("mean distance_mi ")
    page.mouse.move(*page.evaluate(LOCATE, "category 9"))
    assert "mean distance_mi missing" in card.text_content()


@pytest.mark.parametrize("query", ["n=229", "n=1500&color=1", "n=5000", "data=hostile", "n=229&axes=1"])
def test_names_do_not_cover_one_another(open_map: Callable[..., Any], query: str) -> None:
    page = open_map(query)
    names = page.evaluate(NAMES)
    assert len(names) > 10
    assert _meeting(names) == []
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(700)
    assert _meeting(page.evaluate(NAMES)) == []


def test_zooming_in_names_the_small_ones_too(open_map: Callable[..., Any]) -> None:
    page = open_map("n=1500")
    least = page.evaluate("document.querySelector('.atlas-plot').data[0].customdata.at(-1)")
    x, y = page.evaluate(LOCATE, least)
    assert least not in [name["text"] for name in page.evaluate(NAMES)]
    page.mouse.move(x, y)
    for _ in range(10):
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(60)
    page.wait_for_timeout(600)
    # The mouse stands on a whole pixel, and the map is now 75 times as large.
    assert page.evaluate(LOCATE, least) == pytest.approx([x, y], abs=80)
    assert least in [name["text"] for name in page.evaluate(NAMES)]


@pytest.mark.parametrize(("query", "points"), [("data=one", 1), ("data=same", 3), ("n=2", 2), ("n=3", 3)])
def test_a_handful_of_categories_has_a_sensible_view(
    open_map: Callable[..., Any], query: str, points: int
) -> None:
    page = open_map(query)
    assert _data(page, "points") == str(points)
    assert all(isinstance(value, int | float) for value in page.evaluate(RANGES))
    spots = page.locator(".atlas-plot .points path")
    assert spots.count() == points
    stage = page.locator(".atlas-stage").bounding_box()
    for k in range(points):
        box = spots.nth(k).bounding_box()
        assert stage["x"] < box["x"] < stage["x"] + stage["width"]
        assert stage["y"] < box["y"] < stage["y"] + stage["height"]


def test_no_categories_is_said_in_a_sentence(open_map: Callable[..., Any]) -> None:
    page = open_map("data=none")
    assert page.locator(".atlas-note").text_content() == "There are no categories to show yet."


def test_dark_follows_the_theme(open_map: Callable[..., Any]) -> None:
    ink = {}
    for scheme in ("light", "dark"):
        page = open_map(scheme=scheme)
        ink[scheme] = page.evaluate("getComputedStyle(document.querySelector('.atlas-major')).fill")
        halo = page.evaluate("getComputedStyle(document.querySelector('.atlas-major')).stroke")
        outline = page.evaluate("getComputedStyle(document.querySelector('.atlas-plot .points path')).stroke")
        assert halo == outline == {"light": "rgb(251, 250, 247)", "dark": "rgb(16, 24, 30)"}[scheme]
    assert ink == {"light": "rgb(29, 42, 51)", "dark": "rgb(230, 236, 239)"}


def test_a_change_of_theme_redraws_in_place(open_map: Callable[..., Any]) -> None:
    page = open_map()
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector(".atlas.atlas-dark")
    page.wait_for_timeout(700)
    outline = page.evaluate("getComputedStyle(document.querySelector('.atlas-plot .points path')).stroke")
    assert outline == "rgb(16, 24, 30)"
    assert _data(page, "mounts") == "1"


def test_a_phone_sees_the_whole_map(open_map: Callable[..., Any]) -> None:
    page = open_map("color=1", width=390, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(".atlas").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert _meeting(page.evaluate(NAMES)) == []
    page.touchscreen.tap(*page.evaluate(LOCATE, "category 12"))
    wait_until(lambda: _data(page, "selected") != "")


@pytest.mark.parametrize("query", ["n=229", "n=3000"])
def test_a_map_can_go_and_come_back(open_map: Callable[..., Any], query: str) -> None:
    page = open_map(query)
    for _ in range(3):
        page.get_by_text("Show the map").click()
        page.wait_for_selector(".atlas", state="detached")
        page.get_by_text("Show the map").click()
        page.wait_for_selector(".atlas[data-ready=true]")
    page.wait_for_timeout(600)
    assert len(page.evaluate(NAMES)) > 10


def test_a_map_on_a_hidden_tab_is_drawn_when_the_tab_opens(open_map: Callable[..., Any]) -> None:
    page = open_map("tab=1", until="attached")
    page.get_by_role("tab", name="Second").click()
    _wait_for(page, ready="true")
    page.wait_for_timeout(600)
    assert page.locator(".atlas-plot .points path").count() == 229
    assert len(page.evaluate(NAMES)) > 10


def test_the_map_is_announced(open_map: Callable[..., Any]) -> None:
    page = open_map()
    atlas = page.get_by_label("Map of 229 categories")
    assert atlas.get_attribute("tabindex") == "0"
    for name in ("Zoom in", "Zoom out", "Show everything"):
        assert page.get_by_role("button", name=name).get_attribute("title")


def test_a_missing_drawing_library_is_said_in_a_sentence(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto(address)
    page.wait_for_selector(".atlas-note:not([hidden])", timeout=60_000)
    assert "its drawing library did not load" in page.locator(".atlas-note").text_content()
    page.close()
