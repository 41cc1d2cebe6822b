"""Runs that an earlier version wrote, on the pages: opened from the line in hand and drawn."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import Jobs
from embed_core.ui.component.category_map import MapView, category_map
from embed_core.ui.map_page import stage
from tests.helpers.driving import open_run, words
from tests.helpers.old_runs import OLD_RUNS, put


@pytest.mark.parametrize("name", OLD_RUNS)
def test_an_old_run_is_opened_from_the_line_and_drawn(
    app: AppTest, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    drawn: list[MapView] = []

    def draw(view: MapView, **options: object) -> str | None:
        drawn.append(view)
        return category_map(view, **options)

    monkeypatch.setattr(stage, "category_map", draw)
    run_id = put(name, jobs.store.folder)
    try:
        app.run()
        open_run(app, run_id)
        app.switch_page("pages/map.py").run()
        assert not app.exception and not app.error, words(app)
        if name == "target-interrupted":
            assert not drawn and "There is nothing on the map yet" in words(app)
            return
        record = jobs.store.record(run_id)
        assert list(drawn[-1].labels) == record.labels
        coordinates = np.asarray(drawn[-1].coordinates)
        assert len(coordinates) == len(record.labels) and np.isfinite(coordinates).all()
        assert np.ptp(coordinates, axis=0).min() > 0
        app.switch_page("pages/train.py").run()
        assert not app.exception and not app.error, words(app)
    finally:
        jobs.store.delete(run_id)
