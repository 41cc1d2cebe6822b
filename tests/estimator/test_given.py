"""Tables of any kind, columns named in any way, and values that were not there in fit."""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn
from scipy import sparse
from sklearn.compose import make_column_selector
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline

import embed_core as ec
from embed_core.estimator.given import least_rows, places_of
from embed_core.estimator.lookup import Lookup
from embed_core.estimator.names import NamesToVectors
from embed_core.estimator.values import values_of
from embed_core.types import Vocabulary

CITIES = ["Boston", "Denver", "Miami", "Seattle"]
X = pd.DataFrame({"city": CITIES * 30, "size": [1, 2, 3, 4] * 30, "shop": list("ab") * 60})
Y = [0, 0, 1, 1] * 30
SETTINGS: dict[str, Any] = {"dimension": 2, "epochs": 5, "cv": None}


@pytest.fixture(scope="module")
def fitted() -> ec.CategoryEmbedder:
    return ec.CategoryEmbedder("city", **SETTINGS).fit(X, Y)


@pytest.mark.parametrize(
    ("columns", "places"),
    [
        (None, [0, 2]),
        ("city", [0]),
        (1, [1]),
        (["shop", 0], [2, 0]),
        ([-1], [2]),
        ([True, False, True], [0, 2]),
        (np.array([False, True, False]), [1]),
        (slice(1, None), [1, 2]),
        (make_column_selector(dtype_include="number"), [1]),
        (pd.Index(["size"]), [1]),
    ],
)
def test_columns_are_chosen_as_scikit_learn_does(columns: Any, places: list[int]) -> None:
    assert places_of(columns, X) == places


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (["city", "city"], "chosen twice"),
        (["city", 0], "chosen twice"),
        ("City", 'Did you mean "city"'),
        (3, 'no column "3"'),
        ([True], "mask"),
        ([], "No column is chosen"),
    ],
)
def test_columns_that_cannot_be_chosen_are_said(columns: Any, says: str) -> None:
    with pytest.raises(ec.AtlasError, match=says):
        places_of(columns, X)


def test_all_columns_are_taken_where_none_is_text() -> None:
    assert places_of(None, X[["size"]].assign(other=1.5)) == [0, 1]


def test_a_share_of_the_rows_is_how_rare_a_category_may_be() -> None:
    assert [least_rows(share, 1_000) for share in (0.01, 0.0015, 1, 3)] == [10, 2, 1, 3]


@pytest.mark.parametrize(
    "column",
    [
        ["a", None, "b", "a"],
        [1, 2, 1, 3],
        [1.0, None, 2.5, 1e16],
        np.array([0.1, 2, 3, 0.1], np.float32),
        [True, None, False, True],
        pd.Series([1, "1", 1.0, True], dtype=object),
        pd.Series([1, 2.5, None, 4], dtype=object),
        pd.array([1, None, 3, 1], dtype="Int64"),
        pd.to_datetime(["2024-06-03", None, "2024-06-03 14:00:00.5", "2024-06-03"], format="ISO8601"),
        pd.date_range("2024-06-03", periods=4, tz="America/New_York"),
        [datetime.date(2024, 6, 3)] * 4,
        pd.period_range("2024-01", periods=4, freq="M"),
        pd.cut([1, 20, 40, 90], [0, 18, 65, 100]),
        pd.Series([(1, "a"), None, ("b", 2), (1, "a")], dtype=object),
        pd.Series([[1], None, [2], [1]], dtype=object),
        pd.Categorical(["u", None, "v", "u"], categories=list("uvwxyz")),
    ],
    ids=lambda column: str(getattr(column, "dtype", type(column[0]).__name__)),
)
def test_a_value_has_the_text_that_a_table_gives_it(column: Any) -> None:
    frame = pd.DataFrame({"c": column})
    table = ec.read_table(frame)
    expected = table.execute(table.expression.select(text=table.texts("c")))["text"].astype(object)
    found = values_of(frame["c"])
    assert found.series.tolist() == expected.where(expected.notna(), None).tolist()
    part = found.of(np.array([3, 1]))
    assert part.series.tolist() == [found.series[3], found.series[1]]


@pytest.mark.parametrize(
    ("then", "later"),
    [
        ("1", 1.0),
        (1, "1.0"),
        (Decimal("1.50"), 1.5),
        (datetime.date(2024, 6, 3), pd.Timestamp("2024-06-03")),
        (pd.Timestamp("2024-06-03"), "2024-06-03"),
        (pd.Timestamp("2024-06-03 09:00"), pd.Timestamp("2024-06-03 09:00", tz="UTC")),
        (True, 1.0),
        (("f", 1), (np.str_("f"), 1)),
    ],
    ids=str,
)
def test_what_is_stored_otherwise_later_is_the_same_category(then: Any, later: Any) -> None:
    seen = values_of(pd.Series([then], dtype=object))
    e = ec.Embedding(seen.texts, [[1]], [1], unknown=np.array([9.0]))
    lookup = Lookup(e, Vocabulary("c", tuple(seen.texts), e.support), seen, unknown=e.vectors[0] * 9)
    assert lookup.vectors(values_of(pd.Series([later], dtype=object))).tolist() == [[1]]
    assert lookup.vectors(values_of(pd.Series(["other"], dtype=object))).tolist() == [[9]]


def test_polars_and_arrow_go_in_with_their_names_and_polars_comes_out(fitted: ec.CategoryEmbedder) -> None:
    wanted = fitted.transform(X)
    for table in (pl.from_pandas(X), pa.Table.from_pandas(X)):
        again = ec.CategoryEmbedder("city", **SETTINGS).fit(table, Y)
        assert again.feature_names_in_.tolist() == list(X)
        np.testing.assert_array_equal(again.transform(table), wanted)
    made = again.set_output(transform="polars").transform(pl.from_pandas(X))
    assert isinstance(made, pl.DataFrame) and made.columns == ["city_0", "city_1"]


