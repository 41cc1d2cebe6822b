"""How far a run can be trusted: structure that is there is found again, and noise no more than by chance."""

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

import embed_core as ec
from embed_core.space.neighbors.stability import neighbor_stability
from embed_core.tables.counting.resampling import halves
from embed_core.training import replicates
from embed_core.training.compared import compared_halves, stability_where_drawn
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare
from embed_core.training.replicates import Replicate, Replicates, control_for, drawn_categories
from embed_core.training.trust_measures import (
    TrustMeasures,
    epochs_behind,
    measure,
    trainings,
)

SETTINGS = {"column": "plant", "objective": "context", "dimension": 4, "epochs": 50}


def plants(strength: float, *, each: int = 60, seed: int = 0) -> pd.DataFrame:
    """24 plants in 4 groups; those of a group keep the same company, the more so the greater the strength."""
    rng = np.random.default_rng(seed)
    plant = np.repeat(np.arange(24), each)
    columns = {}
    for name in ("soil", "height", "colour"):
        profiles = rng.dirichlet(np.full(6, 0.5), size=4)[np.arange(24) % 4]
        profiles = strength * profiles + (1 - strength) / 6
        columns[name] = [f"{name} {rng.choice(6, p=profiles[i])}" for i in plant]
    return pd.DataFrame({"plant": [f"plant {i:02d}" for i in plant], **columns})


def measured(frame: pd.DataFrame, *, splits: int = 2, k: int = 5, **settings: Any) -> TrustMeasures:
    run = ec.train(frame, **(SETTINGS | settings))
    data = prepare(ec.read_table(frame), run.config, splits=splits)
    found = measure(data, run.config, run.embedding.vectors, k=k, splits=splits)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def planted() -> TrustMeasures:
    return measured(plants(1.0))


@pytest.fixture(scope="module")
def noise() -> TrustMeasures:
    return measured(plants(0.0))


def same_but_for_ties(found: npt.ArrayLike, expected: npt.ArrayLike) -> None:
    """Two trainings of `context` are alike to rounding: of neighbors as near as each other, another may be taken."""
    np.testing.assert_allclose(found, expected, atol=0.1)
    assert np.mean(np.asarray(found) != np.asarray(expected)) < 0.1


# What it says of data in which the answer is known


def test_planted_groups_are_found_again_in_the_other_half(planted: TrustMeasures) -> None:
    assert planted.stability.mean() > 0.7
    assert dict(zip(planted.group_counts, planted.groups.above_chance, strict=True))[4] > 0.9
    assert (planted.k, planted.metric, planted.replicates) == (5, "cosine", 4)
    assert planted.compared == 24 and planted.chance == pytest.approx(5 / 23)
    assert planted.control_vectors.shape == (24, 4) and planted.control_vectors.dtype == np.float32


def test_of_noise_the_halves_agree_on_nothing(noise: TrustMeasures) -> None:
    assert noise.groups.above_chance.max() < 0.3
    assert noise.agreement[np.searchsorted(noise.sizes, 10)] < 0.15


