"""What the browser shows is what the session holds, however often a page is drawn again."""

import pandas as pd
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from embed_core.ui.app.state import keys
from tests.helpers.driving import csv, upload


def _asks_a_question() -> None:
    import streamlit as st

    from embed_core.ui.app import state
    from embed_core.ui.app.state import keys

    st.session_state.setdefault(keys.SETTINGS, {"objective": "entity"})
    st.radio("Question", ["context", "entity"], **state.bound("objective", options=["context", "entity"]))


def test_a_setting_is_sent_until_the_browser_has_it() -> None:
    page = AppTest.from_function(_asks_a_question)._run(WidgetStates())
    assert page.radio[0].proto.set_value

    page._run(WidgetStates())  # the browser never saw the first drawing, so it says nothing of the widget
    assert page.radio[0].value == "entity"
    assert page.radio[0].proto.set_value

    page.run()  # it says "entity", so nothing that a person clicks meanwhile may be overwritten
    assert page.radio[0].value == "entity"
    assert not page.radio[0].proto.set_value


def test_a_setting_that_the_browser_never_sent_stays_on_the_way_from_data_to_train(
    app: AppTest, shops: pd.DataFrame
) -> None:
    upload(app, csv(shops), "shops.csv")
    chosen = app.session_state[keys.SETTINGS]["dimension"]
    # Whoever goes on at once: the browser knows nothing of the slider on the Data page yet.
    app.switch_page("pages/train.py")._run(WidgetStates())
    assert chosen > app.slider(key="setting_dimension").min == 1
    assert app.slider(key="setting_dimension").value == chosen
    assert app.slider(key="setting_dimension").proto.set_value


def _shows_what_changes_at_once() -> None:
    import itertools

    import streamlit as st

    from embed_core.ui.app.refreshing import follow, while_running

    looks, periods = itertools.count(), itertools.count(1)
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    while_running(lambda: st.write("drawn"), every=lambda: float(next(periods)))
    follow(lambda: next(looks), seen=-1, every=1.0)
    st.write("to the end")


def test_the_drawing_of_a_whole_page_comes_to_its_end() -> None:
    page = AppTest.from_function(_shows_what_changes_at_once).run()
    assert [each.value for each in page.markdown] == ["drawn", "to the end"]
    assert page.session_state["runs"] == 1
