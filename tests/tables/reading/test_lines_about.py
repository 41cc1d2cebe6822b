"""Lines above and below the names that say more of the columns are no rows, and no names."""

import datetime
from pathlib import Path

import pytest
import xlsxwriter

from embed_core.tables.reading.read import read_table
from tests.helpers.tables import rows_of

YEARS = [[str(1990 + at), str(100 + at * 7 % 50), f"{30 + at}.5"] for at in range(12)]
QUARTERS = [[f"{1990 + at} Q1", str(100 + at), f"{30 + at}.5"] for at in range(12)]
COUNTIES = [[f"0400US{at}", f"County {at}", str(4_000 + at), str(100 + at)] for at in range(3)]
OF_OFFICES: dict[str, tuple[list[list[str]], list[list[str]], list[int]]] = {
    "an office's series": (
        [
            ["Title", "GDP: volume", "Exports: goods"],
            ["CDID", "ABMI", "BOKG"],
            ["PreUnit", "", ""],
            ["Unit", "£m", "£m"],
            ["Release date", "12-08-2021", "12-08-2021"],
            ["Next release", "30 September 2021", "30 September 2021"],
            ["Important notes", "", ""],
        ],
        QUARTERS,
        [2, 3, 4, 5, 6, 7],
    ),
    "units in thousands": (
        [
            ["", "Males", "Females"],
            ["Unit", "000", "000"],
            ["Type", "Original", "Trend"],
            ["Id", "A84", "A85"],
        ],
        YEARS,
        [2, 3, 4],
    ),
    "a logger's": (
        [["TIMESTAMP", "RECORD", "RH"], ["TS", "RN", "%"], ["", "", "Smp"]],
        [[f"2024-03-01 10:{at:02d}:00", str(at), f"{at}.5"] for at in range(12)],
        [2, 3],
    ),
    "a census": (
        [
            ["GEO_ID", "NAME", "B01_E", "B01_M"],
            ["Geography", "Geographic Area Name", "Estimate!!Total:", "Margin of Error!!Total:"],
        ],
        COUNTIES,
        [2],
    ),
    "a line of units": (
        [["Zeit", "Temp", "Druck"], ["s", "°C", "hPa"]],
        [[str(at), f"{at + 20}.5", "1013.5"] for at in range(12)],
        [2],
    ),
    "a survey": (
        [
            ["ResponseId", "Q1", "Q2"],
            ["Response ID", "What is your role?", "Where do you live?"],
            ['{"ImportId":"_recordId"}', '{"ImportId":"QID1"}', '{"ImportId":"QID2"}'],
        ],
        [[f"R_{at}", "Nurse", "Ulm"] for at in range(5)],
        [2, 3],
    ),
}


@pytest.mark.parametrize("kind", OF_OFFICES)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_lines_below_the_names_that_are_about_the_columns_are_said(
    tmp_path: Path, kind: str, suffix: str
) -> None:
    above, rows, left_out = OF_OFFICES[kind]
    path = tmp_path / f"t{suffix}"
    written(path, [*above, *rows])
    table = read_table(path)
    assert table.columns == [name or "column 1" for name in above[0]]
    assert table.n_rows == len(rows)
    assert [table.expression[name].type().is_string() for name in table.columns[1:]] == [
        not cell[0].isdigit() for cell in rows[0][1:]
    ]
    lines = ", ".join(map(str, left_out))
    says = "says" if len(left_out) == 1 else "say"
    assert any(f" {lines} below the names {says} more of the columns" in note for note in table.report.notes)


def written(path: Path, lines: list[list[str]]) -> None:
    if path.suffix == ".csv":
        path.write_text("\n".join(";".join(line) for line in lines) + "\n", "utf-8")
        return
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(lines):
            for column, cell in enumerate(line):
                is_number = cell.replace(".", "").isdigit() and cell != "000"
                sheet.write(at, column, float(cell) if is_number else cell)


@pytest.mark.parametrize(
    "first",
    [
        ["total", "closed for winter", "12"],
        ["1989", "closed for winter", "not measured"],
        ["all", "900", "10.5"],
        ["x", "n/a", "n/a"],
    ],
)
def test_rows_that_hold_words_among_numbers_are_rows(tmp_path: Path, first: list[str]) -> None:
    written(tmp_path / "t.csv", [["year", "sold", "share"], first, *YEARS])
    assert read_table(tmp_path / "t.csv").n_rows == len(YEARS) + 1


