"""The sweep finds the dimension that was planted, and nothing in noise."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.comparing.dimensions.recommend import compared, recommend
from embed_core.comparing.dimensions.sweep import SweepConfig, as_results, run_sweep, sweep_dimensions
from embed_core.learning.config import TrainingConfig
from embed_core.training.prepare import prepare
from tests.learning.cases import parcels


def towns(n: int = 24, noise: float = 0.02) -> pd.DataFrame:
    """Distances between towns in a plane, measured with some error, in both directions."""
    rng = np.random.default_rng(0)
    places = rng.random((n, 2))
    start, end = (each.ravel() for each in np.meshgrid(np.arange(n), np.arange(n)))
    apart = np.linalg.norm(places[start] - places[end], axis=1)
    measured = np.abs(apart + rng.normal(0, noise, len(apart)))
    frame = pd.DataFrame({"a": [f"t{i}" for i in start], "b": [f"t{i}" for i in end], "km": measured})
    return frame[start != end]


def losses(*rows: tuple[float, ...], dimensions: tuple[int, ...] = (1, 2, 4)) -> pd.DataFrame:
    """A replicate per row, a dimension per number."""
    return as_results(
        {"dimension": dimension, "replicate": replicate, "val_loss": loss, "baseline": 1.0, "seconds": 0.5}
        for replicate, row in enumerate(rows)
        for dimension, loss in zip(dimensions, row, strict=False)
    )


def test_distances_in_a_plane_take_two_dimensions_and_not_eight() -> None:
    found = sweep_dimensions(
        towns(),
        column="a",
        partner="b",
        target="km",
        objective="distance",
        dimensions=(1, 2, 8),
        replicates=3,
        epochs=60,
    )
    mean = found.groupby("dimension")["val_loss"].mean()
    assert mean[1] > 5 * mean[2]
    advice = recommend(found)
    assert advice.dimension == 2
    assert advice.sentence.startswith("2 dimensions: the ")
    assert "one standard error" in advice.sentence and "over 3 replicates" in advice.sentence


def test_of_noise_the_smallest_is_recommended_and_it_is_called_noise() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"c": rng.choice(list("abcdefgh"), 400), "y": rng.choice(["no", "yes"], 400)})
    found = sweep_dimensions(frame, column="c", target="y", dimensions=(1, 4), replicates=3, epochs=20)
    advice = recommend(found)
    assert advice.dimension == 1
    assert "does better than knowing nothing" in advice.sentence


SETTINGS: dict[str, dict[str, Any]] = {
    "target": {"target": "late"},
    "context": {"epochs": 10},
    "entity": {"target": "hours", "epochs": 3, "hidden": (6,)},
    "distance": {"target": "km", "partner": "to"},
}


@pytest.mark.parametrize("objective", list(SETTINGS))
def test_every_objective_is_judged_on_rows_that_differ_between_replicates(objective: str) -> None:
    settings = {"epochs": 5} | SETTINGS[objective]
    found = sweep_dimensions(
        parcels(300), column="c", objective=objective, dimensions=(2,), replicates=2, **settings
    )
    assert found["val_loss"].nunique() == found["baseline"].nunique() == 2
    assert np.isfinite(found["val_loss"]).all() and (found["seconds"] > 0).all()


def test_a_dimension_has_the_same_numbers_whatever_else_is_tried() -> None:
    settings: dict[str, Any] = {"column": "c", "target": "late", "epochs": 3, "replicates": 1}
    alone = sweep_dimensions(parcels(300), dimensions=(4,), **settings)
    beside = sweep_dimensions(parcels(300), dimensions=(2, 4), **settings)
    assert alone["val_loss"].tolist() == beside["val_loss"].tolist()[1:]


def test_what_was_stopped_goes_on_where_it_was_and_ends_with_the_same_numbers() -> None:
    training = TrainingConfig.checked(column="c", target="late", epochs=3)
    data = prepare(ec.read_table(parcels(300)), training)
    config = SweepConfig.checked(training=training, dimensions=(1, 2), replicates=2)
    whole: list[dict[str, Any]] = []
    run_sweep(data, config, on_progress=whole.append)
    parts: list[dict[str, Any]] = []
    run_sweep(data, config, on_progress=parts.append, keep_going=lambda: len(parts) < 3)
    assert len(parts) == 3 and len(whole) == config.total == 4
    more: list[dict[str, Any]] = []
    run_sweep(data, config, parts, on_progress=more.append)
    assert len(more) == 1
    names = ["dimension", "replicate", "val_loss"]
    pd.testing.assert_frame_equal(as_results([*parts, *more])[names], as_results(whole)[names])


def test_stopping_in_mid_training_leaves_that_training_out() -> None:
    training = TrainingConfig.checked(column="c", target="late", epochs=1_000)
    looks = iter([True] * 3 + [False] * 1_000)
    rows: list[dict[str, Any]] = []
    data = prepare(ec.read_table(parcels(300)), training)
    run_sweep(
        data,
        SweepConfig.checked(training=training, dimensions=(1,)),
        on_progress=rows.append,
        keep_going=lambda: next(looks),
    )
    assert rows == []


def test_on_result_can_stop_it() -> None:
    found = sweep_dimensions(
        parcels(300), column="c", target="late", dimensions=(1, 2, 4), epochs=2, on_result=lambda row: True
    )
    assert found["dimension"].tolist() == [1]


def test_patience_is_judged_by_the_best_epoch_and_all_epochs_by_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from embed_core.comparing.dimensions import sweep

    kept: list[list[float]] = []
    plain = sweep.fit

    def watched(data: Any, config: Any, *, on_update: Any, **others: Any) -> Any:
        kept.append([])

        def remember(update: Any) -> None:
            kept[-1].extend([update.metrics["val_loss"]] if update.epoch else [])
            on_update(update)

        return plain(data, config, on_update=remember, **others)

    monkeypatch.setattr(sweep, "fit", watched)
    settings = {"column": "c", "target": "late", "dimensions": (2,), "replicates": 1, "learning_rate": 0.3}
    all_epochs = sweep_dimensions(parcels(200), epochs=30, **settings)
    stopped_early = sweep_dimensions(parcels(200), epochs=30, patience=3, **settings)
    assert all_epochs["val_loss"].tolist() == [kept[0][-1]]
    assert kept[0][-1] > min(kept[0]), "overfitted, or the test shows nothing"
    assert stopped_early["val_loss"].tolist() == [min(kept[1])]


# The rule


def test_differences_are_paired_so_hard_replicates_do_not_hide_a_clear_order() -> None:
    found = losses((0.30, 0.20, 0.21), (0.90, 0.80, 0.82), (0.60, 0.50, 0.51))
    assert recommend(found).dimension == 2
    table = compared(found).set_index("dimension")
    assert table.loc[1, "excess"] == pytest.approx(0.1)
    assert table.loc[1, "standard_error"] == pytest.approx(0, abs=1e-9)


def test_a_smaller_dimension_within_one_standard_error_is_preferred() -> None:
    advice = recommend(losses((0.52, 0.41, 0.40), (0.50, 0.39, 0.41), (0.51, 0.41, 0.39)))
    assert advice.dimension == 2
    assert "smallest" in advice.sentence and "with 4 dimensions" in advice.sentence


def test_the_standard_error_counts_that_the_splits_overlap() -> None:
    apart = np.array([0.1, 0.2, 0.4])
    found = losses(*([0.5 + each, 0.5] for each in apart), dimensions=(1, 2))
    wanted = apart.std(ddof=1) * np.sqrt(1 / 3 + 0.25 / 0.75)
    assert compared(found, validation_share=0.25)["standard_error"].tolist() == pytest.approx([wanted, 0.0])


def test_a_replicate_that_was_cut_off_is_left_out() -> None:
    found = losses((0.5, 0.4, 0.41), (0.5, 0.39, 0.4), (0.01,))
    assert compared(found)["replicates"].tolist() == [2, 2, 2]
    assert recommend(found).dimension == 2


def test_the_largest_may_not_be_large_enough_and_one_replicate_tells_little() -> None:
    found = losses((0.5, 0.4, 0.2), (0.51, 0.4, 0.2))
    assert "larger ones may do better still" in recommend(found).sentence
    assert "one replicate" in recommend(losses((0.5, 0.4, 0.2))).sentence
    assert "the only one tried" in recommend(losses((0.5,), (0.6,), dimensions=(1,))).sentence


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"dimensions": ()}, "tries 1 to 12 different dimensions; got 0"),
        ({"dimensions": range(1, 14)}, "got 13"),
        ({"dimensions": (0,)}, "greater than or equal to 1"),
        ({"replicates": 0}, '"replicates" must be greater than or equal to 1'),
        ({"validation_share": 0.0}, "validation share is 0"),
        ({"validation_share": 0.001}, "none is left for validation"),
        ({"target": "nothing"}, "nothing"),
    ],
)
def test_what_cannot_be_swept_is_told(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ec.AtlasError, match=rule):
        sweep_dimensions(parcels(60), **({"column": "c", "target": "late"} | changes))


def test_results_that_cannot_be_compared_are_told() -> None:
    with pytest.raises(ec.AtlasError, match="No replicate"):
        compared(as_results([]))


def test_a_recommendation_knows_the_share_of_rows_that_the_sweep_judged_on() -> None:
    settings: dict[str, Any] = {
        "column": "c",
        "target": "late",
        "epochs": 2,
        "dimensions": (1, 2),
        "replicates": 2,
    }
    found = sweep_dimensions(parcels(200), **settings, validation_share=0.5)
    pd.testing.assert_frame_equal(compared(found), compared(found, validation_share=0.5))
    errors = compared(found)["standard_error"], compared(found, validation_share=0.2)["standard_error"]
    assert errors[0].max() > errors[1].max()
    assert ec.recommend(found) == recommend(found, validation_share=0.5)
