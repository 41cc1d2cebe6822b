"""From counted rows to arrays: batch sizes, the order of an epoch, and what knowing nothing costs."""

import numpy as np
import pytest

from embed_core.learning.examples import Examples, baseline, epoch_order, examples, resolve_batch_size
from embed_core.types import CountedRows, Target, TrainingData, Vocabulary

VOCABULARY = Vocabulary("c", ("a", "b", "c"), np.array([5, 3, 2]))


def data_with(target: Target) -> TrainingData:
    rows = CountedRows(
        {"c": np.array([0, 1, 2], np.int32), "y": np.array([0, 1, 1], np.int32)},
        {"y": np.array([10.0, 20.0, 60.0])},
        np.array([5, 3, 2]),
    )
    training, validation = np.array([4, 3, 0]), np.array([1, 0, 2])
    return TrainingData({"c": VOCABULARY}, rows, training, validation, target, 10)


def judged(truth: list[float], weights: list[int], dtype: type = np.int32) -> Examples:
    return Examples((np.zeros(len(truth), np.int32),), np.array(truth, dtype), np.array(weights))


def test_rows_that_have_no_count_are_no_examples() -> None:
    data = data_with(Target("y", "binary", ("no", "yes")))
    training, validation = (examples(data, ("c",), counts) for counts in (data.training, data.validation))
    assert [array.tolist() for array in (*training.inputs, training.truth, training.weights)] == [
        [0, 1],
        [0, 1],
        [4, 3],
    ]
    assert [array.tolist() for array in (*validation.inputs, validation.truth, validation.weights)] == [
        [0, 2],
        [0, 1],
        [1, 2],
    ]


def test_a_number_is_learned_without_its_offset_and_scale() -> None:
    data = data_with(Target("y", "number", offset=10.0, scale=20.0))
    truth = examples(data, ("c",), data.rows.counts).truth
    assert truth.dtype == np.float32
    assert truth.tolist() == [0.0, 0.5, 2.5]


def test_columns_come_in_the_order_in_which_they_are_asked_for() -> None:
    data = data_with(Target("y", "binary", ("no", "yes")))
    inputs = examples(data, ("y", "c"), data.rows.counts).inputs
    assert [codes.tolist() for codes in inputs] == [[0, 1, 1], [0, 1, 2]]


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


def test_knowing_nothing_of_two_classes_costs_their_entropy() -> None:
    rows = judged([0, 1], [6, 2])
    known = baseline(rows, rows, kind="binary")
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert known == pytest.approx({"loss": entropy, "accuracy": 0.75})


def test_knowing_nothing_is_judged_on_other_rows_than_it_is_learned_from() -> None:
    training, validation = judged([0, 1, 2], [5, 3, 2]), judged([1, 2, 0], [3, 3, 2])
    known = baseline(training, validation, kind="multiclass")
    loss = -(3 * np.log(0.3) + 3 * np.log(0.2) + 2 * np.log(0.5)) / 8
    assert known == pytest.approx({"loss": loss, "accuracy": 2 / 8})


@pytest.mark.parametrize(("training", "validation"), [([0, 1], [0, 1, 2]), ([0, 1, 2], [0, 1])])
def test_a_class_that_only_one_part_has_leaves_the_baseline_finite(
    training: list[int], validation: list[int]
) -> None:
    parts = (judged([float(c) for c in part], [1] * len(part)) for part in (training, validation))
    known = baseline(*parts, kind="multiclass")
    assert np.isfinite(list(known.values())).all()


def test_knowing_nothing_of_a_number_costs_its_spread_around_the_mean_of_the_training_part() -> None:
    training = judged([0.0, 4.0], [3, 1], np.float32)
    validation = judged([1.0, 3.0, -1.0], [2, 1, 1], np.float32)
    known = baseline(training, validation, kind="number")
    assert known == pytest.approx({"loss": (0 + 0 + 4 + 4) / 4, "mae": (0 + 0 + 2 + 2) / 4})