def test_columns_that_copy_one_another_make_noise_no_more_certain() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.integers(0, 12, 3_000)
    frame = pd.DataFrame({"plant": [f"plant {i:02d}" for i in rng.integers(0, 40, 3_000)]})
    for column in range(6):
        copied = np.where(rng.random(3_000) < 0.95, hidden, rng.integers(0, 12, 3_000))
        frame[f"x{column}"] = [f"v{value}" for value in copied]
    found = measured(frame, splits=3)
    assert found.groups.above_chance.max() < 0.3
    assert np.abs(found.agreement[: len(found.sizes) // 2]).max() < 0.15


def test_the_map_of_chance_has_none_of_the_planted_groups(planted: TrustMeasures) -> None:
    groups = np.arange(24) % 4
    found = ec.Embedding([str(i) for i in range(24)], planted.control_vectors, np.ones(24, int))
    near = [found.neighbors(str(i), k=5)["category"].astype(int) for i in range(24)]
    assert np.mean([groups[list(of)] == groups[i] for i, of in enumerate(near)]) < 0.5  # 5 of 23 by chance


def test_one_plant_that_keeps_changing_company_is_the_unstable_one() -> None:
    frame = plants(1.0, each=80)
    torn = frame.index[frame["plant"].eq("plant 00")]
    few = torn[:3]
    for name in ("soil", "height", "colour"):
        frame.loc[few, name] = [f"{name} {i}" for i in range(3)]
    frame = frame.drop(torn[3:])
    table = ec.stability(
        frame, ec.train(frame, **SETTINGS, validation_share=0.0), k=5, replicates=4
    ).set_index("category")
    assert table.loc["plant 00", "support"] == 3
    assert table.loc["plant 00", "stability"] < table["stability"].median() - 0.2


@pytest.mark.parametrize("objective", ["target", "entity", "distance"])
def test_every_objective_can_be_measured(objective: str) -> None:
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 100, 10)
    one, other = rng.integers(0, 10, (2, 800))
    frame = pd.DataFrame(
        {
            "here": [f"place {i}" for i in one],
            "there": [f"place {i}" for i in other],
            "miles": np.abs(places[one] - places[other]),
        }
    )
    settings: dict[str, Any] = {"objective": objective, "column": "here", "target": "miles", "dimension": 1}
    settings |= {"epochs": 30} | ({} if objective == "distance" else {"target_kind": "number"})
    if objective == "entity":
        settings |= {"hidden": (4,), "dropout": 0.0, "epochs": 5}
    if objective == "distance":  # a line that starts in the wrong order stays folded
        settings |= {"partner": "there", "dimension": 2, "epochs": 100}
    config = ec.TrainingConfig.checked(**settings)
    data = prepare(ec.read_table(frame), config)
    run = ec.train(frame, **settings)
    found = measure(data, config, run.embedding.vectors, k=3, splits=2, metric="euclidean")
    assert found is not None
    assert np.isfinite(found.stability).all()
    if objective == "distance":
        assert found.groups.above_chance.max() > 0.5


# What it amounts to


def test_planted_groups_can_be_read_and_noise_must_not_be_relied_on() -> None:
    found = {}
    for strength in (1.0, 0.0):
        frame = plants(strength)
        run = ec.train(frame, **SETTINGS)
        found[strength] = ec.trust(
            frame, run, k=5, replicates=4, projection=run.embedding.project("tsne", metric="cosine")
        )
    good, bad = found[1.0].verdict, found[0.0].verdict
    assert (
        good.level == "good" and "can be read." in good.sentence
    )  # its distances between groups may be lost
    assert bad.level == "do not rely" and "chance" in bad.sentence
    assert any("agree neither" in reason for reason in bad.reasons)


def test_trust_is_what_was_measured_of_the_vectors_and_of_the_map(planted: TrustMeasures) -> None:
    frame = plants(1.0)
    run, seen = ec.train(frame, **SETTINGS), []
    found = ec.trust(
        frame, run, k=5, replicates=4, on_progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(done, 5) for done in range(6)]
    same_but_for_ties(found.stability, planted.stability)
    assert found.scale is not None
    assert found.scale.groups_agree == planted.groups.above_chance.max()
    assert found.compared_share == 1.0
    assert found.neighbors_kept == run.embedding.project("pca", metric="cosine").quality["neighbors_kept"]
    table = found.to_frame()
    assert table["category"].tolist() == run.embedding.labels
    assert table["stability"].tolist() == found.stability.tolist()
    tsne = run.embedding.project("tsne", metric="cosine")
    assert found.on(tsne).neighbors_kept == tsne.quality["neighbors_kept"] != found.neighbors_kept
    assert found.on(None).measured(None).verdict.sentence.endswith("has been measured yet.")
    assert found.verdict.level in repr(found)


def test_one_output_is_a_line_by_the_run_s_own_metric() -> None:
    frame = plants(1.0, each=20).assign(tall=lambda f: f["height"].isin(["height 0", "height 1"]))
    run = ec.train(frame, column="plant", target="tall", dimension=2, epochs=2)
    found = ec.trust(frame, run, k=3, replicates=2)
    assert found.one_output and found.measures is not None and found.measures.metric == "euclidean"
    assert any("with one output" in reason for reason in found.verdict.reasons)


def test_neighbours_along_a_line_are_those_of_like_targets_and_halves_agree_on_their_order() -> None:
    rng = np.random.default_rng(4)
    late = rng.permutation(np.linspace(0.05, 0.95, 60))
    train = rng.integers(0, 60, 24_000)
    frame = pd.DataFrame({"line": [f"L{i:02d}" for i in train], "late": rng.random(len(train)) < late[train]})
    run = ec.train(frame, column="line", target="late", dimension=8)
    assert run.embedding.metric == "euclidean"
    near = [run.embedding.neighbors(label, k=3)["category"] for label in run.embedding.labels]
    apart = [
        abs(late[int(label[1:])] - late[int(other[1:])])
        for label, others in zip(run.embedding.labels, near, strict=True)
        for other in others
    ]
    assert np.mean(apart) < 0.06, "by angles alone they are .10 apart, at random .31"
    found = ec.trust(frame, run, replicates=2)
    assert found.order > 0.9 and found.verdict.sentence.startswith("Read the order along the line.")
    mixed = frame.assign(late=rng.permutation(frame["late"]))
    none = ec.trust(mixed, ec.train(mixed, column="line", target="late", dimension=8), replicates=2)
    assert abs(none.order) < 0.4 and none.verdict.level == "do not rely"


def test_an_odd_number_of_replicates_is_refused_since_two_halves_are_compared() -> None:
    frame = plants(1.0, each=20)
    run = ec.train(frame, **SETTINGS | {"epochs": 1})
    with pytest.raises(ec.AtlasError, match=r'must be even: two halves .* Got "5"'):
        ec.trust(frame, run, replicates=5)


# Categories that are not drawn


def test_a_category_that_is_not_drawn_has_no_say_and_is_not_judged() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 3)).astype(np.float32)
    seen = np.ones((3, 30), bool)
    seen[0, :10] = seen[1, 0] = seen[2, 0] = False
    replicates = []
    for is_drawn in seen:
        again = vectors + 0.01 * rng.normal(size=vectors.shape)
        again[~is_drawn] = rng.normal(size=(int((~is_drawn).sum()), 3))
        replicates.append(Replicate(again.astype(np.float32), is_drawn))
    found = stability_where_drawn(vectors, replicates, k=4, metric="euclidean")
    assert np.isnan(found).tolist() == [True] + [False] * 29
    assert found[1:].min() > 0.7
    later = [
        neighbor_stability(vectors[1:], [each.vectors[1:]], k=4, metric="euclidean")
        for each in replicates[1:]
    ]
    np.testing.assert_allclose(found[1:10], np.mean(later, axis=0)[:9])
    pair = compared_halves(replicates[:2], metric="euclidean")
    careless = compared_halves(
        [Replicate(each.vectors, np.ones(30, bool)) for each in replicates[:2]], metric="euclidean"
    )
    assert (pair["compared"], careless["compared"]) == (20, 30)
    assert pair["agreement"][3] > 0.7 > careless["agreement"][3] + 0.1


