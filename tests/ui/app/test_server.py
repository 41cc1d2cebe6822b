"""What belongs to the server outlives every cache of Streamlit, and every workspace is by itself."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import embed_core as ec
from embed_core.errors import AtlasError
from embed_core.runs.cluster import Workers
from embed_core.runs.job import Job
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.training.prepare import prepare
from embed_core.ui.app import server
from embed_core.ui.app.server import LOCAL, Server
from embed_core.ui.app.state import keys
from tests.helpers.driving import csv, upload, words
from tests.helpers.old_runs import put
from tests.helpers.running import run
from tests.ui.conftest import ROOT


def test_clearing_every_cache_takes_no_run_and_no_upload_away(
    app: AppTest, jobs: Jobs, shops: pd.DataFrame
) -> None:
    upload(app, csv(shops), "shops.csv")
    app.session_state[keys.SETTINGS] |= {
        "column": "shop",
        "objective": "target",
        "target": "late",
        "epochs": 100_000,
    }
    app.switch_page("pages/train.py").run()
    app.button(key="train").click().run()
    run_id = app.session_state[keys.RUN]
    st.cache_resource.clear()
    st.cache_data.clear()
    assert jobs.trainings.find(run_id) is not None
    app.run()
    assert not app.exception and jobs.record(run_id).status.is_live
    app.switch_page("pages/data.py").run()
    assert "shops" in app.title[0].value, words(app)
    jobs.trainings.stop(run_id)
    assert jobs.trainings.wait(run_id).status == "stopped"


def test_a_run_that_was_read_is_read_again_only_when_it_changed(
    app: AppTest, jobs: Jobs, shops: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = ec.TrainingConfig.checked(column="shop", target="late", dimension=2, epochs=1)
    data = prepare(ec.read_table(shops), config)
    ours = [jobs.trainings.begin(data, config, name=f"run {number}") for number in range(3)]
    for run_id in ours:
        jobs.trainings.wait(run_id)
    app.run()
    read: list[str] = []
    read_bytes = Path.read_bytes

    def counted(path: Path) -> bytes:
        if path.name == "run.json":
            read.append(path.parent.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    app.run()
    assert read == []
    jobs.rename(ours[1], "another name")
    read.clear()
    app.run()
    assert read in ([], [ours[1]])
    assert any("another name" in option for option in app.menu_button(key="run_in_hand").options)


@pytest.fixture
def two(tmp_path: Path) -> Server:
    """A server with two workspaces, whose workers nobody starts."""
    return Server(Workers(), folder=tmp_path)


def test_an_id_of_another_workspace_is_not_found(two: Server, shops: pd.DataFrame) -> None:
    mine, yours = two.workspace(LOCAL), two.workspace("guest")
    assert two.workspace("guest") is yours is not mine
    config = ec.TrainingConfig.checked(column="shop", target="late", dimension=2)
    table = ec.read_table(shops)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workers, "submit", lambda *_, **__: None)  # it waits for ever
        run_id = mine.jobs.trainings.begin(prepare(table, config), config, name="mine")
        mine.jobs.comparisons.begin(Job("a sweep"), print)
    token = mine.uploads.add(table)
    assert mine.jobs.record(run_id).name == "mine" and mine.uploads.get(token) is table
    assert mine.jobs.comparisons.find("a sweep") is not None
    with pytest.raises(AtlasError, match="There is no run"):
        yours.jobs.record(run_id)
    with pytest.raises(AtlasError, match="There is no run"):
        yours.jobs.store.delete(run_id)
    assert yours.jobs.trainings.find(run_id) is None and yours.jobs.records() == []
    assert yours.uploads.get(token) is None and yours.jobs.comparisons.find("a sweep") is None


def test_a_measurement_of_another_workspace_is_neither_seen_nor_begun_nor_stopped(
    two: Server, shops: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = put("target-of-classes", tmp_path / "runs")
    mine, yours = two.workspace(LOCAL).jobs, two.workspace("guest").jobs
    monkeypatch.setattr(Workers, "submit", lambda *_, **__: None)  # it waits for ever
    monkeypatch.setattr("embed_core.runs.measurement.Measurement.prepare", lambda self, data: None)
    mine.trust.begin(run_id, None)  # type: ignore[arg-type]
    assert mine.trust.find(run_id, "cosine").status == "measuring"
    for jobs, wanted in ((yours, run_id), (yours, "0" * 24)):  # what is another's is as if it were not there
        assert jobs.trust.find(wanted, "cosine").status == "none"
        with pytest.raises(AtlasError, match="There is no run"):
            jobs.trust.begin(wanted, None)  # type: ignore[arg-type]
        counted: list[str] = []
        jobs.trust.expect(wanted, lambda counted=counted: counted.append("its rows"))  # type: ignore[misc]
        for moment in ("begun", "started", "ended"):
            jobs.trust.hear(wanted, moment)  # type: ignore[arg-type]
        jobs.trust.stop(wanted)
        assert not counted and not jobs.trust.is_busy(wanted) and not jobs.trust.are_busy
        for name in ("pause", "resume", "step", "stop", "give_back", "go_on"):
            getattr(jobs.trainings, name)(wanted)
    yours.end()
    assert mine.trust.find(run_id, "cosine").status == "measuring"


def test_runs_that_lie_directly_under_runs_are_of_the_local_workspace(two: Server, tmp_path: Path) -> None:
    assert two.workspace(LOCAL).jobs.store.folder == tmp_path / "runs"
    other = two.workspace("guest").jobs.store.folder
    assert tmp_path / "runs" not in other.parents
    assert RunStore(tmp_path / "runs").records() == []


def test_the_lifespan_makes_the_server_and_ends_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CATEGORY_ATLAS_HOME", str(tmp_path))
    closed: list[Workers] = []
    monkeypatch.setattr(Workers, "close", lambda self: closed.append(self))

    async def live() -> Server:
        async with server.lifespan(None):
            made = server.current()
            assert made is server.current() and not closed
            return made

    made = run(live())
    assert closed == [made.workers]


def test_the_server_is_up_before_what_only_workers_need_is_imported() -> None:
    code = (
        "import sys, embed_core.ui.app.entry\n"
        "print(sorted({'distributed', 'tensorflow', 'keras', 'sklearn', 'openTSNE'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (ended.stdout, ended.returncode) == ("[]\n", 0), ended.stderr
