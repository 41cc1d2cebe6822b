"""The map component in a real Chromium: what a person does, and what is then on the screen."""

from typing import Any

import pytest

from benchmarks.browsing import wait_until
from tests.browser.map_page import MapPage, map_page
from tests.helpers.browsing import sticks_out


def meeting(names: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the pairs of names that cover one another."""
    return [
        (a["text"], b["text"])
        for k, a in enumerate(names)
        for b in names[:k]
        if a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        # Boxes of text hold the line's full height; letters fill about three quarters of it.
        and abs(a["y"] + a["height"] / 2 - b["y"] - b["height"] / 2) < 0.75 * (a["height"] + b["height"]) / 2
    ]


def test_zoom_is_kept_while_frames_come_and_the_map_is_mounted_once(atlas: MapPage) -> None:
    page = atlas.show("seconds=0.3")
    box = atlas.stage()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
    fitted = atlas.ranges()
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(900)
    zoomed = atlas.ranges()
    assert zoomed[1] - zoomed[0] < 0.8 * (fitted[1] - fitted[0])
    first = int(atlas.data("frame"))
    wait_until(lambda: int(atlas.data("frame")) >= first + 4)
    assert atlas.ranges() == zoomed
    assert page.locator(".atlas").count() == 1


def test_frames_that_overtake_one_another_leave_one_map(atlas: MapPage) -> None:
    page = atlas.show("seconds=0.04&n=900")
    page.wait_for_timeout(1500)
    texts = atlas.texts()
    assert len(texts) > 10
    assert len(set(texts)) == len(texts)


def test_a_selection_survives_the_frames_of_a_running_training(atlas: MapPage) -> None:
    page = atlas.show("seconds=0.25&n=40")
    spot = """() => {
      const b = document.querySelector('.atlas-plot .points path').getBoundingClientRect();
      return [b.x + b.width / 2, b.y + b.height / 2]; }"""

    def is_hit() -> bool:
        """Click where a point was a moment ago: it moves."""
        page.mouse.click(*page.evaluate(spot))
        return atlas.data("selected") != ""

    wait_until(is_hit)
    chosen = atlas.data("selected")
    first = int(atlas.data("frame"))
    while int(atlas.data("frame")) < first + 5:
        assert atlas.data("selected") == chosen
        page.wait_for_timeout(30)
    assert atlas.data("neighbors") == "6"


def test_a_new_map_and_a_double_click_show_everything_again(atlas: MapPage) -> None:
    page = atlas.show()
    fitted = atlas.ranges()
    box = atlas.stage()
    assert (fitted[1] - fitted[0]) / box["width"] == pytest.approx(
        (fitted[3] - fitted[2]) / box["height"], 0.01
    )
    for show_everything in (
        lambda: page.get_by_role("button", name="New map").click(),
        lambda: page.mouse.dblclick(box["x"] + 8, box["y"] + 8),
    ):
        page.get_by_role("button", name="Zoom in").click()
        wait_until(lambda: atlas.ranges()[0] > fitted[0])
        page.wait_for_timeout(300)
        show_everything()
        wait_until(lambda: atlas.ranges() == pytest.approx(fitted))


def test_a_drag_moves_the_paper_and_selects_nothing(atlas: MapPage) -> None:
    page = atlas.show()
    before = atlas.ranges()
    x, y = atlas.place("category 5")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=5)
    page.mouse.up()
    unit = (before[1] - before[0]) / atlas.stage()["width"]
    wait_until(lambda: before[0] - atlas.ranges()[0] == pytest.approx(60 * unit, rel=0.15))
    assert atlas.data("selected") == ""


def test_a_click_lights_the_neighbours_and_escape_clears(atlas: MapPage) -> None:
    page = atlas.show("false=1")
    atlas.click("category 12")
    # The browser does not wait for Python to light the point ...
    assert atlas.data("selected") == "category 12"
    # ... and Python then says which its neighbours are.
    atlas.wait_for(selected="category 12", neighbors=6)
    atlas.python_has("'category 12'")
    over = page.locator(".atlas-over")
    assert over.locator(".atlas-ring:not(.atlas-chosen):not(.atlas-hovered)").count() == 6
    # One of the six is far away on this map, and four more only seem near.
    assert over.locator(".atlas-far").count() == 1
    assert over.locator(".atlas-false").count() == 4
    key = page.locator(".atlas-key-marks").text_content()
    assert "far on this map" in key
    assert "only seems near" in key
    assert page.locator(".atlas-selected").text_content() == "category 12"
    assert "\u2068category 12\u2069, " in atlas.spoken()
    page.keyboard.press("Escape")
    assert atlas.data("selected") == ""
    atlas.python_has("'None'")
    assert over.locator(".atlas-thread").count() == 0


def test_python_owns_the_selection_and_a_click_is_told_once(atlas: MapPage) -> None:
    page = atlas.show()
    atlas.click("category 12")
    atlas.python_has("'category 12'")
    page.get_by_role("button", name="Clear").click()
    atlas.wait_for(selected="")
    page.get_by_role("button", name="New map").click()
    page.wait_for_timeout(600)
    assert atlas.data("selected") == ""
    page.get_by_label("Category").fill("category 30")
    page.get_by_label("Category").press("Enter")
    atlas.wait_for(selected="category 30", neighbors=6)
    box = atlas.stage()
    page.mouse.click(box["x"] + 6, box["y"] + 6)
    atlas.python_has("'None'")
    assert atlas.data("selected") == ""


def test_keys_walk_to_categories_and_to_neighbours_and_back(atlas: MapPage) -> None:
    page = atlas.show("cards=1")
    page.locator(".atlas").focus()
    page.keyboard.press("Enter")
    first = atlas.data("selected")
    assert first == page.evaluate("document.querySelector('.atlas-plot').data[0].customdata[0]")
    page.keyboard.press("ArrowLeft")
    left = atlas.data("selected")
    assert atlas.place(left)[0] < atlas.place(first)[0]
    page.keyboard.press("b")
    assert atlas.data("selected") == first
    atlas.wait_for(selected=first, neighbors=6)
    nearest = page.evaluate("document.querySelector('.atlas-live').textContent").split("Nearest: ")[1]
    page.keyboard.press("n")
    assert nearest.startswith(f"\u2068{atlas.data('selected')}\u2069")
    atlas.python_has(f"'{atlas.data('selected')}'")


def test_keys_zoom(atlas: MapPage) -> None:
    page = atlas.show()
    fitted = atlas.ranges()
    page.locator(".atlas").focus()
    page.keyboard.press("+")
    wait_until(lambda: atlas.ranges()[1] - atlas.ranges()[0] == pytest.approx((fitted[1] - fitted[0]) / 1.6))
    page.keyboard.press("0")
    wait_until(lambda: atlas.ranges() == pytest.approx(fitted))


def test_names_do_not_cover_one_another_in_any_script(atlas: MapPage) -> None:
    page = atlas.show("data=hostile")
    names = atlas.names()
    assert len(names) > 10
    assert meeting(names) == []
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(700)
    assert meeting(atlas.names()) == []


def test_no_categories_is_said_in_a_sentence(atlas: MapPage) -> None:
    page = atlas.show("data=none")
    assert page.locator(".atlas-note").text_content() == "There are no categories to show yet."


def test_a_map_can_go_and_come_back(shared_map: MapPage) -> None:
    page = shared_map.show("n=3000")
    for _ in range(2):
        page.get_by_text("Show the map").click()
        page.wait_for_selector(".atlas", state="detached")
        page.get_by_text("Show the map").click()
        page.wait_for_selector(".atlas[data-ready=true]")
    page.wait_for_timeout(500)
    assert len(shared_map.names()) > 10


def test_a_map_on_a_hidden_tab_is_drawn_when_the_tab_opens(shared_map: MapPage) -> None:
    page = shared_map.page
    page.get_by_label("Settings").fill("tab=1")
    page.get_by_label("Settings").press("Enter")
    page.get_by_role("tab", name="Second").click()
    page.locator(".atlas[data-ready=true]").wait_for()
    page.wait_for_timeout(600)
    assert page.locator(".atlas-plot .points path").count() == 229
    assert len(shared_map.names()) > 10


def test_the_map_is_announced_with_its_keys(shared_map: MapPage) -> None:
    page = shared_map.show()
    root = page.get_by_label("Map of 229 categories")
    assert root.get_attribute("tabindex") == "0"
    assert "arrows walk over the map" in root.get_attribute("aria-description")
    for name in ("Zoom in", "Zoom out", "Show everything", "Select an area", "Save the picture"):
        assert page.get_by_role("button", name=name).get_attribute("title")


def test_a_change_of_theme_redraws_in_place(shared_map: MapPage) -> None:
    page = shared_map.show()
    look = """() => {
      const style = (name) => getComputedStyle(document.querySelector(name));
      return [style('.atlas-major').fill, style('.atlas-major').stroke, style('.atlas-plot .points path').stroke]; }"""
    paper, ink = "rgb(251, 250, 247)", "rgb(29, 42, 51)"
    assert page.evaluate(look) == [ink, paper, paper]
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector(".atlas.atlas-dark")
    paper, ink = "rgb(16, 24, 30)", "rgb(230, 236, 239)"
    wait_until(lambda: page.evaluate(look) == [ink, paper, paper])
    page.emulate_media(color_scheme="light")


def test_a_phone_sees_the_whole_map(browser: Any, map_server: str) -> None:
    with map_page(browser, f"{map_server}?color=1&frames=9", width=390, has_touch=True) as atlas:
        page = atlas.page
        assert sticks_out(page) == 0
        box = page.locator(".atlas").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert meeting(atlas.names()) == []
        page.touchscreen.tap(*atlas.place("category 12"))
        wait_until(lambda: atlas.data("selected") != "")
    assert atlas.complaints == []


@pytest.mark.parametrize(
    ("script", "sentence"),
    [("plotly", "its drawing library did not load"), ("map", "its script did not load")],
)
def test_a_script_that_is_missing_is_said_in_a_sentence(
    browser: Any, map_server: str, script: str, sentence: str
) -> None:
    page = browser.new_page()
    page.route(f"**/assets/{script}-*.js", lambda route: route.abort())
    page.goto(map_server)
    page.get_by_text(sentence).wait_for(timeout=60_000)
    page.close()


def test_a_map_whose_window_becomes_narrower_is_shown_whole_again(atlas: MapPage) -> None:
    page = atlas.show()
    across = """() => {
      const stage = document.querySelector('.atlas-stage').getBoundingClientRect();
      const places = [...document.querySelectorAll('.atlas-plot .points path')].map((path) => {
        const box = path.getBoundingClientRect();
        return box.x + box.width / 2 - stage.x;
      });
      return [stage.width, Math.min(...places), stage.width - Math.max(...places)]; }"""
    size = page.viewport_size

    def lies_in_the_middle(width: int) -> bool:
        stage, left, right = page.evaluate(across)
        return stage <= width and left > 0 and abs(left - right) < 0.1 * stage

    try:
        for width in (size["width"] - 300, size["width"]):
            page.set_viewport_size({**size, "width": width})
            wait_until(lambda width=width: lies_in_the_middle(width))
    finally:
        page.set_viewport_size(size)