def test_when_all_are_drawn_it_is_the_plain_overlap() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(20, 3)).astype(np.float32)
    copies = [vectors + rng.normal(size=(20, 3)).astype(np.float32) for _ in range(3)]
    replicates = [Replicate(copy, np.ones(20, bool)) for copy in copies]
    np.testing.assert_allclose(
        stability_where_drawn(vectors, replicates, k=5, metric="cosine"),
        neighbor_stability(vectors, copies, k=5),
    )


def test_too_few_drawn_in_both_are_not_compared() -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    halves = [np.arange(6) < 3, np.arange(6) >= 3]
    replicates = [Replicate(vectors, half) for half in halves]
    assert np.isnan(stability_where_drawn(vectors, replicates, k=1, metric="cosine")).all()
    assert compared_halves(replicates, metric="cosine") == {}


def test_rare_plants_are_judged_where_they_were_drawn() -> None:
    frame = pd.concat(
        [plants(1.0, each=10), plants(1.0, each=1, seed=1).assign(plant=lambda f: "rare " + f.plant)]
    )
    run = ec.train(frame, column="plant", target="soil", dimension=2, epochs=3)
    data = prepare(ec.read_table(frame), run.config)
    parts = halves(data, 0, seed=run.config.seed)
    drawn = [drawn_categories(part, "plant") for part in parts]
    assert (drawn[0] | drawn[1]).all()  # every row is in one of the halves
    assert not (drawn[0] & drawn[1])[24:].any() and (drawn[0] & drawn[1])[:24].sum() > 20
    table = ec.stability(frame, run, k=5, replicates=2)
    assert table["stability"].notna().all()


