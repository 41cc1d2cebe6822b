"""Trainings as jobs on Dask workers, written to the run store as they go.

TensorFlow lives in the workers: Streamlit clears Keras' global state after every script run, and a worker
that dies takes only its own run with it.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.runs import worker
from embed_core.runs.live import LiveRun, describe_run
from embed_core.runs.measuring import TrustJobs
from embed_core.runs.run import RunRecord, RunStatus
from embed_core.runs.store import RunStore, new_id, snapshot_stride, this_process
from embed_core.runs.worker import Command
from embed_core.training import embeddings_of
from embed_core.types import Floats, TrainingData

SCHEDULER_VARIABLE = "CATEGORY_ATLAS_SCHEDULER"
KILLED = (
    "The worker process that trained this died, most likely for want of memory. "
    "Nothing else was harmed: train again, with fewer categories or a smaller dimension if it happens twice."
)
_log = logging.getLogger(__name__)


class JobManager(TrustJobs):
    """Starts trainings, relays their transport buttons and writes their runs; one per server.

    Args:
        store: where runs are written.
        scheduler: address of an existing Dask scheduler; None starts a cluster of two worker processes of
            its own. The default is the environment variable ``CATEGORY_ATLAS_SCHEDULER``.
    """

    def __init__(self, store: RunStore, *, scheduler: str | None = None) -> None:
        super().__init__()
        self.store = store
        self._address = scheduler or os.environ.get(SCHEDULER_VARIABLE) or None
        self._owner = this_process()
        self._live: dict[str, LiveRun] = {}
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._client: Any = None
        self._cluster: Any = None
        self._connected = threading.Event()
        self._failure = ""
        self._closing = False
        self.warm = threading.Event()
        threading.Thread(target=self._connect, name="atlas-connect", daemon=True).start()
        self._writer = threading.Thread(target=self._write, name="atlas-writer", daemon=True)
        self._writer.start()

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
        live = LiveRun(record, data, Command(pace=pace))
        self._live[record.id] = live
        threading.Thread(target=self._submit, args=(live,), name="atlas-submit", daemon=True).start()
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
        """Stop the cluster and the writer."""
        self._closing = True
        self._connected.wait(60)
        self._inbox.put(None)
        for part in (self._client, self._cluster):
            if part is not None:
                part.close()

    def _connect(self) -> None:
        import dask
        from distributed import Client, LocalCluster

        try:
            if self._address is None:
                # A task whose worker dies fails at once: it would most likely kill the next one too.
                dask.config.set(
                    {
                        "distributed.scheduler.allowed-failures": 0,
                        "distributed.admin.low-level-log-length": 50,
                        "distributed.scheduler.http.routes": [],
                    }
                )
                self._cluster = LocalCluster(
                    n_workers=2,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    # Left out, the scheduler's web server would take port 8787, and warn where it is taken.
                    dashboard_address="127.0.0.1:0",
                    scheduler_kwargs={"dashboard": False},
                    silence_logs=logging.CRITICAL,
                )
            self._client = Client(self._address or self._cluster, set_as_default=False)
            self._client.subscribe_topic(worker.UPDATES, self._on_event)
            self._connected.set()
            # One after the other: the first is ready sooner, and a training waits for it rather than start cold.
            for address in list(self._client.scheduler_info(n_workers=-1)["workers"]):
                self._client.submit(worker.warm_up, workers=[address], pure=False).result()
                self.warm.set()
        except Exception as error:
            if not self._closing:  # whatever keeps the workers away is what the person must be told
                _log.exception("the workers could not be started")
                self._failure = f"The training workers could not be started: {error}"
        finally:
            self._connected.set()
            self.warm.set()

    def _submit(self, live: LiveRun) -> None:
        record = live.record
        self._hand_over(
            worker.run_training,
            live.data,
            (record.config, record.id, snapshot_stride(record.config.epochs), live.command.as_dict()),
            key=f"train-{record.id}",
            done=lambda future: self._end(live, future),
            failed=lambda error: self._fail(live, error),
        )

    def _command(self, run_id: str, **changes: Any) -> None:
        live = self._live.get(run_id)
        if live is None:
            return
        live.command = replace(live.command, serial=live.command.serial + 1, **changes)
        self._send_command(live)
        if live.record.status in (RunStatus.RUNNING, RunStatus.PAUSED):
            status = RunStatus.PAUSED if live.command.paused else RunStatus.RUNNING
            live.record = live.record.changed(status=status)

    def _send_command(self, live: LiveRun) -> None:
        if self._client is not None:
            message = {"run": live.record.id, "command": live.command.as_dict()}
            self._client.log_event(worker.COMMANDS, message)

    def _on_event(self, event: tuple[float, dict[str, Any]]) -> None:
        message = event[1]
        live = self._live.get(message["run"])
        if live is not None:
            self._inbox.put(lambda: self._update(live, message))
        elif message["run"] in self._measurements:
            self._inbox.put(lambda: self._hear_measurement(message))

    def _write(self) -> None:
        while (task := self._inbox.get()) is not None:
            try:
                task()
            except Exception:
                _log.exception("a run could not be written")

    def _update(self, live: LiveRun, message: dict[str, Any]) -> None:
        if live.record.id not in self._live:
            return
        if "started" in message:
            self._send_command(live)
        elif "baseline" in message:
            status = RunStatus.PAUSED if live.command.paused else RunStatus.RUNNING
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

    def _end(self, live: LiveRun, future: Any) -> None:
        from distributed import KilledWorker

        try:
            learned = future.result()
        except AtlasError as error:
            return self._fail(live, str(error))
        except KilledWorker:
            return self._fail(live, KILLED)
        except Exception as error:
            _log.exception("run %s failed", live.record.id)
            return self._fail(
                live, f"The training failed with an unexpected error: {type(error).__name__}: {error}"
            )
        history = pd.DataFrame(live.rows)
        record = live.record.changed(
            status=RunStatus.STOPPED if learned.stopped else RunStatus.FINISHED,
            baseline=learned.baseline,
            best_epoch=learned.best_epoch,
            **self._progress(live),
        )
        try:
            self.store.finish(record, history, embeddings_of(live.data, learned), learned.model)
        except OSError as error:
            return self._fail(live, f"The result could not be written: {error}. Make room, and train again.")
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
