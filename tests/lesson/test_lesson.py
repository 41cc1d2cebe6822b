"""What the Learn page computes is what really happens."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embed_core.errors import AtlasError
from embed_core.lesson import airports, training
from embed_core.lesson.encoding import lookup, one_hot, one_hot_sizes, start_matrix
from embed_core.lesson.network import LAYERS, forward, keras_code, layer_table
from embed_core.lesson.routes import ENCODINGS, _encoded, _scores, summary
from embed_core.tables.gallery import load_sample

ROOT = Path(__file__).parents[2]
TRUTH = ROOT / "tests" / "data" / "truth" / "us_flights_airports.csv"


def never() -> bool:
    return True


@pytest.mark.parametrize("categories", [3, 40])
def test_one_hot_sizes_are_those_of_scikit_learns_matrices(categories: int) -> None:
    from sklearn.preprocessing import OneHotEncoder

    column = np.arange(200)[:, None] % categories
    sparse = OneHotEncoder(dtype=np.float32).fit_transform(column)
    dense = sparse.toarray()
    sizes = one_hot_sizes(categories, rows=200)
    assert sizes.columns == dense.shape[1]
    assert sizes.dense == dense.nbytes
    assert sizes.sparse == sparse.data.nbytes + sparse.indices.nbytes + sparse.indptr.nbytes
    assert sizes.zeros == pytest.approx((dense == 0).mean())
    assert sizes.embedding == column.astype(np.int32).nbytes + np.zeros((categories, 8), np.float32).nbytes


@pytest.mark.parametrize("wrong", [{"categories": 0, "rows": 5}, {"categories": 3, "rows": 0}])
def test_sizes_of_nothing_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(AtlasError, match="at least 1; got 0"):
        one_hot_sizes(**wrong)


def test_one_hot_times_the_matrix_is_the_row_that_is_looked_up() -> None:
    matrix = start_matrix(3, 2, seed=3).set_axis(list("ABC"))
    for code in range(3):
        products = lookup(code, matrix)
        by_hand = one_hot(3)[code] @ matrix.to_numpy()
        np.testing.assert_allclose(products.loc["sum"].iloc[1:].to_numpy(float), by_hand, atol=1e-12)
        np.testing.assert_allclose(by_hand, matrix.iloc[code])
        assert products["one-hot"].sum() == 2  # the one, and the sum


def test_the_code_on_the_page_runs_and_builds_the_layers_of_the_table() -> None:
    """In a process of its own, as a person would run it."""
    code = keras_code(4, 3) + (
        "print('LAYERS', [(layer.name.rstrip('_0123456789'), tuple(layer.output.shape), layer.count_params())"
        " for layer in model.layers])\n"
        "print('VECTORS', vectors.shape, 'EPOCHS', len(model.history.epoch))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    table = layer_table(4, 3).iloc[1:]
    shapes = [shape.replace("batch", "None") for shape in table["output shape"]]
    wanted = ", ".join(
        f"('{name.lower()}', {shape}, {parameters})"
        for name, shape, parameters in zip(table["layer"], shapes, table["parameters"], strict=True)
    )
    assert f"LAYERS [{wanted}]" in done.stdout
    assert "VECTORS (4, 3) EPOCHS 5" in done.stdout


def test_what_passes_through_has_the_shapes_of_the_table() -> None:
    given = forward(2, categories=5, dimension=3, seed=0)
    shapes = [str(given[name].shape).replace("(1,", "(batch,", 1) for name in LAYERS]
    assert shapes == layer_table(5, 3)["output shape"].tolist()
    assert given["Input"].item() == 2
    np.testing.assert_array_equal(given["Embedding"].ravel(), given["Flatten"].ravel())
    assert np.abs(given["Embedding"]).max() < 0.05
    assert 0 < given["Dense"].item() < 1


def test_three_categories_say_yes_in_falling_shares() -> None:
    rows = pd.concat([training.three_categories(seed=seed) for seed in range(30)])
    shares = (rows["answer"] == "yes").groupby(rows["category"]).mean()
    assert len(training.three_categories(seed=0)) == 100
    np.testing.assert_allclose(shares[["A", "B", "C"]], [0.9, 0.5, 0.1], atol=0.04)


@pytest.fixture(scope="module")
def five_epochs() -> tuple[dict, list]:
    parts: list[dict] = []
    return training.lesson_epochs(5, 1, on_progress=parts.append, keep_going=never), parts


def test_five_epochs_tell_every_epoch_and_agree_with_keras_own_fit(five_epochs: tuple[dict, list]) -> None:
    import keras

    from embed_core.learning.batches import epoch_order

    result, parts = five_epochs
    rows = [row for part in parts for row in part["rows"]]
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5]
    assert [part["epoch"] for part in parts] == [0, 1, 2, 3, 4, 5]
    assert parts[0]["vectors"] == result["before"] and parts[-1]["vectors"] == result["after"]
    table = training.three_categories(seed=1)
    codes = table["category"].map(result["labels"].index).to_numpy()
    answers = (table["answer"] == "yes").to_numpy(int)
    model = keras.Sequential(
        [
            keras.Input((1,), dtype="int32"),
            keras.layers.Embedding(
                3, 2, embeddings_initializer=keras.initializers.RandomUniform(-0.05, 0.05, 1)
            ),
            keras.layers.Flatten(),
            keras.layers.Dense(1, "sigmoid", kernel_initializer=keras.initializers.GlorotUniform(2)),
        ]
    )
    np.testing.assert_allclose(model.layers[0].get_weights()[0], result["before"], atol=1e-7)
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    for number, row in enumerate(rows, start=1):
        order = epoch_order(1, number, 100)
        fitted = model.fit(codes[order], answers[order], batch_size=32, shuffle=False, verbose=0).history
        assert fitted["loss"][0] == pytest.approx(row["loss"], abs=1e-5)
        assert fitted["accuracy"][0] == pytest.approx(row["accuracy"], abs=1e-6)
    np.testing.assert_allclose(model.layers[0].get_weights()[0], result["after"], atol=1e-5)


def test_the_accuracy_of_the_first_seed_rises_over_the_base_rate(five_epochs: tuple[dict, list]) -> None:
    result, parts = five_epochs
    first, last = parts[1]["rows"][0], parts[-1]["rows"][-1]
    assert last["loss"] < first["loss"]
    assert last["accuracy"] > result["baseline"]["accuracy"] + 0.2 > first["accuracy"]


def test_many_epochs_part_a_from_c_with_b_between_them() -> None:
    parts: list[dict] = []
    result = training.lesson_epochs(500, 0, on_progress=parts.append, keep_going=never)
    assert len(parts) <= 70
    assert sum(len(part["rows"]) for part in parts) == 500
    at = dict(zip(result["labels"], np.array(result["after"]), strict=True))
    along = at["A"] - at["C"]
    assert at["C"] @ along < at["B"] @ along < at["A"] @ along


@pytest.fixture(scope="module")
def outputs() -> tuple[list[dict], list]:
    parts: list[dict] = []
    return training.outputs_compared(on_progress=parts.append, keep_going=never), parts


def test_one_output_moves_in_one_direction_and_k_classes_in_one_less(
    outputs: tuple[list[dict], list],
) -> None:
    found, parts = outputs
    assert [part["done"] for part in parts] == [1, 2, 3]
    assert [result["classes"] for result in found] == [2, 3, 5]
    for result in found:
        free = result["classes"] - 1
        assert sum(result["movement"][:free]) > 0.999
        assert result["movement"][free - 1] > 0.01, "every free direction is used"


def test_only_more_directions_keep_the_clock_a_ring(outputs: tuple[list[dict], list]) -> None:
    """With two kinds of orders 6 and 18 o'clock fall together; with three they are apart."""
    for result in outputs[0]:
        at = dict(zip(result["labels"], np.array(result["after"]), strict=True))
        across = np.linalg.norm(at["06"] - at["18"]) / np.linalg.norm(at["00"] - at["12"])
        assert (across < 0.2) if result["classes"] == 2 else (across > 0.6)


