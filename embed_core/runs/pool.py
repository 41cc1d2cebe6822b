"""The worker processes of this server: warmed up, replaced when they die for good, and when they have grown."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from embed_core.runs import foreign, in_worker
from embed_core.runs.turns import seats_of

WORKERS = 2
GROWN_BY = 350_000_000
"""Bytes beyond what a worker took when it was warm: the first trainings take up to half of it, which is not growth, and
about ten programs the rest, which XLA never gives back. It takes some more before another one is warm: of three shapes
of programs in turn 28 MB each, so that it ends below 1.3 times of what it took after the first trainings."""
_LOOK_SECONDS = 1.0
_WARM_LOOK_SECONDS = 0.1
WARM_SECONDS = 120.0
_WARM_BESIDE_SECONDS = 600.0
_MISSING_SECONDS = 15.0  # a worker that died is started again within a few
_log = logging.getLogger(__name__)


def local_cluster() -> Any:
    """Start a cluster that only this process can speak to: on this machine, over TLS, with keys made now."""
    import dask
    from distributed import LocalCluster
    from distributed.security import Security

    dask.config.set(
        {
            # A task whose worker dies fails at once: it would most likely kill the next one too.
            "distributed.scheduler.allowed-failures": 0,
            "distributed.admin.low-level-log-length": 50,
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
        }
    )
    cluster = LocalCluster(
        n_workers=WORKERS,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        security=Security.temporary(),
        # Left out, the scheduler's web server would take port 8787, and warn where it is taken.
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        silence_logs=logging.CRITICAL,
    )
    cluster.sync(_close_http, cluster.scheduler)
    return cluster


async def _close_http(scheduler: Any) -> None:
    scheduler.http_server.stop()


class Pool:
    """Looks after the workers of a cluster, on a thread of its own, until it is closed.

    Args:
        client: of the cluster.
        cluster: from `local_cluster`; None when the workers are somebody else's, which are only warmed up.
        seated: returns the seats that jobs have, or are about to have.
        grown_by: bytes beyond what a worker took when it was warm with which it is replaced.

    Attributes:
        warm: set when the first worker is warm, or could not be warmed up.
    """

    def __init__(
        self,
        client: Any,
        cluster: Any,
        *,
        seated: Callable[[], list[str]] = list,
        grown_by: int = GROWN_BY,
    ) -> None:
        self.warm = threading.Event()
        self._client = client
        self._cluster = cluster
        self._seated = seated
        self._grown_by = grown_by
        self._warm_bytes: dict[str, int] = {}
        self._warmed: set[str] = set()
        self._ready: dict[str, int] = {}
        self._missing: dict[Any, float] = {}
        self._refused: dict[str, str] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._tend, name="atlas-pool", daemon=True)
        self._thread.start()

    def seats(self) -> list[str]:
        """Return the places for jobs on workers that are there now, are warm, and are not about to go."""
        if self._client.status != "running":  # its scheduler has gone, or does not answer just now
            return []
        present = self._workers()
        return seats_of({address: threads for address, threads in self._ready.items() if address in present})

    @property
    def is_there(self) -> bool:
        """Whether there is a worker, warm or not, or its scheduler does not say."""
        return self._client.status != "running" or bool(self._workers())

    @property
    def refusal(self) -> str:
        """Why none of the workers that are there can be given anything; "" where one can, or there is none."""
        if self._client.status != "running" or not self._refused:
            return ""
        sentences = [self._refused.get(address, "") for address in self._workers()]
        return sentences[0] if sentences and all(sentences) else ""

    def close(self) -> None:
        """Look after them no longer."""
        self._closing.set()

    def _tend(self) -> None:
        was_well = True
        while not self._closing.is_set():
            try:
                self._look()
            except Exception:  # a worker that dies meanwhile is seen the next time
                if was_well and not self._closing.is_set():
                    _log.warning("the workers could not be looked at", exc_info=True)
                was_well = False
            else:
                was_well = True
            self._closing.wait(_LOOK_SECONDS)

    def _look(self) -> None:
        workers = self._workers()
        for address in workers:
            if address not in self._warmed:
                return self._warm_up(address)
        if self._cluster is None:
            return
        if lost := self._lost({worker["name"] for worker in workers.values()}):
            self._cluster.sync(self._cluster.scale_down, lost)
        if len(self._cluster.worker_spec) < WORKERS:
            self._cluster.scale(WORKERS)
        for address, worker in workers.items():
            taken = worker["metrics"]["memory"]
            if taken > self._warm_bytes.setdefault(address, taken) + self._grown_by:
                return self._replace(address, worker["name"])

    def _warm_up(self, address: str) -> None:
        """Warm a worker up, one after the other: the first is ready sooner, and a training waits for it."""
        if self._cluster is not None:
            self._client.run(in_worker.close_http, workers=[address])
        elif sentence := foreign.refusal(self._client, address):
            _log.warning("%s", sentence)
            self._refused[address] = sentence
            self._warmed.add(address)
            self.warm.set()
            return
        self._warmed.add(address)
        future = self._client.submit(in_worker.warm_up, workers=[address], pure=False, priority=1)
        # Nobody needs one that is not warm while there is another. One that dies before it begins leaves this waiting
        # for ever.
        began, most = time.monotonic(), _WARM_BESIDE_SECONDS
        while not future.done() and address in self._workers():
            if time.monotonic() - began > (most if self.seats() else WARM_SECONDS):
                break
            if self._closing.wait(_WARM_LOOK_SECONDS):
                return
        taken = future.result() if future.status == "finished" else 0
        if not taken:
            future.cancel()
        if address in (workers := self._workers()):
            # What it last said of itself may be of before it was warm.
            self._warm_bytes[address] = max(taken, workers[address]["metrics"].get("memory", 0))
            self._ready = self._ready | {address: workers[address]["nthreads"]}
        self.warm.set()

    def _lost(self, present: set[Any]) -> list[Any]:
        """Return the names of workers that nobody starts again."""
        now = time.monotonic()
        missing = set(self._cluster.worker_spec) - present
        self._missing = {name: self._missing.get(name, now) for name in missing}
        return [name for name, since in self._missing.items() if now - since > _MISSING_SECONDS]

    def _replace(self, address: str, name: Any) -> None:
        """Have another one warm before this one takes no more jobs; it goes when it has none."""
        before = set(self._workers())
        self._cluster.scale(len(self._cluster.worker_spec) + 1)
        end = time.monotonic() + WARM_SECONDS
        while not (new := set(self._workers()) - before):
            if time.monotonic() > end or self._closing.wait(_LOOK_SECONDS):
                return
        for each in new:
            self._warm_up(each)
        self._ready = {each: threads for each, threads in self._ready.items() if each != address}
        self._client.retire_workers([address], close_workers=False, remove=False)
        while self._is_used(address) and not self._closing.wait(_LOOK_SECONDS):
            pass
        self._cluster.sync(self._cluster.scale_down, [name])

    def _is_used(self, address: str) -> bool:
        """Whether a worker has work, or is being sent some."""
        is_seat = any(seat.split()[0] == address for seat in self._seated())
        return is_seat or any(self._client.processing([address]).values())

    def _workers(self) -> dict[str, Any]:
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return workers
