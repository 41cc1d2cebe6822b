"""The list of all runs, on a server whose processes never start: nothing is trained here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from embed_core.runs.cluster import Workers
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.ui.app import server
from embed_core.ui.app.state import keys
from tests.helpers.old_runs import put
from tests.ui.conftest import ROOT, server_of


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    found = RunStore(tmp_path / "runs")
    for name in ("context", "distance", "entity-shared"):
        put(name, found.folder)
    return found


@pytest.fixture
def listed(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setattr(server.Server, "start_after", lambda self, seconds: None)
    server.give(server_of(Jobs(store, Workers())))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.query_params["compare"] = "Runs"
    yield app.switch_page("pages/compare.py").run()
    server.give(None)


def names(app: AppTest) -> list[str]:
    assert not app.exception and not app.error
    return list(app.dataframe[0].value["run"])


def test_every_run_is_listed_and_what_changes_is_seen(listed: AppTest, store: RunStore) -> None:
    assert len(names(listed)) == 3
    before = listed.session_state[keys.LISTED_RUNS]
    assert len(names(listed.run())) == 3
    assert listed.session_state[keys.LISTED_RUNS] is before, "made again although nothing had changed"
    first = before.records[0].id
    store.rename(first, "another name")
    assert names(listed.run())[0].startswith("another name")
    store.set_aside(first)
    assert len(names(listed.run())) == 2 and first not in [
        each.id for each in listed.session_state[keys.LISTED_RUNS].records
    ]


def test_a_run_that_was_deleted_leaves_no_other_one_selected(listed: AppTest) -> None:
    listed.session_state[keys.RUN_TABLE] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    assert not listed.run().button(key="delete_selected").disabled
    listed.button(key="delete_selected").click().run()
    assert len(names(listed)) == 2
    for _ in range(2):
        assert listed.button(key="delete_selected").disabled and not listed.exception
        listed.run()


def test_a_run_is_opened_from_the_list_and_back_finds_the_list(listed: AppTest) -> None:
    listed.session_state[keys.RUN_TABLE] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    listed.run().button(key="open_selected").click().run()
    assert not listed.exception and listed.session_state[keys.RUN]
    assert "categories of" in listed.title[0].value and "compare" not in listed.query_params
    listed.switch_page("pages/compare.py").run()
    assert len(names(listed)) == 3 and listed.query_params["compare"] in ("Runs", ["Runs"])


def test_the_row_that_is_chosen_is_a_run_of_the_list_as_it_was_shown(
    listed: AppTest, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from embed_core.ui.compare import run_list

    shown = listed.session_state[keys.LISTED_RUNS]
    chosen = shown.records[1]
    selected = {keys.RUN_TABLE: {"selection": {"rows": [1]}}}
    monkeypatch.setattr(run_list.st, "session_state", selected)
    store.set_aside(shown.records[0].id)
    now = run_list._listed(store.records(), shown)
    found = run_list._selected(now, shown)
    assert found is not None and found.id == chosen.id
    store.set_aside(chosen.id)
    assert run_list._selected(run_list._listed(store.records(), now), shown) is None
