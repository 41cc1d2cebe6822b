"""The workers as one of several owners has them."""

from collections.abc import Callable
from typing import Any

from embed_core.runs.cluster import Workers
from embed_core.runs.job import Job


class Share:
    """The workers as one owner has them; a place for jobs.

    Args:
        workers: shared with other owners.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def submit(
        self, job: Job, work: Callable[..., Any], arguments: tuple[Any, ...], *, priority: int = 0
    ) -> None:
        """Have it done when its turn comes."""
        self._workers.submit(job, work, arguments, priority=priority, owner=self)

    def control(self, job: Job) -> None:
        """Say to a worker how the job is to proceed."""
        self._workers.control(job)

    def is_busy_with(self, job: Job) -> bool:
        """Whether the work has not ended, although nobody may want it any more."""
        return self._workers.is_busy_with(job)
