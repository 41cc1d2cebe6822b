"""Two runs that name the same things, laid over one another: whose neighbours changed, and by how much."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import check_whole
from embed_core.learning.config import TrainingConfig
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.distances import check_metric
from embed_core.space.neighbors.movement import chance_disparity, changed_neighbors, in_common
from embed_core.space.neighbors.nearest import usable_k
from embed_core.space.neighbors.overlap import chance_overlap
from embed_core.space.projections.aligning import align, procrustes
from embed_core.space.projections.pca import PcaBasis
from embed_core.training.run import Run, require_run
from embed_core.types import Floats

_NO_CHANGES = ("category", "kept", "came", "went", "support", "moved")


@dataclass(frozen=True, eq=False, repr=False)
class TwoEmbeddings:
    """Two embeddings of the categories that they share, laid over one another.

    Attributes:
        embeddings: of the categories in common, in the same order.
        maps: PCA coordinates, (n, 2) each, the second turned and mirrored onto the first, in its own size.
        metric: of the neighbours.
        k: how many neighbours are compared; 0 when there are too few categories.
        changes: what `changed_neighbors` says: ``category``, ``kept``, ``came``, ``went``, ``support``, those whose
            neighbours changed most first; empty when k is 0. And ``moved``: how far each is from where it was, once the
            second vectors are turned and mirrored onto the first, in units of how far these are from their mean (root
            mean square). After a warm start it says who drifted.
        disparity: how much of the first one's variance the second differs in, see `procrustes`.
        chance_disparity: the disparity that chance alone reaches.
    """

    embeddings: tuple[Embedding, Embedding]
    maps: tuple[Floats, Floats]
    metric: str
    k: int
    changes: pd.DataFrame
    disparity: float
    chance_disparity: float

    def __len__(self) -> int:
        return len(self.embeddings[0])

    def __repr__(self) -> str:
        kept = f", {100 * self.mean_kept:.0f} % of {self.k} neighbours in both" if self.k else ""
        return f"{type(self).__name__}({len(self):,} categories in common{kept})"

    @property
    def kept(self) -> npt.NDArray[np.float64]:
        """The share of each category's neighbours that both have, (n,), in the embeddings' order; NaN without any."""
        shares = self.changes.set_index("category")["kept"]
        return shares.reindex(self.embeddings[0].labels).to_numpy(np.float64)

    @property
    def mean_kept(self) -> float:
        """The mean of that over the categories; NaN when k is 0."""
        return float(self.changes["kept"].mean()) if self.k else float("nan")

    @property
    def chance_kept(self) -> float:
        """The mean that chance alone reaches."""
        return chance_overlap(len(self), self.k) if self.k else float("nan")


@dataclass(frozen=True, eq=False, repr=False)
class TwoRuns(TwoEmbeddings):
    """Two runs of the categories that they share, laid over one another: see `TwoEmbeddings`.

    Attributes:
        settings: those that differ: ``setting``, ``first``, ``second``.
    """

    settings: pd.DataFrame = field(default_factory=pd.DataFrame)


def compare_runs(run_a: Run, run_b: Run, *, k: int = 10, metric: str | None = None) -> TwoRuns:
    """Compare two runs in the categories that they share, as the dashboard does.

    Args:
        run_a: from `train`.
        run_b: another one; it may have another column, dimension or objective.
        k: neighbours compared (default 10), at most half of the others.
        metric: ``cosine`` or ``euclidean``; None takes what suits both, see `metric_for`.

    Raises:
        AtlasError: they share fewer than 3 categories.

    >>> from embed_core.training.train import train
    >>> shops = pd.DataFrame({"shop": list("aabbccdd") * 20, "late": [0, 0, 0, 1, 1, 1, 0, 1] * 20})
    >>> runs = [train(shops, column="shop", target="late", dimension=2, epochs=3, seed=seed) for seed in (0, 1)]
    >>> found = compare_runs(*runs, k=1)
    >>> found.settings.values.tolist(), list(found.changes)
    ([['seed', 0, 1]], ['category', 'kept', 'came', 'went', 'support', 'moved'])
    """
    run_a, run_b = require_run(run_a), require_run(run_b)
    found = compare_embeddings(
        run_a.embedding, run_b.embedding, k=k, metric=metric or metric_for(run_a.embedding, run_b.embedding)
    )
    return TwoRuns(**vars(found), settings=differing_settings(run_a.config, run_b.config))


def compare_embeddings(
    one: Embedding, other: Embedding, *, k: int = 10, metric: str = "cosine"
) -> TwoEmbeddings:
    """Compare two embeddings in the categories that they share; see `compare_runs`.

    Raises:
        AtlasError: they share fewer than 3 categories.

    >>> one = Embedding(list("abcd"), [[0, 0], [1, 0], [5, 0], [6, 0]], [1, 1, 1, 1])
    >>> turned = Embedding(list("dcba"), [[0, 6], [0, 5], [0, 1], [0, 0]], [1, 1, 1, 1])
    >>> found = compare_embeddings(one, turned, k=1, metric="euclidean")
    >>> found.mean_kept, round(found.disparity, 6) + 0.0
    (1.0, 0.0)
    """
    check_metric(metric)
    check_whole(k, "number of neighbours k", least=1)
    one, other = in_common(one, other)
    coordinates, moving = (PcaBasis.fit(each.vectors).apply(each.vectors) for each in (one, other))
    k = usable_k(len(one), k)
    changes = (
        changed_neighbors(one, other, k=k, metric=metric) if k else pd.DataFrame(columns=list(_NO_CHANGES))
    )
    laid_over = procrustes(one.vectors, other.vectors)
    if k:
        moved = pd.Series(_moved(one.vectors, laid_over.vectors), one.labels)
        changes = changes.assign(moved=moved[changes["category"]].to_numpy())
    return TwoEmbeddings(
        (one, other),
        (coordinates, align(coordinates, moving)),
        metric,
        k,
        changes,
        laid_over.disparity,
        chance_disparity(one.vectors, other.vectors),
    )


def _moved(first: Floats, second: Floats) -> npt.NDArray[np.float64]:
    """Return how far each vector moved, (n,), in units of how far the first ones are from their mean."""
    first = np.pad(first, ((0, 0), (0, second.shape[1] - first.shape[1])))
    spread = np.sqrt(np.square(first - first.mean(axis=0)).sum(axis=1).mean())
    return np.asarray(np.linalg.norm(second - first, axis=1) / max(spread, 1e-30), np.float64)


def metric_for(one: Embedding, other: Embedding) -> str:
    """Return the distance that suits two embeddings: euclidean where it suits either, see `Objective.metric`."""
    return "euclidean" if "euclidean" in (one.metric, other.metric) else "cosine"


def differing_settings(one: TrainingConfig, other: TrainingConfig) -> pd.DataFrame:
    """Return the settings that differ: ``setting``, ``first`` and ``second``, a row for each.

    >>> settings = {"column": "shop", "target": "late"}
    >>> one, other = TrainingConfig(**settings), TrainingConfig(**settings, epochs=7)
    >>> differing_settings(one, other).values.tolist()
    [['epochs', 100, 7]]
    """
    first, second = one.model_dump(), other.model_dump()
    rows = [(name, first[name], second[name]) for name in first if first[name] != second[name]]
    return pd.DataFrame(rows, columns=["setting", "first", "second"], dtype=object)


def setting_text(value: object) -> str:
    """Return the value of a setting as people read it.

    >>> [setting_text(value) for value in (None, True, (), ("store", "month"), 0.05, 8)]
    ['–', 'yes', 'none', 'store, month', '0.05', '8']
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def relative_losses(history: pd.DataFrame, baseline: dict[str, float]) -> pd.DataFrame:
    """Return ``epoch`` and the losses as shares of the loss of knowing nothing, so that runs can be compared.

    Args:
        history: of a run, a row per epoch; ``loss``, and ``val_loss`` where there is one.
        baseline: of the run; a loss that is not known, or 0, leaves the losses as they are.

    >>> relative_losses(pd.DataFrame({"epoch": [1, 2], "loss": [0.5, 0.25]}), {"loss": 0.5}).values.tolist()
    [[1.0, 1.0], [2.0, 0.5]]
    """
    losses = [name for name in ("loss", "val_loss") if name in history]
    shares = {name: history[name] / (baseline.get("loss") or 1.0) for name in losses}
    return history.reindex(columns=["epoch", *losses]).assign(**shares)
