"""From a table to a run: counting, learning and what is known of each category, in one call."""

import time
from typing import Any, Unpack, get_args

import pandas as pd

from embed_core.errors import AtlasError, check_whole, listed, quoted
from embed_core.extras import versions_of_a_run
from embed_core.learning.batches import resolve_batch_size
from embed_core.learning.config import TrainingConfig, TrainingSettings
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.quiet import begin_import
from embed_core.progress_bar import ProgressBar, Shown
from embed_core.tables.reading.read import read_table
from embed_core.training.fit import embeddings_of, fit
from embed_core.training.prepare import number_of_examples, prepare, settled
from embed_core.training.replicates import Replicate, Replicates, Resampling
from embed_core.training.run import Run, RunStatus
from embed_core.training.warm_start import settings_from
from embed_core.types import OnUpdate, TrainingUpdate

IMPORTED_BESIDE = 5_000_000
"""To count so many rows takes an engine so long that TensorFlow is imported meanwhile."""


def train(
    table: Any,
    *,
    column: str | None = None,
    start: Run | None = None,
    on_update: OnUpdate | None = None,
    replicates: int = 0,
    how: Resampling = "halves",
    progress: Shown = "auto",
    **settings: Unpack[TrainingSettings],
) -> Run:
    """Train an embedding of a categorical column and return the finished run.

    Args:
        table: a `Table`, or anything that `read_table` takes.
        column: the categorical column; needed where there is no ``start``.
        start: a run to go on from, such as last month's (default None): settings that are not given are the run's, its
            vectors and axes are kept, and new categories are put among them. `compare_runs` then says who drifted.
        on_update: called with a `TrainingUpdate` after every epoch; returning True stops.
        replicates: train so many copies as well, for ``run.replicates`` (default 0); see `Replicates`.
        how: ``"halves"`` (default), ``"reseed"`` or ``"shuffled"``.
        progress: ``"auto"`` (default) shows a bar in a terminal or notebook, lines in a pipe; False shows nothing.
        **settings: the other settings of `TrainingConfig`, which says what each means. Their defaults, where the
            objective has no start of its own: objective="target", target=None, target_kind="auto", exposure=None,
            partner=None, features=None, context=None, weight=None, measure="distance", dimension=8, epochs=100,
            batch_size="auto", optimizer="adam", momentum=0.0, learning_rate=0.01, schedule="constant",
            hidden=(128, 64), dropout=0.02, category_dropout=0.02, min_frequency=1, validation_share=0.2,
            patience="auto", restore_best=True, prior_strength="auto", seed=0, aggregate=True, max_rows=2_000_000.

    Raises:
        AtlasError: a setting or a column cannot be used, or the loss is no longer a number.

    >>> import pandas as pd
    >>> shops = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20})
    >>> run = train(shops, column="shop", target="late", dimension=2, epochs=3)
    >>> run.embedding.labels, run.embedding.vectors.shape, list(run.history)[:3]
    (['a', 'b', 'c'], (3, 2), ['epoch', 'loss', 'accuracy'])
    """
    given = settings if column is None else {"column": column, **settings}
    config = TrainingConfig.checked(**(given if start is None else settings_from(start, given)))
    column = config.column
    check_whole(replicates, "number of replicates", least=0)
    if on_update is not None and not callable(on_update):
        raise AtlasError(
            f"A function is wanted as on_update, which takes a TrainingUpdate; got {quoted(on_update)}."
        )
    if how not in get_args(Resampling):
        raise AtlasError(
            f"There is no way {quoted(how)} to train copies. Choose one of {listed(get_args(Resampling))}."
        )
    with ProgressBar(progress, f"Counting {column}") as bar:
        table = read_table(table)
        started = time.time()
        importing = begin_import() if table.n_rows >= IMPORTED_BESIDE else None
        data = prepare(table, config, splits=(replicates + 1) // 2 if how == "halves" else 0)
        config = settled(config, data)
        if importing is not None:
            importing.join()
        history: list[dict[str, float]] = []
        bar.at(0, config.planned_epochs, f"Training {column}")

        def remember(update: TrainingUpdate) -> object:
            bar.at(update.epoch, words=_words(column, update))
            if update.epoch:
                history.append({"epoch": update.epoch, **update.metrics})
                return on_update(update) if on_update else None
            return None

        fitted = fit(
            data,
            config,
            on_update=remember,
            with_vectors=on_update is not None,
            with_model=True,
            start=None if start is None else start.embeddings,
        )
        ended = fitted.best_epoch if config.keeps_best else len(history)
        bar.at(len(history), len(history))
        copies: list[Replicate] = []
        if replicates:
            bar.at(0, replicates, f"Training copies of {column}")
            again = Replicates(config.with_prior(fitted.prior_strength), ended, on_progress=bar.at)
            copies = list(again.of(data, replicates, how))
    objective = OBJECTIVES[config.objective]
    return Run(
        config=config,
        status=RunStatus.STOPPED if fitted.stopped else RunStatus.FINISHED,
        history=pd.DataFrame(history),
        embeddings=embeddings_of(data, config, fitted),
        baseline=fitted.baseline,
        best_epoch=fitted.best_epoch,
        model=fitted.model,
        fed_model=fitted.fed_model,
        numbers=tuple(data.features),
        prior_strength=fitted.prior_strength,
        notes=(*data.notes, *fitted.notes),
        replicates=tuple(dict(copy.columns) for copy in copies),
        seconds=time.time() - started,
        target=data.target,
        heads=tuple(head.name for head in data.heads),
        layers=tuple(objective.layers(objective.spec(data, config))),
        rows=data.total,
        distinct_rows=int((data.training > 0).sum()),
        batch_size=resolve_batch_size(config.batch_size, number_of_examples(config, data)),
        versions=versions_of_a_run(),
        started_from="" if start is None else start.kept_as or repr(start),
    )


def _words(column: str, update: TrainingUpdate) -> str:
    loss = update.metrics.get("val_loss", update.metrics.get("loss"))
    return f"Training {column}" + ("" if loss is None else f", loss {loss:.4g}")
