"""A place is called determined only where its distances leave no other."""

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.errors import AtlasError
from embed_core.space.undetermined import undetermined, undetermined_words, why_undetermined

PLACES = {
    **{"a": (0, 0), "b": (4, 0), "c": (1, 3), "d": (5, 4), "e": (2, -3)},  # each to each
    **{"one": (9, 1), "two": (-2, 5), "three": (6, -2), "chain": (8, 8), "end": (9, 9)},
}
PAIRS = [
    *((x, y) for x in "abcde" for y in "abcde" if x < y),
    *(("one", "a"), ("two", "a"), ("b", "two")),
    *(("three", "a"), ("three", "b"), ("three", "d")),
    *(("chain", "a"), ("chain", "b"), ("chain", "end")),
]
OPEN = {"one": ("a",), "two": ("a", "b"), "chain": ("a", "b", "end"), "end": ("chain",)}


def found(dimension: int) -> dict[str, tuple[str, ...]]:
    labels = list(PLACES)
    first, second = ([labels.index(pair[end]) for pair in [*PAIRS, *PAIRS, ("one", "one")]] for end in (0, 1))
    return undetermined(labels, first, second, dimension=dimension)


def test_those_with_too_few_partners_whose_own_place_is_determined_are_found() -> None:
    assert found(2) == OPEN
    assert set(found(1)) == {"one", "end"}
    assert set(found(3)) == {*OPEN, "three"}
    assert set(found(4)) == set(PLACES)  # five that are all joined have four distances each


def test_what_is_called_open_has_another_place_with_the_same_distances() -> None:
    a, b = np.array(PLACES["a"]), np.array(PLACES["b"])
    mirror = np.array([1, -1])  # a and b lie on the first axis
    for name in ("two", "chain"):
        place = np.array(PLACES[name])
        for partner in (a, b):
            assert np.linalg.norm(place * mirror - partner) == pytest.approx(np.linalg.norm(place - partner))
    assert why_undetermined(OPEN, "two", 2).endswith("on the other side of the line from a to b")


def test_why_is_said_in_words() -> None:
    assert why_undetermined(OPEN, "one", 2) == "one distance only: could lie anywhere on a circle around a"
    assert "anywhere on a sphere around a" in why_undetermined(OPEN, "one", 3)
    assert why_undetermined(OPEN, "chain", 2).startswith(
        "only 2 of its 3 distances to places that are determined"
    )
    assert why_undetermined(OPEN, "two", 8) == "2 distances only, 8 dimensions need 9: could lie elsewhere"
    assert why_undetermined({"x": ()}, "x", 2) == "no distance was learned from: could lie anywhere"
    assert why_undetermined(OPEN, "a", 2) == ""
    assert undetermined_words(["one"], 10).startswith(
        '1 category has too few distances to determine where it lies: "one"'
    )
    assert (
        undetermined_words(list("ab"), 2) == "The distances are too few to determine where any category lies."
    )


def test_a_run_knows_which_of_its_places_are_not_determined(tmp_path_factory: pytest.TempPathFactory) -> None:
    miles = [float(np.linalg.norm(np.subtract(PLACES[x], PLACES[y]))) for x, y in PAIRS]
    frame = pd.DataFrame({"from": [x for x, _ in PAIRS], "to": [y for _, y in PAIRS], "miles": miles})
    settings = {"column": "from", "partner": "to", "target": "miles", "objective": "distance", "dimension": 2}
    run = ec.train(frame, **settings, epochs=5, validation_share=0.0, progress=False)
    e = run.embedding
    assert {name: set(partners) for name, partners in (e.undetermined or {}).items()} == {
        name: set(partners) for name, partners in OPEN.items()
    }
    folder = tmp_path_factory.mktemp("kept")
    e.save(folder)
    assert ec.Embedding.load(folder).undetermined == e.undetermined
    trust = ec.Trust.of(e, run.config, None)
    assert any("4 categories have too few distances" in reason for reason in trust.verdict.reasons)
    frame = trust.to_frame().set_index("category")
    assert set(frame.index[~frame["is_determined"]]) == set(OPEN)


def test_other_vectors_say_nothing_of_it_and_strangers_are_refused() -> None:
    assert ec.Embedding(["a"], [[1]], [1]).undetermined is None
    with pytest.raises(AtlasError, match='These are none: "z"'):
        ec.Embedding(["a"], [[1]], [1], undetermined={"a": ("z",)})
