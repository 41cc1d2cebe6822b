"""From counted rows to arrays: what is learned from, batch sizes, and what knowing nothing costs."""

import numpy as np
import pytest

from embed_core.learning.baseline import baseline, head_weights
from embed_core.learning.batches import epoch_order, resolve_batch_size
from embed_core.learning.examples import Examples, examples
from embed_core.learning.model_spec import ModelSpec, with_missing
from embed_core.types import CountedRows, Head, Target, TrainingData, Vocabulary
from tests.learning.cases import SPECS, parcels, prepared

VOCABULARY = Vocabulary("c", ("a", "b", "c"), np.array([5, 3, 2]))


def data_with(target: Target) -> TrainingData:
    rows = CountedRows(
        {"c": np.array([0, 1, 2], np.int32), "y": np.array([0, 1, 1], np.int32)},
        {"y": np.array([10.0, 20.0, 60.0])},
        np.array([5, 3, 2]),
    )
    training, validation = np.array([4, 3, 0]), np.array([1, 0, 2])
    return TrainingData({"c": VOCABULARY}, rows, training, validation, target, table_rows=10)


def judged(truth: list[float], weights: list[int], dtype: type = np.int32) -> Examples:
    return Examples((np.zeros(len(truth), np.int32),), (np.array(truth, dtype),), np.array(weights))


def test_rows_that_have_no_count_are_no_examples() -> None:
    data = data_with(Target("y", "binary", ("no", "yes")))
    training, validation = (examples(data, counts) for counts in (data.training, data.validation))
    assert [array.tolist() for array in (*training.inputs, *training.truth, training.weights)] == [
        [0, 1],
        [0, 1],
        [4, 3],
    ]
    assert [array.tolist() for array in (*validation.inputs, *validation.truth, validation.weights)] == [
        [0, 2],
        [0, 1],
        [1, 2],
    ]


def test_a_number_is_learned_without_its_offset_and_scale() -> None:
    data = data_with(Target("y", "number", offset=10.0, scale=20.0))
    (truth,) = examples(data, data.rows.counts).truth
    assert truth.dtype == np.float32
    assert truth.tolist() == [0.0, 0.5, 2.5]


def test_of_a_log_number_the_logarithm_is_learned() -> None:
    data = data_with(Target("y", "number", offset=1.0, scale=2.0, log=True))
    (truth,) = examples(data, data.rows.counts).truth
    np.testing.assert_allclose(truth, (np.log([11.0, 21.0, 61.0]) - 1) / 2, rtol=1e-6)


def test_missing_numbers_are_the_mean_and_are_told_by_a_column_of_their_own() -> None:
    case = prepared(parcels(), "entity", features=("parcels", "way", "weight"))
    assert with_missing(case.data) == ["weight"]
    raw, numbers = case.data.rows.numbers, case.training.numbers
    assert numbers is not None
    assert numbers.shape == (len(case.training), 3)
    missing = np.isnan(raw["weight"])
    assert 0 < missing.sum() < len(missing)
    np.testing.assert_array_equal(numbers[:, 2], missing)
    assert (numbers[missing, 1] == 0).all()
    for column, name in ((0, "parcels"), (1, "weight")):
        mean, deviation = case.data.features[name]
        known = ~np.isnan(raw[name])
        np.testing.assert_allclose(numbers[known, column] * deviation + mean, raw[name][known], rtol=1e-4)
        weights = case.training.weights[known]
        assert np.average(numbers[known, column], weights=weights) == pytest.approx(0, abs=1e-5)
        assert np.average(numbers[known, column] ** 2, weights=weights) == pytest.approx(1, abs=1e-5)


def test_a_missing_number_is_told_also_where_a_part_has_none() -> None:
    case = prepared(parcels(), "entity", features=("weight",))
    known = np.where(np.isnan(case.data.rows.numbers["weight"]), 0, case.data.rows.counts)
    numbers = examples(case.data, known).numbers
    assert numbers is not None
    assert numbers.shape[1] == case.spec.numbers == 2
    assert (numbers[:, 1] == 0).all()


def test_count_tables_become_a_row_a_category_with_its_shares() -> None:
    case = prepared(parcels(), "context", context=("way", "size"))
    frame = parcels()
    rows = case.training
    labels = np.array(case.data.vocabularies["c"].labels)[rows.inputs[0]]
    assert dict(zip(labels, rows.weights, strict=True)) == frame["c"].value_counts().to_dict()
    for head, shares in zip(case.data.heads, rows.shares, strict=True):
        expected = frame.groupby("c")[head.name].value_counts(normalize=True).unstack(fill_value=0)
        np.testing.assert_allclose(shares, expected.loc[labels, list(head.levels)], atol=1e-6)
    for place in rows.truth:
        np.testing.assert_array_equal(place, np.arange(len(rows)))


def test_rows_of_context_have_a_truth_for_every_head() -> None:
    frame = parcels(50)
    case = prepared(frame, "context", context=("way", "size"), aggregate=False)
    for head, codes in zip(case.data.heads, case.training.truth, strict=True):
        assert [head.levels[code] for code in codes] == frame[head.name].tolist()


@pytest.mark.parametrize(
    ("asked", "rows", "size"),
    [
        ("auto", 1, 1),
        ("auto", 256, 256),
        ("auto", 257, 32),
        ("auto", 3_205, 32),
        ("auto", 10_000, 128),
        ("auto", 100_000, 1_024),
        ("auto", 10**8, 4_096),
        (32, 1_000, 32),
        (32, 10, 10),
        (1, 10, 1),
    ],
)
def test_a_batch_is_as_asked_and_never_more_than_the_rows(asked: int | str, rows: int, size: int) -> None:
    assert resolve_batch_size(asked, rows) == size


