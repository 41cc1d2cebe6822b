"""Scripts and the dashboard share the runs that are kept."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.exporting.kept_runs import kept
from embed_core.runs.store import RunStore, home


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CATEGORY_ATLAS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_run_of_a_script_is_in_the_store_of_the_dashboard(
    trap_run: ec.Run, traps: ec.Table, own_home: Path
) -> None:
    run_id = ec.keep_run(trap_run, table=traps, name="  late   shops ")
    assert home() == own_home
    store = RunStore(own_home / "runs")  # as the server makes it for its one person
    record = store.record(run_id)
    assert (record.name, record.status) == ("late shops", ec.RunStatus.FINISHED)
    assert record.fingerprint == traps.fingerprint()
    assert record.versions["numpy"] == np.__version__ and "keras" in record.versions
    np.testing.assert_array_equal(store.embedding(run_id).vectors, trap_run.embedding.vectors)


def test_a_kept_run_is_opened_by_id_by_its_beginning_by_name_and_as_the_newest(trap_run: ec.Run) -> None:
    older = ec.keep_run(trap_run, name="one")
    seeded = dataclasses.replace(trap_run, config=trap_run.config.model_copy(update={"seed": 7}))
    newer = ec.keep_run(seeded, name="one")
    assert ec.kept_runs()["id"].tolist() == [newer, older]
    for text in (older, older[:12]):
        assert ec.open_run(text).config.seed == 0
    for text in ("one", "newest", newer):
        assert ec.open_run(text).config.seed == 7
    again = ec.open_run(older)
    assert (again.model, again.fed_model) == (trap_run.model, trap_run.fed_model)
    assert again.history.equals(trap_run.history)
    assert again.versions == trap_run.versions != {}


def test_a_run_that_is_not_there_is_said_to_be_so(trap_run: ec.Run) -> None:
    with pytest.raises(ec.AtlasError, match="No run is kept yet"):
        ec.open_run("newest")
    assert ec.kept_runs().empty and "name" in ec.kept_runs()
    ec.keep_run(trap_run, name="flights")
    with pytest.raises(ec.AtlasError, match=r'no kept run "flihgts"\. Did you mean "flights"'):
        ec.open_run("flihgts")
    for strange in ("x" * 10_000, "a\0b", ""):
        with pytest.raises(ec.AtlasError, match="no kept run"):
            ec.open_run(strange)
    for strange in (5, None, ["flights"]):
        for opened in (ec.open_run, ec.Run.load):
            with pytest.raises(ec.AtlasError, match="the path of a run is wanted"):
                opened(strange)  # type: ignore[arg-type]


def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    trap_run: ec.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ec.AtlasError, match="1 to 80 characters"):
        ec.keep_run(trap_run, name="x" * 81)
    assert kept().ids() == []
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CATEGORY_ATLAS_HOME", str(tmp_path / "file"))
    with pytest.raises(ec.AtlasError, match="CATEGORY_ATLAS_HOME"):
        ec.keep_run(trap_run)


def test_a_row_that_names_two_categories_is_kept_as_one_row(own_home: Path) -> None:
    routes = pd.DataFrame({"from": list("abcd") * 5, "to": list("bcda") * 5, "km": [3.0, 4, 5, 6] * 5})
    ways = {"column": "from", "partner": "to", "target": "km"}
    run = ec.train(routes, **ways, objective="distance", dimension=1, epochs=30, validation_share=0.0)
    assert run.embedding.support.sum() == 40
    record = RunStore(own_home / "runs").record(ec.keep_run(run))
    assert record.rows == ec.open_run(record.id).rows == 20
