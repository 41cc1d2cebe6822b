"""Errors name what a person may have meant."""

from typing import Any

import pandas as pd
import pytest

import embed_core as ec
from embed_core.errors import did_you_mean

COLUMNS = ["origin", "destination", "Airline", "distance_mi"]


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("Origin", "origin"),
        (" airline ", "Airline"),
        ("destinaton", "destination"),
        ("distance", "distance_mi"),
    ],
)
def test_the_name_that_was_meant_is_offered(name: str, alike: str) -> None:
    assert did_you_mean(name, COLUMNS).startswith(f'Did you mean "{alike}"')


def test_nothing_is_offered_for_a_name_unlike_all_others() -> None:
    assert did_you_mean("price", COLUMNS) == ""


def test_names_of_any_length_and_kind_are_compared() -> None:
    assert did_you_mean(3, ["3 "]) == 'Did you mean "3 "?'
    assert did_you_mean("x" * 10_000, ["y" * 10_000]) == ""


SHOPS = pd.DataFrame({"shop": list("aabbccdd") * 9, "city": list("uvuwvwuv") * 9, "late": [0, 0, 1, 1] * 18})


@pytest.fixture(scope="module")
def run() -> ec.Run:
    settings: dict[str, Any] = {"dimension": 2, "epochs": 1, "prior_strength": 1.0, "progress": False}
    return ec.train(SHOPS, column="shop", target="late", **settings)


def test_whatever_can_be_read_as_a_table_is_asked_as_one() -> None:
    assert ec.what_decides(SHOPS, "shop").to_numpy().tolist() == [["late", "decided"]]
    assert ec.similar_spellings(pd.DataFrame({"town": ["Boston"] * 9 + ["Bostn"]}), "town")
    for change in (
        lambda: ec.keep_rows(SHOPS, "city", "is", "u"),  # type: ignore[arg-type]
        lambda: ec.merge_spellings(SHOPS, "city", {"u": "v"}),  # type: ignore[arg-type]
        lambda: ec.split_cells(SHOPS, "city", "|"),  # type: ignore[arg-type]
    ):
        with pytest.raises(
            ec.AtlasError, match=r"\"DataFrame\" was given where a Table is wanted. Read it first"
        ):
            change()


def test_what_is_no_sweep_and_no_dimensions_are_refused_in_words() -> None:
    with pytest.raises(ec.AtlasError, match='no results of a sweep: the columns "dimension", "repl'):
        ec.recommend(pd.DataFrame({"val_loss": [1.0]}))
    with pytest.raises(ec.AtlasError, match='The setting "dimensions" must be'):
        ec.sweep_dimensions(SHOPS, column="shop", target="late", dimensions=4)  # type: ignore[arg-type]


def test_a_path_without_a_name_is_no_place_for_a_file(run: ec.Run) -> None:
    with pytest.raises(ec.AtlasError, match="cannot be written"):
        ec.export(run, "csv", ".")


def test_a_map_of_distances_makes_no_transformer_and_is_not_sent_to_a_setting_that_it_does_not_take() -> None:
    routes = pd.DataFrame(
        {"here": list("aabc") * 9, "there": list("bcca") * 9, "km": [1.0, 2.0, 1.5, 2.0] * 9}
    )
    run = ec.train(
        routes,
        column="here",
        objective="distance",
        partner="there",
        target="km",
        dimension=2,
        epochs=1,
        validation_share=0.0,
        progress=False,
    )
    with pytest.raises(ec.AtlasError, match="no place among distances") as refused:
        ec.export(run, "transformer", "routes.skops")
    assert "category_dropout" not in str(refused.value)


OTHER_KINDS: dict[str, tuple[Any, str]] = {
    "map by name": (lambda run: run.map(projection="tsne"), "a projection is wanted"),
    "export by name": (
        lambda run: ec.export(run, "map", "m.html", projection="tsne"),
        "a projection is wanted",
    ),
    "trust by name": (lambda run: ec.trust(SHOPS, run, projection="tsne"), "a projection is wanted"),
    "map's trust": (lambda run: ec.show_map(run, trust=True), "trust is wanted"),
    "export's trust": (lambda run: ec.export(run, "report", "m.html", trust=True), "trust is wanted"),
    "kept trust": (lambda run: ec.keep_run(run, trust=True), "trust is wanted"),
    "sweep": (lambda run: ec.recommend(None), "a table is wanted"),  # type: ignore[arg-type]
    "one dimension": (
        lambda run: ec.sweep_dimensions(SHOPS, column="shop", target="late", dimension=2),
        r"several dimensions. Give them as dimensions",
    ),
    "copies": (lambda run: ec.train(SHOPS, column="shop", target="late", replicates=-1), "from 0. Got"),
    "way": (
        lambda run: ec.train(SHOPS, column="shop", target="late", how="bootstrap"),  # type: ignore[arg-type]
        'no way "bootstrap" to train copies. Choose one of "halves"',
    ),
    "objective": (
        lambda run: ec.train(SHOPS, column="shop", objective="nope"),
        r'Choose one of "target", "context", "entity", "distance"\.',
    ),
    "encoders": (
        lambda run: ec.compare_encoders(SHOPS, column="shop", target="late", encoders="one_hot"),  # type: ignore[arg-type]
        '"encoders" must be a list; got "one_hot"',
    ),
    "no encoders": (
        lambda run: ec.compare_encoders(SHOPS, column="shop", target="late", encoders=[]),
        '"encoders" must have at least 1 item; got',
    ),
    "no function": (
        lambda run: ec.train(SHOPS, column="shop", target="late", on_update=5),  # type: ignore[arg-type]
        "A function is wanted as on_update",
    ),
    "no columns": (
        lambda run: ec.compare_encoders(SHOPS, column=5, target="late"),  # type: ignore[arg-type]
        "columns",
    ),
    "no members": (
        lambda run: ec.what_sets_apart(SHOPS, run, 5),  # type: ignore[arg-type]
        "names of categories, one or several; got",
    ),
    "no spellings": (
        lambda run: ec.merge_spellings(ec.read_table(SHOPS), "shop", "a"),  # type: ignore[arg-type]
        "Spellings are given as",
    ),
    "about": (
        lambda run: ec.what_vectors_know(SHOPS, run, about=pd.DataFrame({"shop": ["a"], "size": [1]})),
        'as its index, and "0" are none of "shop"',
    ),
}


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_what_is_given_in_place_of_another_thing_is_a_sentence(name: str, run: ec.Run) -> None:
    asked, says = OTHER_KINDS[name]
    with pytest.raises(ec.AtlasError, match=says):
        asked(run)


def test_training_within_a_graph_is_refused(run: ec.Run) -> None:
    import tensorflow as tf

    with tf.Graph().as_default(), pytest.raises(ec.AtlasError, match="Training runs outside of graphs"):
        ec.train(SHOPS, column="shop", target="late", epochs=1, progress=False)
