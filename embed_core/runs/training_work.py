"""What a worker does for a training: it trains, obeys, and reports epochs a few times a second."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from embed_core.learning.config import TrainingConfig
from embed_core.learning.training_state import PriorSearch, TrainingState
from embed_core.progress import OnJobProgress
from embed_core.runs.controls import REPORT_SECONDS, ControlledLoop, GivenBack
from embed_core.space.embedding import Embedding
from embed_core.training.fit import Fitted, fit
from embed_core.types import Floats, TrainingData, TrainingUpdate


def run_training(
    data: TrainingData,
    config: TrainingConfig,
    stride: int,
    prior: float | PriorSearch | None = None,
    start: Mapping[str, Embedding] | None = None,
    *,
    on_progress: OnJobProgress,
    keep_going: ControlledLoop,
    state: TrainingState | None = None,
) -> Fitted | GivenBack:
    """Train in a worker; returns the result, or what to go on from.

    Args:
        data: counted rows.
        config: the settings.
        stride: every how many epochs the vectors are kept for replaying.
        prior: the strength of the prior, where it was chosen before, or how far its choice is.
        start: embeddings of a run to go on from, by column; a worker need not reach the runs themselves.
        on_progress: called with the ``baseline``, and then with epochs a few times a second.
        keep_going: the loop that obeys.
        state: of a training that gave its worker back, to go on from.
    """
    report = _EpochReport(on_progress, stride)

    def on_update(update: TrainingUpdate) -> bool:
        report.epoch(update, at_once=keep_going.is_slow)
        return keep_going.after_epoch(update.epoch)

    fitted = fit(
        data,
        config,
        on_start=lambda baseline: on_progress({"baseline": baseline}),
        on_update=on_update,
        on_trial=report.trial,
        keep_going=keep_going,
        with_vectors=True,
        with_model=True,
        prior=prior,
        state=state,
        goes_on_later=keep_going.gives_back,
        start=start,
    )
    report.flush()
    return fitted if fitted.state is None else keep_going.given_back(fitted.state)


@dataclass
class _EpochReport:
    """Gathers epochs and reports them a few times a second."""

    on_progress: OnJobProgress
    stride: int
    rows: list[dict[str, float]] = field(default_factory=list)
    snapshots: list[tuple[int, Floats]] = field(default_factory=list)
    latest: tuple[int, Floats] | None = None
    number: int = 0
    sent_at: float = 0.0

    def trial(self, number: int, vectors: dict[str, Floats]) -> None:
        self.number, self.latest = number, (0, next(iter(vectors.values())))
        if time.monotonic() - self.sent_at > REPORT_SECONDS:
            self.flush()

    def epoch(self, update: TrainingUpdate, *, at_once: bool) -> None:
        vectors = next(iter(update.vectors.values()))
        self.number = 0
        if update.epoch:
            self.rows.append({"epoch": update.epoch, **update.metrics})
        self.latest = (update.epoch, vectors)
        if update.epoch % self.stride == 0:
            self.snapshots.append((update.epoch, vectors))
        if at_once or time.monotonic() - self.sent_at > REPORT_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self.latest is not None:
            self.on_progress(
                {
                    "trial": self.number,
                    "rows": self.rows,
                    "latest": (self.latest[0], self.latest[1].tobytes()),
                    "snapshots": [(epoch, vectors.tobytes()) for epoch, vectors in self.snapshots],
                    "shape": list(self.latest[1].shape),
                }
            )
        self.rows, self.snapshots, self.latest = [], [], None
        self.sent_at = time.monotonic()
