"""The map's tools in a real Chromium: areas, the replay, three dimensions, colours, pictures, hostile names."""

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from resvg_py import svg_to_bytes
from svglib.svglib import svg2rlg

from benchmarks.browsing import wait_until
from tests.browser.map_page import MapPage, map_page

CIRCLE = [(0.5 + 0.2 * math.cos(k / 3), 0.6 + 0.25 * math.sin(k / 3)) for k in range(20)]
AREA = "Select an area"
MATCHES = [i for i in range(3_000) if str(i).startswith("12")]  # "category 12" and on


def alphas(atlas: MapPage) -> list[float]:
    """Return the opacity of all points, the most important first."""
    return [float(fill[5:-1].split(",")[3]) for fill in atlas.fills()]


def saved(atlas: MapPage, kind: str) -> tuple[str, bytes]:
    """Save the picture; return its file's name and content."""
    atlas.page.get_by_role("button", name="Save the picture").click()
    with atlas.page.expect_download() as download:
        atlas.page.get_by_role("button", name=kind).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


# -- areas --


def test_a_lasso_lights_its_members_tells_python_and_escape_clears(atlas: MapPage) -> None:
    page = atlas.show()
    page.get_by_role("button", name=AREA).click()
    before = atlas.ranges()
    inside = page.evaluate("""(path) => {
      const map = document.querySelector(".atlas-stage").getBoundingClientRect();
      const shape = new Path2D(), ink = document.createElement("canvas").getContext("2d");
      path.forEach(([x, y]) => shape.lineTo(x * map.width, y * map.height));
      return [...document.querySelectorAll(".atlas-plot .points path")].filter((point) => {
        const box = point.getBoundingClientRect();
        return ink.isPointInPath(shape, box.x + box.width / 2 - map.x, box.y + box.height / 2 - map.y);
      }).length; }""", CIRCLE)  # fmt: skip
    atlas.drag(CIRCLE)
    members = int(atlas.data("area"))
    assert 10 < members < 229
    assert members == pytest.approx(inside, abs=2)
    assert atlas.spoken() == f"{members} categories in the area."
    atlas.python_has(f"'None' and {members} in the area")
    wait_until(lambda: sum(alpha < 0.16 for alpha in alphas(atlas)) == 229 - members)
    assert atlas.ranges() == before
    page.locator(".atlas").focus()
    page.keyboard.press("Escape")
    atlas.python_has("'None' and 0 in the area")
    wait_until(lambda: min(alphas(atlas)) >= 0.45)
    page.keyboard.press("l")
    assert page.get_by_role("button", name=AREA).get_attribute("aria-pressed") == "false"


def test_shift_and_drag_draw_a_box_and_isolating_frames_its_members(atlas: MapPage) -> None:
    page = atlas.show()
    page.keyboard.down("Shift")
    atlas.drag([(0.35, 0.02), (0.65, 0.25)])
    page.keyboard.up("Shift")
    members = int(atlas.data("area"))
    assert 5 < members < 60
    atlas.python_has(f"'None' and {members} in the area")
    fitted = atlas.ranges()
    page.get_by_text("Isolate").click()
    wait_until(lambda: sum(alpha > 0 for alpha in alphas(atlas)) == members)
    wait_until(lambda: atlas.ranges()[1] - atlas.ranges()[0] < 0.5 * (fitted[1] - fitted[0]))
    page.get_by_text("Isolate").click()
    wait_until(lambda: atlas.ranges() == pytest.approx(fitted))


def test_a_finger_draws_an_area_too(browser: Any, map_server: str) -> None:
    with map_page(browser, map_server, width=390, has_touch=True) as atlas:
        page = atlas.page
        page.get_by_role("button", name=AREA).tap()
        box = atlas.stage()
        client = page.context.new_cdp_session(page)
        spots = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in CIRCLE]
        client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": spots[:1]})
        for spot in spots[1:]:
            client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [spot]})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        wait_until(lambda: int(atlas.data("area")) > 10)
        atlas.python_has(f"'None' and {atlas.data('area')} in the area")
    assert atlas.complaints == []


# -- the replay --


