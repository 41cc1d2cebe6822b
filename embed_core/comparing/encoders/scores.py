"""What the scores of the folds say, and what they cannot tell apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.downstream_models import MODELS, SCORES
from embed_core.comparing.encoders.registry import ENCODERS
from embed_core.errors import quoted

LEVEL = 0.95
_MEANS = ("columns", "fit_seconds", "transform_seconds", "model_seconds", "megabytes")

ScoreRow = dict[str, Any]
Scores = Iterable[Mapping[str, Any]]
Interval = tuple[float, float, float]


@dataclass(frozen=True)
class Score:
    """How an encoder did with a model on a fold.

    Attributes:
        encoder: of ``ENCODERS``.
        model: of ``MODELS``.
        repeat: of the cross-validation.
        fold: within the repeat.
        train_rows: rows learned from.
        test_rows: rows judged on.
        data: the fingerprint of the rows and of the settings that scores depend on.
        scores: by name; empty when they cannot be had.
        columns: that the encoder made.
        fit_seconds: of the encoder.
        transform_seconds: of the encoder.
        model_seconds: to fit the model.
        megabytes: of what the encoder made for the training rows.
        note: why there is nothing, or less.
    """

    encoder: str
    model: str
    repeat: int
    fold: int
    train_rows: int
    test_rows: int
    data: str
    scores: Mapping[str, float] = field(default_factory=dict)
    columns: int | None = None
    fit_seconds: float | None = None
    transform_seconds: float | None = None
    model_seconds: float | None = None
    megabytes: float | None = None
    note: str | None = None

    def as_row(self, kind: str) -> ScoreRow:
        """Return what can be sent and tabulated: the attributes, in place of ``scores`` one for each of the kind."""
        rest = {name: value for name, value in vars(self).items() if name != "scores"}
        return rest | {name: self.scores.get(name) for name in SCORES[kind]}


def corrected_interval(values: Sequence[float], share: float, level: float = LEVEL) -> Interval:
    """Return the mean of the scores of some folds and its interval, which allows for rows that folds share.

    The variance of the mean is the folds' variance × (1 / folds + share), with Student's t of folds - 1 degrees of
    freedom: folds that learn from the same rows err alike, so that more repeats cannot make it as small as one
    likes. Source: C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003); for
    repeated cross-validation R. Bouckaert and E. Frank, PAKDD 2004. For ordered folds it is an approximation.

    Args:
        values: one per fold.
        share: rows tested on ÷ rows learned from.
        level: of the interval.

    Returns:
        mean, low, high; the ends are NaN for a single fold.

    >>> [round(end, 2) for end in corrected_interval([0.7, 0.8, 0.9], 0.5)]
    [0.8, 0.41, 1.19]
    """
    from scipy import stats

    folds = len(values)
    mean = float(np.mean(values))
    if folds < 2:
        return mean, float("nan"), float("nan")
    error = np.sqrt(np.var(values, ddof=1) * (1 / folds + share))
    reach = float(stats.t.ppf((1 + level) / 2, folds - 1) * error)
    return mean, mean - reach, mean + reach


def summarize(scores: Scores, kind: str, config: ComparisonConfig | None = None) -> pd.DataFrame:
    """Return a row per encoder and model of all folds that are done, the best of each model first.

    Args:
        scores: the rows that `run_folds` gave, some or all.
        kind: of the target: ``binary``, ``multiclass`` or ``number``.
        config: the settings: their order is that of the models; None takes the order of ``MODELS``.

    Returns:
        encoder, model, mean, low, high (main score and corrected interval), difference, difference_low,
        difference_high (to dropping the column, on the same folds; NaN without), each score's mean, columns
        (made), fit_seconds and transform_seconds (of the encoder), model_seconds, megabytes (of what it made for the
        training rows), folds, note (why there is nothing, or less).
    """
    main = next(iter(SCORES[kind]))
    given = pd.DataFrame([dict(score) for score in scores])
    rows = []
    for (encoder, model), group in given.groupby(["encoder", "model"], sort=False) if len(given) else []:
        known = group[group[main].notna()]
        row = {"encoder": encoder, "model": model, **dict.fromkeys(_INTERVALS, np.nan)}
        if len(known):
            share = float((known["test_rows"] / known["train_rows"]).mean())
            row |= dict(zip(_INTERVALS, corrected_interval(known[main].tolist(), share), strict=False))
            gain = difference(given, kind, str(model), str(encoder), "drop")
            row |= dict(zip(_INTERVALS[3:], gain or (np.nan,) * 3, strict=True))
        row |= {name: known[name].astype(float).mean() for name in (*SCORES[kind], *_MEANS)}
        notes = group["note"].dropna()
        rows.append(row | {"folds": len(known), "note": "" if notes.empty else str(notes.iloc[-1])})
    names = ["encoder", "model", *_INTERVALS, *SCORES[kind], *_MEANS, "folds", "note"]
    table = pd.DataFrame(rows, columns=names)
    order = {name: position for position, name in enumerate(config.models if config else MODELS)}
    table["order"] = table["model"].map(order)
    ranked = table.sort_values(["order", "mean"], ascending=[True, False], kind="stable", ignore_index=True)
    return ranked.drop(columns="order")


_INTERVALS = ("mean", "low", "high", "difference", "difference_low", "difference_high")


def difference(
    scores: Scores | pd.DataFrame, kind: str, model: str, encoder: str, other: str, level: float = LEVEL
) -> Interval | None:
    """Return by how much an encoder scores above another on the folds that both have; None when there are none.

    Args:
        scores: the rows that `run_folds` gave.
        kind: of the target.
        model: the model of both.
        encoder: the one.
        other: the other.
        level: of the interval.
    """
    main = next(iter(SCORES[kind]))
    given = scores if isinstance(scores, pd.DataFrame) else pd.DataFrame([dict(score) for score in scores])
    given = given[(given["model"] == model) & given[main].notna()]
    one, rival = (given[given["encoder"] == name] for name in (encoder, other))
    both = one.merge(rival, on=["repeat", "fold"], suffixes=("", "_other"))
    if both.empty:
        return None
    gains = both[main] - both[f"{main}_other"]
    return corrected_interval(gains.tolist(), float((both["test_rows"] / both["train_rows"]).mean()), level)


def encoder_verdict(scores: Scores, kind: str, config: ComparisonConfig | None = None) -> str:
    """Return one sentence on what these folds can and cannot tell apart.

    It is about the model with the best mean score. There the best encoder is compared with all others, and each with
    dropping the column, by corrected intervals of the differences on the same folds; their error rate of 5 % is
    divided by the number of comparisons (Bonferroni), as the best of many looks good by chance.

    Args:
        scores: the rows that `run_folds` gave, some or all.
        kind: of the target: ``binary``, ``multiclass`` or ``number``.
        config: the settings, for the names of the columns.
    """
    scores = list(scores)
    given = pd.DataFrame([dict(score) for score in scores])
    table = summarize(scores, kind, config)
    table = table[table["folds"] >= 2]
    rivals = table[table["encoder"] != "drop"]
    if rivals.empty or table["encoder"].nunique() < 2:
        return "There are too few scores yet to tell any two encoders apart."
    model = str(rivals.sort_values("mean")["model"].iloc[-1])
    here = table[table["model"] == model].set_index("encoder")["mean"]
    best = str(here.drop("drop", errors="ignore").idxmax())
    level = 1 - (1 - LEVEL) / max(1, 2 * len(here) - 3)

    def gain(encoder: str, other: str) -> Interval:
        found = difference(given, kind, model, encoder, other, level)
        return found or (float("nan"),) * 3

    title = next(iter(SCORES[kind].values()))
    columns = config.columns if config else ()
    column = quoted(columns[0]) if len(columns) == 1 else "the column" if not columns else "the columns"
    by = _lower(MODELS[model].title) + (
        ", the model that scores best" if table["model"].nunique() > 1 else ""
    )
    gains = {name: gain(name, "drop") for name in here.index if name != "drop"} if "drop" in here else {}
    if gains and not any(low > 0 for _, low, _ in gains.values()):
        worse = [name for name, (_, _, high) in gains.items() if high < 0]
        return (
            f"No difference that this data can show: with {by}, no way to encode {column} scores surely above "
            f"dropping it (the best, {_named([best])}, has {_signed(gains[best])} {title})"
            + (f", and {_named(worse)} {_is(worse)} worse than dropping it." if worse else ".")
        )
    against = {name: gain(best, name) for name in here.index if name not in (best, "drop")}
    behind = [name for name, (_, low, _) in against.items() if low > 0]
    tied = [name for name in against if name not in behind]
    parts = [f"With {by}, {_named([best])} has the best {title}, {here[best]:.3f}"]
    if gains:
        mean, low, high = gains[best]
        surely = f"beats dropping {column} by {mean:.3f} ({low:.3f} to {high:.3f})"
        parts.append(surely if low > 0 else f"this data cannot tell it apart from dropping {column}")
    if tied:
        parts.append(f"this data cannot tell it apart from {_named(tied)}")
    if behind:
        parts.append(f"{_named(behind)} {_is(behind)} behind it")
    return "; ".join(parts) + "."


def _signed(gain: Interval) -> str:
    if not np.isfinite(gain[1]):
        return f"{gain[0]:+.3f}"
    return f"{gain[0]:+.3f} ({gain[1]:+.3f} to {gain[2]:+.3f})"


def _is(encoders: Sequence[str]) -> str:
    return "is" if len(encoders) == 1 else "are"


def _named(encoders: Sequence[str]) -> str:
    titles = [_lower(ENCODERS[name].title) for name in encoders]
    titles = [f"the {title}" if title.startswith("embedding") else title for title in titles]
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]