def test_a_stopped_comparison_ends_before_all_trainings() -> None:
    told: list[dict] = []
    found = training.outputs_compared(on_progress=told.append, keep_going=lambda: False)
    assert len(found) == 1


def test_the_airports_places_are_those_of_the_independent_truth() -> None:
    truth = pd.read_csv(TRUTH, keep_default_na=False).set_index("iata")
    pd.testing.assert_frame_equal(
        airports.places(), truth[["city", "state", "latitude", "longitude"]], check_dtype=False
    )


def test_neighbours_of_one_hot_vectors_are_at_chance_exactly_and_of_the_truth_complete() -> None:
    codes = ["JFK", "LGA", "EWR", "BOS", "LAX", "SFO", "SEA", "ORD"]
    true = airports.on_the_globe(codes)
    ties = airports.apart("One-hot", pd.DataFrame(np.zeros((8, 2)), codes))
    assert airports.recovered(true, ties, k=3) == pytest.approx(3 / 7)
    assert airports.recovered(true, true, k=3) == 1.0
    assert set(airports.nearest(codes, true, "JFK", k=2)) == {"LGA", "EWR"}


def test_one_hot_components_are_those_of_pca_on_every_row() -> None:
    from sklearn.decomposition import PCA

    support = [50, 30, 15, 5]
    rows = np.repeat(np.eye(4), support, axis=0)
    basis = PCA(2).fit(rows).components_.T
    ours = airports.one_hot_components(support)
    np.testing.assert_allclose(np.abs(ours.T @ basis), np.eye(2), atol=1e-9)


