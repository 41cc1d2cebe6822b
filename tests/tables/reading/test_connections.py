"""Databases that an operator has written down: read, never written to, and silent about their passwords."""

import sqlite3
import threading
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pytest

from embed_core.errors import AtlasError
from embed_core.tables.reading.connections import open_table, tables_of
from tests.helpers import postgres


@pytest.fixture(params=["sqlite", "duckdb"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in a file, with a table and a view."""
    path = tmp_path / "a file.db"
    connection = sqlite3.connect(path) if request.param == "sqlite" else duckdb.connect(str(path))
    connection.execute("CREATE TABLE sold (town TEXT, late BOOLEAN)")
    connection.executemany("INSERT INTO sold VALUES (?, ?)", [(f"t{n % 5}", n % 2 == 0) for n in range(100)])
    connection.execute("CREATE TABLE bought AS SELECT 'of ' || town AS town, late FROM sold")
    connection.execute("CREATE VIEW few AS SELECT * FROM sold LIMIT 10")
    connection.commit()
    connection.close()
    return f"{request.param}://{path}"


def test_tables_and_views_are_listed_and_opened(address: str) -> None:
    assert tables_of("shop", address) == ["bought", "few", "sold"]
    table = open_table("shop", address, "sold")
    assert (table.name, table.n_rows) == ("sold", 100)
    assert table.profile()["kind"].tolist() == ["category", "category"]


def test_tables_that_look_alike_are_told_apart(address: str) -> None:
    sold, bought = (open_table("shop", address, name).fingerprint() for name in ("sold", "bought"))
    assert sold != bought
    assert sold == open_table("shop", address, "sold").fingerprint()


def test_nothing_is_written(address: str) -> None:
    table = open_table("shop", address, "sold")
    with pytest.raises(Exception, match=r"read-?\s?only"):
        table.expression.get_backend().create_table("more", pd.DataFrame({"a": [1]}))


def test_a_table_serves_other_threads(address: str) -> None:
    table, found = open_table("shop", address, "sold"), []
    thread = threading.Thread(target=lambda: found.append(len(table.profile())))
    thread.start()
    thread.join()
    assert found == [2]


def test_a_table_that_is_not_there_is_said(address: str) -> None:
    with pytest.raises(AtlasError, match=r'"shop" has no table "sould"\. Did you mean "sold"\?'):
        open_table("shop", address, "sould")


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///nowhere/at/all.db",
        "duckdb:///nowhere/at/all.db",
        "postgresql://me:se%40cret@127.0.0.1:9/sales",
        "postgresql://me:se%40cret@127.0.0.1:9/sales?nonsense=se%40cret",
        "what://me:se%40cret@there",
        "",
    ],
)
def test_a_database_that_cannot_be_reached_is_said_without_its_password(address: str) -> None:
    with pytest.raises(AtlasError, match=r'"shop" cannot be opened: it says ".+secrets\.toml') as caught:
        tables_of("shop", address)
    assert "se@cret" not in str(caught.value) and "se%40cret" not in str(caught.value)
    assert "nowhere/at" not in str(caught.value)


@pytest.mark.skipif(postgres.may_be_missed(), reason="no PostgreSQL server is installed")
def test_postgresql_is_only_read_and_says_who_may_not_log_in() -> None:
    with postgres.cluster() as address:
        owner = ibis.connect(address)
        owner.create_table("sold", pd.DataFrame({"town": list("ab") * 20, "n": range(40)}))
        owner.disconnect()
        assert tables_of("shop", address) == ["sold"]
        table = open_table("shop", address, "sold")
        assert table.n_rows == len(table.to_pandas()) == 40
        with pytest.raises(Exception, match="read-only transaction"):
            table.expression.get_backend().create_table("more", pd.DataFrame({"a": [1]}))
        with pytest.raises(AtlasError, match=r'"shop" cannot be opened: it says ".*"nobody" does not exist'):
            tables_of("shop", address.replace("atlas@", "nobody:secret@"))


@pytest.mark.skipif(postgres.may_be_missed(), reason="no PostgreSQL server is installed")
def test_a_wrong_password_is_said_and_not_shown() -> None:
    with postgres.cluster(password="opensesame") as address:
        assert tables_of("shop", address) == []
        with pytest.raises(
            AtlasError, match=r'"shop" cannot be opened: it says ".*password authentication failed'
        ) as caught:
            tables_of("shop", address.replace("opensesame", "closesesame"))
        assert "sesame" not in str(caught.value)
