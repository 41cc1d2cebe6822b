"""Trainings as jobs on the workers, written to the run store as they go."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.learning.training_state import TrainingState
from embed_core.progress import JobProgress, Moment, OnJobProgress
from embed_core.runs.controls import REPORT_SECONDS, ControlledLoop, Controls, GivenBack
from embed_core.runs.job import Job, JobList, Place
from embed_core.runs.live_run import LiveRun, describe_run
from embed_core.runs.record import RunRecord
from embed_core.runs.store import RunStore, new_id, snapshot_stride, this_process
from embed_core.training.fit import Fitted, embeddings_of, fit
from embed_core.training.prepare import settled
from embed_core.training.run import RunStatus
from embed_core.types import Floats, TrainingData, TrainingUpdate


class Trainings:
    """Begins trainings, steers them and writes their runs.

    Args:
        store: where runs are written.
        place: where they run.
        hear: called with a run's id when it has ``begun``, when its first epoch has ``started``, and when it has
            ``ended``, well or not.
    """

    def __init__(
        self,
        store: RunStore,
        place: Place,
        *,
        hear: Callable[[str, Moment], object] = lambda run, moment: None,
    ) -> None:
        self._store = store
        self._hear = hear
        self._jobs = JobList(place, priority=1)
        self._owner = this_process()
        self._live: dict[str, LiveRun] = {}

    def begin(
        self,
        data: TrainingData,
        config: TrainingConfig,
        *,
        name: str,
        table: str = "",
        source: str = "upload",
        fingerprint: str = "",
        pace: float = 0.0,
        prior: float | None = None,
    ) -> str:
        """Begin a training and return the run's id at once.

        Args:
            data: counted rows, from `prepare`.
            config: the settings.
            name: what to call the run.
            table: the table's name.
            source: how to open it again.
            fingerprint: the table's.
            pace: epochs per second at most; 0 is full speed.
            prior: the strength of the prior, where it was chosen before, see `Rehearsals`.
        """
        config = settled(config, data)
        record = describe_run(data, config).changed(
            id=new_id(), name=name, table=table, source=source, fingerprint=fingerprint, owner=self._owner
        )
        self._store.write(record)
        job = Job(
            f"train-{record.id}",
            controls=Controls(pace=pace),
            keeps_result=True,
            on_progress=lambda progress: self._take(live, progress),
            on_result=lambda fitted: self._finish(live, fitted),
            on_failure=lambda sentence: self._fail(live, sentence),
        )
        live = self._live[record.id] = LiveRun(record, data, job)
        self._hear(record.id, "begun")
        self._jobs.begin(job, run_training, data, config, snapshot_stride(config.planned_epochs), prior)
        return record.id

    def find(self, run_id: str) -> LiveRun | None:
        """Return a run that is still going on, None when it has ended or is not of this server."""
        return self._live.get(run_id)

    def pause(self, run_id: str) -> None:
        """Wait within the epoch."""
        self._control(run_id, paused=True, steps=0)

    def resume(self, run_id: str) -> None:
        """Go on."""
        self._control(run_id, paused=False, steps=0)

    def step(self, run_id: str) -> None:
        """Train to the end of the epoch and pause."""
        self._control(run_id, paused=True, steps=1)

    def stop(self, run_id: str) -> None:
        """End now and keep what was fitted."""
        self._control(run_id, stop=True)

    def give_back(self, run_id: str) -> None:
        """Have a training give its worker back between two chunks, for others; it stays live, and waits."""
        if live := self._live.get(run_id):
            self._jobs.give_back(live.job)

    def go_on(self, run_id: str) -> None:
        """Have a training that gave its worker back go on, on any worker, to the same numbers bit for bit."""
        if live := self._live.get(run_id):
            self._jobs.go_on(live.job)

    def set_pace(self, run_id: str, pace: float) -> None:
        """Change the pace: epochs per second at most, 0 for full speed."""
        self._control(run_id, pace=pace, steps=0)

    def wait(self, run_id: str, *, seconds: float = 60) -> RunRecord:
        """Return the record of the run once it has ended.

        Raises:
            TimeoutError: it has not ended in time.
        """
        limit = time.monotonic() + seconds
        while run_id in self._live:
            if time.monotonic() > limit:
                raise TimeoutError(f"run {run_id} has not ended in {seconds} seconds")
            time.sleep(0.02)
        return self._store.record(run_id)

    def _control(self, run_id: str, **controls: Any) -> None:
        live = self._live.get(run_id)
        if live is None:
            return
        self._jobs.control(live.job, **controls)
        if live.record.status in (RunStatus.RUNNING, RunStatus.PAUSED):
            live.record = live.record.changed(status=live.status)

    def _take(self, live: LiveRun, progress: JobProgress) -> None:
        if "baseline" in progress:
            live.record = live.record.changed(status=live.status, baseline=progress["baseline"])
            live.started_at = time.monotonic()
            self._store.write(live.record)
            self._hear(live.record.id, "started")
            return
        shape = tuple(progress["shape"])
        live.trial = progress["trial"]
        for epoch, vectors in progress["snapshots"]:
            self._store.add_snapshot(live.record.id, epoch, _array(vectors, shape))
        self._store.append_history(live.record.id, progress["rows"])
        live.rows.extend(progress["rows"])
        epoch, vectors = progress["latest"]
        live.epoch, live.vectors = epoch, _array(vectors, shape)

    def _finish(self, live: LiveRun, fitted: Fitted) -> None:
        record = live.record.changed(
            status=RunStatus.STOPPED if fitted.stopped else RunStatus.FINISHED,
            baseline=fitted.baseline,
            best_epoch=fitted.best_epoch,
            prior_strength=fitted.prior_strength,
            notes=[*live.record.notes, *fitted.notes],
            **_so_far(live),
        )
        embeddings = embeddings_of(live.data, live.record.config, fitted)
        try:
            self._store.finish(record, pd.DataFrame(live.rows), embeddings, fitted.model, fitted.fed_model)
        except OSError as problem:
            raise AtlasError(
                f"The result could not be written: {problem}. Make room, and train again."
            ) from problem
        live.record = record
        self._live.pop(record.id, None)
        self._hear(record.id, "ended")

    def _fail(self, live: LiveRun, sentence: str) -> None:
        live.record = live.record.changed(status=RunStatus.FAILED, error=sentence, **_so_far(live))
        try:
            self._store.write(live.record)
        finally:  # a run that cannot even be written must not go on for ever
            self._live.pop(live.record.id, None)
            self._hear(live.record.id, "ended")


def run_training(
    data: TrainingData,
    config: TrainingConfig,
    stride: int,
    prior: float | None = None,
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
        prior: the strength of the prior, where it was chosen before.
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
    )
    report.flush()
    return fitted if fitted.state is None else GivenBack(fitted.state)


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


def _so_far(live: LiveRun) -> dict[str, Any]:
    last = {name: value for name, value in live.rows[-1].items() if name != "epoch"} if live.rows else {}
    seconds = time.monotonic() - live.started_at if live.started_at else 0.0
    return {"epochs_done": len(live.rows), "last": last, "seconds": round(seconds, 3)}


def _array(content: bytes, shape: tuple[int, ...]) -> Floats:
    return np.frombuffer(content, np.float32).reshape(shape)
