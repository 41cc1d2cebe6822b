"""The same rows in another engine: the same profile, counts, samples and vectors, and its errors as sentences."""

import dataclasses
import datetime
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import embed_core as ec
from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.data import prepare_comparison
from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.tables.changing.changes import keep_rows, merge_spellings
from embed_core.tables.counting import context, spread
from embed_core.tables.counting.spread import deciles
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.prepare import prepare
from tests.helpers import postgres
from tests.helpers import spark as spark_cluster

ENGINES = ["postgres", "sqlite", "polars", pytest.param("pyspark", marks=pytest.mark.slow)]
ROWS = 1_500

pytestmark = pytest.mark.filterwarnings("ignore:The copy keyword is deprecated")  # pyspark's use of pandas


def flights() -> pd.DataFrame:
    """Rows with a column of every kind: missing values, numbers that are not finite, texts that sort in two ways."""
    rng = np.random.default_rng(0)
    town = rng.integers(0, 12, ROWS)
    names = np.array(
        [*("ulm", "Ulm", "ürich", "Zürich", "a b", "a_b", "ab", "AB", "é", "e\u0301", "it's", "")]
    )
    delay = np.round(rng.normal(3 * (town % 4), 4), 2)
    delay[:5] = [np.nan, np.inf, -np.inf, 1e16, 1e-5]
    start = datetime.datetime(2024, 1, 1)
    moments = [start + datetime.timedelta(minutes=int(m)) for m in rng.integers(0, 500_000, ROWS)]
    frame = pd.DataFrame(
        {
            "town": names[town],
            "to": names[(town + rng.integers(1, 4, ROWS)) % 12],
            "delay": delay,
            "grade": rng.integers(1, 5, ROWS) / 2,
            "seats": rng.integers(50, 300, ROWS),
            "late": delay > 5,
            "left": moments,
            "day": [moment.date() for moment in moments],
            "carrier": rng.choice(["x", "y", "z"], ROWS),
            "number": np.arange(ROWS),
        }
    )
    frame.loc[::50, "carrier"] = None
    frame["seats"] = frame["seats"].astype("Int64").where(rng.random(ROWS) > 0.02)
    frame["late"] = frame["late"].astype("boolean").where(rng.random(ROWS) > 0.02)
    return frame


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A PostgreSQL whose texts are sorted as English does."""
    if postgres.may_be_missed():
        pytest.skip("no PostgreSQL server is installed")
    with postgres.cluster() as address:
        connection = ibis.connect(address)
        connection.create_table("flights", pa.Table.from_pandas(flights()))
        yield connection
        connection.disconnect()


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark with two workers, which reads the rows from a file."""
    if not spark_cluster.is_there() and not os.environ.get("CATEGORY_ATLAS_NEEDS_SPARK"):
        pytest.skip("neither pyspark nor Java is installed")
    path = tmp_path_factory.mktemp("spark") / "flights.parquet"
    pq.write_table(pa.Table.from_pandas(flights()), path, coerce_timestamps="us")
    with spark_cluster.cluster() as connection:
        connection.read_parquet(path, table_name="flights")
        yield connection


@pytest.fixture(scope="module")
def reference() -> Table:
    """The rows in DuckDB."""
    connection = ibis.duckdb.connect()
    return read_table(connection.create_table("flights", pa.Table.from_pandas(flights())))


@pytest.fixture(scope="module", params=ENGINES)
def table(request: pytest.FixtureRequest) -> Table:
    """The same rows in another engine."""
    if request.param in ("postgres", "pyspark"):
        server = request.getfixturevalue("server" if request.param == "postgres" else "spark")
        return read_table(server.table("flights"))
    connection = getattr(ibis, request.param).connect()
    rows: Any = pa.Table.from_pandas(flights())
    if request.param == "sqlite":  # knows None alone
        rows = flights().astype({"seats": object, "late": object})
        rows = rows.where(rows.notna(), None)
    return read_table(connection.create_table("flights", rows))


def contents(data: Any) -> Any:
    return dataclasses.asdict(data)


