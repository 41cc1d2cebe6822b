"""What the browser tests share: one Chromium, and the demo of the map."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.browsing import CHROMIUM, ROOT, chromium, serving
from embed_core.runs.jobs import UNASKED_VARIABLE, Jobs
from tests.helpers.running import access_to


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


@pytest.fixture(scope="session")
def app_environment(jobs: Jobs) -> dict[str, str]:
    """Has a server use the suite's own workers and runs."""
    return {
        "CATEGORY_ATLAS_HOME": str(jobs.store.folder.parent),
        "CATEGORY_ATLAS_SCHEDULER": jobs.workers.client.scheduler.address,
        UNASKED_VARIABLE: "0",  # what is measured by itself would keep the workers from the tests
        **access_to(jobs.workers),
    }


@pytest.fixture(scope="package")
def address(app_environment: dict[str, str]) -> Iterator[str]:
    """The app, on one server for all tests of this folder."""
    with serving(ROOT / "app.py", environment=app_environment) as root:
        yield root


@pytest.fixture
def open_app(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open the app in a session of its own; a request to elsewhere or an error in the browser fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def watch(request: Any) -> None:
        if not request.url.startswith((address, "data:", "blob:", address.replace("http", "ws"))):
            complaints.append(f"request to {request.url}")

    def open_page(
        path: str = "/",
        *,
        scheme: str = "light",
        width: int = 1280,
        height: int = 1000,
        touch: bool = False,
        on_ask: Callable[[object], object] = bool,
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=touch
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", watch)
        page.on("websocket", lambda socket: socket.on("framesent", lambda sent: on_ask(sent)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
