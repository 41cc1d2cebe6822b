"""The scikit-learn transformer: what it learns, what it makes of strangers, and that scikit-learn can handle it."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

import embed_core as ec

SETTINGS: dict[str, Any] = {"dimension": 2, "epochs": 20, "learning_rate": 0.05, "schedule": "cosine"}


@pytest.fixture(scope="module")
def deliveries(shops: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    night = rng.random(len(shops)) < np.where(shops["shop"] < "c", 0.2, 0.8)
    return pd.DataFrame(
        {
            "shop": shops["shop"].to_numpy(),
            "time": np.where(night, "night", "day"),
            "weight": rng.gamma(2.0, 3.0, len(shops)),
        },
        index=np.arange(len(shops)) * 7,
    )


@pytest.fixture(scope="module")
def fitted(deliveries: pd.DataFrame, shops: pd.DataFrame) -> ec.CategoryEmbedder:
    return ec.CategoryEmbedder(["shop"], **SETTINGS).fit(deliveries, shops["late"])


def test_each_row_gets_the_vector_of_its_category(
    fitted: ec.CategoryEmbedder, deliveries: pd.DataFrame
) -> None:
    made, e = fitted.transform(deliveries), fitted.embeddings_["shop"]
    assert made.dtype == np.float32
    rows = [e.index(shop) for shop in deliveries["shop"]]
    np.testing.assert_array_equal(made, e.vectors[rows])
    assert fitted.get_feature_names_out().tolist() == ["shop_0", "shop_1"]


def test_it_learns_what_train_learns_but_for_the_start(
    fitted: ec.CategoryEmbedder, deliveries: pd.DataFrame, shops: pd.DataFrame
) -> None:
    run = ec.train(shops, column="shop", target="late", validation_share=0.0, **SETTINGS)
    e = fitted.embeddings_["shop"]
    assert e.labels == run.embedding.labels and e.unknown is not None and run.embedding.unknown is not None
    made, learned = (np.vstack([each.vectors, each.unknown]) for each in (e, run.embedding))
    # One output sees one direction, the first axis here: what lies across it is left over from the start.
    along = np.linalg.lstsq(learned, made[:, 0])[0]
    assert not made[:, 1:].any() and np.abs(learned @ [along[1], -along[0]]).max() > 1e-3
    assert np.linalg.norm(along) == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(made[:, 0], learned @ along, atol=1e-5)


def test_levels_that_tell_nothing_get_no_vectors_to_learn_by_heart() -> None:
    rng = np.random.default_rng(0)
    honest, noise = rng.integers(0, 4, 1_200), rng.integers(0, 300, 1_200)
    X = pd.DataFrame({"honest": honest.astype(str), "noise": noise.astype(str)})
    y = rng.random(1_200) < np.array([0.1, 0.3, 0.7, 0.9])[honest]
    embedder = ec.CategoryEmbedder(dimension=3)
    made = embedder.fit_transform(X, y)
    assert np.ptp(made[:, 3:], axis=0).max() == 0.0
    assert np.abs(np.corrcoef(made[:, 0], y)[0, 1]) > 0.5


def test_strangers_get_the_unknown_vector_and_so_does_a_first_missing_value(
    fitted: ec.CategoryEmbedder,
) -> None:
    unknown = fitted.embeddings_["shop"].unknown
    later = pd.DataFrame({"shop": ["z", None, "a"], "time": "day", "weight": 1.0})
    made = fitted.transform(later)
    np.testing.assert_array_equal(made[:2], [unknown, unknown])
    assert (made[2] != unknown).any()
    # Trained, and between those that are always and never late.
    vectors = fitted.embeddings_["shop"].vectors[:, 0]
    assert vectors.min() < unknown[0] < vectors.max()


def test_missing_is_a_category_and_rare_ones_share_a_vector(shops: pd.DataFrame) -> None:
    column = shops["shop"].where(shops["shop"] != "b", None).replace({"e": "NA"})
    X = pd.DataFrame({"shop": [*column, "p", "q"]})
    late = [*shops["late"], "yes", "no"]
    embedder = ec.CategoryEmbedder(min_frequency=5, **SETTINGS).fit(X, late)
    e = embedder.embeddings_["shop"]
    assert {"(missing)", "(rare)", "NA"} < set(e.labels)
    made = embedder.transform(pd.DataFrame({"shop": [None, "p", "q", "NA", "(rare)"]}))
    for row, label in enumerate(["(missing)", "(rare)", "(rare)", "NA"]):
        np.testing.assert_array_equal(made[row], e.vectors[e.index(label)])
    np.testing.assert_array_equal(made[4], e.unknown)  # a text that no row had


@pytest.mark.parametrize(
    ("then", "later", "known"),
    [
        ([1, 2], [1.0, None], True),
        ([1, 2], [1.5, 2.0], False),
        ([1.0, 2.5], [1, 1], True),
        ([1, 2], ["01", "2"], False),
        (["1", "2"], [1, 2], True),
        ([True, False], [True, None], True),
        (pd.Categorical(["u", "v"]), ["u", "u"], True),
    ],
)
def test_a_value_is_the_same_category_however_the_column_is_stored(
    then: Any, later: list[Any], known: bool
) -> None:
    X = pd.DataFrame({"c": pd.Series(then).repeat(30)})
    embedder = ec.CategoryEmbedder(["c"], **SETTINGS).fit(X, [0] * 30 + [1] * 30)
    made, e = embedder.transform(pd.DataFrame({"c": later})), embedder.embeddings_["c"]
    wanted = e.vectors[e.index(str(pd.Series(then)[0]).replace("True", "true"))] if known else e.unknown
    np.testing.assert_array_equal(made[0], wanted)


@pytest.mark.parametrize("objective", ["target", "entity", "context"])
def test_every_objective_embeds_all_columns_that_are_asked_for(
    deliveries: pd.DataFrame, shops: pd.DataFrame, objective: str
) -> None:
    y = None if objective == "context" else shops["late"]
    embedder = ec.CategoryEmbedder(objective=objective, **SETTINGS).fit(deliveries, y)
    assert list(embedder.embeddings_) == ["shop", "time"]
    made = embedder.transform(deliveries)
    assert made.shape == (len(deliveries), len(embedder.get_feature_names_out()))
    assert np.isfinite(made).all()
    e = embedder.embeddings_["shop"]
    sides = ["ab", "cdef"] if objective == "context" else ["abc", "def"]  # by night, or late
    nearest = [
        e.neighbors(shop, k=1, metric="euclidean")["category"][0] in side for side in sides for shop in side
    ]
    assert np.mean(nearest) >= 0.8


def test_one_column_with_numbers_beside_it_is_embedded_too(shops: pd.DataFrame) -> None:
    X = pd.DataFrame({"shop": shops["shop"], "weight": np.arange(len(shops)) % 97 / 10})
    e = (
        ec.CategoryEmbedder(["shop"], "entity", hidden=[8], **SETTINGS)
        .fit(X, shops["late"])
        .embeddings_["shop"]
    )
    nearest = [e.neighbors(shop, k=1, metric="euclidean")["category"][0] for shop in "abcdef"]
    assert sum((shop < "d") == (other < "d") for shop, other in zip("abcdef", nearest, strict=True)) >= 5


def test_only_the_columns_asked_for_come_out_and_the_others_help(
    deliveries: pd.DataFrame, shops: pd.DataFrame
) -> None:
    embedder = ec.CategoryEmbedder(["time"], "context", **SETTINGS).fit(deliveries)
    assert embedder.get_feature_names_out().tolist() == ["time_0", "time_1"]
    assert embedder.n_features_in_ == 3 and embedder.feature_names_in_.tolist() == list(deliveries)


def test_scikit_learn_can_clone_pickle_and_cross_validate_it(
    fitted: ec.CategoryEmbedder, deliveries: pd.DataFrame, shops: pd.DataFrame
) -> None:
    settings: dict[str, Any] = {"columns": ("shop",), "hidden": [4], "random_state": np.random.RandomState(0)}
    embedder = ec.CategoryEmbedder(**settings)
    for name, value in settings.items():
        assert getattr(embedder, name) is value
    assert clone(embedder).get_params().keys() == embedder.get_params().keys()
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(deliveries), fitted.transform(deliveries))
    pipeline = make_pipeline(ec.CategoryEmbedder(["shop"], **SETTINGS), LogisticRegression())
    assert cross_val_score(pipeline, deliveries, shops["late"], cv=3).mean() > 0.7


def test_it_gives_a_data_frame_when_asked_for_one(
    fitted: ec.CategoryEmbedder, deliveries: pd.DataFrame
) -> None:
    made = clone(fitted).set_output(transform="pandas").fit(deliveries, np.arange(len(deliveries)) % 2)
    found = made.transform(deliveries)
    assert found.columns.tolist() == ["shop_0", "shop_1"] and found.index.equals(deliveries.index)


def test_arrays_and_odd_names_work_too(shops: pd.DataFrame) -> None:
    array = shops[["shop"]].to_numpy(object)
    embedder = ec.CategoryEmbedder(**SETTINGS).fit(array, shops["late"])
    assert embedder.get_feature_names_out().tolist() == ["x0_0", "x0_1"]
    odd = pd.DataFrame({"Target": shops["shop"], "target": shops["late"], "": shops["shop"]})
    embedder = ec.CategoryEmbedder(["Target", ""], **SETTINGS).fit(odd, shops["late"])
    assert embedder.transform(odd).shape == (len(odd), 4)


def test_folds_of_a_column_share_one_compiled_program(shops: pd.DataFrame) -> None:
    from embed_core.learning.program import program

    rng = np.random.default_rng(0)
    X = pd.DataFrame({"street": rng.integers(0, 120, 2_000).astype(str)})
    y = rng.integers(0, 2, 2_000)
    sizes, before = set(), program.cache_info().misses
    for part in range(4):
        chosen = (X["street"].astype(int) > part).to_numpy()
        embedder = ec.CategoryEmbedder(dimension=4, epochs=1, batch_size=32).fit(X[chosen], y[chosen])
        sizes.add(len(embedder.embeddings_["street"]))
    assert len(sizes) == 4
    assert program.cache_info().misses - before == 1


@pytest.mark.parametrize(
    ("settings", "y", "says"),
    [
        ({"objective": "distance"}, "late", "embed_core.train"),
        ({"objective": "magic"}, "late", 'got "magic"'),
        ({}, None, "requires y"),
        ({"category_dropout": 0.0}, "late", "above 0"),
        ({"columns": ["shoop"]}, "late", 'no column "shoop"'),
        ({"dimension": 0}, "late", '"dimension" must be'),
        ({"columns": ["weight"]}, "late", "identifier"),
    ],
)
def test_what_cannot_be_used_is_said(
    deliveries: pd.DataFrame, shops: pd.DataFrame, settings: dict[str, Any], y: str | None, says: str
) -> None:
    with pytest.raises(ec.AtlasError, match=says):
        ec.CategoryEmbedder(**settings).fit(deliveries, y and shops[y])


def test_other_shapes_and_columns_are_refused(
    fitted: ec.CategoryEmbedder, deliveries: pd.DataFrame, shops: pd.DataFrame
) -> None:
    with pytest.raises(ec.AtlasError, match="one value per row"):
        ec.CategoryEmbedder(["shop"]).fit(deliveries, [1, 0])
    with pytest.raises(ec.AtlasError, match="no column of text"):
        ec.CategoryEmbedder().fit(deliveries[["weight"]], shops["late"])
    twice = deliveries[["shop", "shop"]]
    for table in (twice, pa.Table.from_arrays([["a"], ["b"]], names=["shop", "shop"])):
        with pytest.raises(ec.AtlasError, match='2 columns of X are called "shop"'):
            fitted.transform(table)
    with pytest.raises(ec.AtlasError, match="different names"):
        ec.CategoryEmbedder([0]).fit(twice, shops["late"])
    with pytest.raises(ValueError, match="feature names"):
        fitted.transform(deliveries.rename(columns={"shop": "store"}))


def test_the_library_is_imported_without_scikit_learn() -> None:
    code = (
        "import sys, embed_core, embed_core.comparing.encoders.compare; assert 'sklearn' not in sys.modules; "
        "embed_core.CategoryEmbedder(); assert 'sklearn' in sys.modules and 'keras' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_the_training_ends_early_when_it_may_not_go_on(deliveries: pd.DataFrame, shops: pd.DataFrame) -> None:
    asked = []
    embedder = ec.CategoryEmbedder(
        ["shop"], epochs=100_000, keep_going=lambda: bool(asked.append(1)) or len(asked) < 5
    )
    embedder.fit(deliveries, shops["late"])
    assert 5 <= len(asked) < 20


def test_rows_get_vectors_that_have_not_seen_their_own_target() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"noise": [f"n{v}" for v in rng.integers(0, 120, 600)]})
    y = rng.integers(0, 2, 600)
    settings: dict[str, Any] = {"dimension": 2, "epochs": 60, "learning_rate": 0.1, "prior_strength": 0.1}
    honest = ec.CategoryEmbedder(**settings).fit_transform(X, y)
    seen = ec.CategoryEmbedder(cv=None, **settings).fit_transform(X, y)
    accuracy = [LogisticRegression().fit(made, y).score(made, y) for made in (honest, seen)]
    assert accuracy[0] < 0.57 < 0.65 < accuracy[1]


def test_vectors_of_the_parts_lie_on_those_of_all_rows(deliveries: pd.DataFrame, shops: pd.DataFrame) -> None:
    embedder = ec.CategoryEmbedder(["shop"], cv=3, **SETTINGS)
    made = embedder.fit_transform(deliveries, shops["late"])
    of_all = embedder.transform(deliveries)
    apart = np.linalg.norm(made - of_all, axis=1).mean()
    assert 0 < apart < 0.3 * np.linalg.norm(of_all - of_all.mean(axis=0), axis=1).mean()


def test_a_column_that_says_nothing_gets_zeros_and_a_note(
    deliveries: pd.DataFrame, shops: pd.DataFrame
) -> None:
    X = deliveries.assign(
        same="x", empty=None, number=[f"N{place}" for place in range(len(deliveries))]
    ).astype({"empty": object})
    for objective in ("target", "entity"):
        embedder = ec.CategoryEmbedder(["same", "shop", "empty", "number"], objective, cv=2, **SETTINGS)
        made = embedder.fit_transform(X, shops["late"])
        assert made.shape == (len(X), 8)
        assert made[:, 2:4].any() and not made[:, [0, 1, 4, 5, 6, 7]].any()
        assert sum("zeros" in note for note in embedder.notes_) == 3
        np.testing.assert_array_equal(embedder.transform(X)[:, [0, 1, 4, 5, 6, 7]], 0)


def test_one_output_is_one_column_and_the_others_are_zeros_also_out_of_fold() -> None:
    rng = np.random.default_rng(0)
    shop = rng.integers(0, 6, 300)
    X, y = pd.DataFrame({"shop": [f"s{place}" for place in shop]}), rng.random(300) < 0.1 + 0.15 * shop
    embedder = ec.CategoryEmbedder(dimension=4, epochs=20, prior_strength=0.5, cv=2)
    for made in (embedder.fit_transform(X, y), embedder.transform(X)):
        assert made[:, 0].std() > 0.01 and not made[:, 1:].any()


@pytest.mark.parametrize("objective", ["target", "entity"])
def test_a_category_of_one_row_is_the_same_stranger_out_of_fold_as_later(objective: str) -> None:
    rng = np.random.default_rng(0)
    shop, kind = rng.integers(0, 6, 300), rng.integers(0, 3, 300)
    X = pd.DataFrame({"shop": [f"s{place}" for place in shop], "kind": [f"k{place}" for place in kind]})
    X.loc[:9, "shop"] = [f"once {place}" for place in range(10)]
    y = rng.random(300) < 0.1 + 0.15 * shop
    embedder = ec.CategoryEmbedder(["shop"], objective, dimension=2, epochs=5, prior_strength=0.5, cv=3)
    made = embedder.fit_transform(X, y)
    later = embedder.transform(X.iloc[[0]].assign(shop="new"))
    np.testing.assert_allclose(made[:10], np.repeat(later, 10, axis=0))
    assert len(np.unique(made[10:], axis=0)) > 12


def test_with_other_columns_directions_that_help_little_are_zeros_also_out_of_fold() -> None:
    rng = np.random.default_rng(0)
    shop, day = rng.integers(0, 12, 3_000), rng.integers(0, 3, 3_000)
    adds = np.linspace(-2, 2, 12)
    y = rng.random(3_000) < 1 / (1 + np.exp(-adds[shop] - day + 1))
    X = pd.DataFrame({"shop": [f"s{place:02d}" for place in shop], "day": [f"d{place}" for place in day]})
    embedder = ec.CategoryEmbedder(["shop"], "entity", dimension=6, prior_strength=60, cv=2)
    of_parts, later = embedder.fit_transform(X, y), embedder.transform(X)
    is_zero = ~later.any(axis=0)
    assert is_zero.any() and not is_zero[0]
    np.testing.assert_array_equal(is_zero, ~of_parts.any(axis=0))
    for made in (of_parts, later):
        assert abs(np.corrcoef(made[:, 0], adds[shop])[0, 1]) > 0.9
