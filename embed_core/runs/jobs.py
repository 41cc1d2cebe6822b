"""Trainings as jobs on the workers, written to the run store as they go."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from embed_core.learning.config import TrainingConfig
from embed_core.runs import in_worker as worker
from embed_core.runs.cluster import Order, Workers
from embed_core.runs.in_worker import Command
from embed_core.runs.job import Tasks
from embed_core.runs.live_run import LiveRun, describe_run
from embed_core.runs.record import RunRecord
from embed_core.runs.store import RunStore, new_id, snapshot_stride, this_process
from embed_core.runs.trust_jobs import TrustJobs
from embed_core.training.fit import Fitted, embeddings_of
from embed_core.training.run import RunStatus
from embed_core.types import Floats, TrainingData


class JobManager(TrustJobs):
    """Starts trainings, relays their transport buttons and writes their runs; one per server.

    Args:
        store: where runs are written.
        scheduler: address of an existing Dask scheduler; None starts a cluster of two worker processes of
            its own. The default is the environment variable ``CATEGORY_ATLAS_SCHEDULER``.
    """

    def __init__(self, store: RunStore, *, scheduler: str | None = None) -> None:
        self.store = store
        self.workers = Workers(scheduler)
        self.tasks = Tasks(self.workers)
        self._owner = this_process()
        self._live: dict[str, LiveRun] = {}

    def start(
        self,
        data: TrainingData,
        config: TrainingConfig,
        *,
        name: str,
        table: str = "",
        source: str = "upload",
        fingerprint: str = "",
        pace: float = 0.0,
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
        """
        record = describe_run(data, config).changed(
            id=new_id(), name=name, table=table, source=source, fingerprint=fingerprint, owner=self._owner
        )
        self.store.write(record)
        order = Order(
            f"train-{record.id}",
            hear=lambda message: self._update(live, message),
            end=lambda learned, error: self._end(live, learned, error),
            command=Command(pace=pace),
        )
        live = self._live[record.id] = LiveRun(record, data, order)
        stride = snapshot_stride(config.epochs)
        arguments = config, order.key, stride, order.command.as_dict()
        self.workers.submit(order, worker.run_training, data, *arguments)
        return record.id

    def live(self, run_id: str) -> LiveRun | None:
        """Return a run that is still going on, None when it has ended or is not of this server."""
        return self._live.get(run_id)

    def record(self, run_id: str) -> RunRecord:
        """Return what is known of a run, going on or not.

        Raises:
            AtlasError: there is no such run.
        """
        live = self._live.get(run_id)
        return live.record if live else self.store.record(run_id)

    def history(self, run_id: str) -> pd.DataFrame:
        """Return the history so far, a row per epoch."""
        live = self._live.get(run_id)
        return pd.DataFrame(list(live.rows)) if live else self.store.history(run_id)

    def pause(self, run_id: str) -> None:
        """Wait within the epoch."""
        self._command(run_id, paused=True, steps=0)

    def resume(self, run_id: str) -> None:
        """Go on."""
        self._command(run_id, paused=False, steps=0)

    def step(self, run_id: str) -> None:
        """Train to the end of the epoch and pause."""
        self._command(run_id, paused=True, steps=1)

    def stop(self, run_id: str) -> None:
        """End now and keep what was learned."""
        self._command(run_id, stop=True)

    def set_pace(self, run_id: str, pace: float) -> None:
        """Change the pace: epochs per second at most, 0 for full speed."""
        self._command(run_id, pace=pace, steps=0)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name, at most 80 characters.

        Raises:
            AtlasError: the name is empty or too long, or there is no such run.
        """
        self.store.rename(run_id, name)
        if live := self._live.get(run_id):
            live.record = live.record.changed(name=self.store.record(run_id).name)

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
        return self.store.record(run_id)

    def close(self) -> None:
        """Stop the workers."""
        self.workers.close()

    def _command(self, run_id: str, **changes: Any) -> None:
        live = self._live.get(run_id)
        if live is None:
            return
        order = live.order
        order.command = replace(order.command, serial=order.command.serial + 1, **changes)
        self.workers.command(order)
        if live.record.status in (RunStatus.RUNNING, RunStatus.PAUSED):
            status = RunStatus.PAUSED if live.order.command.paused else RunStatus.RUNNING
            live.record = live.record.changed(status=status)

    def _update(self, live: LiveRun, message: dict[str, Any]) -> None:
        if "baseline" in message:
            status = RunStatus.PAUSED if live.order.command.paused else RunStatus.RUNNING
            live.record = live.record.changed(status=status, baseline=message["baseline"])
            live.started_at = time.monotonic()
            self.store.write(live.record)
        else:
            shape = tuple(message["shape"])
            for epoch, vectors in message["snapshots"]:
                self.store.add_snapshot(live.record.id, epoch, _array(vectors, shape))
            self.store.append_history(live.record.id, message["rows"])
            live.rows.extend(message["rows"])
            epoch, vectors = message["latest"]
            live.epoch, live.vectors = epoch, _array(vectors, shape)

    def _end(self, live: LiveRun, learned: Fitted, error: str) -> None:
        if error:
            return self._fail(live, error)
        history = pd.DataFrame(live.rows)
        record = live.record.changed(
            status=RunStatus.STOPPED if learned.stopped else RunStatus.FINISHED,
            baseline=learned.baseline,
            best_epoch=learned.best_epoch,
            **self._progress(live),
        )
        try:
            self.store.finish(record, history, embeddings_of(live.data, learned), learned.model)
        except OSError as problem:
            return self._fail(
                live, f"The result could not be written: {problem}. Make room, and train again."
            )
        live.record = record
        self._live.pop(record.id, None)

    def _fail(self, live: LiveRun, sentence: str) -> None:
        live.record = live.record.changed(status=RunStatus.FAILED, error=sentence, **self._progress(live))
        try:
            self.store.write(live.record)
        finally:  # a run that cannot even be written must not go on for ever
            self._live.pop(live.record.id, None)

    def _progress(self, live: LiveRun) -> dict[str, Any]:
        last = {name: value for name, value in live.rows[-1].items() if name != "epoch"} if live.rows else {}
        seconds = time.monotonic() - live.started_at if live.started_at else 0.0
        return {"epochs_done": len(live.rows), "last": last, "seconds": round(seconds, 3)}


def _array(content: bytes, shape: tuple[int, ...]) -> Floats:
    return np.frombuffer(content, np.float32).reshape(shape)
