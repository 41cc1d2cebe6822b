"""Every page, empty and filled, and every error in place with the choices kept."""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore
from embed_core.training.run import RunStatus
from embed_core.ui.app import server
from embed_core.ui.app.state import keys
from tests.helpers.driving import PAGES, choose_objective, csv, open_run, train, upload, words

# What each page says before anything was opened, and the kind of element by which one goes on. The line in hand
# says on every page that no table is open, and does not count.
EMPTY = {
    "pages/data.py": ("choose a column, watch a Keras embedding", "file_uploader"),
    "pages/train.py": ("There is no table yet. Open one from the gallery", "page_link"),
    "pages/map.py": ("There is nothing on the map yet", "page_link"),
    "pages/compare.py": ("it takes two to compare", "page_link"),
    "pages/export.py": ("all of it is taken away here", "page_link"),
    "pages/learn.py": ("no table needs to be open", "button"),
}


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_page_says_what_to_do_next(
    app: AppTest, jobs: Jobs, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "store", RunStore(tmp_path / "runs"))  # no runs of other tests
    app.run()
    app.switch_page(page).run()
    assert not app.exception and not app.error
    sentence, way_on = EMPTY[page]
    said = "\n".join(str(part.value) for part in app.main.markdown)
    assert sentence in said and "earlier run above" not in said
    assert app.main.get(way_on)


def test_the_gallery_opens_with_a_good_start_and_trains_to_a_map(app: AppTest, jobs: Jobs) -> None:
    app.run()
    app.button(key="open_us_flights").click().run()
    assert app.selectbox(key="setting_column").value == "origin"
    assert app.radio(key="setting_objective").value == "distance"
    assert app.selectbox(key="setting_partner").value == "destination"
    assert app.selectbox(key="setting_target").value == "distance_mi"
    assert app.session_state[keys.SETTINGS]["schedule"] == "cosine"
    train(app, jobs)
    assert "What was reached" in words(app)
    app.switch_page("pages/map.py").run()
    app.session_state[keys.CATEGORY] = "LAX"
    app.run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 10


@pytest.mark.parametrize("sample", ["english_phonemes", "adult_income", "bird_strikes", "diamonds", "films"])
def test_every_gallery_table_trains_from_its_start(app: AppTest, jobs: Jobs, sample: str) -> None:
    app.run()
    app.button(key=f"open_{sample}").click().run()
    assert not app.exception and not app.error
    train(app, jobs, epochs=1)
    assert "What was reached" in words(app)
    app.switch_page("pages/map.py").run()
    assert not app.exception and not app.error, words(app)


def test_an_upload_trains_and_the_line_lists_the_run(app: AppTest, jobs: Jobs, shops: pd.DataFrame) -> None:
    upload(app, csv(shops))
    assert not app.exception and not app.error
    app.session_state[keys.SETTINGS] |= {"column": "shop", "objective": "target", "target": "late"}
    train(app, jobs)
    run_id = app.session_state[keys.RUN]
    app.button(key="reset").click().run()
    assert app.session_state[keys.RUN] is None
    open_run(app, run_id)
    assert app.session_state[keys.RUN] == run_id and app.segmented_control(key="method")


def test_a_result_belongs_to_the_settings_it_was_made_by_until_they_change(
    app: AppTest, jobs: Jobs, shops: pd.DataFrame
) -> None:
    upload(app, csv(shops))
    app.session_state[keys.SETTINGS] |= {"column": "shop", "objective": "context", "dimension": 2}
    train(app, jobs, epochs="auto", prior_strength=0.15)
    assert "other settings" not in words(app), "as many epochs as suit the rows are what was asked for"
    app.session_state[keys.SETTINGS] |= {"epochs": 7}
    app.run()
    assert "belongs to other settings than those below: epochs" in words(app)


def test_a_reload_finds_the_run_and_its_settings_from_the_address(app: AppTest, jobs: Jobs) -> None:
    app.run()
    app.button(key="open_diamonds").click().run()
    train(app, jobs, dimension=3)
    for names in ((keys.TABLE, keys.RUN), (keys.RUN,)):
        again = linked(app, *names)
        again.switch_page("pages/train.py").run()
        assert "What was reached" in words(again)
        assert again.session_state[keys.SETTINGS]["dimension"] == 3
        assert again.session_state[keys.TABLE] == "gallery:diamonds" and not again.warning


