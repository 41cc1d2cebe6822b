"""The claims of t-SNE in `embed_core.space.projections.tsne`."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from embed_core.space.projections.aligning import procrustes
from embed_core.space.projections.project import project
from embed_core.space.projections.quality import projection_quality
from tests.helpers.vectors import Array, planted, points


def briefly(iteration: int, *_: object) -> bool:
    """Stop after 50 iterations: enough where the whole map is not what is claimed."""
    return iteration >= 50


def neighbors_of_the_same_group(coordinates: Array, group: Array) -> float:
    """Accuracy of guessing a point's group from its 5 nearest others."""
    near = KNeighborsClassifier(5).fit(coordinates, group).kneighbors(return_distance=False)
    return float((group[near] == group[:, None]).mean())


@pytest.mark.parametrize("n_components", [2, 3])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_tsne_brings_planted_groups_together_where_a_random_layout_does_not(
    n_components: int, metric: str
) -> None:
    x, group = planted()
    result = project(x, method="tsne", n_components=n_components, metric=metric)
    assert neighbors_of_the_same_group(points(len(x), n_components), group) < 0.3
    assert neighbors_of_the_same_group(result.coordinates, group) > 0.97
    at_random = projection_quality(x, points(len(x), n_components), metric=metric)
    assert at_random["trustworthiness"] < 0.6 < 0.95 < result.quality["trustworthiness"]
    assert result.quality["neighbors_kept"] > 5 * at_random["neighbors_kept"]
    assert result.axes == tuple(f"t-SNE {j + 1}" for j in range(n_components))


def test_tsne_keeps_more_neighbours_than_pca_where_there_are_many_directions() -> None:
    x = points(150, 10)
    kept = {method: project(x, method=method).quality["neighbors_kept"] for method in ("pca", "tsne")}
    assert kept["tsne"] > 1.3 * kept["pca"]


def test_the_same_seed_gives_the_same_map_and_another_seed_another() -> None:
    x, _ = planted()
    first, second, other = (
        project(x, method="tsne", seed=seed, on_frame=briefly).coordinates for seed in (3, 3, 4)
    )
    assert first.tobytes() == second.tobytes() != other.tobytes()


def test_watching_shows_the_start_then_every_five_iterations_and_changes_nothing() -> None:
    x, _ = planted()
    frames = []
    watched = project(x, method="tsne", on_frame=lambda *frame: frames.append(frame))
    assert [frame[0] for frame in frames] == list(range(0, 755, 5))
    assert {frame[1] for frame in frames} == {750}
    assert all(frame[2].shape == (len(x), 2) and frame[2].dtype == np.float32 for frame in frames)
    assert len({frame[2].tobytes() for frame in frames}) == len(frames)
    assert watched.coordinates.tobytes() == project(x, method="tsne").coordinates.tobytes()
    assert watched.notes == () and watched.quality["iterations"] == 750


@pytest.mark.parametrize("at", [0, 120, 250, 400])
def test_stopping_early_keeps_what_is_there(at: int) -> None:
    frames = []

    def stop(iteration: int, _total: int, coordinates: Array) -> bool:
        frames.append(coordinates)
        return iteration >= at

    result = project(planted()[0], method="tsne", on_frame=stop)
    np.testing.assert_array_equal(result.coordinates, frames[-1])
    assert result.quality["iterations"] == at
    assert result.notes == (f"t-SNE was stopped after {at} of 750 iterations.",)


def test_the_start_is_the_pca() -> None:
    x, _ = planted()
    frames = []
    project(x, method="tsne", on_frame=lambda *frame: frames.append(frame) or True)
    start, pca = frames[0][2], project(x, method="pca").coordinates
    for axis in (0, 1):
        assert np.corrcoef(start[:, axis], pca[:, axis])[0, 1] > 0.999
    assert start[:, 0].std() == pytest.approx(1e-4, rel=0.01)


def test_perplexity_is_kept_possible_and_it_is_said() -> None:
    x = points(31)
    found = project(x, method="tsne", on_frame=lambda *_: True)
    assert found.quality["perplexity"] == 10 and len(found.notes) == 1  # which says that it was stopped
    capped = project(x, method="tsne", perplexity=50, on_frame=lambda *_: True)
    assert capped.quality["perplexity"] == 10 and "Perplexity 50 is too large for 31" in capped.notes[0]
    assert project(points(200), method="tsne", on_frame=lambda *_: True).quality["perplexity"] == 30


