"""Vectors of category texts, those that were never seen included."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.space.embedding import Embedding
from embed_core.types import Floats, Vocabulary


class Lookup:
    """Finds the vector of any text: of its category, of *(rare)*, *(missing)* or *(unknown)*.

    Args:
        embedding: with an *(unknown)* vector.
        vocabulary: of the embedding.
        seen: the texts that were learned from: those that are no category of their own were pooled into *(rare)*.

    >>> e = Embedding(["a", "b"], [[1], [2]], [5, 4], unknown=np.array([9.0]))
    >>> lookup = Lookup(e, Vocabulary("letter", ("a", "b"), e.support), ["a", "b"])
    >>> lookup.vectors(pd.Series(["b", "c", None], dtype=object)).tolist()
    [[2.0], [9.0], [9.0]]
    """

    def __init__(self, embedding: Embedding, vocabulary: Vocabulary, seen: Iterable[str | None]) -> None:
        assert embedding.unknown is not None, "trained without an (unknown) row"
        rows = {label: row for row, label in enumerate(vocabulary.named)}
        if vocabulary.rare is not None:
            rows |= {text: vocabulary.rare for text in seen if text is not None and text not in rows}
        self._rows = pd.Series(rows, dtype=np.int64)
        self._table = np.vstack([embedding.vectors, embedding.unknown]).astype(np.float32)
        self._missing = len(embedding) if vocabulary.missing is None else vocabulary.missing

    def vectors(self, texts: "pd.Series[str]") -> Floats:
        """Return the vector of each text, float32 (rows, dimension); None stands for a missing value."""
        found: npt.NDArray[np.intp] = self._rows.index.get_indexer(pd.Index(texts, dtype=object))
        rows = np.append(self._rows.to_numpy(), len(self._table) - 1)[found]  # what is not found is at -1
        return self._table[np.where(texts.isna(), self._missing, rows)]


class Strangers:
    """Gives every text the vector of *(unknown)*.

    Args:
        embedding: with an *(unknown)* vector.

    >>> Strangers(Embedding(["a"], [[1]], [5], unknown=np.array([9.0]))).vectors(pd.Series(["a"])).tolist()
    [[9.0]]
    """

    def __init__(self, embedding: Embedding) -> None:
        assert embedding.unknown is not None, "trained without an (unknown) row"
        self._unknown = embedding.unknown

    def vectors(self, texts: "pd.Series[str]") -> Floats:
        """Return the vector of each text, float32 (rows, dimension)."""
        return np.tile(self._unknown, (len(texts), 1))