def test_a_reload_finds_what_was_chosen_of_a_table_of_ones_own(app: AppTest, shops: pd.DataFrame) -> None:
    upload(app, csv(shops))
    choose_objective(app, "target")
    app.selectbox(key=keys.of_setting("target")).set_value("late").run()
    app.slider(key=keys.of_setting("dimension")).set_value(3).run()
    again = linked(app, keys.TABLE)
    assert again.session_state[keys.SETTINGS] == app.session_state[keys.SETTINGS]
    assert again.selectbox(key=keys.of_setting("target")).value == "late"

    server.current().workspace().left_settings.clear()
    fresh = linked(app, keys.TABLE)
    assert fresh.session_state[keys.SETTINGS]["column"] == "shop" and not fresh.exception
    assert fresh.session_state[keys.SETTINGS]["objective"] == "context", "as it is opened first"


def linked(app: AppTest, *names: str) -> AppTest:
    """Open the app in a session of its own, by an address that says this of what another has in hand."""
    again = AppTest.from_file(app._script_path, default_timeout=60)
    for name in names:
        again.query_params[name] = app.session_state[name]
    return again.run()


def test_a_link_to_a_run_brings_its_table_with_what_was_changed_of_it(app: AppTest, jobs: Jobs) -> None:
    app.run()
    app.button(key="open_diamonds").click().run()
    app.selectbox(key=keys.CHANGE_COLUMN).set_value("color").run()
    app.multiselect(key=f"{keys.CHANGE_VALUES}_color").set_value(["D"]).run()
    app.button(key="keep_rows").click().run()
    train(app, jobs, epochs=1)
    again = linked(app, keys.RUN)
    assert not again.warning and "Only rows are kept in which color is" in words(again)


def test_a_link_to_a_run_whose_table_is_gone_shows_the_map_and_says_so_once(
    app: AppTest, jobs: Jobs, shops: pd.DataFrame
) -> None:
    upload(app, csv(shops))
    app.session_state[keys.SETTINGS] |= {"column": "shop", "objective": "target", "target": "late"}
    train(app, jobs, epochs=1)
    server.current().workspace().uploads.clear()
    again = linked(app, keys.TABLE, keys.RUN)
    assert ["is not held any more" in each.value for each in again.warning] == [True]
    assert keys.TABLE not in again.query_params
    assert not linked(again, keys.RUN).warning, "as when the page is loaded again"
    again.switch_page("pages/map.py").run()
    assert "6 categories of shop" in again.title[0].value and not again.error and not again.exception


def test_a_link_that_leads_nowhere_says_so_once(app: AppTest) -> None:
    app.query_params["run"] = "0" * 24
    app.query_params["table"] = "f" * 24
    app.run()
    assert [("is not held any more" in each.value) for each in app.warning] == [True]
    assert app.session_state[keys.RUN] is None and app.session_state[keys.TABLE] is None
    assert not app.run().warning


def test_a_deleted_run_can_be_taken_back(app: AppTest, jobs: Jobs) -> None:
    app.run()
    app.button(key="open_diamonds").click().run()
    train(app, jobs, epochs=1)
    run_id = app.session_state[keys.RUN]
    app.session_state[keys.DELETED] = run_id, "gone"
    jobs.store.set_aside(run_id)
    app.session_state[keys.RUN] = None
    app.run()
    assert "Deleted: gone" in words(app)
    app.button(key="undo_delete").click().run()
    assert jobs.record(run_id).id == run_id and "Deleted" not in words(app)
    assert app.session_state[keys.RUN] == run_id, "it is in hand again"


def test_without_a_run_the_way_to_one_begins_at_the_table_that_is_open(app: AppTest) -> None:
    app.run()
    app.button(key="open_diamonds").click().run()
    for page in ("pages/map.py", "pages/export.py"):
        app.switch_page(page).run()
        (link,) = app.get("page_link")
        assert link.proto.label == "Train"


def test_a_changed_setting_marks_the_result_as_of_older_settings(app: AppTest, jobs: Jobs) -> None:
    app.run()
    app.button(key="open_diamonds").click().run()
    train(app, jobs)
    assert not app.warning
    app.slider(key="setting_dimension").set_value(5).run()
    assert "dimension" in app.warning[0].value


NUMBERS = pd.DataFrame({"a": np.random.default_rng(0).random(50), "b": np.random.default_rng(1).random(50)})
HOSTILE = {
    "an empty file": (b"", "empty"),
    "one column": (b"a\nx\ny\nx\n", "one column"),
    "no categories": (csv(NUMBERS), "embed"),
    "a header alone": (b"a,b\n", "row"),
}


