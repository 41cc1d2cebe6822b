"""Vectors that a person brought, kept as a run: what is shown of runs is shown of them."""

import pandas as pd

from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.runs.store import RunStore, new_id
from embed_core.space.embedding import Embedding
from embed_core.training.run import RunStatus


def bring(store: RunStore, embedding: Embedding, *, source: str) -> RunRecord:
    """Keep vectors from elsewhere as a run that has ended.

    Args:
        store: where the run goes.
        embedding: the vectors.
        source: what the file was called.

    Raises:
        AtlasError: they have more dimensions than a run can have.
    """
    name = embedding.name or "category"
    config = TrainingConfig.checked(column=name, objective="elsewhere", dimension=embedding.dimension)
    means = embedding.target_mean
    record = RunRecord(
        id=new_id(),
        name=f"{name} {OBJECTIVES[config.objective].source(config)}"[:80],
        config=config,
        status=RunStatus.FINISHED,
        table=source,
        columns=[name],
        labels=list(embedding.labels),
        support=embedding.support.tolist(),
        target_mean=None if means is None else [float(mean) if mean == mean else None for mean in means],
    )
    store.write(record.changed(status=RunStatus.INTERRUPTED))
    store.finish(record, pd.DataFrame({"epoch": [], "loss": []}, dtype=float), {name: embedding})
    return record
