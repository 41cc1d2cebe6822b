"""What the browser tests share: one Chromium, and the demo of the map."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.browsing import CHROMIUM, chromium, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and skip them where no Chromium is, unless it is required."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None and not os.environ.get("CATEGORY_ATLAS_NEEDS_BROWSER"):
                item.add_marker(pytest.mark.skip(reason="no Chromium is on the PATH"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def map_server() -> Iterator[str]:
    """The demo of the map component."""
    from tests.browser.map_page import DEMO, THEME

    with serving(DEMO, options=THEME) as root:
        yield root


@pytest.fixture(scope="module")
def shared_map(browser: Any, map_server: str) -> Iterator[Any]:
    """One page with the map for the tests of a file."""
    from tests.browser.map_page import map_page

    with map_page(browser, map_server, accept_downloads=True) as shared:
        yield shared


@pytest.fixture
def atlas(shared_map: Any) -> Iterator[Any]:
    """The page with the map; a message of error on the console fails the test in which it came."""
    shared_map.complaints.clear()
    yield shared_map
    assert shared_map.complaints == []
    assert shared_map.data("mounts") == "1"
