"""Categories with too few distances on the Map page: faded from the start, listed, and told why in their card."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.learning.config import TrainingConfig
from embed_core.runs.jobs import Jobs
from embed_core.runs.measurement import TrustState
from embed_core.space.embedding import Embedding
from embed_core.tables.reading.read import read_table
from embed_core.training.prepare import prepare
from embed_core.training.trust import Trust
from embed_core.training.trust_measures import TrustMeasures
from embed_core.ui.component.category_map import MapView, category_map
from embed_core.ui.map_page import stage
from embed_core.ui.map_page.trust_strip import verdict_words
from tests.helpers.driving import words

TOWNS = [f"t{i}" for i in range(8)]


def test_what_has_too_few_distances_is_faded_listed_and_told_why(
    app: AppTest, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[MapView] = []

    def draw(view: MapView, **options: Any) -> str | None:
        drawn.append(view)
        return category_map(view, **options)

    monkeypatch.setattr(stage, "category_map", draw)
    place = np.random.default_rng(0).uniform(0, 9, (8, 2))
    pairs = [(i, j) for i in range(7) for j in range(i)] + [(7, 2)]
    frame = pd.DataFrame(
        [(TOWNS[i], TOWNS[j], float(np.linalg.norm(place[i] - place[j]))) for i, j in pairs],
        columns=["from", "to", "km"],
    )
    settings: dict[str, Any] = {"column": "from", "partner": "to", "target": "km", "objective": "distance"}
    config = TrainingConfig.checked(**settings, dimension=2, epochs=20, validation_share=0.0)
    run_id = jobs.trainings.begin(prepare(read_table(frame), config), config, name="towns", table="towns")
    assert jobs.trainings.wait(run_id).status.has_result
    app.query_params["run"] = run_id
    app.run()
    app.switch_page("pages/map.py").run()
    assert not app.exception and not app.error
    view = drawn[-1]
    pale = {label for label, fade in zip(view.labels, np.asarray(view.fade), strict=True) if fade < 1}
    assert pale == {"t7"} and view.fade_title == "place not determined"
    assert view.details is not None
    record = jobs.store.record(run_id)
    assert view.nearest is not None and record.target is not None
    unit = record.target.scale
    _, apart = jobs.store.embedding(run_id).nearest(view.nearest[1].shape[1])
    assert unit != 1 and np.allclose(view.nearest[1], unit * apart)
    assert "could lie anywhere on a circle around t2" in view.details[list(view.labels).index("t7")]
    assert "could lie" not in view.details[list(view.labels).index("t2")]
    assert "1 category has too few distances to determine where it lies" in words(app)
    listed = next(each.value for each in app.dataframe if "why" in each.value)
    assert listed["category"].tolist() == ["t7"]
    app.selectbox(key="map_fade").set_value("none").run()
    assert drawn[-1].fade is None


def test_a_map_that_is_judged_by_what_was_held_out_has_been_measured_while_it_still_moves() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    towns = Embedding([f"t{i}" for i in range(20)], vectors, np.full(20, 20), undetermined={})
    config = TrainingConfig.checked(column="from", partner="to", target="km", objective="distance")
    known = Trust.of(towns, config, None)
    assert "has not been measured" in verdict_words(known, TrustState("none"))[1]
    known = known.measured(TrustMeasures(10, "euclidean", 6, np.ones(20), 0.5, held_out=0.9))
    assert known.scale is None and known.holds_out
    assert verdict_words(known, TrustState("done"))[1] == "The map is still moving"
    resting = replace(known, neighbors_kept=0.9)
    # The control is trained still, which changes nothing.
    assert verdict_words(resting, TrustState("measuring", 6, 7))[1] == "This map can be read"
