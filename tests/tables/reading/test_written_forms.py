"""Money, percent, dates and codes as people write them."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from embed_core.tables.reading import typed_table
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
        (["1,23,456", "1,00,00,000", "543"], [123456.0, 10_000_000.0, 543.0], "thousands"),
        (["1,234.50-", "12.00"], [-1234.5, 12.0], "signs"),
        (["±10", "±1,200", "±7"], [10.0, 1200.0, 7.0], "signs"),
        (["\u22121.5", "2.5", "\u20133.25"], [-1.5, 2.5, -3.25], "signs"),
        (["+1.5", "-2.5", "0"], [1.5, -2.5, 0.0], "signs"),
        (["$ (1,234.50)", "$ 12.00 "], [-1234.5, 12.0], "money"),
        (["1 234,50 руб.", "12,00 руб."], [1234.5, 12.0], "money"),  # noqa: RUF001
        (["1,234円", "200円"], [1234.0, 200.0], "money"),
        (["Fr. 12.-", "Fr. 3.50"], [12.0, 3.5], "money"),
        (["12.3 p", "11.2", "10.1", "9.5 e"], [12.3, 11.2, 10.1, 9.5], "flag"),
    ],
)
def test_money_percent_and_thousands_are_numbers(
    tmp_path: Path, cells: list[str], expected: list[float], says: str
) -> None:
    table = column(tmp_path, cells)
    assert values(table) == expected
    assert [says in note for note in table.report.notes] == [True]


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["26:05:00", "0:00:30", "1:02:03.5"], [93_900.0, 30.0, 3_723.5]),
        (["24:00:01", "0:00:30", "1:00:00"], [86_401.0, 30.0, 3_600.0]),
        (["2 days 01:00:00", "0 days 00:00:01", "1 day, 0:10:00"], [176_400.0, 1.0, 87_000.0]),
        (["-1:00:00", "0:30:00"], [-3_600.0, 1_800.0]),
        (["1 h 5 min", "45 min", "2 hours and 10 seconds"], [3_900.0, 2_700.0, 7_210.0]),
        (["1h5m", "5m", "2d 3h"], [3_900.0, 300.0, 183_600.0]),
        (["1,5 Std.", "2 Stunden", "10 Minuten"], [5_400.0, 7_200.0, 600.0]),
        (["PT1H5M", "PT30S", "P1DT0.5S"], [3_900.0, 30.0, 86_400.5]),
        (["P1D", "P2W", "PT1S"], [86_400.0, 1_209_600.0, 1.0]),
        (["1 heure et 5 min", "2 semaines"], [3_900.0, 1_209_600.0]),
    ],
)
def test_durations_are_numbers_of_seconds(tmp_path: Path, cells: list[str], seconds: list[float]) -> None:
    table = column(tmp_path, [*cells, ""])
    assert values(table) == [*seconds, None]
    assert table.report.notes == ('"value" holds durations: they are numbers of seconds.',)


def test_hours_of_a_day_are_a_duration_where_the_name_says_so(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("duration,starts\n1:30:00,8:30:00\n0:45:10,9:00:00\n", "utf-8")
    assert rows_of(read_table(path)) == [[5_400.0, "8:30:00"], [2_710.0, "9:00:00"]]


@pytest.mark.parametrize(
    "cells",
    [
        ["08:30:00", "23:59:59", "00:00:00"],
        ["08:30:00", "23:59:59", "24:00:00"],
        ["5 m", "10 m", "3 m"],
        ["5 min", "5 km", "7 h"],
        ["-", "1 h", "2 h x"],
        ["PT", "PTX1", "P12"],
        ["30 min", "90 min"] * 20,
    ],
)
def test_texts_that_look_a_little_like_durations_stay(tmp_path: Path, cells: list[str]) -> None:
    assert values(column(tmp_path, cells)) == cells


@pytest.mark.parametrize(
    "cells",
    [
        ["(1)", "(2)", "(3)"],
        ["12 %", "5", "x"],
        ["ABC 12", "ABC 13", "ABC 14"],
        ["030 123", "040 222", "050 333"],
        ["+1", "+2", "+3"],
        ["+49 301 234 567", "+49 891 234 567"],
        ["12 b", "14", "16"],
        ["5-", "6", "7-"],
        ["1-5", "6-10"],
        ["2024年", "2023年"],
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


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2024年3月1日", "2023年12月25日"], [day(2024, 3, 1), day(2023, 12, 25)]),
        (["2024. 3. 1.", "2023. 12. 25."], [day(2024, 3, 1), day(2023, 12, 25)]),
        (["1. März 2024", "25. Dezember 2023"], [day(2024, 3, 1), day(2023, 12, 25)]),
        (["1er mars 2024", "10 août 2021"], [day(2024, 3, 1), day(2021, 8, 10)]),
        (["1 de marzo de 2024", "25 de diciembre de 2023"], [day(2024, 3, 1), day(2023, 12, 25)]),
        (["1 марта 2024", "25 декабря 2023"], [day(2024, 3, 1), day(2023, 12, 25)]),
        (["Friday, March 1, 2024", "Monday, December 25, 2023"], [day(2024, 3, 1), day(2023, 12, 25)]),
        (["1st March 2024", "3rd May 2022"], [day(2024, 3, 1), day(2022, 5, 3)]),
        (
            ["01MAR2024:10:11:12", "03MAY2022:23:59:59"],
            [day(2024, 3, 1, 10, 11, 12), day(2022, 5, 3, 23, 59, 59)],
        ),
        (
            ["Fri Mar 01 10:11:12 UTC 2024", "Tue May 03 23:59:59 UTC 2022"],
            [day(2024, 3, 1, 10, 11, 12), day(2022, 5, 3, 23, 59, 59)],
        ),
        (
            ["01/Mar/2024:10:11:12 +0000", "03/May/2022:23:59:59 +0000"],
            [day(2024, 3, 1, 10, 11, 12), day(2022, 5, 3, 23, 59, 59)],
        ),
        (
            ["12.09.2024 13:45 Uhr", "01.02.2023 00:10 Uhr"],
            [day(2024, 9, 12, 13, 45), day(2023, 2, 1, 0, 10)],
        ),
        (
            ["3/14/2024 1:45 p.m.", "12/25/2023 12:10 a.m."],
            [day(2024, 3, 14, 13, 45), day(2023, 12, 25, 0, 10)],
        ),
        (
            ["20240301T101112Z", "20220503T235959Z"],
            [day(2024, 3, 1, 10, 11, 12), day(2022, 5, 3, 23, 59, 59)],
        ),
    ],
)
def test_dates_in_words_and_in_signs_of_their_own_are_dates(
    tmp_path: Path, cells: list[str], expected: list[datetime.datetime]
) -> None:
    table = column(tmp_path, cells)
    assert values(table) == expected
    assert any("words or signs" in note for note in table.report.notes)
    assert values(column(tmp_path, [*cells, "then"], types={"value": "time"}))[:2] == expected


def test_two_digits_are_a_year_where_the_name_or_the_days_say_so(tmp_path: Path) -> None:
    cells = ["12.09.24", "31.12.22", "05.06.21", "13.07.20", "01.01.19"]
    assert values(column(tmp_path, cells))[0] == day(2024, 9, 12)
    assert values(column(tmp_path, ["01.02.03", "01.02.04"])) == ["01.02.03", "01.02.04"]


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


@pytest.mark.parametrize(
    ("later", "looks", "kind"),
    [
        (["12.0"], 1, "float64"),
        (["12"], 2, "float64"),
        (["12", "12.0"], 2, "string"),
        (["1.50"], 2, "float64"),
    ],
)
def test_decimals_past_the_first_rows_that_may_be_codes_are_looked_at_again(
    tmp_path: Path, later: list[str], looks: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guessed, guess = [], typed_table.guess
    monkeypatch.setattr(
        typed_table, "guess", lambda *args, **known: guessed.append(1) or guess(*args, **known)
    )
    monkeypatch.setattr(typed_table, "_SAMPLE_ROWS", 100)
    table = column(tmp_path, [f"{row}.{'5' * (row % 2)}{row % 9 + 1}" for row in range(150)] + later)
    assert (len(guessed), str(table.expression["value"].type())) == (looks, kind)
    assert texts(table)[-1] == (later[-1] if kind == "string" else str(float(later[-1])))
