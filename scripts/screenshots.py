"""Take the pictures of the documents: every page, light and dark, at three sizes, of runs that are trained for it.

    python -m scripts.screenshots [NAME ...]

Needs Chromium, as the browser tests do. The pictures lie in ``docs/images``, compressed to a palette. How far the maps
can be trusted is measured first, as it is for a person who waits a minute.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from benchmarks.browsing import ROOT, chromium, serving, wait_until
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.cluster import Workers
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.prepare import prepare
from embed_core.training.trust_measures import SPLITS
from embed_core.ui.app.words import run_name

IMAGES = ROOT / "docs" / "images"
DESKTOP, PHONE, WIDE = (1280, 800), (390, 844), (1920, 1080)
WAYS = {
    f"{prefix}{scheme}": (scheme, size)
    for prefix, size in (("", DESKTOP), ("phone-", PHONE), ("wide-", WIDE))
    for scheme in ("light", "dark")
}
"""How each page is taken, by the end of the picture's name: its scheme and the size of the window."""
MOVING = 560
"""Pixels of the moving picture at most."""
Page = Any


@dataclass(frozen=True)
class Shot:
    """A picture: where it is taken, and what is done before.

    Attributes:
        path: address of the page.
        scheme: light or dark.
        size: of the window.
        before: does what must be done first.
        of: selector of the part that is taken; the whole window where it is empty.
    """

    path: str
    scheme: str = "light"
    size: tuple[int, int] = DESKTOP
    before: Callable[[Page], object] = lambda page: None
    of: str = ""


def sample(jobs: Jobs, name: str, **changes: Any) -> str:
    """Train a table of the gallery from its good start; return the run's id."""
    return trained(jobs, load_sample(name), {**SAMPLES[name].start, **changes}, source=f"gallery:{name}")


def chance(jobs: Jobs) -> str:
    """Train what knows nothing: colours and coins, drawn at random."""
    draw = np.random.default_rng(0)
    colors = [f"colour {number:02d}" for number in range(60)]
    table = read_table(
        pd.DataFrame({"colour": draw.choice(colors, 2_000), "coin": draw.choice(["head", "tail"], 2_000)})
    )
    return trained(jobs, table, {"column": "colour", "objective": "target", "target": "coin"})


def trained(jobs: Jobs, table: Table, start: Mapping[str, Any], *, source: str = "upload") -> str:
    """Train, and measure how far the map can be trusted; return the run's id."""
    config = TrainingConfig.checked(**{**OBJECTIVES[start["objective"]].start, **start})
    run = jobs.trainings.begin(
        prepare(table, config),
        config,
        name=run_name(config),
        table=table.name,
        source=source,
        fingerprint=table.fingerprint(),
    )
    jobs.trainings.wait(run, seconds=600)
    jobs.trust.begin(run, prepare(table, config, splits=SPLITS))
    wait_until(lambda: not jobs.trust.are_busy, 600)
    return run


def settled(page: Page) -> None:
    """Wait until nothing runs and the map, where there is one, is drawn."""
    page.wait_for_timeout(1_500)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    if page.locator(".atlas").count():
        page.wait_for_selector(".atlas[data-ready=true]")
        page.wait_for_function("!document.querySelector('.st-key-map_finding, .st-key-map_moving')")
    page.wait_for_timeout(1_500)


