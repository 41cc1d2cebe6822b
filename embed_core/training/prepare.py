"""From a table to what a training needs of it."""

import dataclasses
from typing import Any

from embed_core.learning.batches import resolve_epochs
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.base import ContextToCount
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.counting.context import count_context
from embed_core.tables.counting.copies import times_copied
from embed_core.tables.counting.rows import count_training_data
from embed_core.tables.counting.weights import weighted
from embed_core.tables.table import Table
from embed_core.types import TrainingData


def prepare(table: Table, config: TrainingConfig, *, splits: int = 0) -> TrainingData:
    """Count what the training needs; nothing else of the table is used later.

    Args:
        table: the table.
        config: the settings.
        splits: into how many pairs of halves replicates will split the rows (default 0: none are trained).

    Raises:
        AtlasError: a column cannot be used as the configuration says.
    """
    objective, notes = OBJECTIVES[config.objective], _changes(table)
    copies = times_copied(table) if splits and config.weight is None else 1
    if config.weight is not None or config.exposure is not None:
        table, said = weighted(table, config.weight, target=config.target, exposure=config.exposure)
        notes = (*notes, *said)
    wanted = objective.counting(config)
    settings: dict[str, Any] = {
        name: getattr(config, name)
        for name in ("min_frequency", "validation_share", "aggregate", "max_rows", "seed")
    }
    if isinstance(wanted, ContextToCount):
        data = count_context(table, wanted.column, wanted.columns, splits=splits, copies=copies, **settings)
        return dataclasses.replace(data, notes=(*notes, *data.notes))
    data = count_training_data(
        table,
        wanted.inputs,
        wanted.target,
        target_kinds=objective.target_kinds,
        target_kind=config.target_kind,
        exposure=config.exposure,
        others=wanted.others,
        centered=wanted.centered,
        allow_negative=wanted.allow_negative,
        paired=wanted.paired,
        **settings,
    )
    return dataclasses.replace(data, copies=copies, notes=(*notes, *data.notes))


def _changes(table: Table) -> tuple[str, ...]:
    """Return what was changed of the table by hand, for the run to say."""
    return tuple(change.note for change in table.changes)


def settled(config: TrainingConfig, data: TrainingData) -> TrainingConfig:
    """Return the settings with as many epochs as suit the counted rows, where they are left to them."""
    epochs = resolve_epochs(config.epochs, config.batch_size, number_of_examples(config, data))
    return config if epochs == config.epochs else config.model_copy(update={"epochs": epochs})


def number_of_examples(config: TrainingConfig, data: TrainingData) -> int:
    """Return how many rows an epoch visits: categories where each is one with all that goes with it."""
    return len(data.vocabularies[config.column]) if data.stacked else int((data.training > 0).sum())
