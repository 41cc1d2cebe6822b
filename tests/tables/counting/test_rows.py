"""Counted rows stand for the rows of the table: none lost, none moved, whatever their order."""

from collections import Counter
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embed_core.errors import AtlasError
from embed_core.tables.counting.rows import count_training_data
from embed_core.tables.counting.target import MOST_CLASSES, describe_target, target_summary
from embed_core.tables.reading.read import read_table
from embed_core.types import RARE, TrainingData

ALL_KINDS = ("binary", "multiclass", "number")
SPECIAL_LABELS = ["a", "b", "c", "", "(rare)", "(missing)", "((missing))", None]


def counted(frame: pd.DataFrame, *inputs: str, target: str = "y", **options: Any) -> TrainingData:
    return count_training_data(
        read_table(frame), inputs or ("c",), target, **({"target_kinds": ALL_KINDS} | options)
    )


def rows_of(data: TrainingData) -> Counter[tuple[object, ...]]:
    """Return the counted rows as labels and target value, each with its count."""
    columns = [np.array(vocabulary.labels)[data.rows.codes[c]] for c, vocabulary in data.vocabularies.items()]
    name = data.target.column
    if data.target.kind == "number":
        columns.append(data.rows.numbers[name])
    else:
        columns.append(np.array(data.target.classes)[data.rows.codes[name]])
    result: Counter[tuple[object, ...]] = Counter()
    for row, count in zip(zip(*columns, strict=True), data.rows.counts.tolist(), strict=True):
        result[tuple(value.item() for value in row)] += count
    return result


def label_of(text: str | None, data: TrainingData, column: str) -> str:
    """Return the label that a text of the table must get, found without the code under test."""
    vocabulary = data.vocabularies[column]
    if text is None:
        assert vocabulary.missing is not None
        return vocabulary.labels[vocabulary.missing]
    special = {
        vocabulary.labels[place] for place in (vocabulary.rare, vocabulary.missing) if place is not None
    }
    if text in set(vocabulary.labels) - special:
        return text
    assert vocabulary.rare is not None
    return vocabulary.labels[vocabulary.rare]


USABLE = [("a", "b", "p"), ("b", "a", "q"), *[("a", "a", "q")] * 4]  # two classes, two categories
labels, classes = st.sampled_from(SPECIAL_LABELS), st.sampled_from(["p", "q", None])
tables = st.lists(st.tuples(labels, labels, classes), max_size=25).map(lambda rows: [*rows, *USABLE])


@settings(max_examples=15, deadline=None)
@given(rows=tables, min_frequency=st.integers(1, 4), aggregate=st.booleans())
def test_counted_rows_are_the_rows_of_the_table(
    rows: list[tuple[str | None, ...]], min_frequency: int, aggregate: bool
) -> None:
    frame = pd.DataFrame(rows, columns=["c", "to", "y"], dtype="str")
    data = counted(frame, "c", "to", min_frequency=min_frequency, aggregate=aggregate)
    expected = Counter(
        (label_of(c, data, "c"), label_of(to, data, "to"), y) for c, to, y in rows if y is not None
    )
    assert rows_of(data) == expected
    assert data.rows.total == expected.total()
    assert data.vocabularies["c"].support.sum() == 2 * len(rows) == 2 * data.table_rows
    np.testing.assert_array_equal(data.training + data.validation, data.rows.counts)
    assert len(data.rows) == (len(expected) if aggregate else expected.total())


@settings(max_examples=8, deadline=None)
@given(rows=tables, min_frequency=st.integers(1, 3), seed=st.integers(0, 9))
def test_the_order_of_the_rows_changes_nothing(
    rows: list[tuple[str | None, ...]], min_frequency: int, seed: int
) -> None:
    frame = pd.DataFrame(rows, columns=["c", "to", "y"], dtype="str")
    shuffled = frame.sample(frac=1, random_state=seed)
    assert_same(*(counted(one, "c", "to", min_frequency=min_frequency) for one in (frame, shuffled)))


