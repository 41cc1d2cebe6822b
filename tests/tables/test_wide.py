"""Tables of thousands of columns: read in parts, they are what they would be as a whole."""

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.tables import wide
from embed_core.tables.reader_process.readers import Readers
from embed_core.tables.reading.read import read_table, stored
from embed_core.tables.table import Table
from tests.data.nasty.kind import Nasty
from tests.data.nasty.make import FOLDER, NASTY
from tests.helpers.tables import rows_of

DELIMITED = (".csv", ".tsv", ".txt")


def read_or_refused(path: Path) -> Table | str:
    try:
        return read_table(path)
    except AtlasError as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    "nasty",
    [pytest.param(each, id=each.file) for each in NASTY if Path(each.file).suffix in DELIMITED],
)
def test_a_table_that_is_read_in_parts_is_the_same(nasty: Nasty, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_or_refused(FOLDER / nasty.file)
    monkeypatch.setattr(wide, "_WIDE", 1)
    monkeypatch.setattr(wide, "_PART", 2)
    parts = read_or_refused(FOLDER / nasty.file)
    if isinstance(whole, str) or isinstance(parts, str):
        assert parts == whole
        return
    assert rows_of(parts) == rows_of(whole)
    assert parts.expression.schema() == whole.expression.schema()
    # Empty ones are counted as lines of the file here, and as rows of the table there.
    said = [[note for note in each.report.notes if "held no values" not in note] for each in (parts, whole)]
    assert said[0] == said[1] and len(parts.report.notes) == len(whole.report.notes)
    assert dataclasses.replace(parts.report, notes=()) == dataclasses.replace(whole.report, notes=())
    assert parts.profile().equals(whole.profile())


def content(random: np.random.Generator, rows: int = 12, columns: int = 3_000) -> bytes:
    """A table of numbers, dates, codes and words, with a row of which nothing is filled."""
    kinds = (
        lambda: str(random.integers(0, 9)),
        lambda: f"{random.normal():.3f}",
        lambda: f"2024-01-{random.integers(1, 29):02}",
        lambda: f"word {random.integers(0, 4)}",
        lambda: f"0{random.integers(10, 99)}",
        lambda: random.choice(["3.0", ""]),
    )
    cells = [[kinds[at % len(kinds)]() for at in range(columns)] for _ in range(rows)]
    lines = [[f"c{at}" for at in range(columns)], *cells[:6], [""] * columns, *cells[6:]]
    return "\n".join(map(",".join, lines)).encode()


def test_a_wide_upload_is_read_and_profiled_as_the_library_does(tmp_path: Path) -> None:
    file = io.BytesIO(content(np.random.default_rng(0)))
    file.name = "wide.csv"
    readers = Readers(most=1)
    try:
        table = readers.read(stored(file))
    finally:
        readers.close()
    path = tmp_path / "wide.csv"
    path.write_bytes(file.getvalue())
    whole = read_table(path)
    assert wide.held(whole.expression) is not None
    assert (table.n_rows, len(table.columns)) == (12, 3_000)
    kinds = [str(table.expression.schema()[f"c{at}"]) for at in range(6)]
    assert kinds == ["int64", "float64", "date", "string", "string", "int64"]
    assert table.expression.schema() == whole.expression.schema() and table.report == whole.report
    assert table.fingerprint() == whole.fingerprint()
    assert table.profile().equals(whole.profile())
    some = ["c0", "c1501", "c2999"]
    assert table.execute(table.expression.select(*some)).equals(whole.execute(whole.expression.select(*some)))


def test_the_hash_of_a_wide_table_is_that_of_its_rows_in_any_order(tmp_path: Path) -> None:
    lines = content(np.random.default_rng(1)).split(b"\n")
    last = b",".join([b"9", *lines[-1].split(b",")[1:]])
    found = []
    for rows in (lines[1:], lines[:0:-1], [*lines[1:-1], last]):
        (tmp_path / "wide.csv").write_bytes(b"\n".join([lines[0], *rows]))
        found.append(read_table(tmp_path / "wide.csv").fingerprint())
    assert found[0] == found[1] != found[2]


def test_tables_that_are_open_at_once_have_profiles_and_rows_of_their_own(tmp_path: Path) -> None:
    tables = []
    for cell, columns in (("x", 1_200), ("y", 1_200), ("z", 3)):
        path = tmp_path / f"{cell}.csv"
        row = ",".join([cell] * columns)
        path.write_text(",".join(f"c{at}" for at in range(columns)) + f"\n{row}\n{row}\n")
        tables.append(read_table(path))
    assert [table.profile()["top"].unique().tolist() for table in tables] == [["x"], ["y"], ["z"]]
    assert len({table.fingerprint() for table in tables}) == 3
