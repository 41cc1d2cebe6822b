"""Texts of which only the first rows are looked at before they are read, and those whose rows lie in a file."""

import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from embed_core.tables.memory import limit, with_enough
from embed_core.tables.reading import read, typed_table
from embed_core.tables.reading.engine import connect, table_in
from embed_core.tables.reading.read import read_table
from embed_core.tables.report import ReadingReport
from embed_core.tables.table import Table
from tests.helpers.tables import rows_of

ROWS = 150
FIRST = 100
# What stands in rows past the first, by column.
LATER: dict[str, dict[str, list[str]]] = {
    "nothing": {},
    "a text among whole numbers": {"whole": ["many"]},
    "what means missing": {"whole": ["n/a", "7"], "price": ["n/a"]},
    "a number too many in two columns": {"day": ["soon"], "price": ["1,5"]},
    "whole numbers with decimals": {"whole": ["1.5"]},
    "codes": {"price": ["3.5", "3.50"]},
    "a column that is empty at first": {"empty": ["1.5", "2.5"]},
    "no day": {"written": ["31/02/2024"]},
    "times": {"day": ["2024-05-01 10:00"], "written": ["13/01/2024 10:30"]},
    "both marks": {"whole": ["1,5", "2,5"], "empty": ["1,25"], "price": ["1,5"]},
    "a day in a second column of days": {"second": ["n/a"]},
    "a footnote": {"name": ["Source: the office of weights and measures, without which this would not be"]},
}


def cells_of(row: int) -> dict[str, str]:
    return {
        "name": f"town {row % 7}",
        "whole": str(row % 11),
        "price": f"{row % 9}.{row % 3 + 1}{row % 8 + 1}",
        "day": f"2024-05-{row % 28 + 1:02}",
        "written": f"{row % 28 + 1:02}/01/2024",
        "second": f"{row % 12 + 1:02}/{row % 5 + 1:02}/2024",
        "money": f"${row % 9},{row % 10}00.50",
        "empty": "",
    }


def written(path: Path, later: dict[str, list[str]]) -> Path:
    rows = [cells_of(row) for row in range(ROWS)]
    for name, cells in later.items():
        for at, cell in enumerate(cells):
            if cell.startswith("Source"):
                rows.append(dict.fromkeys(rows[0], "") | {name: cell})
            else:
                rows[FIRST + 10 + at][name] = f'"{cell}"' if "," in cell else cell
    # Elsewhere a comma would stand for a separator.
    lines = [",".join(f'"{cell}"' if cell.startswith("$") else cell for cell in row.values()) for row in rows]
    path.write_text("\n".join([",".join(rows[0]), *lines]) + "\n")
    return path


@pytest.mark.parametrize("later", LATER.values(), ids=LATER.keys())
def test_a_text_of_which_some_columns_are_looked_at_again_is_read_as_if_all_were(
    tmp_path: Path, later: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "table.csv", later)
    whole = read_table(path)
    monkeypatch.setattr(typed_table, "_SAMPLE_ROWS", FIRST)
    parts = read_table(path)
    assert dict(parts.expression.schema()) == dict(whole.expression.schema())
    assert rows_of(parts) == rows_of(whole)
    assert parts.report.written == whole.report.written
    said = [note.replace(f" of the first {FIRST} rows", "") for note in parts.report.notes]
    assert said == list(whole.report.notes)


class Recorder:
    """A DuckDB connection that notes what it is asked."""

    def __init__(self) -> None:
        self._engine = duckdb.connect()
        self.asked: list[str] = []

    def execute(self, sql: str) -> Any:
        self.asked.append(sql)
        return self._engine.execute(sql)


