"""The model that is exported: plain Keras, which takes and gives the numbers of the table."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from embed_core.learning.batches import level_places
from embed_core.learning.model_spec import with_missing
from embed_core.learning.networks.exported import exported_model, to_bytes
from embed_core.learning.trainer import Trainer
from tests.learning.cases import SPECS, Prepared, exported, network_of, parcels, prepared

CASES: dict[str, dict[str, Any]] = {
    "target, two classes": {},
    "target, several classes": {"target": "way"},
    "target, a number": {"target": "hours"},
    "target, a log number": {"target": "hours", "target_kind": "log number"},
    "target, a count": {"target": "hours", "target_kind": "count"},
    "context": {"objective": "context", "context": ("way", "size", "weight")},
    "entity, two classes": {
        "objective": "entity",
        "features": ("way", "weight", "parcels"),
        "dropout": 0.1,
        "hidden": (5,),
    },
    "entity, several classes": {"objective": "entity", "target": "way", "features": ("time",)},
    "entity, a log number": {
        "objective": "entity",
        "target": "hours",
        "target_kind": "log number",
        "features": ("size", "weight", "parcels"),
        "partner": "to",
        "dropout": 0.1,
        "category_dropout": 0.02,
    },
    "distance": {"objective": "distance"},
    "distance, a time": {"objective": "distance", "measure": "time"},
}


def saved(case: Prepared, trainer: Trainer) -> bytes:
    plain = exported_model(
        network_of(case.spec),
        trainer.weights(),
        case.spec,
        offset=case.unit[0],
        scale=case.unit[1],
        features=case.data.features,
        missing=with_missing(case.data),
    )
    return to_bytes(plain)


def loaded(content: bytes, folder: Path) -> keras.Model:
    path = folder / "model.keras"
    path.write_bytes(content)
    return keras.models.load_model(path)


def predicted_while_training(case: Prepared, model: keras.Model) -> list[np.ndarray]:
    """Return what the model that was trained says of the standardised rows, in the target's unit."""
    rows = case.training
    inputs = [*(codes[:, None] for codes in rows.inputs), *([] if rows.numbers is None else [rows.numbers])]
    answer = model(inputs if len(inputs) > 1 else inputs[0], training=False).numpy()
    if len(case.spec.outputs) > 1:
        parts = np.split(
            answer[:, level_places(case.spec.outputs)], np.cumsum(case.spec.outputs)[:-1], axis=1
        )
        return [keras.ops.convert_to_numpy(keras.ops.softmax(part)) for part in parts]
    answer = case.unit[0] + case.unit[1] * answer if case.spec.kind == "number" else answer
    return [np.expm1(answer) if case.spec.log else answer]


@pytest.mark.parametrize("name", CASES)
def test_the_exported_model_says_of_the_table_what_the_trained_one_says(name: str, tmp_path: Path) -> None:
    case = prepared(parcels(200), **{"epochs": 2, "learning_rate": 0.01} | CASES[name])
    trainer = case.trainer()
    list(trainer.epochs())
    content = saved(case, trainer)
    assert_plain_keras(content)
    raw: list[np.ndarray] = [codes[:, None] for codes in case.training.inputs]
    if case.data.features:
        raw.append(np.stack([case.data.rows.numbers[name] for name in case.data.features], axis=1))
        assert np.isnan(raw[-1]).any() == ("weight" in case.data.features)
    found = loaded(content, tmp_path).predict(raw if len(raw) > 1 else raw[0], verbose=0)
    expected = predicted_while_training(case, trainer.model)
    for ours, theirs in zip(found if isinstance(found, list) else [found], expected, strict=True):
        assert np.isfinite(theirs).all()
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=1e-5)


def test_exporting_a_model_leaves_the_trained_one_as_it_is() -> None:
    case = prepared(parcels(200), "distance", epochs=1)
    trainer = case.trainer()
    list(trainer.epochs())
    before = trainer.vectors()
    content = saved(case, trainer)
    list(case.trainer().epochs())
    np.testing.assert_array_equal(trainer.vectors(), before)
    assert saved(case, trainer)[:4] == content[:4] == b"PK\x03\x04"


def test_a_missing_number_is_not_taken_for_the_mean() -> None:
    case = prepared(parcels(200), "entity", features=("weight",), epochs=30, learning_rate=0.05, hidden=(8,))
    assert case.spec.numbers == 2
    trainer = case.trainer()
    list(trainer.epochs())
    plain = exported_model(
        network_of(case.spec),
        trainer.weights(),
        case.spec,
        offset=0.0,
        scale=1.0,
        features=case.data.features,
        missing=with_missing(case.data),
    )
    mean = case.data.features["weight"][0]
    known, missing = (float(plain([np.array([[0]]), np.array([[value]])])[0, 0]) for value in (mean, np.nan))
    assert np.isfinite([known, missing]).all()
    assert abs(known - missing) > 1e-3


def assert_plain_keras(content: bytes) -> None:
    """Assert that whoever opens the file needs Keras alone, and lets it run no code of ours."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        config = json.loads(archive.read("config.json"))
    parts = list(dictionaries(config))
    modules = {part["module"] for part in parts if part.get("module")}
    assert all(module.split(".")[0] in ("keras", "builtins") for module in modules), modules
    names = {part["class_name"] for part in parts if "class_name" in part}
    assert not names & {"HashedDropout", "Lambda", "function"}
    registered = {part.get("registered_name") for part in parts} - {None}
    assert not [name for name in registered if ">" in name], registered
    assert "embed_core" not in json.dumps(config)


def dictionaries(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from dictionaries(part)


@pytest.mark.parametrize("kind", ["context", "entity", "time"])
def test_the_model_to_train_starts_where_the_exported_one_starts(kind: str) -> None:
    spec = replace(SPECS[kind], dropout=0.1 if SPECS[kind].hidden else 0.0)
    plain, twin = (network_of(spec).build(spec, seed=3, to_train=to_train) for to_train in (False, True))
    back = exported([value.numpy() for value in twin.trainable_variables], spec)
    for one, other in zip(plain.trainable_variables, back.trainable_variables, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(one), keras.ops.convert_to_numpy(other))


@pytest.mark.parametrize("name", SPECS)
def test_the_start_is_that_of_a_new_model(name: str) -> None:
    spec = SPECS[name]
    built = network_of(spec).build(spec, seed=7, to_train=True).variables
    for start, variable in zip(network_of(spec).start(spec, seed=7), built, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(start), keras.ops.convert_to_numpy(variable))


def test_the_model_to_train_says_how_long_its_rows_are_on_surplus_axes() -> None:
    spec = replace(SPECS["distance"], surplus=3)
    plain, twin = (network_of(spec).build(spec, seed=3, to_train=to_train) for to_train in (False, True))
    (rows, dimension), codes = spec.tables[0], np.arange(3)[:, None]
    wide = np.random.default_rng(0).normal(size=(rows, dimension + 3)).astype(np.float32)
    flat = np.where(np.arange(dimension + 3) < dimension, wide, 0)
    pairs = [codes, codes + 1]
    for table in (wide, flat):
        twin.get_layer("embedding").set_weights([table])
        apart, surplus = np.asarray(twin(pairs)).T
        lengths = sum((table[each[:, 0], dimension:] ** 2).sum(axis=1) for each in pairs)
        np.testing.assert_allclose(surplus, lengths, rtol=1e-5)
    plain.get_layer("embedding").set_weights([flat[:, :dimension]])
    np.testing.assert_allclose(np.asarray(plain(pairs))[:, 0], apart, rtol=1e-6)
