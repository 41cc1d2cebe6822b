"""Transformers that scikit-learn does not have: no columns, few components, hashed texts, equal weight."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin

# From here on the covariance of the one-hot columns is not made.
_MOST_DENSE = 1_000


class Dropped(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Makes no column of whatever it gets.

    >>> Dropped().fit_transform(np.ones((3, 2))).shape
    (3, 0)
    """

    def fit(self, X: Any, y: Any = None) -> "Dropped":
        """Learn nothing."""
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float32]:
        """Return an array of as many rows and no columns."""
        return np.zeros((len(X), 0), np.float32)

    def __sklearn_is_fitted__(self) -> bool:
        return True


class ComponentsOfOneHot(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The principal components of the one-hot columns.

    Args:
        width: how many; fewer when there are fewer one-hot columns.
        min_frequency: categories with fewer rows are pooled (default 1: none are).
        random_state: of the solver for more than 1,000 one-hot columns.

    >>> X = np.array([["a"], ["b"], ["c"], ["a"]], dtype=object)
    >>> ComponentsOfOneHot(8).fit_transform(X).shape
    (4, 3)
    """

    def __init__(self, width: int, *, min_frequency: int = 1, random_state: Any = 0) -> None:
        self.width = width
        self.min_frequency = min_frequency
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> "ComponentsOfOneHot":
        """Find the components."""
        from sklearn.decomposition import PCA
        from sklearn.preprocessing import OneHotEncoder

        self.encoder_ = OneHotEncoder(
            handle_unknown="infrequent_if_exist", min_frequency=self.min_frequency, dtype=np.float64
        )
        columns = self.encoder_.fit_transform(X)
        most = min(columns.shape)
        solver = "covariance_eigh" if columns.shape[1] <= _MOST_DENSE or self.width >= most else "arpack"
        self.components_ = PCA(min(self.width, most), svd_solver=solver, random_state=self.random_state)
        self.components_.fit(columns)
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the components, float64 (rows, width)."""
        return self.components_.transform(self.encoder_.transform(X))


class HashedTexts(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Hashes texts, with the name of their column, into a fixed number of columns.

    Source: K. Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009.

    Args:
        width: how many columns.

    >>> import pandas as pd
    >>> HashedTexts(8).fit_transform(pd.DataFrame({"size": ["S", None]})).toarray().any(axis=1).tolist()
    [True, True]
    """

    def __init__(self, width: int) -> None:
        self.width = width

    def fit(self, X: Any, y: Any = None) -> "HashedTexts":
        """Learn nothing."""
        return self

    def transform(self, X: Any) -> Any:
        """Return a sparse matrix of 1 and -1, (rows, width)."""
        from sklearn.feature_extraction import FeatureHasher

        names = [str(name) for name in X.columns]
        rows = X.itertuples(index=False, name=None)
        # A missing value is the name alone, which no text can be mistaken for.
        texts = (
            [name if text is None else f"{name}={text}" for name, text in zip(names, row, strict=True)]
            for row in rows
        )
        return FeatureHasher(self.width, input_type="string").transform(texts)

    def __sklearn_is_fitted__(self) -> bool:
        return True


class EqualWeight(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Scales all columns alike, so that their variances sum to a number given.

    Distances within the block keep their proportions, which scaling each column by itself would not leave.

    Args:
        total: the sum of the variances (default 1). Dense columns are centred too.

    >>> corners = np.array([[0.0, 0.0], [0.0, 6.0], [8.0, 0.0], [8.0, 6.0]])
    >>> EqualWeight().fit_transform(corners).var(axis=0).round(2)
    array([0.64, 0.36], dtype=float32)
    """

    def __init__(self, total: float = 1.0) -> None:
        self.total = total

    def fit(self, X: Any, y: Any = None) -> "EqualWeight":
        """Measure the variances."""
        from scipy import sparse
        from sklearn.utils.sparsefuncs import mean_variance_axis

        if sparse.issparse(X):
            mean, variance = mean_variance_axis(X.tocsr().astype(np.float64), axis=0)
            self.mean_ = np.zeros_like(mean)
        else:
            self.mean_ = np.mean(X, axis=0, dtype=np.float64)
            variance = np.var(X, axis=0, dtype=np.float64)
        self.scale_ = float(np.sqrt(variance.sum() / self.total)) or 1.0
        return self

    def transform(self, X: Any) -> Any:
        """Return the columns scaled, float32; sparse ones stay sparse."""
        from scipy import sparse

        if sparse.issparse(X):
            return (X.tocsr() / self.scale_).astype(np.float32)
        return ((np.asarray(X, np.float64) - self.mean_) / self.scale_).astype(np.float32)
