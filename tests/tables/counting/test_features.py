"""Other columns are made ready to be counted: numbers by deciles, times by their parts, and nothing by mistake."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from embed_core.errors import AtlasError
from embed_core.tables.counting import features as counted_features
from embed_core.tables.counting.features import features, suitable
from embed_core.tables.reading.read import read_table


def made(frame: pd.DataFrame, columns: Any = None, *, without: Any = (), binned: bool = True) -> pd.DataFrame:
    """Return the features as columns of texts and numbers, in the order of the rows."""
    table, found, _ = features(read_table(frame), columns, without=without, binned=binned)
    return table.execute(table.expression)[[feature.name for feature in found]]


quarters = st.integers(-40, 40).map(lambda value: value / 4)
odd = st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e300, -1e300, 1e-300])
free = st.floats(allow_nan=False, allow_infinity=False, width=32)
number = st.one_of(quarters, quarters, odd, free)
columns_of_numbers = st.integers(4, 30).flatmap(
    lambda rows: st.lists(st.lists(number, min_size=rows, max_size=rows), min_size=5, max_size=5)
)


@settings(max_examples=10, deadline=None)
@given(columns=columns_of_numbers)
def test_numbers_are_binned_by_their_deciles_as_pandas_does_it(columns: list[list[float]]) -> None:
    frame = pd.DataFrame({f"x{place}": values for place, values in enumerate(columns)}, dtype=float)
    kinds = read_table(frame).profile().set_index("name")["kind"]
    numbers = [name for name in frame if kinds[name] == "number"]
    assume(numbers)
    edges = {}
    for name in numbers:
        finite = frame[name].where(np.isfinite(frame[name]))
        deciles = np.unique(finite.dropna().quantile(np.arange(1, 10) / 10))
        edges[name] = deciles[deciles < finite.max()]
    if not any(map(len, edges.values())):
        with pytest.raises(AtlasError, match="do not vary"):
            made(frame, numbers)
        return
    found = made(frame, numbers)
    assert list(found) == [f"{name} in bins" for name in numbers if len(edges[name])]
    for name in (name for name in numbers if len(edges[name])):
        finite, texts = frame[name].where(np.isfinite(frame[name])), found[f"{name} in bins"]
        expected = pd.cut(finite, [-np.inf, *edges[name], np.inf], labels=False)
        assert (texts.isna() == finite.isna()).all()
        pairs = set(zip(expected.dropna().astype(int), texts.dropna(), strict=True))
        assert len(pairs) == expected.nunique() == texts.nunique(), "one text for every bin"


def test_the_bins_of_many_different_numbers_are_equally_full() -> None:
    found = made(pd.DataFrame({"x": np.random.default_rng(0).permutation(2_000) / 7}))
    assert found["x in bins"].value_counts().to_dict() == dict.fromkeys(found["x in bins"].unique(), 200)
    assert found["x in bins"].nunique() == 10


def test_a_limit_between_equal_numbers_has_their_rows_below_it() -> None:
    # DuckDB 1.5 takes what lies between 0.99999 and 0.99999 for 0.9999899999999999.
    values = np.repeat([0.5, 0.99999, 1.25], [3, 18, 3])
    found = made(pd.DataFrame({"x": values}))["x in bins"]
    assert found.groupby(values).nunique().tolist() == [1, 1, 1]
    assert found[values == 0.99999].unique().tolist() == ["0.649997 – 0.99999"]


def test_bins_are_named_by_their_limits() -> None:
    found = made(pd.DataFrame({"x": np.arange(0.5, 1_000.5)}))["x in bins"]
    assert found.iloc[0] == "≤ 100.4"
    assert found.iloc[150] == "100.4 – 200.3"
    assert found.iloc[-1] == "> 899.6"


def test_numbers_of_many_digits_that_differ_in_the_last_have_bins_of_their_own() -> None:
    seconds = 1_700_000_000 + np.random.default_rng(0).random(500) * 3_600
    assert made(pd.DataFrame({"x": seconds}))["x in bins"].nunique() == 10


def test_a_number_that_is_nearly_always_the_same_has_the_few_bins_that_there_are() -> None:
    values = np.where(np.arange(400) < 380, 0.0, np.arange(400) / 7)
    found = made(pd.DataFrame({"x": values}))["x in bins"]
    assert found.value_counts().to_dict() == {"≤ 0": 380, "> 0": 20}


def test_numbers_stay_numbers_when_they_are_not_to_be_binned() -> None:
    frame = pd.DataFrame({"x": np.random.default_rng(0).random(50), "few": [1, 2] * 25})
    _, found, _ = features(read_table(frame), None, without=(), binned=False)
    assert [(feature.name, feature.kind) for feature in found] == [("x", "number"), ("few", "levels")]


def test_a_time_becomes_its_month_weekday_and_hour() -> None:
    times = pd.Series(pd.date_range("2024-02-28 22:30", periods=60, freq="31h"))
    times[5] = pd.NaT
    found = made(pd.DataFrame({"t": times}))
    assert list(found) == ["month of t", "weekday of t", "hour of t"]
    expected = {
        "month of t": times.dt.month_name(),
        "weekday of t": times.dt.day_name(),
        "hour of t": times.dt.strftime("%H:00"),
    }
    for name, values in expected.items():
        assert found[name].isna().tolist() == [place == 5 for place in range(60)]
        assert found[name].dropna().tolist() == values.dropna().tolist()


def test_a_date_has_no_hour_and_an_hour_no_date() -> None:
    times = pd.Series(pd.date_range("2024-01-01 05:00", periods=30, freq="31h"))
    found = made(pd.DataFrame({"day": times.dt.date, "clock": times.dt.time}))
    assert list(found) == ["month of day", "weekday of day", "hour of clock"]
    assert found["weekday of day"].tolist() == times.dt.day_name().tolist()
    assert found["hour of clock"].tolist() == times.dt.strftime("%H:00").tolist()


# Which columns


def mixed(rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "c": rng.choice(list("abc"), rows),
            "kind": rng.choice(["x", "y"], rows),
            "row": [f"id {place}" for place in range(rows)],
            "story": [
                f"It was {place} o'clock and " + "the rain fell on and on, " * 4 for place in range(rows)
            ],
            "same": "x",
            "empty": pd.Series([None] * rows, dtype="str"),
            "weight": rng.random(rows),
        }
    )


def test_identifiers_free_texts_and_constants_are_left_out_and_said() -> None:
    table = read_table(mixed())
    _, found, notes = features(table, None, without=("c",), binned=True)
    assert [feature.name for feature in found] == ["kind", "weight in bins"]
    assert suitable(table, without=("c",)) == ["kind", "weight"]
    left = 'Left out, as identifiers, free text or constants: "row", "story", "same", "empty".'
    assert notes == [left]


def test_texts_of_more_values_than_memory_holds_pairs_of_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = pd.DataFrame(
        {"c": list("abab") * 20, "order": [f"order {place % 40}" for place in range(80)], "n": range(80)}
    )
    table = read_table(frame.assign(n=frame["n"] % 50))
    assert suitable(table, without=("c",)) == ["order", "n"]
    monkeypatch.setattr(counted_features, "_MOST_TEXTS", 39)
    assert suitable(table, without=("c",)) == ["n"]


def test_what_is_asked_for_is_used_whatever_it_looks_like() -> None:
    table, found, notes = features(read_table(mixed()), ["row", "kind"], without=("c",), binned=True)
    assert [(feature.name, feature.column, feature.kind) for feature in found] == [
        ("row", "row", "levels"),
        ("kind", "kind", "levels"),
    ]
    assert notes == []
    assert table.columns == read_table(mixed()).columns


@pytest.mark.parametrize(
    ("columns", "without", "says"),
    [
        (["nowhere"], (), 'no column "nowhere". The columns are "c", "kind"'),
        (["kind", "c"], ("c",), 'The column "c" is what is embedded or predicted'),
        (["weight"], ("c", "weight"), 'The column "weight" is what is embedded or predicted'),
        ([], (), "no other column to learn from: none was chosen"),
        (None, ("c", "kind", "weight"), "no other column to learn from: those that there are do not vary"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(columns: Any, without: tuple[str, ...], says: str) -> None:
    with pytest.raises(AtlasError, match=says):
        features(read_table(mixed()), columns, without=without, binned=True)


def test_without_names_none_are_meant_by_a_missing_target() -> None:
    assert suitable(read_table(mixed()), without=("c", None)) == ["kind", "weight"]


# Names that are there already


def dated() -> pd.DataFrame:
    days = pd.date_range("2024-01-01", periods=60, freq="7D")
    return pd.DataFrame({"day": days, "month of day": list("abc") * 20})


def test_a_column_with_the_name_of_a_part_is_used_as_it_is_and_said() -> None:
    _, _, notes = features(read_table(dated()), ["day"], without=(), binned=True)
    assert made(dated(), ["day"])["month of day"].tolist() == list("abc") * 20
    assert notes == ['Columns of these names were there already and are used as they are: "month of day".']


def test_what_is_embedded_does_not_come_back_as_a_part_of_a_time() -> None:
    found = made(dated(), without=("month of day",))
    assert "month of day" not in found
    assert "weekday of day" in found