COUNTED: dict[str, dict[str, Any]] = {
    "target of two classes": {"target": "late"},
    "target of classes": {"target": "carrier"},
    "target of a number": {"target": "delay"},
    "target of numbers as classes": {"target": "grade", "target_kind": "multiclass"},
    "columns of numbers and times": {
        "objective": "context",
        "context": ("seats", "grade", "late", "left", "day"),
    },
    "all columns": {"objective": "context"},
    "entity": {"objective": "entity", "target": "delay"},
    "distance": {"objective": "distance", "partner": "to", "target": "seats"},
    "a number as category": {"column": "grade", "target": "late"},
    "a time as category": {"column": "day", "target": "late", "min_frequency": 3},
    "rows that stand for several": {"target": "late", "weight": "seats"},
    "columns of rows that weigh": {"objective": "context", "weight": "grade"},
    "rows": {"target": "delay", "aggregate": False},
    "drawn rows": {"target": "delay", "aggregate": False, "max_rows": 300},
    "drawn rows of many columns": {"objective": "entity", "target": "late", "max_rows": 300, "seed": 7},
    "drawn rows of a context": {"objective": "context", "aggregate": False, "max_rows": 300},
}


@pytest.mark.parametrize("settings", COUNTED.values(), ids=COUNTED)
def test_what_is_counted_is_the_same(table: Table, reference: Table, settings: dict[str, Any]) -> None:
    config = TrainingConfig.checked(**{"column": "town", **settings})
    there, here = prepare(table, config), prepare(reference, config)
    np.testing.assert_equal(contents(there), contents(here))


def test_the_profile_is_the_same(table: Table, reference: Table) -> None:
    pd.testing.assert_frame_equal(table.profile(), reference.profile())


@pytest.mark.parametrize("column", ["delay", "seats"])
def test_deciles_of_many_numbers_are_the_same(
    table: Table, reference: Table, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"_SORTED": 0, "_PARTS": 16, "_COUNTED": 200}.items():
        monkeypatch.setattr(spread, name, value)
    found, expected = (deciles(each, each.numbers(column)) for each in (table, reference))
    assert list(found[0]) == list(expected[0]) and found[1:] == expected[1:]
    finite = flights()[column].astype(float).replace([np.inf, -np.inf], np.nan)
    assert list(found[0]) == finite.quantile(np.arange(1, 10) / 10).tolist()


def test_a_drawn_row_depends_on_the_seed_and_on_the_rows_but_not_on_their_order(reference: Table) -> None:
    def drawn(source: Any, seed: int) -> Any:
        config = TrainingConfig.checked(column="town", target="delay", max_rows=300, seed=seed)
        return contents(prepare(source, config).rows)

    shuffled = read_table(ibis.memtable(reference.to_pandas().sample(frac=1, random_state=1)))
    np.testing.assert_equal(drawn(reference, 0), drawn(shuffled, 0))
    with pytest.raises(AssertionError):
        np.testing.assert_equal(drawn(reference, 0), drawn(reference, 1))


def test_of_equal_rows_a_share_is_drawn() -> None:
    frame = pd.DataFrame({"c": list("ab") * 2_000, "y": [1.0] * 2_000 + [2.0] * 2_000})
    config = TrainingConfig.checked(column="c", target="y", max_rows=400, aggregate=False)
    codes = prepare(read_table(frame), config).rows.codes["c"]
    assert len(codes) == pytest.approx(400, abs=90)
    assert np.bincount(codes).min() > 130


def test_halves_of_rows_are_the_same(table: Table, reference: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "MOST_ROWS", 0)
    for copies in (1, 2):
        there, here = (
            context.count_context(each, "town", ("to", "carrier"), splits=2, copies=copies)
            for each in (table, reference)
        )
        np.testing.assert_equal(contents(there), contents(here))


CHANGED: list[Callable[[Table], Table]] = [
    lambda table: keep_rows(table, "delay", "at least", 2),
    lambda table: keep_rows(table, "late", "is", True),
    lambda table: keep_rows(table, "left", "at most", "2024-06-01"),
    lambda table: keep_rows(table, "town", "contains", "ü"),
    lambda table: keep_rows(table, "seats", "is not", [100, 200]),
    lambda table: keep_rows(table, "carrier", "is missing"),
    lambda table: merge_spellings(table, "town", {"ulm": "Ulm"}),
]


