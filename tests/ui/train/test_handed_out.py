"""The link for a class: it opens a table with settings, and nothing there changes them."""

import json
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.ui.app.state import keys
from tests.helpers.driving import another, config_of, csv, open_sample, setting_fields, upload, words


def link_of(app: AppTest) -> dict[str, str]:
    app.switch_page("pages/train.py").run()
    assert not app.exception and not app.error, words(app)
    return dict(parse_qsl(urlsplit(app.code[-1].value).query, keep_blank_values=True))


def follow(app: AppTest, link: dict[str, str], page: str = "pages/data.py") -> AppTest:
    other = another(app)
    for name, value in link.items():
        other.query_params[name] = value
    other.run()
    return other.switch_page(page).run()


def test_the_link_opens_the_table_with_the_settings_and_no_controls(app: AppTest) -> None:
    open_sample(app, "us_flights")
    app.session_state[keys.SETTINGS] |= {"epochs": 7, "seed": 3, "dimension": 5}
    link = link_of(app)
    assert json.loads(link[keys.HANDED_OUT]) == {"epochs": 7, "seed": 3, "dimension": 5}
    data = follow(app, link)
    assert config_of(data) == config_of(app)
    assert "set by the link" in words(data)
    assert not setting_fields(data) & set(data.session_state[keys.SETTINGS])
    assert [button.key for button in data.main.button if button.key != "train_here"] == []
    assert data.button(key="train_here")
    trains = data.switch_page("pages/train.py").run()
    assert not setting_fields(trains) & set(data.session_state[keys.SETTINGS])
    assert trains.button(key="train")
    assert data.query_params[keys.HANDED_OUT] == link[keys.HANDED_OUT], "a reload finds it"


def test_another_table_has_its_controls_again(app: AppTest) -> None:
    open_sample(app, "us_flights")
    data = follow(app, link_of(app))
    data.menu_button(key="table_in_hand").set_value("gallery:films").run()
    assert data.selectbox(key="setting_column").value
    assert keys.HANDED_OUT not in data.query_params


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[1]",
        '{"__class__": 1}',
        '{"epochs": "many"}',
        '{"column": "not there"}',
        '{"objective": []}',
        '{"hidden": {"a": 1}, "objective": "entity"}',
        "[" * 100_000,
    ],
)
def test_a_damaged_link_opens_the_table_with_its_own_settings(app: AppTest, text: str) -> None:
    app.run()
    data = follow(app, {keys.TABLE: "gallery:us_flights", keys.HANDED_OUT: text})
    assert not data.exception
    assert data.selectbox(key="setting_column").value == "origin"
    assert config_of(data).epochs == 1_500
    first = another(app)
    first.query_params[keys.TABLE], first.query_params[keys.HANDED_OUT] = "gallery:us_flights", text
    assert "The settings of this link cannot be used" in words(first.run())


def test_a_table_that_only_its_owner_has_gives_no_link(app: AppTest) -> None:
    upload(app, csv(pd.DataFrame({"shop": [*"abcde"] * 9, "kind": [*"xyz"] * 15})))
    app.switch_page("pages/train.py").run()
    assert not app.code
