"""The claims of `embed_core.space.projections.project`, `identity`, `pca` and `aligning.align`."""

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA

from embed_core.errors import AtlasError
from embed_core.space.projections.aligning import align
from embed_core.space.projections.pca import PcaBasis
from embed_core.space.projections.project import project
from tests.helpers.vectors import points

# Identity


@pytest.mark.parametrize("d", [2, 3])
def test_identity_shows_the_vectors_themselves(d: int) -> None:
    x = points(20, d).astype(np.float32)
    result = project(x, method="identity", n_components=d)
    assert result.coordinates.tobytes() == x.tobytes()
    assert result.quality["neighbors_kept"] == 1
    assert result.axes == tuple(f"Dimension {j + 1}" for j in range(d))
    assert result.notes == ()


def test_identity_pads_what_is_too_short_and_says_so() -> None:
    line = project(points(9, 1), method="identity")
    assert (line.coordinates[:, 1] == 0).all() and "one dimension: a line" in line.notes[0]
    plane = project(points(9, 2), method="identity", n_components=3)
    assert (plane.coordinates[:, 2] == 0).all() and "2 dimensions" in plane.notes[0]


def test_identity_refuses_what_is_too_long() -> None:
    with pytest.raises(AtlasError, match="Choose pca or tsne"):
        project(points(9, 8), method="identity")


# PCA


def test_pca_is_that_of_scikit_learn_up_to_sign() -> None:
    x = points(200) * np.arange(1, 9)
    reference = PCA(3, svd_solver="full").fit(x)
    result = project(x, method="pca", n_components=3)
    np.testing.assert_allclose(np.abs(result.coordinates), np.abs(reference.transform(x)), atol=1e-4)
    share = [result.quality[f"variance_{j}"] for j in (1, 2, 3)]
    np.testing.assert_allclose(share, reference.explained_variance_ratio_)
    assert result.quality["variance"] == pytest.approx(sum(share))
    assert result.axes[0] == f"PC 1 ({100 * share[0]:.0f} % of variance)"


def test_pca_is_centred_so_that_an_offset_changes_nothing() -> None:
    x = points(100)
    near, far = project(x, method="pca"), project(x + 1_000, method="pca")
    np.testing.assert_allclose(near.coordinates, far.coordinates, atol=1e-5)
    np.testing.assert_allclose(near.coordinates.mean(axis=0), 0, atol=1e-6)


def test_pca_has_a_sign_that_does_not_depend_on_the_order_of_rows() -> None:
    x = points(60)
    order = np.random.default_rng(1).permutation(60)
    basis = PcaBasis.fit(x, 3)
    np.testing.assert_allclose(PcaBasis.fit(x[order], 3).components, basis.components, atol=1e-9)
    assert (basis.components[np.arange(3), np.abs(basis.components).argmax(axis=1)] > 0).all()


def test_a_basis_draws_other_vectors_in_its_own_frame() -> None:
    x = points(50)
    basis = PcaBasis.fit(x)
    np.testing.assert_array_equal(basis.apply(x), project(x, method="pca").coordinates)
    np.testing.assert_array_equal(basis.apply(x[7:8]), basis.apply(x)[7:8])
    assert np.abs(basis.apply(x.mean(axis=0, keepdims=True))).max() < 1e-6
    with pytest.raises(AtlasError, match="8 dimensions; these have 3"):
        basis.apply(points(5, 3))


def test_vectors_on_a_line_have_no_second_axis() -> None:
    x = np.outer(np.arange(10), [1, 2, 2])
    result = project(x, method="pca")
    assert (result.coordinates[:, 1] == 0).all()
    assert result.axes == ("PC 1 (100 % of variance)", "PC 2 (0 % of variance)")
    assert result.coordinates[9, 0] == pytest.approx(13.5)


def test_axes_do_not_round_to_nothing_or_all() -> None:
    x = points(100, 2) * [100, 1]
    assert project(x, method="pca").axes == ("PC 1 (over 99 % of variance)", "PC 2 (under 1 % of variance)")


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("n_components", [2, 3])
def test_tiny_tables_get_a_map_and_a_sentence(method: str, n: int, n_components: int) -> None:
    result = project(points(n), method=method, n_components=n_components)
    assert result.method == "pca" and result.coordinates.shape == (n, n_components)
    assert np.isfinite(result.coordinates).all() and len(result.axes) == n_components
    assert result.quality["k"] == 0
    assert bool(result.notes) == (method == "tsne" or n == 1)
    if method == "tsne":
        assert result.notes[0] == "t-SNE needs at least 4 categories; this map is PCA."


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 + 0.1])
def test_equal_vectors_share_one_point(method: str, value: float) -> None:
    result = project(np.full((7, 3), value), method=method)
    assert result.method == "pca" and not result.coordinates.any()
    assert result.quality["variance"] == 0 and np.isnan(result.quality["trustworthiness"])
    assert "they share one point" in result.notes[-1]


