"""The learned vectors of a column's categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.space.neighbors import distances as space
from embed_core.types import Counts, Floats

if TYPE_CHECKING:
    import pandas as pd

    from embed_core.space.projections.base import Projection


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A vector for every category of a column, with what is known about the category.

    The arrays are copied and cannot be written to. Two embeddings are equal only when they are the
    same object.

    Args:
        labels: the categories, unique texts, in the vocabulary's order.
        vectors: float32 (n, d), finite.
        support: rows seen per category, int64 (n,).
        unknown: vector of the *(unknown)* row, which is not one of the labels, float32 (d,), or None.
        target_mean: mean of the target per category, float64 (n,), NaN where there is none, or None.
        target_interval: lower and upper end of its interval, float64 (n, 2), or None.
        name: the column.

    Raises:
        AtlasError: when the shapes disagree, a number is not finite, or a label is repeated or not text.

    >>> e = Embedding(["a", "b", "c"], [[1, 0], [2, 0.1], [0, 3]], [5, 4, 1])
    >>> e
    Embedding("": 3 categories in 2 dimensions)
    >>> e.neighbors("a", k=1)["category"].tolist()
    ['b']
    """

    labels: list[str]
    vectors: Floats
    support: Counts
    unknown: Floats | None = None
    target_mean: npt.NDArray[np.float64] | None = None
    target_interval: npt.NDArray[np.float64] | None = None
    name: str = ""
    _positions: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        labels = _texts(self.labels)
        n, d = space.as_matrix(self.vectors).shape
        vectors = _shaped(self.vectors, np.float32, (n, d), "vectors")
        positions = {label: place for place, label in enumerate(labels)}
        if len(positions) < len(labels):
            twice = [label for place, label in enumerate(labels) if positions[label] != place]
            raise AtlasError(
                f"Categories must be unique; given more than once: {listed(dict.fromkeys(twice))}."
            )
        checked = {
            "labels": labels,
            "vectors": vectors,
            "support": _shaped(self.support, np.int64, (n,), "support"),
            "unknown": _shaped(self.unknown, np.float32, (d,), "unknown vector"),
            "target_mean": _shaped(self.target_mean, np.float64, (n,), "target means"),
            "target_interval": _shaped(self.target_interval, np.float64, (n, 2), "target intervals"),
            "_positions": positions,
        }
        for attribute, value in checked.items():
            object.__setattr__(self, attribute, value)
        if len(labels) != n:
            raise AtlasError(
                f"There must be one vector per category; got {len(labels)} categories and {n} vectors."
            )
        if self.support is None or (self.support < 0).any():
            raise AtlasError("The support must be given: the rows seen per category, 0 or more.")
        for what, values in (("vectors", self.vectors), ("unknown vector", self.unknown)):
            if values is not None and not np.isfinite(values).all():
                raise AtlasError(
                    f"The {what} must hold finite 32-bit numbers; got NaN, infinity or beyond 3e38."
                )

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"Embedding({quoted(self.name)}: {len(self):,} categories in {self.dimension} dimensions)"

    @property
    def dimension(self) -> int:
        """Numbers per vector."""
        return int(self.vectors.shape[1])

    def index(self, category: str) -> int:
        """Return the row of a category.

        Raises:
            AtlasError: when it is not among the labels; the text names similar ones.

        >>> Embedding(["LAX", "JFK"], [[0], [1]], [1, 1]).index("lax")
        Traceback (most recent call last):
        embed_core.errors.AtlasError: There is no category "lax". Did you mean "LAX"?
        """
        position = self._positions.get(category) if isinstance(category, str) else None
        if position is None:
            column = f" in {quoted(self.name)}" if self.name else ""
            hint = did_you_mean(category, self.labels) or f"The categories are: {listed(self.labels)}."
            raise AtlasError(f"There is no category {quoted(category)}{column}. {hint}")
        return position

    def distances(self, category: str, metric: str = "cosine") -> npt.NDArray[np.float64]:
        """Return the distance from a category to every category, float64 (n,); to itself it is 0.

        Args:
            category: one of the labels.
            metric: ``cosine`` (default; a zero vector is at distance 1 from all others, by definition) or
                ``euclidean``, both of the original vectors.

        >>> Embedding(["a", "b", "c"], [[1, 0], [9, 0], [0, 2]], [1, 1, 1]).distances("a").tolist()
        [0.0, 0.0, 1.0]
        """
        position = self.index(category)
        result = space.between(self.vectors[position : position + 1], self.vectors, metric=metric)[0]
        result[position] = 0.0
        return result

    def neighbors(self, category: str, k: int = 5, metric: str = "cosine") -> pd.DataFrame:
        """Return the nearest other categories in the original space, nearest first.

        Of categories equally near, the one with more rows comes first, then the one whose name does.

        Args:
            category: one of the labels.
            k: how many, at least 1 (default 5); n - 1 when there are no more.
            metric: ``cosine`` (default) or ``euclidean``, see `distances`.

        Returns:
            A table with the columns ``category``, ``distance`` and ``support``.

        >>> Embedding(["a", "b", "c"], [[0], [1], [5]], [3, 2, 1]).neighbors("a", k=2, metric="euclidean")
          category  distance  support
        0        b       1.0        2
        1        c       5.0        1
        """
        import pandas as pd

        position, k = self.index(category), self._capped(k)
        away = self.distances(category, metric)
        order = self._priority()
        order = order[order != position]
        found = order[np.argsort(away[order], kind="stable")][:k]
        return pd.DataFrame(
            {
                "category": pd.Series([self.labels[place] for place in found], dtype="str"),
                "distance": away[found],
                "support": self.support[found],
            }
        )

    def nearest(
        self, k: int = 10, metric: str = "cosine"
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return every category's ``k`` nearest others, as `neighbors` orders them: rows and distances, each (n, k).

        >>> rows, distances = Embedding(["a", "b", "c"], [[0], [1], [5]], [3, 2, 1]).nearest(1, "euclidean")
        >>> rows.tolist(), distances.tolist()
        ([[1], [0], [1]], [[1.0], [1.0], [4.0]])
        """
        return space.nearest(self.vectors, self._capped(k), metric=metric, order=self._priority())

    def project(
        self, method: str = "pca", n_components: int = 2, seed: int = 0, **options: Any
    ) -> Projection:
        """Return a map of the categories; see `embed_core.space.projections.project.project` for the options.

        >>> Embedding(["a", "b", "c"], [[0, 1], [1, 1], [5, 1]], [1, 1, 1]).project("pca").axes
        ('PC 1 (100 % of variance)', 'PC 2 (0 % of variance)')
        """
        from embed_core.space.projections.project import project

        return project(self.vectors, method=method, n_components=n_components, seed=seed, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with the columns ``category``, ``support`` and the vector's ``v0`` to ``v{d-1}``.

        >>> Embedding(["a", "b"], [[0, 1], [2, 3]], [7, 5]).to_frame()
          category  support   v0   v1
        0        a        7  0.0  1.0
        1        b        5  2.0  3.0
        """
        import pandas as pd

        columns = {f"v{j}": self.vectors[:, j] for j in range(self.dimension)}
        category = pd.Series(self.labels, dtype="str")
        return pd.DataFrame({"category": category, "support": self.support, **columns})

    def save(self, folder: str | Path) -> None:
        """Write ``embedding.parquet`` and ``embedding.json`` into ``folder``, which is made when missing.

        Raises:
            AtlasError: when the folder cannot be written.
        """
        from embed_core.space.embedding_files import write

        write(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> Embedding:
        """Return the embedding that `save` wrote, number for number.

        Raises:
            AtlasError: when a file is missing, damaged, or not of the same embedding as the other.
        """
        from embed_core.space.embedding_files import read

        return read(Path(folder))

    def _capped(self, k: int) -> int:
        return min(space.check_whole(k, "number of neighbours k", least=1), len(self) - 1)

    def _priority(self) -> npt.NDArray[np.int64]:
        """Rows by falling support, then by label."""
        rows = sorted(range(len(self)), key=lambda row: (-self.support[row], self.labels[row]))
        return np.array(rows, dtype=np.int64)


def _texts(labels: Sequence[str]) -> list[str]:
    """Check that labels are texts that a file can hold."""
    others = [label for label in labels if not isinstance(label, str)]
    if isinstance(labels, str) or others:
        example = f" Got {quoted(others[0])}, a {type(others[0]).__name__}." if others else ""
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