@pytest.fixture(scope="module")
def learned_airports() -> dict:
    return airports.airport_vectors(on_progress=lambda part: None, keep_going=never)


def test_the_embedding_keeps_neighbours_that_one_hot_does_not(learned_airports: dict) -> None:
    maps = airports.three_maps(*(learned_airports[name] for name in ("labels", "support", "vectors")))
    codes = list(maps["Embedding"].index)
    true = airports.on_the_globe(codes)
    kept = {name: airports.recovered(true, airports.apart(name, xy)) for name, xy in maps.items()}
    chance = 5 / (len(codes) - 1)
    assert kept["One-hot"] == pytest.approx(chance)
    assert kept["One-hot + PCA"] < 3 * chance
    assert kept["Embedding"] > 0.45


def test_the_learned_map_is_turned_so_that_west_is_left_and_never_bent(learned_airports: dict) -> None:
    maps = airports.three_maps(*(learned_airports[name] for name in ("labels", "support", "vectors")))
    learned = maps["Embedding"]
    assert np.corrcoef(learned["x"], airports.places().loc[learned.index, "longitude"])[0, 1] > 0.9
    vectors = pd.DataFrame(learned_airports["vectors"], learned_airports["labels"]).loc[learned.index]
    before, after = (airports.apart("Embedding", xy) for xy in (vectors, learned))
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_four_learned_columns_tell_the_miles_of_unseen_routes_better_than_one_hot() -> None:
    routes = load_sample("us_flights").expression.to_pandas()
    routes = routes[["origin", "destination", "distance_mi"]].drop_duplicates()
    left_out = np.random.default_rng(0).random(len(routes)) < 0.2
    known, unseen = routes[~left_out], routes[left_out]
    scores: list[dict] = []
    for encoding in ENCODINGS:
        inputs = _encoded(encoding, known, unseen, never)
        scores += _scores(encoding, inputs, known["distance_mi"], unseen["distance_mi"])
    table = summary(scores)
    best = table.groupby("encoding")["miles"].min()
    assert best["Embedding"] < 0.4 * best["One-hot"] < 0.4 * best["Without the airports"]
    assert table.set_index("encoding").loc["Embedding", "columns"].max() == 4
    assert table.set_index("encoding").loc["One-hot", "columns"].max() > 400