def test_the_order_of_the_rows_changes_nothing_for_a_number() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"c": rng.choice(list("abc"), 3_000), "y": rng.normal(size=3_000).round(1)})
    assert_same(counted(frame), counted(frame.sample(frac=1, random_state=0)))


def assert_same(one: TrainingData, other: TrainingData) -> None:
    assert one.target == other.target
    assert one.notes == other.notes
    for column, vocabulary in one.vocabularies.items():
        assert vocabulary.labels == other.vocabularies[column].labels
        np.testing.assert_array_equal(vocabulary.support, other.vocabularies[column].support)
    for column, codes in one.rows.codes.items():
        np.testing.assert_array_equal(codes, other.rows.codes[column])
    for column, numbers in one.rows.numbers.items():
        np.testing.assert_array_equal(numbers, other.rows.numbers[column])
    np.testing.assert_array_equal(one.training, other.training)
    np.testing.assert_array_equal(one.validation, other.validation)


def test_rows_without_a_target_are_left_out_and_said() -> None:
    data = counted(pd.DataFrame({"c": list("aabbc"), "y": ["p", "q", None, "p", None]}))
    assert data.rows.total == 3
    assert data.vocabularies["c"].support.tolist() == [2, 2, 1]
    assert data.notes == ('2 of 5 rows have no "y" and are left out.',)


def test_numbers_that_are_not_finite_are_left_out_and_said() -> None:
    data = counted(pd.DataFrame({"c": list("aabbcc"), "y": [1.5, np.inf, np.nan, -np.inf, 2.5, 3.5]}))
    assert rows_of(data) == Counter({("a", 1.5): 1, ("c", 2.5): 1, ("c", 3.5): 1})
    assert data.notes == ('3 of 6 rows have no "y" and are left out.',)


def test_a_nan_that_is_not_null_is_no_class_of_the_target() -> None:
    table = read_table(pa.table({"c": list("abab"), "y": np.array([0, 1, 1, np.nan])}))
    data = count_training_data(table, ["c"], "y", target_kinds=ALL_KINDS)
    assert (data.target.kind, data.target.classes, data.rows.total) == ("binary", ("0.0", "1.0"), 3)


def test_pooled_categories_are_counted_and_said() -> None:
    data = counted(pd.DataFrame({"c": list("aaabbcd"), "y": list("pqppqpq")}), min_frequency=2)
    assert rows_of(data)[(RARE, "p")] == rows_of(data)[(RARE, "q")] == 1
    assert data.notes == ("2 categories with fewer than 2 rows are pooled into one.",)


def test_without_aggregation_every_row_stays_in_its_place() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"c": rng.choice(list("abcd"), 500), "y": rng.random(500)})
    data = counted(frame, aggregate=False)
    assert [data.vocabularies["c"].labels[code] for code in data.rows.codes["c"]] == frame["c"].tolist()
    np.testing.assert_array_equal(data.rows.numbers["y"], frame["y"])
    assert set(data.rows.counts) == {1}


def test_a_sampled_table_without_aggregation_keeps_the_order_of_its_rows() -> None:
    frame = pd.DataFrame({"c": list("ab") * 2_000, "y": np.arange(4_000.0)})
    data = counted(frame, aggregate=False, max_rows=400)
    assert np.all(np.diff(data.rows.numbers["y"]) > 0)
    assert set(data.rows.counts) == {1}


def test_two_inputs_share_the_vocabulary_object() -> None:
    frame = pd.DataFrame({"c": list("abca"), "to": list("bcad"), "y": [3.0, 4.0, 5.0, 6.0]})
    data = counted(frame, "c", "to", target_kinds=("number",), centered=False)
    assert data.vocabularies["c"] is data.vocabularies["to"]
    assert data.target.offset == 0
    assert rows_of(data) == Counter(
        {("a", "b", 3.0): 1, ("b", "c", 4.0): 1, ("c", "a", 5.0): 1, ("a", "d", 6.0): 1}
    )