def test_no_rows_give_no_rows_and_one_row_one(fitted: ec.CategoryEmbedder) -> None:
    assert fitted.transform(X[:0]).shape == (0, 2)
    assert fitted.transform(X[:1]).shape == (1, 2)


def test_what_is_no_table_is_said(fitted: ec.CategoryEmbedder) -> None:
    for wrong, says in (
        (sparse.eye(3).tocsr(), "Sparse"),
        (["a", "b"], "Reshape"),
        ([["a"], ["a", "b"]], "X "),
    ):
        with pytest.raises(ec.AtlasError, match=says):
            fitted.transform(wrong)
    with pytest.raises(ec.AtlasError, match="input_features"):
        fitted.get_feature_names_out(["x", "y", "z"])
    with pytest.raises(ec.AtlasError, match="must have 2 columns"):
        fitted.inverse_transform([[1.0]])


def test_strangers_get_what_was_asked_for() -> None:
    later = X.head(2).assign(city=["Denver", "Bostn"])
    made = {
        how: ec.CategoryEmbedder("city", handle_unknown=how, **SETTINGS).fit(X, Y)
        for how in ("vector", "mean", "nan", "nearest_name", "error")
    }
    e = made["vector"].embeddings_["city"]
    found = {how: each.transform(later)[1] for how, each in made.items() if how != "error"}
    np.testing.assert_array_equal(found["vector"], e.unknown)
    np.testing.assert_allclose(found["mean"], e.vectors.mean(axis=0), atol=1e-6)
    assert np.isnan(found["nan"]).all()
    with pytest.raises(ec.AtlasError, match=r'1 of 2 rows .*"Bostn"'):
        made["error"].transform(later)
    with pytest.raises(ec.AtlasError, match='Did you mean "nearest_name"'):
        ec.CategoryEmbedder(handle_unknown="nearest-name").fit(X, Y)
    # Boston and Denver have the same y, and hardly differ.
    assert made["nearest_name"].inverse_transform([found["nearest_name"]])[0, 0] in ("Boston", "Denver")


def test_a_misspelt_name_lands_nearest_to_its_own() -> None:
    rng = np.random.default_rng(0)
    names = ["Boston", "Denver", "Miami", "Seattle", "Chicago", "Houston", "Portland", "Phoenix", "Dallas"]
    vectors = rng.normal(size=(9, 6)).astype(np.float32)
    guessed = NamesToVectors(names, vectors).vectors([name[:-2] + name[-1] for name in names])
    away = np.linalg.norm(guessed[:, None] - vectors, axis=2)
    assert (away.argmin(axis=1) == np.arange(9)).mean() > 0.8


def test_most_rows_being_strangers_is_warned_of(fitted: ec.CategoryEmbedder) -> None:
    with pytest.warns(UserWarning, match='12 of 20 rows have a value of "city" .*"BOSTON"'):
        fitted.transform(X.head(20).assign(city=["BOSTON"] * 12 + ["Denver"] * 8))


def test_weights_that_are_counts_are_rows_that_are_there_so_often() -> None:
    few, counts = X.head(8), [3, 1, 2, 1, 2, 5, 1, 4]
    settings = SETTINGS | {"min_frequency": 2}
    weighted = ec.CategoryEmbedder("city", **settings).fit(few, Y[:8], sample_weight=counts)
    repeated = ec.CategoryEmbedder("city", **settings).fit(
        few.loc[few.index.repeat(counts)], np.repeat(Y[:8], counts)
    )
    np.testing.assert_allclose(weighted.transform(few), repeated.transform(few), atol=1e-5)


@pytest.mark.parametrize("least", [10, 0.2])
def test_weights_that_are_counts_decide_what_is_rare(least: float) -> None:
    few, counts = X.head(8), [9, 1, 8, 1, 9, 1, 9, 1]  # two rows of each city, that stand for 18, 2, 17 and 2
    weighted = ec.CategoryEmbedder("city", **SETTINGS, min_frequency=least)
    e = weighted.fit(few, [0, 1] * 4, sample_weight=counts).embeddings_["city"]
    assert e.labels == ["Boston", "Miami", "(rare)"] and e.support.tolist() == [18, 17, 4]


@pytest.mark.parametrize("least", [0, 1.5, -0.1, "3", True, None, float("nan"), float("inf")])
def test_what_is_neither_a_number_nor_a_share_of_rows_is_refused(least: Any) -> None:
    with pytest.raises(
        ec.AtlasError, match='"min_frequency" must be a whole number of rows from 1, or a share'
    ):
        ec.CategoryEmbedder("city", **SETTINGS, min_frequency=least).fit(X, Y)


def test_weights_are_routed_through_a_pipeline() -> None:
    half = np.arange(len(X)) % 2
    with sklearn.config_context(enable_metadata_routing=True):
        embedder = ec.CategoryEmbedder("city", **SETTINGS).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(embedder, DummyClassifier().set_fit_request(sample_weight=False))
        made = pipeline.fit(X, Y, sample_weight=half)[0].transform(X)
    alone = ec.CategoryEmbedder("city", **SETTINGS).fit(X, Y, half)
    np.testing.assert_array_equal(made, alone.transform(X))
    assert np.abs(made - ec.CategoryEmbedder("city", **SETTINGS).fit(X, Y).transform(X)).max() > 1e-4


def test_a_line_is_printed_for_each_training(capsys: pytest.CaptureFixture[str]) -> None:
    ec.CategoryEmbedder("city", verbose=True, **SETTINGS).fit(X, Y)
    assert "[CategoryEmbedder] 4 categories of city from 120 rows" in capsys.readouterr().out
