"""What axe-core finds on the pages, empty and filled, light and dark; the Map has more in its own tests."""

from collections.abc import Callable
from typing import Any

import pytest

from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.jobs import Jobs
from embed_core.tables.gallery import load_sample
from embed_core.training.prepare import prepare
from tests.helpers.browsing import settle, violations

# What Streamlit draws and an app cannot mend. The test fails when one of them is mended: strike it out here then.
STREAMLITS = {"presentation-role-conflict"}  # of its file uploader
SAMPLE = "english_phonemes"
PAGES = ("Train", "Map", "Compare", "Export", "Learn")


@pytest.fixture(scope="module")
def runs(jobs: Jobs) -> list[str]:
    table = load_sample(SAMPLE)
    ids = []
    for dimension in (4, 2):
        start = dict(OBJECTIVES["context"].start) | {"epochs": 2, "dimension": dimension}
        config = TrainingConfig.checked(column="phoneme", objective="context", **start)
        ids.append(
            jobs.trainings.begin(
                prepare(table, config),
                config,
                name=f"sounds {dimension}",
                table=table.name,
                source=f"gallery:{SAMPLE}",
                fingerprint=table.fingerprint(),
            )
        )
    for run in ids:
        assert jobs.trainings.wait(run, seconds=300).status.has_result
    return ids


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_keeps_anything_from_those_who_hear_it_or_see_little(
    open_app: Callable[..., Any], runs: list[str], scheme: str
) -> None:
    page, found = open_app(scheme=scheme), {}
    rules = None if scheme == "light" else ("color-contrast",)  # all that the dark changes

    def look(place: str) -> None:
        settle(page)
        for rule, nodes in violations(page, only=rules).items():
            found.setdefault(rule, []).append((place, nodes))

    page.wait_for_selector("text=Bring your own table")
    look("Data, empty")
    for name in PAGES:
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"**/{name.lower()}*")
        if name == "Learn":
            page.wait_for_selector("text=8. Read on")
        look(f"{name}, empty")
    page.goto(f"{page.url.split('/learn')[0]}/?table=gallery%3A{SAMPLE}&run={runs[0]}&against={runs[1]}")
    page.wait_for_selector("text=What do you want to know?")
    look("Data")
    for name in PAGES[:-1]:
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"**/{name.lower()}*")
        if name in ("Train", "Map", "Compare"):
            page.wait_for_selector(".atlas[data-ready=true]")
        look(name)
        for tab in ("Dimensions", "Encoders", "Runs") if name == "Compare" else ():
            page.get_by_role("tab", name=tab, exact=True).click()
            look(tab)
    mended = STREAMLITS - set(found) if scheme == "light" else set()
    assert ({rule: where for rule, where in found.items() if rule not in STREAMLITS}, mended) == ({}, set())