def shots(runs: Mapping[str, str]) -> dict[str, Shot]:
    """Return all pictures, by name."""

    def timed(page: Page) -> None:
        page.wait_for_selector("text=/Train · about/")

    def reasons(page: Page) -> None:
        page.locator(".st-key-verdict_chip button").first.click()

    flights, sounds, birds = (runs[name] for name in ("us_flights", "english_phonemes", "bird_strikes"))
    table, popover = "table=gallery%3Aus_flights", "[data-testid=stPopoverBody]"
    paths = {
        "first": "/",
        "data": f"/?{table}",
        "training": f"/train?{table}&run={flights}",
        "map": f"/map?run={flights}&category=LAX",
        "compare": f"/compare?run={sounds}&against={runs['two']}&compare=Two+runs",
        "export": f"/export?run={flights}",
        "learn": "/learn?step=2",
    }
    pages = {
        f"{name}-{way}": Shot(path, scheme, size, before=timed if name == "data" else Shot.before)
        for name, path in paths.items()
        for way, (scheme, size) in WAYS.items()
    }
    return {
        **pages,
        "map-dark": Shot(f"/map?run={sounds}&category=P", "dark"),
        "map-phone-light": Shot(f"/map?run={birds}", size=PHONE),
        "map-wide-light": Shot(f"/map?run={flights}", size=WIDE),
        "runs-light": Shot(f"/compare?run={flights}&compare=Runs"),
        "trust-real": Shot(f"/map?run={sounds}", before=reasons, of=popover),
        "trust-noise": Shot(f"/map?run={runs['chance']}", before=reasons, of=popover),
        "trust-line": Shot(f"/map?run={runs['line']}", before=reasons, of=popover),
    }


def forming(page: Page, root: str) -> None:
    """Take the map of the country as it forms: a moving picture."""
    page.goto(f"{root}/train?table=gallery%3Aus_flights")
    settled(page)
    page.locator(".st-key-first_step button").first.click()
    page.wait_for_selector(".atlas[data-ready=true]")
    page.locator(".st-key-resume button").first.click()
    box = page.locator(".atlas").bounding_box()
    frames: list[Image.Image] = []
    while not page.locator(".st-key-open_map button").count():
        taken = Image.open(BytesIO(page.screenshot(clip=box))).convert("RGB")
        taken.thumbnail((MOVING, MOVING), Image.Resampling.LANCZOS)
        frames.append(taken)
        page.wait_for_timeout(150)
    palette = frames[-1].quantize(48, dither=Image.Dither.NONE)
    drawn = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in frames]
    # It rests on the last for three seconds before it begins again.
    drawn[0].save(
        IMAGES / "forming.gif",
        save_all=True,
        append_images=drawn[1:],
        duration=[120] * (len(drawn) - 1) + [3_000],
        loop=0,
        optimize=True,
    )


def trained_runs(folder: Path) -> dict[str, str]:
    """Train and measure all runs that pictures are taken of; return their ids by name."""
    jobs = Jobs(RunStore(folder / "runs"), Workers())
    runs = {name: sample(jobs, name) for name in ("us_flights", "english_phonemes", "bird_strikes")}
    runs["two"] = sample(jobs, "english_phonemes", dimension=2)
    runs["line"] = sample(jobs, "adult_income", column="native-country")
    runs["chance"] = chance(jobs)
    jobs.workers.close()
    return runs


def main() -> None:
    """Take the pictures named, all where none is."""
    with tempfile.TemporaryDirectory() as folder:
        names = sys.argv[1:]
        needs_none = names and all(name.startswith(("first", "data", "learn", "forming")) for name in names)
        runs = defaultdict(str, {} if needs_none else trained_runs(Path(folder)))
        with (
            chromium() as browser,
            serving(ROOT / "app.py", environment={"CATEGORY_ATLAS_HOME": folder}) as root,
        ):
            wanted = shots(runs)
            for name in names or [*wanted, "forming"]:
                shot = wanted.get(name, Shot(""))
                width, height = shot.size
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=shot.scheme,
                    device_scale_factor=1,
                )
                page = context.new_page()
                page.set_default_timeout(300_000)
                if name == "forming":
                    forming(page, root)
                else:
                    take(page, root, name, shot)
                print(name, flush=True)
                context.close()


def take(page: Page, root: str, name: str, shot: Shot) -> None:
    """Take one picture."""
    page.goto(root + shot.path)
    settled(page)
    shot.before(page)
    settled(page)
    content = page.locator(shot.of).last.screenshot() if shot.of else page.screenshot()
    picture = Image.open(BytesIO(content)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
