"""Broken files: our own of every kind, and the published ones where they are at hand."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from embed_core.errors import AtlasError
from embed_core.tables.names import unique_names
from embed_core.tables.reading.read import read_table
from tests.data.nasty.cells import HOSTILE
from tests.data.nasty.kind import Nasty
from tests.data.nasty.make import FOLDER, NASTY
from tests.helpers.shared import SHARED, needs
from tests.helpers.tables import rows_of

PUBLISHED = SHARED / "nasty"
SUPPORTED = (".csv", ".tsv", ".txt", ".parquet")
INDEX = json.loads((PUBLISHED / "index.json").read_text("utf-8")) if PUBLISHED.exists() else []
# Names that the index gives as a naive parser leaves them: the blank after the comma belongs to it.
STRIPPED_NAMES = "pollock/file_field_delimiter_0x2C_0x20.csv"

needs_published = needs("nasty")


def same_letters(found: str, expected: str, content: bytes) -> bool:
    """Whether two encodings give the same text (cp932 and shift_jis, for instance)."""
    return content.decode(found).lstrip("\ufeff") == content.decode(expected).lstrip("\ufeff")


def test_the_files_are_what_the_script_writes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {nasty.file for nasty in NASTY}
    assert len({nasty.file for nasty in NASTY}) == len(NASTY)
    for nasty in NASTY:
        assert (FOLDER / nasty.file).read_bytes() == nasty.content, nasty.file


@pytest.mark.parametrize("nasty", [pytest.param(nasty, id=nasty.file) for nasty in NASTY])
def test_a_broken_file_of_our_own_is_read_as_described(nasty: Nasty) -> None:
    path = FOLDER / nasty.file
    if nasty.rows is None:
        with pytest.raises(AtlasError) as error:
            read_table(path)
        assert all(part in str(error.value) for part in nasty.says)
        return
    table = read_table(path)
    report = table.report
    assert table.columns == list(nasty.names or [f"column {n}" for n in range(1, report.columns + 1)])
    if isinstance(nasty.rows, int):
        assert len(rows_of(table)) == nasty.rows
    else:
        assert rows_of(table) == [list(row) for row in nasty.rows]
    assert (report.rows, report.columns) == (table.n_rows, len(table.columns))
    assert (report.delimiter, report.decimal) == (nasty.delimiter, nasty.decimal)
    assert report.header_line == nasty.header_line
    assert same_letters(report.encoding, nasty.encoding, nasty.content)
    assert [part for part in nasty.says if not any(part in note for note in report.notes)] == []
    assert [note for note in report.notes if not any(part in note for part in nasty.says)] == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_categories_are_in_our_own_files(hostile: str) -> None:
    assert hostile in [row[0] for row in rows_of(read_table(FOLDER / "hostile_categories.csv"))]


@needs_published
@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["file"]) for entry in INDEX])
def test_a_published_broken_file_is_read_as_described(entry: dict[str, Any]) -> None:
    path = PUBLISHED / entry["file"]
    if entry["outcome"] == "reject" or entry.get("n_data_rows") == 0 or path.suffix not in SUPPORTED:
        with pytest.raises(AtlasError):
            read_table(path)
        return
    table = read_table(path)
    report = table.report
    if entry["outcome"] in ("read_warn", "reject_or_warn"):
        assert report.notes, "what was repaired must be said"
    if entry["outcome"] == "reject_or_warn":
        return
    assert (report.rows, report.columns) == (entry["n_data_rows"], entry["n_columns"])
    assert table.n_rows == int(table.expression.count().execute())
    assert report.header_line == entry["header_line"]
    assert report.decimal == entry["decimal"]
    assert report.delimiter == (entry["delimiter"] if report.columns > 1 else None)
    assert same_letters(report.encoding, entry["encoding"], path.read_bytes())
    names = entry.get("header", [])
    if "..." not in names and report.header_line is not None and entry["file"] != STRIPPED_NAMES:
        assert table.columns == unique_names(names)[0]


@needs_published
@pytest.mark.parametrize("name", ["empty", "empty_crlf", "newlines", "quotes_and_newlines", "simple"])
def test_csv_spectrum_gives_the_cells_of_its_json(name: str) -> None:
    expected = json.loads((PUBLISHED / "csv-spectrum" / f"{name}.json").read_text("utf-8"))
    table = read_table(PUBLISHED / "csv-spectrum" / f"{name}.csv")
    texts = [["" if cell is None else str(cell).removesuffix(".0") for cell in row] for row in rows_of(table)]
    assert [dict(zip(table.columns, row, strict=True)) for row in texts] == expected


@needs_published
@pytest.mark.parametrize(
    ("file", "column", "kind"),
    [
        ("csvkit/date_like_number.csv", "a", "float64"),
        ("csvkit/test_locale.csv", "b", "float64"),
        ("duckdb/multi_column_quote.csv", "money", "float64"),
        ("duckdb/comma_decimal_null.csv", "PROGRAMMATO_INDICATORE_1", "float64"),
        ("duckdb/leading_zeros.csv", "CODGEO", "string"),
        ("duckdb/mixed_decimal_delimiter.csv", "B", "string"),
        ("frictionless/table-with-accents.csv", "RevPAR", "float64"),
        ("pollock/hmrc_over25k.csv", "Amount", "float64"),
    ],
)
def test_columns_of_published_files_get_the_type_that_their_cells_have(
    file: str, column: str, kind: str
) -> None:
    assert str(read_table(PUBLISHED / file).expression.schema()[column]) == kind


@needs_published
def test_published_hostile_labels_stay_as_they_are() -> None:
    path = PUBLISHED / "made" / "hostile_category_labels.csv"
    with path.open(encoding="utf-8", newline="") as file:
        expected = [row[0] or None for row in list(csv.reader(file))[1:]]
    assert [row[0] for row in rows_of(read_table(path))] == expected


@needs_published
def test_decimal_commas_and_thousands_give_the_right_numbers() -> None:
    assert rows_of(read_table(PUBLISHED / "csvkit/test_locale.csv")) == [[1.7, 200_000_000.0, None]]
    money = read_table(PUBLISHED / "duckdb/multi_column_quote.csv")
    assert [row[1] for row in rows_of(money)] == [100_000.0, 300_000.2, 300_000_000.4, 50.0, 9_999_999_999.2]


@needs_published
def test_no_line_after_a_stray_quote_is_swallowed() -> None:
    table = read_table(PUBLISHED / "frictionless/issue-1066.csv")
    ids = table.execute(table.expression.select("idImpianto"))["idImpianto"]
    assert len(ids) == ids.nunique() == 21_692
    assert "NA" in set(table.execute(table.expression.select("Provincia"))["Provincia"])


@needs_published
def test_no_row_below_names_with_line_ends_is_lost() -> None:
    table = read_table(PUBLISHED / "pollock/workforce_3line_header.csv")
    names = table.execute(table.expression.select("Organisation name")).iloc[:, 0].dropna()
    assert names.iloc[0].strip() == "Department for Transport" and len(names) == 10


@pytest.mark.parametrize("above", ['"Sales, \nof all"\n', 'Said "so\n', '"Open\n', "\n\n", '"a" and "b"\n'])
def test_no_row_is_lost_below_lines_with_quotes(tmp_path: Path, above: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(above + "city,sales,rows\nRome,3,1\nOslo,4,1\nBonn,5,1\n")
    table = read_table(path)
    assert table.columns == ["city", "sales", "rows"]
    assert [row[0] for row in rows_of(table)] == ["Rome", "Oslo", "Bonn"]
