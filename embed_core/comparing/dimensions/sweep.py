"""How many dimensions: the same training with several, judged on rows that it did not learn from."""

import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Unpack

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig, TrainingSettings
from embed_core.progress import KeepGoing, OnJobProgress, Take
from embed_core.progress_bar import ProgressBar, Shown
from embed_core.settings import Settings
from embed_core.tables.counting.resampling import split_rows
from embed_core.tables.reading.read import read_table
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare
from embed_core.types import TrainingData, TrainingUpdate

DIMENSIONS = (1, 2, 4, 8, 16, 32)
MOST_DIMENSIONS, MOST_REPLICATES = 12, 50


class SweepConfig(Settings):
    """A training, and the dimensions that it is tried with.

    Attributes:
        training: the settings of every training but for its dimension and seed.
        dimensions: 1 to 12 different ones, which are put in order.
        replicates: how often each is trained, 1 to 50.

    >>> SweepConfig.checked(training=TrainingConfig(column="cut", target="price"), dimensions=(8, 2, 2)).dimensions
    (2, 8)
    """

    training: TrainingConfig
    dimensions: tuple[int, ...] = DIMENSIONS
    replicates: int = Field(3, ge=1, le=MOST_REPLICATES)

    @field_validator("dimensions")
    @classmethod
    def _in_order(cls, dimensions: tuple[int, ...]) -> tuple[int, ...]:
        different = tuple(sorted(set(dimensions)))
        if not 1 <= len(different) <= MOST_DIMENSIONS:
            raise ValueError(
                f"A sweep tries 1 to {MOST_DIMENSIONS} different dimensions; got {len(different)}. "
                "Choose some, such as 1, 2, 4, 8."
            )
        return different

    @model_validator(mode="after")
    def _consistent(self) -> "SweepConfig":
        settings = self.training.model_dump()
        for dimension in self.dimensions:
            TrainingConfig.checked(**settings | {"dimension": dimension})
        if not self.training.validation_share:
            raise ValueError(
                "A sweep judges dimensions on rows that are not learned from, and the validation share is 0. "
                "Keep some rows for validation, such as 0.2."
            )
        return self

    @property
    def total(self) -> int:
        """How many trainings it takes."""
        return len(self.dimensions) * self.replicates


def sweep_dimensions(
    table: Any,
    *,
    column: str,
    dimensions: Sequence[int] = DIMENSIONS,
    replicates: int = 3,
    on_result: Callable[[Mapping[str, Any]], object] | None = None,
    progress: Shown = "auto",
    **settings: Unpack[TrainingSettings],
) -> pd.DataFrame:
    """Train with several dimensions and return the validation loss of each.

    Args:
        table: a `Table`, or anything that `read_table` takes.
        column: the categorical column.
        dimensions: which to try (default 1, 2, 4, 8, 16, 32).
        replicates: how often each (default 3), see `run_sweep`.
        on_result: called with each row as it comes; returning True stops.
        progress: whether it is shown how far it is: ``"auto"`` (default) or False, as in `train`.
        **settings: the other settings of `TrainingConfig`, as `train` takes them.

    Returns:
        ``dimension``, ``replicate``, ``val_loss``, ``baseline`` (the loss of knowing nothing, on the same rows)
        and ``seconds``, a row per training: `recommend` says which dimension to take.

    Raises:
        AtlasError: a setting or a column cannot be used, or no rows are kept for validation.

    >>> shops = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20})
    >>> tried = sweep_dimensions(shops, column="shop", target="late", dimensions=(1, 2), replicates=2, epochs=3)
    >>> tried["dimension"].tolist(), tried["replicate"].tolist()
    ([1, 2, 1, 2], [0, 0, 1, 1])
    >>> from embed_core.comparing.dimensions.recommend import recommend
    >>> recommend(tried).dimension in (1, 2)
    True
    """
    if "dimension" in settings:
        raise AtlasError("A sweep tries several dimensions. Give them as dimensions, such as (1, 2, 4, 8).")
    training = TrainingConfig.checked(column=column, **settings)
    config = SweepConfig.checked(training=training, dimensions=dimensions, replicates=replicates)
    rows: list[dict[str, Any]] = []
    going = True
    with ProgressBar(progress, f"Counting {column}") as bar:

        def on_progress(row: dict[str, Any]) -> None:
            nonlocal going
            rows.append(row)
            bar.at(len(rows))
            going = not (on_result and on_result(row))

        table = read_table(table)
        data = prepare(table, config.training)
        bar.at(0, config.total, "Trying dimensions")
        run_sweep(data, config, on_progress=on_progress, keep_going=lambda: going)
    results = as_results(rows)
    results.attrs["validation_share"] = config.training.validation_share
    return results


