"""One measurement of trust: what is still to be trained for it, and what has been."""

import dataclasses
import math
import time
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.runs.job import Job
from embed_core.training.all_rows import AllRows
from embed_core.training.replicates import Replicate, control_for, drawn_for
from embed_core.training.trust_measures import (
    TrustMeasures,
    checked_vectors,
    require_same_categories,
    to_retrain,
    trainings,
)
from embed_core.types import Floats, TrainingData

COMPARISON, CONTROL = -1, -2
"""Parts of a measurement that are no half; the halves are numbered from 0."""

_AT_ONCE = 2
_SOON = 1.0


@dataclass(frozen=True)
class TrustState:
    """How far a measurement is.

    Attributes:
        status: ``none`` when there is nothing, or it was stopped.
        done: trainings that have ended.
        total: all that it takes.
        seconds_left: about how many seconds it will take to the verdict, while it is not there; else None.
        error: why it failed, in a sentence.
        result: what has been measured; while measuring, that of before, and of this time as soon as it is known.
    """

    status: Literal["none", "measuring", "done", "failed"]
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    error: str = ""
    result: TrustMeasures | None = None


@dataclass(eq=False)
class Measurement:
    """A measurement that goes on, or has ended.

    Attributes:
        run_id: of the run.
        config: its settings.
        epochs: after how many each training ends.
        labels: its categories.
        vectors: its own.
        k: neighbours compared.
        splits: how often the rows are halved.
        expected: seconds that the run itself took.
        pending: parts that nobody has begun yet.
        jobs: those that are going on.
        left: those that were given up and may still be busy.
    """

    run_id: str
    config: TrainingConfig
    epochs: int
    labels: list[str]
    vectors: Floats
    k: int
    splits: int
    expected: float
    status: Literal["none", "measuring", "done", "failed"] = "measuring"
    error: str = ""
    pending: list[int] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    left: list[Job] = field(default_factory=list)
    _data: TrainingData | None = field(default=None, repr=False)
    _source: TrainingData | None = field(default=None, repr=False)
    _rows: AllRows = field(default_factory=AllRows, repr=False)
    _replicates: dict[int, Replicate] = field(default_factory=dict, repr=False)
    _control: Replicate | None = field(default=None, repr=False)
    _measured: list[TrustMeasures] = field(default_factory=list, repr=False)
    _seconds: list[float] = field(default_factory=list, repr=False)
    _since: float = field(default_factory=time.monotonic, repr=False)
    _turn: int = 0

    @property
    def is_going(self) -> bool:
        """Whether more is to come."""
        return self.status == "measuring"

    def prepare(self, data: TrainingData) -> None:
        """Take the run's data; it fails when they are of other categories, or an option is out of range."""
        try:
            require_same_categories(data, self.config, self.labels)
            checked_vectors(data, self.config, self.vectors, k=self.k, splits=self.splits, metric="cosine")
            source, rows = to_retrain(data, self.config), AllRows.of(data, self.config)
        except AtlasError as error:
            self.fail(str(error))
            return
        if self.is_going:
            self._data, self._source, self._rows = data, source, rows
            self._since = time.monotonic()
            self.pending = [*range(2 * self.splits), CONTROL]

    def fail(self, sentence: str) -> None:
        """End with a reason."""
        if self.is_going:
            self.status, self.error = "failed", sentence

    def next_key(self) -> str:
        """Return a key for the next job."""
        self._turn += 1
        return f"trust-{self.run_id}-{self._turn}"

    def trained(self, part: int) -> tuple[TrainingData, int, float]:
        """Return what a training learns from, its seed, and its share of the epochs."""
        assert self._data is not None and self._source is not None
        if part == CONTROL:
            return control_for(self._data, self.config)
        return *drawn_for(self._source, self.config, part, "halves"), 1.0

    def compared(self) -> tuple[Any, ...]:
        """Return the arguments of a comparison."""
        replicates = [self._replicates[number] for number in range(2 * self.splits)]
        return self.vectors, replicates, self.config, self._rows, self.k

    def take(self, part: int, result: object) -> list[TrustMeasures]:
        """Take what a part came to, None when it gave its worker back; return what is to be kept of it now."""
        if result is None:
            self.pending.insert(0, part)
            return []
        if part == COMPARISON:
            self._measured = cast(list[TrustMeasures], result)
        else:
            found, seconds = cast(tuple[Replicate, float], result)
            if part == CONTROL:
                self._control = found
            else:
                self._replicates[part] = found
                self._seconds.append(seconds)
                self._since = time.monotonic()
                if len(self._replicates) == 2 * self.splits:
                    self.pending.insert(0, COMPARISON)
        if not self._measured:
            return []
        if self._control is None:
            return self._measured
        measured = [
            dataclasses.replace(each, control_vectors=self._control.vectors) for each in self._measured
        ]
        self.status = "done"
        self._data = self._source = self._control = None
        self._replicates, self._measured = {}, []
        return measured

    def state(self, kept: TrustMeasures | None) -> TrustState:
        """Return how far it is.

        Args:
            kept: what has been measured of the run, before or this time.
        """
        done = len(self._replicates) + (self._control is not None)
        left = None if self._measured else self._seconds_left()
        if self.status == "failed":
            return TrustState("failed", done, trainings(self.splits), error=self.error)
        return TrustState("measuring", done, trainings(self.splits), left, result=kept)

    def _seconds_left(self) -> float:
        each = sum(self._seconds) / len(self._seconds) if self._seconds else self.expected
        rounds = math.ceil((2 * self.splits - len(self._replicates)) / _AT_ONCE)
        passed = time.monotonic() - self._since if self.jobs else 0.0
        return max(_SOON, each * rounds - min(passed, each))
