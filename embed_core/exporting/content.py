"""What is exported: vectors, and all that is known of them."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.runs.store import RunStore, new_id
from embed_core.space.embedding import Embedding
from embed_core.space.groups.cluster_names import cluster_names
from embed_core.space.groups.clusters import Clusters
from embed_core.space.orientation import applied, is_plain, upright
from embed_core.space.projections.base import Projection, require_projection
from embed_core.tables.gallery import SAMPLES
from embed_core.tables.table import Table
from embed_core.training.run import Run, require_run
from embed_core.training.trust import Trust
from embed_core.training.trust_measures import TrustMeasures

GALLERY = "gallery:"


@dataclass(frozen=True, eq=False)
class Content:
    """Vectors, and what is known of them. What is computed of them is computed once, when it is asked for.

    Attributes:
        embedding: the vectors.
        record: of their run; None of vectors without one.
        embeddings: of all columns of the run.
        history: of the run, a row per epoch.
        measures: what training again said; None when that was not measured.
        projection: the map, the right way up; None draws one at once.
        clustering: the arguments of `Embedding.clusters`.
        groups: those that a person made, by name.
        table: that the run was trained on, where it is at hand.
        model: returns the content of the run's ``.keras`` file of codes; None where there is none.
        fed_model: the same of texts.
        run_file: returns the run as one file, as it lies on disk; None where it is in memory.
    """

    embedding: Embedding
    record: RunRecord | None = None
    embeddings: Mapping[str, Embedding] = field(default_factory=dict)
    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    measures: TrustMeasures | None = None
    projection: Projection | None = None
    clustering: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    table: Table | None = None
    model: Callable[[], bytes] | None = None
    fed_model: Callable[[], bytes] | None = None
    run_file: Callable[[], bytes] | None = None

    @cached_property
    def map(self) -> Projection:
        """The map in two dimensions."""
        if self.projection is not None and self.projection.coordinates.shape[1] == 2:
            return self.projection
        found = self.embedding.project("identity" if self.embedding.dimension <= 2 else "pca")
        turn = upright(found.coordinates)
        coordinates = applied(found.coordinates, turn)
        return dataclasses.replace(found, coordinates=coordinates, has_axes=found.has_axes and is_plain(turn))

    @cached_property
    def clusters(self) -> Clusters | None:
        """The clusters; None where there are too few categories for some, or too many."""
        try:
            return self.embedding.clusters(**self.clustering) if len(self.embedding) > 2 else None
        except AtlasError:
            return None

    @cached_property
    def cluster_names(self) -> list[str]:
        """A name for each cluster."""
        found = self.clusters
        return [] if found is None else cluster_names(self.embedding.labels, self.embedding.support, found)

    @cached_property
    def cluster_places(self) -> npt.NDArray[np.int64]:
        """The place of each cluster among those with most rows, from 0: on the Map page, it gives the colour."""
        names, found = self.cluster_names, self.clusters
        rows = (
            []
            if found is None
            else [self.embedding.support[found.members(n)].sum() for n in range(len(names))]
        )
        order = sorted(range(len(names)), key=lambda n: (-rows[n], len(names[n]), names[n]))
        return np.argsort(np.array(order, np.int64))

    @property
    def cluster_of(self) -> list[str | None]:
        """The name of the cluster of each category; None where it is in none."""
        if self.clusters is None:
            return [None] * len(self.embedding)
        return [self.cluster_names[number] if number >= 0 else None for number in self.clusters.labels]

    @property
    def group_of(self) -> list[str | None]:
        """The group of each category, the last made of several; None where it is in none."""
        found: list[str | None] = [None] * len(self.embedding)
        for name, members in self.groups.items():
            for member in members:
                if member in self.embedding:
                    found[self.embedding.index(member)] = name
        return found

    @cached_property
    def trust(self) -> Trust | None:
        """How far the map can be believed; None of vectors without a run."""
        if self.record is None:
            return None
        known = Trust.of(self.embedding, self.record.config, self.record.target)
        return known.measured(self.measures).on(self.map)

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether it is a run of vectors that were not trained here."""
        return self.record is not None and not OBJECTIVES[self.record.config.objective].is_offered

    @property
    def distance_unit(self) -> float:
        """What distances of the embedding's metric are multiplied by to be in the run's own unit."""
        return 1.0 if self.record is None else self.record.distance_unit(self.embedding.metric)

    @property
    def title(self) -> str:
        """What one looks at, such as "224 airports, placed by distance_mi"."""
        n, column = len(self.embedding), self.embedding.name or "a column"
        things = f"{n:,} categories of {column}"
        if self.record is None:
            return things
        sample = SAMPLES.get(self.record.source.removeprefix(GALLERY))
        if sample is not None and self.record.config.column == sample.start["column"] == column:
            things = f"{n:,} {sample.things}"
        return f"{things}, placed {OBJECTIVES[self.record.config.objective].placed(self.record.config)}"

    @property
    def by_rows(self) -> list[int]:
        """The rows of the categories, those with most rows of the table first."""
        return [int(row) for row in np.argsort(-self.embedding.support, kind="stable")]

    @classmethod
    def of(cls, source: Run | Embedding, *, column: str | None = None, **known: Any) -> "Content":
        """Return what there is of a run in memory, or of vectors.

        Args:
            source: a run, or an embedding.
            column: of a run that embedded several columns, the one that is written; None is the run's own.
            **known: ``table``, ``projection``, ``measures``, ``groups`` and ``clustering``.

        Raises:
            AtlasError: the run has no such column.
        """
        require_projection(known.get("projection"))
        if isinstance(source, Embedding):
            return cls(source, **known)
        source = require_run(source)
        if column is not None and column not in source.embeddings:
            raise AtlasError(
                f"The run has no embedding of {quoted(column)}. Choose one of {listed(source.embeddings)}."
            )
        return cls(
            source.embeddings[column or source.config.column],
            record=_record(source, known.get("table")),
            embeddings=source.embeddings,
            history=source.history,
            model=(lambda: source.model) if source.model else None,
            fed_model=(lambda: source.fed_model) if source.fed_model else None,
            **known,
        )

    @classmethod
    def stored(
        cls,
        store: RunStore,
        run_id: str,
        *,
        column: str | None = None,
        metric: str | None = None,
        **known: Any,
    ) -> "Content":
        """Return what there is of a run on disk.

        Args:
            store: where it lies.
            run_id: its id.
            column: of a run that embedded several columns, the one that is written; None is the run's own.
            metric: by which distance neighbours are found; None takes the run's own.
            **known: ``table``, ``projection``, ``clustering`` and ``run_file``.

        Raises:
            AtlasError: there is no such run or column, or the run has no result.
        """
        record = store.record(run_id)
        embedding = store.embedding(run_id, column)
        embedding = dataclasses.replace(embedding, metric=metric or embedding.metric)
        is_first = embedding.name in ("", record.config.column)
        path, fed = store.model_file(run_id), store.model_file(run_id, fed=True)
        return cls(
            embedding,
            record=record,
            embeddings={each: store.embedding(run_id, each) for each in record.columns},
            history=store.history(run_id),
            measures=store.trust(run_id, embedding.metric) if is_first else None,
            groups=store.made(run_id).groups.get(column or record.config.column, {}),
            model=path.read_bytes if path.exists() else None,
            fed_model=fed.read_bytes if fed.exists() else None,
            **known,
        )


