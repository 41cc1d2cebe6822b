"""The worker processes: what is handed to them, what they report, and the one thread that hears it.

TensorFlow lives in the workers: Streamlit clears Keras' global state after every script run, and a worker
that dies takes only its own work with it.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from embed_core.errors import AtlasError
from embed_core.runs import in_worker as worker
from embed_core.runs.in_worker import Command

SCHEDULER_VARIABLE = "CATEGORY_ATLAS_SCHEDULER"
KILLED = (
    "The worker process that did this died, most likely for want of memory. Nothing else was harmed: "
    "try again, with fewer categories or a smaller dimension if it happens twice."
)
RETRIES = (1.0, 5.0, 0.0)
_log = logging.getLogger(__name__)


@dataclass
class Order:
    """Work that was handed to the workers.

    Attributes:
        key: names it in messages; of no two orders alike.
        hear: called with what the work reports.
        end: called with the result and no text, or with None and a sentence that says why it failed.
        command: how it is to proceed.
    """

    key: str
    hear: Callable[[dict[str, Any]], None]
    end: Callable[[Any, str], None]
    command: Command = field(default_factory=Command)


class Workers:
    """Starts the workers in the background, and carries messages both ways.

    ``hear`` and ``end`` of all orders are called on one thread, one after the other.

    Args:
        scheduler: address of an existing Dask scheduler; None starts a cluster of two worker processes of
            its own. The default is the environment variable ``CATEGORY_ATLAS_SCHEDULER``.
    """

    def __init__(self, scheduler: str | None = None) -> None:
        self._address = scheduler or os.environ.get(SCHEDULER_VARIABLE) or None
        self._orders: dict[str, Order] = {}
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.client: Any = None
        self.cluster: Any = None
        self._connected = threading.Event()
        self._failure = ""
        self._closing = False
        self.warm = threading.Event()
        threading.Thread(target=self._connect, name="atlas-connect", daemon=True).start()
        threading.Thread(target=self._listen, name="atlas-listen", daemon=True).start()

    def submit(
        self, order: Order, work: Callable[..., Any], data: Any, *arguments: Any, priority: int = 0
    ) -> None:
        """Have a worker call ``work(data, *arguments)``, and return at once.

        Args:
            order: who hears of it.
            work: a function of a module.
            data: what travels apart from the order, because it is large.
            *arguments: the rest.
            priority: of what waits for a worker, the highest goes first (default 0).
        """
        self._orders[order.key] = order
        given = (order, work, data, arguments, priority)
        threading.Thread(target=self._hand_over, args=given, name="atlas-submit", daemon=True).start()

    def command(self, order: Order) -> None:
        """Tell a worker how the work is to proceed."""
        if self.client is not None:
            message = {"run": order.key, "command": order.command.as_dict()}
            self.client.log_event(worker.COMMANDS, message)

    def is_busy_with(self, key: str) -> bool:
        """Whether the work has not ended, although nobody may want it any more."""
        return key in self._orders

    def close(self) -> None:
        """Stop the cluster, and hear no more."""
        self._closing = True
        self._connected.wait(60)
        self._inbox.put(None)
        for part in (self.client, self.cluster):
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
                self.cluster = LocalCluster(
                    n_workers=2,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    # Left out, the scheduler's web server would take port 8787, and warn where it is taken.
                    dashboard_address="127.0.0.1:0",
                    scheduler_kwargs={"dashboard": False},
                    silence_logs=logging.CRITICAL,
                )
            self.client = Client(self._address or self.cluster, set_as_default=False)
            self.client.subscribe_topic(worker.UPDATES, self._on_event)
            self._connected.set()
            # One after the other: the first is ready sooner, and a training waits for it rather than start cold.
            for address in list(self.client.scheduler_info(n_workers=-1)["workers"]):
                self.client.submit(worker.warm_up, workers=[address], pure=False).result()
                self.warm.set()
        except Exception as error:
            if not self._closing:  # whatever keeps the workers away is what the person must be told
                _log.exception("the workers could not be started")
                self._failure = f"The worker processes could not be started: {error}"
        finally:
            self._connected.set()
            self.warm.set()

    def _hand_over(
        self, order: Order, work: Callable[..., Any], data: Any, arguments: tuple[Any, ...], priority: int
    ) -> None:
        """Send the work; a worker that dies while the data is on its way is soon replaced, and tried again."""
        self.warm.wait()
        error = self._failure
        for wait in () if error else RETRIES:
            try:
                sent = self.client.scatter(data, direct=False, hash=False)
                future = self.client.submit(
                    work, sent, *arguments, key=order.key, pure=False, priority=priority
                )
            except Exception as problem:  # whatever it is, the person must not wait for ever
                _log.exception("%s could not be sent to a worker", order.key)
                error = f"The data could not be sent to a worker process: {problem}. Try again in a minute."
                time.sleep(wait)
            else:
                return future.add_done_callback(
                    lambda ended: self._inbox.put(lambda: self._end(order, *_outcome(order, ended)))
                )
        self._inbox.put(lambda: self._end(order, None, error))

    def _on_event(self, event: tuple[float, dict[str, Any]]) -> None:
        order = self._orders.get(event[1]["run"])
        if order is not None:
            self._inbox.put(lambda: self._hear(order, event[1]))

    def _hear(self, order: Order, message: dict[str, Any]) -> None:
        if order.key not in self._orders:
            return
        if "started" in message:  # what was commanded before it listened is lost
            self.command(order)
        else:
            order.hear(message)

    def _end(self, order: Order, result: Any, error: str) -> None:
        try:
            order.end(result, error)
        finally:
            self._orders.pop(order.key, None)

    def _listen(self) -> None:
        while (task := self._inbox.get()) is not None:
            try:
                task()
            except Exception:  # the other orders must be heard
                _log.exception("what a worker reported could not be dealt with")


def _outcome(order: Order, future: Any) -> tuple[Any, str]:
    from distributed import KilledWorker

    try:
        return future.result(), ""
    except AtlasError as refusal:
        return None, str(refusal)
    except KilledWorker:
        return None, KILLED
    except Exception as failure:
        _log.exception("%s failed", order.key)
        return None, f"It failed with an unexpected error: {type(failure).__name__}: {failure}"
