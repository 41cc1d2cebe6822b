"""Rows that are kept, and spellings that are merged by hand."""

import pandas as pd
import pytest

import embed_core as ec
from embed_core.tables.changing.changes import changed
from embed_core.training.prepare import prepare


@pytest.fixture
def towns() -> ec.Table:
    names = ["Boston"] * 6 + ["Bostn", "boston", "Ulm", "Terminal 1", "Terminal 2", None]
    days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"] * 4)
    return ec.read_table(
        pd.DataFrame(
            {
                "town": names,
                "sold": range(12),
                "price": [0.5, *range(1, 12)],
                "day": days,
                "open": [True, False] * 6,
            }
        )
    )


@pytest.mark.parametrize(
    ("column", "operator", "value", "rows"),
    [
        ("town", "is", "Ulm", 1),
        ("town", "is", ["Ulm", "Boston"], 7),
        ("town", "is not", "Boston", 6),  # what is missing is not Boston either
        ("town", "contains", "OST", 8),
        ("town", "is missing", None, 1),
        ("town", "is not missing", None, 11),
        ("sold", "at least", 10, 2),
        ("sold", "at most", "2", 3),
        ("sold", "is", 3, 1),
        ("price", "is", 3, 1),
        ("price", "is", "3.0", 1),
        ("day", "at least", "2024-02-01", 8),
        ("open", "is", True, 6),
    ],
)
def test_rows_are_kept_by_what_a_column_holds(
    towns: ec.Table, column: str, operator: str, value: object, rows: int
) -> None:
    kept = ec.keep_rows(towns, column, operator, value)
    assert (kept.n_rows, len(kept.to_pandas()), towns.n_rows) == (rows, rows, 12)
    assert kept.fingerprint() != towns.fingerprint() and kept.report.notes[-1].startswith("Only rows")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("twon", "is", "Ulm"), 'Did you mean "town"'),
        (("town", "is", "Bonn"), "No row is left"),
        (("town", "like", "Ulm"), "Use one of"),
        (("town", "is", None), "Give a value"),
        (("sold", "at least", "many"), "compared with a number"),
        (("day", "at most", "yesterday"), "a day or a time"),
    ],
)
def test_what_cannot_be_kept_is_said(towns: ec.Table, arguments: tuple[str, str, object], says: str) -> None:
    with pytest.raises(ec.AtlasError, match=says):
        ec.keep_rows(towns, *arguments)


def test_spellings_become_one_category_and_the_run_says_so(towns: ec.Table) -> None:
    table = ec.merge_spellings(towns, "town", {"Bostn": "Boston", "boston": "Boston"})
    table = ec.keep_rows(table, "sold", "at most", 8)
    assert table.execute(table.expression.select(town=table.texts("town")))[
        "town"
    ].value_counts().to_dict() == {
        "Boston": 8,
        "Ulm": 1,
    }
    config = ec.TrainingConfig.checked(column="town", target="sold", validation_share=0.0, patience=None)
    data = prepare(table, config)
    assert data.notes[0] == 'Spellings were merged by hand: town "Bostn" read as "Boston" and 1 more.'
    assert data.notes[1] == 'Only rows are kept in which sold is at most "8".'
    with pytest.raises(ec.AtlasError, match='does not hold "Bston"'):
        ec.merge_spellings(towns, "town", {"Bston": "Boston"})


def test_changes_are_undone_one_by_one(towns: ec.Table) -> None:
    both = ec.keep_rows(ec.keep_rows(towns, "sold", "at most", 8), "town", "is", "Boston")
    assert changed(both, both.changes[1:]).n_rows == 6
    assert changed(both, ()) is towns


def test_a_file_that_is_read_again_keeps_its_changes(tmp_path: object) -> None:
    path = tmp_path / "t.csv"  # type: ignore[operator]
    path.write_text("town;sold\nUlm;1\nUlm;2\nBonn;3\n")
    table = ec.keep_rows(ec.read_table(path), "town", "is", "Ulm")
    again = table.read_again(types={"sold": "text"})
    assert again.n_rows == 2 and again.changes == table.changes and again.expression.sold.type().is_string()


def test_similar_spellings_are_suggested_and_numbers_are_not(towns: ec.Table) -> None:
    assert ec.similar_spellings(towns, "town") == [("Bostn", 1, "Boston", 6), ("boston", 1, "Boston", 6)]


def test_of_twenty_thousand_values_the_similar_ones_are_found() -> None:
    names = [
        f"{first}{second}ton{third}" for first in "abcdefghij" for second in "klmnopqrst" for third in "uvwxy"
    ]
    frame = pd.DataFrame({"name": [*names * 6, "Zürich", *["Zurich"] * 5, "Zruich"]})
    found = ec.similar_spellings(ec.read_table(frame), "name")
    assert {pair[0] for pair in found} == {"Zürich", "Zruich"}