def test_a_table_in_another_engine_is_counted_there() -> None:
    frame = pd.DataFrame({"c": list("aabbc") * 4, "y": [0, 1, 1, 1, 0] * 4})
    connection = ibis.duckdb.connect()
    connection.con.register("t", frame)
    there = count_training_data(read_table(connection.table("t")), ["c"], "y", target_kinds=ALL_KINDS)
    assert_same(there, counted(frame))


@pytest.mark.parametrize("names", [("rows", "count"), ("target", "input_0"), ("label", "n"), ("n", "order")])
def test_columns_may_be_named_like_anything(names: tuple[str, str]) -> None:
    frame = pd.DataFrame({"c": list("aab"), "y": list("ppq")}).set_axis(list(names), axis=1)
    assert rows_of(counted(frame, names[0], target=names[1])) == Counter({("a", "p"): 2, ("b", "q"): 1})


# The sample


def test_more_rows_than_allowed_are_sampled_and_said() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"c": rng.choice(list("abcd"), 20_000), "y": rng.random(20_000)})
    data = counted(frame, max_rows=2_000)
    assert data.notes == ("A random sample of about 2,000 of 20,000 rows is trained on.",)
    assert data.rows.total == pytest.approx(2_000, abs=5 * np.sqrt(2_000))
    assert data.table_rows == data.vocabularies["c"].support.sum() == 20_000
    assert data.target.offset == pytest.approx(0.5, abs=0.05)
    again, other = counted(frame, max_rows=2_000), counted(frame, max_rows=2_000, seed=1)
    assert_same(data, again)
    assert rows_of(data) != rows_of(other)


def test_many_rows_that_are_few_distinct_ones_are_not_sampled() -> None:
    data = counted(pd.DataFrame({"c": list("ab") * 500, "y": list("ppqq") * 250}), max_rows=10)
    assert (data.rows.total, data.notes) == (1_000, ())


# With other columns


