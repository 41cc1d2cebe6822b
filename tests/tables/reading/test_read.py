"""Reading: broken files of real life, the text of categories, and errors that say the way out."""

import codecs
import csv
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embed_core.errors import AtlasError
from embed_core.tables.reading.read import read_table
from tests.helpers.tables import rows_of


def _csv(tmp_path: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_only_an_empty_cell_is_missing(tmp_path: Path) -> None:
    words = ["NA", "None", "null", "nan", "N/A", "01", "09001", " x", "x ", "é", "e\u0301", "TRUE", "-"]
    lines = "\n".join(f"{word},{row}" for row, word in enumerate([*words, "", '""']))
    table = read_table(_csv(tmp_path, "word,row\n" + lines))
    assert [row[0] for row in rows_of(table)] == [*words, None, None]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2", "-3"], [1, 2, -3]),
        (["1", "2.5", "1e-05"], [1.0, 2.5, 1e-05]),
        (["1", "02"], ["1", "02"]),
        (["007", "008"], ["007", "008"]),
        (["1", "x"], ["1", "x"]),
        (["+1", "+2"], ["+1", "+2"]),
        (["12345678901234567890", "1"], ["12345678901234567890", "1"]),
        (["2E5", "1E2"], ["2E5", "1E2"]),
        (['"1,234"', '"12,345,678"'], [1234.0, 12345678.0]),
        (['"1,5"', '"0,25"'], [1.5, 0.25]),
        (['"1.234,5"', '"2"'], [1234.5, 2.0]),
        (["nan", "1.5"], ["nan", "1.5"]),
        (["inf", "1"], ["inf", "1"]),
        ([" 1", "2"], [1, 2]),
        (["1e+999", "2.5"], ["1e+999", "2.5"]),
        (["1_000", "2"], ["1_000", "2"]),
        (["0x1F", "1"], ["0x1F", "1"]),
        (["2024-02-30", "2024-01-01"], ["2024-02-30", "2024-01-01"]),
        (["true", "false"], ["true", "false"]),
    ],
)
def test_a_column_is_numeric_only_when_every_cell_plainly_is(
    tmp_path: Path, cells: list[str], expected: list[Any]
) -> None:
    table = read_table(_csv(tmp_path, "value,name\n" + "\n".join(f"{cell},a b" for cell in cells)))
    assert [row[0] for row in rows_of(table)] == expected


def test_dates_and_times_of_iso_8601_are_typed(tmp_path: Path) -> None:
    table = read_table(
        _csv(tmp_path, "day,moment\n2024-02-29,2024-02-29T10:15:00\n2023-01-01,2023-01-01 08:00")
    )
    assert [str(kind) for kind in table.expression.schema().types] == ["date", "timestamp(6)"]


def test_a_number_far_down_that_is_not_one_keeps_the_whole_column_text(tmp_path: Path) -> None:
    lines = [f"{row},{row % 7}" for row in range(60_000)] + ["0012,x"]
    table = read_table(_csv(tmp_path, "code,group\n" + "\n".join(lines)))
    last = table.execute(table.expression.filter(table.expression.group == "x"))
    assert last["code"].tolist() == ["0012"]
    assert any('"code" was kept as text' in note for note in table.report.notes)


def test_overrides_win_over_detection(tmp_path: Path) -> None:
    path = _csv(tmp_path, "a;b\n1,5;x\n2,5;y\n".encode("utf-16"), "t.txt")
    table = read_table(path, encoding="utf-16", delimiter=";", decimal=",", header_line=None)
    assert rows_of(table)[0] == ["a", "b"]
    assert (table.report.decimal, table.report.header_line) == (",", None)
    assert rows_of(read_table(path))[0] == [1.5, "x"]
    assert rows_of(read_table(path, decimal="."))[0] == ["1,5", "x"]


def test_lines_above_the_header_are_left_out_and_said(tmp_path: Path) -> None:
    path = _csv(tmp_path, "Sales of 2024\n\n# made by hand\ncity,sales\nRome,3\nOslo,4\n")
    table = read_table(path)
    assert table.columns == ["city", "sales"]
    assert table.report.header_line == 3
    assert any("Lines 1, 3 above the table" in note for note in table.report.notes)
    assert read_table(path, header_line=4).columns == ["Rome", "3"]


def test_a_line_that_names_the_separator_is_followed(tmp_path: Path) -> None:
    table = read_table(_csv(tmp_path, 'sep=;\na;b\n"x;y";2\n'))
    assert rows_of(table) == [["x;y", 2]]


def test_years_are_names_of_columns(tmp_path: Path) -> None:
    assert read_table(_csv(tmp_path, "city,2011,2012\nRome,3,4\nOslo,5,6\n")).columns == [
        "city",
        "2011",
        "2012",
    ]


