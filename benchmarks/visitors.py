"""Many people on one server: how long they wait, and what they take.

    python -m benchmarks.visitors [--people 50] [--training 10] [--came-and-went 500] > benchmarks/results/visitors.md

They speak Streamlit's own protocol, each with a workspace and a run of its own. A page counts as there when all of it
has been sent; what a browser then takes to draw it is in `benchmarks.explore`. A click is the whole page once more,
with another category looked at, while some train.
"""

import argparse
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil

from benchmarks.browsing import ROOT, serving, wait_until
from benchmarks.machine import heading
from benchmarks.visiting import Visitor
from embed_core.ui.app.visitors import COOKIE, new_key, workspace_of_key

TABLE = "gallery:us_flights"
AT_A_TIME = 20


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--training", type=int, default=10)
    parser.add_argument("--came-and-went", type=int, default=500)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="category-atlas-visitors-"))
    environment = {"CATEGORY_ATLAS_SHARED": "1", "CATEGORY_ATLAS_HOME": str(home)}
    environment["CATEGORY_ATLAS_MEASURES_UNASKED"] = "0"
    try:
        with serving(ROOT / "app.py", environment=environment) as address:
            print(heading("streamlit", about=f"{options.people} people on one server."))
            for line in measured(address, home, options):
                print(line, flush=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def measured(address: str, home: Path, options: argparse.Namespace) -> Iterable[str]:
    """Yield the lines of a table."""
    with Visitor(address) as first:
        run = trained(first)
    source = next(home.glob(f"workspaces/*/runs/{run}"))
    keys = [new_key() for _ in range(options.people)]
    for key in keys:
        shutil.copytree(source, home / "workspaces" / workspace_of_key(key) / "runs" / run)
    cookies = [re.sub(rf"{COOKIE}=[^;]+", f"{COOKIE}={key}", first.cookie) for key in keys]
    with Visitor(address, cookies[0]) as visitor:
        visitor.open("map", run=run)

    server = psutil.Process().children()[0]
    before = server.memory_info().rss
    people = [Visitor(address, cookie) for cookie in cookies]
    yield "| what | median | p95 | most | bar |\n| --- | --- | --- | --- | --- |"
    yield row(
        "whole map sent, all at once, s", together(lambda each: each.open("map", run=run), people), "p95 3"
    )
    each_takes = (server.memory_info().rss - before) / len(people) / 2**20
    yield f"| memory of the server for each, MB | {each_takes:.1f} | | | 5 |"

    for each in people[: options.training]:
        each.open("train", table=TABLE).press("train")
    looking = people[options.training :]
    for category in ("DEN", "SEA", "MIA"):
        clicks = [
            seconds(lambda each: each.open("map", run=run, category=category), each)  # noqa: B023
            for each in looking[:10]
        ]
        yield row(f"{category} clicked, one after the other, {options.training} training, s", clicks, "0.5")
    errors = sum("exception {" in each.text for each in people)
    for each in people:
        each.__exit__()
    yield f"| pages with an error | {errors} | | | 0 |"

    def come_and_go(cookie: str) -> None:
        with Visitor(address, cookie) as visitor:
            visitor.open("map", run=run)

    sizes = []
    for start in range(0, options.came_and_went, len(cookies)):
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            list(pool.map(come_and_go, cookies[: options.came_and_went - start]))
        sizes.append(server.memory_info().rss)
    growth = sizes[-1] / sizes[0]
    went = f"{options.came_and_went:,} came and went"
    yield f"| memory after {went}, to that after {len(cookies)} | {growth:.2f} | | | 1.1 |"


def trained(visitor: Visitor) -> str:
    """Train the table of the gallery, and return the run's id."""
    visitor.open("train", table=TABLE).press("train")
    found = re.search(r"run=([0-9a-f]+)", visitor.query)
    assert found, visitor.query
    wait_until(lambda: "What was reached" in visitor.open("train", run=found[1]).text, 300)
    return found[1]


def together(does: Callable[[Visitor], object], people: list[Visitor]) -> list[float]:
    """Return the seconds that it takes each when all do it at the same time."""
    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(lambda each: seconds(does, each), people))


def seconds(does: Callable[[Visitor], object], visitor: Visitor) -> float:
    """Return how long it takes one."""
    begun = time.perf_counter()
    does(visitor)
    return time.perf_counter() - begun


def row(what: str, took: list[float], bar: str) -> str:
    """Return a line of the table."""
    return f"| {what} | {np.median(took):.2f} | {np.quantile(took, 0.95):.2f} | {max(took):.2f} | {bar} |"


if __name__ == "__main__":
    main()
