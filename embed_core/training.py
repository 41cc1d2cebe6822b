"""From a table to a run: counting, learning and what is known of each category, in one road."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from embed_core.learning.config import OBJECTIVES, TrainingConfig
from embed_core.learning.examples import baseline, examples
from embed_core.runs.run import Run, RunStatus
from embed_core.space.embedding import Embedding
from embed_core.tables.counting import count_training_data, target_summary
from embed_core.tables.reading import read_table
from embed_core.tables.table import Table
from embed_core.types import Floats, OnUpdate, TrainingData, TrainingUpdate

# A compiled program belongs to all trainings of one shape, so they take turns.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Learned:
    """What a training leaves behind.

    Attributes:
        vectors: per embedded column, float32 (n, d).
        baseline: loss and metric of knowing nothing.
        best_epoch: the epoch with the lowest watched loss; its weights are the result when stopping early.
        model: the content of a ``.keras`` file.
        stopped: whether it was ended before its time by the person.
    """

    vectors: dict[str, Floats] = field(repr=False)
    baseline: dict[str, float]
    best_epoch: int
    model: bytes = field(repr=False)
    stopped: bool


def prepare(table: Table, config: TrainingConfig) -> TrainingData:
    """Count what the training needs; nothing else of the table is used later.

    Raises:
        AtlasError: a column cannot be used as the configuration says.
    """
    objective = OBJECTIVES[config.objective]
    assert config.target is not None  # every objective so far needs one, and the configuration checks it
    return count_training_data(
        table,
        objective.inputs(config),
        config.target,
        target_kinds=objective.target_kinds,
        target_kind=config.target_kind,
        centred=config.objective != "distance",
        min_frequency=config.min_frequency,
        validation_share=config.validation_share,
        aggregate=config.aggregate,
        max_rows=config.max_rows,
        seed=config.seed,
    )


def learn(
    data: TrainingData,
    config: TrainingConfig,
    *,
    on_start: Callable[[dict[str, float]], object] = lambda baseline: None,
    on_update: OnUpdate = lambda update: None,
    checkpoint: Callable[[], bool] = lambda: True,
) -> Learned:
    """Train on counted data; needs TensorFlow, and nothing of the table.

    Args:
        data: from `prepare`.
        config: the settings.
        on_start: called with the baseline once everything is in place.
        on_update: called with the start (epoch 0) and after every epoch; returning True stops.
        checkpoint: called every 50 ms or so; may block to pause; returning False stops.

    Raises:
        AtlasError: the loss is no longer a number.
    """
    from embed_core.learning import models  # here, because it imports TensorFlow
    from embed_core.learning.trainer import Trainer

    objective = OBJECTIVES[config.objective]
    inputs = objective.inputs(config)
    target = data.target
    training, validation = (examples(data, inputs, counts) for counts in (data.training, data.validation))
    known = baseline(training, validation if len(validation) else training, kind=target.kind)
    known = _in_unit(known, target.scale)
    spec = models.ModelSpec(
        config.objective,
        len(data.vocabularies[config.column]),
        config.dimension,
        target.kind,  # type: ignore[arg-type]
        len(target.classes) if target.kind == "multiclass" else 1,
    )
    stopped = False
    with _one_at_a_time:
        trainer = Trainer(spec, training, validation, config, checkpoint=checkpoint)
        on_start(known)
        on_update(TrainingUpdate(0, {}, {config.column: trainer.vectors()}))
        last = 0
        with contextlib.closing(trainer.epochs()) as epochs:
            for epoch in epochs:
                last = epoch.number
                metrics = _in_unit(epoch.metrics, target.scale)
                if on_update(TrainingUpdate(last, metrics, {config.column: trainer.vectors()})):
                    stopped = True
                    break
        stopped = stopped or trainer.stopped
        model = models.in_target_unit(trainer.model, offset=target.offset, scale=target.scale)
        return Learned(
            {config.column: trainer.vectors()},
            known,
            trainer.best_epoch or last,
            models.to_bytes(model),
            stopped,
        )


def embeddings_of(data: TrainingData, vectors: dict[str, Floats]) -> dict[str, Embedding]:
    """Return the learned vectors with what the data says of each category."""
    embeddings = {}
    for column, values in vectors.items():
        vocabulary = data.vocabularies[column]
        mean, interval = target_summary(data, column) or (None, None)
        embeddings[column] = Embedding(
            list(vocabulary.labels),
            values,
            vocabulary.support,
            target_mean=mean,
            target_interval=interval,
            name=column,
        )
    return embeddings


def train(source: Any, *, column: str, on_update: OnUpdate | None = None, **settings: Any) -> Run:
    """Train an embedding of a categorical column and return the finished run.

    Args:
        source: a `Table`, or anything that `read_table` takes.
        column: the categorical column.
        on_update: called with a `TrainingUpdate` after every epoch; returning True stops.
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
    return Run(
        config=config,
        status=RunStatus.STOPPED if learned.stopped else RunStatus.FINISHED,
        history=pd.DataFrame(history),
        embeddings=embeddings_of(data, learned.vectors),
        baseline=learned.baseline,
        best_epoch=learned.best_epoch,
        model=learned.model,
        notes=data.notes,
        seconds=time.time() - started,
    )


def _in_unit(metrics: dict[str, float], scale: float) -> dict[str, float]:
    return {name: value * scale if name.endswith("mae") else value for name, value in metrics.items()}
