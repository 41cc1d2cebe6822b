"""The claims of `embed_core.space.projections.umap`; maps by umap-learn itself are tested by .ci/slow."""

import subprocess
import sys
from importlib.machinery import ModuleSpec
from typing import Any

import numpy as np
import pytest

from embed_core import extras
from embed_core.errors import AtlasError
from embed_core.space.projections import umap
from embed_core.space.projections.project import project
from tests.helpers.vectors import Array, planted

needs_umap = pytest.mark.slow


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(AtlasError, match=r'pip install "category-atlas\[umap\]"'):
        project(planted()[0], method="umap")


def test_a_folder_left_behind_is_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: ModuleSpec(name, None))
    assert not extras.is_installed("umap")


def test_other_projections_do_not_import_it() -> None:
    code = (
        "import sys, numpy as np; from embed_core.space.projections import project, umap; umap.Umap().missing(); "
        "x = np.random.default_rng(0).normal(size=(9, 4)); project.project(x, method='pca'); "
        "assert not {'umap', 'numba', 'openTSNE', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_what_it_is_asked_for_is_what_it_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for the package: exact options, a start by PCA, capped neighbours, and a note."""
    asked = {}

    class Standin:
        def __init__(self, **options: Any) -> None:
            asked.update(options)

        def fit_transform(self, vectors: Array) -> Array:
            return asked["init"][:, ::-1]

    monkeypatch.setattr(extras, "find_spec", lambda name: ModuleSpec(name, None, origin="umap/__init__.py"))
    monkeypatch.setattr(umap, "import_module", lambda name: type("umap", (), {"UMAP": Standin}))
    x = planted()[0]
    result = project(x, method="umap", seed=5, metric="cosine", n_neighbors=7)
    start = asked.pop("init")
    assert asked == {"n_neighbors": 7, "n_components": 2, "metric": "cosine", "random_state": 5, "n_jobs": 1}
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    assert abs(np.corrcoef(start[:, 0], project(unit, method="pca").coordinates[:, 0])[0, 1]) > 0.999
    assert result.method == "umap" and result.axes == ("UMAP 1", "UMAP 2") and result.notes == ()
    assert result.coordinates.dtype == np.float32 and result.quality["n_neighbors"] == 7
    few = project(x[:6], method="umap", n_neighbors=20)
    assert few.notes == ("Number of neighbours 20 is too large for 6 categories: 5, the most, was used.",)
    assert project(x[:6], method="umap").notes == ()
    assert project(x[:3], method="umap").notes[0] == "UMAP needs at least 4 categories; this map is PCA."
    assert "same vector: UMAP" in project(np.ones((9, 2)), method="umap").notes[0]
    layout = np.random.default_rng(3).normal(size=(84, 2))
    project(x, method="umap", start=layout)
    assert np.corrcoef(asked["init"][:, 0], layout[:, 0])[0, 1] > 0.999


@needs_umap
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n_components", [2, 3])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_umap_keeps_planted_groups_together_and_repeats_itself(n_components: int, metric: str) -> None:
    x, _ = planted()
    first, second = (
        project(x, method="umap", n_components=n_components, metric=metric, seed=1) for _ in range(2)
    )
    assert first.coordinates.shape == (84, n_components)
    assert first.coordinates.tobytes() == second.coordinates.tobytes()
    assert first.quality["trustworthiness"] > 0.98


@needs_umap
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("x", [planted()[0][:4], np.eye(9), np.repeat(planted()[0][:3], 10, axis=0)])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_umap_is_finite_whatever_the_vectors(x: Array, metric: str) -> None:
    assert np.isfinite(project(x, method="umap", metric=metric).coordinates).all()
