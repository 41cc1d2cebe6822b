"""A real Chromium, and servers for it to talk to: for measurements and for the browser tests."""

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
from typing import IO, Any

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRAWS_WITHOUT_A_GPU = ["--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader"]
# Where a category is on the screen, read from Plotly's own numbers: they must agree with what is drawn.
LOCATE = """(label) => {
  const plot = document.querySelector(".atlas-plot"), trace = plot.data[0];
  const box = plot.getBoundingClientRect();
  const i = trace.customdata.indexOf(label), [x, y] = [plot.layout.xaxis.range, plot.layout.yaxis.range];
  return [box.left + box.width * (trace.x[i] - x[0]) / (x[1] - x[0]),
          box.bottom - box.height * (trace.y[i] - y[0]) / (y[1] - y[0])];
}"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "no Chromium is on the PATH"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=DRAWS_WITHOUT_A_GPU)
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
    script: Path,
    *,
    options: dict[str, str] | None = None,
    environment: dict[str, str] | None = None,
    log: IO[bytes] | None = None,
) -> Iterator[str]:
    """Run a Streamlit script on a free port and give its address; what it says goes to the log, if there is one."""
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
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *(f"--{k}={v}" for k, v in chosen.items())],
        cwd=ROOT,
        stdout=log or subprocess.DEVNULL,
        stderr=log or subprocess.DEVNULL,
        env=os.environ | (environment or {}),
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _is_up(f"{address}/_stcore/health"), 60)
        yield address
    finally:
        server.terminate()
        server.wait(60)


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
