"""Vectors of names that were never seen, from the letters that they share with those that were."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import Ridge

from embed_core.types import Floats

_FEATURES = 2**13
_LETTERS = (2, 4)
# Of 0.01 to 10 the one with which most misspelt names lay nearest to their own.
_PENALTY = 0.01


class NamesToVectors:
    """A ridge regression of the vectors on the two to four letters in a row that the names are made of.

    "Bostn" shares most of them with "Boston", and lands near it. A name like no other gets the mean.

    Args:
        names: of which it learns.
        vectors: of these, float32 (names, dimension).

    >>> vectors = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)
    >>> NamesToVectors(["Boston", "Denver", "Miami"], vectors).vectors(["Bostn"]).astype(float).round(1).tolist()
    [[0.6, 0.1]]
    """

    def __init__(self, names: Sequence[str], vectors: Floats) -> None:
        if not len(names):
            self._coefficients = np.zeros((_FEATURES, vectors.shape[1]), np.float32)
            self._start = np.zeros(vectors.shape[1], np.float32)
            return
        model = Ridge(alpha=_PENALTY, solver="lsqr")
        model.fit(_letters(names), vectors.astype(np.float64))
        self._coefficients = np.atleast_2d(model.coef_).T.astype(np.float32)
        self._start = np.atleast_1d(model.intercept_).astype(np.float32)

    def vectors(self, names: Sequence[str]) -> Floats:
        """Return the vector of each name, float32 (names, dimension)."""
        if not names:
            return np.empty((0, len(self._start)), np.float32)
        found: Floats = _letters(names) @ self._coefficients + self._start
        return found.astype(np.float32)


def _letters(names: Sequence[str]) -> Any:
    """Return how often each name holds each run of letters, hashed, (names, _FEATURES), each of length 1."""
    # It is not fitted: the same letters are the same columns for ever.
    hashing = HashingVectorizer(
        analyzer="char_wb", ngram_range=_LETTERS, n_features=_FEATURES, strip_accents="unicode"
    )
    return hashing.transform(names)
