"""Digits of other scripts, and what stands around and within numbers."""

import datetime
import io
from typing import Any

import pytest

from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from tests.helpers.tables import rows_of


def read_csv(text: str, **options: Any) -> Table:
    return read_table(io.BytesIO(text.encode()), **options)


DIGITS = {
    "Arabic": ("\u0660", "\u066b", "\u066a"),
    "Persian": ("\u06f0", "\u066b", "\u066a"),
    "Devanagari": ("\u0966", ".", "%"),
    "full width": ("\uff10", "\uff0e", "\uff05"),
}


@pytest.mark.parametrize("script", DIGITS)
def test_digits_of_other_scripts_are_numbers_and_dates(script: str) -> None:
    zero, mark, percent = DIGITS[script]
    digits = map(chr, range(ord(zero), ord(zero) + 10))
    foreign = str.maketrans(dict(zip("0123456789.%", [*digits, mark, percent], strict=True)))
    lines = [f"t{at},{f'{at}.5,{at + 10}%,2024/03/{at + 10},No {at}'.translate(foreign)}" for at in range(9)]
    table = read_csv("\n".join(["t,number,share,day,text", *lines]))
    assert rows_of(table)[3] == [
        *("t3", 3.5, 13, datetime.datetime(2024, 3, 13)),
        "No 3".translate(foreign),
    ]
    assert "day" not in table.report.written
    kept = read_csv("\n".join(["t,number,share,day,text", *lines]), types={"number": "text"})
    assert rows_of(kept)[3][1] == "3.5".translate(foreign)


def test_marks_of_the_direction_of_writing_are_no_part_of_numbers() -> None:
    lines = [f"א{at},\u200e{at}.5" for at in range(5)]
    assert [row[1] for row in rows_of(read_csv("\n".join(["a,b", *lines])))] == [0.5, 1.5, 2.5, 3.5, 4.5]


@pytest.mark.parametrize("separator", [";", ","])
def test_whole_numbers_beside_it_say_that_a_mark_is_that_of_thousands(separator: str) -> None:
    cells = ["900", "1.010", "2.500", "13.001", "7"]
    table = read_csv("\n".join([f"a{separator}b", *(f"x{separator}{cell}" for cell in cells)]))
    assert [row[1] for row in rows_of(table)] == [900, 1010, 2500, 13001, 7]
    assert any("ambiguous" in note for note in table.report.notes)


def test_two_texts_that_are_one_number_but_for_blanks_are_said() -> None:
    table = read_csv('code,n\n" 1",3\n1,4\n2,5\n')
    assert [row[0] for row in rows_of(table)] == [1, 1, 2]
    assert [note for note in table.report.notes if "blanks" in note and '"code"' in note]
    assert not read_csv('code,n\n"  1",3\n" 10",4\n"100",5\n').report.notes


def test_zones_behind_clocks_of_twelve_hours_are_left_out() -> None:
    lines = [f"2024/03/0{at} 10:00:00 PM GMT+1,{at}" for at in range(1, 6)]
    table = read_csv("\n".join(["when,n", *lines]))
    assert rows_of(table)[0][0] == datetime.datetime(2024, 3, 1, 22)
    assert any("Their zones are left out" in note for note in table.report.notes)