def test_rows_that_begin_with_words_above_others_that_begin_with_digits_are_rows(tmp_path: Path) -> None:
    rows = [["new", "open", "x"], ["old", "closed", "y"], *([str(at), "open", f"{at}.5"] for at in range(12))]
    written(tmp_path / "t.csv", [["id", "status", "score"], *rows])
    assert read_table(tmp_path / "t.csv").n_rows == len(rows)


def test_settings_above_an_empty_line_are_no_names(tmp_path: Path) -> None:
    settings = [["Instrument", "X100"], ["Date", "2024-03-01"], ["Rate", "50"], []]
    rows = [[f"{at}.0", f"{at}.25"] for at in range(9)]
    written(tmp_path / "t.csv", [*settings, ["t [s]", "U [V]"], *rows])
    table = read_table(tmp_path / "t.csv")
    assert (table.columns, table.n_rows) == (["t [s]", "U [V]"], 9)
    assert "Lines 1, 2, 3 above the table were left out." in table.report.notes
    above = [["Konto:", "AT12", "", ""], ["Saldo:", "1.234,56", "EUR", ""]]
    rows = [[f"{at}.03.2024", "Billa", f"-{at},20", "EUR"] for at in range(13, 22)]
    written(tmp_path / "t.csv", [*above, ["Datum", "Partner", "Betrag", "Währung"], *rows])
    assert read_table(tmp_path / "t.csv").columns == ["Datum", "Partner", "Betrag", "Währung"]


def test_parts_of_names_one_below_the_other_are_joined(tmp_path: Path) -> None:
    above = [["Town", "Cost", "Speed"], ["Name", "Total $", "IAS in knots"]]
    written(tmp_path / "t.csv", [*above, *([f"t{at}", str(at), f"{at}.5"] for at in range(9))])
    assert read_table(tmp_path / "t.csv").columns == ["Town Name", "Cost Total $", "Speed IAS in knots"]


def test_a_line_about_the_file_above_the_names_is_no_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    about = '"EXTF";700;21;"Buchungsstapel";13;20240130140440439;;"RE"'
    names = ["Umsatz", "Kennzeichen", "WKZ", *(f"Art {at}" for at in range(20))]
    rows = [f'{at},79;"S";"EUR"' + ';""' * 20 for at in range(8)]
    path.write_text("\n".join([about, ";".join(names), *rows]))
    table = read_table(path)
    assert table.columns == names and rows_of(table)[0][:3] == [0.79, "S", "EUR"]
    assert "Line 1 above the table was left out." in table.report.notes


def test_what_an_account_holds_is_a_title_with_a_gap_or_without(tmp_path: Path) -> None:
    for gap in ([], ["", ";;;"]):
        lines = ["Compte n° 0123456;;;", "Titulaire : M DUPONT;;;", "Solde au 31/03/2024;1 234,56;;", *gap]
        rows = [f"{at:02d}/03/2024;VIR {at};-1 010,50;" for at in range(1, 9)]
        (tmp_path / "t.csv").write_text("\n".join([*lines, "Date;Libellé;Débit;Crédit", *rows]), "utf-8")
        table = read_table(tmp_path / "t.csv")
        assert table.columns == ["Date", "Libellé", "Débit", "Crédit"]
        assert rows_of(table)[0][:3] == [datetime.datetime(2024, 3, 1), "VIR 1", -1010.5]


def test_days_are_names_above_numbers_and_rows_above_days(tmp_path: Path) -> None:
    rows = [f"{land};{at}000;{at}001" for at, land in enumerate(["Bayern", "Berlin", "Bremen", "Hessen"], 1)]
    (tmp_path / "t.csv").write_text("\n".join([";31.12.2019;31.12.2020", *rows]), "utf-8")
    assert read_table(tmp_path / "t.csv").columns == ["column 1", "31.12.2019", "31.12.2020"]
    (tmp_path / "t.csv").write_text(
        "\n".join(f"Ulm;0{at}.12.2019;1{at}.12.2020" for at in range(1, 9)), "utf-8"
    )
    assert read_table(tmp_path / "t.csv").n_rows == 8


def test_blanks_around_names_and_a_separator_at_the_end_of_each_line_are_no_part_of_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "Date, Paid (£) ,Type ,\n" + "".join(f"2024-03-0{at},{at},a,\n" for at in range(1, 9)), "utf-8"
    )
    table = read_table(path)
    assert table.columns == ["Date", "Paid (£)", "Type"] and table.report.notes == ()
    path.write_text(path.read_text("utf-8") + "2024-03-09,9,a,x\n", "utf-8")
    assert read_table(path).columns[3] == "column 4"
