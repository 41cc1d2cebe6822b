"""The few small types that pass between the packages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

MISSING = "(missing)"
RARE = "(rare)"


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

    @property
    def named(self) -> tuple[str, ...]:
        """The labels that are texts of the table: all but *(rare)* and *(missing)*, which come last.

        A text of one of these names is among them when it is frequent, and else was pooled.
        """
        return self.labels[: len(self) - (self.rare is not None) - (self.missing is not None)]


@dataclass(frozen=True)
class CountedRows:
    """Distinct rows of the columns that a model needs, each with its count.

    Attributes:
        codes: categorical columns, as int32 (rows,) positions in their vocabulary.
        numbers: numeric columns, as float64 (rows,); `WEIGHT` among them where rows have weights.
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

    def weighed(self, counts: Counts) -> npt.NDArray[Any]:
        """Return what so many of each distinct row count in what is learned: times their weight, if they have one."""
        return counts * self.numbers[WEIGHT] if WEIGHT in self.numbers else counts


@dataclass(frozen=True)
class Bags:
    """The different cells of a column that hold several values: which categories are in each.

    Attributes:
        starts: where the categories of each cell begin in ``members``, and last their number, int64 (cells + 1,).
        members: codes of the categories, int32.
    """

    starts: Counts
    members: Codes


@dataclass(frozen=True)
class TrainingUpdate:
    """What is known after an epoch.

    Attributes:
        epoch: epochs finished, from 1 (0 before the first).
        metrics: ``loss``, ``accuracy`` (or ``mae`` in the target's unit), and ``val_`` twins.
        vectors: per embedded column, float32 (n, d); the *(unknown)* row is not among them. Columns that
            share a vocabulary share the array.
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
        offset: taken from a number before training, in its own unit (of its logarithm, when ``log``).
        scale: a number is divided by it before training, in its own unit (of its logarithm, when ``log``).
        log: whether log(1 + number) is learned in place of the number.
        count: whether it counts: a rate is learned, whose logarithm is what the model adds up.
        exposure: the column that says over how much was counted; "" where each row is one.
    """

    column: str
    kind: str
    classes: tuple[str, ...] = ()
    offset: float = 0.0
    scale: float = 1.0
    log: bool = False
    count: bool = False
    exposure: str = ""

    @property
    def mean_title(self) -> str:
        """What its mean is called."""
        if self.kind == "binary":
            return f"share of {self.classes[1]}"
        return f"{self.column} per {self.exposure}" if self.exposure else f"mean {self.column}"


@dataclass(frozen=True)
class Head:
    """What is predicted of another column: its levels, pooled and binned so that there are few.

    Attributes:
        name: the column, or a part of it, such as ``month of date``.
        levels: one text per level, in the order of their codes.
        rare: position of the level that stands for all pooled ones; None when none was pooled. Its text does not
            say so: a level of the table may have the same one.
    """

    name: str
    levels: tuple[str, ...]
    rare: int | None = None


WEIGHT = "weight of a row"
"""The mean weight of the rows that are counted together, in ``numbers`` of `CountedRows` where rows weigh."""

# The columns of counted context: category × level, one table under the other.
CATEGORY, HEAD, LEVEL = "category", "head", "level"


@dataclass(frozen=True)
class TrainingData:
    """All that a training needs of a table: a worker gets this, and never the table.

    Attributes:
        vocabularies: per embedded column; columns that share an embedding share the object.
        rows: distinct rows. Codes of the inputs, and codes or numbers of the target; or codes of the category
            and of every head; or, ``stacked``, the codes CATEGORY, HEAD and LEVEL: a count table per head.
        training: how many of each distinct row are learned from, int64 (rows,).
        validation: how many of each are kept for validation, int64 (rows,).
        target: what is predicted; None with ``heads``.
        heads: the other columns as context; empty with a target.
        features: numeric inputs: mean and standard deviation of the training part, by name in ``rows.numbers``.
        stacked: whether ``rows`` are the count tables of the heads, one under the other.
        paired: whether rows are split by the pair of categories that they are about, the first two inputs.
        halves: how many of each distinct row are in the first half of the table's rows, int64 (splits, rows), of
            count tables that were counted for replicates: those of one row go together. Else None.
        joint: the distinct rows that the count tables were made of, each with its levels of all heads; None of more
            than a million rows. With bags, the distinct rows that ``rows`` are taken apart from.
        bags: of columns of ``joint`` whose cells hold several categories; its codes are places among these.
        drawn: with bags, how many of each of the joint rows are learned from, int64; else None.
        copies: how many times over every row of the table is there, as far as that was looked for.
        table_rows: rows of the table.
        notes: sentences about what was left out, pooled or sampled, for people.
    """

    vocabularies: Mapping[str, Vocabulary]
    rows: CountedRows
    training: Counts
    validation: Counts
    target: Target | None
    heads: tuple[Head, ...] = ()
    features: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    stacked: bool = False
    paired: bool = False
    halves: Counts | None = None
    joint: CountedRows | None = None
    bags: Mapping[str, Bags] = field(default_factory=dict)
    drawn: Counts | None = None
    copies: int = 1
    table_rows: int = 0
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Rows of the table that are counted here, each once."""
        if self.stacked:
            return self.table_rows
        return self.joint.total if self.joint is not None else self.rows.total