def parcels(rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    weight = rng.gamma(2.0, 3.0, rows).round(1)
    weight[rng.random(rows) < 0.2] = np.nan
    weight[3] = np.inf
    return pd.DataFrame(
        {
            "c": rng.choice(list("abcd"), rows),
            "way": rng.choice(["air", "road", None], rows),
            "size": rng.choice(["S", "L"], rows),
            "weight": weight,
            "hour": rng.choice(pd.date_range("2024-01-01", periods=90, freq="13h"), rows),
            "same": "x",
            "number": [f"id {row}" for row in range(rows)],
            "y": rng.choice(["p", "q"], rows),
        }
    )


def test_every_other_column_has_a_vocabulary_of_its_own_or_is_a_number() -> None:
    data = counted(parcels(), others=["way", "size", "weight"])
    assert list(data.vocabularies) == ["c", "way", "size"]
    assert data.vocabularies["way"].labels[-1] == "(missing)"
    assert set(data.vocabularies["size"].labels) == {"S", "L"}
    assert list(data.features) == ["weight"]
    assert list(data.rows.numbers) == ["weight"]


def test_rows_with_other_columns_are_the_rows_of_the_table() -> None:
    frame = parcels()
    data = counted(frame, others=["way", "size", "weight"])
    weight = data.rows.numbers["weight"]
    found: Counter[tuple[object, ...]] = Counter()
    columns = [
        np.array(data.vocabularies[name].labels)[data.rows.codes[name]] for name in ("c", "way", "size")
    ]
    classes = np.array(data.target.classes)[data.rows.codes["y"]]
    for *row, number, count in zip(*columns, classes, weight, data.rows.counts, strict=True):
        found[*map(str, row), "none" if np.isnan(number) else float(number)] += int(count)
    finite = frame["weight"].where(np.isfinite(frame["weight"]))
    expected = Counter(
        (c, "(missing)" if pd.isna(way) else way, size, y, "none" if np.isnan(number) else number)
        for c, way, size, y, number in zip(
            frame["c"], frame["way"], frame["size"], frame["y"], finite, strict=True
        )
    )
    assert found == expected
    assert len(data.rows) == len(expected), "rows with a missing number are counted together too"


def test_a_missing_number_stays_missing_and_is_not_in_the_mean() -> None:
    frame = parcels()
    data = counted(frame, others=["weight"], aggregate=False)
    finite = np.isfinite(frame["weight"])
    np.testing.assert_array_equal(data.rows.numbers["weight"], frame["weight"].where(finite))
    learned = frame["weight"][finite & (data.training > 0)]
    assert data.features["weight"] == pytest.approx((learned.mean(), learned.std(ddof=0)))
    assert data.features["weight"][0] != pytest.approx(frame["weight"][finite].mean(), abs=1e-6)


def test_a_number_that_is_constant_where_it_is_known_can_be_divided_by_its_deviation() -> None:
    frame = parcels(40).assign(weight=[0.5, *[np.nan] * 38, 2.5], y=["p", "q"] * 20)
    found = [
        counted(frame, others=["weight"], aggregate=False, validation_share=0.5, seed=seed).features["weight"]
        for seed in range(5)
    ]
    assert {(0.5, 1.0), (2.5, 1.0)} & set(found)
    assert all(deviation > 0 and np.isfinite(mean) for mean, deviation in found)


def test_all_suitable_columns_are_taken_when_none_are_named() -> None:
    data = counted(parcels(), others=None)
    assert list(data.vocabularies) == [
        *("c", "way", "size"),
        *("month of hour", "weekday of hour", "hour of hour"),
    ]
    assert list(data.features) == ["weight"]
    assert data.notes == ('Left out, as identifiers, free text or constants: "same", "number".',)


def test_other_columns_that_do_not_vary_are_left_out() -> None:
    assert list(counted(parcels(), others=["same", "size"]).vocabularies) == ["c", "size"]


def test_pooling_rare_categories_is_for_every_column() -> None:
    frame = parcels(60).assign(way=[*["air"] * 30, *["road"] * 27, "rail", "ship", None])
    data = counted(frame, others=["way"], min_frequency=5)
    assert data.vocabularies["way"].labels == ("air", "road", "(rare)", "(missing)")
    assert data.vocabularies["way"].support.tolist() == [30, 27, 2, 1]


def test_two_inputs_share_a_vocabulary_and_the_other_columns_do_not() -> None:
    frame = parcels().assign(to=lambda frame: frame["c"].to_numpy()[::-1], way=lambda frame: frame["c"])
    data = counted(frame, "c", "to", others=["way"])
    assert data.vocabularies["c"] is data.vocabularies["to"] is not data.vocabularies["way"]
    assert data.vocabularies["c"].support.sum() == 2 * data.vocabularies["way"].support.sum() == 800


@pytest.mark.parametrize("others", [["c"], ["y"], ["size", "y"], ["nowhere"]])
def test_what_is_embedded_or_predicted_is_no_other_column(others: list[str]) -> None:
    with pytest.raises(AtlasError, match=r"no column|what is embedded or predicted"):
        counted(parcels(), others=others)


def test_the_order_of_the_rows_changes_nothing_with_other_columns() -> None:
    frame = parcels()
    # Pooled categories make rows equal again whose number is missing.
    frame["way"] = [f"way {row}" if row % 3 else "road" for row in range(len(frame))]
    options = {"others": ["way", "weight"], "min_frequency": 2}
    assert_same(*(counted(one, **options) for one in (frame, frame.sample(frac=1, random_state=0))))


def test_more_rows_with_other_columns_than_allowed_are_sampled() -> None:
    data = counted(parcels(4_000).drop(columns="number"), others=None, max_rows=500)
    assert data.notes[0] == "A random sample of about 500 of 4,000 rows is trained on."
    assert data.rows.total == pytest.approx(500, abs=5 * np.sqrt(500))
    assert data.table_rows == 4_000


# Kinds of target


def test_a_log_number_is_standardised_by_its_logarithms() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"c": rng.choice(list("ab"), 200), "y": rng.lognormal(2, 1, 200)})
    data = counted(frame, target_kind="log number")
    assert (data.target.kind, data.target.log) == ("number", True)
    logs = np.log1p(np.repeat(data.rows.numbers["y"], data.training))
    assert (data.target.offset, data.target.scale) == pytest.approx((logs.mean(), logs.std()))
    assert not counted(frame, target_kind="number").target.log