def test_the_slider_shows_each_frame_without_asking_the_server(atlas: MapPage) -> None:
    page = atlas.show("frames=20")
    slider, words = page.locator(".atlas-player input"), page.locator(".atlas-player output")
    assert atlas.data("frame") == "95"
    assert words.text_content() == "epoch 95 · \u2068loss 0.425\u2069"
    final, ranges = atlas.place("category 12"), atlas.ranges()
    runs = page.evaluate("""() => {
      const app = document.querySelector("[data-test-script-state]");
      window.runs = 0;
      new MutationObserver(() => (window.runs += 1)).observe(app, {attributes: true}); return window.runs; }""")
    slider.focus()
    page.keyboard.press("Home")
    wait_until(lambda: atlas.data("frame") == "0")
    page.wait_for_timeout(900)
    assert (
        words.text_content() == slider.get_attribute("aria-valuetext") == "epoch 0 · \u2068loss 0.900\u2069"
    )
    assert math.dist(atlas.place("category 12"), final) > 10
    assert atlas.ranges() == ranges
    page.keyboard.press("End")
    wait_until(lambda: atlas.data("frame") == "95")
    page.wait_for_timeout(900)
    assert atlas.place("category 12") == pytest.approx(final, abs=0.1)
    assert page.evaluate("window.runs") == runs == 0


# -- three dimensions --


