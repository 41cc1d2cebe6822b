"""Trainings as jobs on the workers, written to the run store as they go."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.learning.training_state import PriorSearch
from embed_core.progress import JobProgress, Moment
from embed_core.runs.controls import Controls
from embed_core.runs.job import Job, JobList, Place, check_room
from embed_core.runs.live_run import LiveRun, describe_run
from embed_core.runs.owner import this_process
from embed_core.runs.progress_files import snapshot_stride
from embed_core.runs.record import RunRecord
from embed_core.runs.refusals import beginning
from embed_core.runs.store import RunStore, new_id
from embed_core.runs.training_work import run_training
from embed_core.runs.unsaved import Unsaved
from embed_core.space.embedding import Embedding
from embed_core.tables.changing.steps import Change
from embed_core.training.fit import Fitted, embeddings_of
from embed_core.training.prepare import settled
from embed_core.training.run import RunStatus
from embed_core.training.warm_start import check_goes_on
from embed_core.types import Floats, TrainingData

_log = logging.getLogger(__name__)


class Trainings:
    """Begins trainings, steers them and writes their runs.

    Args:
        store: where runs are written.
        place: where they run.
        hear: called with a run's id when it has ``begun``, when its first epoch has ``started``, and when it has
            ``ended``, well or not.
        most: how many may go on at a time; None for any number.
    """

    def __init__(
        self,
        store: RunStore,
        place: Place,
        *,
        hear: Callable[[str, Moment], object] = lambda run, moment: None,
        most: int | None = None,
    ) -> None:
        self._store = store
        self._most = most
        self._hear = hear
        self._jobs = JobList(place, priority=1)
        self._owner = this_process()
        self._live: dict[str, LiveRun] = {}
        self._unsaved = Unsaved()

    def begin(
        self,
        data: TrainingData,
        config: TrainingConfig,
        *,
        name: str,
        table: str = "",
        source: str = "upload",
        fingerprint: str = "",
        changes: Sequence[Change] = (),
        pace: float = 0.0,
        prior: float | PriorSearch | None = None,
        start: str | None = None,
    ) -> str:
        """Begin a training and return the run's id at once.

        Args:
            data: counted rows, from `prepare`.
            config: the settings.
            name: what to call the run.
            table: the table's name.
            source: how to open it again.
            fingerprint: the table's.
            changes: what was changed of the table by hand.
            pace: epochs per second at most; 0 is full speed.
            prior: the strength of the prior, where it was chosen before, or how far its choice is, see `Rehearsals`.
            start: id of a run to go on from, with the prior that it chose.

        Raises:
            AtlasError: as many as may are going on already, the run cannot be written, or the one to go on from is gone
                or has other vectors.
        """
        check_room(len(self._live), self._most, "trainings")
        config = settled(config, data)
        record = describe_run(data, config).changed(
            id=new_id(),
            name=name,
            table=table,
            source=source,
            fingerprint=fingerprint,
            changes=list(changes),
            owner=self._owner,
        )
        before: dict[str, Embedding] | None = None
        if start is not None:
            earlier = self._store.record(start)
            check_goes_on(earlier.config, config.model_dump())
            before = {name: self._store.embedding(start, name) for name in earlier.columns}
            prior = earlier.prior_strength
            said = f"It goes on from the run {quoted(earlier.name)}."
            record = record.changed(started_from=start, notes=[*record.notes, said])
        with beginning():
            self._store.write(record)
        job = Job(
            f"train-{record.id}",
            controls=Controls(pace=pace),
            keeps_result=True,
            can_give_back=True,
            on_progress=lambda progress: self._take(live, progress),
            on_result=lambda fitted: self._finish(live, fitted),
            on_failure=lambda sentence: self._fail(live, sentence),
        )
        live = self._live[record.id] = LiveRun(record, data, job)
        self._hear(record.id, "begun")
        stride = snapshot_stride(config.planned_epochs)
        self._jobs.begin(job, run_training, data, config, stride, prior, before)
        return record.id

    @property
    def are_busy(self) -> bool:
        """Whether any goes on."""
        return bool(self._live)

    def end(self) -> None:
        """End all, without a result."""
        for live in list(self._live.values()):
            self._jobs.drop(live.job.key)
        self._live.clear()
        self._unsaved.forget_all()

    def records(self) -> dict[str, RunRecord]:
        """Return the records of runs that are going on, or could not be written yet, by id."""
        return self._unsaved.records() | {run_id: live.record for run_id, live in list(self._live.items())}

    def unsaved(self, run_id: str) -> RunRecord | None:
        """Return the record of a run that has ended and could not be written yet; None of any other."""
        return self._unsaved.record(run_id)

    def forget(self, run_id: str) -> None:
        """Write no more of a run that has ended; it has been deleted."""
        self._unsaved.forget(run_id)

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
        return self.unsaved(run_id) or self._store.record(run_id)

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
            with _not_now(live):
                self._store.write(live.record)
            self._hear(live.record.id, "started")
            return
        shape = tuple(progress["shape"])
        live.trial = progress["trial"]
        live.rows.extend(progress["rows"])
        epoch, vectors = progress["latest"]
        live.epoch, live.vectors = epoch, _array(vectors, shape)
        with _not_now(live):
            for epoch, vectors in progress["snapshots"]:
                self._store.add_snapshot(live.record.id, epoch, _array(vectors, shape))
            self._store.append_history(live.record.id, progress["rows"])

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
        self._end(
            live,
            record,
            lambda: self._store.finish(
                record, pd.DataFrame(live.rows), embeddings, fitted.model, fitted.fed_model
            ),
        )

    def _fail(self, live: LiveRun, sentence: str) -> None:
        record = live.record.changed(status=RunStatus.FAILED, error=sentence, **_so_far(live))
        self._end(live, record, lambda: self._store.write(record))

    def _end(self, live: LiveRun, record: RunRecord, write: Callable[[], None]) -> None:
        """Write how a training ended; where that cannot be done now, it is kept and tried again."""
        try:
            write()
        except (OSError, AtlasError) as problem:
            self._unsaved.keep(record, write, problem)
        live.record = record
        self._live.pop(record.id, None)
        self._hear(record.id, "ended")


@contextmanager
def _not_now(live: LiveRun) -> Iterator[None]:
    """Go on training where something cannot be written: all of it is written at the end."""
    try:
        yield
    except OSError as problem:
        if not live.is_unwritten:
            _log.warning(
                "what a training does cannot be written: %s", problem.strerror or type(problem).__name__
            )
        live.is_unwritten = True


def _so_far(live: LiveRun) -> dict[str, Any]:
    last = {name: value for name, value in live.rows[-1].items() if name != "epoch"} if live.rows else {}
    seconds = time.monotonic() - live.started_at if live.started_at else 0.0
    return {"epochs_done": len(live.rows), "last": last, "seconds": round(seconds, 3)}


def _array(content: bytes, shape: tuple[int, ...]) -> Floats:
    return np.frombuffer(content, np.float32).reshape(shape)
