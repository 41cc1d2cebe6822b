"""What the browser tests of the app do again and again."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe

# Where a category is on the screen, on the map of this number: read from Plotly's own numbers.
LOCATE = """([label, number]) => {
  const plot = document.querySelectorAll(".atlas-plot")[number], trace = plot.data[0];
  const box = plot.getBoundingClientRect();
  const i = trace.customdata.indexOf(label), [x, y] = [plot.layout.xaxis.range, plot.layout.yaxis.range];
  return [box.left + box.width * (trace.x[i] - x[0]) / (x[1] - x[0]),
          box.bottom - box.height * (trace.y[i] - y[0]) / (y[1] - y[0])];
}"""
# Streamlit scrolls its main part, not the document: what sticks out of it is seen there alone.
STICKS_OUT = """() => Math.max(...[document.documentElement, document.querySelector("[data-testid=stMain]")]
  .filter(Boolean).map((part) => part.scrollWidth - part.clientWidth))"""

# Whether all that Streamlit placed is where it was when this was asked before.
STANDS_STILL = """() => {
  const places = [...document.querySelectorAll("[data-testid=stElementContainer]")].map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    return [x, y, width, height].map(Math.round).join();
  });
  const before = window.placesBefore;
  window.placesBefore = places.join(" ");
  return before === window.placesBefore;
}"""


def settle(page: Any) -> None:
    """Wait until the script has run, has been begun by what was done last, and what it placed stands still."""
    page.wait_for_timeout(200)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(100)
    page.evaluate("window.placesBefore = undefined")
    page.wait_for_function(STANDS_STILL, polling=100)


def click_category(page: Any, label: str, *, number: int = 0) -> None:
    """Click a category on the map of this number."""
    page.mouse.click(*page.evaluate(LOCATE, [label, number]))


def sticks_out(page: Any) -> int:
    """Return by how many pixels the page is wider than the screen."""
    return int(page.evaluate(STICKS_OUT))


def violations(page: Any, *, only: Sequence[str] | None = None) -> dict[str, list[str]]:
    """Return what axe-core finds by these rules, or by all, with where."""
    options = None if only is None else {"runOnly": list(only)}
    found = Axe().run(page, options=options).response["violations"]
    return {each["id"]: [node["html"][:200] for node in each["nodes"]] for each in found}
