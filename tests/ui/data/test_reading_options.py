"""What was assumed of a file is overruled on the Data page."""

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

import embed_core as ec
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from tests.helpers.driving import open_sample, upload

# Decimals with a comma, and "-" for what is not known: so many that it is not guessed to mean nothing.
SHOPS = "Title of the export\nshop;region;sales\n" + "".join(
    f"s{number % 7};{number % 5};{'-' if number % 3 != 1 else f'{number},5'}\n" for number in range(60)
)


@pytest.fixture
def opened(app: AppTest) -> AppTest:
    upload(app, SHOPS.encode(), "shops.csv")
    assert not app.error and not app.exception
    return app


def table_of(app: AppTest) -> ec.Table:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamlit, "session_state", app.session_state)
        table = state.current_table()
    assert table is not None
    return table


def box(app: AppTest, label: str) -> object:
    return next(each for each in (*app.selectbox, *app.multiselect, *app.number_input) if each.label == label)


def test_controls_say_what_was_found(opened: AppTest) -> None:
    assert box(opened, "Separator").options[0] == "as found: semicolon"
    assert box(opened, "Column names").options[0] == "as found: line 2"
    assert table_of(opened).rereading.given == {}


def test_a_column_becomes_text_and_another_is_left_out(opened: AppTest) -> None:
    assert table_of(opened).expression.region.type().is_integer()
    opened.session_state[keys.SETTINGS]["column"] = "shop"
    box(opened, "Text").set_value(["region"]).run()
    assert table_of(opened).expression.region.type().is_string()
    assert opened.session_state[keys.SETTINGS]["column"] == "shop"
    box(opened, "Leave out").set_value(["sales"]).run()
    assert table_of(opened).columns == ["shop", "region"]
    assert "sales" in box(opened, "Leave out").options
    box(opened, "Leave out").set_value([]).run()
    assert table_of(opened).columns == ["shop", "region", "sales"]
    assert table_of(opened).rereading.given == {"types": {"region": "text"}}


def test_quotes_can_be_none(opened: AppTest) -> None:
    box(opened, "Quotes").select_index(3).run()
    assert table_of(opened).rereading.given == {"quote": ""} and table_of(opened).report.quote is None


def test_what_means_nothing_is_said_and_a_column_becomes_numbers(opened: AppTest) -> None:
    assert table_of(opened).expression.sales.type().is_string()
    box(opened, "Cells that mean nothing").set_value(["-"]).run()
    assert table_of(opened).expression.sales.type().is_floating()
    assert table_of(opened).head(2)["sales"].tolist()[1] == 1.5


def test_lines_and_separator_are_given_and_taken_back(opened: AppTest) -> None:
    box(opened, "Separator").set_value("|").run()
    assert len(table_of(opened).columns) == 1
    box(opened, "Separator").set_value("found").run()
    assert table_of(opened).columns == ["shop", "region", "sales"]
    box(opened, "Lines to skip at the bottom").set_value(10).run()
    assert table_of(opened).n_rows == 50


def test_an_option_that_is_refused_leaves_the_table_as_it_was(
    opened: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = table_of(opened)
    box(opened, "Lines to skip at the top").set_value(500).run()
    assert ["The table is as it was" in each.value for each in opened.error] == [True]
    assert table_of(opened) is before
    monkeypatch.setattr(ec.Table, "read_again", None)  # not tried again at every look
    opened.run()
    assert "as it was" in opened.error[0].value and not opened.exception


def test_a_table_of_the_gallery_is_as_it_is(app: AppTest) -> None:
    open_sample(app, "us_flights")
    assert not [each for each in app.selectbox if each.label == "Separator"]
