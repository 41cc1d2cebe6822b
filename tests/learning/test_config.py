"""Settings: what is accepted comes back from disk unchanged, what is not is named."""

from typing import Any

import pytest

from embed_core.errors import AtlasError
from embed_core.learning.config import BLOG_RECIPE, OBJECTIVES, TrainingConfig

TARGET: dict[str, Any] = {"column": "shop", "target": "late"}
DISTANCE: dict[str, Any] = {"column": "origin", "objective": "distance", "partner": "to", "target": "miles"}


@pytest.mark.parametrize(
    "settings",
    [
        TARGET,
        DISTANCE,
        TARGET | {"target_kind": "number", "dimension": 1_024, "batch_size": 64, "optimizer": "adamw"},
        TARGET | {"schedule": "cosine", "patience": 7, "prior_strength": 0.1, "learning_rate": 1 / 3},
        TARGET | {"aggregate": False, "seed": 2**31 - 1, "validation_share": 0.9, "min_frequency": 3},
        {"column": 'a "b"\n', "target": "é"},
    ],
)
def test_settings_come_back_from_json_as_they_were(settings: dict[str, Any]) -> None:
    config = TrainingConfig.checked(**settings)
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config
    assert TrainingConfig.checked(**config.model_dump()) == config
    assert all(getattr(config, name) == value for name, value in settings.items())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"dimensions": 4}, 'There is no setting "dimensions". The settings are "column", '),
        ({"column": None}, '"column" must be a valid string; got "None"'),
        ({"objective": "regret"}, 'There is no objective "regret". Choose one of "target", "distance"'),
        ({"target": None}, 'The objective "target" needs a target column'),
        ({"target": "shop"}, 'must differ, and these do not: "shop", "shop"'),
        ({"target_kind": "ordinal"}, '"target_kind" must be .*; got "ordinal"'),
        ({"dimension": 0}, '"dimension" must be greater than or equal to 1; got "0"'),
        ({"dimension": 1_025}, '"dimension" must be less than or equal to 1024; got "1025"'),
        ({"dimension": 2.5}, '"dimension" must be .*; got "2.5"'),
        ({"dimension": "wide"}, '"dimension" must be .*; got "wide"'),
        ({"epochs": 0}, '"epochs" must be greater than or equal to 1'),
        ({"epochs": 100_001}, '"epochs" must be less than or equal to 100000'),
        *(
            ({"batch_size": size}, f'"batch_size" must be "auto" or a whole number from 1 .*; got "{size}"')
            for size in (0, -3, 10_000_001, 2.5, "big")
        ),
        ({"optimizer": "lbfgs"}, "\"optimizer\" must be 'sgd', 'adam', 'adamw' or 'rmsprop'; got \"lbfgs\""),
        ({"schedule": "step"}, "\"schedule\" must be 'constant' or 'cosine'"),
        ({"learning_rate": 0}, '"learning_rate" must be greater than 0'),
        ({"learning_rate": -0.1}, '"learning_rate" must be greater than 0'),
        ({"learning_rate": 10.5}, '"learning_rate" must be less than or equal to 10'),
        ({"learning_rate": float("nan")}, '"learning_rate" must be a finite number; got "nan"'),
        ({"learning_rate": float("inf")}, '"learning_rate" must be a finite number; got "inf"'),
        ({"min_frequency": 0}, '"min_frequency" must be greater than or equal to 1'),
        ({"validation_share": -0.1}, '"validation_share" must be greater than or equal to 0'),
        ({"validation_share": 0.95}, '"validation_share" must be less than or equal to 0.9'),
        ({"patience": 0}, '"patience" must be greater than or equal to 1'),
        (
            {"patience": 3, "validation_share": 0.0},
            "watches the validation loss, and the validation share is 0",
        ),
        ({"prior_strength": -1}, '"prior_strength" must be greater than or equal to 0'),
        ({"prior_strength": float("inf")}, '"prior_strength" must be a finite number'),
        ({"seed": -1}, '"seed" must be greater than or equal to 0'),
        ({"seed": 2**31}, '"seed" must be less than'),
        ({"aggregate": "perhaps"}, '"aggregate" must be .*; got "perhaps"'),
        ({"max_rows": 0}, '"max_rows" must be greater than or equal to 1'),
    ],
)
def test_a_bad_setting_is_named_with_its_rule(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AtlasError, match=says):
        TrainingConfig.checked(**(TARGET | changes))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"partner": None}, 'The objective "distance" needs a partner column'),
        ({"target": None}, 'The objective "distance" needs a target column'),
        ({"partner": "origin"}, 'these do not: "origin", "origin", "miles"'),
        ({"partner": "miles"}, 'these do not: "origin", "miles", "miles"'),
    ],
)
def test_a_distance_needs_two_columns_and_a_number_that_differ(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AtlasError, match=says):
        TrainingConfig.checked(**(DISTANCE | changes))


def test_the_column_must_be_given() -> None:
    with pytest.raises(AtlasError, match='The setting "column" must be given'):
        TrainingConfig.checked(target="late")


def test_a_bad_value_of_any_length_fits_into_a_sentence() -> None:
    with pytest.raises(AtlasError) as raised:
        TrainingConfig.checked(**TARGET, optimizer="x" * 10_000)
    assert len(str(raised.value)) < 200


def test_settings_cannot_be_changed_afterwards() -> None:
    config = TrainingConfig.checked(**TARGET)
    with pytest.raises(ValueError, match="frozen"):
        config.dimension = 3  # type: ignore[misc]


def test_the_lessons_recipe_is_a_valid_configuration() -> None:
    config = TrainingConfig.checked(**TARGET, **BLOG_RECIPE)
    recipe = (config.optimizer, config.learning_rate, config.batch_size, config.epochs, config.aggregate)
    assert recipe == ("sgd", 0.01, 32, 5, False)
    assert (config.validation_share, config.patience, config.schedule) == (0, None, "constant")


def test_an_objective_looks_up_the_columns_that_it_needs() -> None:
    assert OBJECTIVES["target"].inputs(TrainingConfig.checked(**TARGET, partner="to")) == ("shop",)
    assert OBJECTIVES["distance"].inputs(TrainingConfig.checked(**DISTANCE)) == ("origin", "to")
