"""Vectors of the values of a column, those that were never seen included."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import pairwise_distances_argmin

from embed_core.estimator.names import NamesToVectors
from embed_core.estimator.values import Rows, Values, key_of
from embed_core.space.embedding import Embedding
from embed_core.types import Floats, Vocabulary


class Lookup:
    """Finds the vector of any value: of its category, of *(rare)*, *(missing)* or *(unknown)*.

    All that it keeps is plain Python and NumPy.

    Args:
        embedding: with an *(unknown)* vector.
        vocabulary: of the embedding; None where nothing was learned: then all values are strangers.
        seen: the values that were learned from: those that are no category of their own were pooled into *(rare)*.
        unknown: what strangers get, float32 (d,).
        names: tells the vectors of strangers from their texts; None gives them ``unknown``.

    >>> e = Embedding(["a", "b"], [[1], [2]], [5, 4], unknown=np.array([9.0]))
    >>> seen = Values(np.array([0, 1]), ["a", "b"], ["a", "b"])
    >>> lookup = Lookup(e, Vocabulary("letter", ("a", "b"), e.support), seen, unknown=e.unknown)
    >>> later = Values(np.array([1, 0, -1]), ["c", "b"], ["c", "b"])
    >>> lookup.vectors(later).tolist(), lookup.strangers(later).tolist()
    ([[2.0], [9.0], [9.0]], [0, -1])
    """

    def __init__(
        self,
        embedding: Embedding,
        vocabulary: Vocabulary | None,
        seen: Values,
        *,
        unknown: Floats,
        names: NamesToVectors | None = None,
    ) -> None:
        self._table = np.vstack([embedding.vectors, unknown]).astype(np.float32)
        self._unknown = self._missing = len(embedding)
        self._names = names
        self._rows: dict[str, int] = {}
        self._keys: dict[Any, int] = {}
        self._is_text = True
        if vocabulary is None:
            return
        self._rows = {label: row for row, label in enumerate(vocabulary.named)}
        if vocabulary.missing is not None:
            self._missing = vocabulary.missing
        for place in seen.used:
            value, text = seen.distinct[place], seen.texts[place]
            if vocabulary.rare is not None:
                self._rows.setdefault(text, vocabulary.rare)
            self._is_text &= isinstance(value, str)
            key, row = key_of(value, text), self._rows.get(text)
            if key is not None and row is not None:
                self._keys.setdefault(key, row)

    def vectors(self, values: Values) -> Floats:
        """Return the vector of each row, float32 (rows, dimension)."""
        found = self._found(values)
        table = np.vstack([self._table[found], self._table[self._missing]])  # what is missing has the code -1
        if self._names is not None:
            strange = np.flatnonzero(found == self._unknown)
            table[strange] = self._names.vectors([values.texts[place] for place in strange])
        return np.take(table, values.codes, axis=0, mode="wrap")

    def strangers(self, values: Values) -> Rows:
        """Return the codes of the values that have no category, -1 for the missing one where none was missing."""
        found = np.append(self._found(values), self._missing)
        strange = np.flatnonzero(found == self._unknown)
        return np.where(strange == len(values.distinct), -1, strange)

    def categories(self, vectors: Floats, labels: Sequence[str]) -> npt.NDArray[np.object_]:
        """Return the nearest label of each vector, object (rows,): None of what is missing, unknown or not a number."""
        found = np.full(len(vectors), self._unknown)
        there = np.isfinite(vectors).all(axis=1)
        candidates = self._table[np.isfinite(self._table).all(axis=1)]
        if there.any():
            found[there] = pairwise_distances_argmin(vectors[there], candidates)
        texts = np.array([*labels, None], dtype=object)
        texts[self._missing] = None
        return texts[found]

    def _found(self, values: Values) -> Rows:
        rows = [self._row(value, text) for value, text in zip(values.distinct, values.texts, strict=True)]
        return np.array(rows, dtype=np.intp)

    def _row(self, value: Any, text: str) -> int:
        row = self._rows.get(text)
        # A text among texts is what it is: "1.0" is not "1".
        if row is None and not (self._is_text and isinstance(value, str)):
            key = key_of(value, text)
            row = None if key is None else self._keys.get(key)
        return self._unknown if row is None else row
