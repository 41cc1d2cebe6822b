"""Which dimension to take, from a sweep: the smallest that the judged rows cannot tell from the best."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, check_kind, listed

_NEEDED = ("dimension", "replicate", "val_loss", "seconds")


class Recommendation(NamedTuple):
    """A dimension, and why."""

    dimension: int
    sentence: str


def compared(results: pd.DataFrame, *, validation_share: float | None = None) -> pd.DataFrame:
    """Return each dimension with its mean loss and how far it is from the best one's.

    Dimensions are compared within replicates. With differences d_1 ... d_r from the best dimension, of variance
    s², the standard error of their mean is sqrt(s² (1/r + v / (1 - v))), v being the validation share: the
    splits overlap, so the plain s² / r is too small. Source: C. Nadeau and Y. Bengio, "Inference for the
    generalization error", Machine Learning 52 (2003), 239-281.

    Args:
        results: from `sweep_dimensions`, of a sweep that may have been stopped. Replicates that have not come to
            all dimensions are left out.
        validation_share: the one that was trained with; None takes what the sweep says of it, else 0.2.

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
    check_kind(results, pd.DataFrame, "a table", way_out="Give what sweep_dimensions returns, as it is.")
    if missing := [name for name in _NEEDED if name not in results]:
        raise AtlasError(
            f"These are no results of a sweep: the columns {listed(missing)} are missing. Give what sweep_dimensions "
            "returns, as it is."
        )
    if validation_share is None:
        validation_share = results.attrs.get("validation_share", 0.2)
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


def recommend(results: pd.DataFrame, *, validation_share: float | None = None) -> Recommendation:
    """Recommend the smallest dimension whose loss is within one standard error of the lowest one.

    The one-standard-error rule of L. Breiman, J. Friedman, R. Olshen and C. Stone, "Classification and regression
    trees" (1984), section 3.4.3; see T. Hastie, R. Tibshirani and J. Friedman, "The elements of statistical
    learning" (2nd edition, 2009), section 7.10. Theirs is the standard error of the best one's loss; as all
    dimensions are judged on the same splits, here it is that of the difference from the best, see `compared`. With
    the two or three replicates of a quick sweep it is itself a rough number.

    Args:
        results: from `sweep_dimensions`.
        validation_share: the one that was trained with; None takes what the sweep says of it, else 0.2.

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