def test_a_number_at_or_below_minus_one_has_no_logarithm() -> None:
    frame = pd.DataFrame({"c": CATEGORIES, "y": [-1.0, 2.5, 3.0, 4.0, 5.0] * 10})
    with pytest.raises(AtlasError, match=r"as log\(1 \+ number\) and holds -1: every value must be above -1"):
        counted(frame, target_kind="log number")
    above = counted(frame.assign(y=frame["y"] + 0.5), target_kind="log number")
    assert np.isfinite([above.target.offset, above.target.scale]).all()


@pytest.mark.parametrize(
    ("values", "kind", "classes"),
    [
        (["yes", "no"], "binary", ("no", "yes")),
        ([True, False], "binary", ("false", "true")),
        ([0, 1], "binary", ("0", "1")),
        ([0.5, 1.5], "binary", ("0.5", "1.5")),
        (["p", "q", None], "binary", ("p", "q")),
        ([1.0, 2.0, np.nan], "binary", ("1", "2")),
        (["a", "b", "c"], "multiclass", ("a", "b", "c")),
        (list(range(20)), "multiclass", tuple(map(str, range(20)))),
        (list(range(21)), "number", ()),
        ([0.5, 1.5, 2.5], "number", ()),
        ([f"class {i:02}" for i in range(30)], "multiclass", tuple(f"class {i:02}" for i in range(30))),
    ],
)
def test_the_kind_of_a_target_is_told_from_its_values(
    values: list[object], kind: str, classes: tuple[str, ...]
) -> None:
    assert describe_target(read_table(pd.DataFrame({"y": values})), "y", allowed=ALL_KINDS) == (kind, classes)


@pytest.mark.parametrize(
    ("values", "kind", "classes"),
    [
        ([0, 1], "number", ()),
        ([0, 1], "multiclass", ("0", "1")),
        ([1, 2, 3], "number", ()),
        ([0.5, 1.5, 2.5], "multiclass", ("0.5", "1.5", "2.5")),
    ],
)
def test_the_kind_of_a_target_can_be_overruled(
    values: list[object], kind: str, classes: tuple[str, ...]
) -> None:
    table = read_table(pd.DataFrame({"y": values}))
    assert describe_target(table, "y", target_kind=kind, allowed=ALL_KINDS) == (kind, classes)


def test_an_objective_with_one_kind_of_target_reads_every_target_as_it() -> None:
    table = read_table(pd.DataFrame({"y": [1, 2, 3]}))
    assert describe_target(table, "y", allowed=("number",)) == ("number", ())


def test_a_number_is_standardised_by_the_training_part() -> None:
    rng = np.random.default_rng(0)
    data = counted(pd.DataFrame({"c": rng.choice(list("ab"), 200), "y": rng.normal(50, 3, 200)}))
    values = np.repeat(data.rows.numbers["y"], data.training)
    assert (data.target.offset, data.target.scale) == pytest.approx((values.mean(), values.std()))


CATEGORIES = list("ab") * 25


