"""The map's scripts: the bundle that is committed, and the bytes that their tests read."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from embed_core.map import SCRIPT
from tests.map.payload_sample import SAMPLE, sample

FRONTEND = SCRIPT.parents[1]


def test_the_bytes_that_the_scripts_are_tested_with_are_what_python_writes() -> None:
    assert SAMPLE.read_text("utf-8") == sample(), "run python tests/map/payload_sample.py, then npm test"


def test_the_bundle_is_what_the_sources_give(tmp_path: Path) -> None:
    esbuild = FRONTEND / "node_modules/.bin/esbuild"
    if shutil.which("node") is None or not esbuild.exists():
        reason = "the bundle cannot be made without node and `npm ci` in embed_core/map/frontend"
        if os.environ.get("CATEGORY_ATLAS_NEEDS_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    made = tmp_path / "map.js"
    build = ["npm", "run", "--silent", "build", "--", f"--outfile={made}", "--log-level=warning"]
    subprocess.run(build, cwd=FRONTEND, check=True, timeout=60)
    assert made.read_bytes() == SCRIPT.read_bytes(), "run npm run build in embed_core/map/frontend"


def test_the_lock_names_no_addresses() -> None:
    lock = (FRONTEND / "package-lock.json").read_text("utf-8")
    assert "integrity" in lock
    assert "://" not in lock, (
        "leave out what npm writes as resolved and funding: the lock holds for every mirror"
    )
