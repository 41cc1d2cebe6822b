"""Measurements of how far a run can be trusted, as jobs on Dask workers."""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.runs import worker
from embed_core.runs.store import RunStore
from embed_core.runs.worker import Command
from embed_core.space.distances import check_metric
from embed_core.trust import Trust, epochs_behind, require_same_categories, trainings
from embed_core.types import Floats, TrainingData

KILLED = (
    "The worker process that measured this died, most likely for want of memory. "
    "The run itself is as it was: measure again, when nothing else is being trained if it happens twice."
)
RETRIES = (1.0, 5.0, 0.0)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrustState:
    """How far a measurement is.

    Attributes:
        status: ``none`` when there is nothing, or it was stopped.
        done: trainings that have ended.
        total: all that it takes.
        error: why it failed, in a sentence.
        result: what was measured, when done.
    """

    status: Literal["none", "measuring", "done", "failed"]
    done: int = 0
    total: int = 0
    error: str = ""
    result: Trust | None = None


@dataclass
class _Measurement:
    """A measurement that was asked for."""

    key: str
    run_id: str
    metric: str
    state: TrustState
    command: Command


class TrustJobs:
    """The part of the job manager that measures how far runs can be trusted."""

    store: RunStore
    warm: threading.Event
    _client: Any
    _failure: str
    _inbox: "queue.SimpleQueue[Callable[[], None] | None]"

    def __init__(self) -> None:
        # By key all that a worker may still be busy with, stopped ones too; by run and metric what pages are told.
        self._measurements: dict[str, _Measurement] = {}
        self._shown: dict[tuple[str, str], _Measurement] = {}
        self._asking = threading.Lock()

    def measure_trust(
        self, run_id: str, data: TrainingData, *, metric: str, k: int = 10, replicates: int = 5
    ) -> None:
        """Begin to measure how far a run can be trusted; nothing when that is going on already.

        Args:
            run_id: a run that has ended well.
            data: the run's, from `prepare` with its configuration.
            metric: ``cosine`` or ``euclidean``.
            k: neighbours compared (default 10).
            replicates: how many retrainings, and how many of the control (default 5).

        Raises:
            AtlasError: there is no such run or metric, or the run has no embedding.
        """
        record, embedding = self.store.record(run_id), self.store.embedding(run_id)
        state = TrustState("measuring", total=trainings(replicates))
        key = f"trust-{run_id}-{secrets.token_hex(4)}"
        measurement = _Measurement(key, run_id, check_metric(metric), state, Command())
        with self._asking:
            shown = self._shown.get((run_id, metric))
            if shown and shown.state.status == "measuring":
                return
            self._shown[run_id, metric] = measurement
        try:
            require_same_categories(data, record.config, embedding.labels)
        except AtlasError as error:
            measurement.state = TrustState("failed", error=str(error))
            return
        self._measurements[key] = measurement
        epochs = epochs_behind(record.config, best_epoch=record.best_epoch, epochs_done=record.epochs_done)
        options = {"metric": metric, "k": k, "replicates": replicates, "epochs": epochs}
        work = (measurement, data, record.config, embedding.vectors, options)
        threading.Thread(
            target=self._submit_measurement, args=work, name="atlas-measure", daemon=True
        ).start()

    def stop_trust(self, run_id: str, metric: str) -> None:
        """End a measurement; what was measured before it stays."""
        with self._asking:
            measurement = self._shown.get((run_id, metric))
            if measurement is None or measurement.state.status != "measuring":
                return
            del self._shown[run_id, metric]
        measurement.command = Command(serial=1, stop=True)
        self._command_measurement(measurement)

    def trust(self, run_id: str, metric: str) -> TrustState:
        """Return how far the measurement of a run is, or what was measured of it.

        Raises:
            AtlasError: there is no such metric, or the id is none.
        """
        measurement = self._shown.get((run_id, metric))
        if measurement is not None:
            return measurement.state
        result = self.store.trust(run_id, metric)
        if result is None:
            return TrustState("none")
        total = trainings(result.replicates)
        return TrustState("done", total, total, result=result)

    def _submit_measurement(
        self,
        measurement: _Measurement,
        data: TrainingData,
        config: TrainingConfig,
        vectors: Floats,
        options: dict[str, Any],
    ) -> None:
        self._hand_over(
            worker.run_measurement,
            data,
            (config, vectors, measurement.key, options),
            key=measurement.key,
            done=lambda future: self._take(measurement, future),
            failed=lambda error: self._end_measurement(measurement, error=error),
            priority=-1,  # of what waits for a worker, trainings go first
        )

    def _hand_over(
        self,
        task: Callable[..., Any],
        data: TrainingData,
        arguments: tuple[Any, ...],
        *,
        key: str,
        done: Callable[[Any], None],
        failed: Callable[[str], None],
        priority: int = 0,
    ) -> None:
        """Give a task to a worker; one that dies while the data is on its way is soon replaced, and tried again."""
        self.warm.wait()
        error = self._failure
        for wait in () if error else RETRIES:
            try:
                sent = self._client.scatter(data, direct=False, hash=False)
                future = self._client.submit(task, sent, *arguments, key=key, pure=False, priority=priority)
            except Exception as problem:  # whatever it is, the person must not wait for ever
                _log.exception("%s could not be sent to a worker", key)
                error = f"The data could not be sent to a worker process: {problem}. Try again in a minute."
                time.sleep(wait)
            else:
                return future.add_done_callback(lambda ended: self._inbox.put(lambda: done(ended)))
        self._inbox.put(lambda: failed(error))

    def _command_measurement(self, measurement: _Measurement) -> None:
        if self._client is not None:
            message = {"run": measurement.key, "command": measurement.command.as_dict()}
            self._client.log_event(worker.COMMANDS, message)

    def _hear_measurement(self, message: dict[str, Any]) -> None:
        measurement = self._measurements.get(message["run"])
        if measurement is None:
            return
        if "started" in message:
            self._command_measurement(measurement)
        else:
            measurement.state = replace(measurement.state, done=message["done"], total=message["total"])

    def _take(self, measurement: _Measurement, future: Any) -> None:
        from distributed import KilledWorker

        error = ""
        try:
            self._keep(measurement, future.result())
        except AtlasError as refusal:
            error = str(refusal)
        except KilledWorker:
            error = KILLED
        except Exception as failure:
            _log.exception("the measurement of run %s failed", measurement.run_id)
            error = f"The measurement failed with an unexpected error: {type(failure).__name__}: {failure}"
        self._end_measurement(measurement, error=error)

    def _keep(self, measurement: _Measurement, result: Trust | None) -> None:
        if result is None or self._shown.get((measurement.run_id, measurement.metric)) is not measurement:
            return
        try:
            self.store.write_trust(measurement.run_id, result)
        except FileNotFoundError:
            return  # the run has been deleted meanwhile
        except OSError as error:
            raise AtlasError(
                f"What was measured could not be written: {error}. Make room, and measure again."
            ) from error

    def _end_measurement(self, measurement: _Measurement, *, error: str) -> None:
        self._measurements.pop(measurement.key, None)
        place = measurement.run_id, measurement.metric
        with self._asking:
            if self._shown.get(place) is not measurement:
                return
            if error:
                measurement.state = TrustState("failed", error=error)
            else:
                del self._shown[place]
