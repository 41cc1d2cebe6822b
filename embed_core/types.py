"""The few small types that pass between the packages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

MISSING = "(missing)"
RARE = "(rare)"
UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class Vocabulary:
    """The categories of a column in a stable order: most frequent first, ties by name.

    Attributes:
        column: the column's name. Columns that share a vocabulary share the object.
        labels: one text per category, unique. *(missing)* and *(rare)* come last, when there are any.
        support: rows seen per category, int64 (n,).
        rare: position of *(rare)*, which stands for ``pooled`` categories; None when there is none.
        missing: position of *(missing)*; None when no value is missing.
        pooled: how many categories were pooled into *(rare)*.
    """

    column: str
    labels: tuple[str, ...]
    support: Counts
    rare: int | None = None
    missing: int | None = None
    pooled: int = 0

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class CountedRows:
    """Distinct rows of the columns that a model needs, each with its count.

    Attributes:
        codes: categorical columns, as int32 (rows,) positions in their vocabulary.
        numbers: numeric columns, as float64 (rows,).
        counts: how many rows of the table each stands for, int64 (rows,).
        notes: sentences about what was left out or sampled, for people.
    """

    codes: Mapping[str, Codes]
    numbers: Mapping[str, npt.NDArray[np.float64]]
    counts: Counts
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def total(self) -> int:
        """Rows of the table that are counted here."""
        return int(self.counts.sum())


@dataclass(frozen=True)
class TrainingUpdate:
    """What is known after an epoch.

    Attributes:
        epoch: epochs finished, from 1 (0 before the first).
        metrics: ``loss``, ``accuracy`` (or ``mae`` in the target's unit), and ``val_`` twins.
        vectors: per embedded column, float32 (n, d); the *(unknown)* row is not among them.
    """

    epoch: int
    metrics: Mapping[str, float]
    vectors: Mapping[str, Floats] = field(repr=False)


OnUpdate = Callable[[TrainingUpdate], object]


@dataclass(frozen=True)
class Target:
    """What is predicted.

    Attributes:
        column: its name.
        kind: ``"binary"``, ``"multiclass"`` or ``"number"``.
        classes: the classes in the order of their codes; empty for a number. Of two classes the
            second is the one whose probability is predicted.
        offset: taken from a number before training, in its own unit.
        scale: a number is divided by it before training, in its own unit.
    """

    column: str
    kind: str
    classes: tuple[str, ...] = ()
    offset: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class TrainingData:
    """All that a training needs of a table: a worker gets this, and never the table.

    Attributes:
        vocabularies: per embedded column; columns that share an embedding share the object.
        rows: distinct rows with the codes of the inputs and the target's codes or numbers.
        training: how many of each distinct row are learned from, int64 (rows,).
        validation: how many of each are kept for validation, int64 (rows,).
        target: what is predicted.
        table_rows: rows of the table.
        notes: sentences about what was left out, pooled or sampled, for people.
    """

    vocabularies: Mapping[str, Vocabulary]
    rows: CountedRows
    training: Counts
    validation: Counts
    target: Target
    table_rows: int
    notes: tuple[str, ...] = ()
