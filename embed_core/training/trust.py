"""How far a run can be trusted: the evidence on its vectors and on a map of them, and what it amounts to."""

import dataclasses
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.display import line, shown
from embed_core.errors import AtlasError, check_kind, check_whole, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.progress_bar import ProgressBar, Shown
from embed_core.space.dimension import effective_dimension, is_line
from embed_core.space.embedding import Embedding
from embed_core.space.evidence import Evidence
from embed_core.space.neighbors.overlap import Shares
from embed_core.space.neighbors.scales import Scales
from embed_core.space.neighbors.stability import overall
from embed_core.space.order import agreed_order
from embed_core.space.projections.base import Projection, require_projection
from embed_core.space.scale import Scale
from embed_core.space.verdict import FEW_ROWS, Verdict, map_verdict
from embed_core.space.words import noun
from embed_core.tables.reading.read import read_table
from embed_core.training.prepare import prepare
from embed_core.training.run import Run, require_run
from embed_core.training.trust_measures import (
    SPLITS,
    Progress,
    TrustMeasures,
    epochs_behind,
    measure,
    require_same_categories,
)
from embed_core.types import Target, TrainingData


@dataclass(frozen=True, eq=False, repr=False)
class Trust:
    """What is known of an embedding and of a map of it: the evidence, and the verdict on it.

    Whatever has not been measured is NaN, and the verdict says so. `trust` measures all of it.

    Attributes:
        embedding: that the evidence is about.
        one_output: whether one number is predicted from the category alone, which makes a line of any map.
        effective_dimension: in how many directions the vectors differ.
        is_line: whether they lie on a line.
        neighbors_kept: the share of the true neighbours that the map keeps.
        kept: the share of the nearest that the map keeps, for all numbers of nearest; None when not measured.
        stress: how far the map's distances between groups are from the true ones.
        measures: what training again says; None when that has not been measured.
    """

    embedding: Embedding
    one_output: bool
    effective_dimension: float
    is_line: bool
    neighbors_kept: float = math.nan
    kept: Scales | None = None
    stress: float = math.nan
    measures: TrustMeasures | None = None

    @classmethod
    def of(cls, embedding: Embedding, config: TrainingConfig, target: Target | None) -> "Trust":
        """Return what is known without a map and without training again.

        >>> config = TrainingConfig(column="shop", target="late", dimension=1)
        >>> Trust.of(Embedding(list("abc"), [[0], [1], [3]], [9, 9, 9]), config, Target("late", "binary"))
        Trust(do not rely: 1 of 1 dimensions, 3 of 3 categories with few rows; the rest not measured)
        """
        vectors = embedding.vectors
        has_one_output = OBJECTIVES[config.objective].has_one_output(target, config.dimension)
        return cls(embedding, has_one_output, effective_dimension(vectors), is_line(vectors))

    def on(self, projection: Projection | None) -> "Trust":
        """Return the same evidence about another map; of no map with None."""
        if projection is None:
            return dataclasses.replace(self, neighbors_kept=math.nan, kept=None, stress=math.nan)
        known = projection.quality
        return dataclasses.replace(
            self,
            neighbors_kept=known.get("neighbors_kept", math.nan),
            kept=projection.scales,
            stress=known.get("stress", math.nan),
        )

    def measured(self, measures: TrustMeasures | None) -> "Trust":
        """Return the same evidence with what training again says."""
        return dataclasses.replace(self, measures=measures)

    @property
    def stability(self) -> Shares:
        """For each category the share of its neighbours that retrainings find again, float64 (n,)."""
        return np.full(len(self.embedding), np.nan) if self.measures is None else self.measures.stability

    @property
    def mean_stability(self) -> float:
        """The mean of the stability over the categories."""
        return overall(self.stability)

    @property
    def chance(self) -> float:
        """The mean stability that chance alone reaches."""
        return math.nan if self.measures is None else self.measures.chance

    @property
    def scale(self) -> Scale | None:
        """At which scale halves of the rows agree; None when they were not compared."""
        return None if self.measures is None else self.measures.scale

    @cached_property
    def order(self) -> float:
        """Of a map that is a line, how far halves of the rows agree on the order along it; NaN where not measured."""
        found = self.measures
        if found is None or not found.has_halves or not (self.one_output or self.is_line):
            return math.nan
        return agreed_order(self.embedding.vectors, found.places)

    @property
    def compared_share(self) -> float:
        """Which share of the categories has rows in both halves; NaN when that has not been measured."""
        found = self.measures
        if found is None or found.is_old:
            return math.nan
        return found.compared / len(self.embedding) if found.has_halves else 0.0

    @property
    def is_compared(self) -> bool:
        """Whether training again has said what it can: also that halves have too little in common to be compared."""
        return self.scale is not None or self.compared_share == 0

    @property
    def holds_out(self) -> bool:
        """Whether replicates learned from all but a sixth of the distances, which are too few to halve."""
        found = self.measures
        return found is not None and not found.has_halves and self.embedding.undetermined is not None

    @property
    def is_told(self) -> npt.NDArray[np.bool_]:
        """Which categories are distinct from noise, bool (n,); empty where that is not known.

        Where halves do not even agree on groups, none is.
        """
        found, scale = self.measures, self.scale
        if found is None or scale is None or not len(found.is_told):
            return np.empty(0, bool)
        return found.is_told & (not scale.is_chance)

    @property
    def few_rows(self) -> int:
        """How many categories have fewer than 10 rows; none where rows were not counted: none has two then."""
        support = self.embedding.support
        return 0 if support.max(initial=0) <= 1 else int((support < FEW_ROWS).sum())

    @cached_property
    def verdict(self) -> Verdict:
        """What all of it amounts to: ``level``, ``sentence`` and ``reasons``."""
        return map_verdict(
            Evidence(
                n_categories=len(self.embedding),
                neighbors_kept=self.neighbors_kept,
                kept=self.kept,
                stress=self.stress,
                effective_dimension=self.effective_dimension,
                is_line=self.is_line,
                order=self.order,
                scale=self.scale,
                compared_share=self.compared_share,
                few_rows_share=self.few_rows / len(self.embedding),
                undetermined=tuple(self.embedding.undetermined or ()),
                by_distances=self.embedding.undetermined is not None,
                held_out=None if self.measures is None else self.measures.held_out,
                one_output=self.one_output,
                copies=1 if self.measures is None else self.measures.copies,
                noun=noun(self.embedding.name),
            )
        )

    def to_frame(self) -> pd.DataFrame:
        """Return ``category``, ``stability`` and ``support``, a row per category.

        Where that is known, also ``is_told``; where distances were learned, ``is_determined``.
        """
        frame, loose = stability_frame(self.embedding, self.stability), self.embedding.undetermined
        frame = frame.assign(is_told=self.is_told) if len(self.is_told) else frame
        return frame if loose is None else frame.assign(is_determined=~frame["category"].isin(list(loose)))

    def _repr_html_(self) -> str:
        reasons = [line(f"– {reason}") for reason in self.verdict.reasons]
        return shown(self.verdict.sentence, *reasons, line(repr(self)))

    def __repr__(self) -> str:
        words = [
            f"{self.effective_dimension:.3g} of {self.embedding.dimension} dimensions",
            f"{self.few_rows:,} of {len(self.embedding):,} categories with few rows",
        ]
        known = {"neighbours kept": self.neighbors_kept, "stability": self.mean_stability}
        if self.scale is not None:
            known |= {"nearest": self.scale.near, "groups": self.scale.groups_agree, "order": self.order}
        words = [f"{name} {value:.2f}" for name, value in known.items() if value == value] + words
        rest = "" if self.measures is not None else "; the rest not measured"
        return f"Trust({self.verdict.level}: {', '.join(words)}{rest})"


