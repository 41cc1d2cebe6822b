"""Layouts that tables come in, each in a few lines: what stands between cells, around them and above them."""

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from benchmarks.pollutions import pollutions
from benchmarks.reading import ours, score
from embed_core.tables.reading.escaped import NOTHING
from embed_core.tables.reading.read import read_table
from tests.helpers.tables import rows_of

NAMES = ["city", "kind", "amount", "date"]
ROWS = [
    [city, kind, str(amount), f"2024-01-{amount:02d}"]
    for city, kind, amount in zip(
        ["Paris", "Lyon", "Nice", "Lille"] * 2, "xyzxyzxy", range(10, 18), strict=True
    )
]
LINES = [",".join(row) for row in (NAMES, *ROWS)]


def between(mark: str) -> list[str]:
    return [line.replace(",", mark) for line in LINES]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        *(pytest.param(between(mark), NAMES, id=repr(mark)) for mark in "^~\x01*: "),
        *(pytest.param(between(mark), NAMES, id=repr(mark)) for mark in ("||", ";;", ", ", "   ")),
        pytest.param([f'"{line}"' for line in LINES], NAMES, id="whole lines in quotes"),
        pytest.param([LINES[0], "---,---,---,---", *LINES[1:]], NAMES, id="a line drawn below the names"),
        pytest.param(["Author,Me", "Units,EUR", *LINES], NAMES, id="narrow lines above sure names"),
        pytest.param([*LINES, "\x1a"], NAMES, id="the end of a file in DOS"),
        pytest.param(
            [LINES[0], "(name),(code),(EUR),(ISO)", *LINES[1:]],
            ["city (name)", "kind (code)", "amount (EUR)", "date (ISO)"],
            id="units below the names",
        ),
        pytest.param(
            [LINES[0], ",,EUR,", *LINES[1:]],
            [*NAMES[:2], "amount EUR", "date"],
            id="a unit below one of the names",
        ),
    ],
)
def test_a_layout_is_found(tmp_path: Path, lines: list[str], names: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    table = read_table(path)
    assert (table.columns, table.n_rows) == (names, len(ROWS))
    assert table.expression[names[2]].type().is_integer()
    assert table.head(1)[names[0]].tolist() == ["Paris"]


@pytest.mark.parametrize("mark", ["\t", ",", ";", "|"])
def test_a_separator_behind_a_backslash_is_part_of_its_cell(tmp_path: Path, mark: str) -> None:
    lines = [f"x{at}{mark}C:\\\\a\\{mark}b{mark}{at if at else NOTHING}" for at in range(5)]
    path = tmp_path / "t.txt"
    path.write_text("\n".join([f"a{mark}b{mark}c", f'y{mark}12" wide{mark}7', *lines]) + "\n")
    table = read_table(path)
    assert rows_of(table) == [
        ["y", '12" wide', 7],
        *([f"x{at}", f"C:\\a{mark}b", at or None] for at in range(5)),
    ]
    assert "A separator behind a backslash was read as part of its cell." in table.report.notes
    assert "What says \\N counts as missing, as in what databases write." in table.report.notes


def test_a_backslash_before_a_separator_in_all_lines_is_the_end_of_a_path(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("folder,size\n" + "".join(f"C:\\new{at}\\,{at}\n" for at in range(5)))
    assert rows_of(read_table(path)) == [[f"C:\\new{at}\\", at] for at in range(5)]


def drawn(between: str = "  ", frame: str = "") -> list[str]:
    """The table with its cells filled up to one width each."""
    widths = [max(map(len, column)) for column in zip(NAMES, *ROWS, strict=True)]
    lines = ([*map(str.ljust, row, widths)] for row in (NAMES, *ROWS))
    return [f"{frame}{between.join(line)}{frame}" for line in lines]


BOX = drawn(" | ", "|")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(drawn(), id="columns below one another"),
        pytest.param([f"  {line}" for line in drawn()], id="columns below one another, set in"),
        pytest.param(drawn(","), id="filled up to one width"),
        pytest.param([BOX[0], "|---|---|--:|---|", *BOX[1:]], id="Markdown"),
        pytest.param(["+--+--+--+--+", BOX[0], "+--+", *BOX[1:], "+--+"], id="a box"),
        pytest.param(
            [BOX[0][1:-1], "----+----+---+---", *(line[1:-1] for line in BOX[1:])], id="a printed query"
        ),
    ],
)
def test_a_drawn_table_is_read_without_the_drawing(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "t.txt"
    path.write_text("\n".join(lines) + "\n")
    table = read_table(path)
    assert table.to_pandas().astype(str).to_numpy().tolist() == ROWS
    assert table.columns == NAMES
    assert table.expression["amount"].type().is_integer()
    assert any("blanks" in note for note in table.report.notes)


SAP = """25.03.2024                Dynamic List Display          1

-----------------------------
|Mat  |Plnt|Value     |
-----------------------------
|M-01 |1000|  1.234,50|
|M-02 |1000|    45,10-|
|M-03 |1200|    45,10 |
-----------------------------
"""
PSQL = (
    " id | name | price \n----+------+-------\n 1 | Anna | 1.50\n 2 | Bert | \n 3 | Cleo | 2.25\n(3 rows)\n"
)
BOXES = "┌──────┬───┐\n│ town │ n │\n├──────┼───┤\n│ Ulm  │ 3 │\n│ Bonn │ 4 │\n└──────┴───┘\n"
SIMPLE = "====  ===\ntown  n\n====  ===\nUlm   3\nBonn  4\nKiel  5\n====  ===\n"
FIXED = """Station Name          Temp Hum
Ulm Hbf               12.5  80
Bad Ems                3.1
Frankfurt (Main) Ost  10.0 100
Kiel                  -1.5  90
"""
PRINTED = "        mpg cyl\nMazda  21.0   6\nDatsun 22.8   4\nHornet 21.4   6\nVan     9.1   8\n"
OF_R = '"Sepal" "Species"\n"1" 5.1 "setosa"\n"2" 4.9 "versi color"\n"3" 4.7 "setosa"\n'


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        (
            SAP,
            ["Mat", "Plnt", "Value"],
            [["M-01", 1000, 1234.5], ["M-02", 1000, -45.1], ["M-03", 1200, 45.1]],
        ),
        (PSQL, ["id", "name", "price"], [[1, "Anna", 1.5], [2, "Bert", None], [3, "Cleo", 2.25]]),
        (BOXES, ["town", "n"], [["Ulm", 3], ["Bonn", 4]]),
        (SIMPLE, ["town", "n"], [["Ulm", 3], ["Bonn", 4], ["Kiel", 5]]),
        (
            FIXED,
            ["Station Name", "Temp", "Hum"],
            [
                ["Ulm Hbf", 12.5, 80],
                ["Bad Ems", 3.1, None],
                ["Frankfurt (Main) Ost", 10.0, 100],
                ["Kiel", -1.5, 90],
            ],
        ),
        (
            PRINTED,
            ["column 1", "mpg", "cyl"],
            [["Mazda", 21.0, 6], ["Datsun", 22.8, 4], ["Hornet", 21.4, 6], ["Van", 9.1, 8]],
        ),
        (
            OF_R,
            ["column 1", "Sepal", "Species"],
            [[1, 5.1, "setosa"], [2, 4.9, "versi color"], [3, 4.7, "setosa"]],
        ),
        (
            "# x y z\n1.0 2.5 3.5\n2.0 3.5 4.5\n3.0 4.5 5.5\n",
            ["column 1", "column 2", "column 3"],
            [[1.0, 2.5, 3.5], [2.0, 3.5, 4.5], [3.0, 4.5, 5.5]],
        ),
        ("town§n\nUlm§3\nBonn§4\n", ["town", "n"], [["Ulm", 3], ["Bonn", 4]]),
        (
            "town,n\r\nUlm,3\r\nBonn,4\rKiel,5\r\nJena,6\r\n",
            ["town", "n"],
            [["Ulm", 3], ["Bonn", 4], ["Kiel", 5], ["Jena", 6]],
        ),
        (
            "town,n\nUlm,3\n# so far it is checked\nBonn,4\nKiel,5\n",
            ["town", "n"],
            [["Ulm", 3], ["Bonn", 4], ["Kiel", 5]],
        ),
        ("tag,n\n#a,3\n#b\n#c,5\n", ["tag", "n"], [["#a", 3], ["#b", None], ["#c", 5]]),
        ("text\nx\x1fy\nx\nz\n", ["text"], [["x\x1fy"], ["x"], ["z"]]),
    ],
)
def test_what_programs_print_is_read(
    tmp_path: Path, text: str, names: list[str], rows: list[list[Any]]
) -> None:
    path = tmp_path / "t.txt"
    path.write_text(text, "utf-8", newline="")
    table = read_table(path)
    assert (table.columns, rows_of(table)) == (names, rows)


