"""A table answers for its rows and its columns."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embed_core.errors import AtlasError
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table


@pytest.fixture
def table() -> Table:
    return read_table(
        pd.DataFrame(
            {
                "Town": ["Ulm", None, "Bonn", "Ulm"],
                "gate": [2.0, math.nan, 2.5, 1.0],
                "price": [1.5, math.inf, -math.inf, math.nan],
                "open": [True, False, True, True],
            }
        )
    )


def fetched(table: Table, value: object) -> list[object]:
    column = table.execute(table.expression.select(value=value))["value"]
    return column.astype(object).where(column.notna(), None).tolist()


def test_a_table_says_how_long_it_is_and_shows_its_rows(table: Table) -> None:
    assert len(table) == table.n_rows == 4
    assert table.head(2)["Town"].tolist()[0] == "Ulm"
    assert [len(table.head()), len(table.head(3)), len(table.to_pandas())] == [4, 3, 4]
    assert list(table.to_pandas().columns) == table.columns


def test_of_values_nan_is_missing_and_infinity_is_not(table: Table) -> None:
    assert fetched(table, table.values("price")) == [1.5, math.inf, -math.inf, None]
    assert fetched(table, table.values("Town")) == ["Ulm", None, "Bonn", "Ulm"]


def test_numbers_that_are_not_finite_are_missing(table: Table) -> None:
    assert fetched(table, table.numbers("price")) == [1.5, None, None, None]
    assert fetched(table, table.numbers("open")) == [1.0, 0.0, 1.0, 1.0]


def test_texts_are_the_values_as_the_engine_writes_them(table: Table) -> None:
    assert fetched(table, table.texts("gate")) == ["2.0", None, "2.5", "1.0"]
    assert fetched(table, table.texts("open")) == ["true", "false", "true", "true"]


def test_zero_has_one_text_and_narrow_numbers_keep_theirs() -> None:
    table = read_table(pd.DataFrame({"wide": [0.0, -0.0], "narrow": np.array([-0.0, 0.1], np.float32)}))
    assert fetched(table, table.texts("wide")) == ["0.0", "0.0"]
    assert fetched(table, table.texts("narrow")) == ["0.0", "0.1"]


def test_texts_are_those_of_an_earlier_type_where_nothing_is_lost(table: Table) -> None:
    earlier = read_table(pd.DataFrame({"gate": [1, 2]})).expression["gate"].type()
    assert fetched(table, table.texts("gate", earlier)) == ["2", None, "2.5", "1"]
    assert fetched(table, table.texts("Town", earlier)) == ["Ulm", None, "Bonn", "Ulm"]


def test_rows_of_an_expression_are_counted_in_the_engine(table: Table) -> None:
    assert table.count(table.expression.filter(table.values("Town") == "Ulm")) == 2
    assert table.count(table.expression.filter(table.values("Town") == "Oslo")) == 0


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("town", 'no column "town". Did you mean "Town"?'),
        ("prise", 'no column "prise". Did you mean "price"?'),
        ("weight", 'no column "weight". The columns are "Town", "gate", "price", "open".'),
    ],
)
def test_a_column_that_is_not_there_is_answered_with_those_that_may_be_meant(
    table: Table, column: str, says: str
) -> None:
    for asked in (table.require, table.values, table.texts, table.numbers):
        with pytest.raises(AtlasError) as error:
            asked(column)
        assert says in str(error.value)
    table.require(*table.columns)


def test_the_profile_and_the_counts_take_the_same_column_for_an_identifier() -> None:
    """What the profile calls an identifier cannot be embedded, and everything else of text can."""
    from embed_core.tables.counting.vocabulary import count_vocabulary

    for rows, distinct in [(20, 20), (21, 20), (21, 19), (100, 95), (100, 94)]:
        values = [f"v{row % distinct}" for row in range(rows)]
        table = read_table(pd.DataFrame({"a": values, "b": np.arange(rows) / 7}))
        is_identifier = table.profile()["kind"].iloc[0] == "identifier"
        assert is_identifier == (rows > 20 and distinct >= 0.95 * rows)
        if is_identifier:
            with pytest.raises(AtlasError, match="looks like an identifier"):
                count_vocabulary(table, ("a",))
        else:
            assert len(count_vocabulary(table, ("a",))) == distinct


def test_a_part_has_the_profile_of_the_whole() -> None:
    frame = pd.DataFrame({"age": [*range(25)] * 2, "shop": ["a", "b"] * 25})
    whole, part = read_table(frame), read_table(frame[5:17])
    assert part.profile()["kind"].tolist() == [
        "category",
        "category",
    ]  # so few whole numbers look like classes
    part = Table(part.expression, name="part", report=part.report, profile=whole.profile)
    assert part.profile().equals(whole.profile())
    assert (part.n_rows, part.columns) == (12, ["age", "shop"])


def test_an_engine_that_fails_is_a_sentence_without_a_path_of_the_server(tmp_path: Path) -> None:
    path = tmp_path / "towns.parquet"
    pd.DataFrame({"town": ["Ulm", "Bonn"]}).to_parquet(path)
    table = read_table(path)
    path.unlink()
    for ask in (table.profile, table.to_pandas, table.fingerprint):
        with pytest.raises(AtlasError, match=r'"towns.parquet" cannot be read: duckdb says') as error:
            ask()
        assert str(tmp_path) not in str(error.value)
