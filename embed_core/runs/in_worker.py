"""What runs in a worker process: jobs that report, and obey their controls."""

import contextvars
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import psutil

from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples
from embed_core.learning.machine_cache import keep_programs
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.quiet import import_tensorflow, without_greetings
from embed_core.runs.controls import ControlledLoop, Controls

ANSWER_SECONDS, ANSWER_TRIALS = 0.1, 20
LOW_PRIORITY, _WARM_PRIORITY = 10, 3
# One topic each for all jobs: the scheduler remembers the last events of every topic that it has seen.
CONTROLS = "category-atlas-controls"
UPDATES = "category-atlas-updates"

_Result = TypeVar("_Result")

_loops: dict[str, ControlledLoop] = {}
_lock = threading.Lock()


def warm_up() -> int:
    """Import TensorFlow and compile something small, so that the first training starts at once.

    Returns:
        the bytes that this process takes then.
    """
    keep_programs()
    with without_greetings():
        # Not last of all: on a busy machine whoever came first would wait for minutes.
        gently(import_tensorflow, by=_WARM_PRIORITY)
        gently(lambda: importlib.import_module("embed_core.learning.trainer"), by=_WARM_PRIORITY)
        from embed_core.learning.trainer import Trainer

        rows = Examples((np.zeros(2, np.int32),), (np.array([0, 1], np.int32),), np.ones(2, np.int64))
        config = TrainingConfig(column="a", target="b", epochs=1, validation_share=0.0, prior_strength=0.0)
        list(Trainer(ModelSpec("target", ((2, 2),)), rows, rows, config).epochs())
    taken: int = psutil.Process().memory_info().rss
    return taken


def close_http(dask_worker: Any) -> None:
    """Have a worker listen to jobs alone, over TLS: Dask opens a port for web pages, even without any."""
    dask_worker.http_server.stop()


def gently(work: Callable[[], _Result], *, by: int = LOW_PRIORITY) -> _Result:
    """Do something at low priority: what a person waits for, such as a page that is being drawn, goes first.

    Args:
        work: what is done.
        by: how much lower, from 1 to 19.
    """
    return begin_gently(work, by=by).result()


def begin_gently(work: Callable[[], _Result], *, by: int = LOW_PRIORITY) -> Future[_Result]:
    """Begin to do something at low priority, and return at once; arguments as of `gently`.

    In a thread of its own, because a priority that was lowered cannot be raised again.
    """

    def lower() -> None:
        if sys.platform == "linux":  # elsewhere a priority is the whole process'
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), by)

    thread = ThreadPoolExecutor(1, initializer=lower)
    begun = thread.submit(contextvars.copy_context().run, work)  # it knows of which worker it is
    thread.shutdown(wait=False)
    return begun


@dataclass(frozen=True)
class Work:
    """A function with its arguments, as they travel together."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


def run(work: Work, job_id: str, controls: dict[str, Any]) -> Any:
    """Do the work of a job in this worker, sending what it reports and obeying its controls; returns its result.

    Args:
        work: what to do.
        job_id: names it in messages.
        controls: the first `Controls`, as a dictionary.
    """
    loop = ControlledLoop(Controls(**controls))
    with _obeying(job_id, loop):
        return work.function(
            *work.arguments,
            **work.options,
            on_progress=lambda progress: _send(job_id, {"progress": progress}),
            keep_going=loop,
        )


@contextmanager
def _obeying(job_id: str, loop: ControlledLoop) -> Iterator[None]:
    """Obey what is asked of a job meanwhile.

    The server answers "started" with the last controls, as whatever was sent before we listened is lost. Nothing
    says when the scheduler has noted that we listen, so we say it until the answer is here.
    """
    from distributed import get_client

    with _lock:
        if not _loops:  # one handler for all jobs of this process: a second one would replace the first
            get_client().subscribe_topic(CONTROLS, _hear)
        _loops[job_id] = loop
    try:
        for _ in range(ANSWER_TRIALS):
            _send(job_id, {"started": True})
            if loop.answered.wait(ANSWER_SECONDS):
                break
        yield
    finally:
        with _lock:
            del _loops[job_id]
            if not _loops:
                get_client().unsubscribe_topic(CONTROLS)


def _hear(event: tuple[float, dict[str, Any]]) -> None:
    loop = _loops.get(event[1]["job"])
    if loop is not None:
        loop.obey(Controls(**event[1]["controls"]))


def _send(job_id: str, message: dict[str, Any]) -> None:
    from distributed import get_worker

    get_worker().log_event(UPDATES, {"job": job_id, **message})
