"""Vectors for rows whose own target they have not seen: the parts of the rows, and columns that say nothing."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.progress import KeepGoing
from embed_core.space.embedding import Embedding
from embed_core.space.labels import Lookup, Strangers
from embed_core.space.projections.aligning import laid_over
from embed_core.tables.counting.target import MOST_CLASSES
from embed_core.tables.counting.vocabulary import count_vocabulary
from embed_core.tables.table import Table
from embed_core.training.fit import embeddings_of, fit
from embed_core.training.padding import padded
from embed_core.training.prepare import prepare, settled
from embed_core.types import Floats, Vocabulary

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Learned:
    """What the parts of the rows need beside what was learned from all of them.

    Attributes:
        frame: all columns, those that are embedded as texts, and the target.
        texts: of the columns that are embedded.
        names: of those.
        target: the column of what is predicted; None where nothing is.
        configs: the settings of each training, with the prior that was chosen.
    """

    frame: pd.DataFrame
    texts: pd.DataFrame
    names: list[str]
    target: str | None
    configs: dict[str, TrainingConfig]

    def vectors(self, lookups: Sequence[Lookup | Strangers], texts: pd.DataFrame) -> Floats:
        """Return the vectors of the texts of all columns side by side."""
        parts = [lookup.vectors(texts[name]) for name, lookup in zip(self.names, lookups, strict=True)]
        return np.concatenate(parts, axis=1)


def trained(
    table: Table, config: TrainingConfig, *, keep_going: KeepGoing | None
) -> tuple[dict[str, tuple[Embedding, Vocabulary]], tuple[str, ...], TrainingConfig]:
    """Return what a training learns of each column, its notes, and its settings with the prior that was chosen."""
    data = prepare(table, config)
    config = settled(config, data)
    fitted = fit(padded(data, config.dimension), config, keep_going=keep_going or (lambda: True))
    vectors = {
        name: fitted.vectors[name][: len(vocabulary)] for name, vocabulary in data.vocabularies.items()
    }
    embeddings = embeddings_of(data, config, dataclasses.replace(fitted, vectors=vectors))
    found = {name: (e, data.vocabularies[name]) for name, e in embeddings.items()}
    return found, data.notes, config.with_prior(fitted.prior_strength)


def in_frame_of(reference: Embedding, e: Embedding, vocabulary: Vocabulary) -> tuple[Embedding, Vocabulary]:
    """Return an embedding that was learned from a part of the rows, turned onto that of all of them."""
    vectors, unknown = laid_over(reference, e)
    return dataclasses.replace(e, vectors=vectors, unknown=unknown), vocabulary


def useless_columns(table: Table, names: Sequence[str], min_frequency: int) -> dict[str, str]:
    """Return the sentences on the columns that cannot be learned from."""
    found = {}
    for name in names:
        try:
            count_vocabulary(table, (name,), min_frequency=min_frequency)
        except AtlasError as problem:
            found[name] = str(problem)
    return found


def zeros(table: Table, name: str, dimension: int) -> tuple[Embedding, Vocabulary]:
    """Return an embedding of zeros, for a column that cannot be learned from."""
    vocabulary = count_vocabulary(table, (name,), embedded=False)
    none = np.zeros((len(vocabulary), dimension), np.float32)
    e = Embedding(list(vocabulary.labels), none, vocabulary.support, unknown=none[0], name=name)
    return e, vocabulary


def folds(target: "pd.Series[Any]", parts: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield the rows to learn from and those left out, classes in equal shares where they have enough rows."""
    from sklearn.model_selection import KFold, StratifiedKFold  # here: a second or two to import

    codes = pd.factorize(target)[0]
    settings: dict[str, Any] = {"n_splits": parts, "shuffle": True, "random_state": seed}
    if (codes >= 0).all() and codes.max() < MOST_CLASSES and np.bincount(codes).min() >= parts:
        yield from StratifiedKFold(**settings).split(codes, codes)
    else:
        yield from KFold(**settings).split(codes)