@pytest.mark.parametrize("case", list(HOSTILE))
def test_what_cannot_be_used_is_said_in_place(app: AppTest, case: str) -> None:
    content, expected = HOSTILE[case]
    upload(app, content)
    assert not app.exception
    assert len(app.error) == 1
    assert expected in app.error[0].value.lower()


def test_a_file_over_the_limit_is_refused_with_the_limit(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: 0 if name == "server.maxUploadSize" else real(name))
    upload(app, b"a,b\n1,2\n")
    assert "MB" in app.error[0].value
    assert not app.exception


SETTINGS_ERRORS = {
    "an identifier": ({"column": "id", "target": "late"}, "identifier"),
    "one class": ({"column": "shop", "target": "same"}, "1 different value"),
    "the column itself as target": ({"column": "shop", "target": "shop"}, "differ"),
    "no target": ({"column": "shop", "target": None}, "needs a target"),
}


@pytest.mark.parametrize("case", list(SETTINGS_ERRORS))
def test_a_bad_choice_is_said_in_place_and_nothing_chosen_is_lost(
    app: AppTest, shops: pd.DataFrame, case: str
) -> None:
    settings, expected = SETTINGS_ERRORS[case]
    upload(app, csv(shops.assign(id=[f"row {i}" for i in range(len(shops))], same="always")))
    app.session_state[keys.SETTINGS] |= {"objective": "target", "dimension": 7} | settings
    app.switch_page("pages/train.py").run()
    app.button(key="train").click().run()
    assert not app.exception
    assert expected in app.error[0].value.replace("\\", "")
    assert app.session_state[keys.SETTINGS]["dimension"] == 7
    assert app.session_state[keys.RUN] is None


@pytest.mark.parametrize("categories", [2, 3])
def test_tables_of_two_and_three_categories_get_a_map(app: AppTest, jobs: Jobs, categories: int) -> None:
    names = [f"c{i % categories}" for i in range(60)]
    upload(app, csv(pd.DataFrame({"name": names, "y": [int(i % 5 < 2) for i in range(60)]})))
    app.session_state[keys.SETTINGS] |= {"column": "name", "objective": "target", "target": "y"}
    train(app, jobs, dimension=4)
    app.switch_page("pages/map.py").run()
    app.segmented_control(key="method").set_value("tsne").run()
    for _ in range(50):
        if "at least 4 categories" in words(app).replace("\\", ""):
            break
        time.sleep(0.1)
        app.run()
    assert not app.exception and not app.error
    assert "at least 4 categories" in words(app).replace("\\", "")


def test_a_run_cut_off_by_the_servers_death_is_shown_with_its_history(app: AppTest, jobs: Jobs) -> None:
    app.run()
    app.button(key="open_diamonds").click().run()
    train(app, jobs)
    finished = jobs.record(app.session_state[keys.RUN])
    cut_off = finished.changed(id="0" * 24, status=RunStatus.RUNNING, owner="1:0")
    jobs.store.write(cut_off)
    jobs.store.append_history(cut_off.id, jobs.history(finished.id).head(3).to_dict("records"))
    app.session_state[keys.RUN] = cut_off.id
    app.run()
    assert not app.exception
    assert "first 3 epochs" in app.warning[0].value
    app.switch_page("pages/map.py").run()
    assert not app.exception


def test_no_page_loads_tensorflow_in_the_server(shops: pd.DataFrame) -> None:
    """In a process of its own: every page is rendered, a training included."""
    import subprocess

    script = f"""
import io, os, sys, tempfile
os.environ["CATEGORY_ATLAS_HOME"] = tempfile.mkdtemp()
from streamlit.testing.v1 import AppTest
from embed_core.ui.app import server, state
from embed_core.ui.app.state import keys
def main():
    app = AppTest.from_file("app.py", default_timeout=120).run()
    app.button(key="open_diamonds").click().run()
    app.session_state[keys.SETTINGS] |= {{"epochs": 2}}
    app.session_state[keys.PACE] = "full"
    app.switch_page("pages/train.py").run()
    app.button(key="train").click().run()
    record = state.jobs().trainings.wait(app.session_state[keys.RUN], seconds=120)
    assert record.status == "finished", record
    for page in {PAGES!r}:
        app.switch_page(page).run()
        assert not app.exception
    loaded = {{"tensorflow", "keras"}} & set(sys.modules)
    server.current().close()
    print("LOADED", sorted(loaded))
if __name__ == "__main__":
    main()
"""
    from tests.ui.conftest import ROOT

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=240
    )
    assert "LOADED []" in done.stdout, done.stdout + done.stderr
