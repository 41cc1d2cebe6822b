"""The map opens before the projection that keeps most is found, and nobody's hand is forced when it is."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import Jobs
from embed_core.space.projections.project import KeepsMost
from embed_core.training.trust import Trust
from embed_core.ui.app import first_map
from embed_core.ui.app.state import keys
from embed_core.ui.map_page import stage
from embed_core.ui.map_page.trust_strip import LEVEL_ICONS
from tests.helpers.driving import words
from tests.helpers.old_runs import put


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Set when t-SNE, with a perplexity of its own, is to be found as what keeps most."""
    may_end = threading.Event()

    def keeps_most(*about: Any, **options: Any) -> KeepsMost:
        may_end.wait(60)
        return KeepsMost("tsne", {"tsne": {"perplexity": 5}})

    monkeypatch.setattr(first_map, "keeps_most", keeps_most)
    yield may_end
    may_end.set()


@pytest.fixture
def page(app: AppTest, jobs: Jobs, found: threading.Event) -> Iterator[AppTest]:
    """The Map page of a run of four dimensions, while its projection is looked for."""
    run_id = put("context", jobs.store.folder)
    app.query_params["run"] = run_id
    app.run()
    yield fine(app.switch_page("pages/map.py").run())
    jobs.store.delete(run_id)


def fine(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, words(app)
    return app


def end_of(found: threading.Event, page: AppTest) -> AppTest:
    """Let it be found, and have the page look again, as its clock does."""
    found.set()
    for thread in threading.enumerate():
        if thread.name == "atlas-first-map":
            thread.join(30)
    return fine(page.run())


def test_what_is_found_takes_the_place_of_a_map_that_nobody_touched(
    page: AppTest, found: threading.Event
) -> None:
    assert page.session_state[keys.METHOD] == "pca" and "PCA for now" in words(page)
    assert "method" not in page.query_params, "a link does not choose what nobody has chosen"
    fine(page.run())
    assert page.session_state[keys.METHOD] == "pca"
    end_of(found, page)
    assert page.session_state[keys.METHOD] == "tsne" and page.session_state["tsne_perplexity"] == 5
    assert "for now" not in words(page) and page.query_params["method"] == "tsne"


def test_what_is_found_while_the_page_is_drawn_is_shown_by_the_next_look(
    page: AppTest, found: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    moving = stage.moving

    def found_meanwhile(*about: Any) -> None:
        moving(*about)
        found.set()
        for thread in threading.enumerate():
            if thread.name == "atlas-first-map":
                thread.join(30)

    monkeypatch.setattr(stage, "moving", found_meanwhile)
    monkeypatch.setattr(stage, "refresh_after", lambda seconds, *, key: looks.append(key))
    fine(page.run())
    assert "PCA for now" in words(page) and looks == ["map_clock"]
    fine(page.run())
    assert page.session_state[keys.METHOD] == "tsne"


def test_no_verdict_stands_on_a_map_that_is_shown_for_now(
    page: AppTest, found: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As of a map of thousands: of the nearest neighbours it keeps one in twenty.
    on = Trust.on
    monkeypatch.setattr(
        Trust, "on", lambda known, result: replace(on(known, result), neighbors_kept=0.05, kept=None)
    )
    fine(page.run())
    assert LEVEL_ICONS["do not rely"] not in page.session_state[keys.VERDICT_WORDS]
    end_of(found, page)
    assert LEVEL_ICONS["do not rely"] in page.session_state[keys.VERDICT_WORDS]


@pytest.mark.parametrize("touch", ["category", "moved", "color"])
def test_a_map_that_was_touched_stays_and_the_other_is_offered(
    page: AppTest, found: threading.Event, touch: str
) -> None:
    if touch == "moved":
        page.session_state[keys.FINDING] = ("moved",)  # as the map's own event does
    elif touch == "category":
        page.session_state[keys.CATEGORY] = page.dataframe[-1].value["category"].iloc[0]
    else:
        page.session_state[keys.COLOR] = "none"
    fine(page.run())
    end_of(found, page)
    assert page.session_state[keys.METHOD] == "pca" and page.query_params["method"] == "pca"
    assert "t-SNE keeps more of near and far than this map" in words(page).replace("\\", "")
    fine(page.button(key="show_better_map").click().run())
    assert page.session_state[keys.METHOD] == "tsne" and page.session_state["tsne_perplexity"] == 5
    assert not [each for each in page.button if each.key == "show_better_map"]