def test_a_solid_map_turns_keeps_its_camera_and_can_be_clicked(atlas: MapPage) -> None:
    page = atlas.show("dimensions=3&axes=1")
    assert atlas.data("dimensions") == "3"
    assert page.evaluate("document.querySelector('.atlas-plot').data[0].type") == "scatter3d"
    assert not page.get_by_role("button", name=AREA).is_visible()
    assert "third, 9 %" in page.locator(".atlas-under").text_content()
    wait_until(lambda: len(atlas.names()) >= 5)
    camera = "JSON.stringify(document.querySelector('.atlas-plot').layout.scene.camera.eye)"
    start = page.evaluate(camera)
    atlas.drag([(0.2, 0.8), (0.4, 0.7)])
    wait_until(lambda: page.evaluate(camera) != start)
    turned = page.evaluate(camera)
    page.locator(".atlas").focus()
    page.keyboard.press("Enter")
    atlas.wait_for(neighbors=6)
    chosen = atlas.data("selected")
    assert page.locator(".atlas-selected").text_content() == chosen
    assert page.locator(".atlas-over .atlas-thread").count() >= 1
    ring = page.locator(".atlas-over .atlas-ring:not(.atlas-chosen)").last.bounding_box()
    page.mouse.click(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
    wait_until(lambda: atlas.data("selected") not in ("", chosen))
    clicked = atlas.data("selected")
    atlas.python_has(f"'{clicked}'")
    assert page.evaluate(camera) == turned
    page.get_by_role("button", name="New map").click()
    wait_until(lambda: page.evaluate(camera) == start)


def test_without_webgl_a_solid_map_says_so_and_a_flat_one_works(browser: Any, map_server: str) -> None:
    with map_page(browser, map_server) as atlas:
        # A browser is asked only once, by the first map that needs it.
        atlas.page.evaluate("""() => {
          const whole = HTMLCanvasElement.prototype.getContext;
          HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind.includes("webgl") ? null : whole.call(this, kind, ...rest); }; }""")  # fmt: skip
        page = atlas.show("dimensions=3")
        assert "needs WebGL" in page.locator(".atlas-note").text_content()
        atlas.show("n=1600")
        assert page.locator(".atlas-note").is_hidden()
        assert page.locator(".atlas-plot .points path").count() == 1600


# -- colours and cards --


def test_a_colour_change_of_many_points_is_gradual(atlas: MapPage) -> None:
    page = atlas.show("color=1&n=2000")
    page.evaluate("""() => {
      window.shades = new Set();
      const canvas = document.querySelector(".atlas-motion");
      const look = () => {
        if (!canvas.hidden) window.shades.add(getComputedStyle(canvas).opacity);
        requestAnimationFrame(look); };
      look(); }""")  # fmt: skip
    page.get_by_text("Plain").click()
    wait_until(lambda: page.evaluate("window.shades.size") > 2)
    wait_until(lambda: page.locator(".atlas-motion").is_hidden())


def test_a_colour_change_is_gradual(atlas: MapPage) -> None:
    page = atlas.show("color=1")
    page.evaluate("""() => {
      window.colors = new Set();
      const point = document.querySelector(".atlas-plot .points path");
      const look = () => { window.colors.add(getComputedStyle(point).fill); requestAnimationFrame(look); };
      look(); }""")  # fmt: skip
    page.get_by_text("Plain").click()
    wait_until(lambda: page.evaluate("window.colors.size") > 3)


def test_other_colours_leave_the_points_where_they_are(atlas: MapPage) -> None:
    page = atlas.show("groups=14")
    places, height = [atlas.place(name) for name in ("category 12", "category 90")], atlas.stage()["height"]
    before = atlas.fills()
    page.get_by_text("Plain").click()
    wait_until(lambda: atlas.fills() != before)
    wait_until(atlas.is_still)
    assert atlas.stage()["height"] == height
    assert [atlas.place(name) for name in ("category 12", "category 90")] == places


def test_the_panel_is_there_with_the_click_and_its_bars_lead_on(atlas: MapPage) -> None:
    page = atlas.show("choose=1")
    panel = page.locator(".atlas-panel")
    assert panel.inner_text().split() == ["Nothing", "yet", "Click."]
    atlas.click("category 12")
    wait_until(lambda: panel.locator("h2").text_content() == "category 12")
    assert "on time in 12 % of <i>category" in panel.locator("p").first.text_content()
    assert panel.locator("li button").count() == 3
    bars = panel.locator(".atlas-panel-bar")
    widths: list[int] = []

    def are_laid_out() -> bool:
        widths[:] = bars.evaluate_all("(bars) => bars.map((bar) => bar.offsetWidth)")
        return len(widths) == 3 and min(widths) > 0

    wait_until(are_laid_out)
    assert widths == sorted(widths, reverse=True)
    assert panel.locator("small").first.text_content().endswith("%")
    # In one breath: no word from Python can have come in between.
    next_one, heading, lit = page.evaluate("""() => {
      const button = document.querySelector(".atlas-panel li button");
      const name = button.querySelector("bdi").textContent;
      button.click();
      return [name, document.querySelector(".atlas-panel h2").textContent,
              document.querySelector(".atlas").dataset.neighbors]; }""")
    assert heading == next_one != "category 12" and lit == "3"
    atlas.python_has(f"'{next_one}'")
    panel.get_by_role("button", name="Close").click()
    atlas.wait_for(selected="")
    assert panel.inner_text().split() == ["Nothing", "yet", "Click."]
    atlas.python_has("'None'")


def test_a_lone_category_has_a_panel_that_says_so(atlas: MapPage) -> None:
    page = atlas.show("choose=1&data=one")
    atlas.click("only")
    wait_until(lambda: page.locator(".atlas-panel h2").text_content() == "only")
    assert page.locator(".atlas-panel li").count() == 0
    assert page.locator(".atlas-panel button").all_text_contents() == ["×"]
    assert page.locator(".atlas-panel p").last.text_content() == "Distances."


def test_a_category_is_found_by_part_of_its_name_among_thousands(atlas: MapPage) -> None:
    page = atlas.show("choose=1&n=3000")
    field = page.get_by_role("combobox", name="Name")
    options = page.locator(".st-key-finder [role=option]")
    page.locator(".atlas").focus()
    page.keyboard.press("/")
    page.keyboard.type("CATEGORY 12")
    found = options.locator("bdi").all_text_contents()
    assert options.first.text_content() == "category 12 on time in 12 % of <i>category"
    assert found[0] == "category 12" and all("category 12" in name for name in found)
    assert page.locator(".atlas-finder-note").inner_text() == f"and {len(MATCHES) - 40} more"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert options.count() == 0 or not options.first.is_visible()
    atlas.wait_for(selected=found[1])
    assert field.input_value() == found[1]
    atlas.python_has(f"'{found[1]}'")
    field.fill("nowhere")
    assert page.locator(".st-key-finder li").all_inner_texts() == ["There is none with that in its name."]
    page.keyboard.press("Escape")
    assert field.input_value() == found[1]
    page.locator(".st-key-finder").get_by_label("Clear").click()
    atlas.wait_for(selected="")
    assert field.input_value() == ""


def test_a_second_category_is_picked_without_being_selected(atlas: MapPage) -> None:
    page = atlas.show("choose=1&data=hostile")
    field = page.get_by_role("combobox", name="Another")
    field.fill("<B>")
    page.locator(".st-key-second").get_by_role("option").first.click()
    page.wait_for_selector("text=Picked: '<b>x</b>'")
    assert field.input_value() == "<b>x</b>" and atlas.data("selected") == ""
    assert page.locator(".atlas-finder :is(b, i, a, img, script)").count() == 0


def test_other_colours_are_chosen_below_the_map_and_shown_at_once(atlas: MapPage) -> None:
    page = atlas.show("choose=1&n=1500")
    choice = page.locator(".atlas-choice")
    assert choice.locator("option").all_text_contents() == ["<b>Height</b>", "Side", "Late"]
    before = page.evaluate("document.querySelector('.atlas-plot .points path').style.fill")
    key, fill = page.evaluate("""() => {
      const choice = document.querySelector(".atlas-choice");
      choice.value = "side";
      choice.dispatchEvent(new Event("change"));
      return [document.querySelector(".atlas-footer").textContent,
              document.querySelector(".atlas-plot .points path").style.fill]; }""")
    assert key.startswith("sideleftright") or key.startswith("siderightleft")
    assert fill != before
    page.wait_for_selector("text=coloured by side")
    wait_until(atlas.is_still)
    assert choice.input_value() == "side" and len({each.rsplit(",", 1)[0] for each in atlas.fills()}) == 2
    atlas.received.clear()
    choice.select_option("height")
    page.wait_for_selector("text=coloured by height")
    assert 0 < sum(atlas.received) < 20_000
    choice.select_option("late")  # made when chosen
    page.wait_for_selector(".atlas-footer :text('half')")
    assert choice.input_value() == "late"


def test_another_projection_glides_and_stays_still_for_those_who_ask(atlas: MapPage) -> None:
    page = atlas.show()
    watch = """() => {
      const point = document.querySelector(".atlas-plot .points path");
      window.places = new Set();
      clearInterval(window.watching);
      window.watching = setInterval(() => window.places.add(point.getAttribute("transform")), 8); }"""
    for motion, least, most in (("no-preference", 6, 1000), ("reduce", 2, 2)):
        page.emulate_media(reduced_motion=motion)
        page.evaluate(watch)
        page.wait_for_timeout(50)
        page.get_by_text("Mirror").click()
        page.wait_for_timeout(2000)
        assert least <= page.evaluate("window.places.size") <= most
    page.emulate_media(reduced_motion="no-preference")


# -- pictures --


@pytest.mark.parametrize("query", ["groups=5&false=1", "dimensions=3&color=1", "n=2000&color=1&axes=1"])
def test_a_png_is_a_picture_of_the_map(atlas: MapPage, query: str) -> None:
    atlas.show(f"{query}&title=Ports %2F 2024")
    name, content = saved(atlas, "PNG")
    assert name == "Ports-2024.png"
    with Image.open(BytesIO(content)) as picture:
        assert picture.format == "PNG"
        assert picture.width > 2 * atlas.stage()["width"]
        assert picture.height > 2 * atlas.stage()["height"]
        middle = picture.convert("RGB").crop((400, 200, picture.width - 400, picture.height - 200))
        assert len(middle.getcolors(1_000_000)) > 200


def test_an_svg_holds_title_names_and_key_as_text(atlas: MapPage) -> None:
    atlas.show("data=hostile&title=<i>All</i> %26 more")
    name, content = saved(atlas, "SVG")
    assert name == "i-All-i-more.svg"
    tree = ElementTree.fromstring(content)
    texts = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    for literal in ["<i>All</i> & more", "<b>x</b>", "=1+1", "**bold**", "$x$", ":material/home:", "a&amp;b"]:
        assert literal in texts
    tags = {node.tag.split("}")[1] for node in tree.iter()}
    assert not tags & {"b", "a", "i", "script", "image", "img", "foreignObject"}
    circles = list(tree.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) >= 19
    faces = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}style")]
    assert all(
        re.fullmatch(r'@font-face{font-family:"Source Sans".*;base64,[\w+/=]+\)}', each) for each in faces
    )
    assert len(faces) == 1, "the screen's own letters are inside"
    assert b"http" not in content.replace(b"http://www.w3.org/2000/svg", b"")


