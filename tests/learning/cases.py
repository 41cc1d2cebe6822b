"""A small model of every kind with rows to train it on, and small tables in which something can be learned."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples, examples, with_unknown
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.base import Network
from embed_core.learning.networks.exported import exported_model
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.trainer import Trainer
from embed_core.tables.reading.read import read_table
from embed_core.training.prepare import prepare
from embed_core.types import TrainingData

CATEGORIES, OTHERS = 12, 5
EMPTY = Examples((), (np.zeros(0, np.int32),), np.zeros(0, np.int64))

ONE, TWO = ((CATEGORIES, 3),), ((CATEGORIES, 3), (OTHERS, 2))
SPECS: dict[str, ModelSpec] = {
    "binary": ModelSpec("target", ONE),
    "multiclass": ModelSpec("target", ONE, kind="multiclass", outputs=(4,)),
    "number": ModelSpec("target", ONE, kind="number"),
    "log number": ModelSpec("target", ONE, kind="number", log=True),
    "count": ModelSpec("target", ONE, kind="number", count=True),
    "context": ModelSpec("context", ONE, kind="multiclass", outputs=(4, 3)),
    "entity": ModelSpec("entity", TWO, (0, 1, 0), numbers=2, hidden=(6, 4)),
    "entity of a number": ModelSpec("entity", TWO, (0, 1), kind="number", numbers=3, hidden=(6,)),
    "entity of classes": ModelSpec("entity", TWO, (0, 1), "multiclass", (4,), hidden=(6,)),
    "distance": ModelSpec("distance", ONE, (0, 0), "number"),
    "time": ModelSpec("distance", ONE, (0, 0), "number", measure="time"),
    "similarity": ModelSpec("distance", ONE, (0, 0), "number", measure="similarity"),
}


def network_of(spec: ModelSpec) -> Network:
    """Return what builds the models of a shape."""
    return OBJECTIVES[spec.objective].network()


def exported(weights: Any, spec: ModelSpec) -> Any:
    """Return the model that is exported of one that was trained, of standardised numbers."""
    return exported_model(network_of(spec), weights, spec, offset=0.0, scale=1.0, features={}, missing=())


def rows_for(spec: ModelSpec, rows: int = 150, seed: int = 0) -> Examples:
    """Return rows whose truth has something to do with the categories."""
    rng = np.random.default_rng(seed)
    inputs = tuple(rng.integers(0, spec.tables[place][0], rows).astype(np.int32) for place in spec.inputs)
    numbers = rng.normal(size=(rows, spec.numbers)).astype(np.float32) if spec.numbers else None
    truth: list[np.ndarray] = []
    for units in spec.outputs:
        if spec.count:
            truth.append(rng.poisson(0.3 + inputs[0] / 2).astype(np.float32))
        elif spec.kind == "number":
            truth.append(rng.normal(1.0, 0.5, rows).astype(np.float32))
        elif spec.kind == "multiclass":
            truth.append(((inputs[0] + rng.integers(0, 2, rows)) % units).astype(np.int32))
        else:
            truth.append((rng.random(rows) < inputs[0] / spec.tables[0][0]).astype(np.int32))
    return Examples(inputs, tuple(truth), np.ones(rows, np.int64), numbers)


def settings(**changes: Any) -> TrainingConfig:
    """Return a configuration with the settings of a plain training, of those that the objective uses."""
    values: dict[str, Any] = {
        "column": "c",
        "target": "y",
        "partner": "to",
        "batch_size": 32,
        "epochs": 3,
        "learning_rate": 0.05,
        "schedule": "constant",
        "category_dropout": 0.0,
        "prior_strength": 0.0,
        "validation_share": 0.0,
        "dropout": 0.0,
        "dimension": 3,
        "hidden": (6, 4),
    }
    takes = OBJECTIVES[changes.get("objective", "target")].takes
    return TrainingConfig.checked(**({name: values[name] for name in values if takes(name)} | changes))


def trained(spec: ModelSpec, rows: Examples, validation: Examples = EMPTY, **changes: Any) -> Trainer:
    """Return a trainer that has done all its epochs."""
    trainer = Trainer(spec, rows, validation, settings(**changes))
    list(trainer.epochs())
    return trainer


def parcels(rows: int = 600) -> pd.DataFrame:
    """Return parcels of 6 shops; three of them send at night, and far, and late."""
    rng = np.random.default_rng(0)
    shop, to = (rng.choice(list("abcdef"), rows, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.1]) for _ in range(2))
    night = rng.random(rows) < np.where(shop < "d", 0.2, 0.8)
    weight = np.where(rng.random(rows) < 0.15, np.nan, rng.gamma(2.0, 3.0, rows).round(2))
    return pd.DataFrame(
        {
            "c": shop,
            "to": to,
            "way": rng.choice(["air", "road", "sea"], rows),
            "time": np.where(night, "night", "day"),
            "size": np.where(rng.random(rows) < np.where(shop < "c", 0.7, 0.3), "S", "L"),
            "weight": weight,
            "parcels": 1.0 + rng.integers(0, 40, rows),
            "late": np.where(rng.random(rows) < np.where(night, 0.7, 0.2), "yes", "no"),
            "hours": np.round(np.exp(rng.normal(2.0 + night, 0.6)), 2),
            "km": 100.0 * np.abs([ord(a) - ord(b) for a, b in zip(shop, to, strict=True)]),
        }
    )


@dataclass(frozen=True)
class Prepared:
    """A table counted for an objective, and all that its training needs."""

    data: TrainingData
    config: TrainingConfig
    spec: ModelSpec
    training: Examples

    @property
    def unit(self) -> tuple[float, float]:
        """Offset and scale of the target."""
        target = self.data.target
        return (0.0, 1.0) if target is None else (target.offset, target.scale)

    def trainer(self, validation: Examples = EMPTY) -> Trainer:
        """Return a trainer, *(unknown)* rows among what it learns from."""
        rows = unknown_too(self)
        return Trainer(self.spec, rows, validation, self.config, unit=self.unit)


def unknown_too(case: Prepared) -> Examples:
    """Return the rows of a case with those of *(unknown)*."""
    share = (
        case.config.category_dropout if OBJECTIVES[case.config.objective].has_unknown(case.config) else 0.0
    )
    return with_unknown(case.training, case.data, category_dropout=share, seed=case.config.seed)


def prepared(frame: pd.DataFrame, objective: str = "target", **changes: Any) -> Prepared:
    """Count a table and make its examples, all of its rows for training."""
    start: dict[str, Any] = {"objective": objective, "dimension": 2, "partner": None, "validation_share": 0}
    if "target" in OBJECTIVES[objective].needs:
        start |= {"target": "late"}
    if "partner" in OBJECTIVES[objective].needs:
        start |= {"partner": "to", "target": "km"}
    config = settings(**(start | changes))
    data = prepare(read_table(frame), config)
    return Prepared(data, config, OBJECTIVES[objective].spec(data, config), examples(data, data.training))
