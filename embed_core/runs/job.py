"""A job: work of any kind that was begun, reports how far it is, can be stopped, and is found again by its key."""

import secrets
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from embed_core.errors import AtlasError
from embed_core.progress import JobProgress, OnJobProgress
from embed_core.runs.controls import Controls, GivenBack

_REMEMBERED = 50


@dataclass(eq=False)
class Job:
    """Work that was begun, as far as it is.

    Attributes:
        key: what it was begun under.
        about: what it was begun for, as its list remembers it.
        on_progress: called with what the work reports; when there is none, ``progress`` keeps it.
        on_result: called with the result before the job counts as done, returns what is to be kept of it; an
            `AtlasError` fails the job.
        on_failure: called with the sentence that says why it failed.
        keeps_result: whether the result is wanted when it was stopped.
        controls: how it is to proceed.
        status: ``running``, ``done``, ``stopped`` or ``failed``.
        progress: what it has reported so far, in order.
        result: what it returned, when done.
        error: why it failed, in a sentence.
        rest: what it goes on from, while it runs nowhere, having given its worker back.
        turn: how often it has gone on.
        options: what the work is given beside its arguments: what it goes on from.
        worker: number of the worker that is to do it; None for any.
        can_give_back: whether its work knows how to give its worker back before its end, when others wait for one.
        comes_back: whether it goes on by itself, once it gave its worker back.
        changed_at: when it was last said how it is to proceed.
        send: has the work done where jobs of its list run.
        id: names it in messages; of no two jobs alike.
    """

    key: Hashable
    about: Any = field(default=None, repr=False)
    on_progress: OnJobProgress | None = None
    on_result: Callable[[Any], Any] = lambda result: result
    on_failure: Callable[[str], object] = lambda sentence: None
    keeps_result: bool = False
    controls: Controls = field(default_factory=Controls)
    status: Literal["running", "done", "stopped", "failed"] = "running"
    progress: list[JobProgress] = field(default_factory=list)
    result: Any = None
    error: str = ""
    rest: GivenBack | None = field(default=None, repr=False)
    turn: int = 0
    options: dict[str, Any] = field(default_factory=dict, repr=False)
    worker: int | None = None
    can_give_back: bool = False
    comes_back: bool = False
    changed_at: float = field(default_factory=time.monotonic, repr=False)
    send: Callable[[], None] = field(default=lambda: None, repr=False)
    id: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.id = self.id or f"{self.key}-{secrets.token_hex(4)}"

    @property
    def is_running(self) -> bool:
        """Whether more is to come."""
        return self.status == "running"

    @property
    def is_at_rest(self) -> bool:
        """Whether it is paused, and was not asked for a step."""
        return self.controls.paused and not self.controls.steps and not self.controls.stop

    def change(self, **controls: Any) -> None:
        """Change how it is to proceed; whoever runs it must still hear of it, see `JobList.control`."""
        self.changed_at = time.monotonic()
        with self._lock:
            self.controls = replace(self.controls, serial=self.controls.serial + 1, **controls)
            if self.is_running and self.controls.abandon:
                self.status = "stopped"

    def ask_back(self) -> None:
        """Have it give its worker back, and come back by itself when it may; whoever runs it must still hear of it."""
        self.comes_back = True
        self.change(give_back=True)

    def go_on(self) -> None:
        """Run again from where it gave its worker back; nothing when it did not."""
        with self._lock:
            rest, self.rest = self.rest, None
            if rest is None or not self.is_running:
                return
            self.comes_back = False
            self.options = {"state": rest.state}
            self.turn += 1
        self.send()

    def come_back(self) -> None:
        """Go on, if it gave its worker back for others and has something to do."""
        controls = self.controls
        if controls.stop or (self.comes_back and (not controls.paused or controls.steps)):
            self.go_on()

    def take_progress(self, progress: JobProgress) -> None:
        """Take what the work reports."""
        if self.is_running:
            (self.on_progress or self.progress.append)(progress)

    def take_result(self, result: Any, error: str = "") -> None:
        """End, with the result and no text, or with None and a sentence that says why it failed."""
        if not self.is_running:
            return
        if isinstance(result, GivenBack):
            unheard = self.controls.steps if self.controls.serial > result.serial else 0
            self.change(give_back=False, steps=result.steps + unheard)
            self.rest = result
            self.come_back()
            return
        if not error:
            try:
                result = self.on_result(result)
            except AtlasError as problem:
                error = str(problem)
        if error:
            self.on_failure(error)
        with self._lock:
            if self.is_running:
                self.result, self.error = None if error else result, error
                self.status = "failed" if error else "stopped" if self.controls.stop else "done"


