"""Encoders judged inside the folds: noise gains nothing, a signal is found, and stopping changes no number."""

import itertools
import json
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline

import embed_core as ec
from embed_core.comparing.encoders import folds as fitting
from embed_core.comparing.encoders.compare import fits_wanted
from embed_core.comparing.encoders.data import folds_of
from embed_core.comparing.encoders.downstream_models import other_columns
from embed_core.comparing.encoders.registry import ENCODERS, EncoderSettings
from embed_core.comparing.encoders.scores import encoder_verdict, summarize
from embed_core.errors import AtlasError
from tests.comparing.tables import noise, prepared, scored, streets

SECONDS = ("fit_seconds", "transform_seconds", "model_seconds")


def numbers(told: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the scores by encoder, model and fold, without what depends on the clock."""
    return {
        (s["encoder"], s["model"], s["repeat"], s["fold"]): {k: v for k, v in s.items() if k not in SECONDS}
        for s in told
    }


@pytest.fixture(scope="module")
def trap() -> list[dict[str, Any]]:
    return scored(
        *prepared(
            noise(),
            columns=["identifier"],
            target="class",
            features=["number"],
            encoders=list(ENCODERS),
            models=["linear", "boosting"],
            folds=4,
        )
    )


@pytest.mark.parametrize("encoder", [name for name in ENCODERS if name != "drop"])
def test_an_identifier_that_knows_nothing_gains_nothing_by_any_encoder(
    trap: list[dict[str, Any]], encoder: str
) -> None:
    found = summarize(trap, "binary")
    found = found[found["encoder"] == encoder]
    if ENCODERS[encoder].is_raw:
        found = found[found["model"] == "boosting"]
    assert (found["folds"] == 4).all() and len(found) == (1 if ENCODERS[encoder].is_raw else 2)
    assert (found["difference"] < 0.01).all()
    assert not (found["difference_low"] > 0).any()


def test_raw_categories_go_to_the_model_that_takes_them_and_no_other() -> None:
    found = ec.compare_encoders(
        streets(),
        column="street",
        target="late",
        features=["weight"],
        encoders=["drop", "ordinal", "raw"],
        models=["linear", "boosting"],
        folds=3,
        repeats=1,
    ).set_index(["model", "encoder"])
    assert "takes numbers alone" in found.loc[("linear", "raw"), "note"]
    raw, ordinal = (found.loc[("boosting", name), "mean"] for name in ("raw", "ordinal"))
    assert raw > found.loc[("boosting", "drop"), "mean"] + 0.2 and raw != ordinal
    assert found.loc[("boosting", "raw"), "columns"] == 1


@pytest.mark.slow
def test_letters_of_a_name_tell_what_names_that_are_alike_share() -> None:
    pytest.importorskip("skrub")
    rng = np.random.default_rng(0)
    kind, late = rng.integers(0, 2, 600), rng.random(600)
    number = rng.integers(0, 250, 600).astype(str)
    shops = pd.DataFrame({"shop": np.where(kind == 1, "bakery ", "garage ")})
    shops["shop"] += number
    shops["late"] = np.where(late < 0.1 + 0.8 * kind, "yes", "no")
    found = ec.compare_encoders(
        shops,
        column="shop",
        target="late",
        encoders=["one_hot", "string"],
        models=["knn"],
        folds=3,
        repeats=1,
    ).set_index("encoder")
    assert found.loc["string", "mean"] > found.loc["one_hot", "mean"] + 0.1


@pytest.mark.parametrize(
    "encoder",
    [
        ENCODERS["target"].build(["identifier"], EncoderSettings("binary", 2)),
        ec.CategoryEmbedder(["identifier"], dimension=2, epochs=100, prior_strength=0.0),
    ],
    ids=["target", "embedding"],
)
def test_the_same_identifier_would_gain_much_if_it_were_encoded_before_the_folds(encoder: Any) -> None:
    data, _ = prepared(noise(), columns=["identifier"], target="class", features=["number"])
    x = data.frame[["number"]].to_numpy()
    honest = cross_val_score(LogisticRegression(), x, data.target, cv=4, scoring="roc_auc").mean()
    leaky = encoder.fit(data.frame[["identifier"]], data.target).transform(data.frame[["identifier"]])
    found = cross_val_score(LogisticRegression(), np.hstack([x, leaky]), data.target, cv=4, scoring="roc_auc")
    assert found.mean() > honest + 0.05


def test_it_is_said_that_noise_cannot_be_told_from_dropping_it(trap: list[dict[str, Any]]) -> None:
    _, config = prepared(noise(), columns=["identifier"], target="class", features=["number"])
    sentence = encoder_verdict(trap, "binary", config)
    assert sentence.startswith("No difference that this data can show: with ")
    assert 'encode "identifier" scores surely above dropping it' in sentence


@pytest.mark.parametrize(
    ("target", "score"), [("late", "roc_auc"), ("hours", "r2"), ("way", "accuracy")], ids=str
)
def test_a_signal_in_the_categories_is_found_for_every_kind_of_target(target: str, score: str) -> None:
    data, config = prepared(
        streets(), target=target, encoders=["drop", "ordinal", "target", "embedding_target"], folds=4
    )
    told = scored(data, config)
    found = summarize(told, data.kind, config).set_index("encoder")
    assert (found.loc[["target", "embedding_target"], "difference_low"] > 0.05).all()
    assert found["mean"].equals(found[score])
    assert found.loc["drop", "columns"] == 0 and found.loc["drop", "megabytes"] == 0
    assert found.loc["embedding_target", "columns"] == 2
    assert (found["fit_seconds"] > 0).all()
    assert found.loc["ordinal", "mean"] < found.loc["target", "mean"] - 0.05
    sentence = encoder_verdict(told, data.kind, config)
    assert 'beats dropping "street" by' in sentence and "ordinal" in sentence.split(";")[-1]


def test_embeddings_that_need_the_other_columns_get_them() -> None:
    frame = streets().assign(twin=lambda t: t["late"])
    data, config = prepared(
        frame,
        features=["twin", "size"],
        target="hours",
        encoders=["drop", "embedding_entity", "embedding_context"],
    )
    found = scored(data, config)
    assert {s["columns"] for s in found if s["encoder"] != "drop"} == {2}
    data, config = prepared(frame, features=[], encoders=["embedding_context"])
    assert {s["note"].split(":")[0] for s in scored(data, config)} == {
        "There is no other column to learn from"
    }


def test_scores_are_those_of_a_scikit_learn_pipeline() -> None:
    data, config = prepared(streets(), encoders=["one_hot_pca", "target"])
    told = numbers(scored(data, config))
    folds = [(fold.train, fold.test) for fold in folds_of(data, config)]
    for encoder in config.encoders:
        columns = ColumnTransformer(
            [
                ("studied", ENCODERS[encoder].build(["street"], EncoderSettings("binary", 2)), ["street"]),
                ("others", other_columns(["weight"], ["size"], scaled=True), ["weight", "size"]),
            ]
        )
        pipeline = make_pipeline(columns, LogisticRegression(max_iter=1_000))
        wanted = cross_validate(pipeline, data.frame, data.target, cv=folds, scoring="roc_auc")["test_score"]
        found = [told[encoder, "linear", 0, place]["roc_auc"] for place in range(3)]
        np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_stopping_and_going_on_gives_the_numbers_of_going_through() -> None:
    data, config = prepared(
        streets(), encoders=["drop", "target", "embedding_target"], models=["linear", "knn"]
    )
    through = scored(data, config)
    assert len(through) == fits_wanted(data, config) == 18
    asked = itertools.count()
    first = scored(data, config, keep_going=lambda: next(asked) < 12)
    assert 0 < len(first) < 18
    travelled = pickle.loads(pickle.dumps(data)), json.loads(json.dumps(first, allow_nan=False))
    rest = scored(travelled[0], config, done=travelled[1])
    assert not numbers(first).keys() & numbers(rest).keys()
    assert numbers(first) | numbers(rest) == numbers(through)


def test_an_embedding_that_was_stopped_in_its_training_is_not_judged() -> None:
    data, config = prepared(streets(), encoders=["embedding_target"], epochs=100_000)
    asked = itertools.count()
    assert scored(data, config, keep_going=lambda: next(asked) < 8) == []
    assert next(asked) < 20


def test_scores_of_other_rows_or_settings_are_not_taken_for_these() -> None:
    data, config = prepared(streets())
    told = scored(data, config)
    assert scored(data, config, done=told) == []
    for other in (prepared(streets(seed=1)), prepared(streets(), seed=1), prepared(streets(), folds=2)):
        assert len(scored(*other, done=told)) == fits_wanted(*other)
    more = prepared(streets(), repeats=2, encoders=["drop", "one_hot", "ordinal"])
    assert len(scored(*more, done=told)) == fits_wanted(*more) - len(told)


def test_without_other_columns_dropping_knows_nothing() -> None:
    told = scored(*prepared(streets(), features=[], models=["linear", "knn", "boosting"]))
    dropped = [score for score in told if score["encoder"] == "drop"]
    assert [score["roc_auc"] for score in dropped] == [0.5] * 9
    encoded = [s["roc_auc"] for s in told if s["encoder"] == "one_hot" and s["model"] != "boosting"]
    assert min(encoded) > 0.7


def test_numbers_that_are_missing_are_no_obstacle() -> None:
    frame = streets()
    frame.loc[::5, ["weight", "size"]] = None
    told = scored(*prepared(frame, models=["linear", "knn", "boosting"]))
    assert all(np.isfinite(score["roc_auc"]) for score in told)


def test_a_fold_that_cannot_be_scored_says_why() -> None:
    frame = streets().assign(late=lambda t: np.where(t["day"] < 100, "no", t["late"]))
    data, config = prepared(frame, split="ordered", order="day")
    first, *rest = [score for score in scored(data, config) if score["encoder"] == "drop"]
    assert first["roc_auc"] is None and "learned from in this fold are of one class" in first["note"]
    assert all(score["roc_auc"] is not None for score in rest)
    found = summarize(scored(data, config), data.kind, config)
    assert found["folds"].tolist() == [2, 2]


def test_what_does_not_fit_a_model_or_an_encoder_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "MOST_CELLS", 10_000)
    monkeypatch.setattr(fitting, "MOST_CLASSES_BOOSTED", 2)
    data, config = prepared(streets(), target="way", models=["linear", "knn", "boosting"])
    found = summarize(scored(data, config), data.kind, config).set_index(["encoder", "model"])
    assert found["folds"].to_dict() == {
        ("drop", "linear"): 3,
        ("one_hot", "linear"): 3,
        ("drop", "knn"): 3,
        ("one_hot", "knn"): 0,
        ("drop", "boosting"): 0,
        ("one_hot", "boosting"): 0,
    }
    assert "needs a dense table, and 64 columns of 600 rows" in found.loc[("one_hot", "knn"), "note"]
    assert "3 classes" in found.loc[("drop", "boosting"), "note"]
    unique = streets().assign(street=np.arange(900).astype(str))
    told = scored(*prepared(unique, encoders=["target", "embedding_target"]))
    notes = {score["encoder"]: score["note"] for score in told}
    assert notes["target"] is None and "looks like an identifier" in notes["embedding_target"]


def test_the_library_compares_in_one_call_and_can_be_stopped() -> None:
    settings: dict[str, Any] = {
        "column": "street",
        "target": "late",
        "features": ["weight"],
        "models": ["linear"],
    }
    found = ec.compare_encoders(streets(), encoders=["drop", "target"], **settings)
    assert found["encoder"].tolist() == ["target", "drop"] and found["folds"].tolist() == [10, 10]
    assert found.attrs["score"] == "roc_auc" and "beats dropping" in found.attrs["verdict"]
    part = ec.compare_encoders(
        streets(), encoders=["drop", "target"], on_score=lambda score: score["fold"] == 2, **settings
    )
    assert part["folds"].tolist() == [2, 3]
    both = ec.compare_encoders(
        streets(), **settings | {"column": ["street", "size"]}, encoders=["one_hot_pca"]
    )
    assert both["columns"].tolist() == [16]
    with pytest.raises(AtlasError, match='no column "strasse"'):
        ec.compare_encoders(pd.DataFrame({"a": [1], "b": [2]}), column="strasse", target="b")