def test_ragged_rows_are_named_by_their_lines(tmp_path: Path) -> None:
    table = read_table(_csv(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3\n1,2,3,4\n1,2,3\n"))
    assert table.n_rows == 5
    assert any(note.startswith("Line 3 had fewer") for note in table.report.notes)
    assert any(note.startswith("Line 5 had more") for note in table.report.notes)


def test_many_lines_are_summed_up(tmp_path: Path) -> None:
    table = read_table(_csv(tmp_path, "a,b\n" + "1,2\n" * 100 + "1\n" * 30))
    assert any("and 10 more" in note for note in table.report.notes)


def test_a_single_column_with_commas_stays_whole(tmp_path: Path) -> None:
    table = read_table(_csv(tmp_path, 'name\n"Rome, Italy"\nOslo\n"Bonn, Germany"\n'))
    assert rows_of(table) == [["Rome, Italy"], ["Oslo"], ["Bonn, Germany"]]


@pytest.mark.parametrize("name", ["a[1].csv", "what?.csv", "st*r.csv", "it's.csv", "données.csv"])
def test_file_names_are_taken_literally(tmp_path: Path, name: str) -> None:
    assert read_table(_csv(tmp_path, "a,b\nx,1\n", name)).name == name


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "name,city\nJosé,Málaga\nZoë,Köln\nPrice €,“x”\n"),
        ("utf-16-le", "name,city\nA,B\nC,D\nE,F\n"),
        ("utf-8-sig", "name,city\né,B\n"),
        ("cp1251", "name,city\nАлександр,Москва\nЕкатерина,Санкт-Петербург\nДмитрий,Новосибирск\n"),  # noqa: RUF001
        ("gb18030", "name,city\n" + "王小明,北京市朝阳区\n李华,上海市浦东新区\n张伟,广州市天河区\n" * 5),
        ("euc_kr", "name,city\n" + "김철수,서울특별시\n이영희,부산광역시\n박민수,대구광역시\n" * 5),
    ],
)
def test_encodings_are_detected(tmp_path: Path, encoding: str, text: str) -> None:
    table = read_table(_csv(tmp_path, text.encode(encoding)))
    assert [",".join(row) for row in rows_of(table)] == text.splitlines()[1:]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b" \n\n\t\n", "empty"),
        ("bom.csv", codecs.BOM_UTF8, "empty"),
        ("header.csv", b"a,b\n", "no rows"),
        ("book.csv", b"PK\x03\x04" + bytes(100), "Excel"),
        ("bytes.csv", bytes(range(256)) * 20, "binary"),
        ("broken.parquet", b"PAR1 and no more", "damaged"),
        ("empty.parquet", b"", "empty"),
        ("book.docx", b"PK\x03\x04", ".csv, .tsv, .txt, "),
        ("book.xlsx", b"PK\x03\x04", "Open it in a spreadsheet program"),
        ("data.json", b"[]", "no list of records"),
        ("data.csv.gz", b"\x1f\x8b", "cannot be unpacked"),
        ("data", b"a,b\n1,2\n", "without an ending"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(AtlasError, match=says) as error:
        read_table(_csv(tmp_path, content, name))
    assert f'"{name}"' in str(error.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match=r"no file .*nowhere\.csv"):
        read_table(tmp_path / "nowhere.csv")
    with pytest.raises(AtlasError, match="folder"):
        read_table(tmp_path)


@pytest.mark.parametrize(
    "override",
    [
        {"encoding": "klingon"},
        {"encoding": "rot13"},
        {"delimiter": ";;"},
        {"decimal": ":"},
        {"header_line": -1},
    ],
)
def test_overrides_that_mean_nothing_are_refused(tmp_path: Path, override: dict[str, Any]) -> None:
    with pytest.raises(AtlasError, match=str(next(iter(override.values())))):
        read_table(_csv(tmp_path, "a,b\n1,2\n"), **override)


_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(_text, _text), min_size=1, max_size=20))
def test_any_text_comes_back_from_csv_as_it_was(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame([("x" + a, b) for a, b in rows], columns=["name", "note"])
    # A row of words, so that no column is all numbers.
    frame.loc[len(frame)] = ["first", "word or two"]
    # pandas does not put quotes around a lone carriage return by itself.
    quoting = csv.QUOTE_ALL if any("\r" in cell for row in rows for cell in row) else csv.QUOTE_MINIMAL
    frame.to_csv(tmp_path / "round.csv", index=False, quoting=quoting)
    table = read_table(tmp_path / "round.csv", header_line=0, delimiter=",")
    assert rows_of(table) == [[a, b or None] for a, b in frame.itertuples(index=False)]


def test_duckdb_reads_clean_files_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a clean file must not pass through Python")

    monkeypatch.setattr("embed_core.tables.reading.delimited.read_carefully", refuse)
    path = tmp_path / "clean.csv"
    frame = pd.DataFrame({"a": ["x", 'say "hi"', "two\nlines"] * 100, "b": range(300)})
    frame.to_csv(path, index=False)
    table = read_table(path)
    assert rows_of(table) == frame.to_numpy().tolist()
    assert isinstance(table.expression.get_backend().con, duckdb.DuckDBPyConnection)
