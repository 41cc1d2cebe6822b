"""Databases that the operator has written down: their tables are chosen on the Data page, and trained on."""

import sqlite3
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import Jobs
from embed_core.ui.app import state
from tests.helpers.driving import train, words


@pytest.fixture
def shop(app: AppTest, tmp_path: Path) -> AppTest:
    """The app, with a database that is there and one that is not."""
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE sold (town TEXT, late BOOLEAN)")
    connection.executemany("INSERT INTO sold VALUES (?, ?)", [(f"t{n % 5}", n % 2 == 0) for n in range(100)])
    connection.commit()
    connection.close()
    app.secrets["connections"] = {
        "shop": {"url": f"sqlite://{path}"},
        "gone": {"url": "postgresql://me:secret@127.0.0.1:9/sales"},
        "unwritten": {"dialect": "mysql"},
    }
    st.cache_data.clear()
    return app.run()


def test_a_table_of_a_database_is_opened_and_trained_on(shop: AppTest, jobs: Jobs) -> None:
    shop.selectbox(key="database_table").set_value("sold").run()
    shop.button(key="open_database").click().run()
    assert not shop.exception and not shop.error, words(shop)
    assert shop.title[0].value == "sold" and "100 rows" in words(shop)
    train(shop, jobs)
    assert not shop.exception and not shop.error, words(shop)


@pytest.mark.parametrize(("name", "says"), [("gone", "cannot be opened"), ("unwritten", "has no address")])
def test_a_database_that_is_not_there_is_said_in_place(shop: AppTest, name: str, says: str) -> None:
    shop.selectbox(key="database").set_value(name).run()
    assert [says in error.value for error in shop.error] == [True] and not shop.exception
    assert "secret@" not in words(shop)
    assert shop.button(key="open_us_flights")


def test_without_databases_nothing_is_said_of_them(app: AppTest) -> None:
    app.run()
    assert not state.databases() and "database" not in " ".join(header.value for header in app.header)