@pytest.mark.parametrize("rows", [1_000, 5_000, 50_000, 400_000])
def test_automatic_batches_make_some_dozens_to_hundreds_of_steps(rows: int) -> None:
    assert 25 <= rows / resolve_batch_size("auto", rows) <= 160


def test_an_epoch_visits_every_row_once_in_an_order_of_its_own() -> None:
    orders = {(seed, epoch): epoch_order(seed, epoch, 50) for seed in (0, 1) for epoch in (1, 2)}
    for order in orders.values():
        assert sorted(order.tolist()) == list(range(50))
    assert len({tuple(order) for order in orders.values()}) == 4
    assert (epoch_order(0, 1, 50) == orders[0, 1]).all()


def of(kind: str) -> ModelSpec:
    return SPECS[kind]


def test_knowing_nothing_of_two_classes_costs_their_entropy() -> None:
    rows = judged([0, 1], [6, 2])
    known = baseline(rows, rows, of("binary"))
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert known == pytest.approx({"loss": entropy, "accuracy": 0.75})


def test_knowing_nothing_is_judged_on_other_rows_than_it_is_learned_from() -> None:
    training, validation = judged([0, 1, 2], [5, 3, 2]), judged([1, 2, 0], [3, 3, 2])
    known = baseline(training, validation, of("multiclass"))
    loss = -(3 * np.log(0.3) + 3 * np.log(0.2) + 2 * np.log(0.5)) / 8
    assert known == pytest.approx({"loss": loss, "accuracy": 2 / 8})


@pytest.mark.parametrize(("training", "validation"), [([0, 1], [0, 1, 2]), ([0, 1, 2], [0, 1])])
def test_a_class_that_only_one_part_has_leaves_the_baseline_finite(
    training: list[float], validation: list[float]
) -> None:
    parts = [judged(part, [1] * len(part)) for part in (training, validation)]
    assert np.isfinite(list(baseline(*parts, of("multiclass")).values())).all()


def test_knowing_nothing_of_a_number_costs_its_spread_around_the_mean_of_the_training_part() -> None:
    training = judged([0.0, 4.0], [3, 1], np.float32)
    validation = judged([1.0, 3.0, -1.0], [2, 1, 1], np.float32)
    known = baseline(training, validation, of("number"), (100.0, 10.0))
    assert known == pytest.approx({"loss": (0 + 0 + 4 + 4) / 4, "mae": 10 * (0 + 0 + 2 + 2) / 4})


def test_the_error_of_a_log_number_is_told_in_its_own_unit() -> None:
    hours = np.array([1.0, 5.0, 20.0])
    offset, scale = 1.5, 0.7
    rows = judged(((np.log1p(hours) - offset) / scale).tolist(), [1, 1, 1], np.float32)
    known = baseline(rows, rows, of("log number"), (offset, scale))
    always = np.expm1(np.log1p(hours).mean())
    assert known["mae"] == pytest.approx(np.abs(hours - always).mean(), rel=1e-5)


# Several heads


@pytest.mark.parametrize("aggregate", [True, False])
@pytest.mark.parametrize(
    "columns", [("way", "size"), ("size", "weight", "time", "to"), ("time", "parcels", "km")]
)
def test_knowing_nothing_of_several_heads_costs_1(columns: tuple[str, ...], aggregate: bool) -> None:
    case = prepared(parcels(), "context", context=columns, aggregate=aggregate)
    assert len({len(head.levels) for head in case.data.heads}) > 1
    known = baseline(case.training, case.training, case.spec)
    assert known["loss"] == pytest.approx(1, abs=1e-5)
    frame = parcels()
    likely = []
    for head in case.data.heads:
        codes = case.data.rows.codes
        if aggregate:
            here = codes["head"] == case.data.heads.index(head)
            counts = np.bincount(codes["level"][here], case.data.rows.counts[here])
        else:
            counts = np.bincount(codes[head.name])
        likely.append(counts.max() / len(frame))
    assert known["accuracy"] == pytest.approx(np.mean(likely))


def test_every_head_has_the_same_part_in_the_loss_of_knowing_nothing() -> None:
    case = prepared(parcels(), "context", context=("size", "weight"))
    weights = head_weights(case.training, case.spec.outputs)
    total = case.training.weights.sum()
    for weight, shares in zip(weights, case.training.shares, strict=True):
        rates = case.training.weights @ shares / total
        assert weight * -(rates @ np.log(rates)) == pytest.approx(1 / 2, abs=1e-5)


def test_a_single_head_is_not_weighed() -> None:
    case = prepared(parcels(), "context", context=("way",))
    assert head_weights(case.training, case.spec.outputs).tolist() == [1]
    assert baseline(case.training, case.training, case.spec)["loss"] == pytest.approx(np.log(3), abs=0.01)


def test_a_head_that_is_constant_in_the_training_part_does_not_drown_the_others() -> None:
    rows = Examples(
        (np.zeros(4, np.int32),), (np.zeros(4, np.int32), np.array([0, 1, 0, 1], np.int32)), np.ones(4)
    )
    assert np.isfinite(head_weights(rows, (2, 2))).all()


def test_heads_are_named_by_their_columns() -> None:
    heads = prepared(parcels(), "context", context=("way", "weight")).data.heads
    assert [head.name for head in heads] == ["way", "weight in bins"]
    assert all(isinstance(head, Head) for head in heads)
