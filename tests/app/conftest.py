"""The app in Streamlit's own test harness: no browser, timers do not fire."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import JobManager
from embed_core.ui import state

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(jobs: JobManager, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The whole app, on the suite's own workers, at its first page."""
    st.cache_resource.clear()
    monkeypatch.setattr(state, "jobs", lambda: jobs)
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
