"""Getting a training ready while the person is still choosing: counted here, compiled and timed on every worker.

The strength of the prior, where it is to be chosen, is chosen then, too.
"""

import secrets
import threading
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from embed_core.learning.config import TrainingConfig
from embed_core.learning.training_state import PriorSearch, TrainingState
from embed_core.progress import OnJobProgress
from embed_core.runs.controls import ControlledLoop, GivenBack
from embed_core.runs.job import Job, JobList, Place
from embed_core.runs.pool import WORKERS
from embed_core.runs.store import RunStore
from embed_core.space.embedding import Embedding
from embed_core.tables.table import Table
from embed_core.training.fit import epochs_around, fit
from embed_core.training.prepare import prepare, settled
from embed_core.types import TrainingData, TrainingUpdate

TIMED_SECONDS = 0.5
_STILL_CHOOSING = 0.3
_REMEMBERED = 4
_LEAVES_WITHIN = 1.0


@dataclass(eq=False)
class Rehearsal:
    """A training that is being made ready.

    Attributes:
        key: of the table, the settings, and the run to go on from.
        start: embeddings of that run, by column; None where it begins from nothing.
        data: the counted rows; None while they are counted.
        jobs: one for each worker, one after the other, which compile the program and time some epochs.
        search: chooses the strength of the prior after that; None before, and where it is given, as by a run.
        error: why it cannot be trained, in a sentence.
        wanted: False once the person has chosen something else.
    """

    key: Hashable
    start: Mapping[str, Embedding] | None = field(default=None, repr=False)
    data: TrainingData | None = None
    jobs: list[Job] = field(default_factory=list)
    search: Job | None = None
    error: str = ""
    wanted: bool = True
    counted: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def is_ready(self) -> bool:
        """Whether every worker can begin at once, with nothing left to choose."""
        return self.is_compiled and (self.search is None or self.search.status == "done")

    @property
    def is_compiled(self) -> bool:
        """Whether every worker has compiled the program."""
        return len(self.jobs) == WORKERS and all(job.status == "done" for job in self.jobs)

    @property
    def prior(self) -> float | None:
        """The strength of the prior that was chosen; None where it was not."""
        return None if self.search is None else self.search.result

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        jobs = [*self.jobs, self.search] if self.search else self.jobs
        failed = any(job.status in ("failed", "stopped") for job in jobs)
        return bool(self.error) or not self.wanted or failed or self.is_ready

    def seconds(self, epochs: int) -> float | None:
        """Return how long so many epochs and what comes after them take, as measured; None while it is measured.

        What the choice of a prior takes is known when it has been made, and is not to be waited for then.
        """
        if self.search is not None and self.search.is_running:
            return None
        if self.start is not None:
            epochs += epochs_around(epochs)
        measured = [job.result for job in self.jobs if job.status == "done"]
        return max((epochs * each["epoch"] + each["ending"] for each in measured), default=None)


