"""What the tests of the app do again and again."""

import pandas as pd
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from embed_core.learning.config import TrainingConfig
from embed_core.runs.jobs import Jobs
from embed_core.ui.app import entry, state
from embed_core.ui.app.state import keys

PAGES = [page.file for page in entry.PAGES]
BEHIND = ("verdict_chip", "numbers_behind", "map_more", "take_away")
"""Buttons of the Map page behind which nothing is drawn until they are opened."""


def open_behind(app: AppTest) -> AppTest:
    """Open all that the Map page draws only then."""
    for button in BEHIND:
        app.session_state[button] = True
    return app


def another(app: AppTest) -> AppTest:
    """Begin another session of the app, with the same open."""
    return open_behind(AppTest.from_file(app._script_path, default_timeout=60))


def csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def words(app: AppTest) -> str:
    parts = [
        *app.title,
        *app.header,
        *app.subheader,
        *app.markdown,
        *app.caption,
        *app.error,
        *app.info,
        *app.warning,
    ]
    return "\n".join(str(part.value) for part in parts)


def upload(app: AppTest, content: bytes, name: str = "table.csv") -> AppTest:
    app.run()
    app.file_uploader(key="upload").upload(name, content, "text/csv")
    return app.run()


def train(app: AppTest, jobs: Jobs, **settings: object) -> AppTest:
    """Train with the settings in hand, without the pace of watching."""
    app.session_state[keys.PACE] = "full"
    app.session_state[keys.SETTINGS] |= {"epochs": 5} | settings
    app.switch_page("pages/train.py").run()
    app.button(key="train").click().run()
    assert not app.error, words(app)
    jobs.trainings.wait(app.session_state[keys.RUN])
    return app.run()


def open_sample(app: AppTest, name: str) -> AppTest:
    app.run()
    app.button(key=f"open_{name}").click().run()
    assert not app.exception and not app.error, words(app)
    return app


def open_run(app: AppTest, run_id: str) -> AppTest:
    """Choose a run in the line under the navigation."""
    app.menu_button(key="run_in_hand").set_value(run_id).run()
    assert not app.exception, words(app)
    return app


def choose_objective(app: AppTest, name: str) -> AppTest:
    app.radio(key="setting_objective").set_value(name).run()
    assert not app.exception and not app.error, words(app)
    return app


def config_of(app: AppTest) -> TrainingConfig:
    """Return the configuration that a press of Train would train with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamlit, "session_state", app.session_state)
        return state.config()


def setting_fields(app: AppTest) -> set[str]:
    """Return the settings that the page shows a field for."""
    fields = [*app.selectbox, *app.multiselect, *app.slider, *app.number_input, *app.toggle, *app.radio]
    fields += app.segmented_control
    return {str(field.key).removeprefix("setting_") for field in fields}
