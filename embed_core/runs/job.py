"""Work of any kind on a worker, which reports in parts, can be stopped, and is found again by its key."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from embed_core.errors import AtlasError
from embed_core.runs import in_worker as worker
from embed_core.runs.cluster import Order, Workers

_REMEMBERED = 50


@dataclass
class Task:
    """Work that was begun, as far as it is.

    Attributes:
        key: what it was begun under.
        status: ``running``, ``done``, ``stopped`` or ``failed``.
        parts: what it has told so far, in order.
        result: what it returned, when done.
        error: why it failed, in a sentence.
    """

    key: str
    status: Literal["running", "done", "stopped", "failed"] = "running"
    parts: list[dict[str, Any]] = field(default_factory=list)
    result: Any = None
    error: str = ""


class Tasks:
    """Begins tasks, finds them again and stops them.

    Args:
        workers: who does the work.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._tasks: dict[str, Task] = {}
        self._orders: dict[str, Order] = {}
        self._lock = threading.Lock()

    def begin(
        self,
        key: str,
        work: Callable[..., Any],
        *arguments: Any,
        keep: Callable[[Any], object] = lambda result: None,
        first: dict[str, Any] | None = None,
    ) -> Task:
        """Have a worker call ``work(*arguments, tell=, keep_going=)``, and return at once.

        A key whose task is running gives that task; otherwise the work begins anew.

        Args:
            key: names the task on this server.
            work: a function of a module. ``tell(part)`` takes a dictionary of numbers, text, lists and bytes, and
                adds it to the task's parts; ``keep_going()`` returns False when the work shall stop.
            *arguments: what it needs; they travel to the worker.
            first: a part that is there at once.
            keep: called with the result before the task counts as done; an `AtlasError` fails it.
        """
        with self._lock:
            going = self._tasks.get(key)
            if going and going.status == "running":
                return going
            task = self._tasks[key] = Task(key, parts=[first] if first else [])
            order = self._orders[key] = Order(
                f"{key}-{secrets.token_hex(4)}",
                hear=lambda message: self._hear(task, message),
                end=lambda result, error: self._end(task, result, error, keep),
            )
            self._forget()
        parcel = worker.Parcel(work, arguments)
        self._workers.submit(order, worker.run_task, parcel, order.key, priority=-1)  # trainings go first
        return task

    def get(self, key: str) -> Task | None:
        """Return the task last begun under a key; None when there is none, or it was long ago."""
        return self._tasks.get(key)

    def stop(self, key: str) -> None:
        """End a task; what it has told so far stays."""
        with self._lock:
            task = self._tasks.get(key)
            if task is None or task.status != "running":
                return
            task.status = "stopped"
            order = self._orders[key]
        order.command = replace(order.command, serial=1, stop=True)
        self._workers.command(order)

    def is_busy(self, key: str) -> bool:
        """Whether a worker is not yet done with the task last begun under a key, stopped or not."""
        order = self._orders.get(key)
        return order is not None and self._workers.is_busy_with(order.key)

    def _hear(self, task: Task, message: dict[str, Any]) -> None:
        if task.status == "running":
            task.parts.append(message["part"])

    def _end(self, task: Task, result: Any, error: str, keep: Callable[[Any], object]) -> None:
        if task.status != "running":
            return
        if not error:
            try:
                keep(result)
            except AtlasError as problem:
                error = str(problem)
        with self._lock:
            if task.status == "running":
                task.result, task.error = result, error
                task.status = "failed" if error else "done"

    def _forget(self) -> None:
        ended = [key for key, task in self._tasks.items() if task.status != "running"]
        for key in ended[: max(0, len(self._tasks) - _REMEMBERED)]:
            del self._tasks[key], self._orders[key]