def as_results(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the rows of `run_sweep` as a table, with its columns also when there is no row yet."""
    return pd.DataFrame(list(rows), columns=["dimension", "replicate", "val_loss", "baseline", "seconds"])


def run_sweep(
    data: TrainingData,
    config: SweepConfig,
    done: Iterable[Mapping[str, Any]] = (),
    *,
    on_progress: OnJobProgress,
    keep_going: KeepGoing = lambda: True,
    take: Take = iter,
) -> None:
    """Train with every dimension, one replicate of all after another; needs TensorFlow.

    A replicate has a start of its own and a split of its own into rows to learn from and rows to judge on, and
    all dimensions share both. Another start on one split would show how much chance is in the training, and hide
    that the validation rows are themselves a sample; and with one split for all dimensions of a replicate, what is
    hard about its rows cancels in their differences, which are what `recommend` looks at.

    The loss is that of the weights which a training would keep: the last ones, or the best ones.
    Taking the lowest loss of all epochs where the last weights are kept would judge weights that nobody gets, and
    would excuse dimensions that fit the noise in the end. Where the best ones are kept the judged rows also chose the
    epoch, so all losses are a little low, alike for all dimensions. The prior is no part of it.

    Args:
        data: from `prepare`, with ``config.training``.
        config: what to try.
        done: rows of an earlier call; they are not trained again.
        on_progress: called with ``dimension``, ``replicate``, ``val_loss``, ``baseline`` and ``seconds`` after each
            training.
        keep_going: called every 50 ms or so; returning False stops. A training that it stopped gives no row.
        take: chooses among the trainings, (replicate, dimension), that are not done (default: all, in order).

    Raises:
        AtlasError: no row is left for validation, or the loss of a training is no longer a number.
    """
    known = {(row["dimension"], row["replicate"]) for row in done}
    wanted = itertools.product(range(config.replicates), config.dimensions)
    split: tuple[int, TrainingData] | None = None
    for replicate, dimension in take([part for part in wanted if part[::-1] not in known]):
        if not keep_going():
            return
        seed = int(np.random.SeedSequence((config.training.seed, 7, replicate)).generate_state(1)[0] % 2**31)
        if split is None or split[0] != seed:
            split = seed, _split(data, config.training.validation_share, seed)
        training = config.training.model_copy(update={"dimension": dimension, "seed": seed})
        started = time.perf_counter()
        judged = _judged(split[1], training, keep_going)
        if judged is None:
            return
        seconds = time.perf_counter() - started
        on_progress({"dimension": dimension, "replicate": replicate, **judged, "seconds": seconds})


def _split(data: TrainingData, share: float, seed: int) -> TrainingData:
    """Return the data split again, into what is learned from and what is judged on."""
    found = split_rows(data, share=share, seed=seed)
    if not found.validation.any():
        raise AtlasError(
            f"Of {data.total:,} rows none is left for validation with a share of {share:g}. "
            "Choose a larger validation share."
        )
    return found


def _judged(data: TrainingData, config: TrainingConfig, keep_going: KeepGoing) -> dict[str, float] | None:
    """Train, and return the validation loss of the weights kept beside that of knowing nothing; None when stopped."""
    losses: list[float] = []

    def remember(update: TrainingUpdate) -> None:
        if update.epoch:
            losses.append(float(update.metrics["val_loss"]))

    fitted = fit(data, config, on_update=remember, keep_going=keep_going)
    if fitted.stopped:
        return None
    kept = losses[fitted.best_epoch - 1] if config.keeps_best else losses[-1]
    return {"val_loss": kept, "baseline": float(fitted.baseline["loss"])}
