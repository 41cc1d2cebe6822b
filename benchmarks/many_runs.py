"""How much slower a page is for who has thousands of runs than for who has twenty.

    python -m benchmarks.many_runs [--runs 2000] [--rounds 10] > benchmarks/results/many_runs.md

Two servers, a home each, are asked in turn for the same page. The runs are copies of three, under names of which many
are alike. A page counts as there when all of it has been sent. Processor time is the server's own. Between two
pages passes so long that the runs are looked at on disk again.
"""

import argparse
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import numpy as np
import psutil

import embed_core as ec
from benchmarks.browsing import ROOT, serving
from benchmarks.machine import heading
from benchmarks.visiting import Visitor
from embed_core.exporting.kept_runs import keep_run
from embed_core.runs.listing import HELD_SECONDS
from embed_core.runs.store import RunStore, new_id
from embed_core.tables.gallery import load_sample

FEW = 20
TRAINED = {"us_flights": "destination", "bird_strikes": "Wildlife Species", "adult_income": "occupation"}
PAGES = {
    "Data, no table open": ("", {}),
    "Train": ("train", {"run": "{run}"}),
    "Map": ("map", {"run": "{run}"}),
    "Compare, two runs": ("compare", {"run": "{run}"}),
    "Compare, list of runs": ("compare", {"run": "{run}", "compare": "Runs"}),
    "Export": ("export", {"run": "{run}"}),
    "Learn": ("learn", {}),
}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with ExitStack() as stack:
        places = [stack.enter_context(_home(number)) for number in (FEW, options.runs)]
        print(heading("streamlit", about=f"A home of {options.runs:,} runs against one of {FEW}."))
        for line in measured(places, options.rounds, options.runs):
            print(line, flush=True)


def measured(places: list[tuple["_Server", str]], rounds: int, runs: int) -> Iterable[str]:
    """Yield the lines of a table."""
    yield f"| page | {FEW} runs, s | {runs:,}, s | ratio of the times (bar 1.3) | of processor times |"
    yield "| --- | --- | --- | --- | --- |"
    # Of this the times would be those of the other server as well, which warms up TensorFlow meanwhile.
    first = [_opened(server, "map", {"run": run})[1] for server, run in places]
    yield f"| the first page after the start | | | | {first[1] / first[0]:.2f} |"
    for name, (page, query) in PAGES.items():
        took = np.zeros((rounds + 1, 2, 2))
        for number in range(rounds + 1):
            time.sleep(HELD_SECONDS)
            for place, (server, run) in enumerate(places):
                took[number, place] = _opened(server, page, {k: v.format(run=run) for k, v in query.items()})
        seconds, processor = np.median(took[1:, :, 0], axis=0), np.mean(took[1:, :, 1], axis=0)
        ratio, of_processor = seconds[1] / seconds[0], processor[1] / processor[0]
        yield f"| {name} | {seconds[0]:.3f} | {seconds[1]:.3f} | {ratio:.2f} | {of_processor:.2f} |"


class _Server:
    """A server with a home, and one who visits it."""

    def __init__(self, address: str, process: psutil.Process) -> None:
        self.visitor = Visitor(address)
        self.process = process


def _opened(server: _Server, page: str, query: dict[str, str]) -> tuple[float, float]:
    """Return the seconds and the processor seconds that a page takes."""
    used, begun = sum(server.process.cpu_times()[:2]), time.perf_counter()
    server.visitor.open(page, **query)
    assert "exception {" not in server.visitor.text, server.visitor.text
    return time.perf_counter() - begun, sum(server.process.cpu_times()[:2]) - used


@contextlib.contextmanager
def _home(number: int) -> Iterator[tuple[_Server, str]]:
    folder = Path(tempfile.mkdtemp(prefix="category-atlas-runs-"))
    try:
        newest = _fill(folder, number)
        environment = {"CATEGORY_ATLAS_HOME": str(folder), "CATEGORY_ATLAS_MEASURES_UNASKED": "0"}
        before = {each.pid for each in psutil.Process().children()}
        with serving(ROOT / "app.py", environment=environment) as address:
            process = next(each for each in psutil.Process().children() if each.pid not in before)
            yield _Server(address, process), newest
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(folder: Path, number: int) -> str:
    """Put runs into a home, and return the id of the newest, which is of the first table."""
    os.environ["CATEGORY_ATLAS_HOME"] = str(folder)
    store = RunStore(folder / "runs")
    made = []
    for name, column in TRAINED.items():
        table = load_sample(name)
        run = ec.train(table, column=column, objective="context", epochs=20, prior_strength=1, progress=False)
        made.append(store.record(keep_run(run, table=table)))
    for place in range(number - len(made)):
        record = made[place % len(made)]
        copy = new_id()
        shutil.copytree(store.folder / record.id, store.folder / copy)
        config = record.config.model_copy(update={"seed": place})
        created = record.created - timedelta(hours=place + 1)
        store.write(
            record.changed(id=copy, config=config, created=created, name=f"{record.name} {place % 100}")
        )
    newest = made[0].changed(created=made[-1].created + timedelta(seconds=1))
    store.write(newest)
    return newest.id


if __name__ == "__main__":
    main()
