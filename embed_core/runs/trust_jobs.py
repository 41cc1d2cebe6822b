"""Measurements of how far a run can be trusted, as jobs on the workers: each of its trainings is one.

They begin by themselves when a training has ended, at low priority. A training that somebody waits for goes first: one
of theirs gives its worker back for it.
"""

import dataclasses
import logging
import threading
import time
from collections.abc import Callable

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.progress import KeepGoing, Moment, OnJobProgress
from embed_core.runs.in_worker import gently
from embed_core.runs.job import Job, JobList, Place
from embed_core.runs.measurement import COMPARISON, Measurement, TrustState
from embed_core.runs.store import RunStore
from embed_core.space.neighbors.distances import METRICS, check_metric
from embed_core.training.all_rows import AllRows
from embed_core.training.compared import LEAST_CATEGORIES
from embed_core.training.replicates import Replicate, Replicates
from embed_core.training.trust_measures import SPLITS, TrustMeasures, compare, epochs_behind
from embed_core.types import Floats, TrainingData

# As many as there are workers in a cluster of one's own: with more waiting there, a training would wait behind them.
_AT_ONCE = 2
_log = logging.getLogger(__name__)
_REMEMBERED = 20


class TrustJobs:
    """Measures how far runs can be trusted, and keeps what was measured with the runs.

    Args:
        store: the runs.
        place: where measurements run.
        unasked: whether they begin by themselves (default True).
    """

    def __init__(self, store: RunStore, place: Place, *, unasked: bool = True) -> None:
        self.unasked = unasked
        self._store = store
        self._place = place
        self._jobs = JobList(place, priority=-1)
        self._found: dict[str, Measurement] = {}
        self._expected: dict[str, Callable[[], TrainingData]] = {}
        self._training: set[str] = set()
        self._waiting: set[str] = set()
        self._lock = threading.RLock()

    def expect(self, run_id: str, count: Callable[[], TrainingData]) -> None:
        """Have a run measured as soon as its training has ended well; nothing where that is not wanted unasked.

        Args:
            run_id: of the run.
            count: makes its data, as `begin` takes them; called in a thread of its own.
        """
        if not self.unasked:
            return
        self._expected[run_id] = count
        try:
            has_ended = self._store.record(run_id).status.has_result
        except AtlasError:
            has_ended = False
        if has_ended:
            self.hear(run_id, "ended")

    def hear(self, run_id: str, moment: Moment) -> None:
        """Hear of a training: while one waits for a worker, it goes first; when one has ended, it is measured."""
        with self._lock:
            if moment == "begun":
                self._training.add(run_id)
                self._waiting.add(run_id)
                self._make_way()
                return
            self._waiting.discard(run_id)
            count = None
            if moment == "ended":
                self._training.discard(run_id)
                count = self._expected.pop(run_id, None)
            self._fill()
        if count is not None:
            self._measure_unasked(run_id, count)

    def begin(self, run_id: str, data: TrainingData, *, k: int = 10, splits: int = SPLITS) -> None:
        """Begin to measure how far a run can be trusted; nothing when that is going on already.

        Args:
            run_id: a run that has ended well.
            data: the run's, from `prepare` with its configuration and as many ``splits``.
            k: neighbours compared (default 10).
            splits: how often the rows are halved, for two retrainings each (default 3).

        Raises:
            AtlasError: there is no such run, or it has no embedding.
        """
        with self._lock:
            if (going := self._found.get(run_id)) and going.is_going:
                return
            found = self._new(run_id, k, splits)
        self._start(found, data)

    def stop(self, run_id: str) -> None:
        """End a measurement; what was measured before it stays."""
        with self._lock:
            found = self._found.get(run_id)
            if found is not None and found.is_going:
                found.status = "none"
                self._abandon(found)
                self._fill()

    def find(self, run_id: str, metric: str) -> TrustState:
        """Return how far the measurement of a run is, or what was measured of it.

        Raises:
            AtlasError: there is no such metric, or the id is none.
        """
        check_metric(metric)
        with self._lock:  # what is written meanwhile is seen whole
            found, kept = self._found.get(run_id), self._store.trust(run_id, metric)
        if found is not None and found.status in ("measuring", "failed"):
            return found.state(kept)
        if kept is None:
            return TrustState("none")
        total = kept.replicates + 1
        return TrustState("done", total, total, result=kept)

    @property
    def are_busy(self) -> bool:
        """Whether any goes on."""
        return any(found.is_going for found in self._found.values())

    def end(self) -> None:
        """End all measurements, and measure nothing that was to be."""
        with self._lock:
            self._expected.clear()
            for run_id in list(self._found):
                self.stop(run_id)
            self._found.clear()

    def is_busy(self, run_id: str) -> bool:
        """Whether a worker is not yet done with the measurement, stopped or not."""
        found = self._found.get(run_id)
        return found is not None and any(self._place.is_busy_with(job) for job in [*found.jobs, *found.left])

    def _measure_unasked(self, run_id: str, count: Callable[[], TrainingData]) -> None:
        try:
            if len(self._store.embedding(run_id)) < LEAST_CATEGORIES:
                return
            with self._lock:
                found = self._new(run_id, 10, SPLITS)
        except AtlasError:  # it failed, and there is nothing to measure
            return

        def work() -> None:
            try:
                data = count()
            except AtlasError as error:
                found.fail(str(error))
            except Exception as error:  # whatever it is, nobody must wait for ever
                _log.exception("the rows of %s could not be counted again", run_id)
                found.fail(f"The rows could not be counted again: {error}. Measure trust, to try once more.")
            else:
                self._start(found, data)

        threading.Thread(target=work, name="atlas-trust", daemon=True).start()

    def _new(self, run_id: str, k: int, splits: int) -> Measurement:
        record, embedding = self._store.record(run_id), self._store.embedding(run_id)
        found = Measurement(
            run_id=run_id,
            config=record.trained_by,
            epochs=epochs_behind(record.config, best_epoch=record.best_epoch, epochs_done=record.epochs_done),
            labels=embedding.labels,
            vectors=embedding.vectors,
            k=k,
            splits=splits,
            expected=record.seconds,
        )
        self._found.pop(run_id, None)
        self._found[run_id] = found
        ended = [run for run, each in self._found.items() if not each.is_going]
        for run in ended[: max(0, len(self._found) - _REMEMBERED)]:
            del self._found[run]
        return found

    def _start(self, found: Measurement, data: TrainingData) -> None:
        found.prepare(data)
        with self._lock:
            self._fill()

    def _make_way(self) -> None:
        """Have the training that began last give its worker back, where all workers may be taken."""
        running = [job for found in self._found.values() for job in found.jobs if job.is_running]
        if running:
            self._jobs.give_back(running[-1])

    def _fill(self) -> None:
        """Hand the next trainings over, those of the run that ended last first, to workers that nobody else uses.

        None would wait behind a training that may go on for hours.
        """
        most = max(1, _AT_ONCE - len(self._training))
        for found in reversed(list(self._found.values())):
            while not self._waiting and found.pending and self._running() < most:
                self._hand_over(found, found.pending.pop(0))

    def _running(self) -> int:
        return sum(len(found.jobs) for found in self._found.values())

    def _hand_over(self, found: Measurement, part: int) -> None:
        job = Job(
            found.next_key(),
            on_result=lambda result: self._take(found, part, job, result),
            on_failure=lambda sentence: self._fail(found, job, sentence),
            can_give_back=part != COMPARISON,
        )
        found.jobs.append(job)
        if part == COMPARISON:
            self._jobs.begin(job, run_comparison, *found.compared())
        else:
            self._jobs.begin(job, run_retraining, *found.trained(part), found.config, found.epochs)

    def _take(self, found: Measurement, part: int, job: Job, result: object) -> None:
        with self._lock:
            if job in found.jobs:
                found.jobs.remove(job)
            if found.is_going:
                self._keep(found, found.take(part, result))
            self._fill()

    def _fail(self, found: Measurement, job: Job, sentence: str) -> None:
        with self._lock:
            if job in found.jobs:
                found.jobs.remove(job)
            found.fail(sentence)
            self._abandon(found)
            self._fill()

    def _abandon(self, found: Measurement) -> None:
        found.pending.clear()
        for job in list(found.jobs):
            self._jobs.stop(job.key)
        found.left, found.jobs = [*found.left, *found.jobs], []

    def _keep(self, found: Measurement, measured: list[TrustMeasures]) -> None:
        try:
            for each in measured:
                self._store.write_trust(found.run_id, each)
        except FileNotFoundError:
            found.status = "none"  # the run has been deleted meanwhile
            self._abandon(found)
        except OSError as error:
            reason = error.strerror or str(error)
            found.status = "failed"  # although all of it was measured
            found.error = f"What was measured could not be written: {reason}. Make room, and measure again."
            self._abandon(found)


def run_retraining(
    data: TrainingData,
    seed: int,
    share: float,
    config: TrainingConfig,
    epochs: int,
    *,
    on_progress: OnJobProgress,
    keep_going: KeepGoing,
) -> tuple[Replicate, float] | None:
    """Train once more, in a worker; returns what was learned and the seconds it took, None when it was ended.

    Args:
        data: what it learns from.
        seed: of the training.
        share: of the epochs that are trained.
        config: the run's settings.
        epochs: after how many of its epochs a training ends.
        on_progress: not called.
        keep_going: returns False when it shall end.
    """
    started = time.monotonic()
    found = gently(lambda: Replicates(config, epochs, keep_going=keep_going).one(data, seed, share))
    if found is None:
        return None
    return dataclasses.replace(found, columns={}), time.monotonic() - started


def run_comparison(
    vectors: Floats,
    replicates: list[Replicate],
    config: TrainingConfig,
    rows: AllRows,
    k: int,
    *,
    on_progress: OnJobProgress,
    keep_going: KeepGoing,
) -> list[TrustMeasures]:
    """Compare replicates, in a worker, by each metric: see `compare`."""
    return gently(
        lambda: [compare(vectors, replicates, config, rows, k=k, metric=metric) for metric in METRICS]
    )
