"""Every encoder takes what it has not seen, and gives the model as much weight as any other."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from embed_core.comparing.encoders.registry import ENCODERS, EncoderSettings
from embed_core.comparing.encoders.transformers import ComponentsOfOneHot, EqualWeight, HashedTexts
from embed_core.estimator.embedder import CategoryEmbedder
from tests.comparing.tables import streets

OTHERS = ["drop", "ordinal", "one_hot", "one_hot_pca", "hashing", "target"]


def dense(columns: Any) -> Any:
    return columns.toarray() if sparse.issparse(columns) else np.asarray(columns)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    frame = streets(600)[["street", "size"]].astype(object)
    frame.loc[::9, "street"] = None
    return frame


@pytest.mark.parametrize("name", ENCODERS)
def test_unseen_and_missing_categories_are_encoded(rows: pd.DataFrame, name: str) -> None:
    target = (streets(600)["late"] == "yes").to_numpy(int)
    encoder = ENCODERS[name]
    transformer = encoder.build(["street"], EncoderSettings("binary", 3, epochs=5, min_frequency=2))
    seen = rows if encoder.sees == "all" else rows[["street"]]
    made = transformer.fit_transform(seen, target)
    later = pd.DataFrame({"street": ["never", "ever", None, "street 1"], "size": "S"}, dtype=object)
    found = dense(transformer.transform(later[seen.columns]))
    assert found.shape == (4, made.shape[1]) and np.isfinite(found).all()
    if name not in ("drop", "hashing"):
        np.testing.assert_array_equal(found[0], found[1])  # two strangers are alike
        assert np.abs(found[0] - found[2]).max() > 1e-6  # and no missing value
    if name != "drop":
        assert np.abs(found[2] - found[3]).max() > 1e-6


@pytest.mark.parametrize("objective", ["target", "entity", "context"])
def test_embeddings_are_learned_as_the_transformer_learns_them(objective: str) -> None:
    made = ENCODERS[f"embedding_{objective}"].build(["street"], EncoderSettings("binary", 8))[0]
    given = {"columns", "objective", "target_kind", "keep_going"}
    usual = CategoryEmbedder().get_params().items()
    assert {name: made.get_params()[name] for name, _ in usual if name not in given} == {
        name: value for name, value in usual if name not in given
    }


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "drop"])
def test_every_encoding_has_the_same_total_variance(rows: pd.DataFrame, name: str) -> None:
    target = (streets(600)["late"] == "yes").to_numpy(int)
    for columns in (["street"], ["street", "size"]):
        built = ENCODERS[name].build(columns, EncoderSettings("binary", 3))
        made = dense(built.fit_transform(rows[columns], target))
        assert made.var(axis=0).sum() == pytest.approx(len(columns), rel=1e-3)


def test_the_width_of_one_hot_components_is_that_of_the_embedding_if_there_are_as_many() -> None:
    letters = pd.DataFrame({"letter": list("abcd") * 5})
    assert ComponentsOfOneHot(2).fit_transform(letters).shape[1] == 2
    assert ComponentsOfOneHot(9).fit_transform(letters).shape[1] == 4
    rng = np.random.default_rng(0)
    many = pd.DataFrame({"name": rng.integers(0, 1_500, 4_000).astype(str)})
    made = ComponentsOfOneHot(3).fit(many)
    assert made.transform(many).shape == (4_000, 3)


def test_hashes_tell_columns_and_missing_values_apart() -> None:
    rows = pd.DataFrame({"from": ["a", "b", None], "to": ["b", "a", None]}, dtype=object)
    made = HashedTexts(64).fit_transform(rows).toarray()
    assert len(np.unique(made, axis=0)) == 3


def test_equal_weight_keeps_proportions_and_sparse_columns() -> None:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(200, 3)) * [1.0, 5.0, 0.1] + 7.0
    made = EqualWeight(2).fit_transform(columns)
    assert made.var(axis=0).sum() == pytest.approx(2, rel=1e-5)
    np.testing.assert_allclose(
        made.std(axis=0) / made.std(axis=0)[0], columns.std(axis=0) / columns.std(axis=0)[0], rtol=1e-4
    )
    np.testing.assert_allclose(made.mean(axis=0), 0, atol=1e-5)
    thin = EqualWeight().fit_transform(sparse.csr_matrix(np.eye(4)))
    assert sparse.issparse(thin) and thin.toarray().var(axis=0).sum() == pytest.approx(1)
    assert (EqualWeight().fit_transform(np.ones((4, 1))) == 0).all()
