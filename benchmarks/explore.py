"""Time and bytes of what a person does on the Map page, in a real Chromium, at 50, 500 and 5,000 categories.

    python -m benchmarks.explore [--categories 50 500 5000] [--times 20]

A run of each size is trained for a few epochs on a planted table and opened on the Map page. Then, again and again:

- usable: from opening the address until the map is drawn and the server is still;
- click: on a category under the pointer, until the map lights it up ("lit") and until its panel is there ("panel");
- recolour: another entry of "Colour by", until the map's key names it; the first time that clusters are chosen, they
  are found ("recolour, found first");
- t-SNE, moving: from PCA to a t-SNE that begins, until its first iterations are drawn: when the PCA with this distance
  has been looked at for 5 seconds, in which the neighbours are found, and at once; and the time between the browser's
  frames in the seconds after that;
- projection: PCA to t-SNE that is already made, and back, until the map says which it is and is still;
- epoch: one step of the replay, until the map shows that epoch.

"seen" is from the moment the mouse button is let go, or the key pressed, to what that changes on the page, as the
browser's own clock has it; "server" from the message that the browser sends to the last one that answers it. The
bytes are those of the answers.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.browsing import LOCATE, ROOT, chromium, serving
from benchmarks.machine import heading
from embed_core.learning.config import TrainingConfig
from embed_core.runs.cluster import Workers
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.tables.reading.read import read_table
from embed_core.training.prepare import prepare

QUIET_SECONDS = 0.4
WORKERS_START_SECONDS = 40
MOST_CLUSTERED = 500
CLEAR_OF_IT = 30
LOOKED_SECONDS, WATCHED_SECONDS = 5, 4


def planted(categories: int) -> pd.DataFrame:
    """Return a table in which the categories form ten groups, 20 rows each on average."""
    rng = np.random.default_rng(0)
    codes = np.concatenate([np.arange(categories), rng.integers(0, categories, 19 * categories)])
    names = np.array([f"category {i:04d}" for i in range(categories)])
    kinds = {f"habit {k}": (codes * (k + 1) + rng.integers(0, 3, len(codes))) % 10 for k in range(4)}
    return pd.DataFrame(
        {"category": names[codes]} | {name: "h" + pd.Series(v).astype(str) for name, v in kinds.items()}
    )


def trained(jobs: Jobs, categories: int) -> str:
    table = read_table(planted(categories))
    config = TrainingConfig.checked(column="category", objective="context", epochs=40, dimension=8)
    run = jobs.trainings.begin(prepare(table, config), config, name=f"{categories} categories")
    jobs.trainings.wait(run, seconds=600)
    return run


class Watched:
    """A page, with the messages between it and the server."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.sent: list[float] = []
        self.received: list[tuple[float, int]] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        socket.on("framesent", lambda _: self.sent.append(time.perf_counter()))
        socket.on("framereceived", lambda data: self.received.append((time.perf_counter(), len(data))))

    def settle(self) -> None:
        """Wait until the server has been still for a while."""
        while True:
            self.page.wait_for_timeout(50)
            last = max([*self.sent[-1:], *(at for at, _ in self.received[-1:]), 0.0])
            if time.perf_counter() - last > QUIET_SECONDS:
                return

    def measure(self, press: Callable[[], object], shows: str, argument: Any = None) -> dict[str, float]:
        """Press, wait until the page shows it, and return the seconds and bytes that it took."""
        self.settle()
        self.sent.clear()
        self.received.clear()
        self.page.evaluate(_CLOCK, [shows, argument])
        press()
        self.page.wait_for_function("window.seenAt > window.pressedAt")
        seen = self.page.evaluate("window.seenAt - window.pressedAt")
        self.settle()
        server = self.received[-1][0] - self.sent[0] if self.received and self.sent else 0.0
        return {"seen": seen / 1000, "server": server, "bytes": sum(size for _, size in self.received)}


# The page itself looks at every frame: asked from outside, its answer would wait behind all that it has to do.
_CLOCK = """([shows, argument]) => { window.pressedAt = performance.now();
  window.seenAt = 0;
  const holds = eval(shows);
  const look = () => {
    if (holds(argument)) window.seenAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
  for (const kind of ["pointerup", "keydown"])
    window.addEventListener(kind, () => { window.pressedAt = performance.now(); }, {capture: true}); }"""
# Noted when the category is chosen; what the map then draws is on the screen with the next frame.
_LIT_CLOCK = """() => { let lit; new MutationObserver(([{target}]) => {
  if (target.dataset.selected === lit) return;
  lit = target.dataset.selected;
  requestAnimationFrame(() => { window.litAt = performance.now(); });
}).observe(document.querySelector('.atlas'), {attributes: true, attributeFilter: ['data-selected']}); }"""
_LIT = "() => window.litAt - window.pressedAt"
_HEADING = """(before) => { const name = document.querySelector('.atlas').dataset.selected;
  return name && name !== before
    && [...document.querySelectorAll('h3')].some((each) => each.textContent.includes(name)); }"""
# The list of a select is drawn by the system: no mouse reaches it here.
_CHOOSE = """(label) => { const choice = document.querySelector('.atlas-choice');
  choice.value = [...choice.options].find((option) => option.text === label).value;
  window.pressedAt = performance.now();
  choice.dispatchEvent(new Event('change', {bubbles: true})); }"""
_KEY = """(title) => { const key = document.querySelector('.atlas-footer').textContent;
  return title ? key.includes(title) : !key.includes('log scale'); }"""
_STILL = """(title) => document.querySelector('.atlas-x-title').textContent.startsWith(title)
  && Boolean(document.querySelector('.atlas-x-title').textContent) === Boolean(title)
  && document.querySelector('.atlas').dataset.still !== 'false'"""
