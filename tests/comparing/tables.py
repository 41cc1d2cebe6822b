"""Small tables to compare encoders on: one with a signal in a column of many categories, one with nothing but noise."""

from typing import Any

import numpy as np
import pandas as pd

from embed_core.comparing.encoders.compare import run_folds
from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.data import ComparisonData, prepare_comparison
from embed_core.tables.reading.read import read_table


def streets(rows: int = 900, *, seed: int = 0) -> pd.DataFrame:
    """Return parcels of 60 streets, half of which, in no alphabetical order, are late most often."""
    rng = np.random.default_rng(seed)
    street = rng.integers(0, 60, rows)
    late = rng.random(rows) < np.where(np.random.default_rng(9).permutation(60)[street] < 30, 0.85, 0.15)
    return pd.DataFrame(
        {
            "street": np.char.add("street ", street.astype(str)),
            "weight": rng.gamma(2.0, 3.0, rows),
            "size": rng.choice(["S", "M", "L"], rows),
            "late": np.where(late, "yes", "no"),
            "hours": 10.0 * late + rng.normal(size=rows),
            "way": np.where(late, np.where(rng.random(rows) < 0.5, "air", "sea"), "road"),
            "day": np.arange(rows) // 3,
        }
    )


def noise(rows: int = 600) -> pd.DataFrame:
    """Return rows whose class depends on a number, beside an identifier that knows nothing: 4 rows each."""
    rng = np.random.default_rng(1)
    number = rng.normal(size=rows)
    return pd.DataFrame(
        {
            "identifier": rng.permutation(np.arange(rows) // 4).astype(str),
            "number": number,
            "class": np.where(rng.random(rows) < 1 / (1 + np.exp(-1.5 * number)), "a", "b"),
        }
    )


def prepared(frame: pd.DataFrame, **settings: Any) -> tuple[ComparisonData, ComparisonConfig]:
    """Return what a worker would be given."""
    usual: dict[str, Any] = {
        "columns": ["street"],
        "target": "late",
        "features": ["weight", "size"],
        "encoders": ["drop", "one_hot"],
        "models": ["linear"],
        "dimension": 2,
        "folds": 3,
        "repeats": 1,
    }
    config = ComparisonConfig.checked(**(usual | settings))
    return prepare_comparison(read_table(frame), config), config


def scored(data: ComparisonData, config: ComparisonConfig, **more: Any) -> list[dict[str, Any]]:
    """Return all that a comparison tells."""
    told: list[dict[str, Any]] = []
    run_folds(data, config, on_progress=told.append, **more)
    return told
