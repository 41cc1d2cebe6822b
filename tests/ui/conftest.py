"""The app in Streamlit's own test harness: no browser, timers do not fire."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import Jobs
from embed_core.tables.reader_process.readers import Readers
from embed_core.ui.app import server, starting

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _as_in_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what Streamlit does in tests alone, most of a second for each: the server does it once, or never.

    After every run it tidies Keras up, where that is loaded: never in the server. For every test it looks through
    all installed packages for components: the server does so when it starts.
    """
    monkeypatch.setattr(script_runner, "_clean_problem_modules", lambda: None)
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)


@pytest.fixture(autouse=True)
def _without_rehearsals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing counted and compiled ahead: hardly a test that opens a table trains it."""
    monkeypatch.setattr(starting, "rehearsal", lambda: None)


# Shared by all tests, as the workers are.
READERS = Readers()


@pytest.fixture(scope="session", autouse=True)
def _readers_end() -> Iterator[None]:
    yield
    READERS.close()


def server_of(jobs: Jobs) -> server.Server:
    """A server whose workspace has these jobs."""
    ours = server.Server(jobs.workers, readers=READERS)
    ours.share(server.LOCAL, server.Workspace(jobs))
    return ours


@pytest.fixture
def app(jobs: Jobs) -> Iterator[AppTest]:
    """The whole app, on the suite's own workers, at its first page."""
    st.cache_resource.clear()
    server.give(server_of(jobs))
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    server.give(None)
