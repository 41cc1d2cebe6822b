"""A real Chromium, and servers for it to talk to."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


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
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "the browser tests are required, and no Chromium is on the PATH"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader"],
        )
        yield started
        started.close()


def wait_until(holds: Callable[[], Any], seconds: float = 20) -> None:
    """Wait for a condition to come true."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the condition did not come true")
        time.sleep(0.1)


@contextmanager
def serving(
    script: Path, *, options: dict[str, str] | None = None, home: Path | None = None
) -> Iterator[str]:
    """Run a Streamlit script on a free port and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    } | (options or {})
    environment = os.environ | ({"CATEGORY_ATLAS_HOME": str(home)} if home else {})
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *(f"--{k}={v}" for k, v in chosen.items())],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _is_up(f"{address}/_stcore/health"), 60)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


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
