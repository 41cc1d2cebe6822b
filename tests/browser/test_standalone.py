"""The map and the report as files: opened from the disk, without a server and without the network."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import embed_core as ec
from embed_core.exporting.content import Content
from embed_core.exporting.map_page import MAP_PAGE
from embed_core.exporting.shown_map import live_map

NAMES = [
    "<b>x</b>",
    "=1+1",
    "a\tb",
    "two\nlines",
    "</script><script>window.broken = 1</script>",
    "Zürich",
    "",
]


@pytest.fixture(scope="module")
def content() -> Content:
    rng = np.random.default_rng(0)
    labels = [*NAMES, *(f"shop {i:02}" for i in range(50))]
    vectors = rng.normal(size=(len(labels), 4))
    return Content(ec.Embedding(labels, vectors, rng.integers(1, 999, len(labels)), name="shop <i>"))


@pytest.fixture
def page(browser: Any, content: Content, tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "map.html"
    path.write_bytes(MAP_PAGE.make(content))
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened, complaints = context.new_page(), []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda each: complaints.append(each.url) if each.url.startswith("http") else None)
    opened.goto(path.as_uri())
    opened.wait_for_selector(".atlas-plot .points path")
    yield opened
    context.close()
    assert complaints == []


def test_it_finds_a_name_and_lists_its_true_neighbours(page: Any, content: Content) -> None:
    page.get_by_role("combobox", name="Find a category").fill("<b>")
    page.keyboard.press("Enter")
    panel = page.locator(".atlas-panel")
    panel.get_by_role("heading", name="<b>x</b>").wait_for()
    nearest = content.embedding.neighbors("<b>x</b>", k=10)["category"].tolist()
    shown = panel.locator("li bdi").all_text_contents()
    assert [" ".join(each.split()) for each in shown] == [" ".join(each.split()) for each in nearest]
    panel.locator("li button").nth(1).click()
    assert page.locator(".atlas").get_attribute("data-selected") == nearest[1]


def test_names_stay_text_and_points_answer(page: Any, content: Content) -> None:
    assert page.evaluate("window.broken === undefined && !document.querySelector('main b')")
    assert page.locator("h1").text_content() == content.title
    assert page.locator(".atlas-plot .points path").count() == len(content.embedding)
    box = page.locator(".atlas-plot .points path").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".atlas-card-name").wait_for()


NOTEBOOK = """<!doctype html><div id="cell"></div><script type="module">
import widget from "data:text/javascript;base64,WIDGET";
const [values, heard] = [CONTENT, {}];
window.saved = 0;
window.model = {
  get: (name) => values[name],
  set: (name, value) => { values[name] = value; heard[`change:${name}`]?.(); },
  save_changes: () => { window.saved += 1; },
  on: (name, call) => { heard[name] = call; },
  off: (name) => { delete heard[name]; },
};
window.end = widget.render({ model, el: document.getElementById("cell") });
</script>"""


def test_a_widget_says_what_is_selected_and_can_be_told(
    browser: Any, content: Content, tmp_path: Path
) -> None:
    widget = live_map(content.embedding, height=700)
    state = {name: getattr(widget, name) for name in ("title", "page", "height", "selection")}
    script = base64.b64encode(str(widget._esm).encode()).decode()
    notebook = NOTEBOOK.replace("WIDGET", script).replace(
        "CONTENT", json.dumps(state).replace("<", "\\u003c")
    )
    (tmp_path / "notebook.html").write_text(notebook, "utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto((tmp_path / "notebook.html").as_uri())
    map_page = opened.frame_locator("iframe")
    map_page.get_by_role("combobox", name="Find a category").fill("shop 07")
    map_page.get_by_role("combobox", name="Find a category").press("Enter")
    opened.wait_for_function("model.get('selection').join() === 'shop 07' && saved === 1")
    opened.evaluate("model.set('selection', ['<b>x</b>'])")
    map_page.locator(".atlas[data-selected='<b>x</b>']").wait_for()
    opened.evaluate("model.set('selection', ['Zürich', 'shop 01', 'not there'])")
    map_page.locator(".atlas[data-area='2'][data-selected='']").wait_for()
    assert opened.evaluate("saved") == 1, "what Python says is not said back to it"
    opened.evaluate("end()")
    context.close()


def test_other_colours_and_the_dark_are_shown(page: Any) -> None:
    fills = (
        "() => [...document.querySelectorAll('.atlas-plot .points path')].map(e => getComputedStyle(e).fill)"
    )
    before = page.evaluate(fills)
    page.locator(".atlas-chooser select").select_option(label="Rows")
    page.wait_for_function(f"before => ({fills})().join() !== before.join()", arg=before)
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector(".atlas-dark")


def test_a_phone_scrolls_in_one_direction_only(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