NASTY = {
    "4 categories": points(4),
    "5 categories": points(5),
    "10 categories": points(10),
    "groups of equal vectors": np.repeat(points(3), 20, axis=0),
    "two pairs": np.repeat(points(2), 2, axis=0),
    "all equal but one": np.vstack([np.ones((60, 4)), [[2, 2, 2, 3]]]),
    "half zeros": np.vstack([np.zeros((20, 4)), points(20, 4)]),
    "all parallel": np.outer(np.arange(1, 31), points(1, 4)),
    "one zero, others parallel": np.outer(np.arange(20), points(1, 4)),
    "one-hot": np.eye(20),
    "one dimension": points(40, 1),
    "very small": points(40, 3) * 1e-20,
    "very large": points(40, 3) * 1e20,
}


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("name", NASTY)
def test_tsne_is_finite_whatever_the_vectors(name: str, metric: str) -> None:
    x = NASTY[name]
    for n_components in (2, 3) if metric == "euclidean" else (2,):
        result = project(x, method="tsne", n_components=n_components, metric=metric, on_frame=briefly)
        assert np.isfinite(result.coordinates).all()
        assert result.method == ("pca" if (name, metric) == ("all parallel", "cosine") else "tsne")


def test_equal_vectors_stay_together_in_tsne() -> None:
    x = np.repeat(points(5), 30, axis=0)
    result = project(x, method="tsne")
    assert neighbors_of_the_same_group(result.coordinates, np.repeat(np.arange(5), 30)) == 1
    assert result.quality["trustworthiness"] == 1


def test_tsne_goes_on_from_an_earlier_map_without_a_jump() -> None:
    """Between epochs the vectors change a little, and the map must not be laid out again."""
    x = points(150, 16)
    before = project(x, method="tsne", measure=False).coordinates
    moved = x + 0.05 * points(150, 16, seed=1)
    frames = []
    after = project(moved, method="tsne", start=before, on_frame=lambda *frame: frames.append(frame))
    fresh = project(moved, method="tsne", measure=False)
    assert [frame[0] for frame in frames] == list(range(0, 505, 5)) and frames[0][1] == 500
    np.testing.assert_allclose(frames[0][2], before - before.mean(axis=0), atol=1e-4)
    step = np.linalg.norm(frames[1][2] - frames[0][2], axis=1)
    assert np.median(step) < 0.2 * before.std()
    assert (
        procrustes(before, after.coordinates).disparity
        < 0.1
        < procrustes(before, fresh.coordinates).disparity
    )
    assert (
        after.quality["neighbors_kept"] > 0.9 * projection_quality(moved, fresh.coordinates)["neighbors_kept"]
    )


@pytest.mark.parametrize("size", [0.0, 1e-9, 1e9])
def test_a_start_of_any_size_leads_to_a_map_as_good(size: float) -> None:
    x = planted()[0]
    fresh = project(x, method="tsne")
    found = project(x, method="tsne", start=size * fresh.coordinates)
    assert found.quality["neighbors_kept"] > 0.9 * fresh.quality["neighbors_kept"]
    assert found.coordinates.std() == pytest.approx(fresh.coordinates.std(), rel=0.5)


def test_exaggeration_draws_groups_tighter() -> None:
    x, group = planted()

    def tightness(coordinates: Array) -> float:
        centers = np.stack([coordinates[group == g].mean(axis=0) for g in range(6)])
        return np.linalg.norm(coordinates - centers[group], axis=1).mean() / centers.std()

    plain, tight = (project(x, method="tsne", exaggeration=e) for e in (1, 2))
    assert tightness(tight.coordinates) < 0.7 * tightness(plain.coordinates)
    assert tight.quality["exaggeration"] == 2 and tight.notes == ()
    resumed = project(x, method="tsne", exaggeration=2, start=plain.coordinates)
    assert tightness(resumed.coordinates) < 0.7 * tightness(plain.coordinates)


def test_exaggeration_that_makes_one_point_is_said() -> None:
    found = project(points(100), method="tsne", exaggeration=4)
    assert found.coordinates.std() < 0.01 and "one point: choose a lower one" in found.notes[0]
