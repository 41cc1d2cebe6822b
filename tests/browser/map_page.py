"""The map's demo in a browser: one server and one page for many tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.browsing import LOCATE, wait_until

DEMO = Path(__file__).with_name("map_demo.py")
THEME = {
    "theme.light.backgroundColor": "#FBFAF7",
    "theme.light.textColor": "#1D2A33",
    "theme.dark.backgroundColor": "#10181E",
    "theme.dark.textColor": "#E6ECEF",
}
RANGES = """() => { const {xaxis, yaxis} = document.querySelector(".atlas-plot").layout;
  return [...xaxis.range, ...yaxis.range]; }"""
NAMES = """() => [...document.querySelectorAll(".atlas-name")].map((name) => {
  const {x, y, width, height} = name.getBBox();
  return {text: name.textContent, x, y, width, height}; })"""


class MapPage:
    """What a person sees of the map, and does to it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.shown = 0
        self.received: list[int] = []
        self.complaints: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._receive))

    def _receive(self, frame: str | bytes) -> None:
        self.received.append(len(frame))

    def show(self, query: str = "") -> Any:
        """Begin again with other settings, without loading the page again, and return the page."""
        self.shown += 1
        moves = "seconds" in query
        field = self.page.get_by_label("Settings")
        field.fill(f"{query}&time={self.shown}")
        before = self.data("revision")
        field.press("Enter")
        wait_until(lambda: self.data("revision") != before and (moves or self.is_still()))
        self.page.mouse.move(2, 2)
        return self.page

    def is_still(self) -> bool:
        """Tell whether the script has ended and Plotly knows of everything."""
        self.page.wait_for_timeout(60)
        if not self.page.locator("[data-test-script-state=notRunning]").count():
            return False
        return self.data("still") == "true" or self.data("dimensions") == "3" or self.data("points") == "0"

    def data(self, name: str) -> str:
        """Return one of the facts that the map keeps on its root."""
        return str(self.page.get_attribute(".atlas", f"data-{name}"))

    def wait_for(self, **values: Any) -> None:
        """Wait until the root has these facts."""
        selector = "".join(f'[data-{name}="{value}"]' for name, value in values.items())
        self.page.wait_for_selector(f".atlas{selector}", timeout=20_000, state="attached")

    def place(self, label: str) -> tuple[float, float]:
        """Return where a category is on the screen."""
        x, y = self.page.evaluate(LOCATE, label)
        return x, y

    def click(self, label: str) -> None:
        """Click a category on the map."""
        self.page.mouse.click(*self.place(label))

    def ranges(self) -> list[float]:
        """Return the ends of both axes."""
        return list(self.page.evaluate(RANGES))

    def names(self) -> list[dict[str, Any]]:
        """Return the names on the map, with their boxes."""
        return list(self.page.evaluate(NAMES))

    def texts(self) -> list[str]:
        """Return the names on the map."""
        return [name["text"] for name in self.names()]

    def spoken(self) -> str:
        """Return what a screen reader has said last."""
        return str(self.page.locator(".atlas-live").text_content())

    def python_has(self, text: str) -> None:
        """Wait until the script says that it knows."""
        self.page.get_by_text(f"Python has: {text}").wait_for(timeout=20_000)

    def stage(self) -> dict[str, float]:
        """Return the box of the paper."""
        return dict(self.page.locator(".atlas-stage").bounding_box())

    def fills(self) -> list[str]:
        """Return the colours of all points, the most important first."""
        return list(self.page.evaluate("document.querySelector('.atlas-plot').data[0].marker.color"))

    def drag(self, path: list[tuple[float, float]]) -> None:
        """Drag through points given as shares of the paper's width and height."""
        box = self.stage()
        spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]
        self.page.mouse.move(*spots[0])
        self.page.mouse.down()
        for spot in spots[1:]:
            self.page.mouse.move(*spot, steps=4)
        self.page.mouse.up()


@contextmanager
def map_page(
    browser: Any, url: str, *, width: int = 1280, scheme: str = "light", **options: Any
) -> Iterator[MapPage]:
    """Open a page; messages of error on the console are its complaints."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="no-preference",
        **options,
    )
    page = context.new_page()
    atlas = MapPage(page)
    complain = atlas.complaints.append
    page.on("console", lambda message: complain(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complain(str(error)))
    try:
        page.goto(url)
        page.wait_for_selector(".atlas[data-ready=true]", timeout=60_000, state="attached")
        page.wait_for_timeout(500)
        yield atlas
    finally:
        context.close()
