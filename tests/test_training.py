"""From a table to a run: what is learned is in the data, and what is not is not."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict

import embed_core as ec

TRUTH = Path(__file__).parent / "data" / "truth"


def train(shops: pd.DataFrame, **settings: object) -> ec.Run:
    usual = {"column": "shop", "target": "late", "dimension": 2, "epochs": 60, "learning_rate": 0.05}
    return ec.train(shops, **(usual | settings))


@pytest.fixture(scope="module")
def run(shops: pd.DataFrame) -> ec.Run:
    return train(shops)


def test_the_history_has_a_row_for_every_epoch(run: ec.Run) -> None:
    assert list(run.history) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert run.history["epoch"].tolist() == list(range(1, 61))
    assert run.status is ec.RunStatus.FINISHED
    assert run.best_epoch == run.history["epoch"][run.history["val_loss"].idxmin()]


def test_the_embedding_knows_the_rows_and_the_target_of_its_categories(
    run: ec.Run, shops: pd.DataFrame
) -> None:
    rows = shops["shop"].value_counts()
    late = shops["late"].eq("yes").groupby(shops["shop"]).mean()
    e = run.embedding
    assert e.labels == sorted(rows.index, key=lambda shop: (-rows[shop], shop))
    assert e.support.tolist() == [rows[label] for label in e.labels]
    np.testing.assert_allclose(e.target_mean, [late[label] for label in e.labels])
    assert ((e.target_interval[:, 0] < e.target_mean) & (e.target_mean < e.target_interval[:, 1])).all()
    assert e.name == run.config.column == "shop"


def test_training_beats_knowing_nothing(run: ec.Run, shops: pd.DataFrame) -> None:
    last = run.history.iloc[-1]
    assert run.baseline["accuracy"] == pytest.approx(
        shops["late"].value_counts(normalize=True).max(), abs=0.1
    )
    assert last["val_accuracy"] > run.baseline["accuracy"] + 0.1
    assert last["val_loss"] < run.baseline["loss"] - 0.05


def test_shops_that_are_late_alike_are_neighbours(run: ec.Run) -> None:
    for shop in "abcdef":
        nearest = run.embedding.neighbors(shop, k=2, metric="euclidean")["category"]
        assert set(nearest) <= (set("abc") if shop < "d" else set("def"))


def test_the_saved_model_predicts_the_share_of_each_category(run: ec.Run, tmp_path: Path) -> None:
    np.testing.assert_allclose(predictions(run, tmp_path), run.embedding.target_mean, atol=0.12)


def predictions(run: ec.Run, folder: Path) -> npt.NDArray[np.float32]:
    """Return what the saved model, opened with Keras alone, says of each category."""
    import keras

    (folder / "model.keras").write_bytes(run.model)
    model = keras.models.load_model(folder / "model.keras")
    np.testing.assert_array_equal(model.get_layer("embedding").get_weights()[0], run.embedding.vectors)
    return model.predict(np.arange(len(run.embedding))[:, None], verbose=0)[:, 0]


def test_an_update_comes_after_every_epoch_and_true_stops(shops: pd.DataFrame) -> None:
    seen: list[ec.TrainingUpdate] = []

    def on_update(update: ec.TrainingUpdate) -> bool:
        seen.append(update)
        return update.epoch == 7

    run = train(shops, on_update=on_update)
    assert run.status is ec.RunStatus.STOPPED
    assert [update.epoch for update in seen] == run.history["epoch"].tolist() == list(range(1, 8))
    assert [update.metrics["loss"] for update in seen] == run.history["loss"].tolist()
    np.testing.assert_array_equal(seen[-1].vectors["shop"], run.embedding.vectors)
    assert (seen[0].vectors["shop"] != seen[-1].vectors["shop"]).any()


def test_patience_gives_the_vectors_of_the_best_epoch(shops: pd.DataFrame) -> None:
    vectors: dict[int, npt.NDArray[np.float32]] = {}

    def on_update(update: ec.TrainingUpdate) -> None:
        vectors[update.epoch] = update.vectors["shop"]

    run = train(shops, patience=5, epochs=2_000, learning_rate=0.1, on_update=on_update)
    assert len(run.history) == run.best_epoch + 5 < 2_000
    assert run.best_epoch == run.history["val_loss"].idxmin() + 1
    np.testing.assert_array_equal(run.embedding.vectors, vectors[run.best_epoch])
    assert run.status is ec.RunStatus.FINISHED


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(
    run: ec.Run, shops: pd.DataFrame
) -> None:
    again, other = train(shops), train(shops, seed=1)
    pd.testing.assert_frame_equal(again.history, run.history, check_exact=True)
    np.testing.assert_array_equal(again.embedding.vectors, run.embedding.vectors)
    assert np.abs(other.embedding.vectors - run.embedding.vectors).max() > 1e-3


def test_a_shuffled_target_is_learned_no_better_than_by_chance(shops: pd.DataFrame) -> None:
    shuffled = shops.assign(late=shops["late"].sample(frac=1, random_state=0).to_numpy())
    last = (run := train(shuffled)).history.iloc[-1]
    noise = np.sqrt(0.25 / (0.2 * len(shops)))
    assert abs(last["val_accuracy"] - run.baseline["accuracy"]) < 3 * noise
    assert last["val_loss"] > run.baseline["loss"] - 0.02


def test_rare_categories_are_pooled_and_said(shops: pd.DataFrame) -> None:
    run = train(shops, min_frequency=90, epochs=2)
    rows = shops["shop"].value_counts()
    assert run.embedding.labels == [*rows.index[rows >= 90], "(rare)"]
    assert run.embedding.support.sum() == len(shops)
    assert any("pooled into one" in note for note in run.notes)


def test_a_number_is_judged_and_predicted_in_its_own_unit(shops: pd.DataFrame, tmp_path: Path) -> None:
    run = train(shops, target="minutes")
    minutes = shops["minutes"]
    assert list(run.history) == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    assert run.baseline["mae"] == pytest.approx((minutes - minutes.mean()).abs().mean(), rel=0.1)
    assert run.history["val_mae"].iloc[-1] < 0.8 * run.baseline["mae"]
    means = minutes.groupby(shops["shop"]).mean()
    np.testing.assert_allclose(run.embedding.target_mean, means[run.embedding.labels])
    np.testing.assert_allclose(predictions(run, tmp_path), run.embedding.target_mean, atol=1.2)


def test_several_classes_are_learned(shops: pd.DataFrame) -> None:
    rng = np.random.default_rng(0)
    usual = shops["shop"].map(
        dict(zip("abcdef", ["bike", "bike", "van", "van", "boat", "boat"], strict=True))
    )
    by = usual.where(rng.random(len(shops)) < 0.9, "bike")
    run = train(shops.assign(by=by), target="by", epochs=100)
    assert run.baseline["accuracy"] < 0.75
    assert run.history["val_accuracy"].iloc[-1] > 0.85
    assert run.embedding.target_mean is None


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"column": "shoop"}, 'no column "shoop"'),
        ({"target": None}, "needs a target"),
        ({"epoch": 3}, "no setting"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_tensorflow_is_asked(
    shops: pd.DataFrame, settings: dict[str, object], says: str
) -> None:
    with pytest.raises(ec.AtlasError, match=says):
        train(shops, **settings)


# The gallery's opening act: from routes and miles alone, the airports of the United States.


@pytest.fixture(scope="module")
def airports() -> ec.Embedding:
    return ec.train(ec.load_sample("us_flights"), **ec.SAMPLES["us_flights"].start).embedding


@pytest.fixture(scope="module")
def places(airports: ec.Embedding) -> pd.DataFrame:
    """The airports of the embedding that the truth knows, with their row in it."""
    truth = pd.read_csv(TRUTH / "us_flights_airports.csv", keep_default_na=False)
    places = truth[truth["iata"].isin(airports.labels)].reset_index(drop=True)
    assert len(places) > 0.95 * len(airports)
    return places.assign(row=[airports.index(code) for code in places["iata"]])


def test_longitude_can_be_read_out_of_the_map(airports: ec.Embedding, places: pd.DataFrame) -> None:
    busy = places[airports.support[places["row"]] >= 50]
    assert len(busy) > 100
    assert read_out(airports.vectors[busy["row"]], busy["longitude"]) >= 0.9
    assert read_out(scattered(len(busy)), busy["longitude"]) < 0.1


def test_airports_near_on_the_globe_are_near_on_the_map(airports: ec.Embedding, places: pd.DataFrame) -> None:
    latitude, longitude = np.radians(places["latitude"]), np.radians(places["longitude"])
    globe = np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )
    assert shared_neighbours(airports.vectors[places["row"]], globe) >= 0.45
    assert shared_neighbours(scattered(len(places)), globe) < 0.1


def read_out(vectors: npt.NDArray[np.floating], values: pd.Series) -> float:
    folds = KFold(5, shuffle=True, random_state=0)
    return r2_score(values, cross_val_predict(LinearRegression(), vectors, values, cv=folds))


def scattered(rows: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(0).normal(size=(rows, 2))


def shared_neighbours(one: npt.NDArray[np.floating], other: npt.NDArray[np.floating], k: int = 5) -> float:
    """Return the mean share of the k nearest points of ``one`` that are among those of ``other``."""
    pairs = zip(nearest(one, k), nearest(other, k), strict=True)
    return float(np.mean([len(set(here) & set(there)) / k for here, there in pairs]))


def nearest(points: npt.NDArray[np.floating], k: int) -> npt.NDArray[np.int64]:
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances.argsort(axis=1)[:, :k]
