"""How many dimensions: the same training with several, judged on rows that it did not learn from."""

import dataclasses
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.tables.reading import read_table
from embed_core.tables.resampling import split_context, split_counts
from embed_core.tables.table import Table
from embed_core.training import learn, prepare
from embed_core.types import TrainingData, TrainingUpdate

DIMENSIONS = (1, 2, 4, 8, 16, 32)
MOST_DIMENSIONS, MOST_REPLICATES = 12, 50

Tell = Callable[[dict[str, Any]], object]


@dataclasses.dataclass(frozen=True)
class SweepConfig:
    """A training, and the dimensions that it is tried with.

    Attributes:
        training: the settings of every training but for its dimension and seed.
        dimensions: rising, up to 12 different ones.
        replicates: how often each is trained, 1 to 50.
    """

    training: TrainingConfig
    dimensions: tuple[int, ...] = DIMENSIONS
    replicates: int = 3

    @classmethod
    def checked(
        cls, training: TrainingConfig, dimensions: Iterable[int] = DIMENSIONS, replicates: int = 3
    ) -> "SweepConfig":
        """Return the configuration, or say in one sentence what is wrong with it.

        Raises:
            AtlasError: there is no dimension, or too many, or one that cannot be trained; the replicates are out
                of range; or no rows are kept for validation.

        >>> SweepConfig.checked(TrainingConfig(column="cut", target="price"), (8, 2, 2)).dimensions
        (2, 8)
        """
        settings = training.model_dump()
        tried = (TrainingConfig.checked(**settings | {"dimension": dimension}) for dimension in dimensions)
        chosen = tuple(sorted({config.dimension for config in tried}))
        if not 1 <= len(chosen) <= MOST_DIMENSIONS:
            raise AtlasError(
                f"A sweep tries 1 to {MOST_DIMENSIONS} different dimensions; got {len(chosen)}. "
                "Choose some, such as 1, 2, 4, 8."
            )
        if not 1 <= replicates <= MOST_REPLICATES:
            raise AtlasError(
                f"A sweep has 1 to {MOST_REPLICATES} replicates; got {quoted(replicates)}. Choose 3 or more."
            )
        if not training.validation_share:
            raise AtlasError(
                "A sweep judges dimensions on rows that are not learned from, and the validation share is 0. "
                "Keep some rows for validation, such as 0.2."
            )
        return cls(training, chosen, replicates)

    @property
    def total(self) -> int:
        """How many trainings it takes."""
        return len(self.dimensions) * self.replicates


class Recommendation(NamedTuple):
    """A dimension, and why."""

    dimension: int
    sentence: str


def sweep_dimensions(
    source: Any,
    *,
    column: str,
    dimensions: Sequence[int] = DIMENSIONS,
    replicates: int = 3,
    on_result: Callable[[Mapping[str, Any]], object] | None = None,
    **settings: Any,
) -> pd.DataFrame:
    """Train with several dimensions and return the validation loss of each.

    Args:
        source: a `Table`, or anything that `read_table` takes.
        column: the categorical column.
        dimensions: which to try (default 1, 2, 4, 8, 16, 32).
        replicates: how often each (default 3), see `run_sweep`.
        on_result: called with each row as it comes; returning True stops.
        **settings: every other setting of `TrainingConfig`, which lists them with their defaults.

    Returns:
        ``dimension``, ``replicate``, ``val_loss``, ``baseline`` (the loss of knowing nothing, on the same rows)
        and ``seconds``, a row per training; `recommend` reads it.

    Raises:
        AtlasError: a setting or a column cannot be used, or no rows are kept for validation.

    >>> shops = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20})
    >>> tried = sweep_dimensions(shops, column="shop", target="late", dimensions=(1, 2), replicates=2, epochs=3)
    >>> tried["dimension"].tolist(), tried["replicate"].tolist()
    ([1, 2, 1, 2], [0, 0, 1, 1])
    """
    config = SweepConfig.checked(TrainingConfig.checked(column=column, **settings), dimensions, replicates)
    table = source if isinstance(source, Table) else read_table(source)
    rows: list[dict[str, Any]] = []
    going = True

    def tell(row: dict[str, Any]) -> None:
        nonlocal going
        rows.append(row)
        going = not (on_result and on_result(row))

    run_sweep(prepare(table, config.training), config, tell=tell, checkpoint=lambda: going)
    return as_results(rows)


