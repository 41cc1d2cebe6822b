"""What is learned is what is true of the world: structures that no training was told."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import embed_core as ec
from benchmarks.recovery import globe, in_order, readable, same_as_nearest, truth

ROUTES = {"column": "origin", "partner": "destination", "target": "distance_mi"}


@cache
def learned(sample: str, *settings: tuple[str, Any]) -> ec.Embedding:
    return ec.train(ec.load_sample(sample), validation_share=0.0, **dict(settings)).embedding


def learn(sample: str, **settings: Any) -> ec.Embedding:
    return learned(sample, *settings.items())


def scattered(e: ec.Embedding) -> np.ndarray:
    return np.random.default_rng(0).normal(size=e.vectors.shape)


def test_measured_distances_draw_the_map_of_the_airports() -> None:
    e = ec.train(ec.load_sample("us_flights"), **ec.SAMPLES["us_flights"].start).embedding
    near, longitude = globe("euclidean"), readable("longitude")
    assert near(e.labels, e.vectors) >= 0.5
    assert longitude(e.labels, e.vectors) >= 0.9
    assert near(e.labels, scattered(e)) < 0.1
    assert longitude(e.labels, scattered(e)) < 0.1


def test_an_entity_embedding_with_a_shared_vocabulary_knows_which_airports_are_near() -> None:
    e = learn("us_flights", objective="entity", features=(), **ROUTES)
    assert globe("euclidean")(e.labels, e.vectors) >= 0.3


def test_the_company_of_airports_tells_which_are_near() -> None:
    e = learn("us_flights", column="origin", objective="context")
    assert globe("cosine")(e.labels, e.vectors) > 0.2


def test_the_company_of_sounds_tells_vowels_from_consonants_and_how_they_are_made() -> None:
    e = learn("english_phonemes", **ec.SAMPLES["english_phonemes"].start)
    sounds = truth("english_phonemes").set_index("phoneme")
    vowels, manner = (
        same_as_nearest(sounds[column], "euclidean") for column in ("vowel_or_consonant", "manner")
    )
    assert vowels(e.labels, e.vectors) >= 0.95
    assert manner(e.labels, e.vectors) >= 0.7
    assert vowels(e.labels, scattered(e)) < 0.75
    assert manner(e.labels, scattered(e)) < 0.45


@pytest.mark.parametrize("column", ["clarity", "color"])
def test_prices_put_the_grades_of_diamonds_in_order(column: str) -> None:
    e = learn("diamonds", column=column, objective="target", target="price")
    grades = truth("diamonds")
    rank = grades[grades["column"] == column].set_index("category")["rank_worst_to_best"]
    assert in_order(rank)(e.labels, e.vectors) >= 0.85


def test_the_company_of_birds_tells_their_size_better_than_chance() -> None:
    table = ec.load_sample("bird_strikes")
    others = tuple(name for name in table.columns if name not in ("Wildlife Species", "Wildlife Size"))
    e = learn("bird_strikes", column="Wildlife Species", objective="context", context=others)
    frame = table.expression.to_pandas()
    size = frame.groupby("Wildlife Species")["Wildlife Size"].agg(lambda values: values.mode()[0])
    score = same_as_nearest(size)
    by_chance = np.mean(
        [score(e.labels, np.random.default_rng(i).normal(size=(len(e), 8))) for i in range(50)]
    )
    assert score(e.labels, e.vectors) > by_chance + 0.1


def test_directors_never_seen_lose_less_through_the_trained_unknown_row(tmp_path: Path) -> None:
    import keras

    films = ec.load_sample("films").expression.to_pandas().dropna(subset=["director", "critic_score"])
    names = films["director"].unique()
    held_out = films["director"].isin(np.random.default_rng(0).choice(names, len(names) // 5, replace=False))
    run = ec.train(
        films[~held_out], column="director", target="critic_score", epochs=25, validation_share=0.0
    )
    (tmp_path / "model.keras").write_bytes(run.model)
    model = keras.models.load_model(tmp_path / "model.keras")
    table = next(layer for layer in model._flatten_layers() if layer.name == "embedding")
    stranger = len(run.embedding)
    truth_of_strangers = films.loc[held_out, "critic_score"].to_numpy()

    def loss() -> float:
        said = model.predict(np.array([[stranger]]), verbose=0)[0, 0]
        return float(np.mean((truth_of_strangers - said) ** 2))

    trained = loss()
    weights = table.get_weights()[0]
    untrained = []
    for seed in range(10):  # rows as Keras starts them
        weights[stranger] = np.random.default_rng(seed).uniform(-0.05, 0.05, weights.shape[1])
        table.set_weights([weights])
        untrained.append(loss())
    # A row drawn at random may guess the mean of strangers by luck; on the whole it says something of them, wrongly.
    assert trained < np.median(untrained) and trained < 1.005 * min(untrained)
    assert trained < 1.02 * truth_of_strangers.var()