def test_pca_of_one_dimension_is_a_line_and_says_so() -> None:
    result = project(points(12, 1), method="pca", n_components=3)
    assert not result.coordinates[:, 1:].any() and "one dimension" in result.notes[0]


def test_pca_takes_thousands_of_categories() -> None:
    result = project(points(5_000), method="pca")
    assert result.coordinates.shape == (5_000, 2) and result.quality["sampled"] == 1_200


def test_pca_differs_from_an_uncentred_one_that_shows_the_mean_first() -> None:
    """A viewer that does not subtract the mean spends its first axis on where the cloud is."""
    x = points(200) * [5, 1, 1, 1, 1, 1, 1, 1] + [0, 0, 0, 50, 0, 0, 0, 0]
    uncentered = np.linalg.svd(x, full_matrices=False)[2][0]
    assert np.abs(uncentered).argmax() == 3
    assert np.abs(PcaBasis.fit(x).components[0]).argmax() == 0


# Options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "mds"}, '"mds". Choose one of: "identity", "pca", "tsne", "umap"'),
        ({"n_components": 4}, "2 or 3 dimensions"),
        ({"n_components": 2.0}, "2 or 3 dimensions"),
        ({"metric": "dot"}, '"cosine", "euclidean"'),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"method": "tsne", "perplexity": 0.5}, "perplexity must be a number from 1"),
        ({"method": "tsne", "perplexity": float("nan")}, "perplexity must be"),
        ({"method": "tsne", "perplexity": "many"}, "perplexity must be"),
        ({"method": "tsne", "exaggeration": 0.5}, "exaggeration must be a number from 1 to 4"),
        ({"method": "tsne", "exaggeration": 12}, "exaggeration must be"),
        ({"method": "umap", "n_neighbors": 1}, "n_neighbors must be a whole number from 2"),
        ({"method": "umap", "n_neighbors": 7.5}, "n_neighbors must be a whole number from 2"),
        ({"method": "tsne", "perplexty": 5}, 'no setting "perplexty". Did you mean "perplexity"'),
        ({"perplexity": 5}, 'PCA has no setting "perplexity". It takes none'),
        ({"method": "umap", "perplexity": 5}, 'UMAP has no setting "perplexity". It takes: "n_neighbors"'),
        ({"start": np.zeros((9, 3))}, r"\(9, 2\). Got \(9, 3\)"),
        ({"start": np.full((9, 2), np.nan)}, "start coordinates must be finite"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        project(points(9), **({"method": "pca"} | options))


def test_vectors_that_are_not_finite_are_refused() -> None:
    with pytest.raises(AtlasError, match="finite"):
        project([[1, np.nan], [2, 3]], method="pca")


def test_measuring_can_be_left_out() -> None:
    assert set(project(points(9), method="pca", measure=False).quality) == {
        "variance",
        "variance_1",
        "variance_2",
    }


# Aligning


@pytest.mark.parametrize("m", [2, 3])
def test_align_undoes_turning_mirroring_and_shifting(m: int) -> None:
    x = points(40, m)
    turn, _ = np.linalg.qr(points(m, m, seed=5))
    turn[:, 0] *= -np.sign(np.linalg.det(turn))
    assert np.linalg.det(turn) < 0
    np.testing.assert_allclose(align(x, x @ turn + 7), x, atol=1e-5)


def test_align_never_changes_distances_within_a_map() -> None:
    before, after = points(30, 2), 3 * points(30, 2, seed=6)
    moved = align(before, after)
    np.testing.assert_allclose(
        np.linalg.norm(moved - moved[0], axis=1), np.linalg.norm(after - after[0], axis=1), rtol=1e-5
    )
    assert ((moved - before) ** 2).sum() <= ((after - before) ** 2).sum()


def test_align_of_heaps_and_of_different_maps() -> None:
    assert not align(np.zeros((4, 2)), np.ones((4, 2))).any()
    with pytest.raises(AtlasError, match=r"\(4, 2\) and \(5, 2\)"):
        align(points(4, 2), points(5, 2))