def test_an_svg_is_read_by_others_as_it_looks(atlas: MapPage) -> None:
    atlas.show("groups=5&false=1&title=Ports")
    atlas.page.locator(".atlas").press("Enter")
    _, content = saved(atlas, "SVG")
    tree = ElementTree.fromstring(content)
    colors = {node.get(name) for node in tree.iter() for name in ("fill", "stroke", "stop-color")} - {None}
    assert all(re.fullmatch("none|#[0-9a-f]{6}|url\\(#[a-z]+\\)", color) for color in colors), colors
    drawing = svg2rlg(BytesIO(content))
    assert drawing is not None and drawing.width / 0.75 > atlas.stage()["width"]  # in points
    with Image.open(BytesIO(bytes(svg_to_bytes(svg_string=content.decode())))) as picture:
        assert picture.width > atlas.stage()["width"]
        assert len(picture.convert("RGB").getcolors(1_000_000)) > 100
    strings = set(strings_of(drawing))
    for text in ["Ports", atlas.data("selected"), "cluster"]:
        assert text in strings
        assert painted(content) != painted(content, without=text), f"{text} is seen"


def strings_of(shape: Any) -> Iterator[str]:
    """Return the words in a drawing of ReportLab's."""
    yield from [shape.text] if hasattr(shape, "text") else []
    for each in getattr(shape, "contents", ()):
        yield from strings_of(each)