def as_results(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return what `run_sweep` tells as a table, with its columns also when there is no row yet."""
    return pd.DataFrame(list(rows), columns=["dimension", "replicate", "val_loss", "baseline", "seconds"])


def run_sweep(
    data: TrainingData,
    config: SweepConfig,
    done: Iterable[Mapping[str, Any]] = (),
    *,
    tell: Tell,
    checkpoint: Callable[[], bool] = lambda: True,
) -> None:
    """Train with every dimension, one replicate of all after another; needs TensorFlow.

    A replicate has a start of its own and a split of its own into rows to learn from and rows to judge on, and
    all dimensions share both. Another start on one split would show how much chance is in the training, and hide
    that the validation rows are themselves a sample; and with one split for all dimensions of a replicate, what is
    hard about its rows cancels in their differences, which are what `recommend` looks at.

    The loss is that of the weights which a training would keep: the last ones, or with patience the best ones.
    Taking the lowest loss of all epochs without patience would judge weights that nobody gets, and would excuse
    dimensions that fit the noise in the end. With patience the judged rows also chose the epoch, so all losses are
    a little low, alike for all dimensions. The prior is no part of it.

    Args:
        data: from `prepare`, with ``config.training``.
        config: what to try.
        done: what an earlier call told; it is not done again.
        tell: called with ``dimension``, ``replicate``, ``val_loss``, ``baseline`` and ``seconds`` after each training.
        checkpoint: called every 50 ms or so; returning False stops. A training that it stopped is not told of.

    Raises:
        AtlasError: no row is left for validation, or the loss of a training is no longer a number.
    """
    known = {(row["dimension"], row["replicate"]) for row in done}
    for replicate in range(config.replicates):
        seed = int(np.random.SeedSequence((config.training.seed, 7, replicate)).generate_state(1)[0] % 2**31)
        split = _split(data, config.training.validation_share, seed)
        for dimension in config.dimensions:
            if (dimension, replicate) in known:
                continue
            if not checkpoint():
                return
            training = config.training.model_copy(update={"dimension": dimension, "seed": seed})
            started = time.perf_counter()
            judged = _judged(split, training, checkpoint)
            if judged is None:
                return
            seconds = time.perf_counter() - started
            tell({"dimension": dimension, "replicate": replicate, **judged, "seconds": seconds})


def compared(results: pd.DataFrame, *, validation_share: float = 0.2) -> pd.DataFrame:
    """Return each dimension with its mean loss and how far it is from the best one's.

    Dimensions are compared within replicates. With differences d_1 ... d_r from the best dimension, of variance
    s², the standard error of their mean is sqrt(s² (1/r + v / (1 - v))), v being the validation share: the
    splits overlap, so the plain s² / r is too small. Source: C. Nadeau and Y. Bengio, "Inference for the
    generalization error", Machine Learning 52 (2003), 239-281.

    Args:
        results: from `sweep_dimensions`, of a sweep that may have been stopped. Replicates that have not come to
            all dimensions are left out.
        validation_share: the one that was trained with (default 0.2).

    Returns:
        ``dimension``, ``val_loss`` (mean), ``excess`` (over the best), ``standard_error`` (of the excess; 0 for
        the best, NaN with one replicate), ``replicates`` and ``seconds`` (mean), a row per dimension.

    Raises:
        AtlasError: no replicate has come to all dimensions.

    >>> losses = [(1, 0, 0.9), (2, 0, 0.5), (1, 1, 0.7), (2, 1, 0.5)]
    >>> tried = pd.DataFrame(losses, columns=["dimension", "replicate", "val_loss"]).assign(seconds=1.0)
    >>> compared(tried)[["dimension", "excess", "standard_error"]].round(3).values.tolist()
    [[1.0, 0.3, 0.122], [2.0, 0.0, 0.0]]
    """
    losses = results.pivot(index="replicate", columns="dimension", values="val_loss").dropna()
    if losses.empty:
        raise AtlasError(
            "No replicate of the sweep has come to all its dimensions, so they cannot be compared. Let it go on."
        )
    count = len(losses)
    apart = losses.sub(losses[losses.mean().idxmin()], axis=0)
    spread = apart.var(ddof=1) if count > 1 else apart.mean() * np.nan
    inflation = 1 / count + validation_share / (1 - validation_share)
    seconds = results[results["replicate"].isin(losses.index)].groupby("dimension")["seconds"].mean()
    return pd.DataFrame(
        {
            "val_loss": losses.mean(),
            "excess": apart.mean(),
            "standard_error": np.sqrt(spread * inflation),
            "replicates": count,
            "seconds": seconds,
        }
    ).reset_index()


def recommend(results: pd.DataFrame, *, validation_share: float = 0.2) -> Recommendation:
    """Recommend the smallest dimension whose loss is within one standard error of the lowest one.

    The one-standard-error rule of L. Breiman, J. Friedman, R. Olshen and C. Stone, "Classification and regression
    trees" (1984), section 3.4.3; see T. Hastie, R. Tibshirani and J. Friedman, "The elements of statistical
    learning" (2nd edition, 2009), section 7.10. Theirs is the standard error of the best one's loss; as all
    dimensions are judged on the same splits, here it is that of the difference from the best, see `compared`. With
    the two or three replicates of a quick sweep it is itself a rough number.

    Args:
        results: from `sweep_dimensions`.
        validation_share: the one that was trained with (default 0.2).

    Raises:
        AtlasError: as `compared`.

    >>> losses = [(1, 0, 0.9), (2, 0, 0.5), (4, 0, 0.49), (1, 1, 0.8), (2, 1, 0.49), (4, 1, 0.5)]
    >>> tried = pd.DataFrame(losses, columns=["dimension", "replicate", "val_loss"]).assign(seconds=1.0)
    >>> recommend(tried).dimension
    2
    """
    table = compared(results, validation_share=validation_share)
    best = table.iloc[int(table["val_loss"].argmin())]
    margin = table["standard_error"].fillna(0.0)
    chosen = table[(table["excess"] <= margin) | (table["dimension"] == best["dimension"])].iloc[0]
    sentence = _reason(table, chosen, best)
    if "baseline" in results and best["val_loss"] >= results["baseline"].mean():
        sentence += (
            f" But none does better than knowing nothing ({figure(results['baseline'].mean())}) on rows not learned "
            "from: change the settings or the columns before the dimension."
        )
    return Recommendation(int(chosen["dimension"]), sentence)


def _reason(table: pd.DataFrame, chosen: "pd.Series[Any]", best: "pd.Series[Any]") -> str:
    words = f"{_dimensions(chosen)}: "
    times = int(best["replicates"])
    if len(table) == 1:
        return f"{words}the only one tried, with a validation loss of {figure(best['val_loss'])}."
    if times == 1:
        return (
            f"{words}the lowest validation loss ({figure(best['val_loss'])}). With one replicate nobody knows how much "
            "of the difference is chance; train 3 or more."
        )
    over = f"over {times} replicates"
    if chosen["dimension"] != best["dimension"]:
        return (
            f"{words}the smallest whose validation loss ({figure(chosen['val_loss'])}) is within one standard error "
            f"({figure(chosen['standard_error'], 2)}) of the lowest ({figure(best['val_loss'])} with "
            f"{_dimensions(best)}), {over}."
        )
    words += f"the lowest validation loss ({figure(best['val_loss'])}), {over}"
    smaller = table[table["dimension"] < best["dimension"]]
    if len(smaller):
        next_one = smaller.iloc[-1]
        words += (
            f"; every smaller one is more than one standard error above it, the next one, {_dimensions(next_one)}, by "
            f"{figure(next_one['excess'], 2)} ± {figure(next_one['standard_error'], 2)}"
        )
    if best["dimension"] == table["dimension"].max():
        words += ". It is the largest that was tried: larger ones may do better still"
    return f"{words}."


def figure(value: float, digits: int = 4) -> str:
    """Return a number with so many digits that count, never with a power of ten.

    >>> figure(0.00005912, 2), figure(0.1829), figure(0.5)
    ('0.000059', '0.1829', '0.5')
    """
    return str(np.format_float_positional(value, digits, unique=False, fractional=False, trim="-"))


def _dimensions(row: "pd.Series[Any]") -> str:
    return f"{int(row['dimension'])} dimension{'' if row['dimension'] == 1 else 's'}"


def _split(data: TrainingData, share: float, seed: int) -> TrainingData:
    """Return the data split anew into what is learned from and what is judged on."""
    split = split_context(data.rows, share=share, seed=seed) if data.stacked else None
    training, validation = split or split_counts(data.rows.counts, share=share, seed=seed)
    if not validation.any():
        raise AtlasError(
            f"Of {data.rows.total:,} rows none is left for validation with a share of {share:g}. "
            "Choose a larger validation share."
        )
    return dataclasses.replace(data, training=training, validation=validation)


def _judged(
    data: TrainingData, config: TrainingConfig, checkpoint: Callable[[], bool]
) -> dict[str, float] | None:
    """Train, and return the validation loss of the weights kept beside that of knowing nothing; None when stopped."""
    losses: list[float] = []

    def remember(update: TrainingUpdate) -> None:
        if update.epoch:
            losses.append(float(update.metrics["val_loss"]))

    learned = learn(data, config, on_update=remember, checkpoint=checkpoint, keep_model=False)
    if learned.stopped:
        return None
    kept = losses[learned.best_epoch - 1] if config.patience else losses[-1]
    return {"val_loss": kept, "baseline": float(learned.baseline["loss"])}
