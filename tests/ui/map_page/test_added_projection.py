"""A projection that was added to the registry is chosen on the Map page, set, and drawn."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import Jobs
from embed_core.space.projections import registry
from embed_core.ui.component.category_map import MapView, category_map
from embed_core.ui.map_page import controls, stage
from tests.helpers.driving import words
from tests.helpers.old_runs import put
from tests.helpers.toy_projections import Circle, Growing


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[MapView]:
    """What the map was given to draw."""
    views: list[MapView] = []

    def draw(view: MapView, **options: object) -> str | None:
        views.append(view)
        return category_map(view, **options)

    monkeypatch.setattr(stage, "category_map", draw)
    return views


@pytest.fixture
def page(app: AppTest, jobs: Jobs, drawn: list[MapView]) -> Iterator[AppTest]:
    """The Map page of a run of four dimensions, with two projections more."""
    for toy in (Circle(), Growing()):
        registry.register(toy)
    run_id = put("context", jobs.store.folder)
    app.query_params["run"] = run_id
    app.run()
    yield fine(app.switch_page("pages/map.py").run())
    jobs.store.delete(run_id)
    for name in ("circle", "growing"):
        del registry.METHODS[name]


def fine(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, words(app)
    return app


def radius(view: MapView) -> float:
    """The one distance of all points from the middle."""
    found = np.linalg.norm(np.asarray(view.coordinates), axis=1)
    np.testing.assert_allclose(found, found[0], rtol=1e-5)
    return float(found[0])


def test_one_that_draws_at_once_is_chosen_and_drawn_as_it_is_set(page: AppTest, drawn: list[MapView]) -> None:
    choice = page.segmented_control(key="method")
    assert choice.options[-2:] == ["Circle", "Growing circle"]
    fine(choice.set_value("circle").run())
    assert radius(drawn[-1]) == pytest.approx(2) and "Circle map of" in drawn[-1].description
    assert drawn[-1].axes == ("", "")
    assert "of the nearest neighbours" in words(page)
    fine(page.slider(key="circle_radius").set_value(4).run())
    assert radius(drawn[-1]) == pytest.approx(4)


def test_one_that_moves_is_drawn_until_it_comes_to_rest(page: AppTest, drawn: list[MapView]) -> None:
    page.segmented_control(key="method").set_value("growing").run()
    end = time.monotonic() + 30
    # A map that comes to rest while a page is drawn is drawn once more.
    while ("of the nearest neighbours" not in words(page) or drawn[-1].moving) and time.monotonic() < end:
        time.sleep(0.1)
        page.run()
    fine(page)
    assert radius(drawn[-1]) == pytest.approx(11)
    assert not drawn[-1].moving


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (8, (("exaggeration", 1.0),)),
        (39, (("perplexity", 12.0), ("exaggeration", 1.0))),
        (1_000, (("perplexity", 30.0), ("exaggeration", 1.0))),
    ],
)
def test_a_setting_begins_where_its_slider_can_stand(
    n: int, expected: tuple[tuple[str, float], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the map would begin again as soon as the slider is drawn; with nothing to choose there is no slider."""
    monkeypatch.setattr(controls.st, "session_state", {})
    assert controls.settings_of("tsne", n) == expected
    assert controls.settings_of("pca", n) == ()
