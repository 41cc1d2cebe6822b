"""Measurements of how far a run can be trusted, as jobs on the workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.progress import KeepGoing, OnJobProgress
from embed_core.runs.job import Job, JobList, Place
from embed_core.runs.store import RunStore
from embed_core.space.neighbors.distances import check_metric
from embed_core.training.trust_measures import (
    SPLITS,
    TrustMeasures,
    epochs_behind,
    measure,
    require_same_categories,
    trainings,
)
from embed_core.types import Floats, TrainingData


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
    result: TrustMeasures | None = None


class TrustJobs:
    """Measures how far runs can be trusted, and keeps what was measured with the runs.

    Args:
        store: the runs.
        place: where measurements run.
    """

    def __init__(self, store: RunStore, place: Place) -> None:
        self._store = store
        self._jobs = JobList(place)

    def begin(
        self, run_id: str, data: TrainingData, *, metric: str, k: int = 10, splits: int = SPLITS
    ) -> None:
        """Begin to measure how far a run can be trusted; nothing when that is going on already.

        Args:
            run_id: a run that has ended well.
            data: the run's, from `prepare` with its configuration and as many ``splits``.
            metric: ``cosine`` or ``euclidean``.
            k: neighbours compared (default 10).
            splits: how often the rows are halved, for two retrainings each (default 3).

        Raises:
            AtlasError: there is no such run or metric, or the run has no embedding.
        """
        record, embedding = self._store.record(run_id), self._store.embedding(run_id)
        epochs = epochs_behind(record.config, best_epoch=record.best_epoch, epochs_done=record.epochs_done)
        options = {"metric": check_metric(metric), "k": k, "splits": splits, "epochs": epochs}
        job = Job(
            _key(run_id, metric),
            on_result=lambda result: self._keep(run_id, result),
            progress=[{"done": 0, "total": trainings(splits)}],
        )
        self._jobs.begin(
            job, run_measurement, data, record.config, embedding.labels, embedding.vectors, options
        )

    def stop(self, run_id: str, metric: str) -> None:
        """End a measurement; what was measured before it stays."""
        self._jobs.stop(_key(run_id, metric))

    def find(self, run_id: str, metric: str) -> TrustState:
        """Return how far the measurement of a run is, or what was measured of it.

        Raises:
            AtlasError: there is no such metric, or the id is none.
        """
        job = self._jobs.find(_key(run_id, metric))
        if job and job.status == "failed":
            return TrustState("failed", error=job.error)
        if job and job.is_running:
            return TrustState("measuring", **job.progress[-1])
        result = self._store.trust(run_id, metric)
        if result is None:
            return TrustState("none")
        total = result.replicates + 1
        return TrustState("done", total, total, result=result)

    def is_busy(self, run_id: str, metric: str) -> bool:
        """Whether a worker is not yet done with the measurement, stopped or not."""
        return self._jobs.is_busy(_key(run_id, metric))

    def _keep(self, run_id: str, result: TrustMeasures | None) -> None:
        if result is None:
            return
        try:
            self._store.write_trust(run_id, result)
        except FileNotFoundError:
            return  # the run has been deleted meanwhile
        except OSError as error:
            raise AtlasError(
                f"What was measured could not be written: {error}. Make room, and measure again."
            ) from error


def run_measurement(
    data: TrainingData,
    config: TrainingConfig,
    labels: Sequence[str],
    vectors: Floats,
    options: dict[str, Any],
    *,
    on_progress: OnJobProgress,
    keep_going: KeepGoing,
) -> TrustMeasures | None:
    """Measure, in a worker, how far a run can be trusted; None when stopped.

    Args:
        data: counted rows, the run's.
        config: the run's settings.
        labels: the run's categories.
        vectors: the run's.
        options: of `embed_core.training.trust_measures.measure`.
        on_progress: called with ``done`` and ``total`` trainings.
        keep_going: returns False when it shall stop.
    """
    require_same_categories(data, config, labels)
    return measure(
        data,
        config,
        vectors,
        on_progress=lambda done, total: on_progress({"done": done, "total": total}),
        keep_going=keep_going,
        **options,
    )


def _key(run_id: str, metric: str) -> str:
    return f"trust-{run_id}-{metric}"
