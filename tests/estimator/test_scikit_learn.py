"""scikit-learn's own checks of an estimator, and the files that keep a fitted one."""

import io
import pickle
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.utils.estimator_checks import parametrize_with_checks

import embed_core as ec

_OUT_OF_FOLD = "fit_transform gives vectors that have not seen their y, as TargetEncoder's does"
EXPECTED = {
    "check_transformer_general": _OUT_OF_FOLD,
    "check_transformer_data_not_an_array": _OUT_OF_FOLD,
}


@parametrize_with_checks(
    [ec.CategoryEmbedder(dimension=2, epochs=2, cv=2)], expected_failed_checks=lambda estimator: EXPECTED
)
@pytest.mark.filterwarnings("ignore:.*was not there in fit:UserWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learn_finds_what_it_asks_for(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def given() -> ec.CategoryEmbedder:
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    city = ec.Embedding(
        ["Boston", "Oslo", "(rare)", "(missing)"], vectors, [4, 3, 2, 1], unknown=-vectors[1], name="city"
    )
    size = ec.Embedding(["1", "2"], vectors[:2, :1], [2, 2], unknown=np.array([9.0]), name="size")
    return ec.CategoryEmbedder.of({"city": city, "size": size})


LATER = pd.DataFrame({"city": ["Oslo", None, "Bonn"], "size": [1.0, 2.0, 7.0]})
WANTED = [[3, 4, 5, 0], [9, 10, 11, 3], [6, 7, 8, 9]]


def test_vectors_that_there_are_become_a_fitted_transformer(given: ec.CategoryEmbedder) -> None:
    assert given.transform(LATER).tolist() == WANTED
    assert given.inverse_transform(given.transform(LATER)).tolist() == [
        ["Oslo", "1"],
        [None, "2"],
        ["(rare)", None],
    ]
    with pytest.raises(ec.AtlasError, match=r"no \(unknown\) vector"):
        ec.CategoryEmbedder.of({"a": ec.Embedding(["a"], [[1]], [1])})
    with pytest.raises(ec.AtlasError, match="no place among distances: choose another objective"):
        ec.CategoryEmbedder.of({"a": ec.Embedding(["a"], [[1]], [1], undetermined={})})


@pytest.mark.parametrize("embeddings", [{}, [], [ec.Embedding(["a"], [[1]], [1])]])
def test_embeddings_are_given_by_their_column(embeddings: Any) -> None:
    with pytest.raises(ec.AtlasError, match="given by the column whose categories they hold"):
        ec.CategoryEmbedder.of(embeddings)


def test_a_fitted_one_holds_python_and_numpy_alone(given: ec.CategoryEmbedder) -> None:
    class Strict(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            assert module.split(".")[0] in {"embed_core", "numpy", "builtins", "copyreg"}, module
            return super().find_class(module, name)

    assert Strict(io.BytesIO(pickle.dumps(given))).load().transform(LATER).tolist() == WANTED


def test_it_is_read_back_by_joblib_and_skops(given: ec.CategoryEmbedder, tmp_path: Path) -> None:
    joblib.dump(given, tmp_path / "fitted.joblib")
    assert joblib.load(tmp_path / "fitted.joblib").transform(LATER).tolist() == WANTED
    path = ec.export(given.embeddings_["city"], "transformer", tmp_path / "fitted.skops")
    trusted = skops.io.get_untrusted_types(file=path)
    assert all(name.startswith("embed_core.") for name in trusted)
    opened = skops.io.load(path, trusted=trusted)
    assert opened.transform(LATER[["city"]]).tolist() == [row[:3] for row in WANTED]