def painted(content: bytes, *, without: str = "") -> bytes:
    """Return the pixels of an SVG for a reader that takes no letters from inside it, without a word of it."""
    tree = ElementTree.fromstring(content)
    for node in tree.iter("{http://www.w3.org/2000/svg}text"):
        node.text = "" if node.text == without else node.text
    return bytes(svg_to_bytes(svg_string=ElementTree.tostring(tree, encoding="unicode")))


# -- hostile names --


def test_hostile_names_are_text(atlas: MapPage) -> None:
    page = atlas.show("data=hostile&choose=1")
    texts = atlas.texts()
    for literal in ["<b>x</b>", "=1+1", "**bold**", "$x$", ":material/home:", "a&amp;b", '""', "line break"]:
        assert literal in texts
    assert max(map(len, texts)) <= 44
    assert "◇evil◇" in texts
    assert page.evaluate("getComputedStyle(document.querySelector('.atlas-name')).unicodeBidi") == "isolate"
    markup = page.locator(":is(.atlas, .atlas-panel) :is(b, i, a, img, script)")
    assert markup.count() == 0
    for label in ["<b>x</b>", '<a href="javascript:alert(1)">link</a>', "long " * 1000]:
        page.mouse.move(*atlas.place(label))
        shown = page.locator(".atlas-card-name").text_content()
        assert shown == (label if len(label) <= 600 else ("long " * 120)[:599].rstrip() + "…")
        assert ("5,000 characters" in page.locator(".atlas-card").text_content()) == (len(label) == 5000)
        card, stage = page.locator(".atlas-card").bounding_box(), atlas.stage()
        assert stage["y"] <= card["y"]
        assert card["y"] + card["height"] <= stage["y"] + stage["height"]
        atlas.click(label)
        assert atlas.data("selected") == label
        page.wait_for_timeout(300)
        assert page.locator(".atlas-panel h2").text_content()[:119] == label[:119]
        assert atlas.spoken().startswith("\u2068" + label[:79])
    assert markup.count() == 0
    assert page.title() != "owned"


# -- what travels --


def test_a_click_and_another_colour_do_not_send_the_map_again(atlas: MapPage) -> None:
    atlas.received.clear()
    page = atlas.show("n=3000&frames=30&cards=1&color=1")
    assert sum(atlas.received) > 400_000
    atlas.received.clear()
    page.get_by_label("Category").fill("category 30")
    page.get_by_label("Category").press("Enter")
    atlas.wait_for(selected="category 30", neighbors=6)
    page.get_by_text("Plain").click()
    wait_until(lambda: len({fill.rsplit(",", 1)[0] for fill in atlas.fills()}) == 1)
    page.wait_for_timeout(300)
    assert 0 < sum(atlas.received) < 30_000
