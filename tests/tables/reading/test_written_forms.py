"""Money, percent, dates and codes as people write them."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from tests.helpers.shared import SHARED, needs
from tests.helpers.tables import rows_of

D = datetime.date


def column(tmp_path: Path, cells: list[str], *, others: str = "a b", **options: Any) -> Table:
    path = tmp_path / "t.csv"
    path.write_text("value|name\n" + "\n".join(f"{cell}|{others}" for cell in cells), "utf-8")
    return read_table(path, delimiter="|", **options)


def values(table: Table) -> list[Any]:
    return [cell.to_pydatetime() if hasattr(cell, "to_pydatetime") else cell for cell, *_ in rows_of(table)]


def texts(table: Table) -> list[str]:
    return table.execute(table.expression.select(text=table.texts("value")))["text"].tolist()


def day(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts)


@pytest.mark.parametrize(
    ("cells", "expected", "says"),
    [
        (["1.091,47 €", "12,00 €", "-3,50 €"], [1091.47, 12.0, -3.5], "money"),
        (["$1,234.50", "$12", "-$3.20"], [1234.5, 12.0, -3.2], "money"),
        (["€ 1.091", "€ 2.500", "€ 12"], [1091.0, 2500.0, 12.0], "money"),
        (["5 kr", "1\u00a0000 kr", "12 kr"], [5.0, 1000.0, 12.0], "money"),
        (["EUR 5.50", "7", "USD 1,000"], [5.5, 7.0, 1000.0], "money"),
        (["(432)", "1,200", "15"], [-432.0, 1200.0, 15.0], "parentheses"),
        (["12 %", "5.5%", "100%"], [12.0, 5.5, 100.0], "percent"),
        (["1 234,5", "12 000", "3"], [1234.5, 12000.0, 3.0], "thousands"),
        (["1'234.5", "12'000", "3"], [1234.5, 12000.0, 3.0], "thousands"),
    ],
)
def test_money_percent_and_thousands_are_numbers(
    tmp_path: Path, cells: list[str], expected: list[float], says: str
) -> None:
    table = column(tmp_path, cells)
    assert values(table) == expected
    assert [says in note for note in table.report.notes] == [True]


@pytest.mark.parametrize(
    "cells",
    [
        ["(1)", "(2)", "(3)"],
        ["12 %", "5", "x"],
        ["ABC 12", "ABC 13", "ABC 14"],
        ["030 123", "040 222", "050 333"],
        ["+1", "+2", "+3"],
        ["1.2.10", "1.3.2", "10.1.1"],
        ["01.02.03", "01.02.04", "01.02.05"],
        ["10.0.0.1", "10.0.0.2", "127.0.0.1"],
        ["1005-00-073", "2320-01-107", "2320-01-108"],
        ["32/01/2024", "01/02/2024", "03/04/2024"],
        ["yes", "no", "yes"],
    ],
)
def test_codes_stay_as_they_are(tmp_path: Path, cells: list[str]) -> None:
    assert values(column(tmp_path, cells)) == cells


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["12.09.2024", "30.01.2023", "01.10.2024"], [day(2024, 9, 12), day(2023, 1, 30), day(2024, 10, 1)]),
        (["13/09/2024", "10/11/2024", "01/02/2024"], [day(2024, 9, 13), day(2024, 11, 10), day(2024, 2, 1)]),
        (["09/13/2024", "10/11/2024", "01/02/2024"], [day(2024, 9, 13), day(2024, 10, 11), day(2024, 1, 2)]),
        (["9/13/24", "10/1/24", "1/2/24"], [day(2024, 9, 13), day(2024, 10, 1), day(2024, 1, 2)]),
        (["2024/9/3", "2024/12/1", "2024/1/1"], [day(2024, 9, 3), day(2024, 12, 1), day(2024, 1, 1)]),
        (["3 Sep 2024", "12 Oct 2023", "1 Jan 2020"], [day(2024, 9, 3), day(2023, 10, 12), day(2020, 1, 1)]),
        (["03-Sep-24", "12-Oct-23", "01-Jan-20"], [day(2024, 9, 3), day(2023, 10, 12), day(2020, 1, 1)]),
        (
            ["September 3, 2024", "May 12, 2023", "June 1, 2020"],
            [day(2024, 9, 3), day(2023, 5, 12), day(2020, 6, 1)],
        ),
        (["12.09.2024 14:30", "13.09.2024 08:00"], [day(2024, 9, 12, 14, 30), day(2024, 9, 13, 8)]),
        (["5/19/2006 2:30 PM", "12/1/2010 9:05 AM"], [day(2006, 5, 19, 14, 30), day(2010, 12, 1, 9, 5)]),
    ],
)
def test_dates_are_dates_and_their_text_is_kept(
    tmp_path: Path, cells: list[str], expected: list[datetime.datetime]
) -> None:
    table = column(tmp_path, cells)
    assert values(table) == expected
    assert texts(table) == cells
    assert table.report.notes == ()
    assert table.profile()["kind"].iloc[0] == "time"


def test_the_order_of_day_and_month_is_that_of_the_other_columns_or_said_to_be_a_guess(
    tmp_path: Path,
) -> None:
    alone = column(tmp_path, ["09/12/2024", "10/11/2024"])
    assert values(alone) == [day(2024, 9, 12), day(2024, 10, 11)]
    assert any('"value" are ambiguous: the month was taken' in note for note in alone.report.notes)
    beside = column(tmp_path, ["09/12/2024", "10/11/2024"], others="31/01/2024")
    assert values(beside) == [day(2024, 12, 9), day(2024, 11, 10)]
    assert any("as in the other columns" in note for note in beside.report.notes)
    months = column(tmp_path, [f"01/{month:02}/2024" for month in range(1, 13)])
    assert values(months)[-1] == day(2024, 12, 1) and months.report.notes == ()


def test_the_order_is_decided_by_a_day_far_down(tmp_path: Path) -> None:
    table = column(tmp_path, ["01/02/2024"] * 60_000 + ["13/02/2024"])
    assert values(table)[0] == day(2024, 2, 1) and values(table)[-1] == day(2024, 2, 13)


def test_times_with_offsets_are_those_of_the_clocks_there(tmp_path: Path) -> None:
    table = column(tmp_path, ["2024-06-03T10:00:00+02:00", "2024-01-03T10:00:00+01:00"])
    assert values(table) == [day(2024, 6, 3, 10), day(2024, 1, 3, 10)]
    assert any("clocks" in note for note in table.report.notes)


@pytest.mark.parametrize(
    "cells",
    [["1.1", "1.10", "1.2"], ["250.0", "250.00", "3.0"], ["1", "1.0", "2"], ["1.1"] * 60_000 + ["1.10"]],
)
def test_texts_that_would_become_one_number_stay_texts(tmp_path: Path, cells: list[str]) -> None:
    table = column(tmp_path, cells)
    assert values(table) == cells
    assert any("as numbers its" in note for note in table.report.notes)
    assert values(column(tmp_path, cells, types={"value": "number"}))[:2] == [
        float(cells[0]),
        float(cells[1]),
    ]


@pytest.mark.parametrize(
    ("cells", "notes"),
    [
        (["1.50", "2.25", "3.10"], 0),
        (["0.5", "0.25", "10.0"], 0),
        (["1.5", "2.25", "3.10"], 1),
        (["1.0", "2.0", "3.0"], 0),
        (["1.5"] * 60_000 + ["2.25", "3.10"], 1),
    ],
)
def test_numbers_stay_numbers_and_a_doubtful_column_is_named(
    tmp_path: Path, cells: list[str], notes: int
) -> None:
    table = column(tmp_path, cells)
    assert values(table) == [float(cell) for cell in cells]
    assert ["end in 0" in note for note in table.report.notes] == [True] * notes


@needs("cases")
def test_the_published_case_of_codes_with_a_point_is_text() -> None:
    table = read_table(SHARED / "cases" / "codes_with_a_point.csv")
    assert table.expression["version"].type().is_string()
    assert table.profile()["distinct"].iloc[0] == 6 and table.report.notes


def test_a_person_overrules_every_guess(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "top\nzip;on;size;note\n01234;05/01/2024;1,5;'a'\n80331;06/01/2024;n/a;b\n99999;x;-;c\nend\n"
    )
    table = read_table(
        path,
        types={"zip": "number", "on": "time", "size": "number", "note": "ignore"},
        skip_top=1,
        skip_bottom=1,
        missing=["-"],
        quote="",
    )
    assert table.columns == ["zip", "on", "size"]
    assert [row[0] for row in rows_of(table)] == [1234.0, 80331.0, 99999.0]
    assert [row[2] for row in rows_of(table)] == [1.5, None, None]
    assert str(rows_of(table)[0][1])[:10] == "2024-05-01" and rows_of(table)[2][1] is None
    lost = [note for note in table.report.notes if "count as missing" in note]
    assert len(lost) == 2 and '"n/a"' in "".join(lost) and '"x"' in "".join(lost)
    plain = table.read_again(header_line=1, types={"size": "text"})
    assert [row[2] for row in rows_of(plain)][:3] == ["1,5", "n/a", "-"]


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ({"quote": "#"}, "quote must be"),
        ({"encoding": "utf-16"}, "not written in utf-16"),
        ({"skip_top": 500}, "nothing below the 500 lines"),
        ({"skip_top": -1}, "skip_top must be"),
        ({"missing": "NA"}, "missing must be a list"),
        ({"types": ["zip"]}, "types must name columns"),
        ({"types": {"zap": "text"}}, 'no column|there is none of that name. Did you mean "zip"'),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, option: dict[str, Any], says: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("zip,n\n1,2\n")
    with pytest.raises(ValueError, match=says):
        read_table(path, **option)
