"""The claims of `embed_core.space.embedding` and `embedding_files`."""

import ast
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import cdist

import embed_core.space.embedding
from embed_core.errors import AtlasError
from embed_core.space.embedding import Embedding
from embed_core.space.groups.clusters import cluster
from embed_core.space.groups.dendrogram import dendrogram
from embed_core.space.neighbors.similarity import similarity
from tests.helpers.vectors import Array

FOLDER = Path(embed_core.space.embedding.__file__).parent
NASTY = [
    "<b>x</b>",
    "=1+1",
    "",
    "é",
    "e\N{COMBINING ACUTE ACCENT}",
    "🛬",
    "x" * 5_000,
    '"',
    "'",
    "\n",
    "\r\n",
    "\0",
]


def embedding_of(
    vectors: Any, *, support: Any = None, labels: Sequence[str] | None = None, **more: Any
) -> Embedding:
    labels = labels or [f"c{row:03}" for row in range(len(vectors))]
    return Embedding(labels, vectors, np.ones(len(vectors), int) if support is None else support, **more)


def planted(per_cluster: int = 20, clusters: int = 5, d: int = 8, seed: int = 0) -> tuple[Array, Array]:
    """Well separated groups, and the group of each row."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(clusters, d)) * 6
    group = np.arange(per_cluster * clusters) % clusters
    return centers[group] + rng.normal(size=(len(group), d)), group


def same(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def assert_identical(left: Embedding, right: Embedding) -> None:
    assert left.labels == right.labels
    assert left.name == right.name
    for name in ("vectors", "support", "unknown", "target_mean", "target_interval"):
        assert same(getattr(left, name), getattr(right, name)), name


# What an embedding is


def test_attributes_have_the_promised_types_and_cannot_be_written_to() -> None:
    source = np.ones((2, 3))
    e = Embedding(("a", "b"), source, [4, 2], unknown=[0, 0, 1], target_mean=[1, np.nan], name="port")
    source[:] = 7
    assert e.labels == ["a", "b"]
    assert e.vectors.dtype == np.float32 and e.vectors.max() == 1
    assert e.support.dtype == np.int64 and e.unknown.dtype == np.float32 and e.target_mean.dtype == np.float64
    assert (len(e), e.dimension, e.name) == (2, 3, "port")
    with pytest.raises(ValueError, match="read-only"):
        e.vectors[0, 0] = 5
    with pytest.raises(AttributeError):
        e.name = "other"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["a", "a"]}, 'more than once: "a"'),
        ({"labels": ["a"]}, "1 categories and 2 vectors"),
        ({"labels": ["a", 5]}, 'Got "5", of type int'),
        ({"labels": ["a", None]}, "NoneType"),
        ({"labels": "ab"}, "list of texts"),
        ({"labels": ["a", "\ud800"]}, "half of a character"),
        ({"vectors": [[1, 2], [np.nan, 3]]}, "1 of 2 rows"),
        ({"vectors": [[1, 2], [1e39, 3]]}, "32-bit"),
        ({"vectors": [1, 2]}, r"shape is \(2,\)"),
        ({"vectors": np.empty((0, 2))}, "at least one row"),
        ({"vectors": np.empty((2, 0))}, "one column"),
        ({"vectors": [["x", "y"], ["z", "w"]]}, "must be numbers"),
        ({"support": [1]}, r"support must have the shape \(2,\)"),
        ({"support": [1, -1]}, "0 or more"),
        ({"support": [1, 1.5]}, "whole numbers"),
        ({"support": [1, np.nan]}, "support must be numbers"),
        ({"support": None}, "support must be given"),
        ({"unknown": [1, 2, 3]}, "unknown vector"),
        ({"unknown": [np.inf, 0]}, "unknown vector must hold finite"),
        ({"target_mean": [1, 2, 3]}, "target means"),
        ({"target_interval": [1, 2]}, "target intervals"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_a_reason(change: dict[str, Any], message: str) -> None:
    given = {"labels": ["a", "b"], "vectors": [[1, 2], [3, 4]], "support": [1, 1]} | change
    with pytest.raises(AtlasError, match=message):
        Embedding(**given)


def test_an_unknown_category_is_answered_with_similar_ones() -> None:
    e = embedding_of(np.eye(3), labels=["Los Angeles", "Las Vegas", "Boston"], name="city")
    assert e.index("Boston") == 2
    with pytest.raises(AtlasError, match=r'no category "Bostn" in "city"\. Did you mean "Boston"'):
        e.index("Bostn")
    with pytest.raises(AtlasError, match='Did you mean "Los Angeles"'):
        e.neighbors(" los angeles")
    with pytest.raises(AtlasError, match="The categories are"):
        e.distances("qqq")
    with pytest.raises(AtlasError):
        e.index(["Boston"])


def test_an_embedding_travels_to_another_process() -> None:
    e = embedding_of(np.eye(3), unknown=[1, 2, 3])
    back = pickle.loads(pickle.dumps(e))
    assert_identical(e, back)
    assert back.index("c002") == 2


def test_importing_the_package_is_light() -> None:
    """Heavy libraries are imported where they are used: the server starts without them."""
    light = {"numpy", "pandas", "pydantic", "embed_core", *sys.stdlib_module_names}
    modules = sorted(FOLDER.rglob("*.py"))
    assert len(modules) > 10
    for path in modules:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in light, (path.name, node.module)
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= light, path.name


# Neighbours


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_recover_planted_groups(metric: str) -> None:
    vectors, group = planted()
    e = embedding_of(vectors)
    for row in range(0, len(e), 7):
        found = e.neighbors(e.labels[row], k=10, metric=metric)
        assert [group[e.index(name)] for name in found["category"]] == [group[row]] * 10
        assert found["distance"].is_monotonic_increasing


def test_cosine_neighbours_do_not_depend_on_length_where_dot_products_would() -> None:
    vectors, _ = planted(seed=1)
    longer = vectors * np.random.default_rng(2).uniform(0.1, 50, size=(len(vectors), 1))
    before, after = embedding_of(vectors), embedding_of(longer)
    assert before.nearest(5, "cosine")[0].tolist() == after.nearest(5, "cosine")[0].tolist()
    by_dot = np.argsort(-(longer @ longer.T), axis=1)[:, :5]
    assert (by_dot != after.nearest(5, "cosine")[0]).mean() > 0.5


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_distances_are_those_of_scipy(metric: str) -> None:
    vectors = np.random.default_rng(3).normal(size=(30, 6)).astype(np.float32)
    e = embedding_of(vectors)
    expected = cdist(vectors.astype(float), vectors.astype(float), metric)
    found = np.stack([e.distances(label, metric) for label in e.labels])
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found.dtype == np.float64 and (np.diag(found) == 0).all()


def test_cosine_distance_tells_nearly_parallel_vectors_apart() -> None:
    e = embedding_of([[1, 0], [1, 1e-9], [1, 2e-9], [-1, 0]])
    away = e.distances("c000")
    assert 0 < away[1] < away[2] < 1e-15
    assert away[3] == 2


def test_a_zero_vector_is_at_cosine_distance_one_from_all_others() -> None:
    e = embedding_of([[0, 0], [0, 0], [1, 0], [-1, 0]])
    assert e.distances("c000").tolist() == [0, 1, 1, 1]
    assert e.distances("c002").tolist() == [1, 1, 0, 2]
    assert e.neighbors("c002", k=3)["category"].tolist() == ["c000", "c001", "c003"]


def test_ties_go_to_more_rows_then_to_the_name() -> None:
    e = embedding_of([[0], [1], [1], [-1], [1]], labels=["o", "d", "b", "c", "a"], support=[9, 1, 1, 5, 2])
    assert e.neighbors("o", k=4, metric="euclidean")["category"].tolist() == ["c", "a", "b", "d"]
    assert e.neighbors("o", k=2, metric="euclidean")["category"].tolist() == ["c", "a"]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_nearest_of_all_is_the_neighbours_of_each_even_with_ties(metric: str) -> None:
    rng = np.random.default_rng(4)
    e = embedding_of(rng.integers(-2, 3, size=(600, 3)), support=rng.integers(0, 4, size=600))
    nearest, distances = e.nearest(7, metric)
    assert nearest.shape == (600, 7) and nearest.dtype == np.int64
    for row in range(0, 600, 23):
        found = e.neighbors(e.labels[row], k=7, metric=metric)
        assert [e.labels[place] for place in nearest[row]] == found["category"].tolist()
        np.testing.assert_allclose(distances[row], found["distance"], atol=1e-12)


def test_k_is_capped_at_all_the_others() -> None:
    e = embedding_of(np.eye(3))
    assert len(e.neighbors("c000", k=99)) == 2
    assert e.nearest(99)[0].shape == (3, 2)


def test_a_single_category_has_no_neighbours() -> None:
    e = embedding_of([[1, 2]])
    found = e.neighbors("c000")
    assert found.columns.tolist() == ["category", "distance", "support"] and found.empty
    assert e.nearest(5)[0].shape == (1, 0)


@pytest.mark.parametrize("k", [0, -1, 1.5, True, None])
def test_impossible_numbers_of_neighbours_are_refused(k: Any) -> None:
    with pytest.raises(AtlasError, match="whole number from 1"):
        embedding_of(np.eye(3)).neighbors("c000", k=k)


def test_an_unknown_metric_is_answered_with_the_known_ones() -> None:
    for ask in (lambda e: e.neighbors("c000", metric="dot"), lambda e: e.nearest(1, "dot")):
        with pytest.raises(AtlasError, match=r'"dot"\. Choose one of: "cosine", "euclidean"'):
            ask(embedding_of(np.eye(3)))


def test_the_frame_has_a_row_per_category() -> None:
    frame = embedding_of([[1, 2], [3, 4]], support=[5, 6], labels=["nan", ""]).to_frame()
    assert frame.columns.tolist() == ["category", "support", "v0", "v1"]
    assert frame["category"].tolist() == ["nan", ""]
    assert frame["v1"].tolist() == [2, 4] and frame["v1"].dtype == np.float32


def test_project_is_the_projection_of_the_vectors() -> None:
    e = embedding_of(planted()[0])
    assert e.project("pca", n_components=3, seed=1).coordinates.shape == (100, 3)
    assert e.project("tsne", perplexity=5).quality["perplexity"] == 5


# On disk

finite32 = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def embeddings(draw: st.DrawFn) -> Embedding:
    labels = draw(st.lists(st.sampled_from(NASTY) | st.text(), unique=True, min_size=1, max_size=8))
    n, d = len(labels), draw(st.integers(1, 4))
    optional = [draw(st.booleans()) for _ in range(3)]
    return Embedding(
        labels,
        draw(hnp.arrays(np.float32, (n, d), elements=finite32)),
        draw(hnp.arrays(np.int64, n, elements=st.integers(0, 2**53))),
        unknown=draw(hnp.arrays(np.float32, d, elements=finite32)) if optional[0] else None,
        target_mean=draw(hnp.arrays(np.float64, n, elements=st.floats())) if optional[1] else None,
        target_interval=draw(hnp.arrays(np.float64, (n, 2), elements=st.floats())) if optional[2] else None,
        name=draw(st.sampled_from(NASTY) | st.text()),
    )


@settings(max_examples=30, deadline=None)
@given(embeddings())
@example(embedding_of(np.zeros((len(NASTY), 2)), labels=NASTY, name="<script>"))
def test_what_was_saved_is_loaded_number_for_number(e: Embedding) -> None:
    with tempfile.TemporaryDirectory() as folder:
        e.save(folder)
        assert_identical(Embedding.load(folder), e)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    e = embedding_of(np.eye(3), unknown=[1, 2, 3], target_mean=[1, 2, 3], name="city")
    assert e.save(str(tmp_path / "deep" / "run")) == tmp_path / "deep" / "run"
    return tmp_path / "deep" / "run"


def test_a_folder_holds_two_files_that_other_tools_read(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == ["embedding.json", "embedding.parquet"]
    frame = pd.read_parquet(saved / "embedding.parquet")
    assert frame.columns.tolist() == ["category", "support", "v0", "v1", "v2", "target_mean"]
    assert '"version": 1' in (saved / "embedding.json").read_text()


def test_a_table_that_another_tool_wrote_again_still_loads(saved: Path) -> None:
    frame = pd.read_parquet(saved / "embedding.parquet")
    frame.assign(remark="mine").to_parquet(saved / "embedding.parquet")
    assert Embedding.load(saved).labels == ["c000", "c001", "c002"]


@pytest.mark.parametrize("name", ["embedding.json", "embedding.parquet"])
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "noise", "folder"])
def test_a_damaged_folder_is_refused_with_a_sentence(saved: Path, name: str, damage: str) -> None:
    path = saved / name
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "noise": b"\x80\0PAR1"}[damage])
    with pytest.raises(AtlasError, match="embedding"):
        Embedding.load(saved)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": 1', '"version": 2'),
        ('"categories": 3', '"categories": 4'),
        ('"dimension": 3', '"dimension": 4'),
        ("category-atlas-embedding", "something-else"),
        ("1.0,", "NaN,"),
        ("1.0,", "1e39,"),
        ("1.0,", ""),
    ],
)
def test_a_changed_sheet_is_refused(saved: Path, old: str, new: str) -> None:
    sheet = saved / "embedding.json"
    text = sheet.read_text()
    assert old in text
    sheet.write_text(text.replace(old, new, 1))
    with pytest.raises(AtlasError, match="cannot be read"):
        Embedding.load(saved)


def test_files_of_two_embeddings_are_not_taken_for_one(saved: Path, tmp_path: Path) -> None:
    embedding_of(2 * np.eye(3)).save(tmp_path / "other")
    (tmp_path / "other" / "embedding.parquet").replace(saved / "embedding.parquet")
    with pytest.raises(AtlasError, match="two different embeddings"):
        Embedding.load(saved)


def test_a_save_that_fails_leaves_the_old_files_and_nothing_else(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AtlasError, match="No space left"):
        embedding_of(5 * np.eye(3)).save(saved)
    assert Embedding.load(saved).vectors.max() == 1
    assert len(list(saved.iterdir())) == 2


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AtlasError, match="cannot be written"):
        embedding_of(np.eye(2)).save(tmp_path / "file")
    with pytest.raises(AtlasError, match=r"embedding.json is missing"):
        Embedding.load(tmp_path / "nowhere")


# As a collection


def test_an_embedding_is_a_collection_of_its_categories() -> None:
    e = embedding_of(np.eye(3), labels=["LAX", "3", ""])
    assert "LAX" in e and "" in e and "lax" not in e and 3 not in e
    assert list(e) == ["LAX", "3", ""] and dict(e.positions) == {"LAX": 0, "3": 1, "": 2}
    np.testing.assert_array_equal(e["3"], [0, 1, 0])
    with pytest.raises(ValueError, match="read-only"):
        e["LAX"][0] = 9
    with pytest.raises(TypeError):
        e.positions["new"] = 4  # type: ignore[index]


@pytest.mark.parametrize(
    "ask", [Embedding.index, Embedding.neighbors, Embedding.distances, Embedding.__getitem__]
)
def test_a_number_where_categories_are_texts_is_said_to_be_one(
    ask: Callable[[Embedding, object], object],
) -> None:
    e = embedding_of(np.eye(3), labels=["1", "2", "3"])
    with pytest.raises(AtlasError, match=r'are texts; got 3, of type int\. Give it as a text: "3"\.'):
        ask(e, 3)
    with pytest.raises(AtlasError, match=r'are texts; got 3\.0, of type float\. The categories are: "1"'):
        ask(e, 3.0)
    with pytest.raises(AtlasError, match=r"are texts; got None, of type NoneType\."):
        ask(e, None)


def test_clusters_dendrogram_and_similarity_are_those_of_the_functions() -> None:
    vectors, _ = planted()
    e = embedding_of(vectors)
    for options in ({"n_clusters": 4}, {"method": "hdbscan", "min_cluster_size": 3}, {"metric": "euclidean"}):
        found, expected = e.clusters(**options), cluster(e.vectors, **options)
        np.testing.assert_array_equal(found.labels, expected.labels)
        assert (found.method, found.metric) == (expected.method, expected.metric)
    for metric in ("cosine", "euclidean"):
        np.testing.assert_array_equal(e.dendrogram(metric).links, dendrogram(e.vectors, metric=metric).links)
        np.testing.assert_array_equal(
            e.similarity(metric).values, similarity(e.vectors, metric=metric).values
        )