def trust(
    table: Any,
    run: Run,
    *,
    k: int = 10,
    replicates: int = 2 * SPLITS,
    metric: str | None = None,
    projection: Projection | None = None,
    on_progress: Progress = lambda done, total: None,
    progress: Shown = "auto",
) -> Trust:
    """Measure how far a run and a map of it can be trusted, as the dashboard does; needs TensorFlow.

    The run is trained again on both halves of the rows, for several splits into halves, and once on shuffled rows, for
    the map that chance draws: ``replicates`` + 1 trainings. The same settings and seed give the same numbers.

    Args:
        table: what the run was trained on: a `Table`, or anything that `read_table` takes.
        run: from `train`.
        k: neighbours compared (default 10), at most half of the others.
        replicates: how often it is trained again on a half of the rows (default 6), an even number: two halves of one
            split are compared.
        metric: ``cosine`` or ``euclidean``; None takes what suits the run, see `Objective.metric`.
        projection: the map that the verdict is about; None takes the vectors themselves where they have up to two
            dimensions, else PCA. `Trust.on` gives the verdict on another one.
        on_progress: called with the trainings done and all that there are, at the start and after each.
        progress: whether that is shown: ``"auto"`` (default) or False, as in `train`.

    Raises:
        AtlasError: there are fewer than 4 categories, the number of replicates is odd, the table is not the run's, or a
            retraining's loss explodes.

    >>> from embed_core.training.train import train
    >>> shops = pd.DataFrame({"shop": list("aabbccdd") * 20, "late": [0, 0, 0, 1, 1, 1, 0, 1] * 20})
    >>> run = train(shops, column="shop", target="late", dimension=2, epochs=3)
    >>> found = trust(shops, run, k=1, replicates=2)
    >>> found.verdict.level in ("good", "careful", "do not rely"), found.stability.shape
    (True, (4,))
    """
    embedding = require_run(run).embedding
    if check_whole(replicates, "number of replicates", least=2) % 2:
        raise AtlasError(
            f"The number of replicates must be even: two halves of the rows are compared. Got {quoted(replicates)}."
        )
    require_projection(projection)
    splits = replicates // 2
    metric = metric or embedding.metric
    with ProgressBar(progress, "Counting halves of the rows") as bar:

        def note(done: int, total: int) -> None:
            bar.at(done, total, "Training again")
            on_progress(done, total)

        data = data_of_run(table, run, splits)
        measures = measure(
            data,
            run.trained_by,
            embedding.vectors,
            k=k,
            splits=splits,
            metric=metric,
            epochs=epochs_behind_run(run),
            on_progress=note,
        )
    if projection is None:
        projection = embedding.project("identity" if embedding.dimension <= 2 else "pca", metric=metric)
    return Trust.of(embedding, run.config, data.target).measured(measures).on(projection)


def measures_of(given: Trust | None) -> TrustMeasures | None:
    """Return what training again says, of what was given for trust; None where nothing was.

    Raises:
        AtlasError: it is something else.
    """
    way_out = "Give what trust() returns, as it is."
    return None if given is None else check_kind(given, Trust, "trust", way_out=way_out).measures


def data_of_run(table: Any, run: Run, splits: int) -> TrainingData:
    """Return the counted rows of a run's table, so that the run can be trained again on its halves."""
    data = prepare(read_table(table), run.config, splits=splits)
    require_same_categories(data, run.config, run.embedding.labels)
    return data


def epochs_behind_run(run: Run) -> int:
    """Return how many epochs are in the vectors of a run."""
    return epochs_behind(run.config, best_epoch=run.best_epoch, epochs_done=len(run.history))


def stability_frame(embedding: Embedding, shares: Shares) -> pd.DataFrame:
    """Return a row for each category with its stability."""
    return pd.DataFrame({"category": embedding.labels, "stability": shares, "support": embedding.support})
