"""The Export page: everything can be taken away, and a run that was taken away comes back."""

import io

import pandas as pd
import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from embed_core.exporting.registry import EXPORTERS
from embed_core.exporting.run_file import packed
from embed_core.runs.jobs import Jobs
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from tests.helpers.driving import csv, train, upload, words


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What each button gives, made at once as the page is shown."""
    found: dict[str, bytes] = {}
    real = DeltaGenerator.download_button

    def button(self: DeltaGenerator, label: str, *, data: object, **options: object) -> bool:
        if str(options["key"]).startswith("export_") and not options["disabled"]:
            found[str(options["key"])] = data()  # type: ignore[operator]
            data = b""
        return real(self, label, data=data, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(DeltaGenerator, "download_button", button)
    return found


def test_everything_can_be_taken_away_with_the_map_as_it_was_looked_at(
    app: AppTest, jobs: Jobs, shops: pd.DataFrame, made: dict[str, bytes]
) -> None:
    upload(app, csv(shops))
    app.session_state[keys.SETTINGS] |= {
        "column": "shop",
        "objective": "target",
        "target": "late",
        "dimension": 3,
    }
    train(app, jobs, prior_strength=1.0)
    app.switch_page("pages/map.py").run()
    app.segmented_control(key="method").set_value("pca").run()
    _, drawn = app.session_state[keys.MAP_DRAWN]
    app.switch_page("pages/export.py").run()
    assert not app.exception and not app.error, words(app)
    assert sorted(made) == sorted(f"export_{name.replace('-', '_')}" for name in EXPORTERS)
    assert all(made.values())
    table = pd.read_parquet(io.BytesIO(made["export_parquet"]))
    assert table[["map_x", "map_y"]].to_numpy().tolist() == drawn.coordinates.tolist()
    mine = pd.read_parquet(io.BytesIO(made["export_table_parquet"]))
    assert mine["shop"].tolist() == shops["shop"].tolist()


def test_without_its_table_the_rest_can_still_be_taken_away(
    app: AppTest, jobs: Jobs, shops: pd.DataFrame, made: dict[str, bytes]
) -> None:
    upload(app, csv(shops.head(400)))
    app.session_state[keys.SETTINGS] |= {"column": "shop", "objective": "target", "target": "late"}
    train(app, jobs, prior_strength=1.0)
    app.session_state[keys.TABLE] = None
    uploads = state.workspace.workspace().uploads
    uploads._tables.clear()
    app.switch_page("pages/export.py").run()
    assert not app.exception and not app.error, words(app)
    assert "open that again on the Data page" in words(app).replace("\\", "")
    assert "export_table_csv" not in made and made["export_report"]


def test_a_run_that_was_taken_away_is_opened_on_the_data_page(
    app: AppTest, jobs: Jobs, shops: pd.DataFrame
) -> None:
    upload(app, csv(shops))
    app.session_state[keys.SETTINGS] |= {"column": "shop", "objective": "target", "target": "late"}
    train(app, jobs, prior_strength=1.0)
    run_id = app.session_state[keys.RUN]
    content = packed(jobs.store.folder / run_id)
    again = AppTest.from_file(app._script_path, default_timeout=60).run()
    again.file_uploader(key="upload").upload("shops.atlas (1).zip", content, "application/zip").run()
    assert not again.exception and not again.error, words(again)
    opened = again.session_state[keys.RUN]
    assert opened not in (None, run_id)
    assert jobs.store.embedding(opened).labels == jobs.store.embedding(run_id).labels
    assert "placed" in words(again)