YEARS = [[f"P{row}", *(str(row * 37 + 500 + year**3) for year in range(4))] for row in range(12)]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["region,2021,2020,2019,2018"], ["region", "2021", "2020", "2019", "2018"]),
        (["region,1990,2000,2010,2020"], ["region", "1990", "2000", "2010", "2020"]),
        (["region,5,10,15,20"], ["region", "5", "10", "15", "20"]),
        ([",2019,,2020,", "region,a,b,a,b"], ["region", "2019 a", "2019 b", "2020 a", "2020 b"]),
        (["region,2019,,2020,", ",a,b,a,b"], ["region", "2019 a", "2019 b", "2020 a", "2020 b"]),
        (["region,2019,2019,2020,2020", ",a,b,a,b"], ["region", "2019 a", "2019 b", "2020 a", "2020 b"]),
        ([",m,,w,", "region,2019,2020,2019,2020"], ["region", "m 2019", "m 2020", "w 2019", "w 2020"]),
    ],
)
def test_years_and_counts_are_names_above_other_numbers(
    tmp_path: Path, lines: list[str], names: list[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join([*lines, *map(",".join, YEARS)]) + "\n")
    table = read_table(path)
    assert (table.columns, table.n_rows) == (names, len(YEARS))
    book = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for at, line in enumerate([*(line.split(",") for line in lines), *YEARS]):
            for column, cell in enumerate(line):
                if cell:
                    sheet.write(at, column, int(cell) if cell.isdecimal() else cell)
    assert read_table(book).columns == names


@pytest.mark.parametrize("cell", ["9" * 5_000, "-" * 200_000 + "x|", " " * 200_000 + "x"])
def test_long_cells_are_read_at_once(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a   ,b   ,c", cell + ",1   ,2", *["ab  ,1   ,2"] * 5]) + "\n")
    assert read_table(path).n_rows == 6


@pytest.mark.parametrize("first", [["1990", "2000", "2010"], ["1", "2", "3", "4"]])
def test_rows_of_years_and_of_counts_are_rows(tmp_path: Path, first: list[str]) -> None:
    rows = [[f"P{row}", *(str(int(cell) + row) for cell in first)] for row in range(12)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(map(",".join, rows)) + "\n")
    assert read_table(path).n_rows == len(rows)


@pytest.mark.parametrize("title", ["Costs, 2020", "Costs, 2020\nas of 1 May, 12 o'clock\n"])
@pytest.mark.parametrize("columns", [2, 4])
def test_a_comma_in_a_title_and_in_numbers_separates_nothing(
    tmp_path: Path, title: str, columns: int
) -> None:
    path = tmp_path / "t.csv"
    rows = [";".join([row[0], *[f"{at},5"] * (columns - 1)]) for at, row in enumerate(ROWS)]
    path.write_text("\n".join([title, ";".join(NAMES[:columns]), *rows]))
    table = read_table(path)
    assert (table.columns, table.n_rows) == (NAMES[:columns], len(ROWS))
    assert table.expression[NAMES[1]].type().is_floating()


@pytest.mark.parametrize(
    ("below", "rows"),
    [
        (["n/a,-,n/a,k.A."], 9),
        (["Total,,108,"], 9),
        (["", "Source: Office of Statistics, 2020", "* provisional"], 10),
        (["Total,,108,", ",,,", "Notes: see annex,,,"], 10),
    ],
)
def test_what_holds_no_value_makes_no_text_of_numbers(tmp_path: Path, below: list[str], rows: int) -> None:
    path = tmp_path / "t.csv"
    lines = [",".join([str(2000 + at), *row[1:]]) for at, row in enumerate(ROWS)]
    path.write_text("\n".join([LINES[0], *lines, *below]))
    table = read_table(path)
    assert table.n_rows == rows
    assert all(table.expression[name].type().is_integer() for name in ("city", "amount"))
    assert any('in "city"' in note and "counts as missing" in note for note in table.report.notes)
    kept = read_table(path, types={"city": "text"})
    assert kept.n_rows == rows
    assert below[-1].split(",")[0] in kept.execute(kept.expression)["city"].tolist()


@pytest.mark.parametrize(
    ("below", "says"),
    [
        (["", "Source: Office, all of it"], ['nothing but "Source: Office, all of it"', "skip a line"]),
        (["Notes;;;", "Source;;;", ";;;"], ["The last 2 rows", 'such as "Source"', "skip 2 lines"]),
        (["Total;;108;"], ['row "Total" at the end', "was read as one of them", "skip a line"]),
        (["", "Total:;;108;", "", "Source:;Office;;"], ["looks like a footnote", '"Total:"', "skip 2 lines"]),
        ([f"({at}) provisional;;;" for at in range(12)], ["The last 12 rows", "skip 12 lines"]),
    ],
)
def test_footnotes_are_said_with_the_way_to_leave_them_out(
    tmp_path: Path, below: list[str], says: list[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join([*(line.replace(",", ";") for line in LINES), *below]))
    notes = [note for note in read_table(path).report.notes if "at the bottom" in note]
    assert notes and all(part in "".join(notes) for part in says)
    skipped = read_table(path, skip_bottom=sum(bool(line.strip(";")) for line in below))
    assert skipped.n_rows == len(ROWS)
    assert not any("at the bottom" in note for note in skipped.report.notes)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_said_of_the_last_rows_leaves_out_these_alone(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    rows = [[f"town {at}", at * 37 % 101] for at in range(12)]
    below = [[None, None], ["Total", 512], [None, None], ["(1) provisional", None], ["Source: Office", None]]
    cells = [["town", "sold"], *rows, *below, [None, None]]
    if suffix == ".csv":
        path.write_text(
            "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in cells)
        )
    else:
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            for at, row in enumerate(cells):
                sheet.write_row(at, 0, row)
            sheet.write_blank(20, 1, None, book.add_format({"bold": True}))
    notes = read_table(path).report.notes
    lines = [int(found[1]) for note in notes if (found := re.search(r"skip (\d+) lines at the bottom", note))]
    assert lines == [2, 3]
    towns = [read_table(path, skip_bottom=each).to_pandas()["town"].tolist() for each in lines]
    assert towns == [[*(town for town, _ in rows), "Total"], [town for town, _ in rows]]


@pytest.mark.parametrize(
    "last", ["town 11,", "Total,5\nMen,2\nTotal,7", "a town of a rather long name,7", "Noteworthy,"]
)
def test_rows_that_may_be_of_the_table_are_not_said_to_be_below_it(tmp_path: Path, last: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["town,sold", *(f"town {at},{at}" for at in range(11)), last]))
    assert not any("at the bottom" in note for note in read_table(path).report.notes)


@pytest.mark.parametrize(
    "cell",
    ["[c]", "(D)", "**", "#DIV/0!", "#WERT!", "#NV", "$ -", "\\N", "keine Angabe", "н/д", "…", "(blank)"],
)
def test_what_says_that_there_is_no_value_is_missing_among_values(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["price,kind", *(f"{at}.5,x" for at in range(10, 20)), f"{cell},y"]), "utf-8")
    assert read_table(path).expression["price"].type().is_floating()
    if cell == "\\N":
        return  # databases alone write it
    path.write_text("\n".join(["kind,n", *(f"t{at},{at}" for at in range(10, 20)), f"{cell},5"]), "utf-8")
    assert cell in read_table(path).to_pandas()["kind"].tolist()


@pytest.mark.parametrize("cell", ["A17", "x", "5*", "none of these", "007"])
def test_a_word_among_numbers_keeps_a_column_text(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["code,kind", *(f"{at},x" for at in range(10, 20)), f"{cell},y"]))
    assert cell in read_table(path).execute(read_table(path).expression)["code"].tolist()


@pytest.mark.parametrize(
    "lines",
    [
        ["text", *(f"this is sentence {number}, and so on" for number in range(20))],
        ["when", *(f"2024-01-{day:02d} 10:00:00" for day in range(10, 30))],
        ["name", *(f"Anna Maria {letter}" for letter in "abcdefghij")],
        ["time", *(f"10:{minute}:00" for minute in range(10, 30))],
        ["text", "this is one  of", "them is two  so", "that is red  as", "what is old  or"],
    ],
)
def test_one_column_stays_one(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    table = read_table(path)
    assert (table.columns, table.n_rows) == (lines[:1], len(lines) - 1)


def test_all_of_pollocks_kinds_are_read_whole(tmp_path: Path) -> None:
    names = ["Airport Name", "Make Model", "Flight Date", "Cost Total"]
    rows = [[f"{row[0]}, {row[1]}", f"m{at}", row[3], row[2]] for at, row in enumerate(ROWS * 4)]
    seen = set()
    for file in pollutions(names, rows):
        if file.kind in seen or not file.rows:  # one of a kind: the rest is in the benchmark
            continue
        seen.add(file.kind)
        path = tmp_path / "t.csv"
        path.write_bytes(file.content)
        assert score(file, ours(path)) == 1.0, file.kind
    assert len(seen) > 25
