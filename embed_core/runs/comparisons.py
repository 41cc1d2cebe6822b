"""Comparisons as jobs: one worker does their parts in order, and a second one helps from the other end.

The first gives its worker back between parts when others wait. The second takes what is left: it begins when nobody
waits for anything, leaves at once when somebody does, and what it has not done then, or when it dies, the first does.
"""

import itertools
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import wait as wait_for
from typing import Any

from embed_core.progress import JobProgress, OnJobProgress, Part
from embed_core.runs.controls import ControlledLoop, GivenBack
from embed_core.runs.in_worker import begin_gently
from embed_core.runs.job import Job, JobList, Place

_LOOK_SECONDS = 0.05
# Long enough for a training; the fit of a model that knows no end takes longer, and is left to itself.
_LEAVE_SECONDS = 0.5


class Comparisons(JobList):
    """The comparisons of a workspace, each done by one worker, or by two where nobody waits for the second.

    Args:
        place: where they run.
        most: how many may go on at a time; None for any number.
    """

    def __init__(self, place: Place, *, most: int | None = None) -> None:
        super().__init__(place, most=most, called="comparisons")
        self._helpers = JobList(place, priority=-1)
        self._sharing = threading.Lock()

    def share(
        self,
        job: Job,
        work: Callable[..., None],
        data: Any,
        config: Any,
        done: Sequence[JobProgress] = (),
        *,
        identity: Sequence[str],
    ) -> Job:
        """Begin a comparison, whose progress is what its parts report, and return at once; see `JobList.begin`.

        Args:
            job: what hears of it.
            work: called with data, configuration and what was reported before; see `run_folds` and `run_sweep`.
            data: what it is done on.
            config: its settings.
            done: what an earlier comparison reported.
            identity: the names of what differs from report to report.

        Raises:
            AtlasError: as many as may are going on already.
        """
        if (going := self.find(job.key)) and going.is_running:
            return going
        helper = Job(job.key, can_give_back=True)
        job.can_give_back = True  # its parts know how to, and nobody is to wait for hundreds of fits
        reported: set[Part] = set()

        def hear(message: JobProgress, other: Job, jobs: JobList) -> None:
            if not job.is_running:
                return
            if (row := message.get("row")) is None:
                with self._sharing:
                    controls = {
                        name: (*getattr(other.controls, name), tuple(part)) for name, part in message.items()
                    }
                    jobs.control(other, **controls)
            elif (known := tuple(row[name] for name in identity)) not in reported:
                reported.add(known)
                job.progress.append(row)

        def end(result: Any) -> Any:
            self._helpers.drop(job.key)
            return result

        job.on_progress = lambda message: hear(message, helper, self._helpers)
        job.on_result, job.on_failure = end, end
        helper.on_progress = lambda message: hear(message, job, self)
        self.begin(job, run_parts, work, data, config, done)
        self._helpers.begin(helper, help_with_parts, work, data, config, done)
        if not job.is_running:  # it ended meanwhile
            self._helpers.drop(job.key)
        return job

    def stop(self, key: Hashable) -> None:
        """End a comparison; what it has reported so far stays."""
        super().stop(key)
        self._helpers.drop(key)

    def drop(self, key: Hashable) -> None:
        """End a comparison and forget it."""
        super().drop(key)
        self._helpers.drop(key)


def run_parts(
    work: Callable[..., None],
    data: Any,
    config: Any,
    done: Sequence[JobProgress],
    *,
    on_progress: OnJobProgress,
    keep_going: ControlledLoop,
    state: Sequence[JobProgress] | None = None,
) -> GivenBack | None:
    """Do the parts that are not done, in a worker; returns what to go on from when the worker is wanted back.

    Args:
        work: as of `Comparisons.share`.
        data: what it is done on.
        config: its settings.
        done: what an earlier comparison reported.
        on_progress: called with each ``row`` that the parts report, and with parts that are ``begun`` or ``done``.
        keep_going: the loop that obeys.
        state: all that was reported, when it goes on.
    """
    known = list(done if state is None else state)
    before = len(known)
    hand = _Hand(keep_going, on_progress)

    def report(row: JobProgress) -> None:
        known.append(row)
        on_progress({"row": row})

    def going() -> bool:
        if hand.is_overtaken:
            return False
        # A part that was begun is begun again later: without one a turn, long ones would never be done.
        return keep_going() or (keep_going.gives_back() and len(known) == before)

    work(data, config, tuple(known), on_progress=report, keep_going=going, take=hand.first_to_last)
    return keep_going.given_back(known) if keep_going.gives_back() and not hand.is_overtaken else None


def help_with_parts(
    work: Callable[..., None],
    data: Any,
    config: Any,
    done: Sequence[JobProgress],
    *,
    on_progress: OnJobProgress,
    keep_going: ControlledLoop,
    state: Any = None,
) -> GivenBack | None:
    """Do parts that nobody has begun, in a worker that nobody waits for, at low priority; arguments as of `run_parts`.

    What a part reports is passed on when all of it is done.
    """
    rows: list[JobProgress] = []
    is_left = threading.Event()

    def pass_on(message: JobProgress) -> None:
        if is_left.is_set():
            return
        if "done" in message:
            for row in rows:
                on_progress({"row": row})
        rows.clear()
        on_progress(message)

    def going() -> bool:
        return not is_left.is_set() and keep_going()

    take = _Hand(keep_going, pass_on).last_to_first
    ended = begin_gently(
        lambda: work(data, config, tuple(done), on_progress=rows.append, keep_going=going, take=take)
    )
    while not wait_for([ended], timeout=_LOOK_SECONDS).done:
        if not keep_going():
            wait_for([ended], timeout=_LEAVE_SECONDS)
            break
    is_left.set()
    if ended.done():
        ended.result()
    return keep_going.given_back(None) if keep_going.gives_back() else None


class _Hand:
    """Which parts a worker takes, and says that it has begun and done."""

    def __init__(self, loop: ControlledLoop, tell: OnJobProgress) -> None:
        self._loop, self._tell = loop, tell
        self._left: list[Part] = []

    @property
    def is_overtaken(self) -> bool:
        """Whether all that is left has been done by the other one."""
        return bool(self._left) and not self._not_done()

    def first_to_last(self, parts: Sequence[Part]) -> Iterator[Part]:
        """Yield parts in order; at last those that the other one has begun, as it may not end them."""
        return self._taken(parts, also_begun=True)

    def last_to_first(self, parts: Sequence[Part]) -> Iterator[Part]:
        """Yield parts that the other one has not begun, of what belongs together the last first."""
        groups = itertools.groupby(parts, key=lambda part: part[:-1])
        return self._taken([part for _, group in groups for part in reversed(list(group))], also_begun=False)

    def _taken(self, parts: Sequence[Part], *, also_begun: bool) -> Iterator[Part]:
        self._left = list(parts)
        while True:
            self._left = self._not_done()
            begun = {tuple(part) for part in self._loop.controls.begun}
            free = [part for part in self._left if part not in begun]
            if not (free := free or self._left * also_begun):
                return
            self._tell({"begun": free[0]})
            yield free[0]
            self._left.remove(free[0])
            self._tell({"done": free[0]})

    def _not_done(self) -> list[Part]:
        done = {tuple(part) for part in self._loop.controls.done}
        return [part for part in self._left if part not in done]
