"""Any table comes back as it was written: in a dialect that is said, and in one that is not, or with a note."""

import csv
import io
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embed_core.tables.reading.dialect import DELIMITERS
from embed_core.tables.reading.read import read_table
from tests.helpers.tables import rows_of

_LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0\r\n\ufeff\x1f\x85\u2028\u2029"
)
# What dialects are made of comes more often than by chance.
_CELLS = st.text(st.sampled_from("ab1,;|\t'\"\n .-é") | _LETTERS, max_size=8)
_NAMES = st.text(st.sampled_from("abcdefgh éß"), min_size=1, max_size=8).map(str.strip).filter(bool)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """Names, and rows in which not all cells are empty."""
    names = draw(st.lists(_NAMES, min_size=2, max_size=5, unique_by=str.casefold))
    row = st.lists(_CELLS, min_size=len(names), max_size=len(names)).filter(any)
    return names, draw(st.lists(row, min_size=1, max_size=12))


_DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;|\t:~ "),
        "quotechar": st.sampled_from("\"'"),
        "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    }
)


def written(names: list[str], rows: list[list[str]], dialect: dict[str, Any], encoding: str) -> io.BytesIO:
    if dialect["lineterminator"] == "\r":  # a line feed in a cell would be the end of a line
        rows[:] = [[cell.replace("\n", " ") for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows([names, *rows])
    file = io.BytesIO(text.getvalue().encode(encoding))
    file.name = "table.csv"
    return file


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables(), dialect=_DIALECTS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_table_in_a_dialect_that_is_said_comes_back(
    table: tuple[list[str], list[list[str]]], dialect: dict[str, Any], encoding: str
) -> None:
    names, rows = table
    found = read_table(
        written(names, rows, dialect, encoding),
        encoding=encoding,
        delimiter=dialect["delimiter"],
        quote=dialect["quotechar"],
        header_line=0,
        types=dict.fromkeys(names, "text"),
    )
    assert found.columns == names
    assert rows_of(found) == [[cell or None for cell in row] for row in rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables(), dialect=_DIALECTS.filter(lambda dialect: dialect["delimiter"] in DELIMITERS))
def test_a_table_in_a_dialect_that_is_not_said_comes_back_or_a_note_says_what_was_assumed(
    table: tuple[list[str], list[list[str]]], dialect: dict[str, Any]
) -> None:
    names, rows = table
    found = read_table(written(names, rows, dialect, "utf-8"))
    if found.report.notes:
        return
    assert found.columns == names
    as_text = found.read_again(types=dict.fromkeys(names, "text"))
    assert rows_of(as_text) == [[cell or None for cell in row] for row in rows]
