"""Tables that are in memory already: of polars, DuckDB and Arrow, and columns of every type."""

import datetime
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from embed_core.errors import AtlasError
from embed_core.tables.counting.vocabulary import count_vocabulary
from embed_core.tables.engines import asked
from embed_core.tables.reading.read import read_table
from tests.helpers.tables import rows_of

ROWS = {"town": ["Ulm", None, "01"], "rows": [3, 5, 7]}
ARROW = pa.table(ROWS)


class Stream:
    """Something that nobody has heard of, which speaks Arrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return ARROW.__arrow_c_stream__(requested_schema)


def broken() -> Iterator[pa.RecordBatch]:
    yield ARROW.to_batches()[0]
    raise ValueError("the line went dead")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(pl.DataFrame(ROWS), id="polars"),
        pytest.param(pl.DataFrame(ROWS).lazy().filter(pl.col("rows") > 1), id="polars, lazy"),
        pytest.param(
            pl.DataFrame(ROWS).with_columns(pl.col("town").cast(pl.Categorical)), id="polars, categorical"
        ),
        pytest.param(
            duckdb.connect().sql("FROM (VALUES ('Ulm', 3), (NULL, 5), ('01', 7)) t(town, rows)"),
            id="DuckDB",
        ),
        pytest.param(ARROW, id="Arrow"),
        pytest.param(ARROW.to_batches()[0], id="Arrow batch"),
        pytest.param(ds.dataset(ARROW), id="Arrow dataset"),
        pytest.param(ARROW.to_reader(), id="Arrow reader"),
        pytest.param(Stream(), id="a stranger"),
        pytest.param(ibis.memtable(ARROW), id="Ibis"),
    ],
)
def test_tables_of_every_library_are_the_same_table(source: Any) -> None:
    table = read_table(source)
    assert rows_of(table) == [["Ulm", 3], [None, 5], ["01", 7]]
    assert table.profile()["distinct"].tolist() == [2, 3]
    assert rows_of(read_table(table.expression, types={"rows": "text", "town": "ignore"})) == [
        ["3"],
        ["5"],
        ["7"],
    ]


def test_what_breaks_off_is_refused_with_its_own_sentence() -> None:
    with pytest.raises(AtlasError, match="the line went dead"):
        read_table(pa.RecordBatchReader.from_batches(ARROW.schema, broken()))
    with pytest.raises(AtlasError, match="LazyFrame cannot be collected"):
        read_table(pl.DataFrame(ROWS).lazy().select("nowhere"))
    with pytest.raises(AtlasError, match="0 rows"):
        read_table(pl.DataFrame({"a": []}))


COLUMNS = {
    "interval": (pd.cut(pd.Series([20, 70, None]), [18, 65, 90]), ["(18, 65]", "(65, 90]", None]),
    "quantile": (pd.qcut(pd.Series([1.0, 2.0, 3.0]), 3, labels=None), None),
    "period": (pd.Series(pd.period_range("2024-01", periods=3, freq="M")), ["2024-01", "2024-02", "2024-03"]),
    "ids": (pd.Series([101.0, np.nan, 102.0]), [101, None, 102]),
    "half": (pd.Series(np.array([1.5, 2.5, 3.5], np.float16)), [1.5, 2.5, 3.5]),
    "complex": (pd.Series([1 + 2j, 3j, 4 + 0j]), ["(1+2j)", "3j", "(4+0j)"]),
    "surrogate": (
        pd.Series(["a", "b" + chr(0xD800), "c"], dtype=object),
        ["a", "b\N{REPLACEMENT CHARACTER}", "c"],
    ),
    "mixed": (pd.Series([1, "a", (2, 3)], dtype=object), ["1", "a", "(2, 3)"]),
    "decimal": (pd.Series([Decimal("1.5"), Decimal("2.25"), None]), [1.5, 2.25, None]),
    "sparse": (pd.Series(pd.arrays.SparseArray([0, 1, 0])), [0, 1, 0]),
    "long double": (pd.Series(np.array([1.5, 2.5, 3.5], np.longdouble)), [1.5, 2.5, 3.5]),
    "uuid": (pd.Series([UUID(int=5), None, UUID(int=6)]), [str(UUID(int=5)), None, str(UUID(int=6))]),
    "digest": (pd.Series([b"\x00\xff", b"ab", None]), ["00ff", "6162", None]),
    "bytes": (pd.Series([b"a", "é".encode("latin-1"), None]), ["a", "é", None]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_any_type_is_read_and_refuses_no_other(name: str) -> None:
    series, expected = COLUMNS[name]
    table = read_table(pd.DataFrame({"odd": series, "plain": ["x", "y", "z"]}))
    assert [row[1] for row in rows_of(table)] == ["x", "y", "z"]
    if expected is not None:
        found = [float(row[0]) if isinstance(row[0], Decimal) else row[0] for row in rows_of(table)]
        assert found == expected
    assert table.profile()["name"].tolist() == ["odd", "plain"]


def test_what_became_text_is_said_with_its_type() -> None:
    frame = pd.DataFrame({"one": [1 + 2j, 3j], "mixed": pd.Series([1, "a"], dtype=object)})
    one, mixed = read_table(frame).report.notes
    assert '"one" holds values of the type "complex"' in one
    assert "different types" in mixed


@pytest.mark.parametrize(
    "odd",
    [
        pa.array([Decimal("1.5")], pa.decimal256(60, 2)),
        pa.array([np.float16(1.5)], pa.float16()),
        pa.UnionArray.from_dense(pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1.5])]),
        pa.array([b"\xe9"], pa.binary()),
        pa.array([[1, 2]], pa.list_(pa.int64())),
        pa.array([{"a": 1}]),
        pa.array([datetime.timedelta(hours=3)]),
        pa.array([None]),
        pa.array(["x"]).dictionary_encode(),
    ],
)
@pytest.mark.parametrize("wrap", [lambda table: table, ds.dataset, lambda table: table.to_reader()])
def test_an_arrow_column_of_any_type_refuses_no_other(odd: pa.Array, wrap: Any) -> None:
    table = read_table(wrap(pa.table({"odd": odd, "plain": ["x"]})))
    assert table.columns == ["odd", "plain"]
    assert table.execute(table.expression.select("plain"))["plain"].tolist() == ["x"]
    assert table.profile()["name"].tolist() == ["odd", "plain"]


def test_times_are_those_of_their_own_zone() -> None:
    times = pd.date_range("2024-06-03", periods=6, tz="America/New_York", freq="h")
    for source in (
        pd.DataFrame({"at": times, "n": range(6)}),
        pl.DataFrame({"at": times, "n": range(6)}),
        ds.dataset(pa.table({"at": times, "n": range(6)})),
    ):
        table = read_table(source)
        assert table.to_pandas()["at"].dt.hour.tolist() == [0, 1, 2, 3, 4, 5]
        labels = table.execute(table.expression.select(text=table.texts("at")))["text"]
        assert labels[1].startswith("2024-06-03 01:00:00")
        assert any("America/New_York" in note for note in table.report.notes)


def test_one_vocabulary_over_whole_numbers_and_decimal_ones_of_which_one_is_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"origin": [1, 2, 3, 1], "dest": [2.0, np.nan, 1.0, 3.0], "share": [1.0, 2.5, np.nan, 3.0]}
    )
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_csv(tmp_path / "t.csv", index=False)
    sources = (
        frame,
        tmp_path / "t.parquet",
        tmp_path / "t.csv",
        pl.from_pandas(frame),
        ds.dataset(pa.table(frame)),
    )
    for source in sources:
        table = read_table(source)
        assert count_vocabulary(table, ("origin", "dest")).labels[:3] == ("1", "2", "3")
        assert str(table.expression["share"].type()) == "float64"


def test_lone_surrogates_in_names_are_replaced() -> None:
    table = read_table(pd.DataFrame([[1, "x"]], columns=pd.Index(["a" + chr(0xD800), "b"], dtype=object)))
    assert table.columns == ["a\N{REPLACEMENT CHARACTER}", "b"]


def test_types_of_columns_that_are_not_there_are_refused() -> None:
    with pytest.raises(AtlasError, match=r'"Town".*Did you mean "town"'):
        read_table(ARROW, types={"Town": "text"})
    with pytest.raises(AtlasError, match='cannot be read as "zip"'):
        read_table(ARROW, types={"town": "zip"})
    with pytest.raises(AtlasError, match="leaves out every column"):
        read_table(ARROW, types={"town": "ignore", "rows": "ignore"})


def test_a_column_read_as_numbers_or_times_says_what_was_lost() -> None:
    source = pa.table({"size": ["1.5", "big", None], "day": ["2024-05-01", "2024-05-02", "soon"]})
    table = read_table(source, types={"size": "number", "day": "time"})
    assert rows_of(table)[0][0] == 1.5 and table.expression["day"].type().is_timestamp()
    assert any('1 of its cells hold no number, such as "big"' in note for note in table.report.notes)
    assert any('1 of its cells hold no time, such as "soon"' in note for note in table.report.notes)


def test_whoever_turns_warnings_into_errors_reads_and_counts_as_others(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS)
    frame.to_csv(tmp_path / "t.csv", index=False)
    connection = ibis.duckdb.connect()
    there = connection.create_table("t", ARROW)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for source in (frame, pl.from_pandas(frame), ARROW, there, tmp_path / "t.csv"):
            table = read_table(source)
            assert table.profile()["distinct"].tolist() == [2, 3]
            assert len(table.to_pandas()) == len(table.fingerprint() and table.head()) == 3
            assert len(count_vocabulary(table, ("rows",))) == 3
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        with asked():
            warnings.warn("The 'future.infer_string' option is mine", DeprecationWarning, stacklevel=1)
    assert len(met) == 1  # what others say of it is theirs


@pytest.mark.parametrize("column", [pd.Series(["a", "b"], name="x"), pa.chunked_array([["a"]])])
def test_a_column_by_itself_is_refused_with_what_to_give(column: Any) -> None:
    with pytest.raises(AtlasError, match="is a column by itself, and a table is needed"):
        read_table(column)


def test_a_column_that_no_stream_holds_is_left_out_with_a_note() -> None:
    wide = pl.DataFrame({"n": [1, 2], "huge": pl.Series([2**100, 1], dtype=pl.Int128)})
    for source in (wide, duckdb.connect().sql("SELECT 1 AS n, 2::VARIANT AS huge")):
        table = read_table(source)
        assert table.columns == ["n"]
        assert [note.partition(":")[0] for note in table.report.notes] == ['"huge" was left out']


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_durations_in_parquet_are_numbers_of_seconds(tmp_path: Path, unit: str) -> None:
    took = pa.array([90_000_000_000, None], pa.duration("ns")).cast(pa.duration(unit))
    pq.write_table(pa.table({"took": took, "shop": ["a", "b"]}), tmp_path / "took.parquet")
    table = read_table(tmp_path / "took.parquet")
    assert table.to_pandas()["took"].tolist()[0] == 90.0
    assert table.report.notes == ('"took" holds durations: they are numbers of seconds.',)


def test_durations_are_numbers_of_seconds() -> None:
    hours = [datetime.timedelta(hours=1), None, datetime.timedelta(seconds=1.5)]
    frame = pd.DataFrame({"took": hours})
    for source in (frame, pl.DataFrame({"took": hours}), pa.table({"took": hours})):
        table = read_table(source)
        assert rows_of(table) == [[3_600.0], [None], [1.5]]
        assert table.report.notes == ('"took" holds durations: they are numbers of seconds.',)


def test_decimals_in_hundreds_and_views_of_bytes_are_read() -> None:
    columns = {
        "n": pa.array([Decimal("1E+2")], pa.decimal128(5, -2)),
        "b": pa.array([b"a"], pa.binary_view()),
    }
    assert rows_of(read_table(pa.table(columns))) == [[100.0, "a"]]