_MOVING = """() => !document.querySelector('.atlas-x-title').textContent
  && Number(document.querySelector('.atlas').dataset.frame) > 0"""
_GAPS = """(milliseconds) => new Promise((done) => { const began = performance.now(), gaps = []; let last = began;
  const look = () => { const now = performance.now(); gaps.push(now - last); last = now;
    if (now - began < milliseconds) requestAnimationFrame(look); else done(gaps); };
  requestAnimationFrame(look); })"""
_FRAME = "(before) => document.querySelector('.atlas').dataset.frame !== before"


def interactions(watched: Watched, categories: int, times: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Do everything again and again; yield what was done and what it took."""
    page = watched.page
    page.evaluate(_LIT_CLOCK)
    names = [f"category {i:04d}" for i in np.random.default_rng(1).permutation(categories)]
    for name in names[:times]:
        spot = page.evaluate(LOCATE, name)
        place = page.locator(".atlas-stage").bounding_box()
        if not (place["x"] < spot[0] < place["x"] + place["width"]):
            continue
        before = page.locator(".atlas").get_attribute("data-selected")
        if before and np.hypot(*np.subtract(spot, page.evaluate(LOCATE, before))) < CLEAR_OF_IT:
            continue
        page.mouse.move(*spot)
        panel = watched.measure(lambda at=spot: page.mouse.click(*at), _HEADING, before)  # type: ignore[misc]
        yield "click, lit", {"seen": page.evaluate(_LIT) / 1000, "server": 0.0, "bytes": 0.0}
        yield "click, panel", panel
    for turn in range(times):
        color = ("Cluster" if categories <= MOST_CLUSTERED else "Nothing", "Rows")[turn % 2]
        found = watched.measure(lambda name=color: page.evaluate(_CHOOSE, name), _KEY, _KEY_WORDS[color])  # type: ignore[misc]
        yield "recolour" if turn or color != "Cluster" else "recolour, found first", found
    method = page.locator(".st-key-method")
    for metric, looked, after in (("Euclidean", 0, ", at once"), ("Cosine", LOOKED_SECONDS, "")):
        page.locator(".st-key-metric").get_by_text(metric, exact=True).click()
        page.wait_for_timeout(1000 * looked)
        yield f"t-SNE, moving{after}", watched.measure(method.get_by_text("t-SNE", exact=True).click, _MOVING)
        for gap in page.evaluate(_GAPS, 1000 * WATCHED_SECONDS):
            yield "t-SNE, between frames", {"seen": gap / 1000, "server": 0.0, "bytes": 0.0}
        page.evaluate("document.querySelector('.st-key-stop_projection button')?.click()")
        watched.settle()
        method.get_by_text("PCA", exact=True).click()
        watched.settle()
    for turn in range(1 + times // 2):
        for title, axis in (("t-SNE", ""), ("PCA", "PC")):  # t-SNE's axes have no name
            segment = method.get_by_text(title, exact=True)
            found = watched.measure(segment.click, _STILL, axis)
            if turn:  # the first makes it
                yield "projection", found
    step = page.locator(".atlas-player input")
    step.focus()
    for turn in range(times):
        before = page.locator(".atlas").get_attribute("data-frame")
        key = "ArrowLeft" if turn < times - 1 else "ArrowRight"
        yield "epoch", watched.measure(lambda key=key: page.keyboard.press(key), _FRAME, before)  # type: ignore[misc]


_KEY_WORDS = {"Cluster": "cluster", "Nothing": "", "Rows": "log scale"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--categories", type=int, nargs="+", default=[50, 500, 5000])
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        jobs = Jobs(RunStore(home / "runs"), Workers())
        runs = {categories: trained(jobs, categories) for categories in options.categories}
        jobs.workers.close()
        print(heading("streamlit", "plotly"))
        print("| categories | | times | seen, median | seen, p95 | server, median | bytes, median |")
        print("|--:|---|--:|--:|--:|--:|--:|")
        with (
            serving(ROOT / "app.py", environment={"CATEGORY_ATLAS_HOME": str(home)}) as address,
            chromium() as browser,
        ):
            # The first visit starts the workers, which keep both cores busy for a while.
            page = browser.new_page()
            page.goto(address)
            time.sleep(WORKERS_START_SECONDS)
            page.close()
            for categories, run in runs.items():
                for what, found in measured(browser, f"{address}/map?run={run}", categories, options.times):
                    seen, server, size = (
                        np.array([one[name] for one in found]) for name in ("seen", "server", "bytes")
                    )
                    print(
                        f"| {categories:,} | {what} | {len(found)} | {1000 * np.median(seen):.0f} ms | "
                        f"{1000 * np.percentile(seen, 95):.0f} ms | {1000 * np.median(server):.0f} ms | "
                        f"{np.median(size) / 1000:.1f} kB |",
                        flush=True,
                    )


def measured(
    browser: Any, address: str, categories: int, times: int
) -> Iterator[tuple[str, list[dict[str, float]]]]:
    opened = []
    for _ in range(3):
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.set_default_timeout(30_000)
        watched = Watched(page)
        started = time.perf_counter()
        page.goto(address)
        page.wait_for_selector(".atlas[data-ready=true]")
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        seen = time.perf_counter() - started
        watched.settle()
        size = sum(size for _, size in watched.received)
        opened.append(
            {"seen": seen, "server": watched.received[-1][0] - watched.sent[0], "bytes": float(size)}
        )
        if len(opened) < 3:
            page.context.close()
    yield "usable", opened
    by_kind: dict[str, list[dict[str, float]]] = {}
    for what, found in interactions(watched, categories, times):
        by_kind.setdefault(what, []).append(found)
    page.context.close()
    yield from by_kind.items()


if __name__ == "__main__":
    main()
