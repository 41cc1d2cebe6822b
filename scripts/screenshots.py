"""Take the pictures of the README: every page, light, dark and on a phone, of runs that are trained for it.

    python -m scripts.screenshots [NAME ...]

Needs Chromium, as the browser tests do. The pictures lie in ``docs/images``, compressed to a palette.
"""

import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.browsing import ROOT, chromium, serving
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.cluster import Workers
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.training.prepare import prepare
from embed_core.ui.app.words import run_name

IMAGES = ROOT / "docs" / "images"
DESKTOP, PHONE = (1280, 800), (390, 844)
Page = Any


def trained(jobs: Jobs, sample: str, **changes: Any) -> str:
    """Train a table of the gallery from its good start; return the run's id."""
    start = {**SAMPLES[sample].start, **changes}
    config = TrainingConfig.checked(**{**OBJECTIVES[start["objective"]].start, **start})
    table = load_sample(sample)
    run = jobs.trainings.begin(
        prepare(table, config),
        config,
        name=run_name(config),
        table=table.name,
        source=f"gallery:{sample}",
        fingerprint=table.fingerprint(),
    )
    jobs.trainings.wait(run, seconds=600)
    return run


def settled(page: Page) -> None:
    """Wait until nothing runs and the map, where there is one, is drawn."""
    page.wait_for_timeout(1_500)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    if page.locator(".atlas").count():
        page.wait_for_selector(".atlas[data-ready=true]")
    page.wait_for_timeout(1_500)


def shots(runs: dict[str, str]) -> dict[str, tuple[str, str, tuple[int, int], Callable[[Page], None]]]:
    """Return of each picture the address, the scheme, the size and what is done before it is taken."""

    def nothing(page: Page) -> None:
        return

    def training(page: Page) -> None:
        page.locator(".st-key-first_step button").click()
        page.locator(".st-key-resume button").click()
        page.wait_for_selector(".st-key-open_map button")

    flights, sounds, birds = (runs[name] for name in ("us_flights", "english_phonemes", "bird_strikes"))
    pair = f"run={sounds}&against={runs['two']}"
    return {
        "first-light": ("/", "light", DESKTOP, nothing),
        "first-dark": ("/", "dark", DESKTOP, nothing),
        "data-light": ("/?table=gallery%3Aus_flights", "light", DESKTOP, nothing),
        "data-phone": ("/?table=gallery%3Aus_flights", "light", PHONE, nothing),
        "training-light": ("/train?table=gallery%3Aus_flights", "light", DESKTOP, training),
        "map-light": (f"/map?run={flights}&category=LAX", "light", DESKTOP, nothing),
        "map-dark": (f"/map?run={sounds}&category=P", "dark", DESKTOP, nothing),
        "map-phone": (f"/map?run={birds}", "light", PHONE, nothing),
        "compare-light": (f"/compare?{pair}&compare=Two+runs", "light", DESKTOP, nothing),
        "runs-light": (f"/compare?run={flights}&compare=Runs", "light", DESKTOP, nothing),
        "learn-dark": ("/learn?step=2", "dark", DESKTOP, nothing),
    }


def main() -> None:
    """Take the pictures named, all where none is."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = Jobs(RunStore(Path(folder) / "runs"), Workers())
        runs = {name: trained(jobs, name) for name in ("us_flights", "english_phonemes", "bird_strikes")}
        runs["two"] = trained(jobs, "english_phonemes", dimension=2)
        jobs.workers.close()
        wanted = shots(runs)
        with (
            chromium() as browser,
            serving(ROOT / "app.py", environment={"CATEGORY_ATLAS_HOME": folder}) as root,
        ):
            for name in sys.argv[1:] or list(wanted):
                path, scheme, (width, height), before = wanted[name]
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1
                )
                page = context.new_page()
                page.set_default_timeout(300_000)
                page.goto(root + path)
                settled(page)
                before(page)
                settled(page)
                shot = (
                    Image.open(BytesIO(page.screenshot()))
                    .convert("RGB")
                    .quantize(128, dither=Image.Dither.NONE)
                )
                shot.save(IMAGES / f"{name}.png", optimize=True)
                print(name, flush=True)
                context.close()


if __name__ == "__main__":
    main()
