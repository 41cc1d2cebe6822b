"""The worker processes: what is handed to them, what they report, and the one thread that hears it.

TensorFlow lives in the workers: Streamlit clears Keras' global state after every script run, and a worker
that dies takes only its own work with it.
"""

import functools
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embed_core.errors import AtlasError
from embed_core.runs import in_worker
from embed_core.runs.job import Job
from embed_core.runs.pool import WARM_SECONDS, Pool, local_cluster

SCHEDULER_VARIABLE = "CATEGORY_ATLAS_SCHEDULER"
KILLED = (
    "The worker process that did this died: it was ended from outside, or crashed. "
    "Nothing else was harmed: try again."
)
OUT_OF_MEMORY = (
    "The machine ran out of memory, and the system ended the worker process that did this. Nothing else was harmed: "
    "try again with fewer categories or a smaller dimension."
)
RETRIES = (1.0, 5.0, 0.0)
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
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.client: Any = None
        self.cluster: Any = None
        self._pool: Pool | None = None
        self._starting = threading.Lock()
        self._has_begun = False
        self._connected = threading.Event()
        self._failure = ""
        self._closing = False
        self.warm = threading.Event()

    def start(self) -> None:
        """Start the workers, unless they were: the first job does so, too."""
        with self._starting:
            if self._has_begun or self._closing:
                return
            self._has_begun = True
        threading.Thread(target=self._connect, name="atlas-connect", daemon=True).start()
        threading.Thread(target=self._listen, name="atlas-listen", daemon=True).start()

    def start_after(self, seconds: float) -> None:
        """Start the workers in a while: importing TensorFlow takes both cores, which the first page needs."""
        if not self._has_begun:
            timer = threading.Timer(seconds, self.start)
            timer.daemon = True
            timer.start()

    def submit(
        self, job: Job, work: Callable[..., Any], arguments: tuple[Any, ...], *, priority: int = 0
    ) -> None:
        """Have a worker call ``work(*arguments, on_progress=, keep_going=)``, and return at once.

        Args:
            job: who hears of it.
            work: a function of a module.
            arguments: travel apart from the order, because they may be large.
            priority: of what waits for a worker, the highest goes first (default 0).
        """
        self.start()
        self._jobs[job.id] = job
        given = (job, in_worker.Work(work, arguments, job.options), priority)
        threading.Thread(target=self._hand_over, args=given, name="atlas-submit", daemon=True).start()

    def control(self, job: Job) -> None:
        """Say to a worker how the job is to proceed."""
        if self.client is not None:
            message = {"job": job.id, "controls": job.controls.as_dict()}
            self.client.log_event(in_worker.CONTROLS, message)

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
        if self._pool is not None:
            self._pool.close()
        for part in (self.client, self.cluster):
            if part is not None:
                part.close()

    def _connect(self) -> None:
        from distributed import Client

        try:
            if self._address is None:
                self.cluster = local_cluster()
            self.client = Client(self._address or self.cluster, set_as_default=False)
            self.client.subscribe_topic(in_worker.UPDATES, self._on_event)
            self._pool = Pool(self.client, self.cluster)
            self._connected.set()
            self._pool.warm.wait(WARM_SECONDS)  # where no worker comes, jobs must say so
        except Exception as error:
            if not self._closing:  # whatever keeps the workers away is what the person must read
                _log.exception("the workers could not be started")
                self._failure = f"The worker processes could not be started: {error}"
        finally:
            self._connected.set()
            self.warm.set()

    def _hand_over(self, job: Job, work: in_worker.Work, priority: int, handed: int = 0) -> None:
        """Send the work; a worker that dies while the data is on its way is soon replaced, and tried again."""
        self.warm.wait()
        error = self._failure
        for wait in () if error else RETRIES:
            try:
                sent = self.client.scatter(work, direct=False, hash=False)
                controls = job.controls.as_dict()
                key = f"{job.id}-{job.turn}-{handed}"
                future = self.client.submit(
                    in_worker.run,
                    sent,
                    job.id,
                    controls,
                    key=key,
                    pure=False,
                    priority=priority,
                    **self._where(job),
                )
            except Exception as problem:  # whatever it is, the person must not wait for ever
                _log.exception("%s could not be sent to a worker", job.id)
                error = f"The data could not be sent to a worker process: {problem}. Try again in a minute."
                time.sleep(wait)
            else:
                taken = functools.partial(
                    self._take_outcome, job=job, work=work, priority=priority, handed=handed + 1
                )
                return future.add_done_callback(
                    functools.partial(lambda taken, ended: self._inbox.put(lambda: taken(ended)), taken)
                )
        self._inbox.put(lambda: self._end(job, None, error))

    def _where(self, job: Job) -> dict[str, Any]:
        """Return which worker had best do a job, as the scheduler takes it; any other may, when that one is gone."""
        if job.worker is None:
            return {}
        addresses = sorted(self.client.scheduler_info(n_workers=-1)["workers"])
        return {"workers": [addresses[job.worker % len(addresses)]], "allow_other_workers": True}

    def _take_outcome(self, future: Any, job: Job, work: in_worker.Work, priority: int, handed: int) -> None:
        """End a job; one whose worker died before it had begun is handed to another, a few times."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        began = self._begun.get(job.id)
        try:
            result, error = future.result(), ""
        except AtlasError as refusal:
            result, error = None, str(refusal)
        except (KilledWorker, FutureCancelledError):
            if began is None and handed < HANDED and job.is_running and not self._closing:
                threading.Thread(
                    target=self._hand_over,
                    args=(job, work, priority, handed),
                    name="atlas-submit",
                    daemon=True,
                ).start()
                return
            more = began is not None and _times_out_of_memory() > began
            result, error = None, OUT_OF_MEMORY if more else KILLED
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
            self._begun.setdefault(job.id, _times_out_of_memory())
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


def _times_out_of_memory() -> int:
    """Return how often this machine has ended a process for want of memory; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
