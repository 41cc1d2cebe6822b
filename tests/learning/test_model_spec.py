"""What people are told of a model's size is what Keras builds."""

from dataclasses import replace

import numpy as np
import pytest

from embed_core.learning.config import TrainingConfig
from embed_core.learning.dimension_rules import dimension_rules
from embed_core.learning.layer_list import Layer
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import vectors
from embed_core.learning.objectives.registry import OBJECTIVES
from tests.learning.cases import SPECS, network_of, parcels, prepared

SHAPES = {
    **SPECS,
    "two classes and softmax": ModelSpec("target", ((7, 3),), kind="multiclass", outputs=(2,)),
    "one number a category": ModelSpec("target", ((2, 1),)),
    "a large table": ModelSpec("context", ((1_200, 16),), kind="multiclass", outputs=(10, 3, 200)),
    "one head": ModelSpec("context", ((7, 3),), kind="multiclass", outputs=(5,)),
    "many tables": ModelSpec("entity", ((9, 4), (5, 3), (7, 2), (3, 2)), (0, 1, 2, 3, 0), numbers=1),
    "many layers": ModelSpec("entity", ((9, 4),), hidden=(7, 6, 5, 4, 3), dropout=0.1, kind="number"),
}


def layers(spec: ModelSpec) -> list[Layer]:
    return OBJECTIVES[spec.objective].layers(spec)


@pytest.mark.parametrize("name", SHAPES)
def test_the_layers_have_as_many_parameters_as_the_keras_model(name: str) -> None:
    spec = SHAPES[name]
    model = network_of(spec).build(spec, seed=0)
    parameters = sum(layer.parameters for layer in layers(spec))
    assert parameters == sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)
    twin = network_of(spec).build(spec, seed=0, to_train=True)
    assert parameters == sum(int(np.prod(variable.shape)) for variable in twin.trainable_variables)
    for place, table in enumerate(spec.tables):
        assert vectors(model, place).shape == vectors(twin, place).shape == table


@pytest.mark.parametrize(
    ("kind", "size"), [("binary", "1 sigmoid"), ("multiclass", "4 softmax"), ("number", "1 linear")]
)
def test_the_lessons_layers_are_named_like_those_of_keras(kind: str, size: str) -> None:
    shown = layers(SPECS[kind])
    model = network_of(SPECS[kind]).build(SPECS[kind], seed=0)
    assert [layer.name for layer in shown] == [type(layer).__name__ for layer in model.layers]
    dense = model.layers[-1]
    assert shown[-1].size == size == f"{dense.units} {dense.activation.__name__}"


def test_the_lessons_layers_are_named_whatever_else_there_is() -> None:
    assert [(layer.name, layer.size) for layer in layers(SHAPES["many tables"])] == [
        ("Embedding", "9 × 4"),
        ("Embedding", "5 × 3"),
        ("Embeddings", "2 more"),
        ("Numbers", "1"),
        ("Concatenate", "16"),
        ("Dense", "1 sigmoid"),
    ]
    assert layers(SPECS["context"])[-1].size == "2 heads, 7 softmax"
    assert [layer.name for layer in layers(SPECS["distance"])] == ["Embedding", "Distance"]
    assert [layer.name for layer in layers(SPECS["time"])] == ["Embedding", "Distance", "Dense"]


# From a configuration


def test_a_shape_is_as_large_as_the_data_ask_for() -> None:
    features = ("way", "time", "weight", "parcels")
    case = prepared(
        parcels(), "entity", features=features, partner="to", dimension=5, hidden=(4,), dropout=0.1
    )
    # Further columns have few categories, and get half as many numbers.
    assert case.spec == ModelSpec(
        "entity", ((6, 5), (3, 2), (2, 1)), (0, 0, 1, 2), "binary", (1,), numbers=3, hidden=(4,), dropout=0.1
    )
    rows = case.training
    assert [codes.max() for codes in rows.inputs] == [5, 5, 2, 1]
    assert rows.numbers is not None
    assert rows.numbers.shape == (len(rows), 3)


def test_category_dropout_adds_a_row_to_every_embedding_but_those_of_a_distance() -> None:
    for objective, tables in (("entity", ((7, 2), (4, 2))), ("target", ((7, 2),))):
        features = {"features": ("way",)} if objective == "entity" else {}
        assert prepared(parcels(), objective, category_dropout=0.1, **features).spec.tables == tables
        assert prepared(parcels(), objective, **features).spec.tables == tuple((n - 1, d) for n, d in tables)
    assert prepared(parcels(), "distance").spec.tables == ((6, 2),)


def test_a_shape_has_what_its_objective_uses_alone() -> None:
    for objective in ("target", "distance", "context"):
        config = prepared(parcels(), objective).config
        assert config.hidden and config.dropout, "the defaults, which these objectives do not look at"
        assert (case := prepared(parcels(), objective).spec).hidden == () and case.dropout == 0
    assert prepared(parcels(), "distance", measure="time").spec.measure == "time"


def test_a_shape_with_other_numbers_is_another_shape() -> None:
    assert len({*SHAPES.values(), replace(SPECS["entity"], numbers=5)}) == len(SHAPES) + 1


# Rules of thumb


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
    assert OBJECTIVES["target"].directions(kind, classes, dimension) == expected
    for name in ("context", "entity", "distance"):
        assert OBJECTIVES[name].directions(kind, classes, dimension) is None
