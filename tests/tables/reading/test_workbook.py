"""Workbooks: sheets, titles above the names, merged cells, and cells as what they are."""

import datetime
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from embed_core.errors import AtlasError
from embed_core.tables.reading.cells import columns_of
from embed_core.tables.reading.read import read_table
from tests.helpers.tables import rows_of
from tests.helpers.workbooks import ods, xls, xlsb, xlsx

DAY, MOMENT = datetime.date(2024, 2, 3), datetime.datetime(2024, 2, 3, 4, 5)
TOWNS = [["town", "rows", "share"], ["Ulm", 3.0, 0.5], ["Bonn", 5.0, 1.0], ["01", 7.0, 0.25]]


def upload(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize(
    ("ending", "write"), [(".xlsx", xlsx), (".xlsb", xlsb), (".xls", xls), (".ods", ods)]
)
def test_every_kind_of_workbook_gives_the_same_table(tmp_path: Path, ending: str, write: Any) -> None:
    content = write({"Towns": TOWNS})
    (tmp_path / f"t{ending}").write_bytes(content)
    for table in (read_table(tmp_path / f"t{ending}"), read_table(upload(content, f"t{ending.upper()}"))):
        assert table.columns == ["town", "rows", "share"]
        assert rows_of(table) == [["Ulm", 3, 0.5], ["Bonn", 5, 1.0], ["01", 7, 0.25]]
        assert [str(kind) for kind in table.expression.schema().types] == ["string", "int64", "float64"]
        assert (table.report.sheet, table.report.header_line, table.report.notes) == ("Towns", 0, ())


@pytest.mark.parametrize(("ending", "write"), [(".xlsx", xlsx), (".xls", xls), (".ods", ods)])
def test_dates_are_dates_and_times_are_times(ending: str, write: Any) -> None:
    rows = [["day", "at", "open"], [DAY, MOMENT, True], [None, None, None], [DAY, MOMENT, False]]
    table = read_table(upload(write({"A": rows}), f"t{ending}"))
    assert [str(kind) for kind in table.expression.schema().types] == ["date", "timestamp(6)", "boolean"]
    assert str(table.to_pandas()["at"][0]) == "2024-02-03 04:05:00"
    assert table.n_rows == 2


def test_ids_of_which_one_is_missing_stay_whole() -> None:
    table = read_table(upload(xlsx({"A": [["id", "n"], [101.0, 1.5], [None, 2.5], [102.0, 3.5]]}), "t.xlsx"))
    assert [row[0] for row in rows_of(table)] == [101, None, 102]
    texts = table.execute(table.expression.select(text=table.texts("id")))["text"]
    assert texts.dropna().tolist() == ["101", "102"]


def test_names_are_found_under_titles_and_beside_empty_columns() -> None:
    rows = [["Sales of 2024"], [], [None, "town", "sold"], [None, "Ulm", 3.0], [None, "Bonn", 5.0]]
    table = read_table(upload(xlsx({"A": rows}), "t.xlsx"))
    assert table.columns[-2:] == ["town", "sold"] and table.n_rows == 2
    assert table.report.header_line == 2
    assert any("Line 1 above the table" in note for note in table.report.notes)


@pytest.mark.parametrize(
    "content",
    [
        (
            "t.xlsx",
            xlsx(
                {"A": [["area", "town"], ["South", "Ulm"], [None, "Bonn"], ["North", "Kiel"]]},
                merged=["A2:A3"],
            ),
        ),
        (
            "t.xls",
            xls(
                {"A": [["area", "town"], ["South", "Ulm"], [None, "Bonn"], ["North", "Kiel"]]},
                merged=[(1, 2, 0, 0)],
            ),
        ),
        (
            "t.ods",
            ods(
                {"A": [["area", "town"], ["South", "Ulm"], [None, "Bonn"], ["North", "Kiel"]]},
                merged=[(1, 2, 0, 0)],
            ),
        ),
    ],
)
def test_a_merged_cell_stands_in_every_row_of_it(content: tuple[str, bytes]) -> None:
    table = read_table(upload(content[1], content[0]))
    assert rows_of(table) == [["South", "Ulm"], ["South", "Bonn"], ["North", "Kiel"]]


def test_a_sheet_is_chosen_by_name_or_number_and_the_others_are_named() -> None:
    content = xlsx(
        {"Notes": [], "Towns": TOWNS, "Rivers": [["river"], ["Rhine"]], "Own": TOWNS}, hidden=["Own"]
    )
    first = read_table(upload(content, "t.xlsx"))
    assert first.report.sheets == ("Notes", "Towns", "Rivers") and first.report.sheet == "Towns"
    assert first.report.notes == ('The workbook has 3 sheets: "Towns" was read, not "Notes", "Rivers".',)
    for wanted in ("Rivers", 2):
        table = read_table(upload(content, "t.xlsx"), sheet=wanted)
        assert rows_of(table) == [["Rhine"]] and not any("sheets" in note for note in table.report.notes)
    assert read_table(upload(content, "t.xlsx"), sheet="Own").columns == ["town", "rows", "share"]


@pytest.mark.parametrize(
    ("name", "content", "options", "says"),
    [
        ("t.xlsx", xlsx({"Towns": TOWNS}), {"sheet": "towns"}, 'no sheet "towns". Did you mean "Towns"'),
        ("t.xlsx", xlsx({"Towns": TOWNS}), {"sheet": 4}, 'no sheet "4". Its sheets are "Towns"'),
        ("t.xlsx", xlsx({"Towns": []}), {}, 'is empty: there is nothing in "Towns"'),
        ("t.xlsx", xlsx({"Towns": [["a", "b"]]}), {}, "no rows below"),
        ("t.xlsx", b"", {}, "cannot be read as one"),
        ("t.xls", b"<html><table></table></html>", {}, "holds a web page"),
        ("t.xls", b"a\tb\n1\t2\n", {}, "give it the ending .csv"),
        ("t.xlsx", xlsx({"Towns": TOWNS})[:900], {}, "damaged"),
        (
            "t.xlsx",
            xlsx({"Towns": TOWNS}),
            {"delimiter": ";"},
            "delimiter can be set for delimited text only",
        ),
        ("t.csv", b"a,b\n1,2\n", {"sheet": "A"}, "sheet can be set for workbooks only"),
    ],
)
def test_what_is_refused_says_why(name: str, content: bytes, options: dict[str, Any], says: str) -> None:
    with pytest.raises(AtlasError) as error:
        read_table(upload(content, name), **options)
    assert says in str(error.value) and "t." in str(error.value)


def test_a_few_texts_among_numbers_are_said_and_can_be_overruled() -> None:
    rows = [["price", "town"], [1.5, "Ulm"], ["n/a", "Bonn"], [2.0, "Kiel"]]
    content = xlsx({"A": rows})
    table = read_table(upload(content, "t.xlsx"))
    assert [row[0] for row in rows_of(table)] == ["1.5", "n/a", "2"]
    assert any('1 of its 3 filled cells are text, such as "n/a"' in note for note in table.report.notes)
    for given in ({"missing": ["n/a"]}, {"types": {"price": "number"}}):
        assert [row[0] for row in rows_of(read_table(upload(content, "t.xlsx"), **given))] == [1.5, None, 2.0]


def test_the_first_sheet_that_holds_a_table_is_read() -> None:
    sheets = {"Read me": [["This workbook"], ["was made by me"]], "Towns": TOWNS}
    table = read_table(upload(xlsx(sheets), "t.xlsx"))
    assert (table.report.sheet, table.n_rows) == ("Towns", 3)
    assert read_table(upload(xlsx({"Read me": sheets["Read me"]}), "t.xlsx")).n_rows == 1


def test_names_on_two_lines_below_titles_are_joined() -> None:
    head = [
        ["Report"],
        ["as of May"],
        [],
        ["Clinic", "When", "Patients", None],
        [None, None, "count", "share"],
    ]
    rows = [[f"c{at}", DAY, float(at), at / 8] for at in range(9)]
    table = read_table(upload(xlsx({"A": [*head, *rows]}), "t.xlsx"))
    assert (table.columns, table.n_rows) == (["Clinic", "When", "Patients count", "Patients share"], 9)


def test_a_few_cells_that_say_nothing_leave_numbers_and_dates_what_they_are() -> None:
    rows = [[DAY, float(at)] for at in range(10)]
    table = read_table(upload(xlsx({"A": [["on", "n"], *rows, ["unknown", "n/a"]]}), "t.xlsx"))
    assert [str(kind) for kind in table.expression.schema().types] == ["date", "int64"]
    assert rows_of(table)[-1] == [None, None]
    assert [note.split(" in ")[0] for note in table.report.notes] == [
        'What says "unknown"',
        'What says "n/a"',
    ]


def test_times_of_the_day_are_text_as_people_write_them() -> None:
    table, notes = columns_of(["at"], [[datetime.time(8, 30), None]])
    assert (table["at"].to_pylist(), notes) == (["08:30:00", None], {})


def test_a_workbook_that_unpacks_to_far_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embed_core.tables.reading.packed._ALWAYS_ALLOWED", 1_000)
    monkeypatch.setattr("embed_core.tables.reading.packed._LARGEST_RATIO", 20)
    content = xlsx({"A": [["a"], *[["x" * 100]] * 20_000]})
    with pytest.raises(AtlasError, match="unpacks to more than"):
        read_table(upload(content, "t.xlsx"))


def test_what_cells_of_text_say_is_read_as_in_any_other_text() -> None:
    rows = [
        ["sum", "share", "on", "weight", "zip", "pieces"],
        ["1.095,53 €", "12 %", "12.09.2024", "1,5", "01067", "7"],
        ["70,74 €", "7,5 %", "13.09.2024", "2,25", "89073", "12"],
    ]
    content = xlsx({"A": rows})
    table = read_table(upload(content, "t.xlsx"))
    assert rows_of(table) == [
        [1095.53, 12.0, pd.Timestamp(2024, 9, 12), 1.5, "01067", "7"],
        [70.74, 7.5, pd.Timestamp(2024, 9, 13), 2.25, "89073", "12"],
    ]
    assert '"sum" holds amounts of money: they are numbers without their signs.' in table.report.notes
    assert '"pieces" holds whole numbers that the sheet keeps as text: they stay text.' in table.report.notes

    said = read_table(upload(content, "t.xlsx"), types={"sum": "text", "pieces": "number", "zip": "ignore"})
    assert [row[0] for row in rows_of(said)] == ["1.095,53 €", "70,74 €"]
    assert [row[-1] for row in rows_of(said)] == [7, 12]
    assert said.report.columns == 5


MERGED = [
    ("A1:C1", "Sales of towns", [["town", "n", "x"]], ["town", "n", "x"]),
    ("B1:C1", "2020", [["town", "n", "x"]], ["town", "2020 n", "2020 x"]),
]


@pytest.mark.parametrize(("place", "text", "names", "expected"), MERGED)
def test_a_cell_merged_over_columns_is_a_title_or_part_of_their_names(
    tmp_path: Path, place: str, text: str, names: list[list[str]], expected: list[str]
) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range(place, text)
        for at, row in enumerate([*names, *([f"t{at}", at, at / 2] for at in range(8))], 1):
            sheet.write_row(at, 0, row)
    table = read_table(tmp_path / "t.xlsx")
    assert (table.columns, table.n_rows) == (expected, 8)


def test_names_merged_over_rows_and_columns_of_three_lines_are_joined(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet()
        for place, text in (("A1:A3", "Region"), ("B1:E1", "People"), ("B2:C2", "2019"), ("D2:E2", "2020")):
            sheet.merge_range(place, text)
        sheet.write_row(2, 1, ["m", "f", "m", "f"])
        for at in range(8):
            sheet.write_row(3 + at, 0, [f"R{at}", at, at * 2, at * 3, at * 4])
    table = read_table(tmp_path / "t.xlsx")
    assert table.columns == ["Region", *(f"People {year} {sex}" for year in (2019, 2020) for sex in "mf")]
    assert table.n_rows == 8