@pytest.mark.parametrize("change", CHANGED)
def test_rows_are_kept_and_spellings_merged_as_elsewhere(
    change: Callable[[Table], Table], table: Table, reference: Table
) -> None:
    there, here = change(table), change(reference)
    assert there.n_rows == here.n_rows
    pd.testing.assert_frame_equal(there.profile(), here.profile())


def test_encoders_are_compared_on_the_same_rows(table: Table, reference: Table) -> None:
    config = ComparisonConfig.checked(
        columns=["town"], target="late", split="ordered", order="left", max_rows=400
    )
    there, here = prepare_comparison(table, config), prepare_comparison(reference, config)
    pd.testing.assert_frame_equal(there.frame, here.frame)


def test_numbers_that_became_decimal_keep_the_categories_of_earlier(table: Table, reference: Table) -> None:
    def texts(source: Table) -> list[str]:
        text = source.texts("grade", ibis.dtype("int64"))
        return source.execute(source.expression.select(text=text).distinct())["text"].sort_values().tolist()

    assert texts(table) == texts(reference) == ["0.5", "1", "1.5", "2"]


SLOW = pytest.mark.slow
TRAINED = [
    {"target": "late"},
    pytest.param({"target": "delay", "max_rows": 300}, marks=SLOW),
    pytest.param({"objective": "context"}, marks=SLOW),
    pytest.param({"objective": "context", "context": ("to", "seats"), "weight": "grade"}, marks=SLOW),
    pytest.param({"objective": "entity", "target": "carrier"}, marks=SLOW),
    pytest.param({"objective": "distance", "partner": "to", "target": "seats"}, marks=SLOW),
]


@pytest.mark.parametrize("settings", TRAINED, ids=str)
def test_vectors_are_the_same_bit_for_bit(table: Table, reference: Table, settings: dict[str, Any]) -> None:
    there, here = (
        ec.train(each, column="town", epochs=2, seed=3, **settings).embeddings for each in (table, reference)
    )
    assert there.keys() == here.keys()
    for column, embedding in here.items():
        assert there[column].vectors.tobytes() == embedding.vectors.tobytes(), column


@SLOW
def test_spark_writes_numbers_as_others_do(spark: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    powers = 10.0 ** np.arange(-12, 25)
    parts = [
        powers,
        -3 * powers,
        rng.normal(size=1_000) * rng.choice(powers[:28], 1_000),
        rng.random(500) * 2**53,
    ]
    parts += [np.round(rng.random(500) * 1e17), [0.0, -0.0, np.inf, -np.inf, 1 / 3, 2**53 + 2, 1.5e300]]
    numbers = pa.table({"number": np.concatenate(parts)})
    pq.write_table(numbers, tmp_path / "numbers.parquet")
    spark.read_parquet(tmp_path / "numbers.parquet", table_name="numbers")

    def texts(source: Table) -> list[str]:
        return source.execute(source.expression.select(text=source.texts("number")))["text"].tolist()

    assert texts(read_table(spark.table("numbers"))) == texts(read_table(numbers))


def test_an_error_of_the_engine_is_a_sentence_and_harms_nothing(server: Any) -> None:
    server.raw_sql("CREATE TABLE gone AS SELECT * FROM flights").close()
    table, other = read_table(server.table("gone")), read_table(server.table("flights"))
    server.raw_sql("DROP TABLE gone").close()
    with pytest.raises(
        AtlasError, match=r'"gone" cannot be read: postgres says "relation .*gone.* does not exist'
    ):
        table.profile()
    with pytest.raises(AtlasError, match="postgres says"):
        ec.train(table, column="town", target="late", epochs=1)
    assert len(other.profile()) == len(other.columns)
    with pytest.raises(AtlasError, match="postgres says"):
        read_table(table.expression)


def test_a_server_that_is_gone_is_said() -> None:
    if postgres.programs() is None:
        pytest.skip("no PostgreSQL server is installed")
    with postgres.cluster() as address:
        connection = ibis.connect(address)
        table = read_table(connection.create_table("t", pd.DataFrame({"a": list("aab"), "b": [1, 2, 3]})))
    with pytest.raises(AtlasError, match=r'The table "t" cannot be read: postgres says ".*connection'):
        table.profile()
