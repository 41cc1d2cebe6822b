"""What compiling costs: 41 tables of different sizes with nothing kept, and each again in another process.

    python -m benchmarks.compiling [--tables 41] [--objectives target context entity distance]

Each table has another number of categories, from 20 on, and is trained for three epochs. One process trains all of
them with an empty folder of compiled programs. Another one, which has trained nothing, then trains the same tables.
Given are seconds of a processor, with one thread of TensorFlow, without its import and a training that warms it up:
in all, and of the median and the slowest table from the call to its first epoch.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

import numpy as np
import pandas as pd

import embed_core as ec
from benchmarks.machine import heading
from embed_core.learning.machine_cache import FOLDER_VARIABLE
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare
from embed_core.types import TrainingData

OBJECTIVES: dict[str, dict[str, Any]] = {
    "target": {"target": "late"},
    "context": {"context": ("kind", "hour")},
    "entity": {"target": "late"},
    "distance": {"target": "miles", "partner": "to"},
}


def table(objective: str, size: int) -> tuple[TrainingData, ec.TrainingConfig]:
    """Return the counted rows of a table with so many categories, and settings."""
    rng = np.random.default_rng(size)
    places = rng.random((size, 2))
    shop, to = np.concatenate(
        [np.tile(np.arange(size), (2, 1)), rng.integers(0, size, (2, 39 * size))], axis=1
    )
    frame = pd.DataFrame({"shop": shop, "to": to, "kind": rng.integers(0, 5, len(shop))}).astype(str)
    frame["hour"] = rng.integers(0, 12, len(shop)).astype(str)
    frame["late"] = rng.integers(0, 2, len(shop)).astype(str)
    frame["miles"] = np.linalg.norm(places[shop] - places[to], axis=1)
    config = ec.TrainingConfig.checked(
        column="shop", objective=objective, dimension=4, epochs=3, prior_strength=1.0, **OBJECTIVES[objective]
    )
    return prepare(ec.read_table(frame), config), config


def train_all(objective: str, tables: int) -> None:
    """Train all tables, and print the seconds of each: to the first epoch, and in all."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    fit(*table(objective, 10))
    for work in [table(objective, 20 + number) for number in range(tables)]:
        began, first = time.process_time(), 0.0

        def hear(update: Any, began: float = began) -> None:
            nonlocal first
            if update.epoch == 1:
                first = time.process_time() - began

        fit(*work, on_update=hear)
        print(first, time.process_time() - began, flush=True)


def measured(objective: str, tables: int, folder: str) -> tuple[float, float, float]:
    """Return the seconds of a process that trains all tables: in all, and to the first epoch, median and most."""
    command = [sys.executable, "-m", "benchmarks.compiling", "--tables", str(tables), "--train", objective]
    environment = {**os.environ, FOLDER_VARIABLE: folder, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    times = np.array([line.split() for line in done.stdout.splitlines()], float)
    return float(times[:, 1].sum()), statistics.median(times[:, 0]), float(times[:, 0].max())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=41)
    parser.add_argument("--objectives", nargs="+", default=list(OBJECTIVES), choices=list(OBJECTIVES))
    parser.add_argument("--train", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        return train_all(options.train, options.tables)
    print(heading("tensorflow", "keras"))
    print(
        f"| {options.tables} tables | with nothing kept, s | first epoch, median, most "
        "| another process, s | first epoch, median, most |"
    )
    print("|---|--:|--:|--:|--:|")
    for objective in options.objectives:
        with tempfile.TemporaryDirectory() as folder:
            cold, kept = (measured(objective, options.tables, folder) for _ in range(2))
        print(
            f"| {objective} | {cold[0]:.1f} | {cold[1]:.2f}, {cold[2]:.2f} | {kept[0]:.1f} | "
            f"{kept[1]:.2f}, {kept[2]:.2f} |",
            flush=True,
        )
    return None


if __name__ == "__main__":
    main()
