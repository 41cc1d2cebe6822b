"""What people are told of a model's size is what Keras builds."""

from typing import Any

import keras
import pytest

from embed_core.learning import models
from embed_core.learning.config import TrainingConfig
from embed_core.learning.shape import dimension_rules, directions, layers

DISTANCE = {"objective": "distance", "partner": "to"}


def built(config: TrainingConfig, *, categories: int, kind: Any, classes: int) -> keras.Model:
    outputs = classes if kind == "multiclass" else 1
    return models.build(
        models.ModelSpec(config.objective, categories, config.dimension, kind, outputs), seed=0
    )


@pytest.mark.parametrize(
    ("kind", "classes", "settings"),
    [
        ("binary", 2, {}),
        ("multiclass", 5, {}),
        ("multiclass", 2, {}),
        ("number", 0, {}),
        ("number", 0, DISTANCE),
    ],
)
@pytest.mark.parametrize(("categories", "dimension"), [(2, 1), (7, 3), (1_200, 16)])
def test_the_layers_have_as_many_parameters_as_the_keras_model(
    kind: str, classes: int, settings: dict[str, str], categories: int, dimension: int
) -> None:
    config = TrainingConfig.checked(column="c", target="y", dimension=dimension, **settings)
    shown = layers(config, categories=categories, kind=kind, classes=classes)
    model = built(config, categories=categories, kind=kind, classes=classes)
    assert sum(layer.parameters for layer in shown) == model.count_params()
    assert shown[0].parameters == model.get_layer(models.EMBEDDING_LAYER).count_params()


@pytest.mark.parametrize(
    ("kind", "classes", "size"),
    [("binary", 2, "1 sigmoid"), ("multiclass", 5, "5 softmax"), ("number", 0, "1 linear")],
)
def test_the_lessons_layers_are_named_like_those_of_keras(kind: str, classes: int, size: str) -> None:
    config = TrainingConfig.checked(column="c", target="y", dimension=3)
    shown = layers(config, categories=7, kind=kind, classes=classes)
    model = built(config, categories=7, kind=kind, classes=classes)
    assert [layer.name for layer in shown] == [type(layer).__name__ for layer in model.layers]
    dense = model.layers[-1]
    assert shown[-1].size == size == f"{dense.units} {dense.activation.__name__}"


def test_a_distance_names_both_columns() -> None:
    config = TrainingConfig.checked(column="origin", target="miles", **DISTANCE)
    assert layers(config, categories=7, kind="number", classes=0)[-1].size == "of origin and to"


@pytest.mark.parametrize("categories", [2, 3, 10, 1_000, 10**6])
def test_rules_of_thumb_are_ordered_and_can_be_used(categories: int) -> None:
    dimensions = [rule.dimension for rule in dimension_rules(categories)]
    assert dimensions == sorted(dimensions)
    for dimension in dimensions:
        TrainingConfig.checked(column="c", target="y", dimension=dimension)


@pytest.mark.parametrize(
    ("kind", "classes", "dimension", "expected"),
    [
        ("binary", 2, 8, 1),
        ("number", 0, 8, 1),
        ("multiclass", 4, 8, 3),
        ("multiclass", 30, 8, 8),
        ("multiclass", 2, 8, 1),
    ],
)
def test_outputs_limit_the_directions_of_learning(
    kind: str, classes: int, dimension: int, expected: int
) -> None:
    assert directions(kind, classes, dimension) == expected