class Rehearsals:
    """The trainings that are made ready: the newest one, and a few before it.

    Args:
        place: where they are compiled.
        store: the runs to go on from.
    """

    def __init__(self, place: Place, store: RunStore) -> None:
        self._store = store
        # Whatever a person waits for goes first.
        self._jobs = JobList(place, priority=-1)
        self._known: dict[Hashable, Rehearsal] = {}
        self._lock = threading.Lock()

    def begin(self, table: Table, config: TrainingConfig, *, start: str | None = None) -> Rehearsal:
        """Get a training ready in the background, and return at once; what was begun before it is given up.

        Args:
            table: the table.
            config: the settings.
            start: id of a run to go on from: that takes another program than a training from nothing.
        """
        key = table.fingerprint(), config, start
        with self._lock:
            known = self._known.pop(key, None)
            if known is not None and (known.wanted or known.is_ready):
                self._known[key] = known
                return known
            for other in self._known.values():
                self._give_up(other)
            rehearsal = self._known[key] = Rehearsal(key)
            while len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        threading.Thread(
            target=self._count, args=(rehearsal, table, config, start), name="atlas-rehearsal", daemon=True
        ).start()
        return rehearsal

    def counted(
        self, table: Table, config: TrainingConfig, *, start: str | None = None
    ) -> tuple[TrainingData, float | PriorSearch | None]:
        """Return what a training needs of a table, counted already or now, and leave it the workers.

        Returns:
            the counted rows, and the strength of the prior, how far its choice is, or None where nobody chose.

        Raises:
            AtlasError: a column cannot be used as the configuration says.
        """
        known = self._known.get((table.fingerprint(), config, start))
        if known is not None and known.wanted:
            known.counted.wait()
            prior = self._left(known.search) or known.prior
            self._give_up(known)
            if known.data is not None:
                return known.data, prior
        return prepare(table, config), None

    def _left(self, search: Job | None) -> PriorSearch | None:
        """Have a choice that is being made leave its worker, and return how far it is; None of others."""
        if search is None or not search.is_running:
            return None
        self._jobs.give_back(search)
        end = time.monotonic() + _LEAVES_WITHIN
        while search.is_running and search.rest is None and time.monotonic() < end:
            time.sleep(0.01)
        found: PriorSearch | None = None if search.rest is None else search.rest.state.search
        return found

    def end(self) -> None:
        """Give all up."""
        with self._lock:
            for rehearsal in self._known.values():
                self._give_up(rehearsal)
            self._known.clear()

    def _count(self, rehearsal: Rehearsal, table: Table, config: TrainingConfig, start: str | None) -> None:
        try:
            time.sleep(_STILL_CHOOSING)
            if rehearsal.wanted:
                if start is not None:
                    columns = self._store.record(start).columns
                    rehearsal.start = {name: self._store.embedding(start, name) for name in columns}
                rehearsal.data = prepare(table, config)
        except Exception as refusal:  # whatever it is, nobody must wait for ever: Train says it in place
            rehearsal.error = str(refusal)
        finally:
            rehearsal.counted.set()
        if rehearsal.data is not None:
            self._compile(rehearsal, settled(config, rehearsal.data), 0)

    def _compile(self, rehearsal: Rehearsal, config: TrainingConfig, number: int) -> None:
        """Compile on a worker, and then on the next: one is always free for what somebody waits for."""
        if not rehearsal.wanted:
            return
        name = f"rehearsal-{secrets.token_hex(6)}-{number}"
        if number == WORKERS:
            if config.prior_strength == "auto" and rehearsal.start is None:
                rehearsal.search = Job(name, id=name, can_give_back=True)
                self._jobs.begin(rehearsal.search, search_prior, rehearsal.data, config)
            return

        def go_on(result: dict[str, Any]) -> dict[str, Any]:
            self._compile(rehearsal, config, number + 1)
            return result

        job = Job(name, id=name, worker=number, on_result=go_on)
        rehearsal.jobs.append(job)
        self._jobs.begin(job, rehearse, rehearsal.data, config, rehearsal.start)

    def _give_up(self, rehearsal: Rehearsal) -> None:
        if not rehearsal.has_ended:
            rehearsal.wanted = False
            for job in [*rehearsal.jobs, *([rehearsal.search] if rehearsal.search else [])]:
                self._jobs.stop(job.key)


def rehearse(
    data: TrainingData,
    config: TrainingConfig,
    start: Mapping[str, Embedding] | None = None,
    *,
    on_progress: OnJobProgress,
    keep_going: ControlledLoop,
) -> dict[str, Any]:
    """Begin a training in a worker as it will be begun, which compiles its program, and time some epochs of it.

    Args:
        data: counted rows.
        config: the settings.
        start: embeddings of a run to go on from, by column.
        on_progress: not called.
        keep_going: the loop that obeys.

    Returns:
        the seconds of an ``epoch``, and of the ``ending``, in which the model is written.
    """
    first, last = (0, 0.0), (0, 0.0)

    def on_update(update: TrainingUpdate) -> bool:
        nonlocal first, last
        if update.epoch == 0:
            return False
        last = update.epoch, time.perf_counter()
        if not first[0]:  # what was compiled is in the time before it
            first = last
        return last[1] - first[1] > TIMED_SECONDS

    fit(
        data,
        config.with_prior(1.0),
        on_update=on_update,
        keep_going=keep_going,
        with_vectors=True,
        with_model=True,
        start=start,
    )
    epochs = last[0] - first[0]
    return {
        "epoch": (last[1] - first[1]) / epochs if epochs else 0.0,
        "ending": time.perf_counter() - last[1] if last[0] else 0.0,
    }


def search_prior(
    data: TrainingData,
    config: TrainingConfig,
    *,
    on_progress: OnJobProgress,
    keep_going: ControlledLoop,
    state: TrainingState | None = None,
) -> float | GivenBack | None:
    """Choose the strength of the prior in a worker; None when it was stopped.

    Args:
        data: counted rows.
        config: the settings.
        on_progress: not called.
        keep_going: the loop that obeys.
        state: of a search that gave its worker back, to go on from.
    """
    fitted = fit(
        data,
        config,
        on_update=lambda update: True,
        keep_going=keep_going,
        state=state,
        goes_on_later=keep_going.gives_back,
    )
    return fitted.prior_strength or None if fitted.state is None else keep_going.given_back(fitted.state)