def test_columns_that_share_a_vocabulary_are_drawn_in_either(shops: pd.DataFrame) -> None:
    frame = pd.DataFrame({"a": list("xyzx"), "b": list("yzwx"), "n": [1.0, 2, 3, 4]})
    config = ec.TrainingConfig.checked(
        column="a", partner="b", target="n", objective="distance", dimension=1, validation_share=0.0
    )
    data = prepare(ec.read_table(frame), config)
    labels = data.vocabularies["a"].labels
    assert drawn_categories(data, "a").all()
    only = dataclasses.replace(data, training=(data.rows.numbers["n"] == 3).astype(np.int64))
    drawn = drawn_categories(only, "a")
    assert {label for label, is_drawn in zip(labels, drawn, strict=True) if is_drawn} == {"z", "w"}


# The retrainings


def retrained(frame: pd.DataFrame, run: ec.Run, epochs: int) -> npt.NDArray[np.float32]:
    data = prepare(ec.read_table(frame), run.config)
    found = Replicates(run.config, epochs).one(data, run.config.seed)
    assert found is not None
    return found.vectors


def test_a_run_that_lost_patience_is_trained_again_as_far_as_its_best_epoch() -> None:
    frame = plants(0.3)
    run = ec.train(frame, **(SETTINGS | {"epochs": 300, "patience": 5, "learning_rate": 0.2}))
    assert len(run.history) == run.best_epoch + 5 < 300
    epochs = epochs_behind(run.config, best_epoch=run.best_epoch, epochs_done=len(run.history))
    assert epochs == run.best_epoch
    # The same part of the rows from the same start: to the last bit the run itself.
    np.testing.assert_array_equal(retrained(frame, run, epochs), run.embedding.vectors)


def test_a_control_of_more_distinct_rows_takes_as_many_steps_as_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    routes = np.array([(a, b) for a in range(20) for b in range(20) if a != b])[rng.integers(0, 380, 4_000)]
    frame = pd.DataFrame(
        {"a": routes[:, 0], "b": routes[:, 1], "miles": abs(routes[:, 0] - routes[:, 1]) * 7.5}
    )
    config = ec.TrainingConfig.checked(
        column="a", partner="b", target="miles", objective="distance", batch_size=1_000, epochs=200
    )
    data = prepare(ec.read_table(frame.astype({"a": str, "b": str})), config)
    mixed, seed, share = control_for(data, config)
    assert (
        (data.training > 0).sum() < 1_000 < (mixed.training > 0).sum() < 3_000
    )  # one step an epoch, and three
    assert share == pytest.approx(1 / 3)
    seen: list[tuple[int, int]] = []

    def watched(data: Any, config: Any, *, on_update: Any, **rest: Any) -> Any:
        def note(update: Any) -> Any:
            seen.append((config.planned_epochs, update.epoch))
            return on_update(update)

        return fit(data, config, on_update=note, **rest)

    monkeypatch.setattr(replicates, "fit", watched)
    assert Replicates(config, 150).one(mixed, seed, share) is not None
    assert seen[-1] == (67, 50)  # three steps in each: 150 of 200


