"""What folds can tell apart, against computations by hand."""

from typing import Any

import numpy as np
import pytest

from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.scores import corrected_interval, difference, encoder_verdict, summarize

FOLDS = 5


def told(**means: float) -> list[dict[str, Any]]:
    """Return scores of encoders whose folds go up and down together, a little apart."""
    rng = np.random.default_rng(0)
    common = rng.normal(0, 0.03, FOLDS)
    return [
        {
            "encoder": encoder,
            "model": "linear",
            "repeat": 0,
            "fold": fold,
            "train_rows": 80,
            "test_rows": 20,
            "roc_auc": mean + common[fold] + rng.normal(0, 0.001),
            "log_loss": 0.5,
            "accuracy": 0.8,
            **dict.fromkeys(
                ("columns", "fit_seconds", "transform_seconds", "model_seconds", "megabytes"), 1.0
            ),
            "note": None,
        }
        for encoder, mean in means.items()
        for fold in range(FOLDS)
    ]


def test_the_corrected_interval_is_that_of_nadeau_and_bengio() -> None:
    # Variance 0.01 of 4 scores, times 1/4 + 1/3 for a quarter tested on; Student's t of 3 degrees is 3.182446.
    values = [0.6, 0.8, 0.7 - 0.005**0.5, 0.7 + 0.005**0.5]
    assert np.var(values, ddof=1) == pytest.approx(0.01)
    reach = 3.182446 * (0.01 * (1 / 4 + 1 / 3)) ** 0.5
    assert corrected_interval(values, 1 / 3) == pytest.approx((0.7, 0.7 - reach, 0.7 + reach), abs=1e-6)


def test_repeating_cannot_make_the_interval_as_small_as_one_likes() -> None:
    rng = np.random.default_rng(0)
    few, many = (rng.normal(0, 1, size) for size in (10, 10_000))
    (_, low, high), (_, *ends) = corrected_interval(few, 0.25), corrected_interval(many, 0.25)
    assert high - low > ends[1] - ends[0] > 2 * 1.96 * 0.25**0.5 * 0.95


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    # Means of overlapping training sets: rows are drawn once, and each fold leaves other rows out.
    rng = np.random.default_rng(0)
    hits = uncorrected = 0
    for _ in range(300):
        rows = rng.permutation(rng.normal(size=100))
        folds = [fold.mean() for _ in range(2) for fold in np.split(rng.permutation(rows), 5)]
        _, low, high = corrected_interval(folds, 0.25)
        hits += low <= 0 <= high
        _, low, high = corrected_interval(folds, 0.0)
        uncorrected += low <= 0 <= high
    assert hits / 300 >= 0.93 > 0.88 > uncorrected / 300


def test_differences_are_taken_fold_by_fold() -> None:
    scores = told(drop=0.7, one_hot=0.71)
    found = summarize(scores, "binary").set_index("encoder")
    assert found.loc["one_hot", "low"] < found.loc["drop", "mean"]  # side by side they overlap
    assert found.loc["one_hot", "difference_low"] > 0.005  # fold by fold they do not
    one = {s["fold"]: s["roc_auc"] for s in scores if s["encoder"] == "one_hot"}
    other = {s["fold"]: s["roc_auc"] for s in scores if s["encoder"] == "drop"}
    wanted = corrected_interval([one[fold] - other[fold] for fold in range(FOLDS)], 0.25)
    assert difference(scores, "binary", "linear", "one_hot", "drop") == pytest.approx(wanted)
    columns = ["difference", "difference_low", "difference_high"]
    assert found.loc["one_hot", columns].tolist() == pytest.approx(wanted)
    assert difference(scores[:FOLDS], "binary", "linear", "one_hot", "drop") is None


def test_partial_results_are_summed_up_as_far_as_they_go() -> None:
    scores = told(drop=0.7, one_hot=0.71)
    assert summarize([], "binary").empty
    assert list(summarize([], "binary")) == list(summarize(scores, "binary"))
    first = summarize(scores[:1], "binary")
    assert first["folds"].tolist() == [1] and np.isnan(first["low"]).all()
    # The second encoder has two folds yet: only these are compared.
    part = summarize(scores[: FOLDS + 2], "binary").set_index("encoder")
    assert part["folds"].to_dict() == {"drop": 5, "one_hot": 2}
    pairs = zip(scores[FOLDS : FOLDS + 2], scores[:2], strict=True)
    wanted = np.mean([one["roc_auc"] - other["roc_auc"] for one, other in pairs])
    assert part.loc["one_hot", "difference"] == pytest.approx(wanted)


def test_what_could_not_be_scored_stays_in_the_summary_with_its_reason() -> None:
    scores = told(drop=0.7, one_hot=0.71)
    for score in scores[FOLDS:]:
        score |= {"roc_auc": None, "log_loss": None, "accuracy": None, "note": "too wide"}
    found = summarize(scores, "binary")
    assert found["encoder"].tolist() == ["drop", "one_hot"]
    assert found["note"].tolist() == ["", "too wide"] and np.isnan(found["mean"].iloc[1])


def test_the_best_of_each_model_comes_first_in_the_order_of_the_models() -> None:
    scores = told(drop=0.7, one_hot=0.75)
    scores += [score | {"model": "knn", "roc_auc": score["roc_auc"] - 0.1} for score in scores]
    config = ComparisonConfig.checked(columns=["c"], target="y", models=["knn", "linear"])
    found = summarize(scores, "binary", config)
    assert found[["model", "encoder"]].to_numpy().tolist() == [
        ["knn", "one_hot"],
        ["knn", "drop"],
        ["linear", "one_hot"],
        ["linear", "drop"],
    ]


@pytest.mark.parametrize(
    ("means", "says"),
    [
        (
            {"drop": 0.7, "one_hot": 0.7},
            "No difference that this data can show: with logistic or ridge regression, no way",
        ),
        ({"drop": 0.7, "ordinal": 0.6, "one_hot": 0.7}, "and ordinal is worse than dropping it."),
        (
            {"drop": 0.6, "one_hot": 0.7, "target": 0.7, "ordinal": 0.65},
            "; beats dropping the column by 0.1",
        ),
        ({"drop": 0.6, "one_hot": 0.7, "target": 0.7, "ordinal": 0.65}, "; ordinal is behind it."),
        ({"one_hot": 0.7, "ordinal": 0.6}, "one-hot has the best ROC AUC, 0.7"),
        ({"one_hot": 0.7}, "too few scores"),
        ({}, "too few scores"),
    ],
)
def test_the_verdict_says_what_can_and_cannot_be_told_apart(means: dict[str, float], says: str) -> None:
    assert says in encoder_verdict(told(**means), "binary")


def test_encoders_that_score_alike_are_not_ranked() -> None:
    sentence = encoder_verdict(told(drop=0.6, one_hot=0.7, target=0.7, ordinal=0.65), "binary")
    assert "cannot tell it apart from " in sentence
    assert {"one-hot", "target encoding"} == {
        name for name in ("one-hot", "target encoding", "ordinal") if name in sentence.split("; ordinal")[0]
    }
