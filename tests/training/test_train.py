"""From a table to a run: what is learned is in the data, and what is not is not."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

import embed_core as ec


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
    table = next(layer for layer in model._flatten_layers() if layer.name == "embedding").get_weights()[0]
    np.testing.assert_array_equal(table[:-1], run.embedding.vectors)
    np.testing.assert_array_equal(table[-1], run.embedding.unknown)
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


def test_epochs_that_are_left_to_the_rows_are_known_in_the_end(shops: pd.DataFrame) -> None:
    found = ec.train(
        shops, column="shop", objective="context", dimension=2, prior_strength=0.15, patience=None
    )
    assert found.config.epochs == len(found.history) == 600, "one step each: few categories"


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


def test_replicates_are_copies_with_starts_of_their_own(shops: pd.DataFrame, run: ec.Run) -> None:
    again = train(shops, replicates=3)
    np.testing.assert_array_equal(again.embedding.vectors, run.embedding.vectors)
    assert len(again.replicates) == 3
    assert run.replicates == ()
    sides = [set("abc"), set("def")]
    found = []
    for copy in again.replicates:
        e = ec.Embedding(again.embedding.labels, copy["shop"], again.embedding.support)
        found += [
            e.neighbors(shop, k=1, metric="euclidean")["category"][0] in side
            for side in sides
            for shop in side
        ]
    assert np.mean(found) >= 0.8  # what the data say is found again; by chance 0.4
    first, second, _ = (copy["shop"] for copy in again.replicates)
    assert np.abs(first - second).max() > 1e-3
    for one, other in zip(again.replicates, train(shops, replicates=3).replicates, strict=True):
        np.testing.assert_array_equal(one["shop"], other["shop"])


def test_a_shuffled_replicate_knows_nothing_of_the_shops(shops: pd.DataFrame) -> None:
    copies = train(shops, replicates=4, how="shuffled").replicates
    late, early = [0, 1, 2], [3, 4, 5]  # by frequency a, b and c come first, which are the late ones
    for copy in copies:
        vectors = copy["shop"]
        apart = np.linalg.norm(vectors[late].mean(axis=0) - vectors[early].mean(axis=0))
        real = train(shops).embedding.vectors
        assert apart < 0.5 * np.linalg.norm(real[late].mean(axis=0) - real[early].mean(axis=0))


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
