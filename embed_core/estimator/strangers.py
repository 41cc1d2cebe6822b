"""What becomes of values that were not there in fit."""

import re
import warnings
from typing import Any

import numpy as np

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.estimator.lookup import Lookup
from embed_core.estimator.names import NamesToVectors
from embed_core.estimator.values import Rows, Values
from embed_core.space.embedding import Embedding
from embed_core.types import Vocabulary

HANDLINGS = ("vector", "mean", "nan", "nearest_name", "error")
_RARE, _MISSING = re.compile(r"\(+rare\)+"), re.compile(r"\(+missing\)+")
# A served model asks for a row at a time, and one stranger is no sign that all are.
_FEWEST_TO_WARN = 10


def check_handling(handle_unknown: Any) -> None:
    """Refuse what is no way to handle strangers.

    Raises:
        AtlasError: it is none of `HANDLINGS`.
    """
    if handle_unknown not in HANDLINGS:
        raise AtlasError(
            f'The setting "handle_unknown" must be one of {listed(HANDLINGS)}; got {quoted(handle_unknown)}. '
            f"{did_you_mean(handle_unknown, HANDLINGS) or 'Choose one.'}"
        )


def lookup_of(
    embedding: Embedding, vocabulary: Vocabulary | None, seen: Values, handle_unknown: str
) -> Lookup:
    """Return a lookup that handles strangers so: one that refuses them takes their vector here.

    Args:
        embedding: with an *(unknown)* vector.
        vocabulary: of the embedding; None where nothing was learned.
        seen: the values that were learned from.
        handle_unknown: one of `HANDLINGS`.
    """
    assert embedding.unknown is not None, "trained without an (unknown) row"
    unknown, names = embedding.unknown, None
    if handle_unknown == "mean":
        unknown = np.average(embedding.vectors, axis=0, weights=embedding.support).astype(np.float32)
    elif handle_unknown == "nan":
        unknown = np.full_like(unknown, np.nan)
    elif handle_unknown == "nearest_name" and vocabulary is not None:
        names = NamesToVectors(vocabulary.named, embedding.vectors[: len(vocabulary.named)])
    return Lookup(embedding, vocabulary, seen, unknown=unknown, names=names)


def known_lookup(column: str, embedding: Embedding) -> Lookup:
    """Return a lookup of vectors without their table: the names of *(rare)* and *(missing)* tell them apart.

    Raises:
        AtlasError: it has no *(unknown)* vector.
    """
    if embedding.unknown is None:
        by_distances = embedding.undetermined is not None
        raise AtlasError(
            f"The embedding of {quoted(column)} has no (unknown) vector for categories that it does not know. "
            + (
                "One that is not known has no place among distances: choose another objective."
                if by_distances
                else "Train with category_dropout above 0."
            )
        )
    labels = embedding.labels
    missing = len(labels) - 1 if _MISSING.fullmatch(labels[-1]) else None
    last = len(labels) - 1 - (missing is not None)
    rare = last if last >= 0 and _RARE.fullmatch(labels[last]) else None
    vocabulary = Vocabulary(column, tuple(labels), embedding.support, rare, missing)
    named = list(vocabulary.named)
    seen = Values(np.arange(len(named)), named, named)
    return Lookup(
        embedding, vocabulary, seen, unknown=embedding.unknown if rare is None else embedding.vectors[rare]
    )


def warn_of_strangers(column: Any, values: Values, strangers: Rows) -> None:
    """Warn when most rows hold values that were not there in fit.

    Args:
        column: its name.
        values: what it holds.
        strangers: the codes of those that were not there, see `Lookup.strangers`.
    """
    if not len(strangers) or len(values) < _FEWEST_TO_WARN:
        return
    rows = _rows(values, strangers)
    if rows > len(values) / 2:
        warnings.warn(
            f"{_sentence(column, values, strangers, rows)} Look whether they are written as they were in fit.",
            UserWarning,
            stacklevel=3,
        )


def refuse_strangers(column: Any, values: Values, strangers: Rows) -> None:
    """Refuse values that were not there in fit; the arguments are those of `warn_of_strangers`.

    Raises:
        AtlasError: a row holds one.
    """
    if len(strangers) and (rows := _rows(values, strangers)):
        raise AtlasError(
            f"{_sentence(column, values, strangers, rows)} Leave these rows out, or choose another handle_unknown."
        )


def _rows(values: Values, strangers: Rows) -> int:
    return int(np.isin(values.codes, strangers).sum())


def _sentence(column: Any, values: Values, strangers: Rows, rows: int) -> str:
    texts = listed((values.texts[code] if code >= 0 else "(missing)" for code in strangers), limit=5)
    return f"{rows:,} of {len(values):,} rows have a value of {quoted(column)} that was not there in fit: {texts}."
