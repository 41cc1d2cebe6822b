"""From a table to a run: counting, learning and what is known of each category, in one road."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from embed_core.learning.config import OBJECTIVES, TrainingConfig
from embed_core.learning.examples import baseline, examples, with_unknown
from embed_core.learning.model_spec import embedded, has_unknown, spec_of, with_missing
from embed_core.progress import KeepGoing
from embed_core.space.embedding import Embedding
from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.resampling import bootstrap, on_all_rows, shuffled
from embed_core.tables.counting.rows import count_training_data
from embed_core.tables.counting.target import target_summary
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.run import Run, RunStatus
from embed_core.types import Floats, OnUpdate, TrainingData, TrainingUpdate

Resampling = Literal["bootstrap", "reseed", "shuffled"]

# A compiled program belongs to all trainings of one shape, so they take turns.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Learned:
    """What a training leaves behind.

    Attributes:
        vectors: per embedded column, float32 (n, d).
        unknown: per embedded column the vector of *(unknown)*, float32 (d,); empty without category dropout.
        baseline: loss and metric of knowing nothing.
        best_epoch: the epoch with the lowest watched loss; its weights are the result when stopping early.
        model: the content of a ``.keras`` file.
        stopped: whether it was ended before its time by the person.
    """

    vectors: dict[str, Floats] = field(repr=False)
    unknown: dict[str, Floats] = field(repr=False)
    baseline: dict[str, float]
    best_epoch: int
    model: bytes = field(repr=False)
    stopped: bool


def prepare(table: Table, config: TrainingConfig) -> TrainingData:
    """Count what the training needs; nothing else of the table is used later.

    Raises:
        AtlasError: a column cannot be used as the configuration says.
    """
    counting: dict[str, Any] = {
        name: getattr(config, name)
        for name in ("min_frequency", "validation_share", "aggregate", "max_rows", "seed")
    }
    if config.objective == "context":
        return count_context(table, config.column, config.context, **counting)
    objective = OBJECTIVES[config.objective]
    assert config.target is not None  # these objectives need one, and the configuration checks it
    return count_training_data(
        table,
        objective.inputs(config),
        config.target,
        target_kinds=objective.target_kinds,
        target_kind=config.target_kind,
        others=config.features if config.objective == "entity" else (),
        centered=config.objective != "distance",
        allow_negative=config.objective != "distance" or config.measure == "similarity",
        **counting,
    )


def learn(
    data: TrainingData,
    config: TrainingConfig,
    *,
    on_start: Callable[[dict[str, float]], object] = lambda baseline: None,
    on_update: OnUpdate = lambda update: None,
    keep_going: KeepGoing = lambda: True,
    keep_model: bool = True,
) -> Learned:
    """Train on counted data; needs TensorFlow, and nothing of the table.

    Args:
        data: from `prepare`.
        config: the settings.
        on_start: called with the baseline once everything is in place.
        on_update: called with the start (epoch 0) and after every epoch; returning True stops.
        keep_going: called every 50 ms or so; may block to pause; returning False stops.
        keep_model: whether the ``.keras`` file is wanted.

    Raises:
        AtlasError: the loss explodes, or is no longer a number.
    """
    from embed_core.learning import networks as models  # here, because it imports TensorFlow
    from embed_core.learning.trainer import Trainer

    target = data.target
    spec = spec_of(data, config)
    training, validation = (examples(data, counts) for counts in (data.training, data.validation))
    unit = (target.offset, target.scale) if target is not None else (0.0, 1.0)
    known = baseline(training, validation if len(validation) else training, spec, unit)
    stopped, last = False, 0
    with _one_at_a_time:
        trainer = Trainer(
            spec, with_unknown(training, data, config), validation, config, unit=unit, keep_going=keep_going
        )

        def vectors() -> dict[str, Floats]:
            tables = [trainer.vectors(place)[: len(known)] for place, known in enumerate(embedded(data))]
            return {
                column: tables[place] for column, place in zip(data.vocabularies, spec.inputs, strict=True)
            }

        on_start(known)
        on_update(TrainingUpdate(0, {}, vectors()))
        with contextlib.closing(trainer.epochs()) as epochs:
            for epoch in epochs:
                last = epoch.number
                if on_update(TrainingUpdate(last, epoch.metrics, vectors())):
                    stopped = True
                    break
        unknown = {
            column: trainer.vectors(place)[-1]
            for column, place in zip(data.vocabularies, spec.inputs, strict=True)
            if has_unknown(config)
        }
        missing = with_missing(data)
        plain = models.kept(
            trainer.model, spec, offset=unit[0], scale=unit[1], features=data.features, missing=missing
        )
        return Learned(
            vectors(),
            unknown,
            known,
            trainer.best_epoch or last,
            models.to_bytes(plain) if keep_model else b"",
            stopped or trainer.stopped,
        )


def replicate(
    data: TrainingData,
    config: TrainingConfig,
    *,
    count: int,
    how: Resampling = "bootstrap",
    epochs: int | None = None,
    keep_going: KeepGoing = lambda: True,
) -> Iterator[tuple[TrainingData, dict[str, Floats]]]:
    """Train copies of a run, each from a start of its own; yield what each learned from, and its vectors.

    The copies share one compiled program, so each costs its arithmetic only. All rows are learned from.

    Args:
        data: from `prepare`.
        config: the settings; every copy gets a seed made from its seed.
        count: how many.
        how: ``"bootstrap"`` learns from counts drawn anew, ``"reseed"`` from the same ones, ``"shuffled"`` from a
            bootstrap of one deal in which the categories go with anything: the control.
        epochs: after how many of the configuration's epochs each copy ends; None trains all of them.
        keep_going: as for `learn`. The vectors of a copy that it stopped are those of an unfinished training.
    """
    source = on_all_rows(data)
    if how == "shuffled":
        source = shuffled(source, config.column, seed=config.seed)
    for number in range(count):
        seed = int(np.random.SeedSequence((config.seed, 6, number)).generate_state(1)[0] % 2**31)
        drawn = source if how == "reseed" else bootstrap(source, seed=seed)
        yield drawn, relearn(drawn, config, seed=seed, epochs=epochs, keep_going=keep_going)


def relearn(
    data: TrainingData,
    config: TrainingConfig,
    *,
    seed: int,
    epochs: int | None = None,
    keep_going: KeepGoing = lambda: True,
) -> dict[str, Floats]:
    """Train once more with another seed and without patience; return the vectors per embedded column.

    Args:
        data: what to learn from.
        config: the settings.
        seed: in place of the configuration's.
        epochs: after how many of the configuration's epochs to end; the learning rate falls as it does over all.
        keep_going: as for `learn`.
    """
    return learn(
        data,
        config.model_copy(update={"seed": seed, "patience": None}),
        on_update=lambda update: update.epoch == epochs,
        keep_going=keep_going,
        keep_model=False,
    ).vectors


def embeddings_of(data: TrainingData, learned: Learned) -> dict[str, Embedding]:
    """Return the learned vectors with what the data says of each category."""
    embeddings = {}
    for column, values in learned.vectors.items():
        vocabulary = data.vocabularies[column]
        mean, interval = target_summary(data, column) or (None, None)
        embeddings[column] = Embedding(
            list(vocabulary.labels),
            values,
            vocabulary.support,
            unknown=learned.unknown.get(column),
            target_mean=mean,
            target_interval=interval,
            name=column,
        )
    return embeddings


def train(
    source: Any,
    *,
    column: str,
    on_update: OnUpdate | None = None,
    replicates: int = 0,
    how: Resampling = "bootstrap",
    **settings: Any,
) -> Run:
    """Train an embedding of a categorical column and return the finished run.

    Args:
        source: a `Table`, or anything that `read_table` takes.
        column: the categorical column.
        on_update: called with a `TrainingUpdate` after every epoch; returning True stops.
        replicates: train so many copies as well, for ``run.replicates`` (default 0); see `replicate`.
        how: ``"bootstrap"`` (default), ``"reseed"`` or ``"shuffled"``.
        **settings: every other setting of `TrainingConfig`, which lists them with their defaults.

    Raises:
        AtlasError: a setting or a column cannot be used, or the loss is no longer a number.

    >>> import pandas as pd
    >>> shops = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20})
    >>> run = train(shops, column="shop", target="late", dimension=2, epochs=3)
    >>> run.embedding.labels, run.embedding.vectors.shape, list(run.history)[:3]
    (['a', 'b', 'c'], (3, 2), ['epoch', 'loss', 'accuracy'])
    """
    config = TrainingConfig.checked(column=column, **settings)
    table = source if isinstance(source, Table) else read_table(source)
    started = time.time()
    data = prepare(table, config)
    history: list[dict[str, float]] = []

    def remember(update: TrainingUpdate) -> object:
        if update.epoch:
            history.append({"epoch": update.epoch, **update.metrics})
            return on_update(update) if on_update else None
        return None

    learned = learn(data, config, on_update=remember)
    ended = learned.best_epoch if config.patience else len(history)
    copies = tuple(vectors for _, vectors in replicate(data, config, count=replicates, how=how, epochs=ended))
    return Run(
        config=config,
        status=RunStatus.STOPPED if learned.stopped else RunStatus.FINISHED,
        history=pd.DataFrame(history),
        embeddings=embeddings_of(data, learned),
        baseline=learned.baseline,
        best_epoch=learned.best_epoch,
        model=learned.model,
        notes=data.notes,
        replicates=copies,
        seconds=time.time() - started,
    )