@pytest.mark.parametrize(
    ("later", "passes", "looked_at"),
    [
        ({}, 2, set()),
        ({"whole": ["many"]}, 3, {"whole"}),
        ({"whole": ["many"], "day": ["soon"], "price": ["n/a"]}, 3, {"whole", "day", "price"}),
    ],
)
def test_a_text_that_is_not_as_its_first_rows_is_read_once_more_and_only_what_differs_looked_at(
    tmp_path: Path,
    later: dict[str, list[str]],
    passes: int,
    looked_at: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typed_table, "_SAMPLE_ROWS", FIRST)
    path = written(tmp_path / "table.csv", later)
    # Dates are looked at together, and a column that is empty at first for itself.
    names = [name for name in cells_of(0) if name not in ("written", "second", "empty")]
    kept = ", ".join(names)
    source = f"(SELECT {kept} FROM read_csv('{path}', all_varchar=true, header=true))"
    engine = Recorder()
    typed_table.make_typed(engine, source, names, decimal=None, delimiter=",", types={})
    assert sum("read_csv" in sql for sql in engine.asked) == passes
    again = [sql for sql in engine.asked if "count_if" in sql and "FROM texts" in sql]
    assert {name for name in names if any(f'"{name}"' in sql for sql in again)} == looked_at


def _settings(table: Table) -> str:
    engine: Any = table.expression.get_backend()
    return str(engine.raw_sql("SELECT current_setting('memory_limit')").fetchall()[0][0])


def test_a_large_text_has_little_memory_until_that_is_too_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "table.csv", {})
    small = read_table(path)
    monkeypatch.setattr(read, "_MOST_IN_MEMORY", 10)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    large = read_table(path)
    # It is read with twice as much.
    assert _settings(large) == "238.4 MiB" and _settings(small).endswith("GiB")
    engine: Any = large.expression.get_backend()
    # Nothing is written to disk, so that little memory is too little.
    engine.raw_sql("SET memory_limit = '1MB'").fetchall()
    engine.raw_sql("SET temp_directory = ''").fetchall()
    profile = large.profile()
    assert profile.equals(small.profile())
    assert _settings(large).endswith("GiB")


def test_columns_of_many_different_texts_are_profiled_in_little_memory(tmp_path: Path) -> None:
    connection = connect(tmp_path)
    engine = connection.con
    texts = {
        name: f"'{name} ' || lpad((hash(range, '{name}') % 75000)::VARCHAR, 9, '0')"
        for name in ("order", "parcel")
    }
    columns = ", ".join(f"{text} AS {name}_id" for name, text in texts.items())
    engine.execute(
        f"CREATE TABLE data AS SELECT {columns}, (hash(range) % 15000) / 100.0 AS price FROM range(300000)"
    ).fetchall()
    engine.execute("CHECKPOINT").fetchall()
    engine.execute("SET threads = 2; SET memory_limit = '24MB'").fetchall()
    table = Table(
        table_in(connection), name="orders", report=ReadingReport(format="CSV", rows=300_000, columns=3)
    )
    profile = table.profile()
    # It was not done without the limit in the end.
    assert _settings(table) == "22.8 MiB"
    plain = duckdb.connect().execute(
        f"SELECT {', '.join(f'count(DISTINCT {text})' for text in texts.values())} FROM range(300000)"
    )
    assert profile["distinct"].tolist()[:2] == list(plain.fetchall()[0])
    assert profile["kind"].tolist() == ["category", "category", "number"]
    assert profile["top_count"].min() > 1


def test_memory_that_somebody_else_has_limited_stays_limited() -> None:
    def too_much() -> None:
        raise duckdb.OutOfMemoryException("too much")

    connection = connect()
    connection.raw_sql("SET memory_limit = '64MB'").fetchall()
    with pytest.raises(duckdb.OutOfMemoryException):
        with_enough(connection, too_much)
    ours = connect(Path(tempfile.mkdtemp()))
    before = ours.raw_sql("SELECT current_setting('memory_limit')").fetchall()
    limit(ours)
    with pytest.raises(duckdb.OutOfMemoryException):
        with_enough(ours, too_much)
    assert ours.raw_sql("SELECT current_setting('memory_limit')").fetchall() != before
    assert connection.raw_sql("SELECT current_setting('memory_limit')").fetchall() == [("61.0 MiB",)]
