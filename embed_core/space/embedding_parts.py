"""What an embedding is made of, and the rules that it keeps."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, listed, quoted
from embed_core.space.neighbors.distances import as_matrix, check_metric
from embed_core.space.undetermined import Undetermined
from embed_core.types import Counts, Floats


class EmbeddingParts(NamedTuple):
    """The arguments of an `Embedding`, in its order."""

    labels: list[str]
    vectors: Floats
    support: Counts
    unknown: Floats | None = None
    target_mean: npt.NDArray[np.float64] | None = None
    target_interval: npt.NDArray[np.float64] | None = None
    name: str = ""
    metric: str = "cosine"
    undetermined: Undetermined | None = None


def check(parts: EmbeddingParts) -> EmbeddingParts:
    """Return copies that cannot be written to, of the types that an `Embedding` promises.

    Raises:
        AtlasError: when the shapes disagree, a number is not finite, or a label is repeated or not text.
    """
    labels = _texts(parts.labels)
    n, d = as_matrix(parts.vectors).shape
    vectors = _shaped(parts.vectors, np.float32, (n, d), "vectors")
    if len(set(labels)) < len(labels):
        twice = [label for label, times in Counter(labels).items() if times > 1]
        raise AtlasError(f"Categories must be unique; given more than once: {listed(twice)}.")
    support = _shaped(parts.support, np.int64, (n,), "support")
    unknown = _shaped(parts.unknown, np.float32, (d,), "unknown vector")
    target_mean = _shaped(parts.target_mean, np.float64, (n,), "target means")
    target_interval = _shaped(parts.target_interval, np.float64, (n, 2), "target intervals")
    if len(labels) != n:
        raise AtlasError(
            f"There must be one vector per category; got {len(labels)} categories and {n} vectors."
        )
    if support is None or (support < 0).any():
        raise AtlasError("The support must be given: the rows seen per category, 0 or more.")
    for what, values in (("vectors", vectors), ("unknown vector", unknown)):
        if values is not None and not np.isfinite(values).all():
            raise AtlasError(f"The {what} must hold finite 32-bit numbers; got NaN, infinity or beyond 3e38.")
    return EmbeddingParts(
        labels,
        vectors,
        support,
        unknown,
        target_mean,
        target_interval,
        parts.name,
        check_metric(parts.metric),
        _known_partners(parts.undetermined, labels),
    )


def _known_partners(undetermined: Undetermined | None, labels: Sequence[str]) -> Undetermined | None:
    """Check that those whose place is not determined, and their partners, are categories."""
    if undetermined is None:
        return None
    found = {category: tuple(partners) for category, partners in undetermined.items()}
    others = set(found).union(*found.values()).difference(labels)
    if others:
        raise AtlasError(
            f"Only categories can be without a determined place, or partners of one. These are none: {listed(others)}."
        )
    return found


def _texts(labels: Sequence[str]) -> list[str]:
    """Check that labels are texts that a file can hold."""
    others = [label for label in labels if not isinstance(label, str)]
    if isinstance(labels, str) or others:
        example = f" Got {quoted(others[0])}, of type {type(others[0]).__name__}." if others else ""
        raise AtlasError(f"The categories must be given as a list of texts.{example}")
    texts = [str(label) for label in labels]
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        raise AtlasError(
            f"A category holds half of a character, which no file can store: {error}."
        ) from error
    return texts


def _shaped(values: Any, dtype: type, shape: tuple[int, ...], what: str) -> Any:
    """Copy ``values``, when given, into a read-only array of that type and shape."""
    if values is None:
        return None
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            array: npt.NDArray[Any] = np.array(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise AtlasError(f"The {what} must be numbers: {error}.") from error
    if array.shape != shape:
        raise AtlasError(f"The {what} must have the shape {shape}, one row per category. Got {array.shape}.")
    if dtype is np.int64 and (array != np.asarray(values)).any():
        raise AtlasError(f"The {what} must hold whole numbers.")
    array.setflags(write=False)
    return array
