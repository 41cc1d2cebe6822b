"""Reading from objects in memory and from other engines, and what a table promises."""

import gc
import io
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from embed_core.errors import AtlasError
from embed_core.tables.reading import read
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table


def _rows(table: Table) -> list[list[object]]:
    frame = table.execute(table.expression)
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False)]


def _csv(tmp_path: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_an_upload_is_read_from_its_bytes_whatever_its_position() -> None:
    upload = io.BytesIO(b"a,b\nx,1\ny,2\n")
    upload.name = "people.csv"
    upload.read()
    table = read_table(upload)
    assert (table.name, table.n_rows) == ("people.csv", 2)


def test_an_uploaded_parquet_file_lives_as_long_as_its_table(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", "y"]})
    upload = io.BytesIO(frame.to_parquet())
    upload.name = "t.parquet"
    table = read_table(upload)
    assert _rows(table) == [["x"], ["y"]]
    assert table.report.format == "Parquet"


def test_a_dataframe_keeps_its_text_and_its_missing_values() -> None:
    frame = pd.DataFrame(
        {
            "text": ["NA", None, "01"],
            "mixed": [1, "a", None],
            "category": pd.Categorical(["x", None, "x"]),
            "number": [1.5, float("nan"), 2.0],
            7: [1, 2, 3],
        },
        index=[5, 6, 7],
    )
    table = read_table(frame)
    assert table.columns == ["text", "mixed", "category", "number", "7"]
    assert _rows(table)[0] == ["NA", "1", "x", 1.5, 1]
    assert _rows(table)[1] == [None, "a", None, None, 2]
    assert any("mixed" in note for note in table.report.notes)
    assert any('"7"' in note for note in table.report.notes)


def test_names_that_differ_in_case_alone_are_told_apart() -> None:
    table = read_table(pd.DataFrame([[1, 2, 3]], columns=["a", "A", "a"]))
    assert table.columns == ["a", "A (2)", "a (3)"]
    assert _rows(table) == [[1, 2, 3]]


def test_an_ibis_table_stays_in_its_engine() -> None:
    connection = ibis.duckdb.connect()
    connection.raw_sql("CREATE TABLE trips AS SELECT 'x' AS a, range AS b FROM range(5)").fetchall()
    expression = connection.table("trips")
    table = read_table(expression)
    assert table.expression is expression
    assert (table.name, table.n_rows) == ("trips", 5)
    assert read_table(expression.filter(expression.b > 2)).n_rows == 2


def test_a_connection_of_ones_own_goes_on_working_after_its_table_was_read() -> None:
    connection = ibis.duckdb.connect()
    connection.create_table("trips", pd.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]}))
    assert connection.list_tables() == ["trips"]
    table = read_table(connection.table("trips"))
    assert table.profile()["name"].tolist() == ["a", "b"]
    assert connection.list_tables() == ["trips"]
    assert read_table(connection.table("trips")).n_rows == 3
    assert table.fingerprint() == read_table(connection.table("trips")).fingerprint()


def test_an_arrow_table_is_read() -> None:
    table = read_table(pa.table({"a": pa.array(["x", None]).dictionary_encode()}))
    assert _rows(table) == [["x"], [None]]


def test_several_threads_can_use_one_table() -> None:
    table = read_table(pd.DataFrame({"a": range(1_000)}))
    results: list[int] = []

    def count() -> None:
        for _ in range(10):
            results.append(len(table.execute(table.expression)))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [1_000] * 40


def test_the_fingerprint_follows_the_contents_and_not_the_order() -> None:
    frame = pd.DataFrame({"a": ["x", "y", "y"], "b": [1, 2, 3]})
    fingerprint = read_table(frame).fingerprint()
    assert read_table(frame.iloc[::-1]).fingerprint() == fingerprint
    assert read_table(frame.replace("x", "z")).fingerprint() != fingerprint
    assert read_table(frame.rename(columns={"a": "c"})).fingerprint() != fingerprint


def test_the_report_is_shown_in_lines(tmp_path: Path) -> None:
    lines = dict(read_table(_csv(tmp_path, "a;b\nx;1\n")).report.lines())
    assert lines["Separator"] == "semicolon"
    assert lines["Column names"] == "line 1"


def test_overrides_of_text_do_not_apply_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    for source in (path, pd.DataFrame({"a": [1]})):
        with pytest.raises(AtlasError, match="delimiter"):
            read_table(source, delimiter=";")


def test_objects_that_are_no_tables_are_refused() -> None:
    for source in (5, {"a": [1]}, None):
        with pytest.raises(AtlasError, match="cannot be read as a table"):
            read_table(source)
    with pytest.raises(AtlasError, match="0 rows"):
        read_table(pd.DataFrame({"a": []}))


def test_nothing_is_downloaded() -> None:
    connection = read_table(pd.DataFrame({"a": [1]})).expression.get_backend()
    query = "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%_known_extensions'"
    found = dict(connection.raw_sql(query).fetchall())
    assert found == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def test_tables_are_read_in_a_notebook_without_widgets() -> None:
    """DuckDB takes this process for a Jupyter kernel, where it asks for ipywidgets to set its progress bar."""
    code = """
import sys, types
kernel = types.ModuleType("IPython")
kernel.get_ipython = lambda: types.SimpleNamespace(config={"IPKernelApp": {}})
sys.modules |= {"IPython": kernel, "ipywidgets": None}
import duckdb, pandas as pd
try:
    duckdb.connect().execute("SET enable_progress_bar = false")
except duckdb.InvalidInputException:
    from embed_core.tables.reading.read import read_table
    print(len(read_table(pd.DataFrame({"a": ["x", "y"]}))))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "2", "DuckDB refused nothing, or nothing was read"


def test_the_rows_of_a_large_text_lie_in_a_file_that_goes_with_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _csv(tmp_path, "town;sold\nUlm;3\n\nBonn;5\nUlm;7\n")
    in_memory = read_table(path)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(read, "_MOST_IN_MEMORY", 10)
    table = read_table(path)
    assert len(list(temporary.glob("*/rows.duckdb"))) == 1
    assert (_rows(table), table.fingerprint()) == (_rows(in_memory), in_memory.fingerprint())
    assert table.report == in_memory.report
    del table
    gc.collect()
    assert not list(temporary.glob("*/rows.duckdb"))
