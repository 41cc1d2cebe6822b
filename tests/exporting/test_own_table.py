"""A person's table comes back with every row as it was, and with what was learned beside it."""

import io

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.csv
import pytest
import python_calamine

import embed_core as ec
from embed_core.exporting.content import Content
from embed_core.exporting.own_table import MOST_EXCEL, OWN_CSV, OWN_EXCEL, OWN_PARQUET, joined

ADDED = ["cluster", "group", "map_x", "map_y", "v0 (2)", "v1", "v2"]


def test_every_row_is_there_in_its_order_with_the_vector_of_its_category(
    trapped: Content, traps: ec.Table
) -> None:
    before, after = traps.to_arrow(traps.expression), joined(trapped)
    assert after.column_names == [*traps.columns, *ADDED]
    assert after.select(traps.columns).equals(before)
    embedding = trapped.embedding
    labels = ["(missing)" if each is None else each for each in before["shop <i>"].to_pylist()]
    rows = [embedding.index(label) for label in labels]
    found = np.column_stack([after[name].to_numpy() for name in ADDED[4:]])
    np.testing.assert_array_equal(found, embedding.vectors[rows])
    assert after["cluster"].to_pylist() == [trapped.cluster_of[row] for row in rows]
    assert set(after["group"].to_pylist()) == {None, "=mine <b>"}


def test_a_category_that_the_run_has_not_seen_has_no_vector_and_a_rare_one_that_of_the_rare() -> None:
    frame = pd.DataFrame({"shop": [*"aabb" * 20, "c", "d"], "late": [*[0, 1, 1, 0] * 20, 1, 0]})
    run = ec.train(frame, column="shop", target="late", dimension=1, epochs=1, min_frequency=5)
    assert run.embedding.labels == ["a", "b", "(rare)"]
    known = joined(Content.of(run, table=ec.read_table(frame)))["v0"].to_pylist()
    assert known[-2:] == [run.embedding["(rare)"][0]] * 2
    run = ec.train(frame[:80], column="shop", target="late", dimension=1, epochs=1)
    assert joined(Content.of(run, table=ec.read_table(frame)))["v0"].to_pylist()[-2:] == [None, None]


def test_excel_keeps_texts_as_texts_and_numbers_as_numbers(trapped: Content, traps: ec.Table) -> None:
    content = OWN_EXCEL.make(trapped)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["table"]
    header, *rows = list(sheet.iter_rows())
    assert [cell.value for cell in header] == [*traps.columns, *ADDED]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d"}  # no formula
    column = [row[0].value for row in rows]
    assert column == traps.to_arrow(traps.expression)["shop <i>"].to_pylist()
    assert rows[0][3].value == pd.Timestamp("2024-01-01")
    # A cell cannot hold so large a number.
    assert {type(row[5].value) for row in rows} == {int, str}
    again = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("table")
    assert [row[0] or None for row in again.to_python()[1:]] == column


def test_csv_defuses_formulas_and_changes_nothing_else(trapped: Content, traps: ec.Table) -> None:
    options = pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    back = pyarrow.csv.read_csv(
        io.BytesIO(OWN_CSV.make(trapped)), convert_options=options, parse_options=parse
    )
    assert back.column_names == [*traps.columns, *ADDED]
    expected = traps.to_arrow(traps.expression)
    texts = expected["shop <i>"].to_pylist()
    assert back["shop <i>"].to_pylist() == ["'=1+1" if text == "=1+1" else text for text in texts]
    for name in ("v0", "share", "big"):
        assert back[name].to_pylist() == expected[name].to_pylist(), name


def test_csv_writes_what_is_no_plain_value_as_text() -> None:
    frame = pd.DataFrame({"c": list("aabb") * 9, "y": [0, 1, 1, 0] * 9, "flag": [True, False] * 18})
    frame["list"] = [["=1", "b"]] * 36
    run = ec.train(frame[["c", "y"]], column="c", target="y", dimension=1, epochs=1)
    text = OWN_CSV.make(Content.of(run, table=ec.read_table(frame))).decode("utf-8-sig")
    assert text.splitlines()[1].startswith('"a",0,true,"[')


def test_parquet_gives_every_value_back_in_its_own_type(trapped: Content, traps: ec.Table) -> None:
    back = pyarrow.parquet.read_table(io.BytesIO(OWN_PARQUET.make(trapped)))
    assert back.select(traps.columns).equals(traps.to_arrow(traps.expression))


def test_a_table_that_no_sheet_can_hold_is_refused_before_it_is_made(
    trapped: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OWN_EXCEL.missing(trapped) == ""
    monkeypatch.setattr(ec.Table, "n_rows", MOST_EXCEL + 1)
    assert "take CSV or Parquet" in OWN_EXCEL.missing(trapped)
