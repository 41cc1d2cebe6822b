"""Encoders judged by what a model predicts from them, everything fitted inside the folds."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Unpack

import pandas as pd

from embed_core.comparing.encoders.config import ComparisonConfig, ComparisonSettings
from embed_core.comparing.encoders.data import ComparisonData, Fold, folds_of, prepare_comparison
from embed_core.comparing.encoders.downstream_models import MODELS, SCORES
from embed_core.comparing.encoders.folds import Encoded, OtherColumns, encoded, one_class, scored
from embed_core.comparing.encoders.registry import EncoderSettings
from embed_core.comparing.encoders.scores import Score, ScoreRow, encoder_verdict, summarize
from embed_core.errors import AtlasError
from embed_core.progress import KeepGoing, Part, Take
from embed_core.progress_bar import ProgressBar, Shown
from embed_core.tables.reading.read import read_table


def fits_wanted(data: ComparisonData, config: ComparisonConfig) -> int:
    """Return how many scores a whole comparison has, those that cannot be had included."""
    return data.folds * data.repeats * len(config.encoders) * len(config.models)


def run_folds(
    data: ComparisonData,
    config: ComparisonConfig,
    done: Sequence[ScoreRow] = (),
    *,
    on_progress: Callable[[ScoreRow], object],
    keep_going: KeepGoing = lambda: True,
    take: Take = iter,
) -> None:
    """Score every encoder with every model on every fold, fold after fold; runs in a worker.

    An encoder is fitted on the training rows of a fold alone, the embeddings too, and once for all models.

    Args:
        data: from `prepare_comparison`.
        config: the settings.
        done: rows of an earlier call: those scores are not made again. Scores of other rows or settings are ignored.
        on_progress: called with the row of each `Score`; one that cannot be had holds None, and a note that says why.
        keep_going: asked between fits, and every 50 ms while an embedding is trained; returning False stops.
        take: chooses among the encoders in each fold, (repeat, fold, encoder), of which a score is wanted (default:
            all, in order).
    """
    import sklearn

    have = {_key(score) for score in done if score.get("data") == data.fingerprint}
    with sklearn.config_context(transform_output="default"):
        folds = {(fold.repeat, fold.number): fold for fold in folds_of(data, config)}
        wanted: dict[Part, list[str]] = {}
        for (repeat, number), encoder in itertools.product(folds, config.encoders):
            models = [name for name in config.models if (encoder, name, repeat, number) not in have]
            if models:
                wanted[repeat, number, encoder] = models
        others: OtherColumns | None = None
        for part in take(list(wanted)):
            fold = folds[part[:2]]
            if others is None or others.fold is not fold:
                others = OtherColumns(data, fold)
            for score in _scores(data, config, fold, part[2], wanted[part], others, keep_going):
                if score is None:
                    return
                on_progress(score.as_row(data.kind))


def compare_encoders(
    table: Any,
    *,
    column: str | Sequence[str],
    target: str,
    on_score: Callable[[ScoreRow], object] | None = None,
    progress: Shown = "auto",
    **settings: Unpack[ComparisonSettings],
) -> pd.DataFrame:
    """Compare ways to encode a categorical column, or several, for models that predict a target.

    Args:
        table: a `Table`, or anything that `read_table` takes.
        column: the categorical column, or several.
        target: what is predicted.
        on_score: called with each fold's scores, see `Score.as_row`; returning True stops.
        progress: whether it is shown how far it is: ``"auto"`` (default) or False, as in `train`.
        **settings: the other settings of `ComparisonConfig`, which says what each means, with their defaults:
            target_kind="auto", features=None, encoders and models (all), folds=5, repeats=2, split="random",
            group=None, order=None, dimension=8, epochs=None, min_frequency=1, max_rows=20_000, seed=0.

    Returns:
        A row per encoder and model, see `summarize`; ``attrs`` holds the ``verdict`` in a sentence, the name of the
        main ``score`` and ``notes`` on what was left out.

    Raises:
        AtlasError: a setting or a column cannot be used.

    >>> shops = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 1, 1, 0, 1] * 20})
    >>> found = compare_encoders(shops, column="shop", target="late", encoders=["drop", "one_hot"], models=["linear"])
    >>> found[["encoder", "mean", "folds"]].round(2).values.tolist()
    [['one_hot', 0.94, 10], ['drop', 0.5, 10]]
    """
    columns = (column,) if isinstance(column, str) or not isinstance(column, Iterable) else tuple(column)
    config = ComparisonConfig.checked(columns=columns, target=target, **settings)
    scores: list[ScoreRow] = []
    is_stopped = False
    with ProgressBar(progress, "Counting") as bar:

        def on_progress(score: ScoreRow) -> None:
            nonlocal is_stopped
            scores.append(score)
            bar.at(len(scores))
            is_stopped = is_stopped or bool(on_score and on_score(score))

        data = prepare_comparison(read_table(table), config)
        bar.at(0, fits_wanted(data, config), "Scoring encoders")
        run_folds(data, config, on_progress=on_progress, keep_going=lambda: not is_stopped)
    found = summarize(scores, data.kind, config)
    found.attrs |= {
        "verdict": encoder_verdict(scores, data.kind, config),
        "score": next(iter(SCORES[data.kind])),
        "notes": list(data.notes),
    }
    return found


def _key(score: ScoreRow) -> tuple[Any, ...]:
    return score["encoder"], score["model"], score["repeat"], score["fold"]


def _scores(
    data: ComparisonData,
    config: ComparisonConfig,
    fold: Fold,
    name: str,
    models: Sequence[str],
    others: OtherColumns,
    keep_going: KeepGoing,
) -> Iterator[Score | None]:
    """Yield the scores of an encoder in a fold with each model, or None when it is to stop."""
    if not models:
        return
    if not keep_going():
        yield None
        return
    known = Score(
        encoder=name,
        model="",
        repeat=fold.repeat,
        fold=fold.number,
        train_rows=len(fold.train),
        test_rows=len(fold.test),
        data=data.fingerprint,
    )
    note = one_class(data, fold)
    made: Encoded | None = None
    if not note:
        # A closure, as scikit-learn copies what an estimator is given, and a method's object may not be copied.
        settings = EncoderSettings(
            data.kind,
            config.dimension,
            config.epochs,
            config.min_frequency,
            config.seed,
            lambda: keep_going(),
        )
        try:
            made = encoded(data, fold, name, settings)
        except AtlasError as refusal:
            note = str(refusal)
        if not keep_going():
            yield None
            return
    for number, model in enumerate(models):
        if number and not keep_going():
            yield None
            return
        score = replace(known, model=model, note=note)
        if made is None:
            yield score
            continue
        judged = scored(data, fold, MODELS[model], made, others, config.seed)
        yield replace(
            score,
            scores=judged.scores,
            columns=made.columns,
            fit_seconds=made.fit_seconds,
            transform_seconds=made.transform_seconds,
            model_seconds=judged.model_seconds,
            megabytes=made.megabytes,
            note=judged.note,
        )
