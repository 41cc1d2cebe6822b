"""A worker process that has grown is replaced between two jobs.

What XLA has compiled is never given back while the process lives, so every other shape of training adds to it.
"""

import logging
import threading
import time
from typing import Any

from embed_core.runs import in_worker

GROWN_BY = 250_000_000
"""Bytes beyond what a worker took when it was warm: some tens of programs."""
_LOOK_SECONDS = 1.0
_START_SECONDS = 120.0
_log = logging.getLogger(__name__)


class Renewal:
    """Replaces the workers of a cluster of our own as they grow; the new one is warm before the old one goes.

    Args:
        client: of the cluster.
        cluster: a `distributed.LocalCluster`.
        grown_by: bytes beyond what it took when it was first seen (default 250 MB) with which a worker is replaced.
    """

    def __init__(self, client: Any, cluster: Any, *, grown_by: int = GROWN_BY) -> None:
        self._client = client
        self._cluster = cluster
        self._grown_by = grown_by
        self._warm_bytes: dict[str, int] = {}
        self._one = threading.Lock()

    @property
    def is_looking(self) -> bool:
        """Whether it looks, or replaces one."""
        return self._one.locked()

    def see(self) -> None:
        """Look at all workers, as they are when they are warm, and replace one that has grown since; at once.

        Nothing waits for it: the replacement is made beside what the workers do.
        """
        if self._one.acquire(blocking=False):
            threading.Thread(target=self._look, name="atlas-renewal", daemon=True).start()

    def _look(self) -> None:
        try:
            time.sleep(_LOOK_SECONDS)  # the scheduler hears twice a second what a worker takes
            for address, worker in self._client.scheduler_info(n_workers=-1)["workers"].items():
                taken = worker["metrics"]["memory"]
                if taken > self._warm_bytes.setdefault(address, taken) + self._grown_by:
                    self._replace(address, worker["name"])
                    break
        except Exception:  # the old workers go on
            _log.exception("a worker that has grown could not be replaced")
        finally:
            self._one.release()

    def _replace(self, address: str, name: Any) -> None:
        before = self._addresses()
        self._cluster.scale(len(self._cluster.worker_spec) + 1)
        end = time.monotonic() + _START_SECONDS
        while not (new := self._addresses() - before):
            if time.monotonic() > end:
                raise TimeoutError("no new worker came")
            time.sleep(_LOOK_SECONDS)
        for each in new:
            self._client.submit(in_worker.warm_up, workers=[each], pure=False).result()
        # It takes no more jobs, and goes when it has none.
        self._client.retire_workers([address], close_workers=False, remove=False)
        while any(self._client.processing([address]).values()):
            time.sleep(_LOOK_SECONDS)
        self._cluster.sync(self._cluster.scale_down, [name])
        del self._warm_bytes[address]

    def _addresses(self) -> set[str]:
        return set(self._client.scheduler_info(n_workers=-1)["workers"])
