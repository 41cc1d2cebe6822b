"""The learned vectors of a column's categories."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from embed_core.display import HasMap
from embed_core.errors import AtlasError, check_path, check_whole, did_you_mean, listed, quoted
from embed_core.space import embedding_files
from embed_core.space.embedding_html import embedding_html
from embed_core.space.embedding_parts import EmbeddingParts, check
from embed_core.space.from_elsewhere import FromElsewhere
from embed_core.space.groups.clusters import Clusters, cluster
from embed_core.space.groups.dendrogram import Dendrogram, dendrogram
from embed_core.space.neighbors.distances import between
from embed_core.space.neighbors.nearest import nearest_rows
from embed_core.space.neighbors.similarity import Similarity, similarity
from embed_core.space.projections.base import Projection
from embed_core.space.projections.project import project
from embed_core.space.undetermined import Undetermined
from embed_core.types import Counts, Floats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Embedding(FromElsewhere, HasMap):
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
        metric: by which distance neighbors are found unless another is asked for: ``cosine`` (default) or
            ``euclidean``, which a run takes when its vectors are drawn as they are or distances were learned.
        undetermined: the categories whose place distances to these partners leave open, see `undetermined` in
            `embed_core.space`; None (default) where places are not learned by distances.

    Raises:
        AtlasError: when the shapes disagree, a number is not finite, or a label is repeated or not text.

    >>> e = Embedding(["a", "b", "c"], [[1, 0], [2, 0.1], [0, 3]], [5, 4, 1])
    >>> e
    Embedding("": 3 categories in 2 dimensions)
    >>> e.neighbors("a", k=1)["category"].tolist()
    ['b']
    >>> "a" in e, len(e), list(e), e["b"].tolist()
    (True, 3, ['a', 'b', 'c'], [2.0, 0.10000000149011612])
    """

    labels: list[str]
    vectors: Floats
    support: Counts
    unknown: Floats | None = None
    target_mean: npt.NDArray[np.float64] | None = None
    target_interval: npt.NDArray[np.float64] | None = None
    name: str = ""
    metric: str = "cosine"
    undetermined: Undetermined | None = None
    _positions: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        checked = check(self._parts())
        for attribute, value in checked._asdict().items():
            object.__setattr__(self, attribute, value)
        object.__setattr__(self, "_positions", {label: row for row, label in enumerate(checked.labels)})

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def __contains__(self, category: object) -> bool:
        return isinstance(category, str) and category in self._positions

    def __getitem__(self, category: str) -> Floats:
        return self.vectors[self.index(category)]

    def __repr__(self) -> str:
        return f"Embedding({quoted(self.name)}: {len(self):,} categories in {self.dimension} dimensions)"

    def _repr_html_(self) -> str:
        return embedding_html(self)

    @property
    def dimension(self) -> int:
        """Numbers per vector."""
        return int(self.vectors.shape[1])

    @property
    def positions(self) -> Mapping[str, int]:
        """The row of each category."""
        return MappingProxyType(self._positions)

    def index(self, category: str) -> int:
        """Return the row of a category, which is one of the labels.

        Raises:
            AtlasError: when it is not among the labels; the text names similar ones.

        >>> Embedding(["LAX", "JFK"], [[0], [1]], [1, 1]).index("lax")
        Traceback (most recent call last):
        embed_core.errors.AtlasError: There is no category "lax". Did you mean "LAX"?
        """
        position = self._positions.get(category) if isinstance(category, str) else None
        if position is None:
            raise AtlasError(self._no_category(category))
        return position

    def _no_category(self, category: object) -> str:
        if not isinstance(category, str):
            what = f"The categories are texts; got {category!r}, of type {type(category).__name__}."
            if str(category) in self._positions:
                return f"{what} Give it as a text: {quoted(category)}."
        else:
            within = f" in {quoted(self.name)}" if self.name else ""
            what = f"There is no category {quoted(category)}{within}."
        return (
            f"{what} {did_you_mean(category, self.labels) or f'The categories are: {listed(self.labels)}.'}"
        )

    def distances(self, category: str, metric: str | None = None) -> npt.NDArray[np.float64]:
        """Return the distance from a category to every category, float64 (n,); to itself it is 0.

        Args:
            category: one of the labels.
            metric: ``cosine`` (a zero vector is at distance 1 from all others, by definition) or ``euclidean``, both
                of the original vectors; None (default) takes the embedding's own.

        >>> Embedding(["a", "b", "c"], [[1, 0], [9, 0], [0, 2]], [1, 1, 1]).distances("a").tolist()
        [0.0, 0.0, 1.0]
        """
        position = self.index(category)
        result = between(self.vectors[position : position + 1], self.vectors, metric=metric or self.metric)[0]
        result[position] = 0.0
        return result

    def neighbors(self, category: str, k: int = 5, metric: str | None = None) -> "pd.DataFrame":
        """Return the nearest other categories in the original space, nearest first.

        Of categories equally near, the one with more rows comes first, then the one whose name does.

        Args:
            category: one of the labels.
            k: how many, at least 1 (default 5); n - 1 when there are no more.
            metric: ``cosine`` or ``euclidean``; None (default) takes the embedding's own, see `distances`.

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
        self, k: int = 10, metric: str | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return every category's ``k`` nearest others, as `neighbors` orders them: rows and distances, each (n, k).

        >>> rows, distances = Embedding(["a", "b", "c"], [[0], [1], [5]], [3, 2, 1]).nearest(1, "euclidean")
        >>> rows.tolist(), distances.tolist()
        ([[1], [0], [1]], [[1.0], [1.0], [4.0]])
        """
        return nearest_rows(
            self.vectors, self._capped(k), metric=metric or self.metric, order=self._priority()
        )

    def clusters(
        self,
        method: str = "hierarchical",
        *,
        n_clusters: int | None = None,
        min_cluster_size: int | None = None,
        metric: str | None = None,
    ) -> Clusters:
        """Put the categories into clusters; see `embed_core.space.groups.clusters.cluster` for how.

        Args:
            method: ``hierarchical`` (default) or ``hdbscan``, which leaves some categories in no cluster.
            n_clusters: how many, for ``hierarchical`` only. Default: the number whose clusters are furthest apart.
            min_cluster_size: for ``hdbscan`` only (default: 5, fewer below 25 categories).
            metric: ``cosine`` or ``euclidean``; None (default) takes the embedding's own.

        Raises:
            AtlasError: for an unknown method or metric, or a number that does not fit.

        >>> e = Embedding(list("abcd"), [[1, 0], [2, 0.1], [0, 1], [0.1, 3]], [1, 1, 1, 1])
        >>> found = e.clusters()
        >>> [[e.labels[row] for row in found.members(number)] for number in range(found.n_clusters)]
        [['a', 'b'], ['c', 'd']]
        """
        sizes = {"n_clusters": n_clusters, "min_cluster_size": min_cluster_size}
        return cluster(self.vectors, method=method, metric=metric or self.metric, **sizes)

    def dendrogram(self, metric: str | None = None) -> Dendrogram:
        """Return the tree of Ward's clustering; see `embed_core.space.groups.dendrogram.dendrogram`.

        Raises:
            AtlasError: when there are more than 10,000 categories.

        >>> e = Embedding(["a", "b", "c"], [[0], [5], [1]], [1, 1, 1])
        >>> [e.labels[row] for row in e.dendrogram("euclidean").order]
        ['b', 'c', 'a']
        """
        return dendrogram(self.vectors, metric=metric or self.metric)

    def similarity(self, metric: str | None = None) -> Similarity:
        """Return how alike every two categories are; see `embed_core.space.neighbors.similarity.similarity`.

        >>> Embedding(["a", "b", "c"], [[1, 0], [5, 0], [0, 2]], [1, 1, 1]).similarity().values.tolist()
        [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
        """
        return similarity(self.vectors, metric=metric or self.metric)

    def project(
        self, method: str = "pca", n_components: int = 2, seed: int = 0, **options: Any
    ) -> Projection:
        """Return a map of the categories.

        Args:
            method: ``identity``, ``pca`` (default), ``tsne`` or ``umap``.
            n_components: 2 (default) or 3.
            seed: same seed, same machine: same map (default 0).
            **options: ``metric``, ``start``, ``on_frame``, ``measure`` and the settings of the method, such as
                ``perplexity``: see `embed_core.space.projections.project.project`.

        Raises:
            AtlasError: for an unknown method, options that it does not take or that are out of range.

        >>> Embedding(["a", "b", "c"], [[0, 1], [1, 1], [5, 1]], [1, 1, 1]).project("pca").axes
        ('PC 1 (100 % of variance)', 'PC 2 (0 % of variance)')
        """
        options = {"metric": self.metric} | options
        return project(self.vectors, method=method, n_components=n_components, seed=seed, **options)

    def to_frame(self) -> "pd.DataFrame":
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

    def save(self, folder: str | Path) -> Path:
        """Write ``embedding.parquet`` and ``embedding.json`` into ``folder``, and return where that is.

        Args:
            folder: is made when missing.

        Raises:
            AtlasError: when the folder cannot be written.
        """
        return embedding_files.write(self._parts(), check_path(folder, "a folder"))

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return the embedding that `save` wrote, number for number.

        Raises:
            AtlasError: when a file is missing, damaged, or not of the same embedding as the other.
        """
        folder = check_path(folder, "a folder")
        parts = embedding_files.read(folder)
        try:
            return cls.of_parts(parts)
        except AtlasError as error:
            raise embedding_files.unreadable(folder, str(error)) from error

    @classmethod
    def of_parts(cls, parts: EmbeddingParts) -> Self:
        """Return the embedding with these parts."""
        return cls(*parts)

    def _parts(self) -> EmbeddingParts:
        return EmbeddingParts(*(getattr(self, name) for name in EmbeddingParts._fields))

    def _capped(self, k: int) -> int:
        return min(check_whole(k, "number of neighbours k", least=1), len(self) - 1)

    def _priority(self) -> npt.NDArray[np.int64]:
        """Rows by falling support, then by label."""
        rows = sorted(range(len(self)), key=lambda row: (-self.support[row], self.labels[row]))
        return np.array(rows, dtype=np.int64)