def check_room(going: int, most: int | None, what: str) -> None:
    """Refuse to begin one more when as many as may are going on.

    Raises:
        AtlasError: there is no room.
    """
    if most is not None and going >= most:
        raise AtlasError(
            f"At most {most} {what} may go on at a time on this server, and {going} of yours do. Stop one, or wait "
            "until it has ended."
        )


class Place(Protocol):
    """Where jobs run: worker processes, or threads of this one."""

    def submit(
        self, job: Job, work: Callable[..., Any], arguments: tuple[Any, ...], *, priority: int = 0
    ) -> None:
        """Have ``work(*arguments, on_progress=, keep_going=)`` called there, and return at once."""

    def control(self, job: Job) -> None:
        """Say there how the job is to proceed."""

    def is_busy_with(self, job: Job) -> bool:
        """Whether the work has not ended, although nobody may want it any more."""


class JobList:
    """The jobs of one kind, of one workspace: begins them, finds them again and stops them.

    Args:
        place: where they run.
        priority: of what waits for a worker, the highest goes first.
        remembered: how many are kept, those that run apart.
        most: how many may run at a time; None for any number.
        called: what they are in a sentence.
    """

    def __init__(
        self,
        place: Place,
        *,
        priority: int = 0,
        remembered: int = _REMEMBERED,
        most: int | None = None,
        called: str = "jobs",
    ) -> None:
        self._place = place
        self._most, self._called = most, called
        self._priority = priority
        self._remembered = remembered
        self._jobs: dict[Hashable, Job] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Job]:
        """Go through the jobs, the last begun last."""
        return iter(list(self._jobs.values()))

    def begin(self, job: Job, work: Callable[..., Any], *arguments: Any) -> Job:
        """Have ``work(*arguments, on_progress=, keep_going=)`` called, and return at once.

        Where a job of the same key is running, that one is returned, and nothing begins.

        Args:
            job: what hears of it.
            work: a function of a module. ``on_progress(progress)`` takes a `JobProgress`; ``keep_going()`` returns
                False when the work shall stop.
            *arguments: what it needs; they travel to a worker.

        Raises:
            AtlasError: as many as may are running already.
        """
        with self._lock:
            going = self._jobs.get(job.key)
            if going and going.is_running:
                return going
            check_room(sum(each.is_running for each in self._jobs.values()), self._most, self._called)
            self._jobs.pop(job.key, None)
            self._jobs[job.key] = job
            self._forget()
        job.send = lambda: self._place.submit(job, work, arguments, priority=self._priority)
        job.send()
        return job

    def find(self, key: Hashable) -> Job | None:
        """Return the job last begun under a key; None when there is none, or it was long ago."""
        return self._jobs.get(key)

    def stop(self, key: Hashable) -> None:
        """End a job; what it has reported so far stays, and its result when it keeps one."""
        job = self._jobs.get(key)
        if job is not None and job.is_running:
            self.control(job, **{"stop" if job.keeps_result else "abandon": True})

    def control(self, job: Job, **controls: Any) -> None:
        """Change how a job proceeds, see `Controls`; one that gave its worker back must go on to be stopped."""
        job.change(**controls)
        self._place.control(job)
        job.come_back()

    def give_back(self, job: Job) -> None:
        """Have a job give its worker back between two chunks; its work must know how, see `GivenBack`."""
        self.control(job, give_back=True)

    def go_on(self, job: Job) -> None:
        """Have a job that gave its worker back go on, on any worker, with what it would have done next."""
        job.go_on()

    def is_busy(self, key: Hashable) -> bool:
        """Whether somebody is not yet done with the job last begun under a key, stopped or not."""
        job = self._jobs.get(key)
        return job is not None and self._place.is_busy_with(job)

    def drop(self, key: Hashable) -> None:
        """End a job and forget it."""
        job = self._jobs.pop(key, None)
        if job is not None and job.is_running:
            self.control(job, abandon=True)

    def drop_all(self) -> None:
        """End all jobs and forget them."""
        for key in list(self._jobs):
            self.drop(key)

    def touch(self, key: Hashable) -> None:
        """Count a job as begun last, so that it is forgotten last."""
        with self._lock:
            if key in self._jobs:
                self._jobs[key] = self._jobs.pop(key)

    def _forget(self) -> None:
        ended = [key for key, job in self._jobs.items() if not job.is_running]
        for key in ended[: max(0, len(self._jobs) - self._remembered)]:
            del self._jobs[key]
