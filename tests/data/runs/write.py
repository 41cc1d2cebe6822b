"""Write small runs of made-up tables, by the road that the app takes: `python tests/data/runs/write.py FOLDER`.

The runs beside this file were written by version 0.1.0 and are never written again: see README.md.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROWS = 600
HOSTILE = [
    "(rare)",
    "(missing)",
    "(unknown)",
    "<b>x</b>",
    "=1+1",
    "**bold**",
    "$x$",
    "\u202eevil",
    'a,b\n"c"',
    "é" * 90,
]


def parcels() -> pd.DataFrame:
    """Return parcels of 16 shops; the later a shop in the alphabet, the later its parcels."""
    rng = np.random.default_rng(13)
    sizes = np.linspace(2, 1, 16)
    sender, to = (rng.choice(16, ROWS, p=sizes / sizes.sum()) for _ in range(2))
    names = np.array([f"Shop {letter}" for letter in "ABCDEFGHIJKLMNOP"])
    late = rng.random(ROWS) < 0.1 + 0.05 * sender
    speed = np.select([sender + rng.integers(0, 6, ROWS) < 8, sender < 12], ["slow", "usual"], "fast")
    return pd.DataFrame(
        {
            "shop": names[sender],
            "to": names[to],
            "way": rng.choice(["air", "road", "sea"], ROWS),
            "night": np.where(rng.random(ROWS) < 0.05 * sender, "night", "day"),
            "weight": np.where(rng.random(ROWS) < 0.1, np.nan, rng.gamma(2.0, 3.0, ROWS).round(2)),
            "late": np.where(late, "yes", "no"),
            "speed": speed,
            "hours": np.exp(rng.normal(2.0 + 0.1 * sender, 0.5)).round(2),
            "km": 100.0 * np.abs(sender - to) + 50.0 * (sender != to),
        }
    )


def hostile() -> pd.DataFrame:
    """Return rows whose categories are called as the app calls its own, or look like markup; some are empty."""
    rng = np.random.default_rng(13)
    labels = np.array([*HOSTILE, "plain", *(f"seldom {number}" for number in range(6))], dtype=object)
    weights = np.array([10.0] * (len(HOSTILE) + 1) + [0.6] * 6)
    code = rng.choice(len(labels), ROWS, p=weights / weights.sum())
    values = labels[code].copy()
    values[rng.random(ROWS) < 0.05] = None
    classes = np.array(["(rare)", "<i>", "=2"])
    return pd.DataFrame({"**name**": values, "$y$": classes[(code + (rng.random(ROWS) < 0.3)) % 3]})


RUNS: dict[str, tuple[Callable[[], pd.DataFrame], dict[str, Any]]] = {
    "target-of-classes": (parcels, {"column": "shop", "target": "speed", "dimension": 3}),
    "target-of-a-number": (
        parcels,
        {"column": "shop", "target": "hours", "target_kind": "log number", "dimension": 2, "patience": 2},
    ),
    "target-hostile": (hostile, {"column": "**name**", "target": "$y$", "dimension": 2, "min_frequency": 15}),
    "context": (parcels, {"column": "shop", "objective": "context", "dimension": 4}),
    "entity-shared": (
        parcels,
        {
            "column": "shop",
            "objective": "entity",
            "target": "late",
            "partner": "to",
            "features": ("night", "weight"),
            "hidden": (4,),
            "dimension": 3,
        },
    ),
    "distance": (
        parcels,
        {"column": "shop", "objective": "distance", "partner": "to", "target": "km", "dimension": 2},
    ),
    "distance-stopped": (
        parcels,
        {
            "column": "shop",
            "objective": "distance",
            "partner": "to",
            "target": "hours",
            "measure": "time",
            "dimension": 2,
            "epochs": 24,
        },
    ),
    "target-interrupted": (parcels, {"column": "shop", "target": "late", "dimension": 2, "epochs": 24}),
}
TRUST = {"target-of-classes": ("euclidean", "cosine"), "target-hostile": ("euclidean",)}
HALF_WAY = 12


def until(condition: Callable[[], bool]) -> None:
    """Wait for something to happen, two minutes at most."""
    limit = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.02)


def write(names: list[str], home: Path) -> None:
    """Write runs below ``home``, as a server does; one that is called interrupted ends the server."""
    from embed_core.learning.config import TrainingConfig
    from embed_core.runs.jobs import JobManager
    from embed_core.runs.store import RunStore
    from embed_core.tables.reading import read_table
    from embed_core.training import prepare

    jobs = JobManager(RunStore(home / "runs"))
    for name in names:
        make, settings = RUNS[name]
        config = TrainingConfig.checked(**({"epochs": 8, "batch_size": 64, "seed": 13} | settings))
        table = read_table(make(), name=f"{name}.csv")
        data = prepare(table, config)
        is_cut = config.epochs > HALF_WAY
        run_id = jobs.start(
            data,
            config,
            name=name,
            table=table.name,
            fingerprint=table.fingerprint(),
            pace=20 if is_cut else 0,
        )
        if is_cut:
            until(lambda run_id=run_id: len(jobs.history(run_id)) >= HALF_WAY)
            if name == "target-interrupted":
                os._exit(0)
            jobs.stop(run_id)
        assert jobs.wait(run_id).status.has_result
        for metric in TRUST.get(name, ()):
            jobs.measure_trust(run_id, data, metric=metric, k=5, replicates=2)
            until(lambda run_id=run_id, metric=metric: jobs.trust(run_id, metric).status != "measuring")
            assert jobs.trust(run_id, metric).status == "done"
    jobs.close()


def main(folder: Path) -> None:
    """Write every run into a folder of its name."""
    names = list(RUNS)
    for some in (names[:-1], names[-1:]):
        with tempfile.TemporaryDirectory() as home:
            subprocess.run([sys.executable, __file__, "--in", home, *some], check=True)
            for run in (Path(home) / "runs").iterdir():
                shutil.copytree(run, folder / json.loads((run / "run.json").read_text())["name"])


if __name__ == "__main__":
    if sys.argv[1] == "--in":
        write(sys.argv[3:], Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]))