@pytest.mark.parametrize(
    ("frame", "options", "says"),
    [
        ({"y": ["p"] * 50}, {}, 'target "y" has 1 different value, .* at least 2'),
        ({"y": [None] * 50}, {}, 'target "y" has 0 different values'),
        ({"y": list("pqr") * 16 + ["p", "q"]}, {"target_kind": "binary"}, "3 different .* a binary .* 2"),
        ({"y": [1, 2, 3, 4, 5] * 10}, {"target_kind": "binary"}, "or read it as a number"),
        ({"y": ["p", "q"] * 25}, {"target_kind": "number"}, 'target "y" must be a number and holds string'),
        ({"y": ["p", "q"] * 25}, {"target_kinds": ("number",)}, "must be a number and holds string"),
        ({"y": [1, 2] * 25}, {"target_kinds": ("number",), "target_kind": "binary"}, "learns from .number."),
        ({"z": [1, 2] * 25}, {}, 'no column "y". The columns are "c", "z"'),
        ({"y": [0.1] * 49 + [np.inf]}, {"target_kind": "number"}, "always 0.1 in the training part"),
        ({"y": [np.inf, -np.inf] * 25}, {"target_kind": "number"}, "No row is left"),
        ({"y": [1.0, -2.5, 3.0, 4.0, 5.0] * 10}, {"allow_negative": False}, "negative numbers, such as -2.5"),
        ({"c": [f"id {i}" for i in range(50)], "y": [0, 1] * 25}, {}, "looks like an identifier"),
        ({"c": ["a"] * 50, "y": [0, 1] * 25}, {}, 'The column "c" has 1 category'),
    ],
)
def test_what_cannot_be_learned_is_refused(
    frame: dict[str, list[object]], options: dict[str, Any], says: str
) -> None:
    with pytest.raises(AtlasError, match=says):
        counted(pd.DataFrame({"c": CATEGORIES, **frame}), **options)


def test_an_unknown_input_is_refused_with_the_columns_that_there_are() -> None:
    with pytest.raises(AtlasError, match=r'no column "d"\. The columns are "c", "y"'):
        counted(pd.DataFrame({"c": list("ab"), "y": list("pq")}), "d")


def test_too_many_classes_are_refused() -> None:
    values = [f"class {i}" for i in range(MOST_CLASSES + 1)]
    with pytest.raises(AtlasError, match="4,097 different values, and a multiclass target at most 4,096"):
        describe_target(read_table(pd.DataFrame({"y": values})), "y", allowed=ALL_KINDS)


# What is known of a category


def test_the_share_of_the_second_class_has_wilsons_interval() -> None:
    # 8 of 10 and 0 of 5: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96
    frame = pd.DataFrame({"c": ["a"] * 10 + ["b"] * 5, "y": ["yes"] * 8 + ["no"] * 7})
    mean, interval = summary(frame)
    assert mean.tolist() == [0.8, 0.0]
    np.testing.assert_allclose(interval, [[0.4901, 0.9433], [0.0, 0.4345]], atol=1e-4)


def test_the_mean_of_a_number_has_its_normal_interval() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    mean, interval = summary(pd.DataFrame({"c": [*"aaaab"], "y": [*values, 7.0]}))
    reach = 1.96 * values.std(ddof=1) / 2
    assert mean.tolist() == [4.0, 7.0]
    np.testing.assert_allclose(interval[0], [4 - reach, 4 + reach])
    assert np.isnan(interval[1]).all()


def test_the_interval_of_numbers_far_from_zero_keeps_its_width() -> None:
    values = np.random.default_rng(0).normal(size=400)
    near, far = (summary(pd.DataFrame({"c": list("ab") * 200, "y": values + start}))[1] for start in (0, 1e9))
    np.testing.assert_allclose(np.diff(far), np.diff(near), rtol=1e-5)


def test_a_category_that_only_has_missing_targets_has_no_mean() -> None:
    mean, interval = summary(pd.DataFrame({"c": list("aab"), "y": ["p", "q", None]}))
    assert mean[0] == 0.5
    assert np.isnan(mean[1])
    assert np.isnan(interval[1]).all()


def test_several_classes_have_no_mean() -> None:
    assert target_summary(counted(pd.DataFrame({"c": list("aab"), "y": list("pqr")})), "c") is None


def test_the_mean_of_a_shared_vocabulary_looks_at_both_columns() -> None:
    frame = pd.DataFrame({"c": list("aab"), "to": list("bca"), "y": [10.0, 20.0, 40.0]})
    data = counted(frame, "c", "to")
    found = target_summary(data, "to")
    assert found is not None
    expected = {"a": 70 / 3, "b": 25.0, "c": 20.0}
    assert dict(zip(data.vocabularies["to"].labels, found[0], strict=True)) == pytest.approx(expected)


def summary(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    found = target_summary(counted(frame), "c")
    assert found is not None
    return found
