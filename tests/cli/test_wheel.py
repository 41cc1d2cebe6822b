"""An installed wheel starts the dashboard from an empty folder."""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIRST_PAGE = """
from streamlit.testing.v1 import AppTest
from embed_core.cli.dashboard import script
from streamlit import config
import embed_core
config.set_option("server.address", "localhost")  # a server reads that beside the script
assert "site-packages" in embed_core.__file__ and "share" in str(script()), (embed_core.__file__, script())
shown = AppTest.from_file(str(script()), default_timeout=120).run()
assert not shown.exception, shown.exception
assert [title.value for title in shown.title] == ["Category Atlas"]
"""


@pytest.mark.slow
def test_an_installed_wheel_starts_the_dashboard_from_an_empty_folder(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "-w",
            str(tmp_path / "wheel"),
            str(ROOT),
        ],
        check=True,
    )
    [wheel] = (tmp_path / "wheel").glob("category_atlas-*.whl")
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        str(wheel),
    ]
    subprocess.run(command, check=True)
    # All that the wheel needs is here already: its packages are behind its own ones.
    [packages] = (tmp_path / "venv").glob("lib/python*/site-packages")
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib"))
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"CATEGORY_ATLAS_HOME": str(tmp_path / "home")}
    subprocess.run([python, "-c", FIRST_PAGE], cwd=empty, env=environment, check=True)

    with socket.socket() as found:
        found.bind(("localhost", 0))
        port = found.getsockname()[1]
    start = [python.with_name("category-atlas"), "app", "--port", str(port), "--server.headless=true"]
    server = subprocess.Popen(start, cwd=empty, env=environment, start_new_session=True)
    try:
        address = f"http://localhost:{port}"
        assert _answer(f"{address}/_stcore/health", server) == "ok"
        assert "Streamlit" in _answer(address, server)
        # Its own settings are there, too: it is a personal server, which answers to no other name.
        request = urllib.request.Request(address, headers={"Host": "atlas.example"})
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(request, timeout=30)
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(60)


def _answer(address: str, server: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server does not answer")
