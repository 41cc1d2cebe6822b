"""The worker processes: what is handed to them, what they report, and the one thread that hears it.

TensorFlow lives in the workers: Streamlit clears Keras' global state after every script run, and a worker
that dies takes only its own work with it.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

from embed_core.errors import AtlasError
from embed_core.runs import foreign, in_worker
from embed_core.runs.endings import KILLED, NO_WORKER, NOT_BEGUN, OUT_OF_MEMORY, times_out_of_memory
from embed_core.runs.job import Job
from embed_core.runs.pool import WARM_SECONDS, Pool, local_cluster
from embed_core.runs.turns import Turn, Turns

SCHEDULER_VARIABLE = "CATEGORY_ATLAS_SCHEDULER"
RETRIES = (1.0, 5.0, 0.0)
NO_WORKER_SECONDS = 60.0
_LOOK_SECONDS = 0.25
_LOST_SECONDS = 5.0
HANDED = 20
_log = logging.getLogger(__name__)


class Workers:
    """Starts the workers in the background, and carries messages both ways; one place for jobs, as threads are.

    Jobs hear of their progress and their end on one thread, one after the other.

    Args:
        scheduler: address of an existing Dask scheduler; None starts a cluster of two worker processes of
            its own. The default is the environment variable ``CATEGORY_ATLAS_SCHEDULER``.
    """

    def __init__(self, scheduler: str | None = None) -> None:
        self._address = scheduler or os.environ.get(SCHEDULER_VARIABLE) or None
        self._jobs: dict[str, Job] = {}
        self._begun: dict[str, int] = {}  # and how often memory had run out
        self._turns = Turns()
        self._news = threading.Event()
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.client: Any = None
        self.cluster: Any = None
        self._pool: Pool | None = None
        self._line: Any = None  # over which the scheduler is heard
        self._starting = threading.Lock()
        self._has_begun = False
        self._connected = threading.Event()
        self._failure = ""
        self._closing = False
        self.warm = threading.Event()

    def start(self) -> None:
        """Start the workers, unless they were: the first job does so, too."""
        with self._starting:
            if self._closing or (self._has_begun and not self._is_cut_off):
                return
            if self._is_cut_off:  # its scheduler may be there again
                self._connected.clear()
            is_first, self._has_begun, self._failure = not self._has_begun, True, ""
        threading.Thread(target=self._connect, name="atlas-connect", daemon=True).start()
        if not is_first:
            return
        threading.Thread(target=self._listen, name="atlas-listen", daemon=True).start()
        threading.Thread(target=self._give_seats, name="atlas-seats", daemon=True).start()

    def start_after(self, seconds: float) -> None:
        """Start the workers in a while: importing TensorFlow takes both cores, which the first page needs."""
        if not self._has_begun:
            timer = threading.Timer(seconds, self.start)
            timer.daemon = True
            timer.start()

    def submit(
        self,
        job: Job,
        work: Callable[..., Any],
        arguments: tuple[Any, ...],
        *,
        priority: int = 0,
        owner: Hashable = None,
    ) -> None:
        """Have a worker call ``work(*arguments, on_progress=, keep_going=)`` when its turn comes; returns at once.

        Args:
            job: who hears of it.
            work: a function of a module.
            arguments: travel apart from the order, because they may be large.
            priority: from 0 on, somebody waits for it; less, it is done when nobody waits for anything (default 0).
            owner: whose it is: workers are shared between owners.
        """
        self.start()
        self._jobs[job.id] = job
        self._turns.join(Turn(job, in_worker.Work(work, arguments, job.options), priority, owner))
        self._news.set()

    def control(self, job: Job) -> None:
        """Say to a worker how the job is to proceed; one that waits and shall end needs none."""
        if job.controls.abandon or (job.controls.stop and not job.turn):
            turn = self._turns.leave_line(job)
            if turn is not None:
                self._inbox.put(lambda: self._end(job, None, NOT_BEGUN))
                return
        if self.client is not None:
            message = {"job": job.id, "controls": job.controls.as_dict()}
            self.client.log_event(in_worker.CONTROLS, message)

    def place_in_line(self, job: Job) -> int | None:
        """Return which in line a job is, from 1; None when it does not wait for a worker."""
        return self._turns.place(job)

    def is_busy_with(self, job: Job) -> bool:
        """Whether the work has not ended, although nobody may want it any more."""
        return job.id in self._jobs

    def close(self) -> None:
        """Stop the cluster, and hear no more."""
        with self._starting:
            self._closing = True
        if self._has_begun:
            self._connected.wait(60)
        self._inbox.put(None)
        for part in (self._pool, self.client, self.cluster):
            foreign.let_go(part)

    @property
    def none_yet(self) -> str:
        """That no worker has come to somebody else's scheduler yet, in words; "" where one has."""
        if self._address is None or not self._connected.is_set() or self._pool is None or self._pool.is_there:
            return ""
        return foreign.NONE_YET.format(self._address)

    @property
    def _is_cut_off(self) -> bool:
        """Whether there is no connection to somebody else's scheduler, and none will come by itself."""
        lost = self.client is not None and self.client.status == "closed"
        return self._address is not None and self._connected.is_set() and (lost or bool(self._failure))

    @property
    def _is_heard_again(self) -> bool:
        """Whether the connection to somebody else's scheduler broke, and there is another."""
        if self._address is None or not self._connected.is_set() or self._failure:
            return False
        return self.client.status == "running" and self.client.scheduler_comm is not self._line

    def _connect(self) -> None:
        from distributed import Client

        for part in (self._pool, self.client):  # of a scheduler that had gone
            foreign.let_go(part)
        self._pool = self._line = None
        try:
            if self._address is None:
                self.cluster = local_cluster()
            self.client = Client(self._address or self.cluster, set_as_default=False)
            pool = self._hear_scheduler()
            self._connected.set()
            pool.warm.wait(WARM_SECONDS)  # where no worker comes, jobs must say so
        except Exception as error:
            if not self._closing:  # whatever keeps the workers away is what the person must read
                _log.exception("the workers could not be started")
                words = foreign.NO_ANSWER.format(self._address) if isinstance(error, OSError) else str(error)
                is_theirs = self._address is not None and isinstance(error, OSError)
                self._failure = words if is_theirs else f"The worker processes could not be started: {error}"
        finally:
            self._connected.set()
            self.warm.set()

    def _hear_scheduler(self) -> Pool:
        """Hear what the scheduler says, and look at its workers: all are new to one that was away for a while."""
        if self._line is not None:
            self.client.unsubscribe_topic(in_worker.UPDATES)
        self._line = self.client.scheduler_comm
        self.client.subscribe_topic(in_worker.UPDATES, self._on_event)
        foreign.let_go(self._pool)
        self._pool = pool = Pool(self.client, self.cluster, seated=self._turns.seats_taken)
        return pool

    def _give_seats(self) -> None:
        """Hand jobs over as their turn comes, until the end."""
        self.warm.wait()
        seen = time.monotonic()
        while not self._closing:
            self._news.wait(_LOOK_SECONDS)
            self._news.clear()
            try:
                if self._is_heard_again:
                    self._hear_scheduler()
                if not self._turns.are_waiting and not self._turns.seated:
                    seen = time.monotonic()
                    continue
                seats = [] if self._pool is None or self._failure else self._pool.seats()
                now = time.monotonic()
                if seats or not self._turns.are_waiting:
                    seen = now
                elif (why := self._why_nobody()) or now - seen > NO_WORKER_SECONDS:
                    for turn in self._turns.give_up_all():
                        self._fail(turn, why or NO_WORKER)
                self._change_seats(seats, now)
            except Exception:  # whatever it is, those that wait must have their turn
                if not self._closing:
                    _log.exception("a worker could not be given")

    def _why_nobody(self) -> str:
        """Return why no worker will come by itself; "" where one may."""
        if self._failure or not self._connected.is_set():
            return self._failure
        if self.client.status == "closed":
            return foreign.GONE.format(self._address)
        return self._pool.refusal if self._pool is not None else ""

    def _change_seats(self, seats: list[str], now: float) -> None:
        for turn in self._turns.seat(seats, now):
            threading.Thread(target=self._hand_over, args=(turn,), name="atlas-submit", daemon=True).start()
        for turn in self._turns.must_leave(seats, now):
            turn.job.ask_back()
            self.control(turn.job)
        for turn in self._turns.seated:
            is_lost = turn.seat not in seats and turn.job.id not in self._begun
            if is_lost and turn.future is not None and now - turn.since > _LOST_SECONDS:
                turn.future.cancel()  # what is not begun on a worker that is gone is done by another

    def _hand_over(self, turn: Turn) -> None:
        """Send the work to the worker; one that dies while the data is on its way is tried again, or another."""
        job, address = turn.job, turn.seat.split()[0]
        try:
            # Only there: a worker that was refused must not even read it.
            sent = self.client.scatter(turn.work, direct=False, hash=False, workers=[address])
            future = self.client.submit(
                in_worker.run,
                sent,
                job.id,
                job.controls.as_dict(),
                key=f"{job.id}-{job.turn}-{turn.handed}-{turn.failures}",
                pure=False,
                priority=turn.priority,
                workers=[address],
            )
        except Exception as problem:  # whatever it is, the person must not wait for ever
            _log.exception("%s could not be sent to a worker", job.id)
            self._turns.leave_seat(turn)
            turn.failures += 1
            if turn.failures >= len(RETRIES):
                words = f"The data could not be sent to a worker process: {problem}. Try again in a minute."
                return self._fail(turn, words)
            time.sleep(RETRIES[turn.failures - 1])
            self._turns.join(turn)
            self._news.set()
        else:
            turn.future = future
            future.add_done_callback(lambda ended: self._inbox.put(lambda: self._take_outcome(ended, turn)))

    def _fail(self, turn: Turn, sentence: str) -> None:
        self._inbox.put(lambda: self._end(turn.job, None, sentence))

    def _take_outcome(self, future: Any, turn: Turn) -> None:
        """End a job; one whose worker died before it had begun is handed to another, a few times."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        job = turn.job
        self._turns.leave_seat(turn)
        self._news.set()
        began = self._begun.get(job.id)
        try:
            result, error = future.result(), ""
        except AtlasError as refusal:
            result, error = None, str(refusal)
        except (KilledWorker, FutureCancelledError) as problem:
            is_cut_off = self.client.status != "running" or getattr(problem, "reason", "") == foreign.LOST
            if began is None and turn.handed < HANDED and job.is_running and not self._closing:
                turn.handed += 1
                self._turns.join(turn)
                return
            more = began is not None and times_out_of_memory() > began
            result, error = None, OUT_OF_MEMORY if more else KILLED
            if self._address is not None and is_cut_off:
                error = foreign.GONE.format(self._address)
        except Exception as failure:
            _log.exception("%s failed", job.id)
            result = None
            error = f"It failed with an unexpected error: {type(failure).__name__}: {failure}"
        self._end(job, result, error)

    def _on_event(self, event: tuple[float, dict[str, Any]]) -> None:
        job = self._jobs.get(event[1]["job"])
        if job is not None:
            self._inbox.put(lambda: self._hear(job, event[1]))

    def _hear(self, job: Job, message: dict[str, Any]) -> None:
        if job.id not in self._jobs:
            return
        if "started" in message:  # what was asked before it listened is lost
            self._begun.setdefault(job.id, times_out_of_memory())
            self.control(job)
        else:
            job.take_progress(message["progress"])

    def _end(self, job: Job, result: Any, error: str) -> None:
        self._jobs.pop(job.id, None)
        self._begun.pop(job.id, None)
        job.take_result(result, error)

    def _listen(self) -> None:
        while (task := self._inbox.get()) is not None:
            try:
                task()
            except Exception:  # the other jobs must be heard
                _log.exception("what a worker reported could not be taken")