def _record(run: Run, table: Table | None) -> RunRecord:
    embedding = run.embedding
    means = embedding.target_mean
    last = run.history.iloc[-1].drop("epoch").to_dict() if len(run.history) else {}
    return RunRecord(
        id=new_id(),
        name=f"{run.config.column} {OBJECTIVES[run.config.objective].source(run.config)}"[:80],
        config=run.config,
        status=run.status,
        seconds=run.seconds,
        table="" if table is None else table.name,
        source=_source(table),
        fingerprint="" if table is None else table.fingerprint(),
        changes=[] if table is None else list(table.changes),
        table_rows=0 if table is None else table.n_rows,
        rows=run.rows or int(embedding.support.sum()),
        target=run.target,
        labels=list(embedding.labels),
        columns=list(run.embeddings),
        numbers=list(run.numbers),
        heads=list(run.heads),
        layers=list(run.layers),
        distinct_rows=run.distinct_rows,
        batch_size=run.batch_size,
        support=embedding.support.tolist(),
        target_mean=None if means is None else [None if np.isnan(mean) else float(mean) for mean in means],
        baseline=run.baseline,
        best_epoch=run.best_epoch,
        prior_strength=run.prior_strength,
        epochs_done=len(run.history),
        last={str(name): float(value) for name, value in last.items()},
        notes=list(run.notes),
        versions=dict(run.versions),
        started_from=run.started_from,
    )


def _source(table: Table | None) -> str:
    """Return how the table can be opened again: a table of the gallery is known by its title and size."""
    known = None if table is None else table.base or table
    names = [
        name
        for name, sample in SAMPLES.items()
        if known is not None and (known.name, known.n_rows) == (sample.title, sample.rows)
    ]
    return GALLERY + names[0] if names else "upload"
