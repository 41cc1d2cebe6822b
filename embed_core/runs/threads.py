"""Jobs in threads of this process: for work that starts at once and reports many times a second."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from embed_core.errors import AtlasError
from embed_core.runs.controls import ControlledLoop
from embed_core.runs.job import Job

_log = logging.getLogger(__name__)


class Threads:
    """Runs each job in a thread of its own; one place for jobs, as the workers are another."""

    def __init__(self) -> None:
        self._loops: dict[str, ControlledLoop] = {}

    def submit(
        self, job: Job, work: Callable[..., Any], arguments: tuple[Any, ...], *, priority: int = 0
    ) -> None:
        """Begin at once; nothing waits here, so the priority is ignored."""
        loop = self._loops[job.id] = ControlledLoop(job.controls)
        threading.Thread(
            target=self._run, args=(job, work, arguments, loop), name="atlas-job", daemon=True
        ).start()

    def control(self, job: Job) -> None:
        """Say to the loop of the job how it is to proceed."""
        if loop := self._loops.get(job.id):
            loop.obey(job.controls)

    def is_busy_with(self, job: Job) -> bool:
        """Whether the work has not ended."""
        return job.id in self._loops

    def _run(
        self, job: Job, work: Callable[..., Any], arguments: tuple[Any, ...], loop: ControlledLoop
    ) -> None:
        result, error = None, ""
        try:
            result = work(*arguments, **job.options, on_progress=job.take_progress, keep_going=loop)
        except AtlasError as refusal:
            error = str(refusal)
        except Exception as failure:
            _log.exception("%s failed", job.id)
            error = f"It failed with an unexpected error: {type(failure).__name__}: {failure}"
        finally:
            self._loops.pop(job.id, None)
        job.take_result(result, error)