def test_a_stopped_run_is_trained_again_as_far_as_it_came() -> None:
    frame = plants(1.0)
    run = ec.train(frame, **SETTINGS, on_update=lambda update: update.epoch == 7)
    assert run.status is ec.RunStatus.STOPPED
    epochs = epochs_behind(run.config, best_epoch=3, epochs_done=len(run.history))
    assert epochs == 7
    np.testing.assert_array_equal(retrained(frame, run, epochs), run.embedding.vectors)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(planted: TrustMeasures) -> None:
    again = measured(plants(1.0))
    for name, value in vars(planted).items():
        np.testing.assert_array_equal(getattr(again, name), value)
    other = measured(plants(1.0), seed=1, epochs=5)
    assert np.abs(other.control_vectors - planted.control_vectors).max() > 0.01


def test_progress_is_told_and_stopping_ends_it_at_once() -> None:
    config = ec.TrainingConfig.checked(**(SETTINGS | {"epochs": 5}))
    data = prepare(ec.read_table(plants(1.0, each=10)), config, splits=2)
    vectors = np.random.default_rng(0).normal(size=(24, 4))
    seen: list[tuple[int, int]] = []

    def on_progress(done: int, total: int) -> None:
        seen.append((done, total))

    assert measure(data, config, vectors, splits=2, on_progress=on_progress) is not None
    assert seen == [(done, trainings(2)) for done in range(6)]
    for stop_at in range(5):
        seen.clear()
        found = measure(
            data,
            config,
            vectors,
            splits=2,
            on_progress=on_progress,
            keep_going=lambda stop_at=stop_at: len(seen) <= stop_at,
        )
        assert found is None
        assert len(seen) == stop_at + 1


# The table of it


def test_the_table_names_every_category_and_is_what_was_measured(planted: TrustMeasures) -> None:
    frame = plants(1.0)
    run = ec.train(frame, **SETTINGS)
    table = ec.stability(frame, run, k=5, replicates=4)
    assert list(table) == ["category", "stability", "support"]
    assert table["category"].tolist() == run.embedding.labels
    assert table["support"].tolist() == [60] * 24
    same_but_for_ties(table["stability"], planted.stability)


def test_another_table_is_refused() -> None:
    frame = plants(1.0, each=10)
    run = ec.train(frame, **(SETTINGS | {"epochs": 1}))
    with pytest.raises(ec.AtlasError, match="does not hold the categories that the run learned"):
        ec.stability(frame[frame["plant"] != "plant 03"], run)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"k": 0}, "neighbours k must be a whole number from 1"),
        ({"replicates": 0}, "replicates must be a whole number from 1"),
        ({"metric": "dot"}, "There is no metric"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_training(options: dict[str, Any], sentence: str) -> None:
    frame = plants(1.0, each=10)
    run = ec.train(frame, **(SETTINGS | {"epochs": 1}))
    with pytest.raises(ec.AtlasError, match=sentence):
        ec.stability(frame, run, **options)


def test_three_categories_have_no_neighbourhoods() -> None:
    frame = pd.DataFrame({"a": list("xyz") * 20, "n": np.arange(60) % 7})
    config = ec.TrainingConfig.checked(column="a", target="n", target_kind="number", epochs=1)
    data = prepare(ec.read_table(frame), config)
    with pytest.raises(ec.AtlasError, match="has 3 categories, and neighbours can be compared from 4 on"):
        measure(data, config, np.ones((3, 8)))
    with pytest.raises(ec.AtlasError, match="there are 3, and 2 vectors"):
        measure(data, config, np.ones((2, 8)))
